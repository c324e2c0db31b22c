//! Counting journeys: a session's stations next to its anchor, then a tree of all sessions' ways.
//!
//! Memory: of a session as many stations as the tree is deep, whatever its events; of the tree up to
//! [`JourneyFold::MOST_NODES`] nodes.

use std::collections::{HashMap, VecDeque};

use bytestring::ByteString;

use super::{Anchor, CheckedJourney, Heading, JourneyAnswer, JourneyNode, JourneyOf};
use crate::{Fold, Step, Steps};

/// Journeys while they are counted.
#[derive(Debug)]
pub struct JourneyFold {
    steps: usize,
    branches: usize,
    heading: Heading,
    anchor: At,
    /// The marks of stations.
    stations: u32,
    subject: Option<u64>,
    began: bool,
    /// Going onward, the stations since the anchor, with the anchor's own; going back, the latest of all, the last
    /// one being where the session is.
    latest: VecDeque<ByteString>,
    /// Going back: the stations before the anchor's last occurrence, the nearest first.
    way_back: Vec<ByteString>,
    /// Whether the first of `latest` is the anchor itself.
    at_station: bool,
    names: HashMap<Box<str>, u32>,
    nodes: Vec<Node>,
    children: HashMap<(u32, u32), u32>,
    approximate: bool,
    pub(super) most_nodes: usize,
}

#[derive(Debug)]
enum At {
    Edge,
    Station(String),
    Mark(u32),
}

/// Sessions that went the same way so far.
#[derive(Debug, Default)]
struct Node {
    sessions: u64,
    other: u64,
    ended: u64,
}

impl JourneyFold {
    /// The most nodes of the tree. Beyond it new branches go with a node's others, and the answer is approximate.
    pub const MOST_NODES: usize = 200_000;

    pub(super) fn new(checked: &CheckedJourney) -> Self {
        let journey = &checked.journey;
        let marks_of_stations = match journey.of {
            JourneyOf::Pages => 1,
            JourneyOf::Events => 2,
        };
        Self {
            steps: journey.steps,
            branches: journey.branches,
            heading: journey.heading,
            anchor: match &journey.anchor {
                None => At::Edge,
                Some(Anchor::Station(name)) => At::Station(name.clone()),
                Some(Anchor::Event(_)) => At::Mark(1 << marks_of_stations),
            },
            stations: (1 << marks_of_stations) - 1,
            subject: None,
            began: false,
            latest: VecDeque::new(),
            way_back: Vec::new(),
            at_station: false,
            names: HashMap::new(),
            nodes: vec![Node::default()],
            children: HashMap::new(),
            approximate: false,
            most_nodes: Self::MOST_NODES,
        }
    }

    fn step(&mut self, step: Step<'_>) {
        let station = step.label.filter(|_| step.marks & self.stations != 0);
        let is_anchor = match &self.anchor {
            At::Edge => station.is_some(),
            At::Station(name) => station.is_some_and(|station| *station == name.as_str()),
            At::Mark(mark) => step.marks & mark != 0,
        };
        // One more than is shown tells whether the session went on.
        match self.heading {
            Heading::Onward => {
                let begins = is_anchor && !self.began;
                if begins {
                    self.began = true;
                    self.at_station = station.is_some() && !matches!(self.anchor, At::Edge);
                }
                if let Some(station) = station
                    && self.began
                    && self.latest.back() != Some(station)
                    && self.latest.len() < self.steps + 2
                {
                    self.latest.push_back(station.clone());
                }
            }
            Heading::Back => {
                if let Some(station) = station
                    && self.latest.back() != Some(station)
                {
                    if self.latest.len() == self.steps + 2 {
                        self.latest.pop_front();
                    }
                    self.latest.push_back(station.clone());
                }
                self.began |= is_anchor;
                if is_anchor && !matches!(self.anchor, At::Edge) {
                    let own = usize::from(station.is_some());
                    self.way_back.clear();
                    self.way_back.extend(self.latest.iter().rev().skip(own).cloned());
                }
            }
        }
    }

    fn end_subject(&mut self) {
        if self.began {
            let way: Vec<ByteString> = match (self.heading, &self.anchor) {
                (Heading::Onward, _) => self.latest.drain(..).skip(usize::from(self.at_station)).collect(),
                (Heading::Back, At::Edge) => self.latest.drain(..).rev().collect(),
                (Heading::Back, _) => std::mem::take(&mut self.way_back),
            };
            self.add(&way);
        }
        self.began = false;
        self.at_station = false;
        self.latest.clear();
        self.way_back.clear();
    }

    fn add(&mut self, way: &[ByteString]) {
        let mut node = 0;
        self.nodes[0].sessions += 1;
        for station in way.iter().take(self.steps) {
            let Some(child) = self.child(node, station) else {
                self.nodes[node as usize].other += 1;
                return;
            };
            node = child;
            self.nodes[node as usize].sessions += 1;
        }
        let last = &mut self.nodes[node as usize];
        match way.len() > self.steps {
            true => last.other += 1,
            false => last.ended += 1,
        }
    }

    /// The node of `station` after `node`, a new one where there is room.
    fn child(&mut self, node: u32, station: &str) -> Option<u32> {
        let name = self.names.get(station).copied();
        if let Some(child) = name.and_then(|name| self.children.get(&(node, name))) {
            return Some(*child);
        }
        if self.nodes.len() > self.most_nodes {
            self.approximate = true;
            return None;
        }
        let name = name.unwrap_or_else(|| {
            let name = self.names.len() as u32;
            self.names.insert(station.into(), name);
            name
        });
        let child = self.nodes.len() as u32;
        self.nodes.push(Node::default());
        self.children.insert((node, name), child);
        Some(child)
    }
}

impl Fold for JourneyFold {
    type Answer = JourneyAnswer;

    fn steps(&mut self, steps: &Steps) {
        for step in steps.iter() {
            if self.subject != Some(step.subject) {
                self.end_subject();
                self.subject = Some(step.subject);
            }
            self.step(step);
        }
    }

    fn finish(mut self) -> JourneyAnswer {
        self.end_subject();
        let mut names = vec![""; self.names.len()];
        self.names.iter().for_each(|(text, name)| names[*name as usize] = text);
        let mut branches: Vec<Vec<(&str, u32)>> = vec![Vec::new(); self.nodes.len()];
        for ((node, name), child) in &self.children {
            branches[*node as usize].push((names[*name as usize], *child));
        }
        for branches in &mut branches {
            let sessions = |node: u32| self.nodes[node as usize].sessions;
            branches.sort_unstable_by(|a, b| sessions(b.1).cmp(&sessions(a.1)).then_with(|| a.0.cmp(b.0)));
        }
        JourneyAnswer { start: self.shown(0, &branches), approximate: self.approximate }
    }
}

impl JourneyFold {
    /// The node with its first branches; what is not named counts as other. The tree is no deeper than its steps, so
    /// this may call itself.
    fn shown(&self, node: u32, branches: &[Vec<(&str, u32)>]) -> JourneyNode {
        let Node { sessions, other, ended } = self.nodes[node as usize];
        let (named, rest) =
            branches[node as usize].split_at(self.branches.min(branches[node as usize].len()));
        JourneyNode {
            sessions,
            branches: named
                .iter()
                .map(|(name, child)| ((*name).to_owned(), self.shown(*child, branches)))
                .collect(),
            other: other + rest.iter().map(|(_, child)| self.nodes[*child as usize].sessions).sum::<u64>(),
            ended,
        }
    }
}
