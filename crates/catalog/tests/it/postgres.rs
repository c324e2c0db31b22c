//! The PostgreSQL catalog: the suite, several processes at once, what a person finds in the tables.

mod outage;
mod secrets;

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use millrace_catalog::key::KeyKind;
use millrace_catalog::postgres::PostgresCatalog;
use millrace_catalog::{Catalog, CatalogError, Site, SiteSettings};
use millrace_event::{SiteId, Timestamp};
use millrace_stack::Postgres;

use super::*;

conforms!(empty());

#[tokio::test]
async fn processes_agree_on_salts() {
    let (one, database) = empty().await;
    conformance::processes_agree_on_salts(&one, &database.open().await).await;
}

#[tokio::test]
async fn processes_see_each_others_changes() {
    let (one, database) = empty().await;
    conformance::processes_see_each_others_changes(&one, &database.open().await).await;
}

/// As behind a pooler.
#[tokio::test]
async fn changes_are_seen_without_notifications() {
    let (one, database) = empty().await;
    database.run(
        "CREATE OR REPLACE FUNCTION catalog_changed() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN UPDATE catalog_state SET change = gen_random_uuid(); RETURN NULL; END'",
    );
    conformance::processes_see_each_others_changes(&one, &database.open().await).await;
}

#[tokio::test]
async fn a_notification_is_quicker_than_the_next_look() {
    let (one, database) = empty().await;
    let two = database.open().await;
    let mut waits = Vec::new();
    for n in 0..5 {
        one.add_site(&site(&format!("site-{n}"))).await.unwrap();
        let added = Instant::now();
        eventually("the site", || two.directory().sites().len() == n + 1).await;
        waits.push(added.elapsed());
    }
    // Each site is added when the one before has been seen: by looking alone, each would take a second.
    waits.sort();
    assert!(waits[2] < Duration::from_millis(200), "{waits:?}");
}

#[tokio::test]
async fn what_is_done_by_hand_is_seen() {
    let (catalog, database) = empty().await;
    database.run(
        "INSERT INTO sites VALUES ('by-hand', 'Asia/Kathmandu', true, false, '2026-11-20 12:00:00.123Z')",
    );
    eventually("the site", || catalog.directory().site("by-hand").is_some()).await;
    let found = catalog.directory().site("by-hand").unwrap().created_at;
    assert_eq!(Some(found), Timestamp::parse("2026-11-20T12:00:00.123Z"));
    database.run("TRUNCATE sites CASCADE");
    eventually("the end of it", || catalog.directory().sites().len() == 0).await;
}

