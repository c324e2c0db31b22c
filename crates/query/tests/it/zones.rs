//! Buckets and ranges in zones whose clocks change, and that are 30 or 45 minutes off.

use std::collections::HashMap;

use millrace_event::Timestamp;
use millrace_query::grammar::Labels;
use proptest::prelude::*;

use crate::support::{Site, visitors};

const ZONES: [&str; 10] = [
    "UTC",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Pacific/Apia",
    "Africa/Cairo",
    "America/Sao_Paulo",
];

fn labels(zone: &str, range: &str, dimension: &str) -> Vec<String> {
    let site = Site::new(zone);
    let query = site.query(&visitors(&format!(r#""date_range":{range},"dimensions":["{dimension}"]"#)));
    Labels::new(&query, site.zone()).all()
}

#[test]
fn labels_are_on_the_clock_of_the_site() {
    let kathmandu = labels("Asia/Kathmandu", r#"["2026-11-14","2026-11-14"]"#, "time:hour");
    assert_eq!(kathmandu.len(), 24);
    assert_eq!(
        (kathmandu[0].as_str(), kathmandu[13].as_str()),
        ("2026-11-14 00:00:00", "2026-11-14 13:00:00")
    );
    assert_eq!(
        labels("Asia/Kolkata", r#"["2026-11-14","2026-11-16"]"#, "time:day"),
        ["2026-11-14", "2026-11-15", "2026-11-16"]
    );
    // A week that the period cuts is shown by the period's first day; a month by its own.
    let range = r#"["2026-11-18","2026-12-02"]"#;
    assert_eq!(labels("UTC", range, "time:week"), ["2026-11-18", "2026-11-23", "2026-11-30"]);
    assert_eq!(labels("UTC", range, "time:month"), ["2026-11-01", "2026-12-01"]);
}

#[test]
fn an_hour_that_is_missing_has_no_label_and_one_that_comes_twice_has_two() {
    let spring = labels("Europe/Berlin", r#"["2026-03-29","2026-03-29"]"#, "time:hour");
    assert_eq!(spring.len(), 23);
    assert!(!spring.contains(&"2026-03-29 02:00:00".to_owned()));
    let autumn = labels("Europe/Berlin", r#"["2026-10-25","2026-10-25"]"#, "time:hour");
    assert_eq!(autumn.len(), 25);
    assert_eq!(autumn.iter().filter(|label| *label == "2026-10-25 02:00:00").count(), 2);
    // Half an hour: clocks go from 2:00 to 1:30, and from 2:00 to 2:30.
    let autumn = labels("Australia/Lord_Howe", r#"["2026-04-05","2026-04-05"]"#, "time:hour");
    assert_eq!(autumn[1..4], ["2026-04-05 01:00:00", "2026-04-05 01:30:00", "2026-04-05 02:00:00"]);
    let spring = labels("Australia/Lord_Howe", r#"["2026-10-04","2026-10-04"]"#, "time:hour");
    assert_eq!(spring[1..4], ["2026-10-04 01:00:00", "2026-10-04 02:30:00", "2026-10-04 03:00:00"]);
}

proptest! {
    #[test]
    fn no_bucket_is_missing_or_doubled(
        zone in prop::sample::select(ZONES.to_vec()),
        interval in prop::sample::select(vec!["hour", "day", "week", "month"]),
        start in 15_000i32..21_500,
        count in 0i32..70,
    ) {
        let day = |offset: i32| jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(offset)).expect("a day");
        let (first, last) = (day(start), day(start + count));
        let site = Site::new(zone);
        let body = visitors(&format!(r#""date_range":["{first}","{last}"],"dimensions":["time:{interval}"]"#));
        let query = site.query(&body);
        let labels = Labels::new(&query, site.zone()).all();
        prop_assert_eq!(labels.len(), query.buckets().expect("buckets").starts().len());
        let mut times: HashMap<&str, usize> = HashMap::new();
        labels.iter().for_each(|label| *times.entry(label).or_default() += 1);
        let of_day = |date: jiff::civil::Date| date.to_zoned(site.zone().clone()).expect("a day").start_of_day().expect("one");
        // Every day, and every hour that the zone's clock shows, is there.
        let mut expected: Vec<String> = Vec::new();
        let mut date = first;
        while date <= last {
            match interval {
                // Apia left out a day.
                "day" if of_day(date).date() == date => expected.push(date.to_string()),
                "hour" => {
                    let (mut at, end) = (of_day(date).timestamp(), of_day(date.tomorrow().expect("a day")).timestamp());
                    while at < end {
                        let local = at.to_zoned(site.zone().clone());
                        if local.minute() == 0 {
                            expected.push(local.strftime("%Y-%m-%d %H:00:00").to_string());
                        }
                        at += jiff::Span::new().minutes(15);
                    }
                }
                "week" if date == first || date.weekday() == jiff::civil::Weekday::Monday => {
                    expected.push(date.to_string());
                }
                "month" if date == first || date.day() == 1 => expected.push(date.first_of_month().to_string()),
                _ => {}
            }
            date = date.tomorrow().expect("a day");
        }
        for label in &expected {
            prop_assert!(times.contains_key(label.as_str()) || zone == "Pacific/Apia", "{} is missing of {:?}", label, labels);
        }
        for (label, times) in &times {
            let comes = expected.iter().filter(|other| other == label).count();
            // The clock goes through some hours twice; a bucket that starts with a change at :30 comes once.
            prop_assert_eq!(*times, comes.max(1), "{}", label);
            prop_assert!(interval == "hour" || *times == 1, "{}", label);
        }
        prop_assert!(interval != "day" || labels.len() == expected.len());
    }

    #[test]
    fn every_instant_of_a_period_has_a_bucket_of_it(
        zone in prop::sample::select(ZONES.to_vec()),
        range in prop::sample::select(vec!["day", "24h", "7d", "30d", "month", "6mo", "year", "realtime", "all"]),
        now in 1_400_000_000_000i64..1_900_000_000_000,
        share in 0.0f64..1.0,
    ) {
        let mut site = Site::at(zone, Timestamp::from_millis(now));
        site.first = Some(Timestamp::from_millis(now - 400 * 86_400_000));
        let query = site.query(&visitors(&format!(r#""date_range":"{range}","dimensions":["time"]"#)));
        let (period, buckets) = (query.period(), query.buckets().expect("buckets"));
        prop_assert!(period.contains(Timestamp::from_millis(now)));
        let length = (period.to.as_millis() - period.from.as_millis()) as f64;
        let at = period.from.plus_millis((length * share) as i64);
        let index = buckets.index(at).expect("a bucket");
        prop_assert!(buckets.starts()[index] <= at);
        prop_assert!(buckets.starts().get(index + 1).is_none_or(|next| at < *next));
    }
}
