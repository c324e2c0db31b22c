//! The SQLite catalog: the suite, files that last, several processes at once.

use std::collections::HashSet;
use std::path::Path;

use jiff::tz::TimeZone;
use millrace_catalog::key::KeyKind;
use millrace_catalog::sqlite::SqliteCatalog;
use millrace_catalog::{Catalog, CatalogError, Site, SiteSettings};
use millrace_event::time::DAY_MS;
use millrace_event::{SiteId, Timestamp};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tempfile::TempDir;

use super::*;

conforms!(empty());

#[tokio::test]
async fn processes_agree_on_salts() {
    let (one, folder) = empty().await;
    conformance::processes_agree_on_salts(&one, &open(folder.path()).await).await;
}

#[tokio::test]
async fn processes_see_each_others_changes() {
    let (one, folder) = empty().await;
    conformance::processes_see_each_others_changes(&one, &open(folder.path()).await).await;
}

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let (catalog, folder) = empty().await;
    catalog.add_site(&demo()).await.unwrap();
    let kept = catalog.add_key(&demo().id, KeyKind::Write).await.unwrap();
    let revoked = catalog.add_key(&demo().id, KeyKind::Admin).await.unwrap();
    catalog.revoke_key(&revoked.key.id).await.unwrap();
    let now = Timestamp::now();
    let salt = catalog.salt(now.utc_day(), now).await.unwrap();
    let keys = catalog.keys(None).await.unwrap();
    drop(catalog);

    let catalog = open(folder.path()).await;
    let directory = catalog.directory();
    assert_eq!(directory.only_site().map(|site| (**site).clone()), Some(demo()));
    assert_eq!(directory.grant(&kept.secret).map(|grant| grant.kind), Some(KeyKind::Write));
    assert!(directory.grant(&revoked.secret).is_none());
    assert_eq!(catalog.keys(None).await.unwrap(), keys);
    assert_eq!(catalog.salt(now.utc_day(), now).await.unwrap(), salt);
}

/// During an upgrade: the goals that are understood must be seen all the same.
#[tokio::test]
async fn a_goal_of_a_newer_version_is_left_out() {
    let (catalog, folder) = empty().await;
    catalog.add_site(&demo()).await.unwrap();
    run(
        folder.path(),
        "PRAGMA ignore_check_constraints = ON; \
         INSERT INTO goals VALUES ('demo', 1, 'a', 'form', '/x', NULL, NULL, 5, 5), \
                                  ('demo', 2, 'b', 'scroll', '/x', NULL, NULL, 5, 5), \
                                  ('demo', 3, 'c', 'page', '/x', NULL, 'EUR', 5, 6)",
    )
    .await;
    catalog.refresh().await.unwrap();
    let directory = catalog.directory();
    let goals = directory.goals(&demo().id);
    assert_eq!(
        goals.all().iter().map(|goal| (goal.id, goal.goal.name.as_str())).collect::<Vec<_>>(),
        [(3, "c")]
    );
    assert_eq!(goals.all()[0].currency.unwrap().as_str(), "EUR");
}

/// What the first version's migrator left, when the migrations were in the folder above.
const FIRST_VERSION: &str = concat!(
    "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
     installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
     checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);\n",
    "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES \
     (1, 'sites keys salts', TRUE, \
     x'57cdea611d53b11f0fd715b9813f4dd94d1f7529973427f7ecc2de0515696a0824f6f107dd78be41c87c8a3e3e5f0b9a', 1);\n",
    "CREATE TABLE sites (id TEXT NOT NULL PRIMARY KEY, timezone TEXT NOT NULL, public INTEGER NOT NULL, \
     require_key INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT;\n",
    "CREATE TABLE keys (id TEXT NOT NULL PRIMARY KEY, \
     site_id TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE, kind TEXT NOT NULL, hint TEXT NOT NULL, \
     hash BLOB NOT NULL UNIQUE, created_at INTEGER NOT NULL, revoked_at INTEGER) STRICT;\n",
    "CREATE TABLE salts (utc_day INTEGER NOT NULL PRIMARY KEY, secret BLOB NOT NULL) STRICT;\n",
    "INSERT INTO sites VALUES ('demo', 'Australia/Lord_Howe', 1, 0, 1795168800000);",
);

