//! One property of the events of one name.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use millrace_event::Timestamp;
use millrace_event::properties::Value;
use millrace_event::schema::{Decimal, is_array};

use super::history::Extremes;
use super::values::Values;
use super::{LEAST_EVIDENCE, ObservedProperty, ObservedType, Sample, Seen, ValueType};

/// The same in every process, so that estimates are too.
const SEED: FixedState = FixedState::with_seed(0x6d69_6c6c_7261_6365);

#[derive(Debug)]
pub(super) struct PropertyFold {
    pub(super) seen: Seen,
    /// By [`ValueType`]; with the first value of each.
    pub(super) types: [(Seen, Option<Sample>); ValueType::ALL.len()],
    pub(super) earliest: Extremes,
    pub(super) values: Values,
    lowest: Option<Extreme>,
    highest: Option<Extreme>,
}

/// The smallest or the largest number so far. The digits decide only between numbers that are equal as floats.
#[derive(Debug)]
struct Extreme {
    float: f64,
    raw: Box<str>,
}

impl Default for PropertyFold {
    fn default() -> Self {
        Self {
            seen: Seen::NEVER,
            types: std::array::from_fn(|_| (Seen::NEVER, None)),
            earliest: Extremes::default(),
            values: Values::default(),
            lowest: None,
            highest: None,
        }
    }
}

impl PropertyFold {
    pub(super) fn add(&mut self, at: Timestamp, value: &Value<'_>) {
        self.seen.again(at);
        self.earliest.add(at.as_millis(), LEAST_EVIDENCE);
        let (seen, first) = &mut self.types[kind(value) as usize];
        if at < seen.first {
            *first = Some(value.into());
        } else if at == seen.first {
            // Of equal times the smaller one, whichever comes first.
            let sample = Sample::from(value);
            *first = first.take().map(|first| first.min(sample));
        }
        seen.again(at);
        let hash = match value {
            Value::Text(text) => SEED.hash_one((0u8, &**text)),
            Value::Number(raw) => SEED.hash_one((1u8, *raw)),
            Value::Boolean(value) => SEED.hash_one((2u8, value)),
        };
        self.values.add(hash, value);
        if let Value::Number(raw) = value {
            self.number(raw);
        }
    }

    pub(super) fn finish(mut self, name: String) -> ObservedProperty {
        let mut types: Vec<_> = ValueType::ALL
            .into_iter()
            .zip(&self.types)
            .filter(|(_, (seen, _))| seen.count > 0)
            .map(|(kind, (seen, _))| ObservedType { kind, seen: *seen })
            .collect();
        types.sort_by_key(|found| found.seen.first);
        let (cardinality, cardinality_exact) = self.values.cardinality();
        let (values, values_exact) = self.values.most_frequent();
        let range = self.lowest.zip(self.highest).map(|(low, high)| (low.raw.into(), high.raw.into()));
        ObservedProperty {
            name,
            seen: self.seen,
            types,
            values,
            values_exact,
            cardinality,
            cardinality_exact,
            range,
        }
    }

    fn number(&mut self, raw: &str) {
        let Ok(float) = raw.parse::<f64>() else { return };
        let beats = |extreme: &Option<Extreme>, lower: bool| {
            let Some(extreme) = extreme else { return true };
            let (one, other) = if lower { (float, extreme.float) } else { (extreme.float, float) };
            // Of equal numbers the smaller text, whichever comes first.
            one < other
                || one == other && *raw != *extreme.raw && {
                    let order = Decimal::read(raw).cmp(&Decimal::read(&extreme.raw));
                    let order = if lower { order } else { order.reverse() };
                    order.then_with(|| raw.cmp(&extreme.raw)).is_lt()
                }
        };
        if beats(&self.lowest, true) {
            self.lowest = Some(Extreme { float, raw: raw.into() });
        }
        if beats(&self.highest, false) {
            self.highest = Some(Extreme { float, raw: raw.into() });
        }
    }
}

fn kind(value: &Value<'_>) -> ValueType {
    match value {
        Value::Text(text) if is_array(text) => ValueType::Array,
        Value::Text(_) => ValueType::String,
        Value::Number(raw) if Decimal::read(raw).is_integer() => ValueType::Integer,
        Value::Number(_) => ValueType::Number,
        Value::Boolean(_) => ValueType::Boolean,
    }
}
