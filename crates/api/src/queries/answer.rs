//! The answer to a question: kept or computed, as JSON or as CSV.

use std::future::Future;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, VARY};
use millrace_store::StoreError;
use serde::Serialize;
use serde_json::Value;

use super::asked::{Asked, Format};
use crate::cache::question::Question;
use crate::csv::Csv;
use crate::error::Failure;

/// Answers `asked` with what is kept for `question`, else with what `compute` answers: an object whose first field is
/// `cached`, which is false in what is kept.
///
/// The table is made of the JSON, so that both say the same, whichever of them was computed.
pub(super) async fn answer<T: Serialize>(
    asked: &Asked,
    question: Question,
    compute: impl Future<Output = Result<T, Failure>>,
    report: &str,
    table: impl FnOnce(&Value, &mut Csv),
) -> Result<Response, Failure> {
    let answer = asked.reader.answer(question, Box::pin(compute)).await?;
    let mut response = match asked.format {
        Format::Json => {
            let text = answer.body.text();
            let body = match text.strip_prefix("{\"cached\":false") {
                Some(rest) if answer.cached => format!("{{\"cached\":true{rest}"),
                _ => text.to_owned(),
            };
            ([(CONTENT_TYPE, "application/json")], body).into_response()
        }
        Format::Csv => {
            let value: Value = serde_json::from_str(answer.body.text())
                .map_err(|error| StoreError::Failed(format!("an answer that is no JSON: {error}")))?;
            let mut csv = Csv::default();
            table(&value, &mut csv);
            csv.respond(&asked.reader.site().id, report)
        }
    };
    response.headers_mut().insert(VARY, http::HeaderValue::from_static("Accept"));
    Ok(response)
}

/// A value of an answer as a cell: numbers as they are, nothing for null.
pub(super) fn cell(csv: &mut Csv, value: &Value) {
    match value {
        Value::String(text) => csv.text(text),
        Value::Number(number) => csv.number(number),
        Value::Bool(boolean) => csv.number(boolean),
        Value::Null | Value::Array(_) | Value::Object(_) => csv.empty(),
    };
}

/// The entries of a list of an answer.
pub(super) fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A rate as it is shown: percent with two decimals.
pub(super) fn percent(rate: Option<f64>) -> Option<f64> {
    rate.map(|rate| (rate * 100.0).round() / 100.0)
}

/// Milliseconds as they are shown: seconds with three decimals.
pub(super) fn seconds(millis: Option<u64>) -> Option<f64> {
    millis.map(|millis| millis as f64 / 1_000.0)
}
