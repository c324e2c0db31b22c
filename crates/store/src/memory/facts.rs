//! What a question is answered from: a site's events of a period, and what is known of their sessions.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use millrace_event::{Event, SessionId, SiteId, Timestamp, properties};
use millrace_query::{Dimension, Filter, Period, VisitDimension};

/// The name of the event that says that somebody saw a page.
pub(super) const PAGEVIEW: &str = "pageview";

/// Events of a site and their sessions.
pub(super) struct Facts<'a> {
    /// Those of the period, by time, those of one instant by arrival.
    pub(super) events: Vec<&'a Event>,
    sessions: HashMap<SessionId, Session<'a>>,
}

/// A session as a whole: its events of [`Period::of_sessions`].
pub(super) struct Session<'a> {
    /// The first page view, or the first event where there is none.
    pub(super) opening: &'a Event,
    /// The last page view.
    exit: Option<&'a Event>,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) events: u64,
    pub(super) pageviews: u64,
    pub(super) interactive: u64,
}

impl<'a> Facts<'a> {
    /// `events` come in order of arrival, of any site and time.
    pub(super) fn new(site: &SiteId, period: Period, events: impl Iterator<Item = &'a Event>) -> Self {
        let wider = period.of_sessions();
        let mut events: Vec<_> =
            events.filter(|event| &event.site == site && wider.contains(event.timestamp)).collect();
        // The sort is stable: of one instant, the first to arrive stays the first.
        events.sort_by_key(|event| event.timestamp);
        let mut of_sessions: HashMap<_, Vec<_>> = HashMap::new();
        for event in &events {
            of_sessions.entry(event.session).or_default().push(*event);
        }
        let sessions = of_sessions.into_iter().map(|(session, events)| (session, Session::new(&events)));
        let sessions = sessions.collect();
        events.retain(|event| period.contains(event.timestamp));
        Self { events, sessions }
    }

    /// The session of one of the events.
    pub(super) fn session(&self, event: &Event) -> &Session<'a> {
        &self.sessions[&event.session]
    }

    /// Of each event, whether it passes.
    pub(super) fn holds(&self, filter: &Filter) -> Vec<bool> {
        match filter {
            Filter::Is(dimension, values) => {
                self.shown_holds(dimension, |text| values.iter().any(|value| value == text))
            }
            Filter::Contains(dimension, values) => {
                self.shown_holds(dimension, |text| values.iter().any(|value| text.contains(value.as_str())))
            }
            Filter::Matches(dimension, patterns) => {
                self.shown_holds(dimension, |text| patterns.iter().any(|pattern| pattern.is_match(text)))
            }
            Filter::ScrolledTo(percent) => {
                self.each(|event| event.scroll_depth.is_some_and(|depth| depth >= *percent))
            }
            Filter::Reaches(goals) => self.any(goals.iter().map(|goal| &goal.filter)),
            Filter::HasDone(part) => {
                let passing = self.events.iter().zip(self.holds(part)).filter(|(_, holds)| *holds);
                let sessions: HashSet<_> = passing.map(|(event, _)| event.session).collect();
                self.each(|event| sessions.contains(&event.session))
            }
            Filter::Or(parts) => self.any(parts.iter()),
            Filter::And(parts) => {
                let each: Vec<_> = parts.iter().map(|part| self.holds(part)).collect();
                (0..self.events.len()).map(|place| each.iter().all(|holds| holds[place])).collect()
            }
            Filter::Not(part) => self.holds(part).into_iter().map(|holds| !holds).collect(),
        }
    }

    /// The text of a dimension, what is shown in place of an absent one included; none of a time or a goal.
    pub(super) fn shown(&self, dimension: &Dimension, event: &'a Event) -> Option<Cow<'a, str>> {
        let text = match dimension {
            Dimension::Name => Some(Cow::from(&*event.name)),
            Dimension::Page => event.path.as_deref().map(Cow::from),
            Dimension::Hostname => event.host.as_deref().map(Cow::from),
            Dimension::Element => event.element.as_deref().map(Cow::from),
            Dimension::Property(key) => {
                properties::get(&event.properties, key).map(properties::Value::into_text)
            }
            Dimension::Visit(dimension) => self.session(event).text(*dimension).map(Cow::from),
            Dimension::Goal | Dimension::Time(_) => None,
        };
        text.or(dimension.missing().map(Cow::from))
    }

    fn each(&self, holds: impl Fn(&Event) -> bool) -> Vec<bool> {
        self.events.iter().map(|event| holds(event)).collect()
    }

    fn shown_holds(&self, dimension: &Dimension, holds: impl Fn(&str) -> bool) -> Vec<bool> {
        let shown = self.events.iter().map(|event| self.shown(dimension, event));
        shown.map(|text| text.is_some_and(|text| holds(&text))).collect()
    }

    fn any<'f>(&self, filters: impl Iterator<Item = &'f Filter>) -> Vec<bool> {
        let each: Vec<_> = filters.map(|filter| self.holds(filter)).collect();
        (0..self.events.len()).map(|place| each.iter().any(|holds| holds[place])).collect()
    }
}

impl<'a> Session<'a> {
    /// `events` by time and arrival, at least one.
    fn new(events: &[&'a Event]) -> Self {
        let mut pageviews = events.iter().filter(|event| event.name == PAGEVIEW);
        Self {
            opening: pageviews.clone().next().unwrap_or(&events[0]),
            exit: pageviews.clone().next_back().copied(),
            start: events[0].timestamp,
            end: events[events.len() - 1].timestamp,
            events: events.len() as u64,
            pageviews: pageviews.by_ref().count() as u64,
            interactive: events.iter().filter(|event| event.interactive).count() as u64,
        }
    }

    /// At most one of its events is interactive.
    pub(super) fn is_bounce(&self) -> bool {
        self.interactive <= 1
    }

    /// Milliseconds from the first event to the last.
    pub(super) fn length(&self) -> i64 {
        self.end.as_millis() - self.start.as_millis()
    }

    /// What is known of it; absent as it is.
    pub(super) fn text(&self, dimension: VisitDimension) -> Option<&'a str> {
        let event = self.opening;
        match dimension {
            VisitDimension::Source => event.source.as_deref(),
            VisitDimension::Referrer => event.referrer.as_deref(),
            VisitDimension::Channel => event.channel.map(|channel| channel.as_str()),
            VisitDimension::UtmMedium => event.utm.medium.as_deref(),
            VisitDimension::UtmSource => event.utm.source.as_deref(),
            VisitDimension::UtmCampaign => event.utm.campaign.as_deref(),
            VisitDimension::UtmContent => event.utm.content.as_deref(),
            VisitDimension::UtmTerm => event.utm.term.as_deref(),
            VisitDimension::EntryPage => event.path.as_deref().filter(|_| event.name == PAGEVIEW),
            VisitDimension::ExitPage => self.exit?.path.as_deref(),
            VisitDimension::Country => event.place.country.as_ref().map(|country| country.as_str()),
            VisitDimension::Region => event.place.region.as_deref(),
            VisitDimension::City => event.place.city.as_deref(),
            VisitDimension::Device => event.agent.device.map(|device| device.as_str()),
            VisitDimension::Browser => event.agent.browser.as_deref(),
            VisitDimension::BrowserVersion => event.agent.browser_version.as_deref(),
            VisitDimension::Os => event.agent.os.as_deref(),
            VisitDimension::OsVersion => event.agent.os_version.as_deref(),
            VisitDimension::Screen => event.screen_class.map(|class| class.as_str()),
            VisitDimension::Language => event.language.as_deref(),
        }
    }
}
