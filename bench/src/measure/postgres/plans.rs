//! The dashboard's questions, a funnel and retention from PostgreSQL: how long they take, and by which plans.
//!
//! Plans are those of the statements that the product really sends, run and timed by `auto_explain`. That costs time
//! of its own, so it is switched on after everything was measured.

use std::fs;
use std::time::Duration;

use anyhow::Context;

use crate::measure::Bench;
use crate::measure::queries::SITES;
use crate::measure::queries::questions::{FUNNEL, RETENTION, overview};
use crate::measure::queries::timing::{alone, together};
use crate::server::Server;
use crate::stack::Stack;

/// For every session that begins from now on.
const EXPLAIN: &str = "\
    ALTER DATABASE postgres SET session_preload_libraries = 'auto_explain'; \
    ALTER DATABASE postgres SET auto_explain.log_min_duration = 0; \
    ALTER DATABASE postgres SET auto_explain.log_analyze = on; \
    ALTER DATABASE postgres SET auto_explain.log_buffers = on";

/// What statements about events name; all others are of the catalog.
const TABLES: [&str; 3] = [" events", "event_counts_", "daily_site_"];

/// How long after an answer its plan may be written.
const WRITTEN_WITHIN: Duration = Duration::from_millis(200);

/// Measures, and adds the rows.
pub(crate) async fn measure(bench: &mut Bench, api: &Server) -> anyhow::Result<()> {
    let times = bench.either(5, 2);
    for (site, share, ..) in SITES {
        for (name, request) in overview(site) {
            let row = alone(api, &request, times).await?;
            bench.report.add(row.row(format!("PostgreSQL: dashboard's {name}, {share} site")));
        }
        let all = together(api, &overview(site), times).await?;
        bench.report.add(all.row(format!("PostgreSQL: dashboard, {share} site")));
        for walk in [FUNNEL, RETENTION] {
            let row = alone(api, &walk.request(site), times).await?;
            bench.report.add(row.row(format!("PostgreSQL: {}, {share} site", walk.name)));
        }
    }
    Ok(())
}

/// Asks everything once more, and writes the plans to `plans/<question>-<site>.txt`.
pub(crate) async fn write(bench: &Bench, stack: &Stack) -> anyhow::Result<()> {
    stack.postgres.run("postgres", EXPLAIN)?;
    let dir = bench.dir.join("plans");
    fs::create_dir_all(&dir)?;
    let api = stack.serve_role(bench, "api").await?;
    for (site, ..) in SITES {
        let mut questions = overview(site);
        questions.extend([FUNNEL, RETENTION].map(|walk| (walk.name, walk.request(site))));
        for (name, request) in questions {
            let before = fs::metadata(stack.postgres.log())?.len();
            api.connect().await?.answer(&request).await?;
            tokio::time::sleep(WRITTEN_WITHIN).await;
            let log = fs::read(stack.postgres.log())?;
            let new = usize::try_from(before).ok().and_then(|before| log.get(before..));
            let new = String::from_utf8_lossy(new.context("PostgreSQL's log became shorter")?);
            fs::write(dir.join(format!("{name}-{site}.txt")), plans(&new).join("\n"))?;
        }
    }
    eprintln!("  plans: {}", dir.display());
    api.kill()
}

/// The entries of a log that are plans of statements about events.
fn plans(log: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in log.lines() {
        match entries.last_mut() {
            // An entry goes on in lines that begin with a tab.
            Some(entry) if line.starts_with('\t') => {
                entry.push_str(&line[1..]);
                entry.push('\n');
            }
            _ => entries.push(format!("{line}\n")),
        }
    }
    entries.retain(|entry| entry.contains("plan:") && TABLES.iter().any(|table| entry.contains(table)));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_plans_of_statements_about_events() {
        let log = "12:00 [7] LOG:  duration: 0.1 ms  plan:\n\tQuery Text: SELECT 1 FROM sites\n\tResult\n\
                   12:01 [7] LOG:  checkpoint starting: time\n\
                   12:02 [8] LOG:  duration: 9.5 ms  plan:\n\tQuery Text: SELECT count(*) FROM events\n\tAggregate\n";
        let expected =
            "12:02 [8] LOG:  duration: 9.5 ms  plan:\nQuery Text: SELECT count(*) FROM events\nAggregate\n";
        assert_eq!(plans(log), [expected]);
    }
}
