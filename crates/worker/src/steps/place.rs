//! Where the visitor's address is: the country by the table that comes with the program, or country, region and city
//! by a database that the operator names.
//!
//! Nothing here keeps an address: what the database says is remembered by its place in the database.

mod countries;
pub(crate) mod database;

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use millrace_event::Place;

use super::Step;
use crate::{Draft, PlaceDatabase, Verdict, WorkerConfig};

pub(super) struct FindPlace {
    database: Option<(Arc<PlaceDatabase>, database::Known)>,
}

impl FindPlace {
    pub(super) fn new(config: &WorkerConfig) -> Self {
        Self { database: config.places.clone().map(|database| (database, database::Known::default())) }
    }

    fn place(&mut self, address: IpAddr) -> Place {
        let address = address.to_canonical();
        if !is_public(address) {
            return Place::default();
        }
        match &mut self.database {
            Some((database, known)) => database.place(address, known),
            None => Place { country: countries::country(address), ..Place::default() },
        }
    }
}

#[async_trait]
impl Step for FindPlace {
    fn name(&self) -> &'static str {
        "place"
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        draft.event.place = match (&draft.again, draft.visitor_address()) {
            (Some(again), _) => again.place.clone(),
            (None, Some(address)) => self.place(address),
            (None, None) => Place::default(),
        };
        Verdict::Keep
    }
}

/// May the address be somewhere? Private networks, documentation and the like are nowhere, whatever a table says.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let benchmark = a == 198 && (b == 18 || b == 19);
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_documentation()
                || a == 0
                || a >= 224
                || shared
                || benchmark)
        }
        // Only 2000::/3 has been given to anybody; 2001:db8::/32 is for documents.
        IpAddr::V6(v6) => v6.segments()[0] & 0xe000 == 0x2000 && v6.segments()[..2] != [0x2001, 0xdb8],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_of_addresses() {
        let mut step = FindPlace { database: None };
        for (address, country) in [
            ("8.8.8.8", Some("US")),
            ("193.99.144.80", Some("DE")),
            ("133.11.0.1", Some("JP")),
            ("200.147.3.157", Some("BR")),
            ("212.58.244.1", Some("GB")),
            ("::ffff:193.99.144.80", Some("DE")),
            ("2a01:4f8::1", Some("DE")),
            ("240e::1", Some("CN")),
            ("10.1.2.3", None),
            ("127.0.0.1", None),
            ("192.168.0.1", None),
            ("172.16.0.1", None),
            ("169.254.1.1", None),
            ("100.64.0.1", None),
            ("198.18.0.1", None),
            ("203.0.113.7", None),
            ("0.0.0.0", None),
            ("255.255.255.255", None),
            ("224.0.0.1", None),
            ("::1", None),
            ("fe80::1", None),
            ("fd00::1", None),
            ("2001:db8::1", None),
            ("ff02::1", None),
            ("::", None),
        ] {
            let found = step.place(address.parse().expect("an address"));
            assert_eq!(found.country.as_ref().map(|code| code.as_str()), country, "{address}");
            assert_eq!((found.region, found.city), (None, None));
        }
    }
}
