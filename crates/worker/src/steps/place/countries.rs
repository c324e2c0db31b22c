//! The table of countries that comes with the program: where the answer changes, and the answer from there on.
//!
//! It is read where it lies in the program's file, so that only the parts in use take memory. `build.rs` wrote it
//! from `data/countries`.

use std::net::IpAddr;

use millrace_event::Country;

static V4_STARTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/v4.starts"));
static V4_CODES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/v4.codes"));
static V6_STARTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/v6.starts"));
static V6_CODES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/v6.codes"));

/// The country of an address. IPv6 is told apart by its upper 64 bits: nobody gives a smaller network to another
/// country.
pub(super) fn country(address: IpAddr) -> Option<Country> {
    let (at, codes) = match address {
        IpAddr::V4(v4) => (last_start::<4>(V4_STARTS, u64::from(v4.to_bits())), V4_CODES),
        IpAddr::V6(v6) => (last_start::<8>(V6_STARTS, (v6.to_bits() >> 64) as u64), V6_CODES),
    };
    let code = codes.get(at? * 2..at? * 2 + 2)?;
    std::str::from_utf8(code).ok()?.parse().ok()
}

/// The last of the starts, of `WIDTH` bytes each, that is not above `wanted`.
fn last_start<const WIDTH: usize>(starts: &[u8], wanted: u64) -> Option<usize> {
    let (starts, _) = starts.as_chunks::<WIDTH>();
    let number =
        |bytes: &[u8; WIDTH]| bytes.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    starts.partition_point(|start| number(start) <= wanted).checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_every_code_is_one() {
        let (v4, rest) = V4_STARTS.as_chunks::<4>();
        assert!(rest.is_empty() && v4.len() > 100_000 && v4.len() * 2 == V4_CODES.len());
        assert!(v4.is_sorted_by_key(|start| u32::from_le_bytes(*start)));
        let (v6, rest) = V6_STARTS.as_chunks::<8>();
        assert!(rest.is_empty() && v6.len() > 50_000 && v6.len() * 2 == V6_CODES.len());
        assert!(v6.is_sorted_by_key(|start| u64::from_le_bytes(*start)));
        for code in V4_CODES.as_chunks::<2>().0.iter().chain(V6_CODES.as_chunks::<2>().0) {
            assert!(code == b"--" || code.iter().all(u8::is_ascii_uppercase), "{code:?}");
        }
    }
}
