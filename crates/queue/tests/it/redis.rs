//! The conformance suite on Redis, and what only Redis does.

use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use millrace_queue::conformance::{self, Fixture, drain, join, record, take, text};
use millrace_queue::redis::{RedisQueue, RedisQueueConfig};
use millrace_queue::{BatchLimit, Consumer, ConsumerGroup, DeadLetter, Offsets, Queue, QueueError};
use millrace_stack::{Fault, Proxy, Redis};

/// One server for all tests that do not harm it.
fn server() -> Arc<Redis> {
    static SERVER: Mutex<Weak<Redis>> = Mutex::new(Weak::new());
    let mut running = SERVER.lock().expect("no panic");
    if let Some(server) = running.upgrade() {
        return server;
    }
    let server = Arc::new(Redis::start().expect("a Redis"));
    *running = Arc::downgrade(&server);
    server
}

/// A queue of its own on a server.
struct OnRedis {
    server: Arc<Redis>,
    prefix: String,
    streams: u32,
}

impl OnRedis {
    fn new(streams: u32) -> Self {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Self { server: server(), prefix: format!("test-{count}"), streams }
    }

    fn config(&self) -> RedisQueueConfig {
        let url = format!("{}?prefix={}", self.server.url(), self.prefix);
        RedisQueueConfig { streams: self.streams, ..RedisQueueConfig::new(url) }
    }

    async fn queue(&self) -> Arc<RedisQueue> {
        Arc::new(RedisQueue::open(self.config()).await.expect("a queue"))
    }

    async fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let client = redis::Client::open(self.server.url()).expect("a URL");
        let mut link = client.get_multiplexed_async_connection().await.expect("a connection");
        let (name, rest) = words.split_first().expect("a command");
        redis::cmd(name).arg(rest).query_async(&mut link).await.expect("an answer")
    }

    fn stream(&self, partition: u32) -> String {
        format!("{}:{{{partition}}}:events", self.prefix)
    }
}

