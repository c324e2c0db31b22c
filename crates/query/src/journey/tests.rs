//! Journeys against lists of stations.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::fold::testing::{Walked, at, context, cuts, fold, site, zone};

fn journey(of: JourneyOf, anchor: Option<Anchor>, heading: Heading) -> Journey {
    let range = Range::All;
    Journey { site: site(), range, filter: Filter::all(), of, anchor, heading, steps: 4, branches: 5 }
}

fn named(name: &str) -> Filter {
    Filter::Is(Dimension::Name, vec![name.to_owned()])
}

fn checked(journey: Journey) -> CheckedJourney {
    journey.check(context(at("2026-11-20T10:00:00Z"), &zone("UTC"))).expect("a question")
}

/// The stations of one session from its anchor on, as far as there are any.
fn way(events: &[Walked], journey: &Journey) -> Option<Vec<&'static str>> {
    let (stations, anchors) = match journey.of {
        JourneyOf::Pages => (0b1, 0b10),
        JourneyOf::Events => (0b11, 0b100),
    };
    let mut events = events.to_vec();
    // Backwards is forwards from the other end.
    if journey.heading == Heading::Back {
        events.reverse();
    }
    let station = |event: &Walked| if event.2 & stations == 0 { None } else { event.3 };
    let place = match &journey.anchor {
        None => 0,
        Some(Anchor::Station(name)) => events.iter().position(|event| station(event) == Some(name))?,
        Some(Anchor::Event(_)) => events.iter().position(|event| event.2 & anchors != 0)?,
    };
    let mut names: Vec<&str> = events[place..].iter().filter_map(station).collect();
    names.dedup();
    if journey.anchor.is_none() && names.is_empty() {
        return None;
    }
    if journey.anchor.is_some() && station(&events[place]).is_some() {
        names.remove(0);
    }
    Some(names)
}

