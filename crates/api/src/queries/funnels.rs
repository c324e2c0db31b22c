//! `POST /api/v1/funnels/query`: how many visitors go through steps.

mod shapes;

use std::time::Duration;

use axum::response::Response;
use millrace_query::grammar::{Column, FilterReader, Place, country_name, period_json};
use millrace_query::{CheckedFunnel, Filter, Funnel, FunnelAnswer, FunnelPeople, QueryError, Reached};
use serde_json::Value;

use super::answer::{answer, cell, list};
use super::asked::{Asked, Format, filters_of, present, word};
use crate::csv::Csv;
use crate::error::Failure;
use crate::openapi::REPORTS;
use shapes::{FunnelReport, FunnelRequest};

/// How visitors go through steps, and where they stop
///
/// A visitor takes the steps in order, each later than the one before and all within `window` of the first; with
/// `strict`, by the very next event each time. `people` lists visitors of a step one by one. As CSV: a row for each
/// step, with a column `breakdown` that is empty for all visitors; with `people`, a row for each of them instead.
#[utoipa::path(
    post, path = "/api/v1/funnels/query", operation_id = "funnel", tag = REPORTS,
    params(Format),
    request_body = FunnelRequest,
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The steps.", content(
            (FunnelReport = "application/json"), (String = "text/csv"),
        )),
        Failure,
    ),
)]
pub(crate) async fn query(asked: Asked) -> Result<Response, Failure> {
    asked.fields(&["steps", "order", "window", "breakdown", "people"])?;
    let ranged = asked.range()?;
    let context = asked.grammar();
    let mut reader = FilterReader::new(&context);
    let filter = asked.filters(&mut reader)?;
    let (names, steps) = steps(&asked.body, &mut reader)?;
    let (breakdown, column) = asked.breakdown()?.unzip();
    let site = asked.reader.site();
    let people = people(&asked.body, steps.len())?;
    let question = Funnel {
        site: site.id.clone(),
        range: ranged.range,
        filter,
        steps,
        strict: word(&asked.body, "order", &[("loose", false), ("strict", true)], false)?,
        window: window(&asked.body)?,
        breakdown,
        people,
    };
    let checked: CheckedFunnel = question.check(asked.context())?;
    let kept = asked.question("v1/funnels", &ranged.instants());
    let date_range = period_json(&ranged.period, &site.timezone);
    let computed = async {
        let found: FunnelAnswer = asked.reader.fold(&checked.walk(), checked.fold()).await?;
        let shown = |value: String| shown(column.as_ref(), value);
        Ok(FunnelReport::new(date_range, &names, found, shown))
    };
    answer(&asked, kept, computed, "funnel", |value, csv| match people {
        Some(_) => people_table(value, csv),
        None => steps_table(value, csv),
    })
    .await
}

/// A value of a breakdown as it is shown.
pub(super) fn shown(column: Option<&Column>, value: String) -> String {
    match column {
        Some(column) if column.names_countries => country_name(&value).to_owned(),
        _ => value,
    }
}

/// The names of the steps and what passes them.
fn steps(body: &Value, reader: &mut FilterReader<'_>) -> Result<(Vec<String>, Vec<Filter>), QueryError> {
    let place = Place::of("steps");
    let (least, most) = (Funnel::LEAST_STEPS, Funnel::MOST_STEPS);
    let needed = || place.error(format!("is missing: write {least} to {most} of {{\"filters\": [...]}}"));
    let steps = place.list(present(body, "steps").ok_or_else(needed)?)?;
    if !(least..=most).contains(&steps.len()) {
        return Err(place.error(format!("has {} entries: it must have {least} to {most}", steps.len())));
    }
    let step = |(index, step): (usize, &Value)| {
        let place = place.item(index);
        let filter = filters_of(step, &place, &["filters", "name"], reader)?;
        let name = match present(step, "name") {
            Some(name) => place.key("name").text(name)?.to_owned(),
            None => format!("Step {}", index + 1),
        };
        Ok((name, filter))
    };
    steps.iter().enumerate().map(step).collect()
}

/// The field `window`: `30m`, `1h`, `7d`, or a number of seconds.
fn window(body: &Value) -> Result<Duration, QueryError> {
    let Some(value) = present(body, "window") else { return Ok(Funnel::WINDOW) };
    let place = Place::of("window");
    let (least, most) = (Funnel::LEAST_WINDOW.as_secs(), Funnel::MOST_WINDOW.as_secs());
    let read = |text: &str| -> Option<u64> {
        let unit = match text.bytes().last()? {
            b's' => 1,
            b'm' => 60,
            b'h' => 3_600,
            b'd' => 86_400,
            _ => return None,
        };
        let digits = &text[..text.len() - 1];
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse::<u64>().ok()?.checked_mul(unit)).flatten()
    };
    let seconds = match value {
        Value::String(text) => read(text),
        other => other.as_u64(),
    };
    let seconds = seconds.filter(|seconds| (least..=most).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| {
        place.error("must be 1 second to 366 days: write 30m, 1h, 7d or a whole number of seconds")
    })
}

/// The field `people`, of a funnel of so many steps.
fn people(body: &Value, steps: usize) -> Result<Option<FunnelPeople>, QueryError> {
    let Some(value) = present(body, "people") else { return Ok(None) };
    let place = Place::of("people");
    let object = place.object(value, &["step", "state", "limit"])?;
    let missing = |key: &str, mend: &str| place.key(key).error(format!("is missing: {mend}"));
    let step = object.get("step").ok_or_else(|| missing("step", "write the number of a step, from 1"))?;
    let state = object.get("state").ok_or_else(|| missing("state", "allowed are dropped, converted"))?;
    let limit = match object.get("limit") {
        Some(limit) => place.key("limit").number(limit, 1, Funnel::MOST_PEOPLE)?,
        None => 100,
    };
    let at = place.key("step");
    let (step, reached) = match place.key("state").text(state)? {
        "converted" => (at.number(step, 1, steps)?, Reached::AtLeast),
        // Whom a step counts as dropped reached the one before it. Nobody drops out at the first.
        "dropped" => (at.number(step, 2, steps)? - 1, Reached::AtMost),
        _ => return Err(place.key("state").error("is no state: allowed are dropped, converted")),
    };
    Ok(Some(FunnelPeople { step, reached, limit }))
}

fn steps_table(report: &Value, csv: &mut Csv) {
    let columns =
        ["name", "visitors", "of_first", "of_previous", "dropped", "dropped_rate", "median_seconds"];
    csv.texts(["breakdown", "step"].iter().chain(&columns));
    let mut rows = |breakdown: &Value, steps: &[Value]| {
        for (number, step) in (1..).zip(steps) {
            cell(csv, breakdown);
            csv.number(number);
            columns.iter().for_each(|column| cell(csv, &step[*column]));
            csv.end_row();
        }
    };
    rows(&Value::Null, list(report, "steps"));
    list(report, "groups").iter().for_each(|group| rows(&group["value"], list(group, "steps")));
    rows(&"(other)".into(), list(report, "other"));
}

fn people_table(report: &Value, csv: &mut Csv) {
    let columns = ["visitor", "step", "at"];
    csv.texts(columns);
    for person in list(report, "people") {
        columns.iter().for_each(|column| cell(csv, &person[*column]));
        csv.end_row();
    }
}
