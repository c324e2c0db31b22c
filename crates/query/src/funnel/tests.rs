//! Funnels against every attempt there is.

use proptest::prelude::*;

use super::*;
use crate::fold::Groups;
use crate::fold::testing::{Walked, at, context, cuts, fold, site, zone};
use crate::{Dimension, Pattern};

fn named(name: &str) -> Filter {
    Filter::Is(Dimension::Name, vec![name.to_owned()])
}

fn funnel(steps: usize) -> Funnel {
    Funnel {
        site: site(),
        range: Range::All,
        filter: Filter::all(),
        steps: (0..steps).map(|step| named(&step.to_string())).collect(),
        strict: false,
        window: Funnel::WINDOW,
        breakdown: None,
        people: None,
    }
}

fn checked(funnel: Funnel) -> CheckedFunnel {
    funnel.check(context(at("2026-11-20T10:00:00Z"), &zone("UTC"))).expect("a funnel")
}

fn refused(funnel: Funnel) -> QueryError {
    funnel.check(context(at("2026-11-20T10:00:00Z"), &zone("UTC"))).expect_err("a wrong funnel")
}

/// Every attempt of a visitor, as places of their events.
fn attempts(events: &[Walked], funnel: &Funnel) -> Vec<Vec<usize>> {
    let passes = |place: usize, step: usize| events[place].2 >> step & 1 == 1;
    let mut growing: Vec<Vec<usize>> =
        (0..events.len()).filter(|place| passes(*place, 0)).map(|place| vec![place]).collect();
    let mut all = Vec::new();
    while let Some(attempt) = growing.pop() {
        let (step, last) = (attempt.len(), attempt[attempt.len() - 1]);
        for place in last + 1..events.len() {
            let in_time = events[place].1 - events[attempt[0]].1 <= funnel.window.as_millis() as i64;
            if step < funnel.steps.len()
                && passes(place, step)
                && in_time
                && (!funnel.strict || place == last + 1)
            {
                growing.push([attempt.clone(), vec![place]].concat());
            }
        }
        all.push(attempt);
    }
    all
}

/// Of each visitor who has one, the counted attempt.
fn counted(events: &[Walked], funnel: &Funnel) -> Vec<(u64, Vec<Walked>)> {
    let mut visitors: Vec<u64> = events.iter().map(|event| event.0).collect();
    visitors.dedup();
    let of_visitor = |visitor: u64| {
        let own: Vec<Walked> = events.iter().filter(|event| event.0 == visitor).copied().collect();
        // The deepest, then the first start, then each step as early as possible.
        let best = attempts(&own, funnel)
            .into_iter()
            .min_by_key(|attempt| (std::cmp::Reverse(attempt.len()), attempt.clone()))?;
        Some((visitor, best.into_iter().map(|place| own[place]).collect()))
    };
    visitors.into_iter().filter_map(of_visitor).collect()
}

fn table(counted: &[&Vec<Walked>], steps: usize) -> Vec<FunnelStep> {
    let visitors = |step: usize| counted.iter().filter(|attempt| attempt.len() > step).count() as u64;
    let rate =
        |part: u64, whole: u64| if whole == 0 { None } else { Some(part as f64 * 100.0 / whole as f64) };
    let row = |step: usize| {
        let before = visitors(step.saturating_sub(1));
        let mut times: Vec<i64> = counted
            .iter()
            .filter(|attempt| step > 0 && attempt.len() > step)
            .map(|attempt| attempt[step].1 - attempt[step - 1].1)
            .collect();
        times.sort_unstable();
        FunnelStep {
            visitors: visitors(step),
            of_first: rate(visitors(step), visitors(0)),
            of_previous: rate(visitors(step), before),
            dropped: before - visitors(step),
            dropped_rate: rate(before - visitors(step), before),
            median_millis: times.get(times.len().saturating_sub(1) / 2).map(|time| *time as u64),
        }
    };
    (0..steps).map(row).collect()
}

