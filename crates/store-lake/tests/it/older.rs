//! Lakes that an earlier version wrote.

use std::fs;
use std::path::Path;

use millrace_event::{Agent, Event, Place, SiteId};
use millrace_store::{Cursor, EventBatch, EventStore};
use millrace_store_lake::{LakeConfig, LakeStore};

/// A lake of `tests/data`, in a folder of its own that may be written.
fn copy(name: &str) -> tempfile::TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let to = tempfile::tempdir().expect("a folder");
    fs::create_dir(to.path().join("segments")).expect("a folder");
    for file in ["manifest.sqlite", "segments/000000000001.parquet", "segments/000000000002.parquet"] {
        fs::copy(from.join(file), to.path().join(file)).expect("a copy");
    }
    to
}

/// In order of arrival.
async fn all(store: &LakeStore, site: &SiteId) -> Vec<Event> {
    store.tail(site, Cursor::default(), 1_000).await.expect("tail").events
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_an_older_segment_has_not_are_empty() {
    let dir = copy("before-enrichment");
    let store = LakeStore::open(LakeConfig::new(dir.path())).await.expect("opened");
    let site = SiteId::new("demo").expect("a site id");
    let events = all(&store, &site).await;
    assert_eq!(events.len(), 300);
    for event in &events {
        assert_eq!(event.host.as_deref(), Some("shop.example"));
        assert_eq!(event.utm.source.as_deref(), Some("news"));
        assert_eq!((&event.source, event.channel, event.screen_class), (&None, None, None));
        assert_eq!((&event.agent, &event.place), (&Agent::default(), &Place::default()));
        assert_eq!((event.scroll_depth, event.interactive), (None, true));
    }
    assert_eq!(
        events.iter().filter(|event| event.name == "purchase" && event.revenue.is_some()).count(),
        100
    );
    assert_eq!(events.iter().filter(|event| &*event.properties == r#"{"plan":"pro"}"#).count(), 60);

    // Beside what this version writes, and merged with it.
    let mut expected = events;
    for day_merges_at in 0..8 {
        let new = Event {
            source: Some("Google".into()),
            scroll_depth: Some(day_merges_at),
            interactive: false,
            ..expected[0].clone()
        };
        let batch = EventBatch { events: vec![new.clone()], ..EventBatch::default() };
        store.insert(&batch).await.expect("insert");
        store.flush().await.expect("flush");
        expected.push(new);
    }
    let files = || fs::read_dir(dir.path().join("segments")).expect("a folder").count();
    let before = files();
    store.compact().await.expect("compaction");
    assert!(files() < before, "nothing was merged");
    assert_eq!(all(&store, &site).await, expected);
}
