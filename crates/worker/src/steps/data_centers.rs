//! Discards what comes from the addresses of data centres, where the operator names a list of them: machines rent
//! there, people do not.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use ipnet::IpNet;
use millrace_catalog::settings::Treatment;
use millrace_catalog::{Catalog, Directory};

use super::place::database::UnusableFile;
use super::{Step, StepError};
use crate::{Draft, Verdict, WorkerConfig};

/// Networks, none within another, in order of their addresses.
#[derive(Debug)]
pub struct Networks {
    networks: Vec<IpNet>,
}

/// Lines of a file of networks.
const MOST_NETWORKS: usize = 2_000_000;

impl Networks {
    /// Reads a file with a network (`192.0.2.0/24`) or an address on each line; what follows a `#` or `,` is left
    /// out, and so are empty lines.
    ///
    /// # Errors
    /// When it cannot be read, or a line is neither.
    pub fn open(path: &Path) -> Result<Self, UnusableFile> {
        let unusable = |problem: String| UnusableFile { path: path.display().to_string(), problem };
        let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
        Self::parse(&text).map_err(unusable)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut networks = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let entry = line.split(['#', ',']).next().unwrap_or_default().trim();
            if entry.is_empty() {
                continue;
            }
            let network = entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from));
            let wrong = |_| format!("line {}: '{entry}' is no address or network", number + 1);
            networks.push(network.map_err(wrong)?.trunc());
            if networks.len() > MOST_NETWORKS {
                return Err(format!("it has more than {MOST_NETWORKS} networks"));
            }
        }
        Ok(Self { networks: IpNet::aggregate(&networks) }.sorted())
    }

    fn sorted(mut self) -> Self {
        self.networks.sort_unstable_by_key(|network| (network.addr(), network.prefix_len()));
        self
    }

    /// The network that an address is in.
    fn find(&self, address: IpAddr) -> Option<&IpNet> {
        let after = self.networks.partition_point(|network| network.addr() <= address);
        self.networks[..after].last().filter(|network| network.contains(&address))
    }
}

/// A network as the detail of a discarded event. Of a single address that would be the visitor's own, which nothing
/// keeps: the network around it is shown.
pub(super) fn shown(network: &IpNet) -> String {
    let most = if network.addr().is_ipv4() { 24 } else { 48 };
    if network.prefix_len() <= most {
        return network.to_string();
    }
    let around = IpNet::new(network.addr(), most).map(|around| around.trunc());
    around.map_or_else(|_| String::new(), |around| format!("within {around}"))
}

pub(super) struct DiscardDataCenters {
    networks: Option<Arc<Networks>>,
    catalog: Arc<dyn Catalog>,
    sites: Arc<Directory>,
}

impl DiscardDataCenters {
    pub(super) fn new(config: &WorkerConfig, catalog: Arc<dyn Catalog>) -> Self {
        Self { networks: config.data_centers.clone(), sites: catalog.directory(), catalog }
    }
}

#[async_trait]
impl Step for DiscardDataCenters {
    fn name(&self) -> &'static str {
        "data_centers"
    }

    async fn prepare(&mut self, _: &[Draft]) -> Result<(), StepError> {
        self.sites = self.catalog.directory();
        Ok(())
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        let (Some(networks), Some(address)) = (&self.networks, draft.visitor_address()) else {
            return Verdict::Keep;
        };
        let network = networks.find(address.to_canonical()).filter(|_| !draft.vouched);
        let Some(network) = network else {
            return Verdict::Keep;
        };
        match self.sites.site(draft.event.site.as_str()).map(|site| site.settings.data_centers) {
            Some(Treatment::Keep) => Verdict::Keep,
            Some(Treatment::Discard) | None => {
                Verdict::Discard { reason: "data_center", detail: shown(network).into() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Networks;

    #[test]
    fn addresses_are_found_in_networks() {
        let text = "# a cloud\n198.51.100.0/24\n198.51.100.128/25, nested\n\n203.0.113.7 # one\n2001:db8:1::/48\n10.0.0.0/8";
        let networks = Networks::parse(text).expect("networks");
        for (address, network) in [
            ("198.51.100.200", Some("198.51.100.0/24")),
            ("198.51.101.0", None),
            ("203.0.113.7", Some("203.0.113.7/32")),
            ("203.0.113.8", None),
            ("10.255.0.1", Some("10.0.0.0/8")),
            ("9.255.255.255", None),
            ("0.0.0.0", None),
            ("2001:db8:1::7", Some("2001:db8:1::/48")),
            ("2001:db8:2::7", None),
            ("::", None),
        ] {
            let found = networks.find(address.parse().expect("an address")).map(ToString::to_string);
            assert_eq!(found.as_deref(), network, "{address}");
        }
        assert_eq!(Networks::parse("").expect("none").find("10.0.0.1".parse().expect("an address")), None);
        for (network, detail) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("203.0.113.0/24", "203.0.113.0/24"),
            ("203.0.113.7/32", "within 203.0.113.0/24"),
            ("2001:db8:1:2::7/128", "within 2001:db8:1::/48"),
        ] {
            assert_eq!(super::shown(&network.parse().expect("a network")), detail);
        }
        let error = Networks::parse("10.0.0.0/8\n10.0.0.0/99").expect_err("refused");
        assert_eq!(error, "line 2: '10.0.0.0/99' is no address or network");
    }
}
