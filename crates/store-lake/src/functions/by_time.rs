//! `first_by(value, late, timestamp, seq)` and `last_by(value, timestamp, seq)`: aggregates that answer the value, absent
//! or not, of the event that is first by (late, timestamp, seq), or last by (timestamp, seq).

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringViewArray, StringViewBuilder, UInt64Array,
};
use datafusion::arrow::datatypes::{
    DataType, Field, FieldRef, Int64Type, TimestampMillisecondType, UInt64Type,
};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};

use super::OneGroup;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Which {
    First,
    Last,
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct ByTime {
    signature: Signature,
    which: Which,
}

impl ByTime {
    pub(super) fn new(which: Which) -> Self {
        let arguments = if which == Which::First { 4 } else { 3 };
        Self { signature: Signature::any(arguments, Volatility::Immutable), which }
    }
}

impl AggregateUDFImpl for ByTime {
    fn name(&self) -> &str {
        match self.which {
            Which::First => "first_by",
            Which::Last => "last_by",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments.first() {
            Some(DataType::UInt64) => Ok(DataType::UInt64),
            _ => Ok(DataType::Utf8View),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let field = |name: &str, of: DataType| Arc::new(Field::new(name, of, true));
        Ok(vec![
            field("value", args.return_type().clone()),
            field("late", DataType::Boolean),
            field("timestamp", DataType::Int64),
            field("seq", DataType::Int64),
        ])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(match args.return_field.data_type() {
            DataType::UInt64 => Box::new(OneGroup(Groups::<Numbers>::new(self.which))),
            _ => Box::new(OneGroup(Groups::<Texts>::new(self.which))),
        })
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(match args.return_field.data_type() {
            DataType::UInt64 => Box::new(Groups::<Numbers>::new(self.which)),
            _ => Box::new(Groups::<Texts>::new(self.which)),
        })
    }
}

/// The values kept, one for each group.
trait Kept: Default + Send + Sync + std::fmt::Debug + 'static {
    type Array: Array + 'static;

    fn resize(&mut self, groups: usize);
    fn keep(&mut self, group: usize, array: &Self::Array, row: usize);
    fn emit(&mut self, to: EmitTo) -> ArrayRef;
    fn of(array: &ArrayRef) -> Option<&Self::Array>;
    fn bytes(&self) -> usize;
}

#[derive(Debug, Default)]
struct Numbers(Vec<Option<u64>>);

impl Kept for Numbers {
    type Array = UInt64Array;

    fn resize(&mut self, groups: usize) {
        self.0.resize(groups, None);
    }

    fn keep(&mut self, group: usize, array: &UInt64Array, row: usize) {
        self.0[group] = array.is_valid(row).then(|| array.value(row));
    }

    fn emit(&mut self, to: EmitTo) -> ArrayRef {
        Arc::new(UInt64Array::from(to.take_needed(&mut self.0)))
    }

    fn of(array: &ArrayRef) -> Option<&UInt64Array> {
        array.as_primitive_opt::<UInt64Type>()
    }

    fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<Option<u64>>()
    }
}

/// Where there is a text its buffer is used again when another takes its place.
#[derive(Debug, Default)]
struct Texts {
    kept: Vec<(String, bool)>,
    bytes: usize,
}

impl Kept for Texts {
    type Array = StringViewArray;

    fn resize(&mut self, groups: usize) {
        self.kept.resize(groups, (String::new(), false));
    }

    fn keep(&mut self, group: usize, array: &StringViewArray, row: usize) {
        let (text, present) = &mut self.kept[group];
        *present = array.is_valid(row);
        let before = text.capacity();
        text.clear();
        if *present {
            text.push_str(array.value(row));
        }
        self.bytes += text.capacity() - before;
    }

    fn emit(&mut self, to: EmitTo) -> ArrayRef {
        let taken = to.take_needed(&mut self.kept);
        self.bytes = self.kept.iter().map(|(text, _)| text.capacity()).sum();
        let mut texts = StringViewBuilder::with_capacity(taken.len());
        for (text, present) in &taken {
            texts.append_option(present.then_some(text));
        }
        Arc::new(texts.finish())
    }

    fn of(array: &ArrayRef) -> Option<&StringViewArray> {
        array.as_string_view_opt()
    }

    fn bytes(&self) -> usize {
        self.bytes + self.kept.capacity() * size_of::<(String, bool)>()
    }
}

/// What the order is by; of the last event each part is turned round.
type Key = (bool, i64, i64);

#[derive(Debug)]
struct Groups<K> {
    which: Which,
    kept: K,
    keys: Vec<Option<Key>>,
}

impl<K: Kept> Groups<K> {
    fn new(which: Which) -> Self {
        Self { which, kept: K::default(), keys: Vec::new() }
    }

    fn resize(&mut self, groups: usize) {
        if groups > self.keys.len() {
            self.keys.resize(groups, None);
            self.kept.resize(groups);
        }
    }

    fn see(&mut self, group: usize, key: Key, array: &K::Array, row: usize) {
        let best = &mut self.keys[group];
        if best.is_none_or(|best| key < best) {
            *best = Some(key);
            self.kept.keep(group, array, row);
        }
    }

    /// The key of each row.
    fn keys(&self, columns: &[ArrayRef]) -> Result<Vec<Key>> {
        let (late, rest) = match (self.which, columns) {
            (Which::First, [late, rest @ ..]) => (late.as_boolean_opt(), rest),
            (Which::Last, rest) => (None, rest),
            (Which::First, []) => (None, columns),
        };
        let [times, seqs] = rest else {
            return exec_err!("first_by and last_by take a timestamp and a seq");
        };
        let (Some(times), Some(seqs)) =
            (times.as_primitive_opt::<TimestampMillisecondType>(), seqs.as_primitive_opt::<Int64Type>())
        else {
            return exec_err!("first_by and last_by order by a timestamp in milliseconds and a whole number");
        };
        let turn = |number: i64| if self.which == Which::Last { !number } else { number };
        let key = |row: usize| {
            let late = late.is_some_and(|late| late.is_valid(row) && late.value(row));
            (late, turn(times.value(row)), turn(seqs.value(row)))
        };
        Ok((0..times.len()).map(key).collect())
    }
}

impl<K: Kept> GroupsAccumulator for Groups<K> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        groups: usize,
    ) -> Result<()> {
        self.resize(groups);
        let [value, order @ ..] = values else { return Ok(()) };
        let Some(array) = K::of(value) else {
            return exec_err!("first_by and last_by take a text or a number, not {}", value.data_type());
        };
        let keys = self.keys(order)?;
        for (row, (group, key)) in group_indices.iter().zip(keys).enumerate() {
            if filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row)) {
                self.see(*group, key, array, row);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        emit_to.take_needed(&mut self.keys);
        Ok(self.kept.emit(emit_to))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let keys = emit_to.take_needed(&mut self.keys);
        Ok(state_of(self.kept.emit(emit_to), &keys))
    }

    fn merge_batch(&mut self, states: &[ArrayRef], group_indices: &[usize], groups: usize) -> Result<()> {
        self.resize(groups);
        let [value, late, times, seqs] = states else {
            return exec_err!("a state of first_by or last_by has four columns");
        };
        let Some(array) = K::of(value) else {
            return exec_err!("a state of first_by or last_by has a text or a number");
        };
        let (late, times, seqs) =
            (late.as_boolean(), times.as_primitive::<Int64Type>(), seqs.as_primitive::<Int64Type>());
        for (row, group) in group_indices.iter().enumerate() {
            if times.is_valid(row) {
                self.see(*group, (late.value(row), times.value(row), seqs.value(row)), array, row);
            }
        }
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let [value, order @ ..] = values else {
            return exec_err!("first_by and last_by take a value");
        };
        let passes = |row: usize| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        let keys = self.keys(order)?.into_iter().enumerate();
        let keys: Vec<_> = keys.map(|(row, key)| passes(row).then_some(key)).collect();
        Ok(state_of(Arc::clone(value), &keys))
    }

    fn size(&self) -> usize {
        self.kept.bytes() + self.keys.capacity() * size_of::<Option<Key>>()
    }
}

fn state_of(values: ArrayRef, keys: &[Option<Key>]) -> Vec<ArrayRef> {
    let late: BooleanArray = keys.iter().map(|key| key.map(|key| key.0)).collect();
    let times: Int64Array = keys.iter().map(|key| key.map(|key| key.1)).collect();
    let seqs: Int64Array = keys.iter().map(|key| key.map(|key| key.2)).collect();
    vec![values, Arc::new(late), Arc::new(times), Arc::new(seqs)]
}
