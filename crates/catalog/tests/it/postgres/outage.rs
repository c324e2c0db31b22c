//! A server that goes, hangs, and comes back.

use std::io::Write;

use millrace_stack::{Fault, Proxy};
use tracing_subscriber::fmt::MakeWriter;

use super::*;

#[tokio::test]
async fn a_restarted_server_is_found_again() {
    let log = Log::default();
    let _logging = log.here();
    let mut server = Postgres::start_careless().unwrap();
    let url = server.create_database("catalog").unwrap().replace("millrace@", "millrace:hunter2@");
    let catalog = PostgresCatalog::open(&url).await.unwrap();
    catalog.add_site(&site("demo")).await.unwrap();
    let key = catalog.add_key(&id("demo"), KeyKind::Write).await.unwrap();
    let now = Timestamp::now();
    let salt = catalog.salt(now.utc_day(), now).await.unwrap();

    server.stop();
    log.wait_for("last state stays in use").await;
    assert!(catalog.directory().grant(&key.secret).is_some(), "the last state is in use");
    assert_eq!(catalog.salt(now.utc_day(), now).await.unwrap(), salt, "what was read is known");
    let asked = Instant::now();
    for error in [
        catalog.add_site(&site("shop")).await.unwrap_err(),
        catalog.refresh().await.unwrap_err(),
        catalog.keys(None).await.unwrap_err(),
        catalog.salt(now.utc_day() - 1, now).await.unwrap_err(),
        PostgresCatalog::open(&url).await.unwrap_err(),
    ] {
        let CatalogError::OutOfReach { server: name, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*name, format!("127.0.0.1:{}/catalog", server.port()));
        assert!(error.to_string().contains("refused"), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
    assert!(asked.elapsed() < Duration::from_secs(5), "refused at once, after {:?}", asked.elapsed());
    // More attempts to connect, and not another line about them.
    tokio::time::sleep(Duration::from_secs(2)).await;

    server.restart().unwrap();
    let two = PostgresCatalog::open(&url).await.unwrap();
    two.add_site(&site("shop")).await.unwrap();
    eventually("the change", || catalog.directory().site("shop").is_some()).await;
    catalog.revoke_key(&key.key.id).await.unwrap();
    eventually("the revocation", || two.directory().grant(&key.secret).is_none()).await;
    log.wait_for("can be read again").await;
    assert_eq!(log.count("last state stays in use"), 1, "{}", log.text());
    assert!(!log.text().contains("hunter2"), "{}", log.text());
}

#[tokio::test]
async fn a_cut_connection_is_no_failure() {
    let log = Log::default();
    let _logging = log.here();
    let (one, database) = empty().await;
    for n in 0..3 {
        database.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        let two = database.open().await;
        two.add_site(&site(&format!("site-{n}"))).await.unwrap();
        eventually("the site", || one.directory().sites().len() == n + 1).await;
    }
    assert_eq!(log.count("ERROR"), 0, "{}", log.text());
}

#[tokio::test]
async fn a_server_that_hangs_is_not_waited_for() {
    let log = Log::default();
    let _logging = log.here();
    let (direct, database) = empty().await;
    let proxy = Proxy::start(database.server.port()).unwrap();
    let url = format!("postgres://millrace:hunter2@127.0.0.1:{}/{}", proxy.port(), database.name);
    let catalog = PostgresCatalog::open(&url).await.unwrap();
    assert!(!format!("{catalog:?}").contains("hunter2"), "{catalog:?}");
    catalog.add_site(&site("demo")).await.unwrap();

    proxy.set(Fault::HoldAnswers);
    // More than have their turn at once, so that one that is given up has to make room.
    let asked = Instant::now();
    let refused = futures::future::join_all((0..6).map(|_| catalog.keys(None))).await;
    assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
    for error in refused {
        let CatalogError::OutOfReach { cause, .. } = error.unwrap_err() else { panic!("another error") };
        assert!(cause.contains("10 seconds"), "{cause}");
    }
    log.wait_for("last state stays in use").await;
    assert!(catalog.directory().site("demo").is_some());

    direct.add_site(&site("shop")).await.unwrap();
    proxy.set(Fault::None);
    eventually("the change", || catalog.directory().site("shop").is_some()).await;
    assert_eq!(catalog.keys(None).await.unwrap(), []);
    assert!(!log.text().contains("hunter2"), "{}", log.text());
}

/// What is logged on this thread, where the tests' runtimes run everything.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn here(&self) -> impl Sized {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(writer).finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    fn count(&self, text: &str) -> usize {
        self.text().matches(text).count()
    }

    async fn wait_for(&self, text: &str) {
        eventually(text, || self.count(text) > 0).await;
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
