//! `quantile(decimal, percent)`: an aggregate that answers the least number that `percent` of all are at or below.
//!
//! Exact, so it keeps every number of its groups: 16 bytes each, counted against the memory that queries may use.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Decimal128Builder, ListArray,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};
use datafusion::physical_expr::expressions::Literal;

use super::OneGroup;
use super::property::DECIMAL;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Quantile {
    signature: Signature,
}

impl Quantile {
    pub(super) fn new() -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for Quantile {
    fn name(&self) -> &str {
        "quantile"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DECIMAL)
    }

    fn state_fields(&self, _: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new("numbers", DataType::List(item()), true))])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(OneGroup(Groups::new(&args)?)))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups::new(&args)?))
    }
}

fn item() -> FieldRef {
    Arc::new(Field::new_list_field(DECIMAL, true))
}

#[derive(Debug)]
struct Groups {
    percent: usize,
    numbers: Vec<Vec<i128>>,
    kept: usize,
}

impl Groups {
    fn new(args: &AccumulatorArgs<'_>) -> Result<Self> {
        let percent = args.exprs.get(1).and_then(|percent| percent.downcast_ref::<Literal>());
        match percent.map(Literal::value) {
            Some(ScalarValue::Int64(Some(percent @ 1..=100))) => {
                Ok(Self { percent: *percent as usize, numbers: Vec::new(), kept: 0 })
            }
            other => exec_err!("quantile's second argument is a whole number from 1 to 100, not {other:?}"),
        }
    }

    fn resize(&mut self, groups: usize) {
        if groups > self.numbers.len() {
            self.numbers.resize(groups, Vec::new());
        }
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<Vec<i128>> {
        let taken = emit_to.take_needed(&mut self.numbers);
        self.kept = self.numbers.iter().map(Vec::len).sum();
        taken
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        groups: usize,
    ) -> Result<()> {
        self.resize(groups);
        let [numbers, ..] = values else { return Ok(()) };
        let numbers = decimals(numbers)?;
        for (row, group) in group_indices.iter().enumerate() {
            let passes = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            if passes && numbers.is_valid(row) {
                self.numbers[*group].push(numbers.value(row));
                self.kept += 1;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let mut answers = Decimal128Builder::new().with_data_type(DECIMAL);
        for mut numbers in self.take(emit_to) {
            let place = (numbers.len() * self.percent).div_ceil(100).saturating_sub(1);
            let answer = (place < numbers.len()).then(|| *numbers.select_nth_unstable(place).1);
            answers.append_option(answer);
        }
        Ok(Arc::new(answers.finish()))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let taken = self.take(emit_to);
        let lengths = OffsetBuffer::from_lengths(taken.iter().map(Vec::len));
        let numbers: Decimal128Array = taken.into_iter().flatten().map(Some).collect();
        let numbers = numbers.with_data_type(DECIMAL);
        Ok(vec![Arc::new(ListArray::try_new(item(), lengths, Arc::new(numbers), None)?)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef], group_indices: &[usize], groups: usize) -> Result<()> {
        self.resize(groups);
        let Some(lists) = states.first().and_then(|state| state.as_list_opt::<i32>()) else {
            return exec_err!("a state of quantile is a list");
        };
        for (row, group) in group_indices.iter().enumerate() {
            let list = lists.value(row);
            let numbers = decimals(&list)?;
            self.kept += numbers.len();
            self.numbers[*group].extend(numbers.values());
        }
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let mut each = Self { percent: self.percent, numbers: Vec::new(), kept: 0 };
        let rows = values.first().map_or(0, Array::len);
        each.update_batch(values, &(0..rows).collect::<Vec<_>>(), filter, rows)?;
        each.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        self.kept * size_of::<i128>() + self.numbers.capacity() * size_of::<Vec<i128>>()
    }
}

fn decimals(array: &ArrayRef) -> Result<&Decimal128Array> {
    match array.as_primitive_opt::<Decimal128Type>() {
        Some(decimals) => Ok(decimals),
        None => exec_err!("quantile takes decimals, not {}", array.data_type()),
    }
}
