//! Discards the owner's own visits, by the site's rules: addresses, hostnames, paths.

mod pattern;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_catalog::{Catalog, Directory, Site};
use millrace_event::SiteId;

use super::data_centers::shown;
use super::{Step, StepError};
use crate::{Draft, Verdict};
pub(super) use pattern::host_fits;
use pattern::path_fits;

pub(super) struct DiscardInternal {
    catalog: Arc<dyn Catalog>,
    sites: Arc<Directory>,
    /// Sites that have rules; all others cost one look into an empty or small map.
    ruled: HashMap<SiteId, Arc<Site>, foldhash::fast::RandomState>,
}

impl DiscardInternal {
    pub(super) fn new(catalog: Arc<dyn Catalog>) -> Self {
        let mut step = Self { sites: catalog.directory(), catalog, ruled: HashMap::default() };
        step.read_rules();
        step
    }

    fn read_rules(&mut self) {
        let has_rules = |site: &&Arc<Site>| {
            let rules = &site.settings.internal;
            !(rules.addresses.is_empty() && rules.hostnames.is_empty() && rules.paths.is_empty())
        };
        let ruled = self.sites.sites().filter(has_rules);
        self.ruled = ruled.map(|site| (site.id.clone(), Arc::clone(site))).collect();
    }
}

#[async_trait]
impl Step for DiscardInternal {
    fn name(&self) -> &'static str {
        "internal"
    }

    async fn prepare(&mut self, _: &[Draft]) -> Result<(), StepError> {
        let sites = self.catalog.directory();
        if !Arc::ptr_eq(&sites, &self.sites) {
            self.sites = sites;
            self.read_rules();
        }
        Ok(())
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        if self.ruled.is_empty() {
            return Verdict::Keep;
        }
        match self.ruled.get(&draft.event.site) {
            Some(site) => judge(site, draft),
            None => Verdict::Keep,
        }
    }
}

fn judge(site: &Site, draft: &Draft) -> Verdict {
    let rules = &site.settings.internal;
    let address = draft.visitor_address().map(|address| address.to_canonical());
    if let Some(network) = address.and_then(|at| rules.addresses.iter().find(|network| network.contains(&at)))
    {
        return Verdict::Discard { reason: "internal_address", detail: shown(network).into() };
    }
    if let Some(host) = &draft.event.host
        && let Some(rule) = rules.hostnames.iter().find(|rule| host_fits(rule, host))
    {
        return Verdict::Discard { reason: "internal_hostname", detail: ByteString::from(&**rule) };
    }
    if let Some(path) = &draft.event.path
        && let Some(rule) = rules.paths.iter().find(|rule| path_fits(rule, path))
    {
        return Verdict::Discard { reason: "internal_path", detail: ByteString::from(&**rule) };
    }
    Verdict::Keep
}
