//! What the client sent, in one form: the page taken apart into host, path and campaign, the referrer kept where it
//! is another host's web URL or an app, the language as BCP 47 writes it, the screen's class. Event names and field
//! names were brought into one form when the payload was parsed.
//!
//! A page has one name: the host without `www.`, the path without its query. A site's settings may keep `www.`, take
//! the slash off the path's end, and list query parameters that are part of the name.

mod language;

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_catalog::settings::Urls;
use millrace_catalog::{Catalog, Directory};
use millrace_event::page::{self, Page};
use millrace_event::{Screen, ScreenClass, Utm};

use super::{Step, StepError};
use crate::{Draft, Verdict};

pub(super) struct Normalise {
    catalog: Arc<dyn Catalog>,
    sites: Arc<Directory>,
    default: Urls,
}

impl Normalise {
    pub(super) fn new(catalog: Arc<dyn Catalog>) -> Self {
        Self { sites: catalog.directory(), catalog, default: Urls::default() }
    }
}

#[async_trait]
impl Step for Normalise {
    fn name(&self) -> &'static str {
        "normalise"
    }

    async fn prepare(&mut self, _: &[Draft]) -> Result<(), StepError> {
        self.sites = self.catalog.directory();
        Ok(())
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        let event = &mut draft.event;
        let urls = self.sites.site(event.site.as_str()).map_or(&self.default, |site| &site.settings.urls);
        if let Some(url) = &draft.url {
            let page = Page::take_apart(url);
            let part = |part: Option<Cow<'_, str>>| part.map(|part| share(url, part));
            event.host = page.host.map(|host| share(url, bare(host, urls)));
            event.path = Some(share(url, path(page.path, url, urls)));
            event.utm = Utm {
                source: part(page.utm_source),
                medium: part(page.utm_medium),
                campaign: part(page.utm_campaign),
                content: part(page.utm_content),
                term: part(page.utm_term),
            };
        }
        if let Some(sent) = event.referrer.take() {
            event.referrer = page::referrer(&sent, event.host.as_deref())
                .filter(|kept| !is_own(kept, urls))
                .map(|kept| share(&sent, kept));
        }
        event.language = event.language.take().and_then(|sent| language::language(&sent));
        event.screen_class = event.screen.map(screen_class);
        Verdict::Keep
    }
}

/// The host as it is stored.
fn bare<'a>(host: Cow<'a, str>, urls: &Urls) -> Cow<'a, str> {
    let worth = |rest: &&str| !urls.keep_www && rest.contains('.');
    match host {
        Cow::Borrowed(host) => host.strip_prefix("www.").filter(worth).unwrap_or(host).into(),
        Cow::Owned(host) => match host.strip_prefix("www.").filter(worth) {
            Some(rest) => rest.to_owned().into(),
            None => host.into(),
        },
    }
}

/// The path as it is stored. What could not be taken apart begins with no slash and stays as it is.
fn path<'a>(path: Cow<'a, str>, url: &str, urls: &Urls) -> Cow<'a, str> {
    if !path.starts_with('/') || (!urls.strip_trailing_slash && urls.query.is_empty()) {
        return path;
    }
    let mut path = path;
    if urls.strip_trailing_slash && path.len() > 1 && path.ends_with('/') {
        let kept = path.trim_end_matches('/').len().max(1);
        path = match path {
            Cow::Borrowed(path) => path[..kept].into(),
            Cow::Owned(path) => path[..kept].to_owned().into(),
        };
    }
    let listed = |pair: &&str| {
        let key = pair.split('=').next().unwrap_or_default();
        !key.is_empty() && urls.query.iter().any(|listed| listed == key)
    };
    let mut before = '?';
    for pair in page::query(url).split('&').filter(listed) {
        let path = path.to_mut();
        path.push(before);
        path.push_str(pair);
        before = '&';
    }
    path
}

/// Is the referrer on one of the hosts that the site's owner calls their own?
fn is_own(referrer: &str, urls: &Urls) -> bool {
    if urls.own_hosts.is_empty() {
        return false;
    }
    page::host(referrer)
        .is_some_and(|host| urls.own_hosts.iter().any(|own| super::internal::host_fits(own, &host)))
}

/// The class of a screen, by its width.
fn screen_class(screen: Screen) -> ScreenClass {
    match screen.width {
        0..576 => ScreenClass::Mobile,
        576..992 => ScreenClass::Tablet,
        992..1_440 => ScreenClass::Laptop,
        1_440.. => ScreenClass::Desktop,
    }
}

/// `part` without a copy, where it lies within `whole`. What is borrowed need not: the path of a URL without one is a
/// constant.
fn share(whole: &ByteString, part: Cow<'_, str>) -> ByteString {
    let within = |part: &str| {
        let (whole, part) = (whole.as_bytes().as_ptr_range(), part.as_bytes().as_ptr_range());
        whole.start <= part.start && part.end <= whole.end
    };
    match part {
        Cow::Borrowed(part) if within(part) => whole.slice_ref(part),
        part => part.into_owned().into(),
    }
}

#[cfg(test)]
mod tests;
