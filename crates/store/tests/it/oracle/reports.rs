//! Figures.

use millrace_event::time::DAY_MS;
use millrace_event::{Currency, Revenue};
use millrace_query::{GoalKind, Interval, Statistic};

use millrace_query::{Direction, OrderBy};

use super::*;
use VisitDimension::{EntryPage, ExitPage, Source};

#[test]
fn a_session_of_one_interactive_event_is_a_bounce() {
    let quiet = |event: Event| Event { interactive: false, ..event };
    let events = [
        // One view, and how long it was seen.
        view(1, 0, "/"),
        quiet(event(1, 30, "engagement")),
        // Two views.
        view(2, 0, "/"),
        view(2, 60, "/b"),
        // Nobody did anything.
        quiet(event(3, 0, "ping")),
        // One view and a click.
        view(4, 0, "/"),
        event(4, 10, "click"),
    ];
    let metrics = [Metric::BounceRate, Metric::VisitDuration, Metric::ViewsPerVisit, Metric::Visits];
    assert_eq!(
        ask(&metrics).total(&events),
        [Some(50.0), Some((30.0 + 60.0 + 0.0 + 10.0) / 4.0), Some(1.0), Some(4.0)]
    );
}

#[test]
fn of_nothing_there_is_no_mean() {
    let metrics = [Metric::Visits, Metric::BounceRate, Metric::AvgDuration, Metric::TotalRevenue];
    assert_eq!(ask(&metrics).total(&[]), [Some(0.0), None, None, None]);
    let properties = Statistic::ALL.map(|statistic| Metric::Property(statistic, "n".into()));
    assert_eq!(ask(&properties).total(&[view(1, 0, "/")]), [None; 7]);
}

#[test]
fn entry_and_exit_are_pages_of_views() {
    let events = [
        // What came before the first view and after the last is no entry and no exit.
        Event { path: Some("/click".into()), ..event(1, 0, "click") },
        view(1, 10, "/in"),
        view(1, 20, "/out"),
        Event { path: Some("/late".into()), ..event(1, 30, "click") },
        // No view at all.
        Event { path: Some("/only".into()), ..event(2, 0, "click") },
    ];
    let pages = [Dimension::Visit(EntryPage), Dimension::Visit(ExitPage)];
    // A session without a page is in no group.
    assert_eq!(ask(&[Metric::Events]).by(&pages).of(&events), rows(&[(&["/in", "/out"], &[Some(4.0)])]));
    let entered = is(Dimension::Visit(EntryPage), "/only");
    assert_eq!(ask(&[Metric::Events]).only(entered.clone()).total(&events), [Some(0.0)]);
    assert_eq!(ask(&[Metric::Events]).only(Filter::Not(Box::new(entered))).total(&events), [Some(5.0)]);
}

#[test]
fn a_source_is_that_of_the_opening_event() {
    let from = |source: &str, event: Event| Event { source: Some(source.to_owned().into()), ..event };
    let events = [
        // The first view opens, whatever came before.
        from("Ping", event(1, 0, "click")),
        from("Google", view(1, 10, "/")),
        from("Bing", view(1, 20, "/")),
        // Late in arrival, early in time.
        from("Later", view(2, 50, "/")),
        from("Earlier", view(2, 40, "/")),
        // Of one instant, the first to arrive.
        from("First", view(3, 5, "/")),
        from("Second", view(3, 5, "/")),
        view(4, 0, "/"),
    ];
    let by_source = || ask(&[Metric::Events]).by(&[Dimension::Visit(Source)]);
    let expected: &[(&[&str], &[Option<f64>])] = &[
        (&["Google"], &[Some(3.0)]),
        (&["Earlier"], &[Some(2.0)]),
        (&["First"], &[Some(2.0)]),
        (&["Direct / None"], &[Some(1.0)]),
    ];
    assert_eq!(by_source().of(&events), rows(expected));
    // What is shown is what is filtered by.
    let direct = is(Dimension::Visit(Source), "Direct / None");
    assert_eq!(by_source().only(direct).of(&events), rows(&expected[3..]));
}

#[test]
fn a_filter_on_pages_selects_sessions_as_a_whole() {
    let events = [view(1, 0, "/a"), view(1, 60, "/b"), view(1, 90, "/c"), view(2, 0, "/a"), view(3, 0, "/c")];
    let metrics =
        [Metric::Pageviews, Metric::Visits, Metric::ViewsPerVisit, Metric::BounceRate, Metric::VisitDuration];
    let on_a = ask(&metrics).only(is(Dimension::Page, "/a"));
    assert_eq!(on_a.total(&events), [Some(2.0), Some(2.0), Some(2.0), Some(50.0), Some(45.0)]);
    let by_page = ask(&[Metric::Visits, Metric::VisitDuration]).by(&[Dimension::Page]);
    assert_eq!(
        by_page.of(&events),
        rows(&[
            (&["/a"], &[Some(2.0), Some(45.0)]),
            (&["/c"], &[Some(2.0), Some(45.0)]),
            (&["/b"], &[Some(1.0), Some(90.0)]),
        ])
    );
}

