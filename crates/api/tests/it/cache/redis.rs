//! Answers kept in Redis: a private one, killed, silenced, and filled with what is no answer.

use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use millrace_api::cache::{self, CacheConfig};
use millrace_catalog::Site;
use millrace_catalog::memory::site;
use millrace_stack::{Fault, Proxy, Redis, free_port};
use redis::aio::MultiplexedConnection;
use serde_json::{Value, json};

use super::watched::Watched;
use super::{KEPT, ask, ask_until};
use crate::support::{App, NOW, Setup, at, view};

const PAGES: &str = "/analytics/top-pages";

/// The Redis of all tests that do it no harm; the last one to let go ends it. A prefix a test.
fn shared() -> Arc<Redis> {
    static SHARED: Mutex<Weak<Redis>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap();
    shared.upgrade().unwrap_or_else(|| {
        let redis = Arc::new(Redis::start_with(None, &[]).unwrap());
        *shared = Arc::downgrade(&redis);
        redis
    })
}

fn url(port: u16, prefix: &str) -> String {
    format!("redis://127.0.0.1:{port}/?prefix={prefix}")
}

/// A process of its own, as far as the cache can tell. It is patient: a machine under load takes its time.
async fn process(store: &Arc<Watched>, url: &str) -> App {
    let config = CacheConfig { ttl: super::TTL, patience: Duration::from_secs(10), ..CacheConfig::default() };
    process_with(store, url, config).await
}

/// One that waits for Redis no longer than it does by default.
async fn hasty(store: &Arc<Watched>, url: &str) -> App {
    process_with(store, url, CacheConfig { ttl: super::TTL, ..CacheConfig::default() }).await
}

async fn process_with(store: &Arc<Watched>, url: &str, config: CacheConfig) -> App {
    let cache = cache::redis(url, config).unwrap();
    let mut setup = Setup::demo(Vec::new()).await;
    setup.sites = vec![Site { created_at: at(NOW), ..site("demo") }];
    setup.store = store.clone();
    setup.cache = cache;
    setup.app()
}

async fn client(port: u16) -> MultiplexedConnection {
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}/")).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

async fn keys(client: &mut MultiplexedConnection, pattern: &str) -> Vec<String> {
    let mut keys: Vec<String> = redis::cmd("KEYS").arg(pattern).query_async(client).await.unwrap();
    keys.sort();
    keys
}

fn pages(count: u64) -> Value {
    json!({"pages": [{"page_url": "/", "count": count}]})
}

