//! `matches_pattern(text, pattern)`: whether a regular expression is found in a text, in linear time.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, BooleanArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use parking_lot::Mutex;
use regex::Regex;

/// Compiled patterns that are kept.
const KEPT: usize = 64;

#[derive(Debug)]
pub(super) struct MatchesPattern {
    signature: Signature,
    compiled: Mutex<HashMap<String, Regex>>,
}

/// There is one such function.
impl PartialEq for MatchesPattern {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for MatchesPattern {}

impl std::hash::Hash for MatchesPattern {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl MatchesPattern {
    pub(super) fn new() -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable), compiled: Mutex::default() }
    }

    fn compile(&self, pattern: &str) -> Result<Regex> {
        let mut compiled = self.compiled.lock();
        if let Some(known) = compiled.get(pattern) {
            return Ok(known.clone());
        }
        let regex = Regex::new(pattern).map_err(|error| exec_datafusion_err!("{error}"))?;
        if compiled.len() == KEPT {
            compiled.clear();
        }
        compiled.insert(pattern.to_owned(), regex.clone());
        Ok(regex)
    }
}

impl ScalarUDFImpl for MatchesPattern {
    fn name(&self) -> &str {
        "matches_pattern"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [texts, ColumnarValue::Scalar(pattern)] = args.args.as_slice() else {
            return exec_err!("matches_pattern takes texts and one pattern");
        };
        let (ScalarValue::Utf8View(Some(pattern)) | ScalarValue::Utf8(Some(pattern))) = pattern else {
            return exec_err!("matches_pattern's pattern is a text");
        };
        let regex = self.compile(pattern)?;
        let texts = texts.to_array(args.number_rows)?;
        let Some(texts) = texts.as_string_view_opt() else {
            return exec_err!("matches_pattern takes texts");
        };
        let found: BooleanArray = texts.iter().map(|text| text.map(|text| regex.is_match(text))).collect();
        Ok(ColumnarValue::Array(Arc::new(found)))
    }
}
