//! Walks and lists over the events of a selection.

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures::{StreamExt, stream};
use millrace_event::{Event, SessionId, SiteId, Timestamp, VisitorId};
use millrace_query::{By, Selection, Steps, Subject, VisitDimension, Walk};

use super::facts::{Facts, PAGEVIEW};
use super::{MemoryStore, live};
use crate::lists::{
    ArrivalList, EventList, EventReader, EventStream, LiveFigures, LiveQuestion, SessionSummary, SqlAnswer,
    SqlQuestion, StepStream, SubjectList, VisitorSummary,
};
use crate::{Cursor, StoreError};

/// Few, so that whoever reads a walk meets the end of a piece in the middle of a subject.
const STEPS_A_PIECE: usize = 100;
const EVENTS_A_PIECE: usize = 100;

#[async_trait]
impl EventReader for MemoryStore {
    async fn walk(&self, asked: &Walk) -> Result<StepStream, StoreError> {
        let pieces = walk(asked, &self.counted(&asked.selection.site));
        Ok(stream::iter(pieces.into_iter().map(Ok)).boxed())
    }

    async fn events(&self, list: &EventList) -> Result<EventStream, StoreError> {
        let pieces = events(list, &self.counted(&list.selection.site));
        Ok(stream::iter(pieces.into_iter().map(Ok)).boxed())
    }

    async fn sessions(&self, list: &SubjectList) -> Result<Vec<SessionSummary>, StoreError> {
        Ok(sessions(list, &self.counted(&list.selection.site)))
    }

    async fn visitors(&self, list: &SubjectList) -> Result<Vec<VisitorSummary>, StoreError> {
        Ok(visitors(list, &self.counted(&list.selection.site)))
    }

    async fn span(&self, site: &SiteId) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        let state = self.state.lock();
        let times = || state.of_site(site).map(|(_, event)| event.timestamp);
        Ok(times().min().zip(times().max()))
    }

    async fn live(&self, question: &LiveQuestion) -> Result<LiveFigures, StoreError> {
        Ok(live::figures(question, &self.counted(&question.selection.site)))
    }

    async fn arrivals(&self, list: &ArrivalList) -> Result<Vec<(Cursor, Event)>, StoreError> {
        let (arrived, events): (Vec<_>, Vec<_>) = {
            let state = self.state.lock();
            let of_site = state.of_site(&list.selection.site);
            of_site.map(|(place, event)| (*place, state.links.counted(event))).unzip()
        };
        Ok(live::arrivals(list, &arrived, &events))
    }

    async fn sql(&self, _: &SqlQuestion) -> Result<SqlAnswer, StoreError> {
        Err(StoreError::Invalid("the store in memory has no SQL".to_owned()))
    }
}

/// A selection over `events`, which come in order of arrival: all that is known, and the events that pass by their
/// places in [`Facts::events`].
pub(super) fn select<'a>(selection: &Selection, events: &'a [Event]) -> (Facts<'a>, Vec<usize>) {
    let facts = Facts::new(&selection.site, selection.period, events.iter());
    let passing = facts.holds(&selection.filter);
    let is_of_subject = |event: &Event| match selection.subject {
        None => true,
        Some(Subject::Session(session)) => event.session == session,
        Some(Subject::Visitor(visitor)) => event.visitor == visitor,
    };
    let places =
        (0..facts.events.len()).filter(|place| passing[*place] && is_of_subject(facts.events[*place]));
    let places = places.collect();
    (facts, places)
}

fn walk(walk: &Walk, events: &[Event]) -> Vec<Steps> {
    let (facts, mut places) = select(&walk.selection, events);
    let marks: Vec<_> = walk.marks.iter().map(|mark| facts.holds(mark)).collect();
    let marks_of = |place: usize| {
        marks.iter().enumerate().fold(0, |bits, (bit, holds)| bits | u32::from(holds[place]) << bit)
    };
    let subject = |place: usize| match walk.by {
        By::Visitor => facts.events[place].visitor.0,
        By::Session => facts.events[place].session.0,
    };
    places.retain(|place| !walk.marked_only || marks_of(*place) != 0);
    // They come by time and arrival, and the sort is stable.
    places.sort_by_key(|place| subject(*place));
    let piece = |places: &[usize]| Steps {
        subjects: places.iter().map(|place| subject(*place)).collect(),
        timestamps: places.iter().map(|place| facts.events[*place].timestamp.as_millis()).collect(),
        marks: places.iter().map(|place| marks_of(*place)).collect(),
        labels: walk.label.as_ref().map_or_else(Vec::new, |label| {
            let shown = places.iter().map(|place| {
                let first = walk.first_mark_label.as_ref().filter(|_| marks_of(*place) & 1 == 1);
                facts.shown(first.unwrap_or(label), facts.events[*place])
            });
            shown.map(|text| text.map(|text| text.into_owned().into())).collect()
        }),
    };
    places.chunks(STEPS_A_PIECE).map(piece).collect()
}

fn events(list: &EventList, events: &[Event]) -> Vec<Vec<Event>> {
    let (facts, mut places) = select(&list.selection, events);
    if list.newest_first {
        places.reverse();
    }
    let asked = places.into_iter().skip(list.offset).take(list.limit.unwrap_or(usize::MAX));
    let asked: Vec<_> = asked.map(|place| facts.events[place].clone()).collect();
    asked.chunks(EVENTS_A_PIECE).map(<[Event]>::to_vec).collect()
}

fn sessions(list: &SubjectList, events: &[Event]) -> Vec<SessionSummary> {
    let (facts, places) = select(&list.selection, events);
    let by_number: BTreeMap<SessionId, _> = places
        .into_iter()
        .map(|place| (facts.events[place].session, facts.session(facts.events[place])))
        .collect();
    let mut sessions: Vec<_> = by_number
        .into_iter()
        .map(|(number, session)| SessionSummary {
            session: number,
            visitor: session.opening.visitor,
            user_id: session.opening.user_id.clone(),
            start: session.start,
            end: session.end,
            events: session.events,
            pageviews: session.pageviews,
            interactive: session.interactive,
            dimensions: VisitDimension::ALL
                .iter()
                .map(|dimension| session.text(*dimension).map(Into::into))
                .collect(),
        })
        .collect();
    // They come by number, and the sort is stable.
    sessions.sort_by_key(|session| std::cmp::Reverse(session.start));
    sessions.into_iter().skip(list.offset).take(list.limit).collect()
}

fn visitors(list: &SubjectList, events: &[Event]) -> Vec<VisitorSummary> {
    let (facts, places) = select(&list.selection, events);
    let mut by_number: BTreeMap<VisitorId, Vec<&Event>> = BTreeMap::new();
    for place in places {
        by_number.entry(facts.events[place].visitor).or_default().push(facts.events[place]);
    }
    let mut visitors: Vec<_> = by_number
        .into_iter()
        .map(|(visitor, events)| VisitorSummary {
            visitor,
            user_id: events.iter().filter_map(|event| event.user_id.clone()).max(),
            // By time, and at least one.
            first: events[0].timestamp,
            last: events[events.len() - 1].timestamp,
            sessions: events
                .iter()
                .map(|event| event.session)
                .collect::<std::collections::BTreeSet<_>>()
                .len() as u64,
            events: events.len() as u64,
            pageviews: events.iter().filter(|event| event.name == PAGEVIEW).count() as u64,
        })
        .collect();
    visitors.sort_by_key(|visitor| std::cmp::Reverse(visitor.last));
    visitors.into_iter().skip(list.offset).take(list.limit).collect()
}
