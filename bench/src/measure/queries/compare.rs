//! The same questions to DuckDB and to ClickHouse's embedded engine, over the same rows: `bench/compare/compare.py`.

use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::process::Command;

use super::SITES;
use super::questions::{FUNNEL, RETENTION};
use crate::measure::{Bench, Folder};
use crate::report::Row;
use crate::server::Server;

/// The script, as far as this program runs where it was built.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/compare/compare.py");
/// Its exit codes: answers differ; the packages cannot be had.
const WRONG: i32 = 1;
const NO_PACKAGES: i32 = 3;

/// Asks the others and Millrace, and adds the ratios. Without Python or its packages nothing is compared, which the
/// progress says.
pub(crate) async fn run(bench: &mut Bench, server: &Server, folder: &Folder) -> anyhow::Result<()> {
    if !Path::new(SCRIPT).is_file() {
        eprintln!("  not compared with other engines: there is no {SCRIPT}");
        return Ok(());
    }
    let mut command = Command::new("python3");
    command.arg(SCRIPT).arg(folder.data.join("lake/segments"));
    command.arg("--millrace").arg(format!("http://{}", server.address));
    command.arg("--dir").arg(&bench.dir);
    command.arg("--times").arg(bench.either("9", "3"));
    command.kill_on_drop(true).stderr(std::process::Stdio::inherit());
    let output = match command.output().await {
        Ok(output) => output,
        Err(error) => {
            eprintln!("  not compared with other engines: python3: {error}");
            return Ok(());
        }
    };
    match output.status.code() {
        Some(0 | WRONG) => {}
        Some(NO_PACKAGES) => {
            eprintln!("  not compared with other engines: their packages cannot be had");
            return Ok(());
        }
        _ => bail!("{SCRIPT} ended with {}", output.status),
    }
    std::fs::write(bench.dir.join("compare.json"), &output.stdout)?;
    let report: Value = serde_json::from_slice(&output.stdout).context("what compare.py printed")?;
    for wrong in report["wrong"].as_array().context("no list of wrong answers")? {
        bench.report.fail(format!("wrong answer: {wrong}"));
    }
    ratios(bench, &report)
}

/// Millrace's time by each other engine's.
fn ratios(bench: &mut Bench, report: &Value) -> anyhow::Result<()> {
    for (engine, sites) in report["ratios"].as_object().context("no ratios")? {
        let loaded = &report["engines"][engine];
        let (version, bytes) = (&loaded["version"], loaded["bytes_per_event"].as_f64().unwrap_or_default());
        for (site, share, ..) in SITES {
            let ratios = sites[site].as_object().with_context(|| format!("no ratios of {site}"))?;
            let of = |name: &str| {
                ratios.get(name).and_then(Value::as_f64).with_context(|| format!("no ratio of {name}"))
            };
            let walks = [FUNNEL.name, RETENTION.name];
            let each =
                ratios.iter().filter(|(name, _)| *name != "overview" && !walks.contains(&name.as_str()));
            let each: Vec<_> = each
                .map(|(name, ratio)| format!("{name} {:.2}", ratio.as_f64().unwrap_or_default()))
                .collect();
            let note = format!("{engine} {version}, {bytes:.1} bytes/event; each alone: {}", each.join(", "));
            let row =
                Row::new(format!("dashboard, {share} site: Millrace by {engine}"), of("overview")?, "times");
            bench.report.add(row.at_most(1.0).note(note.replace('"', "")));
            for walk in walks {
                let row = Row::new(format!("{walk}, {share} site: Millrace by {engine}"), of(walk)?, "times");
                bench.report.add(row.at_most(1.0).note("the same rows, two threads each"));
            }
        }
    }
    Ok(())
}