#[test]
fn a_session_reaches_a_day_beyond_the_period() {
    let mut early = view(1, 0, "/early");
    early.timestamp = NOON.plus_millis(-DAY_MS);
    let mut too_early = view(1, 0, "/too-early");
    too_early.timestamp = NOON.plus_millis(-DAY_MS - 3_600_001);
    let events = [too_early, early, view(1, 0, "/now")];
    let metrics = [Metric::Pageviews, Metric::ViewsPerVisit, Metric::VisitDuration];
    let entry = ask(&metrics).by(&[Dimension::Visit(EntryPage)]);
    assert_eq!(entry.of(&events), rows(&[(&["/early"], &[Some(1.0), Some(2.0), Some(86_400.0)])]));
}

#[test]
fn an_event_counts_for_each_goal_it_reaches() {
    let goal = |name: &str, kind| Goal::new(name, &kind).expect("a goal");
    let goals = vec![
        goal("Signup", GoalKind::Event("signup".into())),
        goal("Blog", GoalKind::Page("/blog/**".into())),
        goal("One article", GoalKind::Page("/blog/one".into())),
        goal("Read", GoalKind::Scroll("/blog/*".into(), 75)),
        goal("Never", GoalKind::Event("never".into())),
    ];
    let read = |session, depth| Event {
        scroll_depth: Some(depth),
        path: Some("/blog/one".into()),
        ..event(session, 5, "engagement")
    };
    let events = [
        view(1, 0, "/blog/one"),
        view(2, 0, "/blog/2026/two"),
        event(2, 9, "signup"),
        read(1, 75),
        read(3, 74),
        // A path alone is no view.
        Event { path: Some("/blog/one".into()), ..event(4, 0, "click") },
    ];
    let metrics = [Metric::Visitors, Metric::Events];
    let by_goal = Ask { goals: goals.clone(), ..ask(&metrics).by(&[Dimension::Goal]) };
    let one: &[Option<f64>] = &[Some(1.0), Some(1.0)];
    assert_eq!(
        by_goal.of(&events),
        rows(&[
            (&["Blog"], &[Some(2.0), Some(2.0)]),
            (&["One article"], one),
            (&["Read"], one),
            (&["Signup"], one)
        ])
    );
    let reaches = ask(&metrics).only(Filter::Reaches(goals[1..3].into()));
    assert_eq!(reaches.total(&events), [Some(2.0), Some(2.0)], "each event once");
}

#[test]
fn has_done_asks_the_whole_session_within_the_period() {
    let mut yesterday = event(3, 0, "signup");
    yesterday.timestamp = NOON.plus_millis(-DAY_MS);
    let mut elsewhere = event(4, 0, "signup");
    elsewhere.site = SiteId::new("other").expect("a site id");
    let events = [
        view(1, 0, "/"),
        event(1, 60, "signup"),
        view(2, 0, "/"),
        yesterday,
        view(3, 0, "/"),
        elsewhere,
        view(4, 0, "/"),
    ];
    let signed_up = Filter::HasDone(Box::new(is(Dimension::Name, "signup")));
    let visits = |filter| ask(&[Metric::Visits, Metric::Events]).only(filter).total(&events);
    assert_eq!(visits(signed_up.clone()), [Some(1.0), Some(2.0)]);
    assert_eq!(visits(Filter::Not(Box::new(signed_up.clone()))), [Some(3.0), Some(3.0)]);
    assert_eq!(visits(signed_up.and(is(Dimension::Page, "/"))), [Some(1.0), Some(1.0)]);
}

#[test]
fn an_absent_value_matches_nothing() {
    let events = [view(1, 0, "/a"), event(2, 0, "click")];
    let count = |filter| ask(&[Metric::Events]).only(filter).total(&events);
    let pattern = |text| Pattern::new(text).expect("a pattern");
    assert_eq!(count(Filter::Contains(Dimension::Page, vec!["".into()])), [Some(1.0)]);
    assert_eq!(count(Filter::Matches(Dimension::Page, vec![pattern("")])), [Some(1.0)]);
    assert_eq!(count(Filter::Not(Box::new(is(Dimension::Page, "/a")))), [Some(1.0)]);
    assert_eq!(count(Filter::Contains(Dimension::Property("x".into()), vec!["none".into()])), [Some(2.0)]);
    assert_eq!(count(Filter::ScrolledTo(0)), [Some(0.0)]);
    assert_eq!(count(Filter::Or(vec![])), [Some(0.0)]);
}

#[test]
fn numbers_of_a_property_are_those_of_its_text() {
    let events = [
        r#"{"n":10}"#,
        r#"{"n":"2.5"}"#,
        r#"{"n":-1e1}"#,
        r#"{"n":true}"#,
        r#"{"n":"ten"}"#,
        r#"{"m":7}"#,
        r#"{"n":1e18}"#,
        r#"{"n":0.0000005}"#,
        "",
    ]
    .map(with_properties);
    let metrics = Statistic::ALL.map(|statistic| Metric::Property(statistic, "n".into()));
    // -10, 0.000001, 2.5, 10
    let mean = 2.500_001 / 4.0;
    assert_eq!(ask(&metrics).total(&events), [2.500_001, mean, -10.0, 10.0, 0.000_001, 10.0, 10.0].map(Some));
    let by_value = ask(&[Metric::Events]).by(&[Dimension::Property("n".into())]);
    assert_eq!(
        by_value.of(&events).into_iter().map(|(texts, _)| texts.concat()).collect::<Vec<_>>(),
        ["(none)", "-1e1", "0.0000005", "10", "1e18", "2.5", "ten", "true"]
    );
}

