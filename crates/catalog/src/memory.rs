//! A catalog that lasts as long as its process, for the tests of other crates. It passes the conformance suite.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::tz::TimeZone;
use millrace_event::{SiteId, Timestamp};

use crate::key::{Key, KeyHash, KeyId, KeyKind, NewKey, random};
use crate::named::{self, Named};
use crate::salts::oldest_kept;
use crate::{
    Catalog, CatalogError, DeclaredSchema, Directory, NewAnnotation, NewGoal, NewSchema, NewSegment, Salt,
    SavedAnnotation, SavedGoal, SavedSegment, Site, SiteChange, SiteSettings,
};

/// A catalog of these sites, and of these keys: secret (any text), site, kind.
pub fn fixed<'a>(
    sites: impl IntoIterator<Item = Site>,
    keys: impl IntoIterator<Item = (&'a str, &'a str, KeyKind)>,
) -> MemoryCatalog {
    let catalog = MemoryCatalog::default();
    {
        let mut state = catalog.state();
        state.sites.extend(sites);
        for (secret, site, kind) in keys {
            let site = SiteId::new(site.to_owned()).expect("a valid site id");
            let mut key = NewKey::generate(site, kind, Timestamp::now()).key;
            key.hint = secret.chars().take(crate::key::HINT_CHARS).collect();
            state.keys.push((KeyHash::of(secret), key));
        }
    }
    catalog
}

/// A public site in UTC that takes events without a key; change the fields that matter to a test.
pub fn site(id: &str) -> Site {
    Site {
        id: SiteId::new(id.to_owned()).expect("a valid site id"),
        timezone: TimeZone::UTC,
        public: true,
        require_key: false,
        created_at: Timestamp::now(),
        settings: SiteSettings::default(),
    }
}

/// See [`fixed`]; `MemoryCatalog::default()` is an empty one.
#[derive(Default)]
pub struct MemoryCatalog(Mutex<State>);

#[derive(Default)]
struct State {
    sites: Vec<Site>,
    keys: Vec<(KeyHash, Key)>,
    schemas: Vec<(SiteId, DeclaredSchema)>,
    goals: Numbered<SavedGoal>,
    segments: Numbered<SavedSegment>,
    annotations: Numbered<SavedAnnotation>,
    salts: HashMap<i64, u128>,
}

/// Goals, segments or annotations of all sites, and the last number of each site.
struct Numbered<T> {
    all: Vec<(SiteId, T)>,
    last: HashMap<SiteId, u32>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { all: Vec::new(), last: HashMap::new() }
    }
}

impl<T: Named> Numbered<T> {
    /// Adds what `saved` makes of the next number.
    fn add(&mut self, site: &SiteId, saved: impl FnOnce(u32) -> T) -> Result<u32, CatalogError> {
        let next = self.last.get(site).copied().unwrap_or_default() + 1;
        let saved = saved(next);
        self.check_name(site, &saved)?;
        self.last.insert(site.clone(), next);
        self.all.push((site.clone(), saved));
        Ok(next)
    }

    fn replace(&mut self, site: &SiteId, id: u32, saved: impl FnOnce(&T) -> T) -> Result<bool, CatalogError> {
        let Some(place) = self.all.iter().position(|(of, one)| of == site && one.id() == id) else {
            return Ok(false);
        };
        let saved = saved(&self.all[place].1);
        self.check_name(site, &saved)?;
        self.all[place].1 = saved;
        Ok(true)
    }

    fn remove(&mut self, site: &SiteId, id: u32) -> bool {
        let before = self.all.len();
        self.all.retain(|(of, one)| of != site || one.id() != id);
        self.all.len() < before
    }

    fn remove_site(&mut self, site: &SiteId) {
        self.all.retain(|(of, _)| of != site);
        self.last.remove(site);
    }

    fn check_name(&self, site: &SiteId, new: &T) -> Result<(), CatalogError> {
        let Some(name) = new.name() else { return Ok(()) };
        let has = |(of, one): &(SiteId, T)| of == site && one.name() == Some(name) && one.id() != new.id();
        if self.all.iter().any(has) { Err(named::taken::<T>(site, name)) } else { Ok(()) }
    }
}

impl State {
    fn check_site(&self, site: &SiteId) -> Result<(), CatalogError> {
        let known = self.sites.iter().any(|known| known.id == *site);
        known.then_some(()).ok_or_else(|| CatalogError::UnknownSite(site.clone()))
    }
}

impl MemoryCatalog {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for MemoryCatalog {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("MemoryCatalog")
    }
}

#[async_trait]
impl Catalog for MemoryCatalog {
    fn directory(&self) -> Arc<Directory> {
        let state = self.state();
        let valid = state.keys.iter().filter(|(_, key)| key.revoked_at.is_none());
        let keys = valid.map(|(hash, key)| (*hash, key.id.clone(), key.site.clone(), key.kind));
        let directory = Directory::new(state.sites.clone(), keys)
            .with_schemas(state.schemas.iter().cloned())
            .with_goals(state.goals.all.iter().cloned())
            .with_segments(state.segments.all.iter().cloned())
            .with_annotations(state.annotations.all.iter().cloned());
        Arc::new(directory)
    }

    async fn refresh(&self) -> Result<(), CatalogError> {
        Ok(())
    }

    async fn add_site(&self, site: &Site) -> Result<(), CatalogError> {
        let mut state = self.state();
        if state.sites.iter().any(|other| other.id == site.id) {
            return Err(CatalogError::SiteExists(site.id.clone()));
        }
        state.sites.push(site.clone());
        Ok(())
    }