fn tree(ways: &[&[&'static str]], depth: usize, branches: usize) -> JourneyNode {
    let (ended, going): (Vec<&[&str]>, Vec<&[&str]>) = ways.iter().partition(|way| way.is_empty());
    let mut next: BTreeMap<&str, Vec<&[&'static str]>> = BTreeMap::new();
    if depth > 0 {
        ways.iter()
            .filter(|way| !way.is_empty())
            .for_each(|way| next.entry(way[0]).or_default().push(&way[1..]));
    }
    let mut next: Vec<_> = next.into_iter().collect();
    next.sort_by_key(|(_, ways)| std::cmp::Reverse(ways.len()));
    next.truncate(branches);
    let named: usize = next.iter().map(|(_, ways)| ways.len()).sum();
    JourneyNode {
        sessions: ways.len() as u64,
        branches: next
            .into_iter()
            .map(|(name, ways)| (name.to_owned(), tree(&ways, depth - 1, branches)))
            .collect(),
        other: (going.len() - named) as u64,
        ended: ended.len() as u64,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn journeys_are_what_lists_of_stations_say(
        mut events in prop::collection::vec(
            (0u64..12, 0i64..50, 0u32..8, prop::sample::select(vec![None, Some("a"), Some("b"), Some("c"), Some("d")])),
            0..90,
        ),
        of in prop::sample::select(vec![JourneyOf::Pages, JourneyOf::Events]),
        heading in prop::sample::select(vec![Heading::Onward, Heading::Back]),
        anchor in prop::sample::select(vec![
            None, Some(Anchor::Station("a".to_owned())), Some(Anchor::Event(Filter::all())),
        ]),
        steps in 1usize..6,
        branches in 1usize..4,
        cuts in cuts(),
    ) {
        events.sort_by_key(|event| (event.0, event.1));
        let journey = Journey { steps, branches, ..journey(of, anchor, heading) };
        let mut sessions: BTreeMap<u64, Vec<Walked>> = BTreeMap::new();
        events.iter().for_each(|event| sessions.entry(event.0).or_default().push(*event));
        let ways: Vec<_> = sessions.values().filter_map(|events| way(events, &journey)).collect();
        let ways: Vec<&[&str]> = ways.iter().map(Vec::as_slice).collect();
        let expected = JourneyAnswer { start: tree(&ways, steps, branches), approximate: false };
        prop_assert_eq!(fold(checked(journey).fold(), &events, &cuts), expected);
    }

    #[test]
    fn a_full_tree_still_has_every_session(
        mut events in prop::collection::vec((0u64..20, 0i64..50, Just(1u32), prop::sample::select(
            vec![Some("a"), Some("b"), Some("c"), Some("d")],
        )), 0..90),
        most in 0usize..12,
    ) {
        fn adds_up(node: &JourneyNode) -> bool {
            let branches = node.branches.iter().map(|(_, branch)| branch.sessions).sum::<u64>();
            node.sessions == branches + node.other + node.ended
                && node.branches.iter().all(|(_, branch)| adds_up(branch))
        }
        events.sort_by_key(|event| (event.0, event.1));
        let asked = checked(journey(JourneyOf::Pages, None, Heading::Onward));
        let exact = fold(asked.fold(), &events, &[]);
        let mut small = asked.fold();
        small.most_nodes = most;
        let answer = fold(small, &events, &[]);
        prop_assert_eq!(answer.start.sessions, exact.start.sessions);
        prop_assert!(adds_up(&answer.start) && adds_up(&exact.start));
        prop_assert!(answer.approximate || answer == exact);
    }
}

#[test]
fn sessions_go_on_elsewhere_or_end() {
    let asked = Journey {
        steps: 1,
        branches: 1,
        ..journey(JourneyOf::Pages, Some(Anchor::Station("/".to_owned())), Heading::Onward)
    };
    let events = [
        (1, 0, 1, Some("/")),
        (1, 1, 1, Some("/")),
        (1, 2, 1, Some("/a")),
        (1, 3, 1, Some("/b")),
        (2, 0, 1, Some("/")),
        (3, 0, 1, Some("/c")),
        (3, 1, 1, Some("/")),
        (3, 2, 1, Some("/b")),
        (4, 0, 1, Some("/a")),
    ];
    let last = JourneyNode { sessions: 1, other: 1, ..JourneyNode::default() };
    let start = JourneyNode { sessions: 3, branches: vec![("/a".to_owned(), last)], other: 1, ended: 1 };
    assert_eq!(fold(checked(asked).fold(), &events, &[4]), JourneyAnswer { start, approximate: false });
}

#[test]
fn the_walk_marks_page_views_other_stations_and_anchors() {
    let walk = |of, anchor| checked(journey(of, anchor, Heading::Onward)).walk();
    let pages = walk(JourneyOf::Pages, Some(Anchor::Station("/".to_owned())));
    assert_eq!(pages.marks, [named("pageview")]);
    assert_eq!((pages.label, pages.first_mark_label), (Some(Dimension::Page), None));
    assert!(pages.marked_only);

    let not_engagement = Filter::Not(Box::new(named("engagement")));
    let events = walk(JourneyOf::Events, Some(Anchor::Event(named("signup"))));
    let anchor = named("signup").and(not_engagement.clone());
    assert_eq!(events.marks, [named("pageview"), not_engagement, anchor]);
    assert_eq!((events.label, events.first_mark_label), (Some(Dimension::Name), Some(Dimension::Page)));

    // Whoever asks for engagement gets it.
    let asked = walk(JourneyOf::Pages, Some(Anchor::Event(named("engagement"))));
    assert_eq!(asked.marks, [named("pageview"), named("engagement")]);
}

#[test]
fn what_is_out_of_bounds_is_named() {
    let plain = || journey(JourneyOf::Pages, None, Heading::Onward);
    let anchored = Some(Anchor::Event(Filter::Is(Dimension::Goal, vec![])));
    for (wrong, message) in [
        (Journey { steps: 11, ..plain() }, "steps is 11: it must be 1 to 10"),
        (Journey { branches: 0, ..plain() }, "branches is 0: it must be 1 to 20"),
        (
            Journey { anchor: anchored, ..plain() },
            "anchor: event:goal takes is and is_not, with names of goals",
        ),
    ] {
        let error =
            wrong.check(context(at("2026-11-20T10:00:00Z"), &zone("UTC"))).expect_err("a wrong question");
        assert_eq!(error.message, message);
    }
}
