//! Whatever fails, what was acknowledged is stored, once.

use std::time::Duration;

use millrace_stack::{Fault, Postgres, Proxy, Redis};
use rustix::process::Signal;
use serde_json::json;

use super::{Stack, metric};
use crate::durability::{Load, Random, check, rounds};
use crate::support::{Server, wait_for};

/// Sites, and the ids that were acknowledged for each.
type Acknowledged = Vec<(String, Vec<String>)>;

/// Rounds of load on sites of their own, each disturbed by `disturb`.
fn load(stack: &Stack, count: usize, ingest: &Server, mut disturb: impl FnMut(usize)) -> Acknowledged {
    let mut acknowledged = Vec::new();
    for round in 0..count {
        let site = format!("round-{round}");
        stack.add_site(&site);
        let load = Load::start(ingest.addr(), &site);
        disturb(round);
        acknowledged.push((site, load.finish()));
    }
    acknowledged
}

/// Everything that was acknowledged is there, once.
fn check_all(stack: &Stack, acknowledged: &Acknowledged) {
    let total: usize = acknowledged.iter().map(|(_, ids)| ids.len()).sum();
    assert!(total > 100 * acknowledged.len(), "only {total} events were acknowledged");
    let api = stack.serve(&["api"]);
    for (site, ids) in acknowledged {
        check(&api, site, ids);
    }
}

fn pause(random: &mut Random, most_ms: u64) {
    std::thread::sleep(Duration::from_micros(random.below(most_ms * 1_000)));
}

#[test]
fn a_killed_worker_while_another_runs() {
    let stack = Stack::start();
    let ingest = stack.serve(&["ingest"]);
    let _steady = stack.serve(&["worker"]);
    let mut random = Random(7 ^ u64::from(std::process::id()));
    let acknowledged = load(&stack, rounds(4), &ingest, |_| {
        let worker = stack.serve(&["worker"]);
        pause(&mut random, 1_500);
        drop(worker.kill());
    });
    check_all(&stack, &acknowledged);
}

#[test]
fn a_killed_worker_and_no_other() {
    let stack = Stack::start();
    let ingest = stack.serve(&["ingest"]);
    let mut random = Random(8 ^ u64::from(std::process::id()));
    let acknowledged = load(&stack, rounds(4), &ingest, |_| {
        let worker = stack.serve(&["worker"]);
        pause(&mut random, 300);
        drop(worker.kill());
    });
    let _last = stack.serve(&["worker"]);
    check_all(&stack, &acknowledged);
}

#[test]
fn redis_killed_and_restarted() {
    let mut stack = Stack::start();
    let ingest = stack.serve(&["ingest"]);
    let worker = stack.serve(&["worker"]);
    let mut random = Random(9 ^ u64::from(std::process::id()));
    let mut acknowledged = Vec::new();
    for round in 0..rounds(3) {
        let site = format!("round-{round}");
        stack.add_site(&site);
        let load = Load::start(ingest.addr(), &site);
        pause(&mut random, 300);
        stack.redis.kill();
        std::thread::sleep(Duration::from_millis(100));
        stack.redis.restart().expect("restarted");
        acknowledged.push((site, load.finish()));
    }
    check_all(&stack, &acknowledged);
    drop(worker);
}

#[test]
fn postgresql_killed_and_restarted() {
    let mut stack = Stack::start();
    let ingest = stack.serve(&["ingest"]);
    let worker = stack.serve(&["worker"]);
    let mut random = Random(10 ^ u64::from(std::process::id()));
    let mut acknowledged = Vec::new();
    for round in 0..rounds(3) {
        let site = format!("round-{round}");
        stack.add_site(&site);
        // Ingestion has to know the site: it hears of it from the catalog, which is about to go.
        wait_for("the site", || {
            let body = json!({"site_id": site, "name": "x", "event_id": "first"});
            ingest.post("/api/events", &body).status == 202
        });
        let load = Load::start(ingest.addr(), &site);
        pause(&mut random, 300);
        stack.postgres.kill();
        std::thread::sleep(Duration::from_millis(200));
        stack.postgres.restart().expect("restarted");
        let mut ids = load.finish();
        ids.push("first".to_owned());
        assert!(ids.len() > 100, "ingestion goes on without PostgreSQL: {}", ids.len());
        acknowledged.push((site, ids));
    }
    check_all(&stack, &acknowledged);
    drop(worker);
}

#[test]
fn answers_of_redis_that_come_late_or_never() {
    let mut stack = Stack::start();
    let proxy = Proxy::start(stack.redis.port()).expect("a proxy");
    stack.redis_port = proxy.port();
    let ingest = stack.serve(&["ingest"]);
    stack.redis_port = stack.redis.port();
    let _worker = stack.serve(&["worker"]);
    let acknowledged = load(&stack, rounds(3), &ingest, |round| {
        for fault in [Fault::LoseAnswer, Fault::HoldAnswers, Fault::CutAnswer, Fault::Refuse] {
            std::thread::sleep(Duration::from_millis(50 + 20 * round as u64));
            proxy.set(fault);
        }
        std::thread::sleep(Duration::from_millis(50));
        proxy.set(Fault::None);
    });
    check_all(&stack, &acknowledged);
}

