//! Who is whom: the links of all sites in memory, as the manifest and the tail have them.
//!
//! Rows keep the visitor they came with; a scan puts the person in their place ([`crate::people`]). A query sees the
//! links of its moment: each link has the number of the batch it came with, and later ones are passed over. So adding
//! one is a step into a map, however many there are, beside queries that read it. Taking some away is rare (an
//! erasure) and makes the site's map anew.
//!
//! Bounded by [`crate::LakeConfig::most_links`]: beyond that links are not taken, and the visitors stay two.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;
use millrace_event::{SiteId, VisitorId};
use millrace_store::Link;
use parking_lot::RwLock;

/// Every link that is in force.
#[derive(Debug)]
pub(crate) struct Links {
    sites: Arc<HashMap<SiteId, Arc<OfSite>>>,
    batches: u64,
    count: usize,
    most: usize,
}

/// The links of one site.
#[derive(Debug, Default)]
struct OfSite {
    inner: RwLock<Inner>,
}

#[derive(Clone, Debug, Default)]
struct Inner {
    /// By visitor: the person, and the batch that said so.
    persons: HashMap<u64, (u64, u64), RandomState>,
    /// To whom others are linked.
    targets: HashSet<u64, RandomState>,
}

impl Links {
    /// `stored` are in force already.
    pub(crate) fn new(stored: &[Link], most: usize) -> Self {
        let mut links = Self { sites: Arc::default(), batches: 0, count: 0, most };
        for link in stored {
            let of_site = links.of_site(&link.site);
            let mut inner = of_site.inner.write();
            inner.persons.insert(link.from.0, (link.to.0, 0));
            inner.targets.insert(link.to.0);
        }
        links.count = stored.len();
        links
    }

    /// Takes in the links of a batch; answers those that change something, with the persons they are of.
    pub(crate) fn add(&mut self, links: &[Link]) -> Vec<Link> {
        let mut added = Vec::new();
        if links.is_empty() {
            return added;
        }
        self.batches += 1;
        for link in links {
            let of_site = self.of_site(&link.site);
            let mut inner = of_site.inner.write();
            match inner.person(link.from.0, link.to.0) {
                // A quarter is one site's most: a client that invents ids takes the room of its own site.
                Some(to) if self.count < self.most && inner.persons.len() < self.most.div_ceil(4) => {
                    inner.persons.insert(link.from.0, (to, self.batches));
                    inner.targets.insert(to);
                    self.count += 1;
                    added.push(Link { to: VisitorId(to), ..link.clone() });
                }
                Some(_) => metrics::counter!("millrace_store_links_refused_total").increment(1),
                None => {}
            }
        }
        metrics::gauge!("millrace_store_links").set(self.count as f64);
        added
    }

    /// As they are now.
    pub(crate) fn now(&self) -> LinksNow {
        LinksNow { sites: self.sites.clone(), batches: self.batches }
    }

    /// Takes out those of `visitors`, by whom they are of.
    pub(crate) fn forget(&mut self, site: &SiteId, visitors: &HashSet<u64>) {
        let Some(known) = self.sites.get(site) else {
            return;
        };
        let mut inner = known.inner.read().clone();
        let before = inner.persons.len();
        inner.persons.retain(|visitor, _| !visitors.contains(visitor));
        inner.targets = inner.persons.values().map(|(person, _)| *person).collect();
        self.count -= before - inner.persons.len();
        let sites = Arc::make_mut(&mut self.sites);
        if inner.persons.is_empty() {
            sites.remove(site);
        } else {
            sites.insert(site.clone(), Arc::new(OfSite { inner: RwLock::new(inner) }));
        }
    }

    fn of_site(&mut self, site: &SiteId) -> Arc<OfSite> {
        if let Some(known) = self.sites.get(site) {
            return known.clone();
        }
        Arc::make_mut(&mut self.sites).entry(site.clone()).or_default().clone()
    }
}

