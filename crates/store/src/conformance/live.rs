//! What happens now, and events in order of arrival, compared.

use millrace_event::{SiteId, Timestamp};
use millrace_query::{Dimension, Filter, Period, Selection, VisitDimension};

use super::lists::selections;
use super::questions::{has_done, is, not};
use crate::lists::{ArrivalList, LiveQuestion};
use crate::memory::MemoryStore;
use crate::{Cursor, EventStore};

/// Compares figures of moments at which there are events, and of one at which there are none; and every event in its
/// turn, once.
pub(super) async fn compare(store: &dyn EventStore, oracle: &MemoryStore, site: &SiteId, step: usize) {
    let reader = store.reader();
    let last = oracle.recent(site, 1).await.expect("recent");
    let moment = last.first().map_or(super::events::BASE, |last| last.timestamp);
    for (place, selection) in moments(site, moment).into_iter().enumerate() {
        let buckets = starts(selection.period);
        let (names, top) = [(100, 10), (1, 1), (2, 3)][place % 3];
        let question = LiveQuestion { selection, buckets, names, top };
        let found = reader.live(&question).await.expect("live figures");
        let right = oracle.reader().live(&question).await.expect("live figures");
        assert_eq!(found, right, "step {step}: {question:?}");
    }
    let (end, of_oracle) =
        (store.cursor().await.expect("a cursor"), oracle.cursor().await.expect("a cursor"));
    for selection in selections(site, last.first()) {
        // Cursors are the store's own, so pieces of it are put together, and compared with one of the oracle.
        let mut list = ArrivalList { selection, after: Cursor(0), until: end, limit: 7 };
        let mut found = Vec::new();
        loop {
            let piece = reader.arrivals(&list).await.expect("arrivals");
            assert!(piece.len() <= list.limit, "step {step}: {list:?}");
            let mut cursors = vec![list.after];
            cursors.extend(piece.iter().map(|(cursor, _)| *cursor));
            assert!(cursors.is_sorted_by(|a, b| a < b), "step {step}: {list:?} has {cursors:?}");
            list.after = cursors[cursors.len() - 1];
            let is_last = piece.len() < list.limit;
            found.extend(piece.into_iter().map(|(_, event)| event));
            if is_last {
                break;
            }
        }
        list = ArrivalList { after: Cursor(0), until: of_oracle, limit: usize::MAX >> 1, ..list };
        let right = oracle.reader().arrivals(&list).await.expect("arrivals");
        let right: Vec<_> = right.into_iter().map(|(_, event)| event).collect();
        assert_eq!(found, right, "step {step}: arrivals of {:?}", list.selection);
        let beyond = ArrivalList { after: end, until: Cursor(u64::MAX), ..list };
        assert!(reader.arrivals(&beyond).await.expect("arrivals").is_empty(), "step {step}");
    }
    let all = ArrivalList {
        selection: Selection {
            site: site.clone(),
            period: Period::ALL,
            filter: Filter::all(),
            subject: None,
        },
        after: Cursor(0),
        until: end,
        limit: 5,
    };
    let piece = reader.arrivals(&all).await.expect("arrivals");
    let tail = store.tail(site, Cursor(0), 5).await.expect("a tail");
    let events: Vec<_> = piece.iter().map(|(_, event)| event.clone()).collect();
    assert_eq!(events, tail.events, "step {step}: both say the same");
    assert_eq!(piece.last().map_or(Cursor(0), |(cursor, _)| *cursor), tail.cursor, "step {step}");
    let until = ArrivalList { until: tail.cursor, limit: 100, ..all };
    assert_eq!(
        reader.arrivals(&until).await.expect("arrivals"),
        piece,
        "step {step}: up to a cursor, included"
    );
}

/// Selections of short periods, up to an event and from it on, and of hours that cut sessions.
fn moments(site: &SiteId, moment: Timestamp) -> Vec<Selection> {
    let source = Dimension::Visit(VisitDimension::Source);
    let filters = [
        Filter::all(),
        is(Dimension::Name, &["pageview"]),
        not(is(source, &["Direct / None"])),
        has_done(is(Dimension::Name, &["purchase"])),
    ];
    let periods = [(-300_000, 1), (0, 300_000), (-6 * 3_600_000, 3_600_000), (1, 2)];
    let period = |(from, to)| Period { from: moment.plus_millis(from), to: moment.plus_millis(to) };
    let each = periods.into_iter().flat_map(|ends| filters.iter().map(move |filter| (ends, filter)));
    let selection = |(ends, filter): (_, &Filter)| Selection {
        site: site.clone(),
        period: period(ends),
        filter: filter.clone(),
        subject: None,
    };
    each.map(selection).collect()
}

/// Ten buckets; the first begins after the period, so that some events are in none.
fn starts(period: Period) -> Vec<Timestamp> {
    let width = (period.to.as_millis() - period.from.as_millis()) / 10;
    (0..10).map(|place| period.from.plus_millis(width / 2 + place * width)).collect()
}