#[tokio::test]
async fn two_processes_share_their_answers() {
    let redis = shared();
    let store = Watched::with(vec![view(NOW)]).await;
    let (one, other) =
        (process(&store, &url(redis.port(), "two")).await, process(&store, &url(redis.port(), "two")).await);
    let stranger = process(&store, &url(redis.port(), "three")).await;
    for path in KEPT {
        let (cached, body) = ask(&one, path).await;
        assert!(!cached);
        store.add(view(NOW)).await;
        assert_eq!(ask(&other, path).await, (true, body.clone()), "{path}");
        assert!(!ask(&stranger, path).await.0);
    }
    let mut client = client(redis.port()).await;
    let kept = keys(&mut client, "two:*").await;
    assert_eq!(kept.iter().filter(|key| key.starts_with("two:cache:v1:")).count(), 3, "{kept:?}");
    for key in kept {
        let ttl: i64 = redis::cmd("PTTL").arg(&key).query_async(&mut client).await.unwrap();
        // A claim may be gone since it was listed.
        assert!(ttl == -2 || (1..=super::TTL.as_millis() as i64).contains(&ttl), "{key}: {ttl}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_not_one() {
    let redis = shared();
    let store = Watched::with(vec![view(NOW)]).await;
    let app = process(&store, &url(redis.port(), "garbage")).await;
    assert_eq!(ask(&app, PAGES).await, (false, pages(1)));
    let mut client = client(redis.port()).await;
    let [key] = keys(&mut client, "garbage:cache:*").await.try_into().unwrap();
    let whole: Vec<u8> = redis::cmd("GET").arg(&key).query_async(&mut client).await.unwrap();
    let mut versions = vec![whole.clone(), whole.clone(), whole.clone()];
    versions[0][3] = b'2';
    *versions[1].last_mut().unwrap() = b'x';
    versions[2].pop();
    versions.extend([
        Vec::new(),
        b"[]".to_vec(),
        br#"{"cached":true,"pages":[]}"#.to_vec(),
        vec![0xff; 3 << 20],
        whole.repeat(2),
    ]);
    for (place, value) in versions.into_iter().enumerate() {
        redis::cmd("SET").arg(&key).arg(value).exec_async(&mut client).await.unwrap();
        assert_eq!(ask(&app, PAGES).await, (false, pages(1)), "{place}");
        assert_eq!(ask(&app, PAGES).await, (true, pages(1)), "{place}");
    }
    // Another type.
    for command in ["RPUSH", "SADD"] {
        redis::cmd("DEL").arg(&key).exec_async(&mut client).await.unwrap();
        redis::cmd(command).arg(&key).arg(&whole).exec_async(&mut client).await.unwrap();
        assert_eq!(ask(&app, PAGES).await, (false, pages(1)), "{command}");
        assert_eq!(ask(&app, PAGES).await, (true, pages(1)), "{command}");
    }
    // The answer to another question.
    assert!(!ask(&app, KEPT[0]).await.0);
    let others = keys(&mut client, "garbage:cache:*").await;
    let other = others.iter().find(|other| **other != key).unwrap();
    redis::cmd("SET").arg(other).arg(&whole).exec_async(&mut client).await.unwrap();
    assert!(!ask(&app, KEPT[0]).await.0);
}

#[tokio::test]
async fn a_redis_that_dies_costs_the_cache_and_nothing_else() {
    let mut redis = Redis::start_with(None, &[]).unwrap();
    let store = Watched::with(vec![view(NOW)]).await;
    let app = process(&store, &url(redis.port(), "killed")).await;
    assert_eq!(ask(&app, PAGES).await, (false, pages(1)));
    assert_eq!(ask(&app, PAGES).await, (true, pages(1)));
    redis.kill();
    store.add(view(NOW)).await;
    let start = Instant::now();
    for _ in 0..200 {
        assert_eq!(ask(&app, PAGES).await, (false, pages(2)));
    }
    // Had each waited for Redis, these were ten seconds.
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    redis.restart().unwrap();
    store.add(view(NOW)).await;
    assert_eq!(ask_until(&app, PAGES, true).await, pages(3));
}

#[tokio::test]
async fn a_redis_that_never_answers_is_waited_for_once() {
    let redis = shared();
    let proxy = Proxy::start(redis.port()).unwrap();
    let store = Watched::with(vec![view(NOW)]).await;
    // Once from the start, and once in the middle.
    for warm in [false, true] {
        let app = hasty(&store, &url(proxy.port(), "silent")).await;
        if warm {
            ask_until(&app, PAGES, true).await;
        }
        proxy.set(Fault::HoldAnswers);
        let start = Instant::now();
        assert_eq!(ask(&app, PAGES).await, (false, pages(1)));
        assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
        let start = Instant::now();
        for _ in 0..100 {
            assert!(!ask(&app, PAGES).await.0);
        }
        assert!(start.elapsed() < Duration::from_millis(2_500), "{:?}", start.elapsed());
        proxy.set(Fault::None);
        assert_eq!(ask_until(&app, PAGES, true).await, pages(1));
    }
}

#[tokio::test]
async fn a_lost_or_cut_answer_is_none() {
    let redis = shared();
    let proxy = Proxy::start(redis.port()).unwrap();
    let store = Watched::with(vec![view(NOW)]).await;
    let app = process(&store, &url(proxy.port(), "cut")).await;
    for fault in [Fault::LoseAnswer, Fault::CutAnswer, Fault::Refuse] {
        assert_eq!(ask_until(&app, PAGES, true).await, pages(1));
        proxy.set(fault);
        assert_eq!(ask(&app, PAGES).await, (false, pages(1)), "{fault:?}");
        proxy.set(Fault::None);
    }
    assert_eq!(ask_until(&app, PAGES, true).await, pages(1));
}

#[tokio::test]
async fn a_redis_that_is_not_there_or_lets_nobody_in_is_no_cache() {
    let redis = Redis::start_with(None, &[]).unwrap();
    let mut client = client(redis.port()).await;
    let set = redis::cmd("CONFIG").arg("SET").arg("requirepass").arg("secret").clone();
    set.exec_async(&mut client).await.unwrap();
    let port = redis.port();
    let store = Watched::with(vec![view(NOW)]).await;
    for url in [
        format!("redis://127.0.0.1:{}/", free_port().unwrap()),
        format!("redis://127.0.0.1:{port}/"),
        format!("redis://:wrong@127.0.0.1:{port}/"),
        format!("redis://:secret@127.0.0.1:{port}/77"),
        // It does not speak TLS.
        format!("rediss://:secret@127.0.0.1:{port}/"),
        "redis://host.invalid/".to_owned(),
    ] {
        let app = process(&store, &url).await;
        for _ in 0..3 {
            assert_eq!(ask(&app, PAGES).await, (false, pages(1)), "{url}");
        }
    }
    let app = process(&store, &format!("redis://:secret@127.0.0.1:{port}/3")).await;
    assert_eq!(ask_until(&app, PAGES, true).await, pages(1));
}

#[tokio::test]
async fn of_two_processes_one_computes() {
    let redis = shared();
    let store = Watched::with(vec![view(NOW)]).await;
    let (one, other) = (
        process(&store, &url(redis.port(), "claim")).await,
        process(&store, &url(redis.port(), "claim")).await,
    );
    let mut client = client(redis.port()).await;
    store.hold();
    let first = tokio::spawn(async move { ask(&one, PAGES).await });
    let start = Instant::now();
    while store.queries() == 0 {
        assert!(start.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(keys(&mut client, "claim:claim:v1:*").await.len(), 1);
    let second = tokio::spawn(async move { ask(&other, PAGES).await });
    // The claim stands: whatever the second has come to by now, it has not asked the store.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(store.queries(), 1);
    store.go_on();
    assert_eq!(first.await.unwrap(), (false, pages(1)));
    assert_eq!(second.await.unwrap(), (true, pages(1)));
    assert_eq!(store.queries(), 1);
    until_released(&mut client, "claim").await;
}

/// Waits until no process claims anything.
async fn until_released(client: &mut MultiplexedConnection, prefix: &str) {
    let start = Instant::now();
    while !keys(client, &format!("{prefix}:claim:*")).await.is_empty() {
        // A claim ends by itself after five seconds; a released one at once.
        assert!(start.elapsed() < Duration::from_secs(3), "a claim still stands");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_claim_ends_with_a_failure_and_with_whoever_goes_away() {
    let redis = shared();
    let store = Watched::with(vec![view(NOW)]).await;
    let app = Arc::new(process(&store, &url(redis.port(), "ends")).await);
    let mut client = client(redis.port()).await;
    ask_until(&app, KEPT[0], true).await;
    store.fail(true);
    assert_eq!(app.get(PAGES).await.error().1, "store_unavailable");
    until_released(&mut client, "ends").await;
    store.fail(false);
    store.hold();
    let queries = store.queries();
    let gone = tokio::spawn({
        let app = app.clone();
        async move { ask(&app, PAGES).await }
    });
    let start = Instant::now();
    while store.queries() == queries {
        assert!(start.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(keys(&mut client, "ends:claim:*").await.len(), 1);
    gone.abort();
    until_released(&mut client, "ends").await;
    store.go_on();
    assert_eq!(ask(&app, PAGES).await, (false, pages(1)));
}

#[tokio::test]
async fn a_claim_of_a_process_that_died_is_waited_for_a_moment() {
    let redis = shared();
    let store = Watched::with(vec![view(NOW)]).await;
    let app = process(&store, &url(redis.port(), "died")).await;
    assert_eq!(ask(&app, PAGES).await, (false, pages(1)));
    let mut client = client(redis.port()).await;
    let [key] = keys(&mut client, "died:cache:*").await.try_into().unwrap();
    redis::cmd("DEL").arg(&key).exec_async(&mut client).await.unwrap();
    // It would stand for a minute.
    let claim = key.replace(":cache:", ":claim:");
    redis::cmd("SET").arg(&claim).arg("").arg("PX").arg(60_000).exec_async(&mut client).await.unwrap();
    let start = Instant::now();
    assert_eq!(ask(&app, PAGES).await, (false, pages(1)));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert!(ask(&app, PAGES).await.0);
}
