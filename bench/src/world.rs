//! Thirty days of many sites, as a store gets them from the worker: processed events, in order of arrival.
//!
//! What decides size and speed is meant to be as in life:
//! - one site has 10 % of the events, one 1 %, the others share the rest by Zipf's law; hours and weekdays differ;
//! - sessions have 4 events in the mean, half of them only one; a session's events follow each other within minutes;
//! - most visitors are a hash that changes daily, as without any id from the client; 5 % of sessions are of people
//!   with a `user_id`, and every tenth site sends an `anonymous_id`;
//! - each site has 2,000 pages of its own, with titles, and visits follow Zipf's law;
//! - nearly half of the sessions come from one of 400 pages of 200 sources, every sixteenth from a campaign;
//! - people have one of 8 browsers on 6 systems and are in one of 60 countries, in a region and a city of it, all of
//!   them by shares as they are seen; screens fit the devices;
//! - half of the sites send their own timestamps, so that those differ from the time of arrival;
//! - a third of the events have properties or a duration, purchases a revenue.

use std::vec::IntoIter;

use bytestring::ByteString;
use millrace_event::{Event, Timestamp};

use crate::dice::{Dice, Weighted, mix};

mod device;
mod event;
mod origin;
mod place;
mod session;

use event::Writer;
use session::Step;

/// The site with 10 % of the events.
pub(crate) const BIG: &str = "big.example";
/// The site with 1 % of the events.
pub(crate) const ONE_PERCENT: &str = "one.example";

const HOUR_MS: i64 = 3_600_000;
const PAGES: usize = 2_000;
/// Events handed over at a time, as a worker's batch has them.
const BATCH: usize = 8_192;

/// What is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// About how many events.
    pub(crate) events: u64,
    /// Over how many days.
    pub(crate) days: i64,
    /// Of how many sites.
    pub(crate) sites: usize,
    /// The end; the beginning of its hour is after the last event.
    pub(crate) end: Timestamp,
    /// Every event has an id of its client, a random UUID.
    pub(crate) client_ids: bool,
}

/// A site.
#[derive(Debug)]
struct Site {
    id: millrace_event::SiteId,
    host: ByteString,
    /// People who may come.
    people: u64,
    sends_anonymous_id: bool,
    sends_timestamps: bool,
    paths: Vec<ByteString>,
    titles: Vec<ByteString>,
}

/// The events, an hour at a time.
#[derive(Debug)]
pub(crate) struct World {
    plan: Plan,
    dice: Dice,
    sites: Vec<Site>,
    by_size: Weighted,
    by_views: Weighted,
    /// The hour that is made next, and the one after the last.
    hour: i64,
    last: i64,
    hours: Vec<f64>,
    /// Steps of sessions that went on into the next hour.
    later: Vec<Step>,
    writer: Writer,
}

/// One hour's events, in batches.
pub(crate) type Hour = IntoIter<Vec<Event>>;

impl World {
    pub(crate) fn new(plan: Plan) -> Self {
        let last = plan.end.as_millis().div_euclid(HOUR_MS);
        let first = last - plan.days * 24;
        let rest = Weighted::zipf(plan.sites - 2, 0.8);
        let shares = rest.shares().into_iter().map(|share| share * 0.89);
        let shares: Vec<f64> = [0.10, 0.01].into_iter().chain(shares).collect();
        let weights: Vec<f64> = (first..last).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        Self {
            dice: Dice::new(20_261_120),
            sites: shares
                .iter()
                .enumerate()
                .map(|(number, share)| Site::new(number, *share, &plan))
                .collect(),
            by_size: Weighted::new(shares),
            by_views: Weighted::zipf(PAGES, 1.0),
            hour: first,
            last,
            hours: weights.into_iter().map(|weight| plan.events as f64 * weight / sum).collect(),
            later: Vec::new(),
            writer: Writer::new(plan.client_ids),
            plan,
        }
    }

    fn make_hour(&mut self) -> Hour {
        let begin = self.hour * HOUR_MS;
        let end = begin + HOUR_MS;
        let place = self.hour - (self.last - self.plan.days * 24);
        let wanted = self.hours.get(place as usize).copied().unwrap_or_default() as usize;
        let mut steps = std::mem::take(&mut self.later);
        // Sessions that go on into the next hour are made up for by those that came from the last one.
        let already = steps.len();
        while steps.len() < wanted + already {
            let number = self.by_size.draw(&mut self.dice);
            let start = begin + self.dice.below(HOUR_MS as u64) as i64;
            session::begin(
                number as u16,
                &self.sites[number],
                start,
                &self.by_views,
                &mut self.dice,
                &mut steps,
            );
        }
        steps.sort_unstable_by_key(|step| step.received_at);
        let next = steps.partition_point(|step| step.received_at < end);
        self.later = steps.split_off(next);
        let mut batches = Vec::with_capacity(steps.len() / BATCH + 1);
        for chunk in steps.chunks(BATCH) {
            let events = chunk
                .iter()
                .map(|step| self.writer.event(step, &self.sites[usize::from(step.site)], &mut self.dice));
            batches.push(events.collect());
        }
        self.hour += 1;
        batches.into_iter()
    }
}

