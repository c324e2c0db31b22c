//! A 202 is never a lie: whatever happens to the process, what was acknowledged is stored, once.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Server, Start, add_site, request, run, wait_for};

/// Rounds of a test that kills; more with MILLRACE_TEST_ROUNDS.
pub(crate) fn rounds(default: usize) -> usize {
    std::env::var("MILLRACE_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(default)
}

/// Clients that post events with ids of their own to a site and note which were acknowledged.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<Mutex<Vec<String>>>,
    broken: Arc<Mutex<Vec<String>>>,
    clients: Vec<std::thread::JoinHandle<()>>,
}

/// Events a client sends at most, so that one list of 1,000 shows all of a site's.
const CLIENTS: usize = 8;
const EVENTS_A_CLIENT: usize = 110;

impl Load {
    pub(crate) fn start(addr: SocketAddr, site: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let broken = Arc::new(Mutex::new(Vec::new()));
        let client = |number: usize| {
            let (stop, acknowledged, broken) = (stop.clone(), acknowledged.clone(), broken.clone());
            let site = site.to_owned();
            std::thread::spawn(move || {
                for event in 0..EVENTS_A_CLIENT {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let id = format!("{site}-{number}-{event}");
                    let body =
                        json!({"site_id": site, "name": "pageview", "url": "/", "event_id": id}).to_string();
                    match request(addr, "POST", "/api/events", &[], body.as_bytes()) {
                        Ok(answer) if answer.status == 202 => {
                            assert_eq!(answer.json()["event_id"], id);
                            acknowledged.lock().expect("ids").push(id);
                        }
                        // As a client does that was told to try later: the events are to last beyond the outage.
                        Ok(answer) if answer.status == 503 => std::thread::sleep(Duration::from_millis(10)),
                        Ok(answer) => broken.lock().expect("answers").push(format!(
                            "{} {}",
                            answer.status,
                            answer.text()
                        )),
                        Err(error)
                            if error.to_string() == "half an answer" && !stop.load(Ordering::Relaxed) =>
                        {
                            broken.lock().expect("answers").push(error.to_string());
                        }
                        Err(_) => {}
                    }
                }
            })
        };
        let clients = (0..CLIENTS).map(client).collect();
        Self { stop, acknowledged, broken, clients }
    }

    /// Lets the clients send all they have; answers what was acknowledged.
    pub(crate) fn finish(self) -> Vec<String> {
        for client in self.clients {
            client.join().expect("a client");
        }
        let acknowledged = self.acknowledged.lock().expect("ids");
        acknowledged.clone()
    }

    pub(crate) fn end(self) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.join().expect("a client");
        }
        let acknowledged = self.acknowledged.lock().expect("ids");
        acknowledged.clone()
    }
}

/// Each acknowledged id is there, and no id is there twice.
pub(crate) fn check(server: &Server, site: &str, acknowledged: &[String]) {
    let path = format!("/analytics/recent?site_id={site}&limit=1000");
    let ids = || -> Vec<String> {
        let events = server.get_json(&path)["events"].clone();
        let id = |event: &serde_json::Value| event["event_id"].as_str().expect("an id").to_owned();
        events.as_array().expect("events").iter().map(id).collect()
    };
    wait_for(&format!("the {} acknowledged events of {site}", acknowledged.len()), || {
        let there: HashSet<String> = ids().into_iter().collect();
        acknowledged.iter().all(|id| there.contains(id))
    });
    let mut times: HashMap<String, usize> = HashMap::new();
    for id in ids() {
        *times.entry(id).or_default() += 1;
    }
    let twice: Vec<_> = times.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "stored more than once: {twice:?}");
    let total =
        server.get_json(&format!("/analytics/summary?site_id={site}"))["summary"]["total_events"].clone();
    assert_eq!(total, times.len(), "every report agrees");
}

fn small_seals() -> Vec<(&'static str, String)> {
    vec![("MILLRACE__STORE__SEAL_ROWS", "40".to_owned()), ("MILLRACE__STORE__SEAL_SECONDS", "1".to_owned())]
}

