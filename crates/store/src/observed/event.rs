//! Events of one name.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytestring::ByteString;
use millrace_event::schema::{EventSchema, Problem};
use millrace_event::{Timestamp, properties};

use super::history::{Extremes, History};
use super::property::PropertyFold;
use super::{
    MOST_EVIDENCE, MOST_PROPERTIES, MOST_VIOLATIONS, ObservedEvent, ObservedViolation, Sample, Seen, drift,
};

#[derive(Debug)]
pub(super) struct EventFold {
    name: ByteString,
    schema: Option<Arc<EventSchema>>,
    seen: Seen,
    times: Times,
    properties: BTreeMap<Box<str>, PropertyFold>,
    /// Properties from here on, by name, are not kept.
    end: Option<Box<str>>,
    violating: u64,
    violations: BTreeMap<(Box<str>, Problem), ViolationFold>,
}

/// When events of one name occurred.
#[derive(Debug, Default)]
pub(super) struct Times {
    pub(super) earliest: Extremes,
    pub(super) latest: Extremes,
    pub(super) history: History,
}

#[derive(Debug)]
struct ViolationFold {
    seen: Seen,
    sample: Option<Sample>,
}

impl EventFold {
    pub(super) fn new(name: ByteString, schema: Option<Arc<EventSchema>>) -> Self {
        Self {
            name,
            schema,
            seen: Seen::NEVER,
            times: Times::default(),
            properties: BTreeMap::new(),
            end: None,
            violating: 0,
            violations: BTreeMap::new(),
        }
    }

    pub(super) fn name(&self) -> &ByteString {
        &self.name
    }

    /// How many properties are kept.
    pub(super) fn properties(&self) -> usize {
        self.properties.len()
    }

    pub(super) fn truncated(&self) -> bool {
        self.end.is_some()
    }

    pub(super) fn add(&mut self, at: Timestamp, text: &str) {
        self.seen.again(at);
        self.times.earliest.add(at.as_millis(), MOST_EVIDENCE);
        self.times.latest.add(at.as_millis().saturating_neg(), MOST_EVIDENCE);
        self.times.history.add(at.as_millis());
        properties::each(text, |key, value| {
            if let Some(property) = self.properties.get_mut(&*key) {
                property.add(at, &value);
            } else if self.end.as_deref().is_none_or(|end| &*key < end) {
                let mut property = PropertyFold::default();
                property.add(at, &value);
                self.properties.insert(key.into(), property);
                if self.properties.len() > MOST_PROPERTIES {
                    self.give_up_one();
                }
            }
        });
        if let Some(schema) = self.schema.clone() {
            self.compare(&schema, at, text);
        }
    }

    /// Forgets the last property by name, and takes none from there on.
    pub(super) fn give_up_one(&mut self) {
        if let Some((name, _)) = self.properties.pop_last() {
            self.end = Some(name);
        }
    }

    fn compare(&mut self, schema: &EventSchema, at: Timestamp, text: &str) {
        let mut wrong = false;
        schema.check(text, |violation| {
            wrong = true;
            let sample = violation.value.as_ref().map(Sample::from);
            let key = (Box::from(&*violation.property), violation.problem);
            let found =
                self.violations.entry(key).or_insert(ViolationFold { seen: Seen::NEVER, sample: None });
            // Of equal times the smaller sample, whichever comes first.
            if at > found.seen.last || at == found.seen.last && sample < found.sample {
                found.sample = sample;
            }
            found.seen.again(at);
            if self.violations.len() > MOST_VIOLATIONS {
                self.violations.pop_last();
            }
        });
        self.violating += u64::from(wrong);
    }

    /// Nothing where it never occurred.
    pub(super) fn finish(self) -> Option<ObservedEvent> {
        if self.seen.count == 0 {
            return None;
        }
        let mut drift: Vec<_> = self
            .properties
            .iter()
            .flat_map(|(name, property)| drift::of(name, property, &self.seen, &self.times))
            .collect();
        drift.sort_by(|a, b| {
            b.at.cmp(&a.at).then_with(|| (&a.property, a.change).cmp(&(&b.property, b.change)))
        });
        let wanted = |property: &str, problem| {
            self.schema.as_ref().map(|schema| schema.wanted(property, problem)).unwrap_or_default()
        };
        let violations = self.violations.into_iter().map(|((property, problem), found)| ObservedViolation {
            wanted: wanted(&property, problem),
            property: property.into(),
            problem,
            seen: found.seen,
            sample: found.sample,
        });
        Some(ObservedEvent {
            seen: self.seen,
            drift,
            violating: self.violating,
            violations: violations.collect(),
            properties: self
                .properties
                .into_iter()
                .map(|(name, property)| property.finish(name.into()))
                .collect(),
            name: self.name,
        })
    }
}
