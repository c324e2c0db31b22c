//! PostgreSQL as the store: how fast batches go in with the product's real tables, and how fast reports come out of a
//! month of many sites.

mod plans;

use std::time::Duration;

use anyhow::{Context, ensure};
use millrace_store::{EventBatch, EventStore};
use millrace_store_postgres::{PostgresConfig, PostgresStore};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::measure::Bench;
use crate::report::{Row, median, thousands};
use crate::stack::Stack;
use crate::visible;
use crate::wire::Connection;
use crate::world::{BIG, ONE_PERCENT, Plan, World};

const TIMES: usize = 20;
/// Reports that aggregates answer.
const REPORTS: [(&str, &str, &str); 4] = [
    ("`/stats`", "/stats", ""),
    ("`/analytics/timeseries?range=30d`", "/analytics/timeseries", "&range=30d"),
    ("`/analytics/top-pages`", "/analytics/top-pages", ""),
    ("`/analytics/summary`", "/analytics/summary", ""),
];

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let events = bench.either(20_000_000, 1_000_000);
    let plan = Plan { events, ..bench.plan() };
    let stack = Stack::start(bench, "postgres")?;
    eprintln!("postgres: {} events", thousands(events));
    let (stored, views) = fill(bench, &stack, plan).await?;
    stack.add_sites(bench, &[BIG, ONE_PERCENT])?;
    let api = stack.serve_role(bench, "api").await?;
    let mut connection = api.connect().await?;
    let total = visible::total(&mut connection, ONE_PERCENT).await?;
    ensure!(
        total == stored,
        "wrong count: {stored} events of '{ONE_PERCENT}' were stored, {total} are in its reports"
    );
    let shown = connection.json(&format!("/stats?site_id={ONE_PERCENT}")).await?["total_views"].as_u64();
    ensure!(
        shown == Some(views),
        "wrong count: {views} views of '{ONE_PERCENT}' were stored, {shown:?} are in /stats"
    );
    for (site, share, target) in [(ONE_PERCENT, "1 %", Some(20.0)), (BIG, "10 %", None)] {
        for (name, path, rest) in REPORTS {
            let row = time(&mut connection, &format!("{path}?site_id={site}{rest}")).await?;
            let row = Row::new(format!("PostgreSQL: {name}, {share} site"), row.0, "ms").note(row.1);
            bench.report.add(match target {
                Some(target) => row.at_most(target),
                None => row,
            });
        }
        // No aggregate knows the visitors of an hour that ends now: these are counted from the events.
        let row = time(&mut connection, &format!("/metrics/summary?site_id={site}")).await?;
        let what = format!("PostgreSQL: visitors of the last hour from the events, {share} site");
        bench.report.add(Row::new(what, row.0, "ms").note(row.1));
    }
    raw(bench, &stack)?;
    plans::measure(bench, &api).await?;
    api.kill()?;
    plans::write(bench, &stack).await
}

/// Stores the events; answers those of the site with one percent, and its page views.
async fn fill(bench: &mut Bench, stack: &Stack, plan: Plan) -> anyhow::Result<(u64, u64)> {
    let store = PostgresStore::open(PostgresConfig::new(stack.postgres.url())).await.context("the store")?;
    let (give, mut take) = mpsc::channel(2);
    let maker = std::thread::spawn(move || {
        for hour in World::new(plan) {
            if give.blocking_send(hour).is_err() {
                break;
            }
        }
    });
    let (mut events, mut views, mut all, mut spent, mut shown) = (0, 0, 0, Duration::ZERO, 0);
    while let Some(hour) = take.recv().await {
        for batch in hour {
            let of_one = batch.iter().filter(|event| event.site.as_str() == ONE_PERCENT);
            for event in of_one {
                events += 1;
                views += u64::from(event.name == "pageview");
            }
            all += batch.len() as u64;
            let batch = EventBatch { events: batch, ..EventBatch::default() };
            let begin = Instant::now();
            store.insert(&batch).await?;
            spent += begin.elapsed();
        }
        if all / 2_000_000 > shown {
            shown = all / 2_000_000;
            eprintln!("  {} events stored, {:.0} a second", thousands(all), all as f64 / spent.as_secs_f64());
        }
    }
    maker.join().map_err(|_| anyhow::anyhow!("making events panicked"))?;
    let note = format!(
        "{}; batches of 8,192 and what an hour leaves; {:.0} s",
        store.describe().await?,
        spent.as_secs_f64()
    );
    let what = "PostgreSQL: events stored with every index and aggregate";
    bench.report.add(Row::new(what, all as f64 / spent.as_secs_f64(), "events/s").note(note));
    store.close().await?;
    Ok((events, views))
}

/// A question that no aggregate answers, with its plan.
fn raw(bench: &mut Bench, stack: &Stack) -> anyhow::Result<()> {
    for (site, share) in [(ONE_PERCENT, "1 %"), (BIG, "10 %")] {
        let question = format!(
            "SELECT path, COUNT(*), COUNT(DISTINCT visitor) FROM events \
             WHERE site = '{site}' AND timestamp >= now() - interval '30 days' AND timestamp < now() \
             AND referrer IS NOT NULL GROUP BY path ORDER BY 2 DESC LIMIT 10"
        );
        let begin = std::time::Instant::now();
        stack.postgres.run("postgres", &question)?;
        let took = begin.elapsed().as_secs_f64() * 1e3;
        let plan = stack.postgres.run("postgres", &format!("EXPLAIN (COSTS OFF) {question}"))?;
        let plan: Vec<_> = plan.lines().map(str::trim).take(8).collect();
        let what =
            format!("PostgreSQL: pages and visitors of 30 days with a filter, from the events, {share} site");
        bench.report.add(Row::new(what, took, "ms").note(format!("once; {}", plan.join("; "))));
    }
    Ok(())
}

/// The median in milliseconds, and how it came about.
async fn time(connection: &mut Connection, path: &str) -> anyhow::Result<(f64, String)> {
    let mut times = Vec::new();
    let first = Instant::now();
    connection.json(path).await?;
    let first = first.elapsed().as_secs_f64() * 1e3;
    for _ in 0..TIMES {
        let begin = Instant::now();
        connection.json(path).await?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    let most = times.iter().copied().fold(0.0, f64::max);
    let note = format!("median of {TIMES}, longest {most:.0} ms, the first {first:.0} ms");
    Ok((median(&times, f64::total_cmp), note))
}
