//! Who is whom, by definition: see [`Link`].

use std::collections::{BTreeMap, BTreeSet};

use millrace_event::{Event, SiteId, VisitorId};

use crate::Link;

/// The links that are in force.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// By site and visitor.
    by_visitor: BTreeMap<(SiteId, VisitorId), Link>,
    /// Site and person.
    persons: BTreeSet<(SiteId, VisitorId)>,
}

impl Links {
    /// Whom a visitor is counted as.
    pub(super) fn person(&self, site: &SiteId, visitor: VisitorId) -> VisitorId {
        self.by_visitor.get(&(site.clone(), visitor)).map_or(visitor, |link| link.to)
    }

    /// An event as it is counted.
    pub(super) fn counted(&self, event: &Event) -> Event {
        Event { visitor: self.person(&event.site, event.visitor), ..event.clone() }
    }

    pub(super) fn add(&mut self, link: &Link) {
        let from = (link.site.clone(), link.from);
        let to = self.person(&link.site, link.to);
        if to == link.from || self.by_visitor.contains_key(&from) || self.persons.contains(&from) {
            return;
        }
        self.persons.insert((link.site.clone(), to));
        self.by_visitor.insert(from, Link { to, ..link.clone() });
    }

    /// Takes out every link from or to `visitor`; answers the visitor and those who were linked to them.
    pub(super) fn forget(&mut self, site: &SiteId, visitor: VisitorId) -> BTreeSet<VisitorId> {
        let of = |link: &Link| &link.site == site && (link.from == visitor || link.to == visitor);
        let gone = self.by_visitor.values().filter(|link| of(link)).map(|link| link.from);
        let gone = gone.chain([visitor]).collect();
        self.by_visitor.retain(|_, link| !of(link));
        self.count_persons();
        gone
    }

    pub(super) fn keep_sites(&mut self, sites: &BTreeSet<SiteId>) {
        self.by_visitor.retain(|_, link| sites.contains(&link.site));
        self.count_persons();
    }

    /// In the order in which they became known.
    pub(super) fn latest(&self, limit: usize) -> Vec<Link> {
        let mut links: Vec<_> = self.by_visitor.values().cloned().collect();
        links.sort_by_key(|link| link.at);
        links.drain(..links.len().saturating_sub(limit));
        links
    }

    fn count_persons(&mut self) {
        self.persons = self.by_visitor.values().map(|link| (link.site.clone(), link.to)).collect();
    }
}

#[cfg(test)]
mod tests {
    use millrace_event::Timestamp;

    use super::*;

    fn site() -> SiteId {
        SiteId::new("demo").expect("a site id")
    }

    /// Who everybody is after `links`.
    fn after(links: &[(u64, u64)]) -> Vec<(u64, u64)> {
        let mut all = Links::default();
        for (place, (from, to)) in links.iter().enumerate() {
            let (from, to) = (VisitorId(*from), VisitorId(*to));
            all.add(&Link { site: site(), from, to, at: Timestamp::from_millis(place as i64) });
        }
        all.latest(100).into_iter().map(|link| (link.from.0, link.to.0)).collect()
    }

    #[test]
    fn who_is_linked_to_whom() {
        assert_eq!(after(&[(1, 9), (2, 9)]), [(1, 9), (2, 9)], "two devices of one person");
        assert_eq!(after(&[(1, 9), (1, 8)]), [(1, 9)], "two persons on one device");
        assert_eq!(after(&[(1, 9), (9, 8)]), [(1, 9)], "a person with a history stays who they are");
        assert_eq!(after(&[(9, 8), (1, 9)]), [(9, 8), (1, 8)], "a person who is another");
        assert_eq!(after(&[(1, 2), (2, 1)]), [(1, 2)], "no circle");
        assert_eq!(after(&[(1, 1)]), [], "nobody is linked to themselves");
    }

    #[test]
    fn only_the_link_of_an_erased_visitor_goes() {
        let mut all = Links::default();
        for (from, to) in [(1, 9), (2, 9), (3, 8)] {
            let (from, to) = (VisitorId(from), VisitorId(to));
            all.add(&Link { site: site(), from, to, at: Timestamp::from_millis(0) });
        }
        assert_eq!(all.forget(&site(), VisitorId(1)), [VisitorId(1)].into());
        assert_eq!(all.person(&site(), VisitorId(2)), VisitorId(9), "another device stays linked");
        assert_eq!(all.forget(&site(), VisitorId(9)), [VisitorId(2), VisitorId(9)].into());
        assert_eq!(all.latest(100).len(), 1);
    }
}
