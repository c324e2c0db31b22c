//! What tests of folds have in common: walks in pieces, and days as a calendar says them, without [`Buckets`].
//!
//! [`Buckets`]: crate::Buckets

use bytestring::ByteString;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use millrace_event::{SiteId, Timestamp};
use proptest::prelude::*;

use crate::{Context, Fold, Steps};

/// An event of a walk: whose, when, marks, label.
pub(crate) type Walked = (u64, i64, u32, Option<&'static str>);

/// Feeds `events` in pieces that end at `cuts`, and finishes.
pub(crate) fn fold<F: Fold>(mut fold: F, events: &[Walked], cuts: &[usize]) -> F::Answer {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (events.len() + 1)).collect();
    cuts.extend([0, events.len()]);
    cuts.sort_unstable();
    for ends in cuts.windows(2) {
        let piece = &events[ends[0]..ends[1]];
        fold.steps(&Steps {
            subjects: piece.iter().map(|event| event.0).collect(),
            timestamps: piece.iter().map(|event| event.1).collect(),
            marks: piece.iter().map(|event| event.2).collect(),
            labels: piece.iter().map(|event| event.3.map(ByteString::from_static)).collect(),
        });
    }
    fold.finish()
}

/// Places to cut at.
pub(crate) fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(any::<usize>(), 0..6)
}

/// Zones with whole, half and quarter hours, that change clocks by an hour, by half an hour, at midnight and never.
pub(crate) fn zones() -> impl Strategy<Value = TimeZone> {
    let names = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Africa/Cairo",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
    ];
    prop::sample::select(names.to_vec()).prop_map(zone)
}

pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a known zone")
}

pub(crate) fn site() -> SiteId {
    SiteId::new("demo").expect("a site")
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a timestamp")
}

pub(crate) fn context(now: Timestamp, zone: &TimeZone) -> Context<'_> {
    Context { now, zone, goals: &[] }
}

/// The day that the site's calendar shows at `millis`.
pub(crate) fn day(millis: i64, zone: &TimeZone) -> Date {
    jiff::Timestamp::from_millisecond(millis).expect("an instant").to_zoned(zone.clone()).date()
}