#[tokio::test]
async fn a_file_of_the_first_version_is_opened() {
    let folder = TempDir::new().unwrap();
    run(folder.path(), FIRST_VERSION).await;
    let catalog = open(folder.path()).await;
    assert_eq!(catalog.directory().only_site().map(|site| (**site).clone()), Some(demo()));
    let key = catalog.add_key(&demo().id, KeyKind::Write).await.unwrap();
    assert!(catalog.directory().grant(&key.secret).is_some());
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (catalog, folder) = empty().await;
    drop(catalog);
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (1000, 'of tomorrow', TRUE, x'00', 1)";
    run(folder.path(), newer).await;
    match SqliteCatalog::open(folder.path().join("catalog.db")).await {
        Err(CatalogError::NewerSchema { found, known }) => assert!(found == 1000 && known < 1000),
        other => panic!("expected NewerSchema, got {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_file_may_be_opened_by_many_at_once() {
    for _ in 0..10 {
        let folder = TempDir::new().unwrap();
        let opening = (0..8).map(|_| {
            let path = folder.path().join("catalog.db");
            tokio::spawn(async move { SqliteCatalog::open(path).await.map(drop) })
        });
        for opened in futures::future::join_all(opening).await {
            opened.unwrap().unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_wait_for_each_other() {
    let (one, folder) = empty().await;
    let two = open(folder.path()).await;
    one.add_site(&demo()).await.unwrap();
    let adding = (0..100).map(|n| {
        let catalog = if n % 2 == 0 { &one } else { &two };
        async move { catalog.add_key(&demo().id, KeyKind::Write).await.unwrap().key.id }
    });
    let made: HashSet<_> = futures::future::join_all(adding).await.into_iter().collect();
    assert_eq!(made.len(), 100);
    for catalog in [&one, &two] {
        let listed: HashSet<_> = catalog.keys(None).await.unwrap().into_iter().map(|key| key.id).collect();
        assert_eq!(listed, made);
    }
}

#[tokio::test]
async fn secrets_and_deleted_salts_are_in_no_file() {
    let (catalog, folder) = empty().await;
    catalog.add_site(&demo()).await.unwrap();
    let new = catalog.add_key(&demo().id, KeyKind::Write).await.unwrap();
    let now = Timestamp::now();
    let salt = catalog.salt(now.utc_day(), now).await.unwrap().secret.to_le_bytes();
    let found = |needle: &[u8]| {
        let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| contains(&std::fs::read(path).unwrap(), needle)).count()
    };
    assert!(found(&salt) > 0, "the search finds what is there");
    assert!(found(new.key.hint.as_bytes()) > 0);
    assert_eq!(found(new.secret.as_bytes()), 0);

    let later = now.plus_millis(4 * DAY_MS);
    catalog.salt(later.utc_day(), later).await.unwrap();
    assert_eq!(found(&salt), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_their_owners() {
    use std::os::unix::fs::PermissionsExt;

    let (catalog, folder) = empty().await;
    catalog.add_site(&demo()).await.unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", file.path());
    }
}

#[tokio::test]
async fn a_zone_without_a_name_is_refused() {
    let (catalog, _folder) = empty().await;
    let timezone = TimeZone::fixed(jiff::tz::offset(5));
    match catalog.add_site(&Site { timezone, ..demo() }).await {
        Err(CatalogError::Invalid { what, .. }) => assert_eq!(what, "sites.timezone"),
        other => panic!("expected Invalid, got {other:?}"),
    }
}

#[tokio::test]
async fn what_is_no_catalog_is_an_error() {
    let folder = TempDir::new().unwrap();
    std::fs::write(
        folder.path().join("catalog.db"),
        "this is a text of more than a hundred bytes ".repeat(9),
    )
    .unwrap();
    SqliteCatalog::open(folder.path().join("catalog.db")).await.unwrap_err();
    SqliteCatalog::open(folder.path().join("no such folder/catalog.db")).await.unwrap_err();
}

async fn empty() -> (SqliteCatalog, TempDir) {
    let folder = TempDir::new().unwrap();
    (open(folder.path()).await, folder)
}

async fn open(folder: &Path) -> SqliteCatalog {
    SqliteCatalog::open(folder.join("catalog.db")).await.unwrap()
}

async fn run(folder: &Path, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(folder.join("catalog.db")).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn demo() -> Site {
    Site {
        id: SiteId::new("demo").unwrap(),
        timezone: TimeZone::get("Australia/Lord_Howe").unwrap(),
        public: true,
        require_key: false,
        created_at: Timestamp::from_millis(1_795_168_800_000),
        settings: SiteSettings::default(),
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
