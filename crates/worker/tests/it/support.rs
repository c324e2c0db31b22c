use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use millrace_catalog::{Catalog, Site, SiteSettings};
use millrace_event::payload::Payload;
use millrace_event::record::{Arrival, encode};
use millrace_event::{Event, MadeId, Screen, SiteId, Timestamp};
use millrace_queue::disk::{DiskQueue, DiskQueueConfig};
use millrace_queue::{ConsumerGroup, Queue, Record};
use millrace_store::EventStore;
use millrace_store::memory::MemoryStore;
use millrace_worker::{Worker, WorkerConfig};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_168_800_000);

/// A queue and a store, and workers that come and go between them.
pub(crate) struct Bench {
    pub(crate) queue: Arc<DiskQueue>,
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) memory: Arc<MemoryStore>,
    catalog: Arc<dyn Catalog>,
    _dir: TempDir,
    made: u64,
}

/// What a test says of an event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) id: Option<&'static str>,
    pub(crate) name: Option<&'static str>,
    pub(crate) user: Option<&'static str>,
    pub(crate) anonymous: Option<&'static str>,
    pub(crate) session: Option<&'static str>,
    pub(crate) url: Option<&'static str>,
    pub(crate) referrer: Option<&'static str>,
    pub(crate) address: Option<&'static str>,
    pub(crate) agent: Option<&'static str>,
    pub(crate) language: Option<&'static str>,
    pub(crate) screen: Option<u32>,
    /// It comes with a secret key.
    pub(crate) keyed: bool,
    pub(crate) site: Option<&'static str>,
    /// Minutes after [`NOW`] that it happened.
    pub(crate) minute: i64,
    /// Minutes after [`NOW`] that it arrived; absent: when it happened.
    pub(crate) received: Option<i64>,
}

pub(crate) fn minute(minute: i64) -> Timestamp {
    NOW.plus_millis(minute * 60_000)
}

impl Bench {
    pub(crate) fn new() -> Self {
        let memory = Arc::new(MemoryStore::default());
        Self::with_store(memory.clone(), memory)
    }

    /// The site `demo` has these settings, `other` the default ones.
    pub(crate) fn with_settings(settings: &str) -> Self {
        let memory = Arc::new(MemoryStore::default());
        let settings = SiteSettings::parse(settings).expect("settings");
        Self::with(memory.clone(), memory, settings)
    }

    pub(crate) fn with_store(store: Arc<dyn EventStore>, memory: Arc<MemoryStore>) -> Self {
        Self::with(store, memory, SiteSettings::default())
    }

    fn with(store: Arc<dyn EventStore>, memory: Arc<MemoryStore>, settings: SiteSettings) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let queue = DiskQueue::open(DiskQueueConfig::new(dir.path().join("queue"))).expect("a queue");
        let site = |id: &str, settings: SiteSettings| Site {
            id: SiteId::new(id.to_owned()).expect("a site id"),
            timezone: jiff::tz::TimeZone::UTC,
            public: true,
            require_key: false,
            created_at: NOW,
            settings,
        };
        let sites = vec![site("demo", settings), site("other", SiteSettings::default())];
        let catalog = millrace_catalog::memory::fixed(sites, vec![]);
        Self { queue: Arc::new(queue), store, memory, catalog: Arc::new(catalog), _dir: dir, made: 0 }
    }

    pub(crate) fn config() -> WorkerConfig {
        WorkerConfig::new(ConsumerGroup::new("store").expect("a group"))
    }

    pub(crate) async fn send(&mut self, events: &[Sent]) {
        let mut records = Vec::new();
        for sent in events {
            self.made += 1;
            let site = SiteId::new(sent.site.unwrap_or("demo")).expect("a site id");
            let payload = Payload {
                event_id: sent.id.map(Into::into),
                name: sent.name.unwrap_or("pageview").into(),
                timestamp: Some(minute(sent.minute)),
                user_id: sent.user.map(Into::into),
                anonymous_id: sent.anonymous.map(Into::into),
                session_id: sent.session.map(Into::into),
                url: sent.url.map(Into::into),
                referrer: sent.referrer.map(Into::into),
                language: sent.language.map(Into::into),
                screen: sent.screen.map(|width| Screen { width, height: 1_000 }),
                ..Payload::default()
            };
            let arrival = Arrival {
                site: &site,
                made: MadeId { process: 1, count: self.made },
                received_at: minute(sent.received.unwrap_or(sent.minute)),
                address: sent.address.map(|address| address.parse().expect("an address")),
                user_agent: sent.agent,
                language: None,
                keyed: sent.keyed,
            };
            let mut bytes = BytesMut::new();
            encode(&payload, &arrival, &mut bytes);
            records.push(Record { key: 0, payload: bytes.freeze() });
        }
        self.queue.append(records).await.expect("append");
    }

    /// Runs a worker until the queue is empty, then stops it.
    pub(crate) async fn work(&self) {
        self.work_with(Self::config()).await;
    }

    pub(crate) async fn work_with(&self, config: WorkerConfig) {
        let group = config.group.clone();
        let worker = Worker::start(config, self.queue.clone(), self.store.clone(), self.catalog.clone());
        let worker = worker.await.expect("a worker");
        let progress = worker.progress();
        let stop = CancellationToken::new();
        let running = tokio::spawn(worker.run(stop.clone()));
        let done = async {
            while !progress.caught_up() || self.queue.lag(&group).await.expect("lag").records > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), done).await.expect("the worker catches up");
        stop.cancel();
        running.await.expect("no panic").expect("a clean end");
    }

    pub(crate) async fn process(&mut self, events: &[Sent]) -> Vec<Event> {
        self.send(events).await;
        self.work().await;
        self.events("demo").await
    }

    /// In order of arrival.
    pub(crate) async fn events(&self, site: &str) -> Vec<Event> {
        let site = SiteId::new(site.to_owned()).expect("a site id");
        self.memory.tail(&site, millrace_store::Cursor::default(), 100_000).await.expect("tail").events
    }
}
