//! Thirty plausible days: what the demo shows before anybody has visited it.
//!
//! The days have the shape of a real site's: hours and weekdays differ, there are more visits every week, some
//! people come back and some of those sign up. The same seed on the same UTC day gives the same events with the
//! same ids, up to `now`: a history that is stored twice within that day counts once.

use std::collections::VecDeque;

use millrace_event::Timestamp;
use millrace_event::time::DAY_MS;
use rand::{RngExt, SeedableRng};

use super::visitors::{Dice, Person, Visit, Writer};
use super::world::{HOURS, WEEKDAYS};

/// Visits of a day in the middle of the history, before weekday and chance.
const VISITS: f64 = 1_150.0;
/// How much more is visited on the last day than on the first.
const GROWTH: f64 = 1.7;
/// How many people know the site when the history begins, and how many of 1,000 of them are members.
const ACQUAINTED: u64 = 900;
const MEMBERS: u32 = 220;
/// Of 1,000 visits, how many are by somebody new.
const NEW: u32 = 190;

/// The events of `days` whole UTC days before today's and of today up to `now`, in order of time, as JSON
/// objects with `site_id`, `event_id`, `timestamp`, `user_agent` and `ip`: whoever stores them must be trusted.
pub fn history(site: &str, now: Timestamp, days: u32, seed: u64) -> History {
    let today = now.utc_day();
    let mut dice = Dice::seed_from_u64(seed);
    let people = (0..ACQUAINTED).map(|n| Person::new(seed, n, dice.random_ratio(MEMBERS, 1000))).collect();
    let first = today - i64::from(days);
    History {
        writer: Writer::new(Some(site), true),
        seed,
        now: now.as_millis(),
        first,
        today,
        day: first,
        dice,
        people: Persons { all: people, seed },
        ready: VecDeque::new(),
        later: Vec::new(),
    }
}

/// See [`history`].
pub struct History {
    writer: Writer,
    seed: u64,
    now: i64,
    first: i64,
    today: i64,
    /// The day that is made next.
    day: i64,
    dice: Dice,
    people: Persons,
    /// The events of the days before `day`, in order.
    ready: VecDeque<(i64, Vec<u8>)>,
    /// Events of visits that went on past midnight.
    later: Vec<(i64, Vec<u8>)>,
}

impl Iterator for History {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        while self.ready.is_empty() && self.day <= self.today {
            self.make_day();
        }
        let (at, event) = self.ready.pop_front()?;
        (at <= self.now).then_some(event)
    }
}

impl std::fmt::Debug for History {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("History").field("seed", &self.seed).field("day", &self.day).finish_non_exhaustive()
    }
}

impl History {
    fn make_day(&mut self) {
        let begin = self.day * DAY_MS;
        let mut made = std::mem::take(&mut self.later);
        let mut count = 0;
        for _ in 0..self.visits() {
            let start = begin + self.moment();
            let person = self.people.next(&mut self.dice);
            let mut visit = Visit::begin(person, &mut self.dice);
            let mut at = start;
            while let Some(step) = visit.step(person, &mut self.dice) {
                at += step.after_ms as i64;
                count += 1;
                // Another day's history is another one, so its ids are its own.
                let id = format!("demo-{:x}-{}-{}-{count}", self.seed, self.today, self.today - self.day);
                let mut event = Vec::with_capacity(512);
                self.writer.event(&mut event, person, &step, Some(&id), Some(at));
                made.push((at, event));
            }
        }
        self.day += 1;
        // Stable, so that events of the same millisecond stay in the order of their visit.
        made.sort_by_key(|(at, _)| *at);
        let tomorrow = made.partition_point(|(at, _)| *at < begin + DAY_MS);
        self.later = made.split_off(tomorrow);
        self.ready.extend(made);
    }

    /// How many visits the day begins.
    fn visits(&mut self) -> u32 {
        let span = (self.today - self.first).max(1) as f64;
        let progress = (self.day - self.first) as f64 / span;
        // From 1 to GROWTH, with 1 in the middle.
        let trend = GROWTH.powf(progress - 0.5);
        // Day 0 of the epoch was a Thursday.
        let weekday = (self.day + 3).rem_euclid(7) as usize;
        let mean_weekday = WEEKDAYS.iter().sum::<u32>() as f64 / 7.0;
        let chance = self.dice.random_range(0.95..1.05);
        (VISITS * trend * f64::from(WEEKDAYS[weekday]) / mean_weekday * chance) as u32
    }

    /// A moment of a day, in milliseconds: the busier the hour, the likelier.
    fn moment(&mut self) -> i64 {
        let mut roll = self.dice.random_range(0.0..f64::from(HOURS.iter().sum::<u32>()));
        for (hour, weight) in HOURS.iter().enumerate() {
            let weight = f64::from(*weight);
            if roll < weight {
                return ((hour as f64 + roll / weight) * 3_600_000.0) as i64;
            }
            roll -= weight;
        }
        DAY_MS - 1
    }
}

/// Everybody who has been on the site.
struct Persons {
    all: Vec<Person>,
    seed: u64,
}