fn kill_rounds(count: usize, env: impl Fn(usize) -> Vec<(&'static str, String)>) {
    let dir = tempfile::tempdir().expect("a folder");
    let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ std::process::id() as u64);
    let mut acknowledged: Vec<(String, Vec<String>)> = Vec::new();
    for round in 0..count {
        let site = format!("round-{round}");
        add_site(dir.path(), &site);
        let start = Start { data_dir: Some(dir.path().to_owned()), env: env(round), ..Start::default() };
        let server = Server::start_with(start);
        let load = Load::start(server.addr(), &site);
        std::thread::sleep(Duration::from_micros(random.below(250_000)));
        server.kill();
        acknowledged.push((site, load.end()));
    }
    let all: usize = acknowledged.iter().map(|(_, ids)| ids.len()).sum();
    assert!(all > count * 5, "the load was real: {all} events in {count} rounds");
    let start = Start { data_dir: Some(dir.path().to_owned()), ..Start::default() };
    let server = Server::start_with(start);
    server.wait_ready();
    for (site, ids) in &acknowledged {
        check(&server, site, ids);
    }
    println!("{all} events were acknowledged in {count} rounds; each is stored once");
}

#[test]
fn kill_at_random_moments_under_load() {
    kill_rounds(rounds(60), |_| Vec::new());
}

#[test]
fn kill_while_sealing_and_compacting() {
    kill_rounds(rounds(60), |_| small_seals());
}

#[test]
fn a_stop_under_load_ends_in_seconds_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    for round in 0..rounds(8) {
        let site = format!("stop-{round}");
        add_site(dir.path(), &site);
        let start = Start { data_dir: Some(dir.path().to_owned()), ..Start::default() };
        let mut server = Server::start_with(start);
        let load = Load::start(server.addr(), &site);
        std::thread::sleep(Duration::from_millis(30 * (round as u64 + 1)));
        let (status, took) = server.terminate();
        let broken = load.broken.clone();
        let acknowledged = load.end();
        assert!(status.success(), "{status}");
        assert!(took < Duration::from_secs(15), "{took:?}");
        assert_eq!(*broken.lock().expect("answers"), Vec::<String>::new(), "nothing is half answered");
        let server = Server::start_with(Start { data_dir: Some(dir.path().to_owned()), ..Start::default() });
        check(&server, &site, &acknowledged);
    }
}

#[test]
fn a_full_disk_answers_503_acknowledges_nothing_false_and_recovers() {
    let disk = SmallDisk::mount(48 << 20);
    let data_dir = disk.path().join("data");
    add_site(&data_dir, "demo");
    let start = Start { data_dir: Some(data_dir), env: small_seals(), ..Start::default() };
    let server = Server::start_with(start.clone());
    let ballast = disk.path().join("ballast");
    let mut acknowledged = Vec::new();
    let mut post = |server: &Server, n: usize| {
        let id = format!("id-{n}");
        // Large enough to use up what is preallocated.
        let filler = "x".repeat(1_900);
        let properties: serde_json::Map<_, _> =
            (0..12).map(|key| (format!("k{key}"), json!(filler))).collect();
        let body = json!({"site_id": "demo", "name": "pageview", "event_id": id, "properties": properties});
        let answer = server.post("/api/events", &body);
        if answer.status == 202 {
            acknowledged.push(id);
        }
        answer
    };
    assert_eq!(post(&server, 0).status, 202);
    fill(&ballast);
    let mut n = 0;
    let refused = loop {
        n += 1;
        let answer = post(&server, n);
        if answer.status != 202 {
            break answer;
        }
        assert!(n < 5_000, "the disk never filled");
    };
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.header("retry-after").is_some(), "{}", refused.head);
    wait_for("readiness to say so", || server.get("/readyz").status == 503);
    std::fs::remove_file(&ballast).expect("removed");
    wait_for("the server to take events again", || {
        n += 1;
        post(&server, n).status == 202
    });
    check(&server, "demo", &acknowledged);
    server.kill();
    let server = Server::start_with(start);
    check(&server, "demo", &acknowledged);
}