fn expected(events: &[Walked], funnel: &Funnel) -> FunnelAnswer {
    let counted = counted(events, funnel);
    let steps = funnel.steps.len();
    let all: Vec<&Vec<Walked>> = counted.iter().map(|(_, attempt)| attempt).collect();
    let of_value = |value: &str| -> Vec<&Vec<Walked>> {
        all.iter().filter(|attempt| attempt[0].3 == Some(value)).copied().collect()
    };
    let mut values: Vec<&str> = all.iter().filter_map(|attempt| attempt[0].3).collect();
    values.sort_unstable();
    values.dedup();
    values.sort_by_key(|value| std::cmp::Reverse(of_value(value).len()));
    let (shown, rest) = values.split_at(funnel.breakdown.as_ref().map_or(0, |by| by.top).min(values.len()));
    let others: Vec<&Vec<Walked>> = rest.iter().flat_map(|value| of_value(value)).collect();
    let mut people = Vec::new();
    if let Some(asked) = funnel.people {
        for (visitor, attempt) in &counted {
            let wanted = match asked.reached {
                Reached::AtMost => attempt.len() == asked.step,
                Reached::AtLeast => attempt.len() >= asked.step,
            };
            if wanted {
                let at = Timestamp::from_millis(attempt[attempt.len() - 1].1);
                people.push(FunnelPerson { visitor: VisitorId(*visitor), step: attempt.len(), at });
            }
        }
        people.sort_by_key(|person| (std::cmp::Reverse(person.at), person.visitor));
        people.truncate(asked.limit);
    }
    FunnelAnswer {
        steps: table(&all, steps),
        groups: shown
            .iter()
            .map(|value| FunnelGroup { value: (*value).to_owned(), steps: table(&of_value(value), steps) })
            .collect(),
        other: (!others.is_empty()).then(|| table(&others, steps)),
        people,
        approximate: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_funnel_is_what_all_attempts_say(
        mut events in prop::collection::vec(
            (0u64..6, 0i64..12_000, 0u32..16, prop::sample::select(vec![None, Some("a"), Some("b"), Some("c")])), 0..40,
        ),
        steps in 2usize..=4,
        strict: bool,
        window in 1_000u64..9_000,
        top in 1usize..4,
        step in 1usize..=2,
        at_least: bool,
        limit in 1usize..5,
        cuts in cuts(),
        coarse: bool,
    ) {
        // Many events at one instant.
        events.iter_mut().filter(|_| coarse).for_each(|event| event.1 = event.1 / 1_000 * 1_000);
        // Stable: what is left of the order is that of arrival.
        events.sort_by_key(|event| (event.0, event.1));
        let funnel = Funnel {
            strict,
            window: Duration::from_millis(window),
            breakdown: Some(Breakdown { dimension: Dimension::Page, top }),
            people: Some(FunnelPeople {
                step,
                reached: if at_least { Reached::AtLeast } else { Reached::AtMost },
                limit,
            }),
            ..funnel(steps)
        };
        let expected = expected(&events, &funnel);
        prop_assert_eq!(fold(checked(funnel).fold(), &events, &cuts), expected);
    }
}

#[test]
fn the_window_is_from_the_first_step_and_its_end_counts() {
    let funnel = Funnel { window: Duration::from_secs(10), ..funnel(3) };
    let events =
        [(1, 0, 1, None), (1, 6_000, 2, None), (1, 10_000, 4, None), (2, 0, 1, None), (2, 6_000, 2, None)];
    let late = (2, 10_001, 4, None);
    let answer = fold(checked(funnel).fold(), &[&events[..], &[late]].concat(), &[]);
    let visitors: Vec<u64> = answer.steps.iter().map(|step| step.visitors).collect();
    assert_eq!(visitors, [2, 2, 1]);
    assert_eq!(answer.steps[1].median_millis, Some(6_000));
    assert_eq!(answer.steps[2].median_millis, Some(4_000));
}

#[test]
fn an_event_that_passes_two_steps_takes_one() {
    let answer = fold(checked(funnel(2)).fold(), &[(1, 0, 3, None), (2, 0, 3, None), (2, 0, 3, None)], &[]);
    assert_eq!(answer.steps.iter().map(|step| step.visitors).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn the_bounds_of_memory_make_the_answer_approximate() {
    let events = [(1, 0, 1, None), (1, 1, 1, None), (1, 2, 2, None), (2, 0, 1, None), (2, 9, 2, None)];
    let mut few_events = checked(funnel(2)).fold();
    few_events.most_events = 2;
    let answer = fold(few_events, &events, &[]);
    assert!(answer.approximate);
    assert_eq!(answer.steps[1].visitors, 1);

    let by_page = Funnel { breakdown: Some(Breakdown { dimension: Dimension::Page, top: 3 }), ..funnel(2) };
    let mut few_values = checked(by_page).fold();
    few_values.groups = Groups::with_most(1);
    let answer = fold(few_values, &[(1, 0, 1, Some("a")), (2, 0, 1, Some("b")), (2, 5, 2, None)], &[]);
    assert!(answer.approximate);
    assert_eq!(answer.groups[0].steps[0].visitors, 1);
    assert_eq!(answer.other.expect("the rest")[1].median_millis, Some(5));

    let mut few_times = checked(funnel(2)).fold();
    few_times.most_times = 1;
    let answer = fold(few_times, &events, &[]);
    assert!(answer.approximate);
    assert_eq!((answer.steps[1].visitors, answer.steps[1].median_millis), (2, Some(2)));
}

#[test]
fn a_strict_walk_has_all_but_engagement_and_a_loose_one_what_is_marked() {
    let engagement = named("engagement");
    let loose = checked(funnel(2)).walk();
    assert!(loose.marked_only);
    assert_eq!(loose.selection.filter, Filter::all());
    let strict = checked(Funnel { strict: true, ..funnel(2) }).walk();
    assert!(!strict.marked_only);
    assert_eq!(strict.selection.filter, Filter::Not(Box::new(engagement.clone())));
    assert_eq!((strict.marks.len(), strict.by, strict.label), (2, By::Visitor, None));

    // A step that asks for engagement lets through those events that pass it.
    let asking = Filter::And(vec![engagement.clone(), Filter::ScrolledTo(50)]);
    let asked = Funnel { strict: true, steps: vec![named("0"), asking.clone()], ..funnel(2) };
    let not_engagement = Filter::Not(Box::new(engagement));
    assert_eq!(checked(asked).walk().selection.filter, Filter::Or(vec![not_engagement, asking]));
}

#[test]
fn what_is_out_of_bounds_is_named() {
    let people = |step, limit| Some(FunnelPeople { step, reached: Reached::AtMost, limit });
    let by = |dimension, top| Some(Breakdown { dimension, top });
    let time = Dimension::Time(crate::Interval::Day);
    let of_time = Filter::Matches(time.clone(), vec![Pattern::new("1").expect("a pattern")]);
    for (wrong, field, message) in [
        (funnel(1), "steps", "steps has 1 entries: it must have 2 to 10"),
        (funnel(11), "steps", "steps has 11 entries: it must have 2 to 10"),
        (
            Funnel { window: Duration::from_millis(999), ..funnel(2) },
            "window",
            "window is 0.999 seconds: it must be 1 second to 366 days",
        ),
        (Funnel { people: people(3, 1), ..funnel(2) }, "people", "people names step 3: it must be 1 to 2"),
        (
            Funnel { people: people(1, 1_001), ..funnel(2) },
            "people",
            "people has limit 1001: it must be 1 to 1000",
        ),
        (
            Funnel { breakdown: by(Dimension::Goal, 10), ..funnel(2) },
            "breakdown",
            "breakdown cannot be event:goal: take event:name or event:page",
        ),
        (
            Funnel { breakdown: by(time, 10), ..funnel(2) },
            "breakdown",
            "breakdown cannot be time: shorten date_range instead",
        ),
        (
            Funnel { breakdown: by(Dimension::Page, 101), ..funnel(2) },
            "breakdown",
            "breakdown has 101 values: it must be 1 to 100",
        ),
        (
            Funnel { steps: vec![named("0"), of_time], ..funnel(2) },
            "steps",
            "steps: time is no dimension to filter by: use date_range",
        ),
    ] {
        let error = refused(wrong);
        assert_eq!((error.field, error.message.as_str()), (field, message));
    }
}
