//! Where a visitor came from: the source's name, and the channel that Google Analytics 4 would sort it into.
//!
//! The campaign says it first (`utm_source`, `source`, `ref`), then a click id, then the referrer's host. Where none
//! of them says anything, nothing is known of this event: whether the session came directly is for its first event to
//! tell.

mod channel;
mod clicks;
mod lists;

use std::borrow::Cow;

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::{Channel, page};

use super::Step;
use crate::{Draft, Verdict};
use channel::Traffic;
use clicks::Click;
use lists::Lists;

pub(super) struct FindSource {
    lists: Lists,
}

impl FindSource {
    pub(super) fn new() -> Self {
        Self { lists: Lists::new() }
    }

    fn find(&self, draft: &Draft) -> Option<(ByteString, Channel)> {
        let event = &draft.event;
        let query = draft.url.as_deref().map(page::query).unwrap_or_default();
        let sent = Sent::read(query, event.utm.source.as_deref());
        let referrer = event.referrer.as_deref().and_then(|referrer| match page::package(referrer) {
            Some(app) => Some((Cow::Borrowed(app), self.lists.app(app))),
            None => page::host(referrer).map(|host| {
                let known = self.lists.host(&host);
                (host, known)
            }),
        });
        let campaign = event.utm.medium.as_deref().or(event.utm.campaign.as_deref());
        let nothing =
            sent.source.is_none() && sent.click.is_none() && campaign.is_none() && referrer.is_none();
        if nothing {
            return None;
        }
        let by_name = sent.source.as_deref().map(|source| self.lists.source(source));
        let known = match (&by_name, &sent.click, &referrer) {
            (Some(named), ..) => *named,
            (None, Some(click), Some((_, Some(known)))) if click.source == known.name => Some(*known),
            (None, Some(click), _) if click.paid || referrer.is_none() => self.lists.name(click.source),
            (None, _, Some((_, known))) => *known,
            (None, ..) => None,
        };
        let name = match (&sent.source, &sent.click, &referrer) {
            _ if known.is_some() => ByteString::from_static(known?.name),
            (Some(source), ..) => ByteString::from(source.trim()),
            (None, Some(click), _) if click.paid || referrer.is_none() => {
                ByteString::from_static(click.source)
            }
            (None, _, Some((host, _))) => ByteString::from(host.strip_prefix("www.").unwrap_or(host)),
            // A medium or a campaign alone: somebody's link, nobody knows whose.
            _ => ByteString::from_static(UNKNOWN),
        };
        let channel = channel::channel(&Traffic {
            source: sent.source.as_deref().unwrap_or_default(),
            kind: known.map(|known| known.kind),
            medium: event.utm.medium.as_deref(),
            campaign: event.utm.campaign.as_deref().unwrap_or_default(),
            // A click id that somebody's link still carries says nothing where the referrer tells the source.
            click: sent.click.filter(|click| click.paid || referrer.is_none() || sent.source.is_some()),
        });
        Some((name, channel))
    }
}

/// The source of a campaign that names none, as Google Analytics writes it.
const UNKNOWN: &str = "(not set)";

/// Bytes of a source that are kept.
const MOST_SOURCE: usize = 200;

/// What the page's query says of the source.
struct Sent<'a> {
    source: Option<Cow<'a, str>>,
    click: Option<&'static Click>,
}

impl<'a> Sent<'a> {
    fn read(query: &'a str, utm_source: Option<&'a str>) -> Self {
        let mut sent = Self { source: utm_source.map(Cow::Borrowed), click: None };
        let mut reference = None;
        if !query.is_empty() {
            for pair in query.split('&') {
                let Some((key, value)) = pair.split_once('=').filter(|(_, value)| !value.is_empty()) else {
                    continue;
                };
                match key {
                    "source" if sent.source.is_none() => sent.source = Some(page::decoded(value)),
                    "ref" if reference.is_none() => reference = Some(page::decoded(value)),
                    _ => sent.click = Click::better(sent.click, key),
                }
            }
        }
        sent.source = sent.source.or(reference).filter(|source| !source.trim().is_empty()).map(cut);
        sent
    }
}

fn cut(text: Cow<'_, str>) -> Cow<'_, str> {
    let end = text.floor_char_boundary(MOST_SOURCE);
    match text {
        Cow::Borrowed(text) => text[..end].into(),
        Cow::Owned(mut text) => {
            text.truncate(end);
            text.into()
        }
    }
}

#[async_trait]
impl Step for FindSource {
    fn name(&self) -> &'static str {
        "source"
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        if let Some((source, channel)) = self.find(draft) {
            draft.event.source = Some(source);
            draft.event.channel = Some(channel);
        }
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests;
