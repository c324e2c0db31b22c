//! Which address a request came from.

use std::net::IpAddr;

use ::http::HeaderMap;
use ipnet::IpNet;
use millrace_event::payload;

/// May the headers be believed that say whom the peer speaks for?
pub(crate) fn is_trusted(peer: IpAddr, trusted: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    trusted.iter().any(|net| net.contains(&peer))
}

/// The client's address: the peer's, unless the peer is a trusted proxy. Then `X-Forwarded-For` is walked from its
/// right end, where each proxy wrote whom it saw, past trusted hops to the first that is not: whatever stands left
/// of that anyone could have sent.
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let peer = peer.to_canonical();
    // The usual server has no proxy, or sees no list from it.
    if trusted.is_empty() || !is_trusted(&peer) {
        return peer;
    }
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    let mut nearest = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        match payload::address(hop) {
            Some(address) if is_trusted(&address) => nearest = address,
            Some(address) => return address,
            // "unknown" and the like: the proxy before it saw somebody it could not name.
            None => return nearest,
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
        let thousand = vec!["203.0.113.9"; 1_000].join(", ");
        let thousand_trusted = format!("203.0.113.9, {}", vec!["10.1.1.1"; 1_000].join(","));
        for (peer, lines, expected) in [
            ("192.0.2.1", vec!["203.0.113.9"], "192.0.2.1"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("10.0.0.1", vec!["203.0.113.9"], "203.0.113.9"),
            ("::ffff:10.0.0.1", vec!["::ffff:203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", vec!["1.1.1.1, 203.0.113.9:5555, 10.2.2.2"], "203.0.113.9"),
            ("10.0.0.1", vec!["1.1.1.1", "203.0.113.9, 10.2.2.2", "[2001:db8::1]:80"], "203.0.113.9"),
            ("10.0.0.1", vec!["1.1.1.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", vec!["1.1.1.1, _hidden, 10.2.2.2"], "10.2.2.2"),
            ("10.0.0.1", vec![""], "10.0.0.1"),
            ("10.0.0.1", vec!["10.2.2.2"], "10.2.2.2"),
            ("10.0.0.1", vec![&thousand], "203.0.113.9"),
            ("10.0.0.1", vec![&thousand_trusted], "203.0.113.9"),
            ("192.0.2.1", vec![&thousand], "192.0.2.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in &lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let found = address(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} {lines:.60?}");
        }
    }
}