#[test]
fn amounts_of_several_currencies_have_no_sum() {
    let bought = |session, micros, currency: &str| Event {
        revenue: Some(Revenue { micros, currency: currency.parse::<Currency>().expect("a currency") }),
        ..event(session, 0, "purchase")
    };
    let (total, average) = (Metric::TotalRevenue, Metric::AverageRevenue);
    let euros = [bought(1, 2_500_000, "EUR"), bought(2, -500_000, "EUR"), event(3, 0, "purchase")];
    assert_eq!(ask(&[total.clone(), average.clone()]).total(&euros), [Some(2.0), Some(1.0)]);
    let both = [euros[0].clone(), bought(2, 1_000_000, "USD")];
    assert_eq!(ask(&[total.clone(), average]).total(&both), [None, None]);
    // More than 64 bits hold.
    let many: Vec<_> = (0..10).map(|session| bought(session, 1_000_000_000_000_000_000, "EUR")).collect();
    assert_eq!(ask(std::slice::from_ref(&total)).total(&many), [Some(1e13)]);
    // Rows without a sum come last, whichever way.
    let at = |event: Event, page: &str| Event { path: Some(page.to_owned().into()), ..event };
    let pages = [
        at(bought(1, 1_000_000, "EUR"), "one"),
        at(bought(2, -1_000_000, "EUR"), "refund"),
        at(event(3, 0, "purchase"), "none"),
        at(bought(4, 5_000_000, "EUR"), "several"),
        at(bought(5, 5_000_000, "USD"), "several"),
    ];
    for (direction, first) in
        [(Direction::Ascending, ["refund", "one"]), (Direction::Descending, ["one", "refund"])]
    {
        let mut asked = ask(std::slice::from_ref(&total)).by(&[Dimension::Page]);
        asked.query.order = vec![(OrderBy::Metric(0), direction)];
        let found: Vec<_> = asked.of(&pages).into_iter().map(|(texts, _)| texts.concat()).collect();
        assert_eq!(found, [first[0], first[1], "none", "several"]);
    }
}

#[test]
fn two_lists_of_goals_show_the_goals_of_both() {
    let goal = |name: &str, kind| Goal::new(name, &kind).expect("a goal");
    let (blog, one) = (
        goal("Blog", GoalKind::Page("/blog/**".into())),
        goal("One article", GoalKind::Page("/blog/one".into())),
    );
    let reaches = |goal: &Goal| Filter::Reaches([goal.clone()].into());
    let asked = ask(&[Metric::Visitors])
        .by(&[Dimension::Goal])
        .only(Filter::And(vec![reaches(&blog), reaches(&one)]));
    let events = [view(1, 0, "/blog/one"), view(2, 0, "/blog/two")];
    assert_eq!(asked.of(&events), rows(&[(&["Blog"], &[Some(1.0)]), (&["One article"], &[Some(1.0)])]));
}

#[test]
fn how_far_and_how_long_a_page_was_seen() {
    let seen = |session, seconds, depth, millis| Event {
        path: Some("/a".into()),
        scroll_depth: Some(depth),
        duration_ms: Some(millis),
        ..event(session, seconds, "engagement")
    };
    let events = [
        view(1, 0, "/a"),
        seen(1, 10, 40, 1_000),
        seen(1, 20, 80, 2_000),
        seen(1, 30, 60, 500),
        view(2, 0, "/a"),
        seen(2, 10, 20, 4_500),
        // Seen without a view, and long for another reason.
        seen(3, 0, 20, 1_000),
        Event { duration_ms: Some(99_000), ..view(4, 0, "/b") },
    ];
    let metrics = [Metric::ScrollDepth, Metric::TimeOnPage, Metric::AvgDuration];
    assert_eq!(
        ask(&metrics).by(&[Dimension::Page]).of(&events),
        rows(&[(&["/a"], &[Some(40.0), Some(4.5), Some(1.8)]), (&["/b"], &[None, Some(0.0), Some(99.0)]),])
    );
}

#[test]
fn events_lie_in_the_bucket_of_their_instant() {
    let events = [view(1, -1, "/"), view(1, 0, "/"), view(1, 3_599, "/")];
    let by_hour = ask(&[Metric::Events, Metric::ViewsPerVisit]).by(&[Dimension::Time(Interval::Hour)]);
    assert_eq!(
        by_hour.of(&events),
        rows(&[
            (&["2026-11-20T11:00:00Z"], &[Some(1.0), Some(3.0)]),
            (&["2026-11-20T12:00:00Z"], &[Some(2.0), Some(3.0)]),
        ])
    );
}
