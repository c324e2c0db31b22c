//! `contains_one_of(text, parts)`: whether a text contains one of some texts, however many they are.

use std::sync::Arc;

use aho_corasick::AhoCorasick;
use datafusion::arrow::array::{Array, AsArray, BooleanArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use parking_lot::Mutex;

#[derive(Debug)]
pub(super) struct ContainsOneOf {
    signature: Signature,
    /// The parts that were looked for last: a query asks for them batch by batch.
    last: Mutex<Option<(Arc<dyn Array>, AhoCorasick)>>,
}

/// There is one such function.
impl PartialEq for ContainsOneOf {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ContainsOneOf {}

impl std::hash::Hash for ContainsOneOf {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl ContainsOneOf {
    pub(super) fn new() -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable), last: Mutex::default() }
    }

    fn search(&self, parts: &Arc<dyn Array>) -> Result<AhoCorasick> {
        if let Some((known, search)) = &*self.last.lock()
            && known == parts
        {
            return Ok(search.clone());
        }
        let Some(texts) = parts.as_string_view_opt() else {
            return exec_err!("contains_one_of looks for a list of texts");
        };
        let search =
            AhoCorasick::new(texts.iter().flatten()).map_err(|error| exec_datafusion_err!("{error}"))?;
        *self.last.lock() = Some((Arc::clone(parts), search.clone()));
        Ok(search)
    }
}

impl ScalarUDFImpl for ContainsOneOf {
    fn name(&self) -> &str {
        "contains_one_of"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [texts, ColumnarValue::Scalar(ScalarValue::List(parts))] = args.args.as_slice() else {
            return exec_err!("contains_one_of takes texts and one list");
        };
        let search = self.search(&parts.value(0))?;
        let texts = texts.to_array(args.number_rows)?;
        let Some(texts) = texts.as_string_view_opt() else {
            return exec_err!("contains_one_of takes texts");
        };
        let found: BooleanArray = texts.iter().map(|text| text.map(|text| search.is_match(text))).collect();
        Ok(ColumnarValue::Array(Arc::new(found)))
    }
}
