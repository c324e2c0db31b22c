//! Which site a request is about, and whether its sender may read that site's reports.
//!
//! The site is the one of `site_id`; without it the key's, or the only one there is. A public site may be read by
//! anyone, whatever key comes along. Any other needs a read or admin key of its own.
//!
//! An unknown site is a 404 and a private one a 401, so that a stranger can tell whether a name is taken. That is
//! what the wire format promises, and ids are no secrets: every page that sends events shows its own.

use std::sync::Arc;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use millrace_catalog::key::KeyKind;
use millrace_catalog::{Directory, Grant, Site};

use crate::error::Failure;

/// The site that is asked about, if the caller may read it.
pub(crate) fn readable_site(
    directory: &Directory,
    site_id: Option<&str>,
    headers: &HeaderMap,
) -> Result<Arc<Site>, Failure> {
    let Named { site, key, grant } = named_site(directory, site_id, headers)?;
    if site.public {
        return Ok(Arc::clone(site));
    }
    match kind_of_key(key, grant, site)? {
        KeyKind::Read | KeyKind::Admin => Ok(Arc::clone(site)),
        KeyKind::Write => Err(Failure::KeyCannotRead),
    }
}

/// The site that is asked about, if the caller holds a key that may read it; that it is public is not enough.
pub(crate) fn held_named_site(
    directory: &Directory,
    site_id: Option<&str>,
    headers: &HeaderMap,
) -> Result<Arc<Site>, Failure> {
    let Named { site, .. } = named_site(directory, site_id, headers)?;
    held_site(directory, site.id.as_str(), headers)
}

/// The site that is asked about, if the caller holds its admin key, which SQL of somebody's own needs.
pub(crate) fn administered_named_site(
    directory: &Directory,
    site_id: Option<&str>,
    headers: &HeaderMap,
) -> Result<Arc<Site>, Failure> {
    let Named { site, .. } = named_site(directory, site_id, headers)?;
    administered_site(directory, site.id.as_str(), headers).map_err(|failure| match failure {
        Failure::KeyCannotChange => Failure::KeyCannotAsk,
        failure => failure,
    })
}

/// A site that is asked about, with the key that came along and what that opens.
struct Named<'a> {
    site: &'a Arc<Site>,
    key: Option<&'a str>,
    grant: Option<&'a Grant>,
}

/// The site that is asked about, whoever asks.
fn named_site<'a>(
    directory: &'a Directory,
    site_id: Option<&str>,
    headers: &'a HeaderMap,
) -> Result<Named<'a>, Failure> {
    let key = presented_key(headers);
    let grant = key.and_then(|key| directory.grant(key));
    let site = match site_id {
        Some("") => return Err(Failure::SiteMissing),
        Some(id) => directory.site(id).ok_or(Failure::SiteUnknown)?,
        None => match (grant, directory.only_site()) {
            (Some(grant), _) => &grant.site,
            (None, Some(site)) => site,
            (None, None) if key.is_some() => return Err(Failure::KeyUnknown),
            (None, None) => return Err(Failure::SiteMissing),
        },
    };
    Ok(Named { site, key, grant })
}

/// The site of a path, if the caller holds a key that may read it; that it is public is not enough.
pub(crate) fn held_site(directory: &Directory, id: &str, headers: &HeaderMap) -> Result<Arc<Site>, Failure> {
    let site = directory.site(id).ok_or(Failure::SiteUnknown)?;
    let key = presented_key(headers);
    match kind_of_key(key, key.and_then(|key| directory.grant(key)), site)? {
        KeyKind::Read | KeyKind::Admin => Ok(Arc::clone(site)),
        KeyKind::Write => Err(Failure::KeyCannotRead),
    }
}

/// The site of a path, if the caller holds its admin key.
pub(crate) fn administered_site(
    directory: &Directory,
    id: &str,
    headers: &HeaderMap,
) -> Result<Arc<Site>, Failure> {
    let site = directory.site(id).ok_or(Failure::SiteUnknown)?;
    let key = presented_key(headers);
    match kind_of_key(key, key.and_then(|key| directory.grant(key)), site)? {
        KeyKind::Admin => Ok(Arc::clone(site)),
        KeyKind::Read | KeyKind::Write => Err(Failure::KeyCannotChange),
    }
}

/// What the key is for, if it is one of the site's.
fn kind_of_key(key: Option<&str>, grant: Option<&Grant>, site: &Site) -> Result<KeyKind, Failure> {
    let Some(grant) = grant else {
        return Err(if key.is_some() { Failure::KeyUnknown } else { Failure::KeyMissing });
    };
    if grant.site.id != site.id {
        return Err(Failure::KeyOfAnotherSite);
    }
    Ok(grant.kind)
}

/// What the key that came along opens, whatever the request is about.
pub(crate) fn presented_grant<'a>(directory: &'a Directory, headers: &HeaderMap) -> Option<&'a Grant> {
    directory.grant(presented_key(headers)?)
}

/// The key of `X-API-Key`, else of `Authorization: Bearer`. One that is not even text is an unknown key, not none.
fn presented_key(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get("x-api-key") {
        let key = value.to_str().unwrap_or("?").trim();
        if !key.is_empty() {
            return Some(key);
        }
    }
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.trim().split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}
