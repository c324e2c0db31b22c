//! What the client sent, in one form: the page taken apart into host, path and campaign, the referrer kept where it
//! is another host's web URL. Event names and field names were brought into one form when the payload was parsed.

use std::borrow::Cow;

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::Utm;
use millrace_event::page::{self, Page};

use super::Step;
use crate::{Draft, Verdict};

pub(super) struct Normalise;

#[async_trait]
impl Step for Normalise {
    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        let event = &mut draft.event;
        if let Some(url) = &draft.url {
            let page = Page::take_apart(url);
            let part = |part: Option<Cow<'_, str>>| part.map(|part| share(url, part));
            event.host = part(page.host);
            event.path = Some(share(url, page.path));
            event.utm = Utm {
                source: part(page.utm_source),
                medium: part(page.utm_medium),
                campaign: part(page.utm_campaign),
                content: part(page.utm_content),
                term: part(page.utm_term),
            };
        }
        if let Some(sent) = event.referrer.take() {
            event.referrer = page::referrer(&sent, event.host.as_deref()).map(|kept| share(&sent, kept));
        }
        Verdict::Keep
    }
}

/// `part` of `whole` without a copy, where it is one.
fn share(whole: &ByteString, part: Cow<'_, str>) -> ByteString {
    match part {
        Cow::Borrowed(part) => whole.slice_ref(part),
        Cow::Owned(part) => part.into(),
    }
}
