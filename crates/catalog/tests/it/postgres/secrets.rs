//! Passwords, keys and salts are nowhere where they should not be.

use millrace_event::time::DAY_MS;

use super::*;

#[tokio::test]
async fn no_error_of_opening_has_the_password() {
    let port = millrace_stack::free_port().unwrap();
    let database = Database::new();
    database.run("CREATE ROLE nobody_at_all NOLOGIN");
    let place = format!("127.0.0.1:{}", database.server.port());
    for (url, said) in [
        (format!("postgres://ada:hunter2@127.0.0.1:{port}/millrace"), format!("127.0.0.1:{port}/millrace")),
        (format!("postgres://ada:hunter2@{place}/{}", database.name), place.clone()),
        (format!("postgres://nobody_at_all:hunter2@{place}/{}", database.name), place.clone()),
        (format!("postgres://millrace:hunter2@{place}/nowhere"), format!("{place}/nowhere")),
        (format!("postgres://millrace:hunter2@{place}/nowhere?sslmode=require"), place.clone()),
        (
            "postgres://ada:hunter2@no-such-host.invalid/millrace".to_owned(),
            "no-such-host.invalid".to_owned(),
        ),
        ("postgres://ada:hunter2/3@no-such-host.invalid/millrace".to_owned(), "URL".to_owned()),
    ] {
        let error = PostgresCatalog::open(&url).await.unwrap_err();
        assert!(error.to_string().contains(&said), "{said}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn secrets_and_deleted_salts_are_in_no_file() {
    let (catalog, database) = empty().await;
    database.run(&format!("ALTER DATABASE {} SET log_statement = 'all'", database.name));
    catalog.add_site(&site("demo")).await.unwrap();
    let new = catalog.add_key(&id("demo"), KeyKind::Write).await.unwrap();
    let now = Timestamp::now();
    let salt = catalog.salt(now.utc_day(), now).await.unwrap().secret.to_le_bytes();
    // Before the search below, which is logged itself.
    let log = std::fs::read_to_string(database.server.log()).unwrap();
    assert!(log.contains("INSERT INTO salts") && log.contains(&new.key.hint), "statements are logged");
    assert!(!log.contains(&hex(&salt)) && !log.contains(&new.secret));

    let found = |needle: &[u8]| {
        let files = "SELECT sum(length(content) - length(replace(content, $$NEEDLE$$, ''))) FROM pg_class, \
                     LATERAL (SELECT encode(pg_read_binary_file(pg_relation_filepath(oid)), 'hex')) AS file (content) \
                     WHERE relname IN ('sites', 'keys', 'salts')";
        let files = database.run(&format!("CHECKPOINT; {}", files.replace("NEEDLE", &hex(needle))));
        files.parse::<usize>().unwrap() > 0
    };
    assert!(found(&salt), "the search finds what is there");
    assert!(found(new.key.hint.as_bytes()));
    assert!(!found(new.secret.as_bytes()));

    let later = now.plus_millis(4 * DAY_MS);
    catalog.salt(later.utc_day(), later).await.unwrap();
    assert!(!found(&salt));
}

/// A backup reads all tables for as long as it takes.
#[tokio::test]
async fn a_lock_on_the_salts_delays_no_salt() {
    let (catalog, database) = empty().await;
    let now = Timestamp::now();
    catalog.salt(now.utc_day(), now).await.unwrap();
    let (server, name) = (Arc::clone(&database.server), database.name.clone());
    let backup = std::thread::spawn(move || {
        server.run(&name, "BEGIN; LOCK TABLE salts IN ACCESS SHARE MODE; SELECT pg_sleep(60)").unwrap_err()
    });
    let holder = "FROM pg_locks WHERE relation = 'salts'::regclass AND mode = 'AccessShareLock' AND granted \
                  AND pid <> pg_backend_pid()";
    eventually("the lock", || database.run(&format!("SELECT count(*) {holder}")) == "1").await;

    let later = now.plus_millis(4 * DAY_MS);
    let asked = Instant::now();
    catalog.salt(later.utc_day(), later).await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert_eq!(database.run("SELECT count(*) FROM salts"), "1");
    assert_eq!(
        database.run(&format!("SELECT pg_terminate_backend(pid) {holder}")),
        "t",
        "it was held until now"
    );
    backup.join().unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
