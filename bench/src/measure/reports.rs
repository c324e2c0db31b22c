//! The simple reports over a month of many sites, and what that month takes on disk.
//!
//! "Cold" is measured three ways: the first request after a start, with the files still in the page cache; the first
//! after the page cache was emptied under a running server; and the first after a start with an empty page cache,
//! for which the binary itself has to be read from disk as well.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::time::Instant;

use crate::lake::{self, Built};
use crate::measure::{Bench, Folder};
use crate::report::{Row, median, thousands};
use crate::server::{Server, Start, drop_caches};
use crate::visible;
use crate::wire::Connection;
use crate::world::{BIG, ONE_PERCENT, Plan};

const WARM: usize = 20;

/// The reports, by what comes after their site.
const REPORTS: [(&str, &str, &str); 3] = [
    ("`/stats`", "/stats", ""),
    ("`/analytics/timeseries?range=30d`", "/analytics/timeseries", "&range=30d"),
    ("`/analytics/top-pages`", "/analytics/top-pages", ""),
];

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let plan = bench.plan();
    let with_ids = Plan { events: plan.events / 10, client_ids: true, ..plan };
    {
        eprintln!("reports: a lake of {} events with ids of their clients", thousands(with_ids.events));
        let folder = bench.folder("ids")?;
        let built = lake::build(&folder.data.join("lake"), with_ids).await?;
        at_rest(bench, "at rest, every column and a client's UUID", &built);
    }
    let month = bench.month().await?;
    let (folder, built) = (&month.folder, &month.built);
    at_rest(bench, "at rest, every column", built);
    let rate = built.events as f64 / built.insert_seconds;
    let note = format!(
        "LakeStore::insert and a seal for each hour; {:.0} s, then {:.0} s to compact into {} segments",
        built.insert_seconds, built.compact_seconds, built.segments
    );
    bench.report.add(Row::new("building the lake", rate, "events/s").note(note));

    check(Start::new(&bench.binary, &folder.data).serve().await?, built).await?;
    starts(bench, folder, plan.events).await?;
    for (site, share, target) in [(ONE_PERCENT, "1 %", Some(50.0)), (BIG, "10 %", None)] {
        let count = built.sites.get(site).copied().unwrap_or_default().0;
        let of = format!("{share} site, {} events", thousands(count));
        for (name, path, rest) in REPORTS {
            let path = format!("{path}?site_id={site}{rest}");
            let cold = cold(bench, folder, &path).await?;
            let what = [
                ("first after a start", cold.first),
                ("page cache emptied", cold.emptied),
                ("first after a start, page cache emptied", cold.all),
            ];
            for (how, times) in what {
                if !times.is_empty() {
                    add(bench, format!("{name}, {of}, {how}"), &times, target);
                }
            }
        }
    }
    warm(bench, folder, built).await
}

fn at_rest(bench: &mut Bench, what: &str, built: &Built) {
    let each = |bytes: u64| bytes as f64 / built.events as f64;
    let note =
        format!("{} events; {:.1} with the manifest", thousands(built.events), each(built.folder_bytes));
    bench.report.add(Row::new(what, each(built.bytes), "bytes/event").at_most(25.0).note(note));
}

fn add(bench: &mut Bench, what: String, times: &[Duration], target: Option<f64>) {
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let row = Row::new(what, ms(median(times, Ord::cmp)), "ms");
    let most = times.iter().max().copied().unwrap_or_default();
    let row = row.note(format!("median of {}, longest {:.0} ms", times.len(), ms(most)));
    bench.report.add(match target {
        Some(target) => row.at_most(target),
        None => row,
    });
}

