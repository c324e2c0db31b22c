//! The steps that find out and judge, as a whole: what one record becomes.

use std::io::Write;
use std::sync::Arc;

use millrace_event::{Channel, Device, ScreenClass};
use millrace_worker::{Networks, WorkerConfig};

use crate::support::{Bench, Sent};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const CRAWLER: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

fn page(url: &'static str) -> Sent {
    Sent { url: Some(url), agent: Some(FIREFOX), address: Some("193.99.144.80"), ..Sent::default() }
}

/// What of `sent` counts, by path.
async fn counted(bench: &mut Bench, sent: &[Sent]) -> Vec<String> {
    let events = bench.process(sent).await;
    events.into_iter().map(|event| event.path.map(|path| path.to_string()).unwrap_or_default()).collect()
}

#[tokio::test]
async fn an_event_carries_what_is_found_out() {
    let mut bench = Bench::new();
    let sent = Sent {
        referrer: Some("https://www.google.com/"),
        language: Some("de_de"),
        screen: Some(1_280),
        ..page("https://www.example.com/Pricing/?utm_medium=cpc&utm_campaign=Spring#x")
    };
    let events = bench.process(&[sent]).await;
    let event = &events[0];
    assert_eq!((event.host.as_deref(), event.path.as_deref()), (Some("example.com"), Some("/Pricing/")));
    assert_eq!(
        (event.agent.browser.as_deref(), event.agent.browser_version.as_deref()),
        (Some("Firefox"), Some("128"))
    );
    assert_eq!((event.agent.os.as_deref(), event.agent.os_version.as_deref()), (Some("Linux"), None));
    assert_eq!(event.agent.device, Some(Device::Desktop));
    assert_eq!(event.place.country.as_ref().map(|code| code.as_str()), Some("DE"));
    assert_eq!((event.source.as_deref(), event.channel), (Some("Google"), Some(Channel::PaidSearch)));
    assert_eq!(event.utm.campaign.as_deref(), Some("Spring"), "as sent");
    assert_eq!((event.language.as_deref(), event.screen_class), (Some("de-DE"), Some(ScreenClass::Laptop)));
}

#[tokio::test]
async fn a_url_of_any_shape_is_taken() {
    let mut bench = Bench::new();
    let urls = [
        ("https://example.com", "/"),
        ("https://example.com?utm_source=x", "/"),
        ("https://example.com#top", "/"),
        ("https://www.example.com", "/"),
        ("?x=1", "?x=1"),
        ("/?", "/"),
        ("%00", "%00"),
        ("https://", "https://"),
    ];
    let sent: Vec<_> = urls.iter().map(|(url, _)| page(url)).collect();
    assert_eq!(counted(&mut bench, &sent).await, urls.map(|(_, path)| path));
}

#[tokio::test]
async fn an_event_of_which_nothing_is_known_counts() {
    let mut bench = Bench::new();
    let events = bench.process(&[Sent::default(), Sent { language: Some("?!"), ..Sent::default() }]).await;
    assert_eq!(events.len(), 2);
    for event in events {
        assert_eq!((event.agent, event.place), Default::default());
        assert_eq!(
            (event.source, event.channel, event.language, event.screen_class),
            (None, None, None, None)
        );
    }
}

#[tokio::test]
async fn robots_are_discarded_and_what_was_not_counted_may_come_again() {
    let mut bench = Bench::new();
    let robot = Sent { id: Some("a"), agent: Some(CRAWLER), ..page("/robot") };
    let curl = Sent { agent: Some("curl/8.5.0"), ..page("/curl") };
    let person = Sent { id: Some("a"), ..page("/person") };
    // A discarded event is not remembered as seen.
    assert_eq!(counted(&mut bench, &[robot, curl, person]).await, ["/curl", "/person"]);
}

