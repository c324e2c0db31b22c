//! Keys, sites, addresses.

use millrace_ingest::IngestConfig;

use crate::support::{bench, bench_with};

#[tokio::test]
async fn keys_and_sites() {
    let demo = r#"{"site_id":"demo","name":"x"}"#;
    let bare = r#"{"name":"x"}"#;
    let other = r#"{"site_id":"nosuch","name":"x"}"#;
    let closed = r#"{"site_id":"closed","name":"x"}"#;
    for (headers, body, status, code) in [
        (&[][..], demo, 202, ""),
        (&[], bare, 400, "site_id_missing"),
        (&[], other, 404, "site_unknown"),
        (&[], closed, 401, "key_missing"),
        (&["x-api-key: write"], bare, 202, ""),
        (&["x-api-key: write"], demo, 202, ""),
        (&["x-api-key: admin"], bare, 202, ""),
        (&["authorization: Bearer write"], bare, 202, ""),
        (&["authorization: bearer write"], bare, 202, ""),
        (&["authorization: Basic d3JpdGU="], demo, 202, ""),
        (&["x-api-key: closed-write"], bare, 202, ""),
        (&["x-api-key: closed-write"], demo, 401, "key_of_another_site"),
        (&["x-api-key: write"], other, 401, "key_of_another_site"),
        (&["x-api-key: read"], demo, 401, "key_read_only"),
        (&["x-api-key: nosuch"], demo, 401, "key_unknown"),
        (&["x-api-key: "], demo, 401, "key_unknown"),
        (&["authorization: Bearer "], demo, 401, "key_unknown"),
        (&["authorization: Bearer nosuch"], demo, 401, "key_unknown"),
        (&["x-api-key: nosuch", "authorization: Bearer write"], demo, 401, "key_unknown"),
        (&["x-api-key: nosuch"], "not json", 401, "key_unknown"),
    ] {
        let bench = bench();
        let answer = bench.post(headers, body).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{headers:?} {body}");
        assert_eq!(bench.stored().len(), usize::from(status == 202), "{headers:?} {body}");
    }
}

#[tokio::test]
async fn a_single_open_site_needs_no_naming() {
    let bench = bench_with(["demo"], IngestConfig::default());
    assert_eq!(bench.post(&[], r#"{"name":"x"}"#).await.status, 202);
    let bench = bench_with(["closed"], IngestConfig::default());
    let answer = bench.post(&[], r#"{"name":"x"}"#).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "site_id_missing"));
    assert_eq!(answer.body["error"]["field"], "site_id");
}

#[tokio::test]
async fn a_batch_is_refused_whole_only_where_no_event_is_admitted() {
    let unknown = r#"{"site_id":"nosuch","name":"x"}"#;
    let closed = r#"{"site_id":"closed","name":"x"}"#;
    let demo = r#"{"site_id":"demo","name":"x"}"#;
    for (headers, events, status, code, stored) in [
        (&[][..], vec![unknown, unknown], 404, "site_unknown", 0),
        (&[], vec![closed, unknown], 401, "key_missing", 0),
        (&[], vec!["{}", unknown], 404, "site_unknown", 0),
        (&[], vec![unknown, demo, closed], 202, "", 1),
        (&["x-api-key: write"], vec![unknown, closed], 401, "key_of_another_site", 0),
        (&["x-api-key: write"], vec![unknown, demo], 202, "", 1),
        (&[], vec!["{}", "5"], 202, "", 0),
    ] {
        let bench = bench();
        let answer = bench.post(headers, format!("[{}]", events.join(","))).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{events:?}");
        assert_eq!(bench.stored().len(), stored, "{events:?}");
        if status == 202 {
            assert_eq!(answer.body["accepted"], stored, "{events:?}");
            assert_eq!(
                answer.body["rejected"].as_array().unwrap().len(),
                events.len() - stored,
                "{events:?}"
            );
        }
    }
}

#[tokio::test]
async fn addresses_come_from_the_peer_a_trusted_proxy_or_a_key_holder() {
    let plain = r#"{"site_id":"demo","name":"x","ip":"198.51.100.1","user_agent":"their agent"}"#;
    let proxies =
        |net: &str| IngestConfig { trusted_proxies: vec![net.parse().unwrap()], ..IngestConfig::default() };
    let forwarded = "x-forwarded-for: 1.1.1.1, 203.0.113.5:99, 192.0.2.8";
    let agent = "user-agent: own agent";
    for (config, headers, address, user_agent) in [
        (IngestConfig::default(), vec![forwarded, agent], "192.0.2.7", "own agent"),
        (proxies("192.0.2.0/24"), vec![forwarded, agent], "203.0.113.5", "own agent"),
        (proxies("10.0.0.0/8"), vec![forwarded, agent], "192.0.2.7", "own agent"),
        (IngestConfig::default(), vec!["x-api-key: write", agent], "198.51.100.1", "their agent"),
    ] {
        let bench = bench_with(["demo"], config);
        assert_eq!(bench.post(&headers, plain).await.status, 202);
        let stored = bench.stored().remove(0);
        assert_eq!(stored.address, Some(address.parse().unwrap()), "{headers:?}");
        assert_eq!(stored.user_agent.as_deref(), Some(user_agent), "{headers:?}");
    }
}
