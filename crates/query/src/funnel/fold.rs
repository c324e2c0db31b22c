//! Counting a funnel: one visitor's events at a time.
//!
//! Memory: the events of one visitor, up to [`FunnelFold::MOST_EVENTS`]; a few numbers for each value of the
//! breakdown; 16 bytes for each step taken after the first, up to [`FunnelFold::MOST_TIMES`].

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use bytestring::ByteString;
use millrace_event::{Timestamp, VisitorId};

use super::{CheckedFunnel, FunnelAnswer, FunnelGroup, FunnelPeople, FunnelPerson, FunnelStep, Reached};
use crate::fold::{Groups, REST, percent};
use crate::{Fold, Steps};

/// A funnel while it is counted.
#[derive(Debug)]
pub struct FunnelFold {
    steps: usize,
    strict: bool,
    window: i64,
    top: usize,
    people: Option<FunnelPeople>,
    subject: u64,
    events: Vec<Seen>,
    /// By the deepest step, from 0.
    reached: Vec<u64>,
    pub(super) groups: Groups,
    /// As `reached`, for each group.
    reached_of: Vec<Vec<u64>>,
    reached_of_rest: Vec<u64>,
    times: Vec<Taken>,
    /// The visitors to be named so far; the first to go on top.
    named: BinaryHeap<Reverse<(i64, Reverse<u64>, usize)>>,
    approximate: bool,
    pub(super) most_events: usize,
    pub(super) most_times: usize,
}

/// An event of the visitor at hand.
#[derive(Debug)]
struct Seen {
    at: i64,
    marks: u32,
    label: Option<ByteString>,
}

/// The time from one step to the next.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Taken {
    group: u32,
    step: u8,
    millis: u64,
}

/// The group of visitors whose event has no label.
const NONE: u32 = u32::MAX - 1;

impl FunnelFold {
    /// The most events of one visitor that are looked at, the earliest: those of a step in a loose funnel, all in a
    /// strict one. Beyond it the answer is approximate.
    pub const MOST_EVENTS: usize = 200_000;
    /// The most times between two steps that are remembered. Beyond it medians are of the visitors who came first in
    /// the walk; their numbers are hashes, so those are as good as drawn by lot.
    pub const MOST_TIMES: usize = 8_000_000;

    pub(super) fn new(checked: &CheckedFunnel) -> Self {
        let funnel = &checked.funnel;
        Self {
            steps: funnel.steps.len(),
            strict: funnel.strict,
            window: i64::try_from(funnel.window.as_millis()).expect("a checked window has 366 days at most"),
            top: funnel.breakdown.as_ref().map_or(0, |breakdown| breakdown.top),
            people: funnel.people,
            subject: 0,
            events: Vec::new(),
            reached: vec![0; funnel.steps.len()],
            groups: Groups::new(),
            reached_of: Vec::new(),
            reached_of_rest: vec![0; funnel.steps.len()],
            times: Vec::new(),
            named: BinaryHeap::new(),
            approximate: false,
            most_events: Self::MOST_EVENTS,
            most_times: Self::MOST_TIMES,
        }
    }

    /// The places of the events of the counted attempt, one for each step it reaches.
    fn attempt(&self) -> Vec<usize> {
        let passes = |place: usize, step: usize| self.events[place].marks & (1 << step) != 0;
        let (mut best, mut attempt) = (Vec::new(), Vec::with_capacity(self.steps));
        // Where each step's search goes on: a later start takes no step earlier than the start before it did. So all
        // attempts together pass over the events once for each step.
        let mut places = vec![0; self.steps];
        for start in (0..self.events.len()).filter(|place| passes(*place, 0)) {
            attempt.clear();
            attempt.push(start);
            let until = self.events[start].at.saturating_add(self.window);
            for (step, place) in places.iter_mut().enumerate().skip(1) {
                let after = attempt[step - 1] + 1;
                if self.strict {
                    *place = after;
                } else {
                    *place = after.max(*place);
                    while *place < self.events.len() && !passes(*place, step) {
                        *place += 1;
                    }
                }
                match self.events.get(*place) {
                    Some(event) if event.at <= until && passes(*place, step) => attempt.push(*place),
                    _ => break,
                }
            }
            if attempt.len() > best.len() {
                best.clone_from(&attempt);
                if best.len() == self.steps {
                    break;
                }
            }
        }
        best
    }

