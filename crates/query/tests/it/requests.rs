//! Requests that are right and wrong, and what they become.

use millrace_query::{Dimension, Direction, Filter, Interval, Metric, OrderBy, Statistic, VisitDimension};

use crate::support::{Site, at, visitors};

fn is(dimension: Dimension, values: &[&str]) -> Filter {
    Filter::Is(dimension, values.iter().map(|value| (*value).to_owned()).collect())
}

fn visit(dimension: VisitDimension) -> Dimension {
    Dimension::Visit(dimension)
}

fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}

#[test]
fn date_ranges_are_the_periods_they_say() {
    let site = Site::new("Europe/Berlin");
    for (range, from, to) in [
        (r#""day""#, "2026-11-17T23:00:00Z", "2026-11-18T23:00:00Z"),
        (r#""yesterday""#, "2026-11-16T23:00:00Z", "2026-11-17T23:00:00Z"),
        (r#""24h""#, "2026-11-17T11:00:00Z", "2026-11-18T11:00:00Z"),
        (r#""7d""#, "2026-11-11T23:00:00Z", "2026-11-18T23:00:00Z"),
        (r#""28d""#, "2026-10-21T22:00:00Z", "2026-11-18T23:00:00Z"),
        (r#""30d""#, "2026-10-19T22:00:00Z", "2026-11-18T23:00:00Z"),
        (r#""91d""#, "2026-08-19T22:00:00Z", "2026-11-18T23:00:00Z"),
        (r#""month""#, "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"),
        (r#""6mo""#, "2026-05-31T22:00:00Z", "2026-11-30T23:00:00Z"),
        (r#""12mo""#, "2025-11-30T23:00:00Z", "2026-11-30T23:00:00Z"),
        (r#""year""#, "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"),
        (r#"["2026-11-01","2026-11-01"]"#, "2026-10-31T23:00:00Z", "2026-11-01T23:00:00Z"),
        (
            r#"["2026-11-01T12:00:00+02:00","2026-11-01T15:59:59+02:00"]"#,
            "2026-11-01T10:00:00Z",
            "2026-11-01T14:00:00Z",
        ),
        (r#"["2026-11-01T12:00:00","2026-11-01 15:59:59"]"#, "2026-11-01T11:00:00Z", "2026-11-01T15:00:00Z"),
        (
            r#"["2026-11-01T12:00:00Z","2026-11-01T12:00:00.250Z"]"#,
            "2026-11-01T12:00:00Z",
            "2026-11-01T12:00:00.251Z",
        ),
        // A start that the clock leaves out is the same time past the change.
        (r#"["2026-03-29T02:30:00","2026-03-29T03:59:59"]"#, "2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z"),
        // The end of the hour that happens twice is that of the second.
        (r#"["2026-10-25T02:00:00","2026-10-25T02:59:59"]"#, "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"),
    ] {
        let query = site.query(&visitors(&format!(r#""date_range":{range}"#)));
        assert_eq!((query.period().from, query.period().to), (at(from), at(to)), "{range}");
    }
    let realtime = site.query(&visitors(r#""date_range":"realtime""#));
    assert_eq!(realtime.period().minutes(), 30.0);
    assert!(realtime.period().contains(at("2026-11-18T10:20:30Z")));
}

#[test]
fn time_takes_the_interval_of_the_range() {
    let site = Site::new("Europe/Berlin");
    for (range, interval, buckets) in [
        (r#""realtime""#, Interval::Minute, 31),
        (r#""day""#, Interval::Hour, 24),
        (r#""24h""#, Interval::Hour, 24),
        (r#"["2026-10-24","2026-10-25"]"#, Interval::Hour, 49),
        (r#""7d""#, Interval::Day, 7),
        (r#""month""#, Interval::Day, 30),
        (r#""91d""#, Interval::Day, 91),
        (r#"["2026-08-01","2026-10-31"]"#, Interval::Day, 92),
        (r#""6mo""#, Interval::Month, 6),
        (r#""12mo""#, Interval::Month, 12),
        (r#""year""#, Interval::Month, 12),
        (r#"["2026-01-01","2026-06-30"]"#, Interval::Month, 6),
        (r#""all""#, Interval::Month, 34),
    ] {
        let query = site.query(&visitors(&format!(r#""date_range":{range},"dimensions":["time"]"#)));
        let cut = query.buckets().expect("buckets");
        assert_eq!((cut.interval(), cut.starts().len()), (interval, buckets), "{range}");
    }
}

#[test]
fn all_begins_with_the_first_event_where_time_is_grouped() {
    let mut site = Site::new("UTC");
    let body = |time: &str| visitors(&format!(r#""date_range":"all","dimensions":["{time}"]"#));
    assert_eq!(
        site.query(&body("time:day")).buckets().expect("buckets").starts()[0],
        at("2024-02-10T00:00:00Z")
    );
    site.first = Some(at("2026-11-17T15:40:00Z"));
    let hours = site.query(&body("time"));
    assert_eq!(hours.buckets().expect("buckets").starts()[0], at("2026-11-17T15:00:00Z"));
    assert_eq!(hours.period().to, at("2026-11-19T00:00:00Z"));
    site.first = None;
    let today = site.query(&body("time:day"));
    assert_eq!(today.buckets().expect("buckets").starts(), [at("2026-11-18T00:00:00Z")]);
    assert_eq!(site.query(&visitors(r#""date_range":"all""#)).period(), &millrace_query::Period::ALL);
    // Of all time there are too many minutes to divide by.
    let by_minute = site.query(r#"{"metrics":["events_per_minute"],"date_range":"all"}"#);
    assert_eq!(by_minute.period().minutes(), 1_440.0);
}

#[test]
fn filters_are_read() {
    let site = Site::new("UTC");
    let (page, source) = (Dimension::Page, visit(VisitDimension::Source));
    let property = Dimension::Property("plan".into());
    let goals = |names: &[&str]| {
        let context = site.context();
        let named = context.goals.iter().filter(|goal| names.contains(&goal.name.as_str()));
        Filter::Reaches(named.cloned().collect())
    };
    let germans = is(visit(VisitDimension::Country), &["DE"]);
    for (text, expected) in [
        (r#"[]"#, Filter::all()),
        (r#"[["is","event:page",["/","/a"]]]"#, is(page.clone(), &["/", "/a"])),
        (r#"[["is_not","event:page",["/"]]]"#, not(is(page.clone(), &["/"]))),
        (r#"[["is","event:page",["/"],{}]]"#, is(page.clone(), &["/"])),
        (
            r#"[["contains","event:page",["b"],{"case_sensitive":true}]]"#,
            Filter::Contains(page.clone(), vec!["b".into()]),
        ),
        (r#"[["contains_not","event:page",["b"]]]"#, not(Filter::Contains(page.clone(), vec!["b".into()]))),
        (
            r#"[["does_not_contain","event:page",["b"]]]"#,
            not(Filter::Contains(page.clone(), vec!["b".into()])),
        ),
        (r#"[["is","event:props:plan",[2,true,2.5,"x"]]]"#, is(property.clone(), &["2", "true", "2.5", "x"])),
        (r#"[["is","visit:source",[""]]]"#, is(source.clone(), &["Direct / None"])),
        (r#"[["is","event:props:plan",[""]]]"#, is(property, &[""])),
        (r#"[["is","event:page",[""]]]"#, is(page.clone(), &[""])),
        (r#"[["not",["is","event:page",["/"]]]]"#, not(is(page.clone(), &["/"]))),
        (
            r#"[["is","event:page",["/"]],["or",[["is","visit:source",["x"]],["is","event:page",["/b"]]]]]"#,
            Filter::And(vec![
                is(page.clone(), &["/"]),
                Filter::Or(vec![is(source, &["x"]), is(page.clone(), &["/b"])]),
            ]),
        ),
        (r#"[["has_done",["is","event:page",["/"]]]]"#, Filter::HasDone(Box::new(is(page, &["/"])))),
        (
            r#"[["has_not_done",["is","event:goal",["Sign up"]]]]"#,
            not(Filter::HasDone(Box::new(goals(&["Sign up"])))),
        ),
        (r#"[["is","event:goal",["Sign up"]]]"#, goals(&["Sign up"])),
        (r#"[["is","event:goal",["sign UP"],{"case_sensitive":false}]]"#, goals(&["Sign up"])),
        (r#"[["is_not","event:goal",["Buy B"]]]"#, not(goals(&["Buy B"]))),
        (r#"[["contains","event:goal",["Buy"]]]"#, goals(&["Buy A", "Buy B"])),
        (r#"[["is","segment",[2]]]"#, germans.clone()),
        (r#"[["is","segment",["Germans",2]]]"#, germans.clone()),
        (r#"[["is_not","segment",["2"]]]"#, not(germans.clone())),
        (r#"[["is","visit:country_name",["Germany"]]]"#, germans),
        (
            r#"[["contains","visit:country_name",["united"],{"case_sensitive":false}]]"#,
            is(visit(VisitDimension::Country), &["AE", "GB", "US"]),
        ),
        (
            r#"[["is_not","visit:country_name",[""]]]"#,
            not(is(visit(VisitDimension::Country), &["(not set)"])),
        ),
        (r#"[["matches","visit:country_name",["^nowhere$"]]]"#, Filter::Or(Vec::new())),
        (r#"[["is","visit:city_name",["Rome"]]]"#, is(visit(VisitDimension::City), &["Rome"])),
    ] {
        let request = visitors(&format!(r#""date_range":"day","filters":{text}"#));
        assert_eq!(site.query(&request).filter(), &expected, "{text}");
    }
    let any_case =
        visitors(r#""date_range":"day","filters":[["is","event:page",["/Ä.b"],{"case_sensitive":false}]]"#);
    let query = site.query(&any_case);
    let Filter::Matches(_, patterns) = query.filter() else { panic!("{:?}", query.filter()) };
    for (text, matches) in
        [("/ä.B", true), ("/Ä.b", true), ("/äxb", false), ("/ä.b/", false), ("x/ä.b", false)]
    {
        assert_eq!(patterns[0].is_match(text), matches, "{text}");
    }
}

#[test]
fn metrics_order_and_pagination_are_read() {
    let site = Site::new("UTC");
    let query = site.query(
        r#"{"metrics":["visits","sum(event:props:a b)","p95(event:props:x)"],"date_range":"7d",
            "dimensions":["time","event:props:x","visit:country_name"],
            "order_by":[["visit:country_name","asc"],["time","desc"],["p95(event:props:x)","desc"]],
            "pagination":{"limit":3,"offset":1}}"#,
    );
    let property = |statistic, key: &str| Metric::Property(statistic, key.into());
    let metrics = [Metric::Visits, property(Statistic::Sum, "a b"), property(Statistic::P95, "x")];
    assert_eq!(query.metrics(), metrics);
    let (asc, desc) = (Direction::Ascending, Direction::Descending);
    let order = [(OrderBy::Dimension(2), asc), (OrderBy::Dimension(0), desc), (OrderBy::Metric(2), desc)];
    assert_eq!(query.order(), order);
    assert_eq!((query.limit(), query.offset()), (3, 1));
    let bare = site.query(r#"{"metrics":["visits"],"date_range":"7d","order_by":[]}"#);
    assert_eq!((bare.limit(), bare.offset()), (10_000, 0));
    assert_eq!(bare.order(), [(OrderBy::Metric(0), desc)]);
}

#[test]
fn a_request_with_everything_is_read() {
    let site = Site::new("UTC");
    let request = site
        .parse(
            r#"{"site_id":"demo","metrics":["visitors","visits","pageviews","bounce_rate","visit_duration"],
                "date_range":"7d","dimensions":["time:day","visit:source"],
                "filters":[["is","event:page",["/"]],["and",[["contains","visit:source",["google"]],
                           ["not",["is","visit:country",["DE"]]]]]],
                "order_by":[["visitors","desc"]],
                "include":{"time_labels":true,"total_rows":true,"comparisons":{"mode":"previous_period"}},
                "pagination":{"limit":100,"offset":0}}"#,
        )
        .expect("a request");
    assert_eq!((request.metrics.len(), request.columns.len(), request.limit), (5, 2, 100));
    let include = &request.include;
    assert!(include.time_labels && include.total_rows && include.comparison.is_some() && !include.imports);
    assert!(request.filter.asks_of_visits());
}

#[test]
fn an_error_names_the_field_the_place_and_what_is_allowed() {
    let site = Site::new("UTC");
    let day = |rest: &str| visitors(&format!(r#""date_range":"day",{rest}"#));
    let filters = |rest: &str| day(&format!(r#""filters":{rest}"#));
    for (body, field, words) in [
        ("".to_owned(), "body", &["not JSON"][..]),
        ("[]".to_owned(), "body", &["a list, not an object"]),
        (day(r#""metric":[]"#), "body", &[r#""metric""#, "site_id, metrics, date_range, dimensions"]),
        (r#"{"date_range":"day"}"#.to_owned(), "metrics", &["metrics is missing"]),
        (r#"{"metrics":["visits"]}"#.to_owned(), "date_range", &["date_range is missing"]),
        (
            r#"{"site_id":1,"metrics":["visits"],"date_range":"day"}"#.to_owned(),
            "site_id",
            &["a number, not a text"],
        ),
        (
            r#"{"site_id":"a b","metrics":["visits"],"date_range":"day"}"#.to_owned(),
            "site_id",
            &["a b", "characters"],
        ),
        (r#"{"metrics":[],"date_range":"day"}"#.to_owned(), "metrics", &["at least one"]),
        (r#"{"metrics":"visits","date_range":"day"}"#.to_owned(), "metrics", &["a text, not a list"]),
        (
            r#"{"metrics":["visits","hits"],"date_range":"day"}"#.to_owned(),
            "metrics",
            &["metrics[1]", r#""hits""#, "visitors, visits", "time_on_page", "p99(event:props:<key>)"],
        ),
        (r#"{"metrics":["sum(event:page)"],"date_range":"day"}"#.to_owned(), "metrics", &["sum(event:page)"]),
        (r#"{"metrics":["percentage"],"date_range":"day"}"#.to_owned(), "metrics", &["add a dimension"]),
        (visitors(r#""date_range":"2d""#), "date_range", &["2d", "24h, 7d, 28d", "2025-11-01"]),
        (visitors(r#""date_range":7"#), "date_range", &["a number", "realtime"]),
        (visitors(r#""date_range":["2026-11-01"]"#), "date_range", &["no pair"]),
        (
            visitors(r#""date_range":["2026-11-01","2026-02-30"]"#),
            "date_range",
            &["date_range[1]", "2026-02-30"],
        ),
        (visitors(r#""date_range":["2026-11-02","2026-11-01"]"#), "date_range", &["before it starts"]),
        (
            visitors(r#""date_range":["2026-11-02","2026-11-02T10:00:00Z"]"#),
            "date_range",
            &["two dates or two"],
        ),
        (
            visitors(r#""date_range":["2026-11-02T10:00:00Z","2026-11-02T09:00:00Z"]"#),
            "date_range",
            &["before it"],
        ),
        (visitors(r#""date_range":["0001-01-01","9999-12-31"]"#), "date_range", &["beyond the calendar"]),
        (
            day(r#""dimensions":["visit:foo"]"#),
            "dimensions",
            &["dimensions[0]", "visit:foo", "visit:source", "time:week"],
        ),
        (day(r#""dimensions":["visit:region_name"]"#), "dimensions", &["visit:region"]),
        (day(r#""dimensions":["time:day","time:hour"]"#), "dimensions", &["one interval"]),
        (day(r#""dimensions":[7]"#), "dimensions", &["dimensions[0] is a number"]),
        (filters(r#"{}"#), "filters", &["an object, not a list"]),
        (filters(r#"[[]]"#), "filters", &["filters[0] is empty", "has_not_done"]),
        (
            filters(r#"[["equals","event:page",["/"]]]"#),
            "filters",
            &["filters[0][0]", "equals", "is, is_not, contains"],
        ),
        (filters(r#"[["is","event:page"]]"#), "filters", &["filters[0] has 2 entries"]),
        (filters(r#"[["is","event:page",[]]]"#), "filters", &["filters[0][2] is empty"]),
        (filters(r#"[["is","event:page",[null]]]"#), "filters", &["filters[0][2][0] is null"]),
        (filters(r#"[["is","event:page","/"]]"#), "filters", &["filters[0][2] is a text, not a list"]),
        (filters(r#"[["is","event:pages",["/"]]]"#), "filters", &["filters[0][1]", "event:page,"]),
        (filters(r#"[["is","time:day",["2026-11-01"]]]"#), "filters", &["filters[0][1]", "use date_range"]),
        (
            filters(
                r#"[["is","event:page",["/"]],["and",[["is","event:page",["/"]],["not",["x","event:page",["/"]]]]]]"#,
            ),
            "filters",
            &["filters[1][1][1][1][0]"],
        ),
        (filters(r#"[["and",[]]]"#), "filters", &["filters[0][1] is empty"]),
        (filters(r#"[["not",["is","event:page",["/"]],1]]"#), "filters", &[r#"write ["not", filter]"#]),
        (filters(r#"[["matches","event:page",["("]]]"#), "filters", &["filters[0][2][0]", "unclosed group"]),
        (filters(r#"[["matches","event:page",["a"],{"case_sensitive":false}]]"#), "filters", &["(?i)"]),
        (
            filters(r#"[["is","event:page",["a"],{"case":false}]]"#),
            "filters",
            &["filters[0][3]", "case_sensitive"],
        ),
        (filters(r#"[["is","event:page",["a"],{"case_sensitive":0}]]"#), "filters", &["true or false"]),
        (
            filters(r#"[["is","event:goal",["Sign up","Buy C"]]]"#),
            "filters",
            &["[2][1]", "Buy C", "Sign up, Buy A, Buy B"],
        ),
        (filters(r#"[["contains","event:goal",["sell"]]]"#), "filters", &["sell", "Sign up"]),
        (filters(r#"[["matches","event:goal",["B"]]]"#), "filters", &["event:goal"]),
        (filters(r#"[["is","segment",[3]]]"#), "filters", &["2 (Germans)"]),
        (filters(r#"[["contains","segment",["G"]]]"#), "filters", &["is and is_not"]),
        (filters(r#"[["is","visit:country_name",["Narnia"]]]"#), "filters", &["Narnia", "visit:country"]),
        (
            filters(r#"[["has_done",["has_done",["is","event:page",["/"]]]]]"#),
            "filters",
            &["has_done cannot stand within has_done"],
        ),
        (
            day(r#""order_by":[["visits","desc"]]"#),
            "order_by",
            &["order_by[0][0]", "visits", "allowed are visitors"],
        ),
        (day(r#""order_by":[["visitors","down"]]"#), "order_by", &["down", "asc, desc"]),
        (day(r#""order_by":["visitors"]"#), "order_by", &["a text, not a list"]),
        (day(r#""order_by":[["visitors","asc"],["visitors","asc"]]"#), "order_by", &["1 are the most"]),
        (day(r#""pagination":{"limit":0}"#), "pagination", &["pagination.limit is 0", "1 to 10000"]),
        (day(r#""pagination":{"limit":10001}"#), "pagination", &["1 to 10000"]),
        (day(r#""pagination":{"offset":-1}"#), "pagination", &["pagination.offset is -1"]),
        (day(r#""pagination":{"page":1}"#), "pagination", &["limit, offset"]),
        (day(r#""include":{"labels":true}"#), "include", &["labels", "time_labels, total_rows, comparisons"]),
        (day(r#""include":{"time_labels":true}"#), "include", &["time dimension"]),
        (day(r#""include":{"total_rows":1}"#), "include", &["include.total_rows", "true or false"]),
        (day(r#""include":{"comparisons":{}}"#), "include", &["mode is missing", "year_over_year"]),
        (day(r#""include":{"comparisons":{"mode":"last"}}"#), "include", &["last", "previous_period, year"]),
        (day(r#""include":{"comparisons":{"mode":"custom"}}"#), "include", &["date_range is missing"]),
        (
            day(r#""include":{"comparisons":{"mode":"custom","date_range":"2d"}}"#),
            "include",
            &["include.comparisons.date_range", "2d"],
        ),
        (
            visitors(r#""date_range":"all","include":{"comparisons":{"mode":"previous_period"}}"#),
            "include",
            &["all has none"],
        ),
    ] {
        let error = site.check(&body).err().unwrap_or_else(|| panic!("taken: {body}"));
        assert_eq!(error.field, field, "{body}: {error}");
        for word in words {
            assert!(error.message.contains(word), "{body}: {word:?} is not in: {error}");
        }
    }
}
