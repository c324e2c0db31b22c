//! Events of many names, in any order, to an [`ObservedSchema`].

use std::collections::HashMap;

use bytestring::ByteString;
use millrace_event::Timestamp;

use super::event::EventFold;
use super::{MOST_NAMES, MOST_PROPERTIES_IN_ALL, Observation, ObservedSchema};

/// Reads events, one at a time.
#[derive(Debug)]
pub struct Fold {
    /// In the order of the question.
    events: Vec<EventFold>,
    places: HashMap<ByteString, usize, foldhash::fast::RandomState>,
    /// The place of the last event: most follow one of their own name.
    last: usize,
    /// Properties of all names.
    properties: usize,
    truncated: bool,
}

impl Fold {
    /// A fold for the answer to `observation`.
    pub fn new(observation: &Observation) -> Self {
        let names = observation.names.iter().take(MOST_NAMES);
        let events: Vec<_> =
            names.map(|(name, schema)| EventFold::new(name.clone(), schema.clone())).collect();
        let places = events.iter().enumerate().map(|(place, event)| (event.name().clone(), place)).collect();
        Self { events, places, last: 0, properties: 0, truncated: observation.names.len() > MOST_NAMES }
    }

    /// Reads an event; one of a name that was not asked about is passed over. `properties` is what an event has under
    /// that name.
    pub fn event(&mut self, name: &str, at: Timestamp, properties: &str) {
        if self.events.get(self.last).is_none_or(|event| event.name() != name) {
            let Some(place) = self.places.get(name) else { return };
            self.last = *place;
        }
        let event = &mut self.events[self.last];
        let before = event.properties();
        event.add(at, properties);
        self.properties += event.properties() - before;
        while self.properties > MOST_PROPERTIES_IN_ALL {
            // What goes here is beyond everything that is kept, now and later, so that nothing comes back with a part
            // of its count.
            let Some(last) = self.events.iter_mut().rfind(|event| event.properties() > 0) else { return };
            last.give_up_one();
            self.properties -= 1;
        }
    }

    /// What was found.
    pub fn finish(self) -> ObservedSchema {
        let truncated = self.truncated || self.events.iter().any(EventFold::truncated);
        let mut events: Vec<_> = self.events.into_iter().filter_map(EventFold::finish).collect();
        events.sort_by(|a, b| b.seen.count.cmp(&a.seen.count).then_with(|| a.name.cmp(&b.name)));
        ObservedSchema { events, truncated }
    }
}