    fn end_subject(&mut self) {
        let attempt = self.attempt();
        let Some((first, last)) = attempt.first().zip(attempt.last()) else { return self.events.clear() };
        let deepest = attempt.len() - 1;
        self.reached[deepest] += 1;
        let group = match &self.events[*first].label {
            Some(label) => self.groups.id(label),
            None => NONE,
        };
        match group {
            NONE => {}
            REST => self.reached_of_rest[deepest] += 1,
            group => {
                self.reached_of.resize_with(self.groups.len(), || vec![0; self.steps]);
                self.reached_of[group as usize][deepest] += 1;
            }
        }
        if self.times.len() + deepest > self.most_times {
            self.approximate = true;
        } else {
            let events = &self.events;
            self.times.extend(attempt.windows(2).zip(1u8..).map(|(pair, step)| Taken {
                group,
                step,
                millis: events[pair[1]].at.abs_diff(events[pair[0]].at),
            }));
        }
        if let Some(people) = self.people
            && match people.reached {
                Reached::AtMost => attempt.len() == people.step,
                Reached::AtLeast => attempt.len() >= people.step,
            }
        {
            self.named.push(Reverse((self.events[*last].at, Reverse(self.subject), attempt.len())));
            if self.named.len() > people.limit {
                self.named.pop();
            }
        }
        self.events.clear();
    }

    /// The steps of visitors by their deepest, and the times sorted by step.
    fn table(&self, reached: &[u64], times: &[Taken]) -> Vec<FunnelStep> {
        let visitors = |step: usize| reached[step..].iter().sum::<u64>();
        let (first, mut before) = (visitors(0), visitors(0));
        let of_step = |step: usize| {
            let visitors = visitors(step);
            let from = times.partition_point(|taken| usize::from(taken.step) < step);
            let to = times.partition_point(|taken| usize::from(taken.step) <= step);
            let dropped = before - visitors;
            let row = FunnelStep {
                visitors,
                of_first: percent(visitors, first),
                of_previous: percent(visitors, before),
                dropped,
                dropped_rate: percent(dropped, before),
                median_millis: (from < to).then(|| times[from + (to - from - 1) / 2].millis),
            };
            before = visitors;
            row
        };
        (0..self.steps).map(of_step).collect()
    }
}

impl Fold for FunnelFold {
    type Answer = FunnelAnswer;

    fn steps(&mut self, steps: &Steps) {
        for step in steps.iter() {
            if step.subject != self.subject {
                self.end_subject();
                self.subject = step.subject;
            }
            if self.events.len() == self.most_events {
                self.approximate = true;
                continue;
            }
            // Only where an attempt starts is the label asked for.
            let label = step.label.filter(|_| step.marks & 1 != 0).cloned();
            self.events.push(Seen { at: step.at, marks: step.marks, label });
        }
    }

    fn finish(mut self) -> FunnelAnswer {
        self.end_subject();
        let mut times = std::mem::take(&mut self.times);
        times.sort_unstable_by_key(|taken| (taken.step, taken.millis));
        let steps = self.table(&self.reached, &times);

        let sizes: Vec<u64> = self.reached_of.iter().map(|reached| reached.iter().sum()).collect();
        let shown = self.groups.top(&sizes, self.top);
        let mut places = vec![REST; self.groups.len()];
        for (place, (group, _)) in shown.iter().enumerate() {
            places[*group as usize] = place as u32;
        }
        let mut rest = std::mem::take(&mut self.reached_of_rest);
        for (reached, place) in self.reached_of.iter().zip(&places) {
            if *place == REST {
                rest.iter_mut().zip(reached).for_each(|(sum, reached)| *sum += reached);
            }
        }
        for taken in &mut times {
            taken.group = places.get(taken.group as usize).copied().unwrap_or(taken.group);
        }
        times.sort_unstable();
        let times_of = |group: u32| {
            let from = times.partition_point(|taken| taken.group < group);
            &times[from..times.partition_point(|taken| taken.group <= group)]
        };
        let groups = shown.into_iter().zip(0u32..).map(|((group, value), place)| FunnelGroup {
            value,
            steps: self.table(&self.reached_of[group as usize], times_of(place)),
        });
        let groups = groups.collect();
        let other = rest.iter().any(|reached| *reached > 0).then(|| self.table(&rest, times_of(REST)));
        let named = std::mem::take(&mut self.named).into_sorted_vec();
        let people = named.into_iter().map(|Reverse((at, Reverse(visitor), step))| FunnelPerson {
            visitor: VisitorId(visitor),
            step,
            at: Timestamp::from_millis(at),
        });
        FunnelAnswer {
            steps,
            groups,
            other,
            people: people.collect(),
            approximate: self.approximate || self.groups.overflown,
        }
    }
}
