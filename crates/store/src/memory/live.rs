//! What happens now, and events in order of arrival.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use bytestring::ByteString;
use millrace_event::{Event, VisitorId};
use millrace_query::{Dimension, VisitDimension};

use super::facts::{Facts, PAGEVIEW};
use super::select::select;
use crate::Cursor;
use crate::lists::{ArrivalList, LiveBucket, LiveFigures, LiveQuestion};

pub(super) fn figures(question: &LiveQuestion, events: &[Event]) -> LiveFigures {
    let (facts, places) = select(&question.selection, events);
    let events: Vec<&Event> = places.iter().map(|place| facts.events[*place]).collect();
    let count_of = |texts: &mut dyn Iterator<Item = &ByteString>| {
        let mut counts: BTreeMap<ByteString, u64> = BTreeMap::new();
        texts.for_each(|text| *counts.entry(text.clone()).or_default() += 1);
        counts
    };
    let names = count_of(&mut events.iter().map(|event| &event.name));
    let shown: BTreeSet<_> = most(names, question.names).into_iter().map(|(name, _)| name).collect();
    let mut buckets = vec![LiveBucket::default(); question.buckets.len()];
    for event in &events {
        let place = question.buckets.partition_point(|start| *start <= event.timestamp);
        let Some(place) = place.checked_sub(1) else { continue };
        buckets[place].events += 1;
        if shown.contains(&event.name) {
            *buckets[place].names.entry(event.name.clone()).or_default() += 1;
        }
    }
    let views = events.iter().filter(|event| event.name == PAGEVIEW);
    let durations: Vec<_> = events.iter().filter_map(|event| event.duration_ms).collect();
    LiveFigures {
        visitors: events.iter().map(|event| event.visitor).collect::<HashSet<_>>().len() as u64,
        events: events.len() as u64,
        duration_ms: durations.iter().map(|duration| *duration as u64).sum(),
        durations: durations.len() as u64,
        buckets,
        pages: most(count_of(&mut views.filter_map(|event| event.path.as_ref())), question.top),
        elements: most(count_of(&mut events.iter().filter_map(|event| event.element.as_ref())), question.top),
        sources: most(visitors(&facts, &events, VisitDimension::Source), question.top),
        countries: most(visitors(&facts, &events, VisitDimension::Country), question.top),
    }
}

/// The visitors by a dimension of their sessions.
fn visitors(facts: &Facts<'_>, events: &[&Event], dimension: VisitDimension) -> BTreeMap<ByteString, u64> {
    let dimension = Dimension::Visit(dimension);
    let mut visitors: BTreeMap<ByteString, HashSet<VisitorId>> = BTreeMap::new();
    for event in events {
        if let Some(text) = facts.shown(&dimension, event) {
            visitors.entry(text.into_owned().into()).or_default().insert(event.visitor);
        }
    }
    visitors.into_iter().map(|(text, visitors)| (text, visitors.len() as u64)).collect()
}

/// The most first; the sort is stable, and the texts come by their bytes.
fn most(counts: BTreeMap<ByteString, u64>, limit: usize) -> Vec<(ByteString, u64)> {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    counts.truncate(limit);
    counts
}

/// `events` in order of arrival, each with its place there in `arrived`.
pub(super) fn arrivals(list: &ArrivalList, arrived: &[u64], events: &[Event]) -> Vec<(Cursor, Event)> {
    let (facts, places) = select(&list.selection, events);
    let passing: HashSet<*const Event> =
        places.into_iter().map(|place| std::ptr::from_ref(facts.events[place])).collect();
    let asked = arrived.iter().zip(events).filter(|(place, event)| {
        list.after.0 < **place && **place <= list.until.0 && passing.contains(&std::ptr::from_ref(*event))
    });
    asked.take(list.limit).map(|(place, event)| (Cursor(*place), event.clone())).collect()
}
