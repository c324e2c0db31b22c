//! The worker's steps, in this process and without queue and store: events a second through each of them, and through
//! all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use millrace_catalog::sqlite::SqliteCatalog;
use millrace_catalog::{Catalog, Site, SiteSettings};
use millrace_event::{SiteId, Timestamp};
use millrace_queue::ConsumerGroup;
use millrace_store::EventStore;
use millrace_store::memory::MemoryStore;
use millrace_worker::steps::pipeline;
use millrace_worker::{Verdict, WorkerConfig};

use crate::measure::Bench;
use crate::report::Row;
use crate::traffic::Traffic;

/// Events of a batch, as the worker has it by default.
const BATCH: usize = 8_192;

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let batches = bench.either(240, 40);
    let folder = bench.folder("steps")?;
    std::fs::create_dir_all(&folder.data)?;
    let catalog = SqliteCatalog::open(folder.data.join("catalog.sqlite")).await?;
    let site = Site {
        id: SiteId::new("demo".to_owned())?,
        timezone: jiff::tz::TimeZone::UTC,
        public: true,
        require_key: false,
        created_at: Timestamp::now(),
        settings: SiteSettings::default(),
    };
    catalog.add_site(&site).await?;
    let catalog: Arc<dyn Catalog> = Arc::new(catalog);
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::default());
    let config = WorkerConfig::new(ConsumerGroup::new("store")?);
    let mut steps = pipeline(&config, &catalog, &store);
    let mut traffic = Traffic::new(site.id);
    let mut spent = vec![Duration::ZERO; steps.len()];
    let mut first = Duration::ZERO;
    let mut kept = 0;
    for batch in 0..=batches {
        let mut drafts: Vec<_> = (0..BATCH).map(|_| traffic.next()).collect();
        for step in &mut steps {
            step.prepare(&drafts).await?;
        }
        for (step, spent) in steps.iter_mut().zip(&mut spent) {
            let start = Instant::now();
            drafts.retain_mut(|draft| step.apply(draft) == Verdict::Keep);
            // The first batch compiles patterns and fills what is remembered.
            *(if batch == 0 { &mut first } else { spent }) += start.elapsed();
        }
        kept += drafts.len();
    }
    let events = (batches * BATCH) as f64;
    let total: Duration = spent.iter().sum();
    let row = |name: &str, spent: Duration, note: String| {
        Row::new(format!("worker's steps: {name}"), events / spent.as_secs_f64(), "events/s").note(note)
    };
    for (step, spent) in steps.iter().zip(&spent) {
        let share = 100.0 * spent.as_secs_f64() / total.as_secs_f64();
        bench.report.add(row(step.name(), *spent, format!("{share:.0} % of all steps")));
    }
    let note = format!(
        "{:.2} of {:.2} million events kept; the first batch took {:.0} ms",
        kept as f64 / 1e6,
        events / 1e6 + BATCH as f64 / 1e6,
        first.as_secs_f64() * 1e3
    );
    // No target of its own: `visible` measures the whole way, these steps included.
    bench.report.add(row("all", total, note));
    Ok(())
}
