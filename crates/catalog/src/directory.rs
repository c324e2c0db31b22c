//! A snapshot of sites, keys, schemas, goals, segments and annotations for the hot path.
//!
//! Invariant: it holds no revoked key, so what is found may be used.

use std::collections::HashMap;
use std::sync::Arc;

use bytestring::ByteString;
use millrace_event::SiteId;

use crate::key::{KeyHash, KeyId, KeyKind};
use crate::settings::InvalidSettings;
use crate::{
    DeclaredSchema, SavedAnnotation, SavedGoal, SavedSegment, Site, SiteAnnotations, SiteGoals, SiteSchemas,
    SiteSegments, SiteSettings,
};

type BySite<T> = HashMap<ByteString, T, foldhash::fast::RandomState>;

/// Sites and valid keys at one moment.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    sites: BySite<Arc<Site>>,
    keys: HashMap<KeyHash, Grant, foldhash::fast::RandomState>,
    sorted: Vec<Arc<Site>>,
    own_paths: HashMap<String, OwnPath, foldhash::fast::RandomState>,
    // Each of sites that have some.
    schemas: BySite<SiteSchemas>,
    goals: BySite<SiteGoals>,
    segments: BySite<SiteSegments>,
    annotations: BySite<SiteAnnotations>,
}

/// What a site has at a path of its own, by [`SiteSettings::script`](crate::SiteSettings::script).
#[derive(Clone, Debug)]
pub enum OwnPath {
    /// The browser script of this site.
    Script(Arc<Site>),
    /// Where its script sends events.
    Events,
}

/// What a key allows.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The key's public name.
    pub key: KeyId,
    /// The key's site.
    pub site: Arc<Site>,
    /// What may be done with it.
    pub kind: KeyKind,
}

impl Directory {
    /// A snapshot of `sites` and of their keys; a key of a site that is not among them opens nothing.
    pub fn new(
        sites: impl IntoIterator<Item = Site>,
        keys: impl IntoIterator<Item = (KeyHash, KeyId, SiteId, KeyKind)>,
    ) -> Self {
        let mut sorted: Vec<Arc<Site>> = sites.into_iter().map(Arc::new).collect();
        sorted.sort_by(|a, b| a.id.cmp(&b.id));
        let sites: HashMap<_, _, _> =
            sorted.iter().map(|site| (site.id.text().clone(), Arc::clone(site))).collect();
        let keys = keys.into_iter().filter_map(|(hash, key, site, kind)| {
            sites.get(site.as_str()).map(|site| (hash, Grant { key, site: Arc::clone(site), kind }))
        });
        let own_paths = own_paths(&sorted);
        Self { keys: keys.collect(), own_paths, sites, sorted, ..Self::default() }
    }

    /// It with these schemas.
    #[must_use]
    pub fn with_schemas(mut self, schemas: impl IntoIterator<Item = (SiteId, DeclaredSchema)>) -> Self {
        self.schemas = by_site(schemas, SiteSchemas::new);
        self
    }

    /// It with these goals.
    #[must_use]
    pub fn with_goals(mut self, goals: impl IntoIterator<Item = (SiteId, SavedGoal)>) -> Self {
        self.goals = by_site(goals, SiteGoals::new);
        self
    }

    /// It with these segments.
    #[must_use]
    pub fn with_segments(mut self, segments: impl IntoIterator<Item = (SiteId, SavedSegment)>) -> Self {
        self.segments = by_site(segments, SiteSegments::new);
        self
    }

    /// It with these annotations.
    #[must_use]
    pub fn with_annotations(
        mut self,
        annotations: impl IntoIterator<Item = (SiteId, SavedAnnotation)>,
    ) -> Self {
        self.annotations = by_site(annotations, SiteAnnotations::new);
        self
    }

    /// What a site has declared of its events.
    pub fn schemas(&self, site: &SiteId) -> &SiteSchemas {
        // Where no site has any, this does not even hash.
        self.schemas.get(site.as_str()).unwrap_or_else(|| SiteSchemas::none())
    }

    /// The goals of a site.
    pub fn goals(&self, site: &SiteId) -> &SiteGoals {
        self.goals.get(site.as_str()).unwrap_or_else(|| SiteGoals::none())
    }

    /// The segments of a site.
    pub fn segments(&self, site: &SiteId) -> &SiteSegments {
        self.segments.get(site.as_str()).unwrap_or_else(|| SiteSegments::none())
    }

    /// The annotations of a site.
    pub fn annotations(&self, site: &SiteId) -> &SiteAnnotations {
        self.annotations.get(site.as_str()).unwrap_or_else(|| SiteAnnotations::none())
    }

    /// The site of this id.
    pub fn site(&self, id: &str) -> Option<&Arc<Site>> {
        self.sites.get(id)
    }

    /// What a site has at this path; of two sites that chose the same one, the first by id has it.
    pub fn own_path(&self, path: &str) -> Option<&OwnPath> {
        self.own_paths.get(path)
    }

    /// Every site, by id.
    pub fn sites(&self) -> impl ExactSizeIterator<Item = &Arc<Site>> {
        self.sorted.iter()
    }

    /// The site, where there is exactly one.
    pub fn only_site(&self) -> Option<&Arc<Site>> {
        match self.sorted.as_slice() {
            [site] => Some(site),
            _ => None,
        }
    }

    /// Whether the paths that a site wants for itself are free: nobody may answer what another site's pages ask.
    ///
    /// # Errors
    /// Names the path that another site has.
    pub fn check_own_paths(&self, site: &SiteId, settings: &SiteSettings) -> Result<(), InvalidSettings> {
        let wanted =
            [("script.path", &settings.script.path), ("script.events_path", &settings.script.events_path)];
        for (field, path) in wanted {
            let has = |other: &Site| {
                let theirs = &other.settings.script;
                path.is_some() && (theirs.path == *path || theirs.events_path == *path)
            };
            if self.sorted.iter().any(|other| other.id != *site && has(other)) {
                let problem = "another site has this path: choose another one".to_owned();
                return Err(InvalidSettings { field, problem });
            }
        }
        Ok(())
    }

    /// What the presented secret allows; nothing for an unknown or a revoked one.
    pub fn grant(&self, presented: &str) -> Option<&Grant> {
        // No secret is longer; a header of a megabyte is not worth its hash.
        if presented.len() > 256 {
            return None;
        }
        self.keys.get(&KeyHash::of(presented))
    }
}

fn by_site<T, S>(all: impl IntoIterator<Item = (SiteId, T)>, of: impl Fn(Vec<T>) -> S) -> BySite<S> {
    let mut lists: BySite<Vec<T>> = HashMap::default();
    for (site, one) in all {
        lists.entry(site.text().clone()).or_default().push(one);
    }
    lists.into_iter().map(|(site, list)| (site, of(list))).collect()
}

fn own_paths(sites: &[Arc<Site>]) -> HashMap<String, OwnPath, foldhash::fast::RandomState> {
    let mut paths = HashMap::default();
    for site in sites {
        let script = &site.settings.script;
        if let Some(path) = &script.path {
            paths.entry(path.clone()).or_insert_with(|| OwnPath::Script(Arc::clone(site)));
        }
        if let Some(path) = &script.events_path {
            paths.entry(path.clone()).or_insert(OwnPath::Events);
        }
    }
    paths
}