#[tokio::test]
async fn instants_are_kept_to_the_millisecond() {
    let (catalog, database) = empty().await;
    for (n, millis) in
        [0, -1, 1, 999, 1_795_168_800_123, 1_795_168_800_999, 4_102_444_799_999, 7_258_118_399_001]
            .into_iter()
            .enumerate()
    {
        let created_at = Timestamp::from_millis(millis);
        catalog.add_site(&Site { created_at, ..site(&format!("site-{n}")) }).await.unwrap();
        let again = database.open().await.directory();
        assert_eq!(again.site(&format!("site-{n}")).unwrap().created_at.as_millis(), millis);
    }
    let shown = database.run("SET TimeZone = 'UTC'; SELECT created_at FROM sites WHERE id = 'site-4'");
    assert_eq!(shown, "2026-11-20 10:00:00.123+00");
}

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let (catalog, database) = empty().await;
    catalog.add_site(&site("demo")).await.unwrap();
    let kept = catalog.add_key(&id("demo"), KeyKind::Write).await.unwrap();
    let revoked = catalog.add_key(&id("demo"), KeyKind::Admin).await.unwrap();
    catalog.revoke_key(&revoked.key.id).await.unwrap();
    let now = Timestamp::now();
    let salt = catalog.salt(now.utc_day(), now).await.unwrap();
    let keys = catalog.keys(None).await.unwrap();
    drop(catalog);

    let catalog = database.open().await;
    let directory = catalog.directory();
    assert_eq!(directory.only_site().map(|site| (**site).clone()), Some(site("demo")));
    assert_eq!(directory.grant(&kept.secret).map(|grant| grant.kind), Some(KeyKind::Write));
    assert!(directory.grant(&revoked.secret).is_none());
    assert_eq!(catalog.keys(None).await.unwrap(), keys);
    assert_eq!(catalog.salt(now.utc_day(), now).await.unwrap(), salt);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_empty_database_may_be_opened_by_many_at_once() {
    for _ in 0..5 {
        let database = Database::new();
        let opening = (0..8).map(|_| {
            let url = database.url.clone();
            tokio::spawn(async move { PostgresCatalog::open(&url).await.map(drop) })
        });
        for opened in futures::future::join_all(opening).await {
            opened.unwrap().unwrap();
        }
        assert_eq!(database.run("SELECT count(*) FROM _catalog_migrations"), "5");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_do_not_hinder_each_other() {
    let (one, database) = empty().await;
    let two = database.open().await;
    one.add_site(&site("demo")).await.unwrap();
    let adding = (0..40).map(|n| {
        let catalog = if n % 2 == 0 { &one } else { &two };
        async move { catalog.add_key(&id("demo"), KeyKind::Write).await.unwrap().key.id }
    });
    let made: HashSet<_> = futures::future::join_all(adding).await.into_iter().collect();
    assert_eq!(made.len(), 40);
    for catalog in [&one, &two] {
        let listed: HashSet<_> = catalog.keys(None).await.unwrap().into_iter().map(|key| key.id).collect();
        assert_eq!(listed, made);
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (catalog, database) = empty().await;
    drop(catalog);
    database.run(
        "INSERT INTO _catalog_migrations (version, description, success, checksum, execution_time) \
         VALUES (1000, 'of tomorrow', true, '', 1)",
    );
    match PostgresCatalog::open(&database.url).await {
        Err(CatalogError::NewerSchema { found, known }) => assert!(found == 1000 && known < 1000),
        other => panic!("expected NewerSchema, got {other:?}"),
    }
    // The lock went with the failure: nobody waits for it.
    database.run("DELETE FROM _catalog_migrations WHERE version = 1000");
    database.open().await;
}

#[tokio::test]
async fn another_programs_tables_are_left_alone() {
    let database = Database::new();
    database.run(
        "CREATE TABLE _sqlx_migrations (version bigint); CREATE TABLE _store_migrations (version bigint)",
    );
    let catalog = database.open().await;
    catalog.add_site(&site("demo")).await.unwrap();
    let tables = "SELECT string_agg(tablename, ' ' ORDER BY tablename COLLATE \"C\") FROM pg_tables \
                  WHERE schemaname = 'public'";
    assert_eq!(
        database.run(tables),
        "_catalog_migrations _sqlx_migrations _store_migrations annotations catalog_state event_schemas goals keys \
         salts segments sites"
    );
}

#[tokio::test]
async fn a_schema_may_be_named_in_the_url() {
    let database = Database::new();
    database.run("CREATE SCHEMA analytics");
    let url = format!("{}?options[search_path]=analytics", database.url);
    let catalog = PostgresCatalog::open(&url).await.unwrap();
    catalog.add_site(&site("demo")).await.unwrap();
    // Somebody else's search path does not keep the triggers from finding their table.
    database.run("UPDATE analytics.sites SET public = false");
    eventually("the change", || catalog.directory().site("demo").is_some_and(|site| !site.public)).await;
}

/// A database of its own on a server that the tests share, and that ends with the last of them.
struct Database {
    url: String,
    name: String,
    server: Arc<Postgres>,
}

impl Database {
    fn new() -> Self {
        static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let server = {
            let mut shared = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
            shared.upgrade().unwrap_or_else(|| {
                let server = Arc::new(Postgres::start_careless().expect("a server"));
                *shared = Arc::downgrade(&server);
                server
            })
        };
        let name = format!("catalog_{}", MADE.fetch_add(1, Ordering::Relaxed));
        let url = server.create_database(&name).expect("a database");
        Self { url, name, server }
    }

    async fn open(&self) -> PostgresCatalog {
        PostgresCatalog::open(&self.url).await.unwrap()
    }

    fn run(&self, sql: &str) -> String {
        self.server.run(&self.name, sql).unwrap()
    }
}

async fn empty() -> (PostgresCatalog, Database) {
    let database = Database::new();
    (database.open().await, database)
}

async fn eventually(what: &str, seen: impl Fn() -> bool) {
    let start = Instant::now();
    while !seen() {
        // Long: a catalog that hangs is told of after several answers that were waited for, beside all other tests.
        assert!(start.elapsed() < Duration::from_secs(120), "{what} was not seen");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn site(name: &str) -> Site {
    Site {
        id: id(name),
        timezone: TimeZone::get("Australia/Lord_Howe").unwrap(),
        public: true,
        require_key: false,
        created_at: Timestamp::from_millis(1_795_168_800_000),
        settings: SiteSettings::default(),
    }
}

fn id(name: &str) -> SiteId {
    SiteId::new(name.to_owned()).unwrap()
}