#[async_trait]
impl Fixture for OnRedis {
    async fn open(&self) -> Arc<dyn Queue> {
        // Who was dropped without leaving is still leaving.
        let owners = format!("{}:*:owner:*", self.prefix);
        for _ in 0..1_000 {
            if self.ask::<Vec<String>>(&["KEYS", &owners]).await.is_empty() {
                return self.queue().await;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("a member never left");
    }
}

async fn within(limit: Duration, done: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !done().await {
        assert!(start.elapsed() < limit, "not within {limit:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn group() -> ConsumerGroup {
    ConsumerGroup::new("worker").expect("a name")
}

const SOME: BatchLimit = BatchLimit { records: 100, bytes: 1 << 20, wait: Duration::from_millis(50) };

#[tokio::test(flavor = "multi_thread")]
async fn conformance_with_one_stream() {
    conformance::all(&|| Box::new(OnRedis::new(1))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_with_eight_streams() {
    conformance::all(&|| Box::new(OnRedis::new(8))).await;
}

/// What a worker does: reads some, and commits it.
async fn work(member: &mut dyn Consumer) -> Vec<String> {
    let batch = member.poll(SOME).await.expect("poll");
    if batch.reassigned {
        member.resume(&Offsets::new()).await.expect("resume");
    }
    member.commit(&batch.next).await.expect("commit");
    batch.records.iter().map(text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_members_share_the_streams_and_read_each_record_once() {
    let on = OnRedis::new(8);
    let queue = on.queue().await;
    let mut members = [join(&*queue, "worker").await, join(&*queue, "worker").await];
    let mut got: Vec<Vec<String>> = vec![Vec::new(), Vec::new()];
    let mut sent = 0..;
    let start = Instant::now();
    // Until both have some: the second member's share comes with the first one's next heartbeat.
    while got.iter().any(|texts| texts.len() < 50) {
        assert!(start.elapsed() < Duration::from_secs(20), "{got:?}");
        let records = sent.by_ref().take(20).map(|index: u64| record(index, &index.to_string()));
        queue.append(records.collect()).await.expect("append");
        for (member, got) in members.iter_mut().zip(&mut got) {
            got.extend(work(&mut **member).await);
        }
    }
    let sent = sent.next().expect("endless");
    while got.iter().map(Vec::len).sum::<usize>() < sent as usize {
        assert!(start.elapsed() < Duration::from_secs(20), "{got:?}");
        for (member, got) in members.iter_mut().zip(&mut got) {
            got.extend(work(&mut **member).await);
        }
    }
    let mut all: Vec<u64> = got.concat().iter().map(|text| text.parse().expect("a number")).collect();
    all.sort_unstable();
    assert_eq!(all, (0..sent).collect::<Vec<_>>());
    let owners =
        queue.lags(&group()).await.expect("lags").into_iter().map(|lag| lag.owner.expect("an owner"));
    assert_eq!(owners.collect::<std::collections::BTreeSet<_>>().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_member_had_goes_to_another() {
    let on = Arc::new(OnRedis::new(2));
    // A process of its own, as far as a test goes: its tasks end with its runtime, and it never leaves.
    let (process, dying) = (tokio::runtime::Runtime::new().expect("a runtime"), on.clone());
    let work = process.spawn(async move {
        let queue = dying.queue().await;
        let mut member = join(&*queue, "worker").await;
        queue.append((0..50).map(|index| record(index, &index.to_string())).collect()).await.expect("append");
        let batch = take(&mut *member, 20).await;
        member.commit(&batch.next).await.expect("commit");
        take(&mut *member, 10).await;
        std::mem::forget(member);
        batch.records.iter().map(text).collect::<Vec<_>>()
    });
    let done = work.await.expect("no panic");
    process.shutdown_background();
    let queue = on.open().await;
    let mut member = join(&*queue, "worker").await;
    let mut rest: Vec<_> = drain(&mut *member).await.iter().map(text).collect();
    rest.extend(done);
    rest.sort_by_key(|text| text.parse::<u64>().expect("a number"));
    assert_eq!(rest, (0..50).map(|index| index.to_string()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_lost_its_partition_reads_nothing_more() {
    let on = OnRedis::new(1);
    let queue = on.queue().await;
    let mut first = join(&*queue, "worker").await;
    queue.append(vec![record(1, "before")]).await.expect("append");
    assert_eq!(drain(&mut *first).await.len(), 1);
    // Somebody took over, and the first does not know.
    on.ask::<()>(&["SET", &format!("{}:{{0}}:owner:worker", on.prefix), "somebody/1"]).await;
    queue.append(vec![record(1, "after")]).await.expect("append");
    assert_eq!(drain(&mut *first).await, []);
    let lag = &queue.lags(&group()).await.expect("lags")[0];
    assert_eq!((lag.lag.records, lag.pending, lag.owner.as_deref()), (2, Some(1), Some("somebody")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_takes_workers_down_is_buried_and_its_neighbours_are_not() {
    let on = OnRedis::new(1);
    let feeding = on.queue().await;
    feeding.append((0..200).map(|index| record(1, &index.to_string())).collect()).await.expect("append");
    let mut stored = Vec::new();
    for _ in 0..100 {
        let queue = on.open().await;
        let mut worker = join(&*queue, "worker").await;
        loop {
            let batch = worker.poll(SOME).await.expect("poll");
            let texts: Vec<_> = batch.records.iter().map(text).collect();
            if texts.iter().any(|text| text == "70") {
                // The worker dies of it, and with it everything that was not committed.
                break;
            }
            stored.extend(texts);
            worker.commit(&batch.next).await.expect("commit");
            if batch.records.is_empty() {
                break;
            }
        }
        if stored.len() == 199 {
            break;
        }
    }
    assert_eq!(stored.len(), 199);
    let letters = feeding.dead_letters(10).await.expect("letters");
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0].payload, "70");
    assert!(letters[0].reason.contains("given to a worker 10 times"), "{}", letters[0].reason);
    assert_eq!(feeding.lag(&group()).await.expect("lag").records, 0);
}

/// Polls until the stream has `length` entries, and no fewer.
async fn trims_to(on: &OnRedis, member: &mut dyn Consumer, length: u64) {
    let start = Instant::now();
    loop {
        let now = on.ask::<u64>(&["XLEN", &on.stream(0)]).await;
        if now == length {
            break;
        }
        assert!(now > length && start.elapsed() < Duration::from_secs(10), "{now} entries, not {length}");
        member.poll(SOME).await.expect("poll");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_every_group_has_acknowledged_is_trimmed() {
    let on = OnRedis::new(1);
    let queue = on.queue().await;
    let (mut fast, mut slow) = (join(&*queue, "fast").await, join(&*queue, "slow").await);
    queue.append((0..100).map(|index| record(1, &index.to_string())).collect()).await.expect("append");
    tokio::time::sleep(Duration::from_millis(600)).await;
    let all = take(&mut *fast, 100).await;
    fast.commit(&all.next).await.expect("commit");
    assert_eq!(on.ask::<u64>(&["XLEN", &on.stream(0)]).await, 100, "the slow group has not read them");
    let some = take(&mut *slow, 30).await;
    let more = take(&mut *slow, 30).await;
    slow.commit(&some.next).await.expect("commit");
    assert_eq!(on.ask::<u64>(&["XLEN", &on.stream(0)]).await, 70, "thirty were read, not acknowledged");
    slow.commit(&more.next).await.expect("commit");
    // No further commit comes: a member that waits for records trims as well.
    trims_to(&on, &mut *slow, 40).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_until_there_is_room() {
    let on = OnRedis::new(1);
    let config = RedisQueueConfig { max_records: 100, ..on.config() };
    let queue = RedisQueue::open(config).await.expect("a queue");
    let mut consumer = join(&queue, "worker").await;
    queue.append((0..100).map(|index| record(1, &index.to_string())).collect()).await.expect("append");
    let refused = async || matches!(queue.append(vec![record(1, "x")]).await, Err(QueueError::Deep { .. }));
    within(Duration::from_secs(5), refused).await;
    assert!(matches!(queue.health().await, Err(QueueError::Deep { records: 100.., max_records: 100 })));
    let all = take(&mut *consumer, 1_000).await;
    consumer.commit(&all.next).await.expect("commit");
    trims_to(&on, &mut *consumer, 0).await;
    within(Duration::from_secs(5), async || queue.append(vec![record(1, "room")]).await.is_ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_of_another_program_are_delivered_as_they_are_and_block_nothing() {
    let on = OnRedis::new(1);
    let queue = on.queue().await;
    let mut consumer = join(&*queue, "worker").await;
    queue.append(vec![record(1, "one")]).await.expect("append");
    on.ask::<String>(&["XADD", &on.stream(0), "*", "foo", "bar", "p", "x"]).await;
    on.ask::<String>(&["XADD", &on.stream(0), "*", "q", "y"]).await;
    queue.append(vec![record(1, "two"), record(1, "gone")]).await.expect("append");
    let ids: Vec<(String, Vec<String>)> = on.ask(&["XREVRANGE", &on.stream(0), "+", "-", "COUNT", "1"]).await;
    on.ask::<u64>(&["XDEL", &on.stream(0), &ids[0].0]).await;
    queue.append(vec![record(1, "three")]).await.expect("append");
    let got = drain(&mut *consumer).await;
    assert_eq!(got.iter().map(text).collect::<Vec<_>>(), ["one", "foobarpx", "qy", "two", "three"]);
    let end = Offsets::from([(0, got.last().expect("some").offset + 1)]);
    consumer.commit(&end).await.expect("commit");
    assert_eq!(queue.lag(&group()).await.expect("lag").records, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_somebody_deleted_or_replaced_is_told_and_mended() {
    let on = OnRedis::new(2);
    let queue = on.queue().await;
    let mut consumer = join(&*queue, "worker").await;
    queue.append((0..10).map(|index| record(index, "old")).collect()).await.expect("append");
    assert_eq!(drain(&mut *consumer).await.len(), 10);
    on.ask::<u64>(&["DEL", &on.stream(0)]).await;
    on.ask::<()>(&["SET", &on.stream(1), "no stream"]).await;
    queue.append(vec![record(0, "new")]).await.expect("append to the stream that begins anew");
    let error = queue.append(vec![record(1, "new")]).await.expect_err("refused").to_string();
    assert!(error.contains("WRONGTYPE"), "{error}");
    let mut got = Vec::new();
    let start = Instant::now();
    while got.is_empty() {
        assert!(start.elapsed() < Duration::from_secs(10));
        match consumer.poll(SOME).await {
            Ok(batch) if batch.reassigned => {
                on.ask::<u64>(&["DEL", &on.stream(1)]).await;
                consumer.resume(&Offsets::new()).await.expect("resume");
            }
            Ok(batch) => got.extend(batch.records.iter().map(text)),
            Err(error) => assert!(error.to_string().contains("WRONGTYPE"), "{error}"),
        }
    }
    assert_eq!(got, ["new"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_deleted_with_entries_pending_is_made_again() {
    let on = OnRedis::new(2);
    let queue = on.queue().await;
    let mut consumer = join(&*queue, "worker").await;
    queue.append((0..200).map(|index| record(index, "old")).collect()).await.expect("append");
    assert_eq!(drain(&mut *consumer).await.len(), 200);
    // Everything is to be claimed again, one by one.
    consumer.resume(&Offsets::new()).await.expect("resume");
    let one = BatchLimit { records: 1, ..SOME };
    assert_eq!(consumer.poll(one).await.expect("poll").records.len(), 1);
    on.ask::<u64>(&["DEL", &on.stream(0)]).await;
    queue.append(vec![record(0, "new")]).await.expect("append");
    let (mut got, start) = (Vec::new(), Instant::now());
    while !got.contains(&"new".to_owned()) {
        assert!(start.elapsed() < Duration::from_secs(20), "{got:?}");
        let batch = consumer.poll(SOME).await.expect("poll");
        if batch.reassigned {
            consumer.resume(&Offsets::new()).await.expect("resume");
        }
        got.extend(batch.records.iter().map(text));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_cannot_be_claimed_does_not_stop_the_others() {
    let on = OnRedis::new(2);
    let queue = on.queue().await;
    let mut consumer = join(&*queue, "worker").await;
    queue.append((0..200).map(|index| record(index, "old")).collect()).await.expect("append");
    assert_eq!(drain(&mut *consumer).await.len(), 200);
    consumer.resume(&Offsets::new()).await.expect("resume");
    on.ask::<u64>(&["DEL", &on.stream(0)]).await;
    on.ask::<()>(&["SET", &on.stream(0), "no stream"]).await;
    queue.append(vec![record(1, "new")]).await.expect("append");
    let (mut got, start) = (Vec::new(), Instant::now());
    while !got.contains(&"new".to_owned()) {
        assert!(start.elapsed() < Duration::from_secs(10), "{got:?}");
        match consumer.poll(SOME).await {
            Ok(batch) => got.extend(batch.records.iter().map(text)),
            Err(error) => assert!(error.to_string().contains("WRONGTYPE"), "{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_make_a_202_worth_less_are_named() {
    let on = OnRedis::new(1);
    assert_eq!(on.queue().await.warnings().await.expect("warnings"), Vec::<String>::new());
    for (options, expected) in [
        (&[][..], "keeps nothing on disk"),
        (&["--save", "60 1000"], "snapshots only"),
        (&["--appendonly", "yes", "--appendfsync", "everysec"], "appendfsync everysec"),
    ] {
        let server = Redis::start_with(None, options).expect("a Redis");
        let queue = RedisQueue::open(RedisQueueConfig::new(server.url())).await.expect("a queue");
        let warnings = queue.warnings().await.expect("warnings");
        assert!(warnings.len() == 1 && warnings[0].contains(expected), "{warnings:?}");
    }
    let options = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "allkeys-lru"];
    let server = Redis::start_with(None, &options).expect("a Redis");
    let queue = RedisQueue::open(RedisQueueConfig::new(server.url())).await.expect("a queue");
    let warnings = queue.warnings().await.expect("warnings");
    assert!(warnings.len() == 1 && warnings[0].contains("noeviction"), "{warnings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_memory_refuses_and_recovers() {
    let options = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory", "3mb"];
    let server = Redis::start_with(None, &options).expect("a Redis");
    let queue = RedisQueue::open(RedisQueueConfig::new(server.url())).await.expect("a queue");
    let mut consumer = join(&queue, "worker").await;
    let payload = "x".repeat(10_000);
    let mut kept = 0;
    let error = loop {
        match queue.append(vec![record(kept, &payload)]).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("out of memory"), "{error}");
    assert!(error.retry_after().is_some());
    assert!(queue.health().await.is_err());
    let letter = DeadLetter {
        partition: 0,
        offset: 1,
        reason: "unreadable".to_owned(),
        failed_at_ms: 0,
        payload: payload.clone().into(),
    };
    queue
        .bury(vec![letter])
        .await
        .expect("burying needs no memory: it would keep the worker from making room");
    let all = take(&mut *consumer, 10_000).await;
    assert_eq!(all.records.len() as u64, kept, "what was acknowledged is there, what was refused is not");
    consumer.commit(&all.next).await.expect("commit works without memory");
    let start = Instant::now();
    while queue.append(vec![record(1, "again")]).await.is_err() {
        assert!(start.elapsed() < Duration::from_secs(10), "there was never room again");
        consumer.poll(SOME).await.expect("poll");
    }
    queue.health().await.expect("healthy");
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_records_survive_a_kill_of_redis() {
    let mut server = Redis::start().expect("a Redis");
    let queue = Arc::new(RedisQueue::open(RedisQueueConfig::new(server.url())).await.expect("a queue"));
    let mut consumer = join(&*queue, "worker").await;
    let appenders: Vec<_> = (0..8_u64)
        .map(|appender| {
            let queue = queue.clone();
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for index in 0..400_u64 {
                    let name = format!("{appender}/{index}");
                    if queue.append(vec![record(appender, &name)]).await.is_ok() {
                        acknowledged.push(name);
                    } else {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                }
                acknowledged
            })
        })
        .collect();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.kill();
        server.restart().expect("restarted");
    }
    let mut acknowledged = Vec::new();
    for appender in appenders {
        acknowledged.extend(appender.await.expect("no panic"));
    }
    assert!(acknowledged.len() > 100, "{}", acknowledged.len());
    let mut got = std::collections::BTreeSet::new();
    let start = Instant::now();
    while acknowledged.iter().any(|name| !got.contains(name)) {
        assert!(start.elapsed() < Duration::from_secs(20), "{} of {}", got.len(), acknowledged.len());
        match consumer.poll(SOME).await {
            Ok(batch) if batch.reassigned => consumer.resume(&Offsets::new()).await.unwrap_or_default(),
            Ok(batch) => got.extend(batch.records.iter().map(text)),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_lost_or_late_lose_no_record() {
    let server = Redis::start().expect("a Redis");
    let proxy = Arc::new(Proxy::start(server.port()).expect("a proxy"));
    let url = format!("redis://127.0.0.1:{}/", proxy.port());
    let queue = Arc::new(RedisQueue::open(RedisQueueConfig::new(url)).await.expect("a queue"));
    let mut consumer = join(&*queue, "worker").await;
    let breaking = {
        let proxy = proxy.clone();
        tokio::spawn(async move {
            for fault in [Fault::LoseAnswer, Fault::CutAnswer, Fault::HoldAnswers].repeat(6) {
                tokio::time::sleep(Duration::from_millis(60)).await;
                proxy.set(fault);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            proxy.set(Fault::None);
        })
    };
    let (mut acknowledged, mut got) = (Vec::new(), std::collections::BTreeSet::new());
    let mut index = 0_u64;
    let start = Instant::now();
    while !breaking.is_finished() || acknowledged.iter().any(|name| !got.contains(name)) {
        assert!(start.elapsed() < Duration::from_secs(60), "{} of {}", got.len(), acknowledged.len());
        if !breaking.is_finished() {
            index += 1;
            let name = index.to_string();
            if queue.append(vec![record(index, &name)]).await.is_ok() {
                acknowledged.push(name);
            }
        }
        match consumer.poll(BatchLimit { wait: Duration::from_millis(5), ..SOME }).await {
            Ok(batch) if batch.reassigned => consumer.resume(&Offsets::new()).await.unwrap_or_default(),
            Ok(batch) => got.extend(batch.records.iter().map(text)),
            Err(_) => {}
        }
    }
    assert!(acknowledged.len() > 50, "{}", acknowledged.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_cut_without_a_word_costs_one_answer() {
    let server = Redis::start().expect("a Redis");
    let proxy = Proxy::start(server.port()).expect("a proxy");
    let url = format!("redis://127.0.0.1:{}/", proxy.port());
    let queue = RedisQueue::open(RedisQueueConfig::new(url)).await.expect("a queue");
    let mut consumer = join(&queue, "worker").await;
    queue.append(vec![record(1, "before")]).await.expect("append");
    assert_eq!(drain(&mut *consumer).await.len(), 1);
    proxy.hang();
    let error = queue.append(vec![record(1, "unknown")]).await.expect_err("no answer").to_string();
    assert!(error.contains("no answer in time"), "{error}");
    let begin = Instant::now();
    queue.append(vec![record(1, "after")]).await.expect("on a new connection");
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    let mut got = Vec::new();
    while !got.contains(&"after".to_owned()) {
        assert!(begin.elapsed() < Duration::from_secs(30), "{got:?}");
        match consumer.poll(SOME).await {
            Ok(batch) if batch.reassigned => consumer.resume(&Offsets::new()).await.unwrap_or_default(),
            Ok(batch) => got.extend(batch.records.iter().map(text)),
            Err(_) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_number_of_streams_and_an_absent_server_are_named() {
    let on = OnRedis::new(4);
    drop(on.queue().await);
    let other = RedisQueueConfig { streams: 8, ..on.config() };
    let error = RedisQueue::open(other).await.expect_err("refused").to_string();
    assert!(error.contains("has 4 streams and queue.streams is 8"), "{error}");
    let any =
        RedisQueue::open(RedisQueueConfig { streams: 0, ..on.config() }).await.expect("whatever it has");
    assert_eq!(any.lags(&group()).await.expect("lags").len(), 4);
    let port = millrace_stack::free_port().expect("a port");
    let url = format!("redis://me:secret@127.0.0.1:{port}/");
    let error = RedisQueue::open(RedisQueueConfig::new(url)).await.expect_err("refused").to_string();
    assert!(error.contains(&format!("127.0.0.1:{port}")) && !error.contains("secret"), "{error}");
}

/// Three nodes that share the slots out.
struct Cluster {
    nodes: Vec<Redis>,
    prefix: &'static str,
}

impl Cluster {
    async fn start(prefix: &'static str) -> Self {
        let node = |_| {
            let bus = millrace_stack::free_port().expect("a port").to_string();
            let options = [
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--cluster-enabled",
                "yes",
                "--cluster-port",
            ];
            let options: Vec<&str> = options.into_iter().chain([bus.as_str()]).collect();
            (Redis::start_with(None, &options).expect("a Redis"), bus)
        };
        let nodes: Vec<_> = (0..3).map(node).collect();
        for (number, (node, bus)) in nodes.iter().enumerate() {
            let (from, to) = (number * 5_462, ((number + 1) * 5_462 - 1).min(16_383));
            let slots = [from.to_string(), to.to_string()];
            ask_node::<()>(node, &["CLUSTER", "ADDSLOTSRANGE", &slots[0], &slots[1]]).await;
            if number > 0 {
                let (port, bus) = (node.port().to_string(), bus.as_str());
                ask_node::<()>(&nodes[0].0, &["CLUSTER", "MEET", "127.0.0.1", &port, bus]).await;
            }
        }
        let cluster = Self { nodes: nodes.into_iter().map(|(node, _)| node).collect(), prefix };
        let agreed = async || {
            let mut agree = true;
            for node in &cluster.nodes {
                let info: String = ask_node(node, &["CLUSTER", "INFO"]).await;
                agree &= info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3");
            }
            agree
        };
        within(Duration::from_secs(30), agreed).await;
        cluster
    }
}

async fn ask_node<T: redis::FromRedisValue>(node: &Redis, words: &[&str]) -> T {
    let client = redis::Client::open(node.url()).expect("a URL");
    let mut link = client.get_multiplexed_async_connection().await.expect("a connection");
    let (name, rest) = words.split_first().expect("a command");
    redis::cmd(name).arg(rest).query_async(&mut link).await.expect("an answer")
}

#[async_trait]
impl Fixture for Cluster {
    async fn open(&self) -> Arc<dyn Queue> {
        let hosts: Vec<_> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        for _ in 0..1_000 {
            let mut owners = 0;
            for node in &self.nodes {
                let pattern = format!("{}:*:owner:*", self.prefix);
                owners += ask_node::<Vec<String>>(node, &["KEYS", &pattern]).await.len();
            }
            if owners == 0 {
                let url = format!("redis+cluster://{}?prefix={}", hosts.join(","), self.prefix);
                let config = RedisQueueConfig { streams: 8, ..RedisQueueConfig::new(url) };
                return Arc::new(RedisQueue::open(config).await.expect("a queue"));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("a member never left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_on_a_cluster_whose_nodes_share_the_streams() {
    let cluster = Cluster::start("c").await;
    conformance::records_come_in_order_and_once(&cluster).await;
    let mut with_streams = 0;
    for node in &cluster.nodes {
        with_streams += usize::from(!ask_node::<Vec<String>>(node, &["KEYS", "c:*:events"]).await.is_empty());
        ask_node::<()>(node, &["FLUSHALL"]).await;
    }
    assert_eq!(with_streams, 3, "eight streams spread over three nodes");
    conformance::a_group_resumes_after_its_commit(&cluster).await;
    for node in &cluster.nodes {
        ask_node::<()>(node, &["FLUSHALL"]).await;
    }
    conformance::dead_letters_are_kept_and_replayed(&cluster).await;
    for node in &cluster.nodes {
        ask_node::<()>(node, &["FLUSHALL"]).await;
    }
    conformance::concurrent_appends_all_arrive(&cluster).await;
}
