//! Answers that are kept: which, for how long, and who shares them.

mod redis;
mod shelf;
mod watched;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use millrace_api::cache::{self, Answers, CacheConfig};
use millrace_catalog::Site;
use millrace_catalog::key::KeyKind;
use millrace_catalog::memory::site;
use millrace_event::{Event, SiteId, Timestamp};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use self::shelf::Shelf;
use self::watched::Watched;
use crate::support::{App, NOW, Setup, at, view, view_of};

/// Long enough for any test.
const TTL: Duration = Duration::from_secs(60);

const KEPT: [&str; 3] = ["/analytics/summary", "/analytics/timeseries", "/analytics/top-pages"];

fn memory() -> Answers {
    cache::memory(CacheConfig { ttl: TTL, ..CacheConfig::default() })
}

async fn setup(store: &Arc<Watched>, cache: Answers) -> Setup {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.store = store.clone();
    setup.cache = cache;
    setup
}

/// A report, and whether it says that it was kept.
async fn ask(app: &App, path: &str) -> (bool, Value) {
    let mut body = app.json(path).await;
    let cached = body.as_object_mut().unwrap().remove("cached");
    (cached.unwrap().as_bool().unwrap(), body)
}

/// Asks until the answer comes from the cache, or not, as wanted.
async fn ask_until(app: &App, path: &str, cached: bool) -> Value {
    let start = Instant::now();
    loop {
        let (said, body) = ask(app, path).await;
        if said == cached {
            return body;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{path} is never cached: {cached}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Lets every other task of a test's single thread run until it waits.
async fn let_run() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_answer_is_kept_and_says_so() {
    let store = Watched::with(vec![view("2025-11-14T10:00:00Z")]).await;
    let app = setup(&store, memory()).await.app();
    for path in KEPT {
        let (cached, first) = ask(&app, path).await;
        assert!(!cached, "{path}");
        let queries = store.queries();
        store.add(view("2025-11-14T10:01:00Z")).await;
        assert_eq!(ask(&app, path).await, (true, first.clone()), "{path}");
        assert_eq!(store.queries(), queries, "{path}");
    }
}

#[tokio::test]
async fn what_cannot_say_that_it_is_old_is_never_kept() {
    let store = Watched::with(Vec::new()).await;
    let app = setup(&store, memory()).await.app();
    for path in [
        "/stats",
        "/stats?date=2025-11-14",
        "/metrics/realtime",
        "/metrics/hourly",
        "/metrics/summary",
        "/analytics/recent",
        "/events/recent",
    ] {
        let before = app.json(path).await;
        store.add(view("2025-11-14T10:07:00Z")).await;
        assert_ne!(app.json(path).await, before, "{path}");
        assert_eq!(before.get("cached"), None, "{path}");
    }
}

#[tokio::test]
async fn different_questions_have_different_answers() {
    let of_shop = |event: Event| Event { site: SiteId::new("shop").unwrap(), ..event };
    let store = Watched::with(vec![
        view_of("/a", 1, "2025-11-14T10:00:00Z"),
        view_of("/a", 1, "2025-11-12T10:00:00Z"),
        view_of("/b", 1, "2025-10-20T10:00:00Z"),
        of_shop(view_of("/s", 1, "2025-11-14T09:00:00Z")),
        of_shop(view_of("/s", 1, "2025-11-01T09:00:00Z")),
    ])
    .await;
    let mut setup = setup(&store, memory()).await;
    setup.sites = vec![site("demo"), site("shop")];
    let app = setup.app();
    let mut answers = Vec::new();
    for path in KEPT {
        for site in ["demo", "shop"] {
            let path = format!("{path}?site_id={site}");
            answers.push((path.clone(), ask(&app, &path).await));
            if path.contains("top-pages") {
                let path = format!("{path}&limit=1");
                answers.push((path.clone(), ask(&app, &path).await));
            } else if path.contains("timeseries") {
                for range in ["7d", "30d"] {
                    let path = format!("{path}&range={range}");
                    answers.push((path.clone(), ask(&app, &path).await));
                }
            }
        }
    }
    for (place, (path, (cached, answer))) in answers.iter().enumerate() {
        assert!(!cached, "{path}");
        // Of the shop's single page a limit of one shows all.
        let same = path == "/analytics/top-pages?site_id=shop&limit=1";
        let others = answers[..place].iter().filter(|(_, (_, other))| other == answer).count();
        assert_eq!(others, usize::from(same), "{path}");
        assert_eq!(ask(&app, path).await, (true, answer.clone()), "{path}");
    }
    // The same question in other words.
    for path in [
        "/analytics/top-pages?limit=10&site_id=demo&x=1",
        "/analytics/top-pages?limit=010&site_id=demo",
        "/analytics/timeseries?site_id=demo&range=24h",
    ] {
        assert!(ask(&app, path).await.0, "{path}");
    }
}

#[tokio::test]
async fn another_zone_another_hour_and_a_site_added_again_are_other_questions() {
    static CLOCK: AtomicI64 = AtomicI64::new(0);
    let shelf = Arc::new(Shelf::default());
    let store = Watched::with(vec![view("2025-11-14T10:00:00Z")]).await;
    let app = async |change: fn(&mut Site), now: &str| {
        CLOCK.store(at(now).as_millis(), Ordering::SeqCst);
        let mut setup = setup(&store, Answers::new(Some(shelf.clone()), TTL)).await;
        setup.clock = || Timestamp::from_millis(CLOCK.load(Ordering::SeqCst));
        setup.sites = vec![Site { created_at: at("2025-01-01T00:00:00Z"), ..site("demo") }];
        change(&mut setup.sites[0]);
        setup.app()
    };
    let series = "/analytics/timeseries";
    for path in KEPT {
        assert!(!ask(&app(|_| (), "2025-11-14T10:59:50Z").await, path).await.0);
        assert!(ask(&app(|_| (), "2025-11-14T10:59:59Z").await, path).await.0);
    }
    // A turn of the hour moves the buckets, and nothing else.
    for (path, cached) in KEPT.into_iter().zip([true, false, true]) {
        assert_eq!(ask(&app(|_| (), "2025-11-14T11:00:00Z").await, path).await.0, cached, "{path}");
    }
    let zone = |site: &mut Site| site.timezone = TimeZone::get("Asia/Kathmandu").unwrap();
    let again = |site: &mut Site| site.created_at = at("2025-11-14T10:59:00Z");
    for change in [zone as fn(&mut Site), again] {
        for path in KEPT {
            assert!(!ask(&app(change, "2025-11-14T10:59:59Z").await, path).await.0, "{path}");
            assert!(ask(&app(change, "2025-11-14T10:59:59Z").await, path).await.0, "{path}");
        }
    }
    let (_, body) = ask(&app(zone, "2025-11-14T10:59:59Z").await, series).await;
    assert_eq!(body["result"]["data"][23]["time"], "2025-11-14T10:15:00Z");
    // Whatever the cache makes of a time to live: nothing is older than that.
    assert!(!ask(&app(|_| (), "2025-11-14T11:00:50.001Z").await, KEPT[0]).await.0);
}

#[tokio::test]
async fn an_answer_has_its_time() {
    let store = Watched::with(vec![view(NOW)]).await;
    let ttl = Duration::from_millis(50);
    let app = setup(&store, cache::memory(CacheConfig { ttl, ..CacheConfig::default() })).await.app();
    let first = ask_until(&app, KEPT[0], true).await;
    assert_eq!(first["summary"]["total_events"], 1);
    store.add(view(NOW)).await;
    assert_eq!(ask_until(&app, KEPT[0], false).await["summary"]["total_events"], 2);
}

#[tokio::test]
async fn without_a_time_to_live_or_room_nothing_is_kept() {
    for cache in [
        cache::none(),
        cache::memory(CacheConfig { ttl: Duration::ZERO, ..CacheConfig::default() }),
        cache::memory(CacheConfig { max_bytes: 0, ttl: TTL, ..CacheConfig::default() }),
        cache::redis("redis://127.0.0.1:1/", CacheConfig { ttl: Duration::ZERO, ..CacheConfig::default() })
            .unwrap(),
    ] {
        let store = Watched::with(vec![view(NOW)]).await;
        let app = setup(&store, cache).await.app();
        for queries in 1..4 {
            assert!(!ask(&app, "/analytics/top-pages").await.0);
            assert_eq!(store.queries(), queries);
        }
    }
}

/// Fifty requests at once, over a cache that works and over one that fails: one asks the store.
#[tokio::test]
async fn of_many_equal_requests_one_computes() {
    for broken in [false, true] {
        let store = Watched::with(vec![view(NOW)]).await;
        store.hold();
        let cache = Answers::new(Some(Arc::new(Shelf::new(broken))), TTL);
        let app = Arc::new(setup(&store, cache).await.app());
        let mut requests = JoinSet::new();
        for _ in 0..50 {
            let app = app.clone();
            requests.spawn(async move { ask(&app, "/analytics/top-pages").await });
        }
        let_run().await;
        assert_eq!(store.queries(), 1);
        store.go_on();
        let answers = requests.join_all().await;
        assert_eq!(answers.iter().filter(|(cached, _)| !cached).count(), 1);
        assert!(answers.iter().all(|(_, body)| *body == json!({"pages": [{"page_url": "/", "count": 1}]})));
        assert_eq!(store.queries(), 1);
        assert_eq!(ask(&app, "/analytics/top-pages").await.0, !broken);
    }
}

#[tokio::test]
async fn a_failure_is_shared_by_those_who_wait_and_not_kept() {
    let store = Watched::with(vec![view(NOW)]).await;
    store.hold();
    store.fail(true);
    let app = Arc::new(setup(&store, memory()).await.app());
    let mut requests = JoinSet::new();
    for _ in 0..10 {
        let app = app.clone();
        requests.spawn(async move { app.get("/analytics/top-pages").await });
    }
    let_run().await;
    store.go_on();
    for answer in requests.join_all().await {
        assert_eq!(answer.error(), (503, "store_unavailable".to_owned(), None));
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert!(!answer.text().contains("secret"));
    }
    assert_eq!(store.queries(), 1);
    store.fail(false);
    assert!(!ask(&app, "/analytics/top-pages").await.0);
    assert!(ask(&app, "/analytics/top-pages").await.0);
}

#[tokio::test]
async fn who_goes_away_in_the_middle_is_followed_by_the_next() {
    let store = Watched::with(vec![view(NOW)]).await;
    store.hold();
    let app = Arc::new(setup(&store, memory()).await.app());
    let request = || {
        let app = app.clone();
        tokio::spawn(async move { ask(&app, "/analytics/top-pages").await })
    };
    let first = request();
    let_run().await;
    let (second, third) = (request(), request());
    let_run().await;
    assert_eq!(store.queries(), 1);
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let_run().await;
    assert_eq!(store.queries(), 2);
    store.go_on();
    assert_eq!((second.await.unwrap().0, third.await.unwrap().0), (false, true));
    assert_eq!(store.queries(), 2);
}

#[tokio::test]
async fn nobody_waits_for_another_beyond_the_time_of_a_report() {
    let store = Watched::with(Vec::new()).await;
    store.hold();
    let mut setup = setup(&store, memory()).await;
    setup.limits.query_timeout = Duration::from_millis(30);
    let app = Arc::new(setup.app());
    let mut requests = JoinSet::new();
    for _ in 0..5 {
        let app = app.clone();
        requests.spawn(async move { app.get("/analytics/top-pages").await });
    }
    for answer in requests.join_all().await {
        assert_eq!(answer.error(), (503, "query_timeout".to_owned(), None));
    }
    store.go_on();
    assert!(!ask(&app, "/analytics/top-pages").await.0);
}

#[tokio::test]
async fn who_may_not_read_gets_nothing_that_is_kept() {
    let shelf = Arc::new(Shelf::default());
    let store = Watched::with(vec![view(NOW)]).await;
    let app = async |sites: &[&str], keys: Vec<(&'static str, &'static str, KeyKind)>| {
        let mut setup = setup(&store, Answers::new(Some(shelf.clone()), TTL)).await;
        let private = |id: &&str| Site { public: false, created_at: at(NOW), ..site(id) };
        setup.sites = sites.iter().map(private).collect();
        setup.keys = keys;
        setup.app()
    };
    let key: [(&str, &[u8]); 1] = [("x-api-key", b"r")];
    for path in KEPT.map(|path| format!("{path}?site_id=demo")) {
        let valid = app(&["demo"], vec![("r", "demo", KeyKind::Read)]).await;
        for cached in [false, true] {
            assert_eq!(valid.get_with(&path, &key).await.json()["cached"], cached);
        }
        assert_eq!(valid.get(&path).await.error().1, "key_missing");
        let revoked = app(&["demo"], Vec::new()).await;
        assert_eq!(revoked.get_with(&path, &key).await.error().1, "key_unknown");
        let removed = app(&["shop"], vec![("r", "shop", KeyKind::Read)]).await;
        assert_eq!(removed.get_with(&path, &key).await.error().1, "site_unknown");
        let other = app(&["demo", "shop"], vec![("r", "shop", KeyKind::Read)]).await;
        assert_eq!(other.get_with(&path, &key).await.error().1, "key_of_another_site");
    }
}

#[tokio::test]
async fn an_answer_beyond_the_bound_is_computed_each_time() {
    let path = |place: usize| format!("/{place}{}", "p".repeat(2_000));
    let views = (0..600).map(|place| view_of(&path(place), 1, NOW)).collect();
    let app = setup(&Watched::with(views).await, memory()).await.app();
    for (limit, cached) in [(600, false), (100, true)] {
        let path = format!("/analytics/top-pages?limit={limit}");
        assert!(!ask(&app, &path).await.0);
        let (said, body) = ask(&app, &path).await;
        assert_eq!((said, body["pages"].as_array().unwrap().len()), (cached, limit));
    }
}

#[test]
fn what_the_cache_does_is_counted_without_labels() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Watched::with(Vec::new()).await;
            let app = setup(&store, memory()).await.app();
            for path in KEPT.into_iter().chain([KEPT[0], "/stats"]) {
                app.get(path).await;
            }
            let broken = Answers::new(Some(Arc::new(Shelf::new(true))), TTL);
            setup(&store, broken).await.app().get(KEPT[0]).await;
        });
    });
    let mut counted = Vec::new();
    for (key, _, _, value) in snapshots.snapshot().into_vec() {
        let key = key.key();
        if let (DebugValue::Counter(count), true) = (value, key.name().contains("_cache_")) {
            assert_eq!(key.labels().count(), 0);
            counted.push(format!("{} {count}", key.name()));
        }
    }
    counted.sort();
    assert_eq!(
        counted,
        [
            // Asked, and told to keep the answer.
            "millrace_api_cache_errors_total 2",
            "millrace_api_cache_found_total 1",
            "millrace_api_cache_misses_total 4",
        ]
    );
}