#[test]
fn the_same_totals_after_a_crash_in_mid_stream() {
    let dir = tempfile::tempdir().expect("a folder");
    let start = Start { data_dir: Some(dir.path().to_owned()), ..Start::default() };
    let server = Server::start_with(start.clone());
    for batch in 0..20 {
        let events: Vec<_> = (0..100).map(|n| json!({"name": "pageview", "url": format!("/{}", n % 7), "user_id": format!("u{}", (batch * 31 + n) % 50)})).collect();
        let answer = server.post("/api/events", &json!({"events": events}));
        assert_eq!((answer.status, &answer.json()["accepted"]), (202, &json!(100)));
    }
    let reports = |server: &Server| {
        ["/stats", "/analytics/summary", "/analytics/top-pages", "/metrics/summary"]
            .map(|path| server.get_json(&format!("{path}?site_id=demo")))
    };
    wait_for("2,000 events", || reports(&server)[0]["total_views"] == 2_000);
    let before = reports(&server);
    server.kill();
    let server = Server::start_with(start);
    server.wait_ready();
    let after = reports(&server);
    assert_eq!(before[..3], after[..3]);
    assert_eq!(before[3]["last_hour"]["total_events"], after[3]["last_hour"]["total_events"]);
}

#[test]
fn an_append_that_was_torn_by_a_crash_is_cut_and_the_rest_is_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let start = Start { data_dir: Some(dir.path().to_owned()), ..Start::default() };
    let server = Server::start_with(start.clone());
    for n in 0..20 {
        let event = json!({"name": "pageview", "event_id": format!("e{n}")});
        assert_eq!(server.post("/event", &event).status, 202);
    }
    server.kill();
    // The last record loses a byte: it was acknowledged, so only damage of the disk can do this, and it is said aloud.
    let segments = dir.path().join("queue/segments");
    let mut files: Vec<_> =
        std::fs::read_dir(segments).expect("segments").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let bytes = std::fs::read(&files[0]).expect("a segment");
    let end = bytes.iter().rposition(|byte| *byte != 0).expect("some data");
    let file = std::fs::OpenOptions::new().write(true).open(&files[0]).expect("a segment");
    file.set_len(end as u64).expect("cut");
    let server = Server::start_with(start);
    server.wait_ready();
    wait_for("the other nineteen", || {
        server.get_json("/analytics/summary?site_id=demo")["summary"]["total_events"] == 19
    });
    assert!(server.log().contains("WARN") || server.log().contains("ERROR"), "{}", server.log());
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let server = Server::start();
    let output = crate::support::millrace(server.data_dir(), &["serve", "--listen", "127.0.0.1:0"])
        .stderr(std::process::Stdio::piped())
        .output()
        .expect("the binary runs");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("in use by another millrace process"), "{said}");
    assert!(run(server.data_dir(), &["doctor"]).contains("no problems"));
}

/// A file system of its own, in memory.
struct SmallDisk {
    dir: tempfile::TempDir,
}

impl SmallDisk {
    fn mount(bytes: u64) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "millrace-test"])
            .arg(dir.path())
            .status()
            .expect("mount runs");
        assert!(status.success(), "a small tmpfs must be mounted for this test: run it as root");
        Self { dir }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.dir.path()).status();
    }
}

/// Takes all space that is left.
fn fill(ballast: &Path) {
    use std::io::Write;
    let mut file = std::fs::File::create(ballast).expect("a file");
    let mut block = 1 << 20;
    let start = Instant::now();
    while block > 0 && start.elapsed() < Duration::from_secs(30) {
        if file.write_all(&vec![1; block]).is_err() {
            block /= 2;
        }
    }
}

/// Numbers that differ from run to run; xorshift.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