#[tokio::test]
async fn a_server_that_speaks_for_visitors_is_none_of_them() {
    let mut bench = Bench::new();
    let keyed = Sent { keyed: true, ..page("/server") };
    let events = bench.process(&[Sent { agent: Some("ExampleBot/1.0 (server)"), ..keyed }]).await;
    assert_eq!(events.len(), 1, "its user agent is not judged");
    assert_eq!((events[0].agent.clone(), events[0].place.clone()), Default::default());
}

#[tokio::test]
async fn a_sites_settings_keep_robots() {
    let mut bench = Bench::with_settings(r#"{"robots":"keep"}"#);
    let robot = |site| Sent { agent: Some(CRAWLER), site, ..page("/robot") };
    assert_eq!(counted(&mut bench, &[robot(None), robot(Some("other"))]).await, ["/robot"]);
    assert_eq!(bench.events("other").await.len(), 0, "the other site has the default");
}

#[tokio::test]
async fn events_from_data_centres_are_discarded_where_there_is_a_list() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    writeln!(file, "# ours\n198.51.100.0/24 # example").expect("written");
    let networks = Arc::new(Networks::open(file.path()).expect("networks"));
    let config = || WorkerConfig { data_centers: Some(networks.clone()), ..Bench::config() };
    let sent = |address| Sent { address: Some(address), ..page("/") };
    let all = [sent("198.51.100.9"), sent("::ffff:198.51.100.9"), sent("198.51.101.9")];

    let mut bench = Bench::new();
    bench.send(&all).await;
    bench.work_with(config()).await;
    assert_eq!(bench.events("demo").await.len(), 1);

    let mut keeping = Bench::with_settings(r#"{"data_centers":"keep"}"#);
    keeping.send(&all).await;
    keeping.work_with(config()).await;
    assert_eq!(keeping.events("demo").await.len(), 3);
}

#[tokio::test]
async fn made_up_referrers_are_discarded() {
    let mut bench = Bench::new();
    let from = |referrer, url| Sent { referrer: Some(referrer), ..page(url) };
    let sent = [
        from("http://semalt.com/crawler", "/spam"),
        from("https://x.semalt.com/", "/spam-below"),
        from("https://www.bing.com/", "/search"),
    ];
    assert_eq!(counted(&mut bench, &sent).await, ["/search"]);
}

#[tokio::test]
async fn the_owners_visits_are_discarded_by_the_sites_rules() {
    let mut bench = Bench::with_settings(
        r#"{"internal":{"addresses":["203.0.113.0/24","2001:db8::7"],"hostnames":["*.preview.example.com"],
            "paths":["/admin/**"]}}"#,
    );
    let at = |address, url| Sent { address: Some(address), ..page(url) };
    let sent = [
        at("203.0.113.9", "/office"),
        at("2001:db8::7", "/home"),
        at("2001:db8::8", "/neighbour"),
        page("https://a.preview.example.com/preview"),
        page("https://preview.example.com/public"),
        page("https://example.com/admin/users/1?x=1"),
        page("https://example.com/administrator"),
        Sent { site: Some("other"), ..at("203.0.113.9", "/other") },
    ];
    assert_eq!(counted(&mut bench, &sent).await, ["/neighbour", "/public", "/administrator"]);
    assert_eq!(bench.events("other").await.len(), 1, "another site's rules are its own");
}

#[tokio::test]
async fn a_sites_settings_name_its_pages() {
    let mut bench = Bench::with_settings(
        r#"{"urls":{"keep_www":true,"strip_trailing_slash":true,"query":["q"],"own_hosts":["shop.example"]}}"#,
    );
    let sent = Sent {
        referrer: Some("https://www.shop.example/cart"),
        ..page("https://www.example.com/search/?page=2&q=a+b#x")
    };
    let events = bench.process(&[sent]).await;
    assert_eq!(events[0].host.as_deref(), Some("www.example.com"));
    assert_eq!(events[0].path.as_deref(), Some("/search?q=a+b"));
    assert_eq!((&events[0].referrer, &events[0].source), (&None, &None));
}
