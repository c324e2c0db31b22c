//! Walks and lists.

use futures::TryStreamExt;
use millrace_query::{By, Period, Selection, Steps, Subject, Walk};
use millrace_store::Link;
use millrace_store::lists::{EventList, EventReader, SubjectList};

use super::*;

fn selection(filter: Filter) -> Selection {
    Selection { site: site(), period: Period::ALL, filter, subject: None }
}

fn walk(by: By, marks: &[Filter]) -> Walk {
    Walk {
        selection: selection(Filter::all()),
        by,
        marks: marks.to_vec(),
        marked_only: false,
        label: None,
        first_mark_label: None,
    }
}

async fn steps(store: &MemoryStore, walk: &Walk) -> Vec<Steps> {
    store.walk(walk).await.expect("a walk").try_collect().await.expect("steps")
}

/// Subject, second after noon and marks.
fn short(pieces: &[Steps]) -> Vec<(u64, i64, u32)> {
    let second = |at: i64| (at - NOON.as_millis()) / 1_000;
    let of_piece = |piece: &Steps| -> Vec<_> {
        let (subjects, timestamps, marks) =
            (piece.subjects.iter(), piece.timestamps.iter(), piece.marks.iter());
        subjects
            .zip(timestamps)
            .zip(marks)
            .map(|((subject, at), marks)| (*subject, second(*at), *marks))
            .collect()
    };
    pieces.iter().flat_map(of_piece).collect()
}

#[tokio::test]
async fn a_walk_goes_by_subject_time_and_arrival() {
    let most = u64::MAX;
    let events =
        [view(most, 0, "/a"), view(7, 20, "/b"), view(7, 10, "/a"), event(7, 20, "click"), view(2, 0, "/c")];
    let store = store(&events).await;
    let marks = [is(Dimension::Page, "/a"), is(Dimension::Name, "pageview")];
    // A number of 64 bits without a sign: the greatest comes last.
    let all = [(2, 0, 2), (7, 10, 3), (7, 20, 2), (7, 20, 0), (most, 0, 3)];
    assert_eq!(short(&steps(&store, &walk(By::Session, &marks)).await), all);
    let marked = Walk { marked_only: true, ..walk(By::Session, &marks[..1]) };
    assert_eq!(short(&steps(&store, &marked).await), [(7, 10, 1), (most, 0, 1)]);
    let of_one = Selection { subject: Some(Subject::Session(SessionId(7))), ..selection(marks[0].clone()) };
    let of_one = Walk { selection: of_one, ..walk(By::Visitor, &[]) };
    assert_eq!(short(&steps(&store, &of_one).await), [(7, 10, 0)]);
    let labelled = Walk { label: Some(Dimension::Page), ..walk(By::Session, &[]) };
    let labels: Vec<_> = steps(&store, &labelled).await.into_iter().flat_map(|piece| piece.labels).collect();
    assert_eq!(
        labels,
        [Some("/c"), Some("/a"), Some("/b"), None, Some("/a")].map(|label| label.map(ByteString::from))
    );
    let visits = Dimension::Visit(VisitDimension::EntryPage);
    let entered = Walk { marked_only: true, ..walk(By::Session, &[is(visits, "/a")]) };
    assert_eq!(short(&steps(&store, &entered).await), [(7, 10, 1), (7, 20, 1), (7, 20, 1), (most, 0, 1)]);
}

#[tokio::test]
async fn a_walk_may_break_within_a_subject() {
    let events: Vec<_> = (0..250).map(|second| event(1, second, "click")).collect();
    let pieces = steps(&store(&events).await, &walk(By::Visitor, &[])).await;
    assert!(pieces.len() > 1 && pieces.iter().all(|piece| piece.labels.is_empty()));
    assert_eq!(short(&pieces), (0..250).map(|second| (1, second, 0)).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_signed_in_walks_as_one() {
    let events = [view(1, 0, "/a"), view(2, 5, "/b")];
    let store = store(&events).await;
    let link = Link { site: site(), from: VisitorId(1), to: VisitorId(2), at: NOON };
    store.insert(&EventBatch { links: vec![link], ..EventBatch::default() }).await.expect("insert");
    assert_eq!(short(&steps(&store, &walk(By::Visitor, &[])).await), [(2, 0, 0), (2, 5, 0)]);
    let list = SubjectList { selection: selection(Filter::all()), limit: 9, offset: 0 };
    let visitors = store.visitors(&list).await.expect("visitors");
    assert_eq!(
        visitors.iter().map(|visitor| (visitor.visitor.0, visitor.sessions)).collect::<Vec<_>>(),
        [(2, 2)]
    );
}

#[tokio::test]
async fn lists_are_in_their_order_and_sessions_are_whole() {
    let events = [
        view(1, 0, "/a"),
        Event { user_id: Some("b".into()), ..event(1, 60, "click") },
        view(2, 0, "/a"),
        Event { user_id: Some("a".into()), visitor: VisitorId(1), ..view(2, 30, "/b") },
        view(3, 10, "/c"),
    ];
    let store = store(&events).await;
    let list = |filter, offset| SubjectList { selection: selection(filter), limit: 2, offset };
    let sessions = store.sessions(&list(Filter::all(), 0)).await.expect("sessions");
    assert_eq!(sessions.iter().map(|session| session.session.0).collect::<Vec<_>>(), [3, 1]);
    let sessions = store.sessions(&list(is(Dimension::Page, "/b"), 0)).await.expect("sessions");
    let [only] = &sessions[..] else { panic!("one session: {sessions:?}") };
    assert_eq!(
        (only.visitor, only.user_id.clone(), only.events, only.interactive),
        (VisitorId(2), None, 2, 2)
    );
    assert_eq!((only.start, only.end, only.pageviews), (NOON, NOON.plus_millis(30_000), 2));
    let places = VisitDimension::ALL
        .iter()
        .zip(&only.dimensions)
        .filter_map(|(name, text)| Some((name.name(), text.as_deref()?)));
    assert_eq!(places.collect::<Vec<_>>(), [("entry_page", "/a"), ("exit_page", "/b")], "absent as it is");

    let visitors = store.visitors(&list(Filter::all(), 0)).await.expect("visitors");
    assert_eq!(visitors.iter().map(|visitor| visitor.visitor.0).collect::<Vec<_>>(), [1, 3]);
    let first = &visitors[0];
    assert_eq!(
        (first.user_id.as_deref(), first.sessions, first.events, first.pageviews),
        (Some("b"), 2, 3, 2)
    );
    assert_eq!((first.first, first.last), (NOON, NOON.plus_millis(60_000)));
    assert_eq!(store.visitors(&list(Filter::all(), 2)).await.expect("visitors").len(), 1);

    let list =
        EventList { selection: selection(Filter::all()), newest_first: true, limit: Some(4), offset: 1 };
    let listed: Vec<Vec<Event>> =
        store.events(&list).await.expect("events").try_collect().await.expect("events");
    assert_eq!(
        listed.concat(),
        [&events[3], &events[4], &events[2], &events[0]].map(Clone::clone),
        "the last to arrive first"
    );
    assert_eq!(store.span(&site()).await.expect("a span"), Some((NOON, NOON.plus_millis(60_000))));
    assert_eq!(store.span(&SiteId::new("other").expect("a site id")).await.expect("a span"), None);
}
