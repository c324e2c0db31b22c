//! Who may send events to which site.

use std::sync::Arc;

use millrace_catalog::key::KeyKind;
use millrace_catalog::{Directory, Grant, Site};
use millrace_event::SiteId;
use millrace_event::payload::{Rejection, Trust};

use crate::Refusal;

/// What a request may do, by its key and one snapshot of the catalog.
#[derive(Debug)]
pub(crate) struct Admission<'d> {
    directory: &'d Directory,
    grant: Option<&'d Grant>,
    operator: bool,
}

impl<'d> Admission<'d> {
    /// Recognises the key, where there is one. An unknown key is refused whatever else the request says: a 2xx for
    /// it would be a silent loss.
    pub(crate) fn new(directory: &'d Directory, key: Option<&str>, operator: bool) -> Result<Self, Refusal> {
        let Some(key) = key else { return Ok(Self { directory, grant: None, operator }) };
        let grant = directory.grant(key).ok_or(Refusal::KeyUnknown)?;
        match grant.kind {
            KeyKind::Write | KeyKind::Admin => Ok(Self { directory, grant: Some(grant), operator }),
            KeyKind::Read => Err(Refusal::KeyReadOnly),
        }
    }

    /// Every key is a secret one; who holds it may speak for others.
    pub(crate) fn trust(&self) -> Trust {
        Trust { secret_key: self.grant.is_some() || self.operator }
    }

    /// The site of an event that names `named`.
    pub(crate) fn site(&self, named: Option<&str>) -> Result<&'d SiteId, Rejection> {
        let site = match (self.grant, named) {
            (Some(grant), None) => &grant.site,
            (Some(grant), Some(named)) if grant.site.id.as_str() == named => &grant.site,
            (Some(_), Some(_)) => return Err(key_of_another_site()),
            (None, Some(named)) if self.operator => self.directory.site(named).ok_or_else(site_unknown)?,
            (None, Some(named)) => open(self.directory.site(named).ok_or_else(site_unknown)?)?,
            (None, None) => {
                self.directory.only_site().filter(|site| !site.require_key).ok_or_else(site_missing)?
            }
        };
        Ok(&site.id)
    }
}

/// The site that a token opens, and what its bearer is trusted with.
pub(crate) type Opened<'d> = (&'d SiteId, Trust);

impl<'d> Admission<'d> {
    /// The site that a word of another system's client opens: a key of ours, or the id of a site that takes events
    /// without one. With a key of ours in the headers, the word has to be that key or its site.
    pub(crate) fn token(&self, token: Option<&str>) -> Result<Opened<'d>, Rejection> {
        let Some(token) = token.map(str::trim).filter(|token| !token.is_empty()) else {
            return if self.grant.is_some() {
                Ok((self.site(None)?, self.trust()))
            } else {
                Err(token_missing())
            };
        };
        // Jitsu's keys are two words; ours is the second.
        let secret = token.rsplit_once(':').map_or(token, |(_, secret)| secret);
        let grant = self.directory.grant(token).or_else(|| self.directory.grant(secret));
        match (self.grant, grant) {
            (Some(own), Some(grant)) if own.site.id != grant.site.id => Err(key_of_another_site()),
            (_, Some(grant)) if grant.kind == KeyKind::Read => Err(key_read_only()),
            (_, Some(grant)) => Ok((&grant.site.id, Trust { secret_key: true })),
            (None, None) if self.directory.site(token).is_none() => Err(token_unknown()),
            (_, None) => Ok((self.site(Some(token))?, self.trust())),
        }
    }
}

/// Did the event fail here, and not by its own content?
pub(crate) fn is_of_admission(rejection: &Rejection) -> bool {
    matches!(
        rejection.code,
        "site_unknown"
            | "site_id_missing"
            | "key_missing"
            | "key_of_another_site"
            | "key_unknown"
            | "key_read_only"
    )
}

fn open(site: &Arc<Site>) -> Result<&Arc<Site>, Rejection> {
    if site.require_key {
        let message = "the site takes events with a key only: send X-API-Key or Authorization: Bearer";
        return Err(Rejection::of("key_missing", "site_id", message));
    }
    Ok(site)
}

fn site_unknown() -> Rejection {
    Rejection::of("site_unknown", "site_id", "there is no such site: add it with 'millrace site add'")
}

fn site_missing() -> Rejection {
    Rejection::of("site_id_missing", "site_id", "the event names no site: send site_id, or the key of a site")
}

fn key_of_another_site() -> Rejection {
    let message = "the key is of another site: leave site_id out, or send that site's own key";
    Rejection::of("key_of_another_site", "site_id", message)
}

fn token_missing() -> Rejection {
    let message = "the event names no site: send the id of a site, or a key made with 'millrace key add'";
    Rejection::of("key_missing", "site_id", message)
}

fn token_unknown() -> Rejection {
    let message =
        "there is no such site or key: send the id of a site, or a key made with 'millrace key add'";
    Rejection::of("key_unknown", "site_id", message)
}

fn key_read_only() -> Rejection {
    let message = "the key may read and not write: send one made with 'millrace key add --kind write'";
    Rejection::of("key_read_only", "site_id", message)
}