impl Persons {
    /// Who comes next: somebody new, or one of those who know the site, of whom some come often.
    fn next(&mut self, dice: &mut Dice) -> &mut Person {
        if dice.random_ratio(NEW, 1000) {
            let person = Person::new(self.seed, self.all.len() as u64, false);
            self.all.push(person);
            let last = self.all.len() - 1;
            return &mut self.all[last];
        }
        let unit: f64 = dice.random();
        let index = (unit.powf(1.6) * self.all.len() as f64) as usize;
        &mut self.all[index]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::sync::OnceLock;

    use serde_json::Value;

    use super::*;

    /// Saturday, 2026-11-21T15:00:00Z.
    const NOW: Timestamp = Timestamp::from_millis(1_795_273_200_000);

    fn events() -> &'static [Value] {
        static EVENTS: OnceLock<Vec<Value>> = OnceLock::new();
        let read = |event: Vec<u8>| serde_json::from_slice(&event).unwrap();
        EVENTS.get_or_init(|| history("demo", NOW, 30, 42).map(read).collect())
    }

    fn at(event: &Value) -> Timestamp {
        Timestamp::from_millis(event["timestamp"].as_i64().unwrap())
    }

    #[test]
    fn thirty_days_have_their_size_and_their_order() {
        let events = events();
        assert!((120_000..=200_000).contains(&events.len()), "{} events", events.len());
        assert!(events.is_sorted_by_key(at));
        assert_eq!(at(&events[0]).utc_day(), NOW.utc_day() - 30);
        let last = at(events.last().unwrap());
        assert!(last <= NOW && last > NOW.plus_millis(-10 * 60_000), "{last}");
        let visitors: HashSet<_> = events.iter().map(|event| event["anonymous_id"].as_str()).collect();
        assert!((3_000..10_000).contains(&visitors.len()), "{} visitors", visitors.len());
        let users: HashSet<_> = events.iter().filter_map(|event| event["user_id"].as_str()).collect();
        assert!((300..2_000).contains(&users.len()), "{} users", users.len());
        let ids: HashSet<_> = events.iter().map(|event| event["event_id"].as_str()).collect();
        assert_eq!(ids.len(), events.len());
    }

    #[test]
    fn a_day_gives_the_same_history_up_to_now() {
        let morning: Vec<_> = history("demo", NOW.plus_millis(-6 * 3_600_000), 30, 42).collect();
        let again: Vec<_> = history("demo", NOW, 30, 42).take(morning.len()).collect();
        assert!(morning == again);
        assert!(history("demo", NOW, 30, 43).next() != history("demo", NOW, 30, 42).next());
        let id = |event: &Vec<u8>| serde_json::from_slice::<Value>(event).unwrap()["event_id"].to_string();
        let ids: HashSet<String> = morning.iter().map(id).collect();
        let tomorrow: Vec<_> = history("demo", NOW.plus_millis(DAY_MS), 30, 42).collect();
        assert!(tomorrow.iter().all(|event| !ids.contains(&id(event))), "another history has other ids");
    }

    #[test]
    fn days_hours_and_weeks_have_their_shape() {
        let events = events();
        let mut hours = [0.0; 24];
        let mut days = HashMap::<i64, f64>::new();
        for event in events {
            let at = at(event);
            if at.utc_day() < NOW.utc_day() {
                hours[(at.as_millis().rem_euclid(DAY_MS) / 3_600_000) as usize] += 1.0;
                *days.entry(at.utc_day()).or_default() += 1.0;
            }
        }
        assert_eq!(days.len(), 30);
        assert!(hours[14] > 3.0 * hours[3], "afternoons are busier than nights: {hours:?}");
        let mean = |of: &dyn Fn(i64) -> bool| {
            let chosen: Vec<f64> =
                days.iter().filter(|(day, _)| of(**day)).map(|(_, count)| *count).collect();
            chosen.iter().sum::<f64>() / chosen.len() as f64
        };
        let weekend = |day: i64| matches!((day + 3).rem_euclid(7), 5 | 6);
        assert!(mean(&|day| !weekend(day)) > 1.4 * mean(&weekend), "weekends are quieter: {days:?}");
        let first = NOW.utc_day() - 30;
        let early = mean(&|day| day < first + 7);
        let late = mean(&|day| day >= first + 21 && day < first + 28);
        assert!(late > 1.25 * early && late < 2.0 * early, "there is growth: {early} to {late}");
    }

    #[test]
    fn reports_have_something_to_show() {
        let events = events();
        let of = |name: &str| events.iter().filter(|event| event["name"] == name).count();
        let views = of("pageview") as f64 / events.len() as f64;
        assert!((0.6..0.85).contains(&views), "{views} of all are page views");
        for (name, least) in [
            ("button_click", 10_000),
            ("video_play", 1_000),
            ("signup", 300),
            ("purchase", 300),
            ("error", 500),
        ] {
            assert!(of(name) > least, "{} of {name}", of(name));
        }
        let distinct = |field: &str| {
            events.iter().filter_map(|event| event[field].as_str()).collect::<HashSet<_>>().len()
        };
        assert!(distinct("referrer") >= 12 && distinct("user_agent") >= 12 && distinct("language") >= 15);
        let campaign =
            |event: &&Value| event["url"].as_str().is_some_and(|url| url.contains("utm_campaign="));
        assert!(events.iter().filter(campaign).count() > 1_000);
    }
}
