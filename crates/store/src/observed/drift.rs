//! What changed about a property.
//!
//! Every rule asks for evidence: a number of occurrences before the change, or after it, that had it otherwise. How
//! many had the property until it vanished is counted in buckets, which may hold events of after, so that a change
//! is rather not told than told in error.

use millrace_event::Timestamp;

use super::event::Times;
use super::property::PropertyFold;
use super::{Change, Drift, LEAST_EVIDENCE, MOST_EVIDENCE, Sample, Seen, ValueType};

/// What changed about `property` of events that were `seen` at `times`.
pub(super) fn of(name: &str, property: &PropertyFold, seen: &Seen, times: &Times) -> Vec<Drift> {
    let change = |change, at, sample: Option<Sample>| Drift { property: name.to_owned(), change, at, sample };
    let mut found = Vec::new();
    // Whole numbers and others are of one kind here: prices are now 10 and now 9.99.
    let kinds = [
        &[ValueType::String][..],
        &[ValueType::Integer, ValueType::Number],
        &[ValueType::Boolean],
        &[ValueType::Array],
    ];
    let firsts = kinds.iter().filter_map(|kinds| {
        let first = |kind: &&ValueType| property.types[**kind as usize].0.first;
        let kind = *kinds.iter().min_by_key(first)?;
        (property.types[kind as usize].0.count > 0).then_some(kind)
    });
    let firsts: Vec<ValueType> = firsts.collect();
    let first_of = |kind: ValueType| property.types[kind as usize].0.first;
    let oldest = firsts.iter().copied().min_by_key(|kind| first_of(*kind));
    let settled = property.earliest.nth(LEAST_EVIDENCE);
    for kind in firsts {
        if let (Some(oldest), Some(settled)) = (oldest, settled)
            && first_of(kind).as_millis() > settled
        {
            let sample = property.types[kind as usize].1.clone();
            found.push(change(Change::Type { from: oldest, to: kind }, first_of(kind), sample));
        }
    }
    if property.seen.count < LEAST_EVIDENCE as u64 {
        return found;
    }
    let evidence =
        usize::try_from(seen.count / 100).unwrap_or(MOST_EVIDENCE).clamp(LEAST_EVIDENCE, MOST_EVIDENCE);
    let (first, last) = (property.seen.first.as_millis(), property.seen.last.as_millis());
    let most_of = |events: u64| property.seen.count * 2 > events;
    let at = Timestamp::from_millis;
    // The times of the latest are kept with their sign turned.
    if times.latest.nth(evidence).is_some_and(|nth| -nth > last) && most_of(times.history.through(last)) {
        found.push(change(Change::Vanished, at(last), property.values.top()));
    }
    if times.earliest.nth(evidence).is_some_and(|nth| nth < first) && most_of(times.history.since(first)) {
        let sample = property.types.iter().min_by_key(|(seen, _)| seen.first);
        found.push(change(Change::Appeared, at(first), sample.and_then(|(_, sample)| sample.clone())));
    }
    found
}