/// The reports' numbers are those of the events that were made.
async fn check(server: Server, built: &Built) -> anyhow::Result<()> {
    let mut connection = server.connect().await?;
    for site in [BIG, ONE_PERCENT] {
        let (events, views) = built.sites.get(site).copied().context("a site without events")?;
        let total = visible::total(&mut connection, site).await?;
        ensure!(
            total == events,
            "wrong count: {events} events of '{site}' were stored, {total} are in its reports"
        );
        let stats = connection.json(&format!("/stats?site_id={site}")).await?;
        let shown = stats["total_views"].as_u64();
        ensure!(
            shown == Some(views),
            "wrong count: {views} views of '{site}' were stored, {shown:?} are in /stats"
        );
        let series = connection.json(&format!("/analytics/timeseries?site_id={site}&range=30d")).await?;
        let days = series["result"]["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        let sum: u64 = days.iter().filter_map(|day| day["count"].as_u64()).sum();
        // The month began thirty times 24 hours ago, the series on the first of thirty calendar days.
        let near = days.len() == 30 && sum <= events && sum > events * 9 / 10;
        ensure!(near, "wrong count: the {} days of '{site}' have {sum} of {events} events", days.len());
        let pages = connection.json(&format!("/analytics/top-pages?site_id={site}")).await?;
        let first = pages["pages"][0]["page_url"].as_str().map(str::to_owned);
        ensure!(first.as_deref() == Some("/"), "wrong order: the first page of '{site}' is {first:?}");
        ensure!(
            stats["top_paths"][0]["views"] == pages["pages"][0]["count"],
            "/stats and top-pages differ: {stats}"
        );
        ensure!(
            stats["unique_users"].as_u64() > Some(0) && stats["date"] == Value::Null,
            "odd figures: {stats}"
        );
    }
    server.kill()
}

async fn starts(bench: &mut Bench, folder: &Folder, events: u64) -> anyhow::Result<()> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let server = Start::new(&bench.binary, &folder.data).serve().await?;
        times.push(server.ready_after);
        server.kill()?;
    }
    let what = format!("start to ready, {} M events in the lake", events / 1_000_000);
    let start = median(&times, Ord::cmp).as_secs_f64();
    bench.report.add(Row::new(what.clone(), start, "s").at_most(1.0).note("median of 5"));
    if drop_caches() {
        let server = Start::new(&bench.binary, &folder.data).serve().await?;
        let start = server.ready_after.as_secs_f64();
        bench.report.add(Row::new(format!("{what}, page cache emptied"), start, "s").note("once"));
        server.kill()?;
    } else {
        eprintln!("  the page cache cannot be emptied here: run as root to measure that too");
    }
    Ok(())
}

#[derive(Default)]
struct Cold {
    first: Vec<Duration>,
    emptied: Vec<Duration>,
    all: Vec<Duration>,
}

async fn cold(bench: &Bench, folder: &Folder, path: &str) -> anyhow::Result<Cold> {
    let mut cold = Cold::default();
    for _ in 0..bench.either(5, 1) {
        let server = Start::new(&bench.binary, &folder.data).serve().await?;
        let mut connection = server.connect().await?;
        cold.first.push(time(&mut connection, path).await?);
        if drop_caches() {
            cold.emptied.push(time(&mut connection, path).await?);
            server.kill()?;
            drop_caches();
            let server = Start::new(&bench.binary, &folder.data).serve().await?;
            cold.all.push(time(&mut server.connect().await?, path).await?);
            server.kill()?;
        } else {
            server.kill()?;
        }
    }
    Ok(cold)
}

async fn warm(bench: &mut Bench, folder: &Folder, built: &Built) -> anyhow::Result<()> {
    let server = Start::new(&bench.binary, &folder.data).serve().await?;
    // The upkeep reads every segment once after a start, five a second: that is over before anything is timed.
    tokio::time::sleep(Duration::from_millis(250 * built.segments as u64)).await;
    let mut connection = server.connect().await?;
    for (site, share, target) in [(ONE_PERCENT, "1 %", Some(50.0)), (BIG, "10 %", None)] {
        for (name, path, rest) in REPORTS {
            let path = format!("{path}?site_id={site}{rest}");
            time(&mut connection, &path).await?;
            let mut times = Vec::new();
            for _ in 0..WARM {
                times.push(time(&mut connection, &path).await?);
            }
            add(bench, format!("{name}, {share} site, warm"), &times, target);
        }
    }
    let memory = server.memory()?;
    let note = format!(
        "VmRSS after the reports above, at most {:.0} MB; {:.0} MB of it are pages of the binary",
        memory.most, memory.of_files
    );
    bench.report.add(Row::new("memory with that lake", memory.resident, "MB").note(note));
    server.kill()
}

async fn time(connection: &mut Connection, path: &str) -> anyhow::Result<Duration> {
    let begin = Instant::now();
    connection.json(path).await?;
    Ok(begin.elapsed())
}
