//! What a dashboard asks when it is opened, a funnel and retention, over a month of many sites: each question alone,
//! and all of a dashboard's at once over as many connections as a browser has, until the last answer is there.
//!
//! The cache of reports is off. "First" is the first after a start, with the files still in the page cache. The same
//! questions go to DuckDB and to ClickHouse's embedded engine afterwards, where those can be had: see
//! `bench/compare/compare.py`, which also holds all answers against each other.

mod compare;
pub(crate) mod questions;
pub(crate) mod timing;

use std::time::Duration;

use anyhow::ensure;

use crate::measure::{Bench, Month};
use crate::report::{Row, thousands};
use crate::server::{Server, Start};
use crate::world::{BIG, ONE_PERCENT};

use questions::{FUNNEL, RETENTION, overview};
use timing::{Times, alone, first, together};

/// A site, its share, and in how many milliseconds a dashboard, and a funnel or retention, are to be there.
pub(crate) const SITES: [(&str, &str, f64, Option<f64>); 2] =
    [(ONE_PERCENT, "1 %", 150.0, Some(300.0)), (BIG, "10 %", 1_000.0, None)];

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let month = bench.month().await?;
    for (site, share, ..) in SITES {
        let mut times = Vec::new();
        for _ in 0..bench.either(5, 1) {
            let server = Start::new(&bench.binary, &month.folder.data).serve().await?;
            times.push(first(&server, &overview(site)).await?);
            server.kill()?;
        }
        let row = Times(times).row(format!("dashboard, {share} site, first after a start"));
        bench.report.add(row);
    }
    let server = Start::new(&bench.binary, &month.folder.data).serve().await?;
    // The upkeep reads every segment once after a start, five a second: that is over before anything is timed.
    tokio::time::sleep(Duration::from_millis(250 * month.built.segments as u64)).await;
    warm(bench, &server, &month).await?;
    compare::run(bench, &server, &month.folder).await?;
    // Whatever is measured after this needs the disk, and no lake.
    bench.month = None;
    server.kill()
}

async fn warm(bench: &mut Bench, server: &Server, month: &Month) -> anyhow::Result<()> {
    let times = bench.either(20, 5);
    for (site, share, target, target_of_walks) in SITES {
        check(server, site, month).await?;
        for (name, request) in overview(site) {
            let row = alone(server, &request, times).await?.row(format!("dashboard's {name}, {share} site"));
            bench.report.add(row);
        }
        let events = month.built.sites.get(site).copied().unwrap_or_default().0;
        let what = format!("dashboard, {share} site, {} events", thousands(events));
        bench.report.add(together(server, &overview(site), times).await?.row(what).at_most(target));
        for walk in [FUNNEL, RETENTION] {
            let row =
                alone(server, &walk.request(site), times).await?.row(format!("{}, {share} site", walk.name));
            bench.report.add(match target_of_walks {
                Some(target) => row.at_most(target),
                None => row,
            });
        }
    }
    let memory = server.memory()?;
    let note = format!(
        "VmHWM after the questions above, {:.0} MB at their end; `store.query_memory_bytes` as it comes",
        memory.resident
    );
    bench.report.add(Row::new("memory with those questions, at most", memory.most, "MB").note(note));
    Ok(())
}

/// The days add up to the total, and the total is nearly all that there is: the month began thirty times 24 hours ago,
/// the period at the midnight after that.
async fn check(server: &Server, site: &str, month: &Month) -> anyhow::Result<()> {
    let views = month.built.sites.get(site).copied().unwrap_or_default().1;
    let mut connection = server.connect().await?;
    let mut rows = Vec::new();
    for name in ["totals", "days"] {
        let (_, request) = overview(site).into_iter().find(|(known, _)| *known == name).unwrap_or_default();
        let answer = connection.answer(&request).await?;
        rows.push(answer["results"].as_array().cloned().unwrap_or_default());
    }
    let count = |row: &serde_json::Value, place: usize| row["metrics"][place].as_u64().unwrap_or_default();
    let total: u64 = rows[0].iter().map(|row| count(row, questions::PAGEVIEWS_OF_TOTALS)).sum();
    let sum: u64 = rows[1].iter().map(|row| count(row, questions::PAGEVIEWS_OF_DAYS)).sum();
    ensure!(
        total == sum && sum <= views && sum > views * 9 / 10,
        "wrong count: {views} page views of '{site}' were stored, {total} are in the totals, {sum} in the days"
    );
    Ok(())
}
