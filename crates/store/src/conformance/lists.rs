//! Walks and lists, compared.

use futures::TryStreamExt;
use millrace_event::time::DAY_MS;
use millrace_event::{Event, SiteId};
use millrace_query::{By, Dimension, Filter, Period, Selection, Steps, Subject, VisitDimension, Walk};

use super::events::BASE;
use super::questions::{HOSTILE, goals, has_done, is, matches, not, property};
use crate::EventStore;
use crate::lists::{EventList, EventReader, SubjectList};
use crate::memory::MemoryStore;

/// Compares what is read one by one.
pub(super) async fn compare(store: &dyn EventStore, oracle: &MemoryStore, site: &SiteId, step: usize) {
    let reader = store.reader();
    let (found, right) = (reader.span(site).await.expect("a span"), oracle.span(site).await.expect("a span"));
    assert_eq!(found, right, "step {step}: the span of {site}");
    for walk in walks(site) {
        let (found, right) = (steps(reader, &walk).await, steps(oracle, &walk).await);
        assert_eq!(found, right, "step {step}: {walk:?}");
    }
    super::live::compare(store, oracle, site, step).await;
    let last = oracle.recent(site, 1).await.expect("recent");
    for (place, selection) in selections(site, last.first()).into_iter().enumerate() {
        let (limit, offset) = [(1_000, 0), (3, 1)][place % 2];
        let list = EventList {
            selection: selection.clone(),
            newest_first: place % 4 < 2,
            limit: (place % 3 > 0).then_some(limit),
            offset,
        };
        let (found, right) = (events(reader, &list).await, events(oracle, &list).await);
        assert_eq!(found, right, "step {step}: {list:?}");
        let list = SubjectList { selection, limit, offset };
        let (found, right) = (
            reader.sessions(&list).await.expect("sessions"),
            oracle.sessions(&list).await.expect("sessions"),
        );
        assert_eq!(found, right, "step {step}: sessions of {list:?}");
        let (found, right) = (
            reader.visitors(&list).await.expect("visitors"),
            oracle.visitors(&list).await.expect("visitors"),
        );
        assert_eq!(found, right, "step {step}: visitors of {list:?}");
    }
    if let Some(last) = last.first() {
        for (by, subject) in
            [(By::Visitor, Subject::Visitor(last.visitor)), (By::Session, Subject::Session(last.session))]
        {
            let selection = Selection { subject: Some(subject), ..all(site) };
            let walk = Walk {
                selection,
                by,
                marks: vec![],
                marked_only: false,
                label: Some(Dimension::Name),
                first_mark_label: None,
            };
            let (found, right) = (steps(reader, &walk).await, steps(oracle, &walk).await);
            assert_eq!(found, right, "step {step}: {walk:?}");
        }
    }
}

/// A walk in one piece.
async fn steps(reader: &dyn EventReader, walk: &Walk) -> Steps {
    let pieces: Vec<Steps> = reader.walk(walk).await.expect("a walk").try_collect().await.expect("steps");
    let mut all = Steps::default();
    for piece in pieces {
        let count = piece.subjects.len();
        let labels = if walk.label.is_some() { count } else { 0 };
        let counts = (piece.timestamps.len(), piece.marks.len(), piece.labels.len());
        assert_eq!(counts, (count, count, labels), "an entry of each list for each event: {walk:?}");
        all.subjects.extend(piece.subjects);
        all.timestamps.extend(piece.timestamps);
        all.marks.extend(piece.marks);
        all.labels.extend(piece.labels);
    }
    all
}

async fn events(reader: &dyn EventReader, list: &EventList) -> Vec<Event> {
    let pieces: Vec<_> = reader.events(list).await.expect("events").try_collect().await.expect("events");
    pieces.concat()
}

fn all(site: &SiteId) -> Selection {
    Selection { site: site.clone(), period: Period::ALL, filter: Filter::all(), subject: None }
}

fn walks(site: &SiteId) -> Vec<Walk> {
    let plain = |by| Walk {
        selection: all(site),
        by,
        marks: vec![],
        marked_only: false,
        label: None,
        first_mark_label: None,
    };
    let days = Selection { period: days(), ..all(site) };
    let source = Dimension::Visit(VisitDimension::Source);
    let marks = vec![
        is(Dimension::Name, &["pageview"]),
        Filter::Reaches(goals().into()),
        has_done(is(Dimension::Name, &["purchase"])),
        not(is(source.clone(), &["Direct / None", "Google"])),
        matches(Dimension::Page, &["^/[0-9]$"]),
        Filter::Or(vec![]),
    ];
    let many: Vec<_> = (0..Walk::MOST_MARKS as u8).map(|tenth| Filter::ScrolledTo(tenth * 6)).collect();
    let sent = Selection { filter: is(source.clone(), &["Google"]), ..days.clone() };
    let steps = vec![is(Dimension::Page, &["/"]), is(Dimension::Page, &["/1", HOSTILE])];
    vec![
        plain(By::Visitor),
        Walk { marks: marks.clone(), ..plain(By::Visitor) },
        Walk { marks: steps, marked_only: true, label: Some(Dimension::Page), ..plain(By::Session) },
        Walk { selection: days.clone(), marks, label: Some(source), ..plain(By::Session) },
        Walk { selection: sent, label: Some(property("n")), ..plain(By::Visitor) },
        Walk {
            marks: vec![Filter::Is(Dimension::Name, vec!["pageview".to_owned()])],
            label: Some(Dimension::Name),
            first_mark_label: Some(Dimension::Page),
            ..plain(By::Session)
        },
        Walk {
            selection: days,
            marks: many,
            marked_only: true,
            label: Some(Dimension::Element),
            ..plain(By::Session)
        },
        Walk {
            label: Some(Dimension::Visit(VisitDimension::ExitPage)),
            marked_only: true,
            ..plain(By::Session)
        },
    ]
}

pub(super) fn selections(site: &SiteId, last: Option<&Event>) -> Vec<Selection> {
    let days = Selection { period: days(), ..all(site) };
    let entry = Dimension::Visit(VisitDimension::EntryPage);
    let mut selections = vec![
        all(site),
        days.clone(),
        Selection { filter: is(Dimension::Page, &["/", HOSTILE]), ..all(site) },
        Selection { filter: not(is(entry, &["/"])), ..days.clone() },
        Selection { filter: has_done(is(Dimension::Name, &["purchase"])), ..days.clone() },
    ];
    if let Some(last) = last {
        let subjects = [Subject::Session(last.session), Subject::Visitor(last.visitor)];
        selections.extend(subjects.map(|subject| Selection { subject: Some(subject), ..all(site) }));
        let viewed = is(Dimension::Name, &["pageview"]);
        selections.push(Selection { subject: Some(subjects[1]), filter: viewed, ..days });
    }
    selections
}

/// It cuts sessions at both ends.
fn days() -> Period {
    Period { from: BASE.plus_millis(DAY_MS), to: BASE.plus_millis(3 * DAY_MS + 3_600_000) }
}