    async fn change_site(&self, site: &SiteId, change: &SiteChange) -> Result<(), CatalogError> {
        let mut state = self.state();
        let known = state.sites.iter_mut().find(|known| known.id == *site);
        let known = known.ok_or_else(|| CatalogError::UnknownSite(site.clone()))?;
        if let Some(timezone) = &change.timezone {
            known.timezone = timezone.clone();
        }
        known.public = change.public.unwrap_or(known.public);
        known.require_key = change.require_key.unwrap_or(known.require_key);
        Ok(())
    }

    async fn set_schema(&self, site: &SiteId, schema: &NewSchema) -> Result<(), CatalogError> {
        schema.check_room(site, &self.directory())?;
        let mut state = self.state();
        state.check_site(site)?;
        let known =
            |(of, declared): &&mut (SiteId, DeclaredSchema)| of == site && *declared.name == *schema.name();
        match state.schemas.iter_mut().find(known) {
            Some((_, declared)) => *declared = schema.declared(Some(declared), Timestamp::now()),
            None => state.schemas.push((site.clone(), schema.declared(None, Timestamp::now()))),
        }
        Ok(())
    }

    async fn remove_schema(&self, site: &SiteId, name: &str) -> Result<bool, CatalogError> {
        let mut state = self.state();
        let before = state.schemas.len();
        state.schemas.retain(|(of, declared)| of != site || &*declared.name != name);
        Ok(state.schemas.len() < before)
    }

    async fn add_goal(&self, site: &SiteId, goal: &NewGoal) -> Result<u32, CatalogError> {
        named::check_room(site, self.directory().goals(site).all())?;
        let mut state = self.state();
        state.check_site(site)?;
        state.goals.add(site, |id| goal.saved(id, None, Timestamp::now()))
    }

    async fn replace_goal(&self, site: &SiteId, id: u32, goal: &NewGoal) -> Result<bool, CatalogError> {
        let saved = |before: &SavedGoal| goal.saved(id, Some(before.created_at), Timestamp::now());
        self.state().goals.replace(site, id, saved)
    }

    async fn remove_goal(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
        Ok(self.state().goals.remove(site, id))
    }

    async fn add_segment(&self, site: &SiteId, segment: &NewSegment) -> Result<u32, CatalogError> {
        named::check_room(site, self.directory().segments(site).all())?;
        let mut state = self.state();
        state.check_site(site)?;
        state.segments.add(site, |id| segment.saved(id, None, Timestamp::now()))
    }

    async fn replace_segment(
        &self,
        site: &SiteId,
        id: u32,
        segment: &NewSegment,
    ) -> Result<bool, CatalogError> {
        let saved = |before: &SavedSegment| segment.saved(id, Some(before.created_at), Timestamp::now());
        self.state().segments.replace(site, id, saved)
    }

    async fn remove_segment(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
        Ok(self.state().segments.remove(site, id))
    }

    async fn add_annotation(&self, site: &SiteId, annotation: &NewAnnotation) -> Result<u32, CatalogError> {
        named::check_room(site, self.directory().annotations(site).all())?;
        let mut state = self.state();
        state.check_site(site)?;
        state.annotations.add(site, |id| annotation.saved(id, Timestamp::now()))
    }

    async fn replace_annotation(
        &self,
        site: &SiteId,
        id: u32,
        annotation: &NewAnnotation,
    ) -> Result<bool, CatalogError> {
        let saved = |before: &SavedAnnotation| annotation.saved(id, before.created_at);
        self.state().annotations.replace(site, id, saved)
    }

    async fn remove_annotation(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
        Ok(self.state().annotations.remove(site, id))
    }

    async fn remove_site(&self, site: &SiteId) -> Result<bool, CatalogError> {
        let mut state = self.state();
        let before = state.sites.len();
        state.sites.retain(|other| other.id != *site);
        state.keys.retain(|(_, key)| key.site != *site);
        state.schemas.retain(|(of, _)| of != site);
        state.goals.remove_site(site);
        state.segments.remove_site(site);
        state.annotations.remove_site(site);
        Ok(state.sites.len() < before)
    }

    async fn set_settings(&self, site: &SiteId, settings: &SiteSettings) -> Result<(), CatalogError> {
        let mut state = self.state();
        let known = state.sites.iter_mut().find(|known| known.id == *site);
        known.ok_or_else(|| CatalogError::UnknownSite(site.clone()))?.settings = settings.clone();
        Ok(())
    }

    async fn add_key(&self, site: &SiteId, kind: KeyKind) -> Result<NewKey, CatalogError> {
        let mut state = self.state();
        state.check_site(site)?;
        let new = NewKey::generate(site.clone(), kind, Timestamp::now());
        state.keys.push((new.hash(), new.key.clone()));
        Ok(new)
    }

    async fn keys(&self, site: Option<&SiteId>) -> Result<Vec<Key>, CatalogError> {
        let state = self.state();
        let of_site = state.keys.iter().filter(|(_, key)| site.is_none_or(|site| key.site == *site));
        Ok(of_site.map(|(_, key)| key.clone()).collect())
    }

    async fn revoke_key(&self, key: &KeyId) -> Result<bool, CatalogError> {
        let mut state = self.state();
        let valid = state.keys.iter_mut().find(|(_, other)| other.id == *key && other.revoked_at.is_none());
        let Some((_, key)) = valid else { return Ok(false) };
        key.revoked_at = Some(Timestamp::now());
        Ok(true)
    }

    async fn salt(&self, utc_day: i64, now: Timestamp) -> Result<Salt, CatalogError> {
        let mut state = self.state();
        let oldest = oldest_kept(now);
        state.salts.retain(|day, _| *day >= oldest);
        if utc_day < oldest {
            return Err(CatalogError::SaltDeleted(utc_day));
        }
        let made = || u128::from_le_bytes(random());
        Ok(Salt { utc_day, secret: *state.salts.entry(utc_day).or_insert_with(made) })
    }
}
