//! Live traffic for the demo: visits that begin at random and run side by side.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use rand::{RngExt, SeedableRng};

use super::visitors::{Dice, Person, Step, Visit, Writer};

/// How many people there are. At high rates they come often.
const PEOPLE: u64 = 4_000;
/// How many of 1,000 are members.
const MEMBERS: u32 = 200;
/// Before it is looked at, the traffic has run this long: by then visits end as often as they begin.
const WARM_UP_MS: f64 = 3_600_000.0;
/// How much busier than usual the busiest moments are.
const PEAK: f64 = 1.4;

/// Endless events of a site at `rate` a second in the mean, each with the time since the one before, as JSON
/// objects without id and timestamp; with `user_agent` and `ip` where the sender is `trusted` to say so. Whoever
/// sends them should add up the times from one start, lest the pauses in between slow the traffic down.
pub fn live(site: &str, rate: f64, seed: u64, trusted: bool) -> Live {
    let mut dice = Dice::seed_from_u64(seed);
    let mut people: Vec<Person> =
        (0..PEOPLE).map(|n| Person::new(seed, n, dice.random_ratio(MEMBERS, 1000))).collect();
    let visits_a_ms = rate.max(1e-6) / 1000.0 / events_a_visit(&mut people, seed);
    let mut live = Live {
        writer: Writer::new(Some(site), trusted),
        visits_a_ms,
        dice,
        people,
        clock: 0.0,
        arrival: 0.0,
        waiting: BinaryHeap::new(),
        visits: Vec::new(),
        free: Vec::new(),
    };
    // What came before the first event is over, or under way.
    while live.clock < WARM_UP_MS {
        live.advance(None);
    }
    live
}

/// See [`live`].
pub struct Live {
    writer: Writer,
    visits_a_ms: f64,
    dice: Dice,
    people: Vec<Person>,
    /// Milliseconds since the traffic began.
    clock: f64,
    /// When the next visit may begin.
    arrival: f64,
    /// The next event of each visit under way: when, in milliseconds, and which of `visits`.
    waiting: BinaryHeap<Reverse<(u64, usize)>>,
    visits: Vec<(usize, Visit, Step)>,
    /// Places in `visits` that may be taken.
    free: Vec<usize>,
}

impl Iterator for Live {
    type Item = (Duration, Vec<u8>);

    fn next(&mut self) -> Option<Self::Item> {
        let before = self.clock;
        let mut event = Vec::with_capacity(512);
        while event.is_empty() {
            self.advance(Some(&mut event));
        }
        Some((Duration::from_secs_f64((self.clock - before) / 1000.0), event))
    }
}

impl std::fmt::Debug for Live {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Live").field("under_way", &self.waiting.len()).finish_non_exhaustive()
    }
}

impl Live {
    /// The next thing that happens: an event, or a visit that begins and whose first event is then due.
    fn advance(&mut self, out: Option<&mut Vec<u8>>) {
        match self.waiting.peek() {
            Some(Reverse((due, place))) if (*due as f64) < self.arrival => {
                let (due, place) = (*due, *place);
                self.waiting.pop();
                self.clock = self.clock.max(due as f64);
                self.go_on(due, place, out);
            }
            _ => self.arrive(),
        }
    }

    fn go_on(&mut self, due: u64, place: usize, out: Option<&mut Vec<u8>>) {
        let (person, visit, step) = &mut self.visits[place];
        let person = &mut self.people[*person];
        if let Some(out) = out {
            self.writer.event(out, person, step, None, None);
        }
        match visit.step(person, &mut self.dice) {
            Some(next) => {
                *step = next;
                self.waiting.push(Reverse((due + next.after_ms, place)));
            }
            None => self.free.push(place),
        }
    }

    /// Arrivals come at the rate of the busiest moment; the fewer are due now, the more of them are passed over.
    fn arrive(&mut self) {
        self.clock = self.clock.max(self.arrival);
        let now = self.arrival;
        let unit: f64 = self.dice.random();
        self.arrival += -(1.0 - unit).ln() / (self.visits_a_ms * PEAK);
        if self.dice.random::<f64>() * PEAK > shape(now) {
            return;
        }
        let person = self.dice.random_range(0..self.people.len());
        let mut visit = Visit::begin(&self.people[person], &mut self.dice);
        let Some(step) = visit.step(&mut self.people[person], &mut self.dice) else { return };
        let place = self.free.pop().unwrap_or(self.visits.len());
        if place == self.visits.len() {
            self.visits.push((person, visit, step));
        } else {
            self.visits[place] = (person, visit, step);
        }
        self.waiting.push(Reverse((now as u64, place)));
    }
}

/// How busy a moment is, 1 in the mean: a swell of seven minutes and a ripple of 50 seconds.
fn shape(at_ms: f64) -> f64 {
    let turn = std::f64::consts::TAU * at_ms;
    1.0 + 0.25 * (turn / 420_000.0).sin() + 0.15 * (turn / 50_000.0).sin()
}

/// Measured, since it follows from every number in the model.
fn events_a_visit(people: &mut [Person], seed: u64) -> f64 {
    const VISITS: usize = 4_000;
    let mut dice = Dice::seed_from_u64(!seed);
    let mut events = 0u32;
    for n in 0..VISITS {
        let person = &mut people[n % PEOPLE as usize];
        let mut visit = Visit::begin(person, &mut dice);
        while visit.step(person, &mut dice).is_some() {
            events += 1;
        }
    }
    f64::from(events) / VISITS as f64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn the_rate_is_kept_in_the_mean_and_from_the_start() {
        for rate in [0.5, 5.0, 200.0] {
            let mut elapsed = 0.0;
            let mut events = 0;
            let mut traffic = live("demo", rate, 9, false);
            while elapsed < 20_000.0 / rate {
                let (delay, _) = traffic.next().unwrap();
                elapsed += delay.as_secs_f64();
                events += 1;
            }
            let mean = f64::from(events) / elapsed;
            assert!((mean / rate - 1.0).abs() < 0.12, "{mean} a second instead of {rate}");
        }
        let first: f64 = live("demo", 50.0, 9, false).take(500).map(|(delay, _)| delay.as_secs_f64()).sum();
        assert!((5.0..20.0).contains(&first), "500 events at 50 a second took {first} s");
    }

    #[test]
    fn many_visitors_are_there_at_once() {
        let events: Vec<Value> = live("demo", 5.0, 1, true)
            .take(1_000)
            .map(|(_, event)| serde_json::from_slice(&event).unwrap())
            .collect();
        let visitors: HashSet<_> = events.iter().map(|event| event["anonymous_id"].as_str()).collect();
        assert!(visitors.len() > 100, "{}", visitors.len());
        assert!(events.iter().all(|event| event["ip"].is_string() && event["timestamp"].is_null()));
    }
}
