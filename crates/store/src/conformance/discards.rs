//! Discarded events: made from drafts, forgotten, compared.

use bytes::BytesMut;
use millrace_event::payload::Payload;
use millrace_event::record::{Again, Arrival, encode, encode_again};
use millrace_event::time::DAY_MS;
use millrace_event::{MadeId, SiteId, Timestamp};

use super::events::{BASE, Draft, event, site};
use crate::discards::{Kept, RECORD_BYTES, Report, Selection};
use crate::memory::MemoryStore;
use crate::{Discarded, EventStore};

const REASONS: [&str; 3] = ["robot", "duplicate", "' OR 1=1 --"];
const DETAILS: [&str; 3] = ["", "Spider", "\u{1f577} 10.0.0.0/8"];

/// The discarded event of a draft.
pub(super) fn discarded(draft: &Draft) -> Discarded {
    let event = event(draft);
    let large = format!("{{\"text\":\"{}\"}}", "x".repeat(RECORD_BYTES));
    let payload = Payload {
        name: event.name.to_string().into(),
        timestamp: Some(event.timestamp),
        user_id: event.user_id.as_deref().map(Into::into),
        anonymous_id: event.anonymous_id.as_deref().map(Into::into),
        properties: if draft.kind % 16 == 15 { large.as_str().into() } else { "".into() },
        ..Payload::default()
    };
    let arrival = Arrival {
        site: &event.site,
        made: MadeId { process: 9, count: draft.at.unsigned_abs() },
        received_at: event.received_at,
        address: Some([192, 0, 2, 1].into()),
        user_agent: Some("Spider/1.0"),
        language: None,
        keyed: false,
    };
    let mut record = BytesMut::new();
    encode(&payload, &arrival, &mut record);
    let again = Again { visitor: event.visitor, place: event.place };
    Discarded {
        record: encode_again(&record.freeze(), &again).expect("a record"),
        site: event.site,
        received_at: event.received_at,
        reason: REASONS[usize::from(draft.discard - 1) % REASONS.len()].into(),
        detail: DETAILS[usize::from(draft.kind >> 4) % DETAILS.len()].into(),
    }
}

/// Forgets every second event; answers how many.
pub(super) async fn forget(store: &dyn EventStore, of: u8, reason: u8) -> u64 {
    let (log, site) = (store.discards(), site(of));
    let reason = reason.checked_sub(1).map(|reason| REASONS[usize::from(reason) % REASONS.len()].into());
    let selection = Selection { reason, ..Selection::default() };
    let kept = log.page(&site, &selection, 0, usize::MAX).await.expect("a page");
    let numbers: Vec<u64> = kept.iter().step_by(2).map(|kept| kept.number).collect();
    let forgotten = log.forget(&site, &numbers).await.expect("forget");
    assert_eq!(forgotten, numbers.len() as u64);
    assert_eq!(log.forget(&site, &numbers).await.expect("forget"), 0, "once");
    // Of another site nothing goes.
    let left: Vec<u64> = kept.iter().skip(1).step_by(2).map(|kept| kept.number).collect();
    let other = super::events::site(of + 1);
    assert_eq!(log.forget(&other, &left).await.expect("forget"), 0);
    forgotten
}

/// Forgets what is past its window.
pub(super) async fn forget_past(store: &dyn EventStore, oracle: &MemoryStore, now: Timestamp) {
    store.discards().forget_past(now).await.expect("forgets");
    oracle.discards().forget_past(now).await.expect("forgets");
}

/// Compares whatever can be asked about a site's discarded events.
pub(super) async fn compare(store: &dyn EventStore, oracle: &MemoryStore, site: &SiteId, step: usize) {
    for since in [i64::MIN, BASE.as_millis() + DAY_MS + 1_234_567] {
        let since = Timestamp::from_millis(since);
        let found = store.discards().report(site, since).await.expect("a report");
        let right = oracle.discards().report(site, since).await.expect("a report");
        assert_eq!(unnumbered(found), unnumbered(right), "step {step}: what {site} discarded");
    }
    let all = Selection::default();
    let some = Selection {
        reason: Some(REASONS[0].into()),
        detail: Some(DETAILS[1].into()),
        from: Some(BASE),
        to: Some(BASE.plus_millis(2 * DAY_MS)),
    };
    let text = Selection { reason: Some(REASONS[2].into()), ..Selection::default() };
    for selection in [all, some, text] {
        let found = walk(store, site, &selection).await;
        let right = walk(oracle, site, &selection).await;
        assert!(
            found.iter().is_sorted_by_key(|kept| kept.number),
            "step {step}: in the order in which they came"
        );
        assert_eq!(records(found), records(right), "step {step}: {selection:?}");
    }
}

/// All of a selection, in steps; with the number of the newest event at their end.
async fn walk(store: &dyn EventStore, site: &SiteId, selection: &Selection) -> Vec<Kept> {
    let newest = store.discards().newest(site).await.expect("a number");
    let mut all: Vec<Kept> = Vec::new();
    loop {
        let after = all.last().map_or(0, |kept| kept.number);
        let limit = if all.len() < 20 { 7 } else { 3_000 };
        let page = store.discards().page(site, selection, after, limit).await.expect("a page");
        assert!(page.len() <= limit && page.iter().all(|kept| kept.number <= newest));
        if page.is_empty() {
            let is_newest = all.last().is_none_or(|last| last.number == newest);
            assert!(is_newest || *selection != Selection::default(), "{newest} is not the newest");
            return all;
        }
        all.extend(page);
    }
}

/// Numbers are each store's own.
fn unnumbered(mut report: Report) -> Report {
    report.reasons.iter_mut().flat_map(|of| &mut of.samples).for_each(|kept| kept.number = 0);
    report
}

fn records(kept: Vec<Kept>) -> Vec<Kept> {
    kept.into_iter().map(|kept| Kept { number: 0, ..kept }).collect()
}