impl Iterator for World {
    type Item = Hour;

    fn next(&mut self) -> Option<Hour> {
        (self.hour < self.last).then(|| self.make_hour())
    }
}

impl Site {
    fn new(number: usize, share: f64, plan: &Plan) -> Self {
        let name = match number {
            0 => BIG.to_owned(),
            1 => ONE_PERCENT.to_owned(),
            _ => format!("site-{number:03}.example"),
        };
        let words =
            ["guide", "pricing", "release", "notes", "data", "team", "cloud", "simple", "fast", "open"];
        let sections = ["blog", "docs", "products", "help", "news"];
        let mut dice = Dice::new(mix(number as u64 + 1));
        let (mut paths, mut titles) =
            (vec![ByteString::from_static("/")], vec![ByteString::from_static("Home")]);
        for page in 1..PAGES {
            let (section, first, second) = (dice.of(&sections), dice.of(&words), dice.of(&words));
            paths.push(format!("/{section}/{first}-{second}-{page}").into());
            titles.push(format!("{first} {second} {page} - {name}").into());
        }
        Self {
            id: millrace_event::SiteId::new(name.clone()).expect("a site id"),
            host: name.into(),
            // Somebody comes about three times in thirty days, with four events each time.
            people: ((plan.events as f64 * share / 12.0) as u64).max(20),
            sends_anonymous_id: number % 10 == 9,
            sends_timestamps: number % 2 == 1,
            paths,
            titles,
        }
    }
}

/// How busy an hour since the epoch is: afternoons and working days more than others.
fn weight(hour: i64) -> f64 {
    let of_day = hour.rem_euclid(24) as f64;
    // Day 0 of the epoch was a Thursday.
    let weekend = (hour.div_euclid(24) + 3).rem_euclid(7) >= 5;
    let wave = ((of_day - 15.0) / 24.0 * std::f64::consts::TAU).cos();
    (1.0 + 0.7 * wave) * if weekend { 0.6 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    #[test]
    fn sizes_and_order_are_as_planned() {
        let end = Timestamp::from_millis(1_795_273_200_000);
        let plan = Plan { events: 200_000, days: 30, sites: 200, end, client_ids: false };
        let events: Vec<Event> = World::new(plan).flatten().flatten().collect();
        assert!((195_000..205_000).contains(&events.len()), "{} events", events.len());
        assert!(events.is_sorted_by_key(|event| event.received_at));
        let mut sites = HashMap::<&str, usize>::new();
        events.iter().for_each(|event| *sites.entry(event.site.as_str()).or_default() += 1);
        let share = |site: &str| sites[site] as f64 / events.len() as f64;
        assert!(sites.len() == 200 && (0.09..0.11).contains(&share(BIG)), "{} sites", sites.len());
        assert!((0.008..0.012).contains(&share(ONE_PERCENT)), "{}", share(ONE_PERCENT));
        let views = events.iter().filter(|event| event.name == "pageview").count() as f64;
        assert!((0.65..0.85).contains(&(views / events.len() as f64)), "{views} page views");
        let sessions: HashSet<_> = events.iter().map(|event| event.session).collect();
        let mean = events.len() as f64 / sessions.len() as f64;
        assert!((3.5..4.5).contains(&mean), "{mean} events a session");
    }

    #[test]
    fn visitors_differ_as_in_life() {
        let end = Timestamp::from_millis(1_795_273_200_000);
        let plan = Plan { events: 400_000, days: 30, sites: 200, end, client_ids: false };
        let events: Vec<Event> = World::new(plan).flatten().flatten().collect();
        let different =
            |of: fn(&Event) -> Option<&str>| events.iter().filter_map(of).collect::<HashSet<_>>().len();
        assert_eq!(different(|event| event.agent.browser.as_deref()), 8);
        assert_eq!(different(|event| event.agent.os.as_deref()), 6);
        assert_eq!(different(|event| event.place.country.as_ref().map(|country| country.as_str())), 60);
        let sources = different(|event| event.source.as_deref());
        assert!((190..=210).contains(&sources), "{sources} sources");
        // A session's events are of one person: what they browse with and where they are does not change.
        let mut sessions = HashMap::new();
        for event in &events {
            let one = (&event.agent, &event.place, event.screen, &event.language);
            assert_eq!(*sessions.entry(event.session).or_insert(one), one);
        }
        let engaged = events.iter().filter(|event| event.name == "engagement");
        let whole =
            |event: &Event| event.duration_ms.is_some() && event.scroll_depth.is_some() && !event.interactive;
        assert!(engaged.clone().count() > events.len() / 20 && engaged.clone().all(whole));
    }
}