#[test]
fn commits_of_postgresql_whose_answer_never_comes() {
    let mut stack = Stack::start();
    let proxy = Proxy::start(stack.postgres.port()).expect("a proxy");
    let ingest = stack.serve(&["ingest"]);
    stack.postgres_port = proxy.port();
    let worker = stack.serve(&["worker"]);
    stack.postgres_port = stack.postgres.port();
    let acknowledged = load(&stack, rounds(3), &ingest, |_| {
        for fault in
            [Fault::LoseAnswer, Fault::CutAnswer, Fault::LoseAnswer, Fault::CutAnswer, Fault::LoseAnswer]
        {
            std::thread::sleep(Duration::from_millis(73));
            proxy.set(fault);
        }
        std::thread::sleep(Duration::from_millis(50));
        proxy.set(Fault::None);
    });
    check_all(&stack, &acknowledged);
    assert!(metric(&worker, "millrace_worker_store_errors_total").is_some(), "an insert met a fault");
}

#[test]
fn redis_out_of_memory() {
    let options = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory", "5mb"];
    let redis = Redis::start_with(None, &options).expect("a Redis");
    let stack = Stack::start_with(redis, Postgres::start().expect("a PostgreSQL"));
    let ingest = stack.serve(&["ingest"]);
    let title = "t".repeat(1_900);
    let mut accepted = 0;
    let refused = loop {
        let events: Vec<_> = (0..50)
            .map(|event| json!({"name": "pageview", "event_id": format!("{accepted}-{event}"), "title": title}))
            .collect();
        let answer = ingest.post("/api/events", &json!(events));
        if answer.status != 202 {
            break answer;
        }
        accepted += 50;
        assert!(accepted < 100_000, "Redis never ran out of memory");
    };
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.header("retry-after").is_some(), "{}", refused.head);
    assert_eq!(ingest.get("/readyz").status, 503);
    // A worker makes room: it needs no memory for that.
    let _worker = stack.serve(&["worker"]);
    wait_for("what was accepted", || stack.stored() >= accepted);
    wait_for("events to be taken again", || {
        ingest.post("/api/events", &json!({"name": "pageview", "event_id": "again"})).status == 202
    });
    wait_for("the last one", || stack.stored() > accepted);
    // Of the batch that was refused some records may have been taken before memory ran out: they are stored too.
    let twice = "SELECT COUNT(*) - COUNT(DISTINCT client_id) FROM events";
    assert_eq!(stack.postgres.run("postgres", twice).expect("a count"), "0");
}

#[test]
fn entries_that_another_program_wrote() {
    let stack = Stack::start();
    let ingest = stack.serve(&["ingest"]);
    let _worker = stack.serve(&["worker"]);
    let acknowledged = load(&stack, 1, &ingest, |_| {
        for stream in 0..8 {
            for fields in ["p garbage", "foo bar", "p x q y"] {
                let said = stack.redis_says(&format!("XADD millrace:{{{stream}}}:events * {fields}"));
                assert!(said.starts_with('$'), "{said}");
            }
        }
    });
    check_all(&stack, &acknowledged);
    wait_for("24 dead letters", || stack.prints(&["doctor"]).contains("dead letters    24"));
    let told = stack.prints(&["doctor", "--replay-dead-letters"]);
    assert!(told.contains("24 dead letters are back"), "{told}");
    wait_for("24 dead letters again", || stack.prints(&["doctor"]).contains("dead letters    24"));
}

#[test]
fn two_workers_that_believe_they_own_the_same() {
    let stack = Stack::start();
    let ingest = stack.serve(&["ingest"]);
    let sleeper = stack.serve(&["worker"]);
    let mut heir = None;
    let acknowledged = load(&stack, 3, &ingest, |round| match round {
        // It stops in the middle of its work, and everybody thinks it dead.
        0 => {
            std::thread::sleep(Duration::from_millis(150));
            sleeper.signal(Signal::STOP);
            heir = Some(stack.serve(&["worker"]));
        }
        1 => wait_for("the heir to own every stream", || {
            let owners = stack.prints(&["lag"]);
            let mut owners = owners.lines().skip(1).filter_map(|line| line.split_whitespace().last());
            let heir = heir.as_ref().map(|heir| format!("{}-", heir.pid())).unwrap_or_default();
            owners.by_ref().take(8).all(|owner| owner.starts_with(&heir))
        }),
        // Awake, it goes on with what it had.
        _ => sleeper.signal(Signal::CONT),
    });
    check_all(&stack, &acknowledged);
    wait_for("every event to be stored", || {
        stack.prints(&["lag"]).lines().last().is_some_and(|all| all.split_whitespace().nth(1) == Some("0"))
    });
}

#[test]
fn workers_replaced_one_after_the_other() {
    let stack = Stack::start();
    let ingest = stack.serve(&["ingest"]);
    let mut workers = vec![stack.serve(&["worker"]), stack.serve(&["worker"])];
    let acknowledged = load(&stack, 4, &ingest, |_| {
        let mut old = workers.remove(0);
        workers.push(stack.serve(&["worker"]));
        let (status, duration) = old.terminate();
        assert!(status.success() && duration < Duration::from_secs(10), "{status} after {duration:?}");
    });
    check_all(&stack, &acknowledged);
}

#[test]
fn a_store_of_another_version_is_refused() {
    let stack = Stack::start();
    let refused = |roles: &[&str]| {
        let mut args = vec!["serve", "--listen", "127.0.0.1:0"];
        args.extend(roles.iter().flat_map(|role| ["--role", role]));
        let output = stack.run(&args);
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let said = refused(&["api"]);
    assert!(said.contains("worker"), "an empty database is for a worker to fill: {said}");
    drop(stack.serve(&["worker"]));
    drop(stack.serve(&["api"]));
    let newer = "INSERT INTO _store_migrations \
                 SELECT version + 1000, description, installed_on, success, checksum, execution_time \
                 FROM _store_migrations ORDER BY version DESC LIMIT 1";
    stack.postgres.run("postgres", newer).expect("inserted");
    for role in ["api", "worker"] {
        let said = refused(&[role]);
        assert!(said.contains("newer"), "{said}");
    }
}