impl Inner {
    /// Whom a link from `from` to `to` is to; none where it changes nothing.
    fn person(&self, from: u64, to: u64) -> Option<u64> {
        let to = self.persons.get(&to).map_or(to, |(person, _)| *person);
        let changes = to != from && !self.persons.contains_key(&from) && !self.targets.contains(&from);
        changes.then_some(to)
    }
}

/// The links of one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct LinksNow {
    sites: Arc<HashMap<SiteId, Arc<OfSite>>>,
    batches: u64,
}

impl LinksNow {
    pub(crate) fn is_empty(&self) -> bool {
        self.sites.is_empty()
    }

    /// Those of a site, where it has any.
    pub(crate) fn of(&self, site: &str) -> Option<LinksOfSite> {
        let site = SiteId::new(site.to_owned()).ok()?;
        self.sites.get(&site).map(|known| LinksOfSite { known: known.clone(), batches: self.batches })
    }

    /// The sites that have links.
    pub(crate) fn sites(&self) -> impl Iterator<Item = &SiteId> {
        self.sites.keys()
    }
}

/// The links of one site and moment.
#[derive(Clone, Debug)]
pub(crate) struct LinksOfSite {
    known: Arc<OfSite>,
    batches: u64,
}

impl LinksOfSite {
    /// Puts persons in the place of visitors; answers whether there were any.
    pub(crate) fn replace(&self, visitors: &mut [u64]) -> bool {
        let inner = self.known.inner.read();
        let mut replaced = false;
        for visitor in visitors {
            if let Some((person, batch)) = inner.persons.get(visitor)
                && *batch <= self.batches
            {
                *visitor = *person;
                replaced = true;
            }
        }
        replaced
    }

    /// Whoever is linked to `person`.
    pub(crate) fn linked_to(&self, person: u64) -> HashSet<u64> {
        let inner = self.known.inner.read();
        if !inner.targets.contains(&person) {
            return HashSet::new();
        }
        inner.persons.iter().filter(|(_, (to, _))| *to == person).map(|(from, _)| *from).collect()
    }

    /// Every visitor who is linked.
    pub(crate) fn visitors(&self) -> HashSet<u64> {
        self.known.inner.read().persons.keys().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use millrace_event::Timestamp;

    use super::*;

    fn link(from: u64, to: u64) -> Link {
        let site = SiteId::new("demo").expect("a site id");
        Link { site, from: VisitorId(from), to: VisitorId(to), at: Timestamp::from_millis(0) }
    }

    fn seen(links: &LinksNow, mut visitors: [u64; 3]) -> [u64; 3] {
        if let Some(links) = links.of("demo") {
            links.replace(&mut visitors);
        }
        visitors
    }

    #[test]
    fn a_query_sees_the_links_of_its_moment() {
        let mut links = Links::new(&[link(1, 9)], 10);
        let before = links.now();
        assert_eq!(links.add(&[link(2, 9), link(1, 8)]), [link(2, 9)]);
        assert_eq!(seen(&before, [1, 2, 3]), [9, 2, 3]);
        assert_eq!(seen(&links.now(), [1, 2, 3]), [9, 9, 3]);
        let after = links.now();
        links.forget(&link(0, 0).site, &[1].into());
        assert_eq!(seen(&after, [1, 2, 3]), [9, 9, 3]);
        assert_eq!(seen(&links.now(), [1, 2, 3]), [1, 9, 3]);
        links.forget(&link(0, 0).site, &[2].into());
        assert!(links.now().is_empty());
    }

    #[test]
    fn there_are_no_more_than_the_bound() {
        // A quarter of eight is one site's.
        let mut links = Links::new(&[link(1, 9)], 8);
        assert_eq!(links.add(&[link(2, 9), link(3, 9)]), [link(2, 9)]);
        links.forget(&link(0, 0).site, &[1].into());
        assert_eq!(links.add(&[link(3, 9)]).len(), 1);

        let of =
            |site: u8| Link { site: SiteId::new(format!("site-{site}")).expect("a site id"), ..link(1, 9) };
        let mut links = Links::new(&[], 2);
        assert_eq!(links.add(&[of(1), of(2), of(3)]), [of(1), of(2)], "of all sites together");
    }
}
