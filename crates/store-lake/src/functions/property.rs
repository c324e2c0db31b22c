//! `property(properties, key)` and `property_number(properties, key)`.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Decimal128Builder, StringViewBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use millrace_event::properties;
use millrace_query::decimal;

/// Decimals with six digits after the point.
pub(super) const DECIMAL: DataType = DataType::Decimal128(38, 6);

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Property {
    signature: Signature,
    as_number: bool,
}

impl Property {
    pub(super) fn text() -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable), as_number: false }
    }

    pub(super) fn number() -> Self {
        Self { as_number: true, ..Self::text() }
    }
}

impl ScalarUDFImpl for Property {
    fn name(&self) -> &str {
        if self.as_number { "property_number" } else { "property" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(if self.as_number { DECIMAL } else { DataType::Utf8View })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [properties, ColumnarValue::Scalar(key)] = args.args.as_slice() else {
            return exec_err!("{} takes a column and one key", self.name());
        };
        let (ScalarValue::Utf8View(Some(key)) | ScalarValue::Utf8(Some(key))) = key else {
            return exec_err!("{}'s key is a text", self.name());
        };
        let properties = properties.to_array(args.number_rows)?;
        let Some(properties) = properties.as_string_view_opt() else {
            return exec_err!("{}'s first argument is the column of properties", self.name());
        };
        let rows = properties.iter().map(|text| text.and_then(|text| properties::get(text, key)));
        if self.as_number {
            let mut numbers = Decimal128Builder::with_capacity(properties.len()).with_data_type(DECIMAL);
            rows.for_each(|value| {
                numbers.append_option(value.and_then(|value| decimal::micros(&value.into_text())));
            });
            return Ok(ColumnarValue::Array(Arc::new(numbers.finish())));
        }
        let mut texts = StringViewBuilder::with_capacity(properties.len());
        rows.for_each(|value| texts.append_option(value.map(properties::Value::into_text)));
        Ok(ColumnarValue::Array(Arc::new(texts.finish())))
    }
}
