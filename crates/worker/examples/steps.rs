//! How fast the steps are, each alone and all together.
//!
//!     cargo run --release -p millrace-worker --example steps
//!
//! User agents and addresses are drawn from skewed sets: 5,000 user agents, the most frequent as real browsers' shares
//! have it, 100,000 addresses of which the n-th comes a n-th as often as the first, and a page view in three comes
//! from elsewhere.

use std::sync::Arc;
use std::time::{Duration, Instant};

use millrace_catalog::{Catalog, Site, SiteSettings};
use millrace_event::{Event, EventId, MadeId, Screen, SiteId, Timestamp};
use millrace_queue::ConsumerGroup;
use millrace_store::EventStore;
use millrace_store::memory::MemoryStore;
use millrace_worker::steps::{Step, pipeline};
use millrace_worker::{Draft, Verdict, WorkerConfig};

const BROWSERS: &str = include_str!("../tests/data/user_agents.txt");

const USER_AGENTS: usize = 5_000;
const ADDRESSES: usize = 100_000;
const BATCH: usize = 8_192;
const BATCHES: usize = 120;
const START: i64 = 1_795_168_800_000;

/// A small generator of numbers: every run draws the same ones.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One of `count` places, the n-th with a weight of 1/n: by the inverse of its distribution, nearly.
    fn zipf(&mut self, count: usize) -> usize {
        ((count as f64).powf(self.unit()) as usize).clamp(1, count) - 1
    }
}

/// Real user agents, and variants of them by version as the weeks go by.
fn user_agents() -> Vec<String> {
    let real: Vec<&str> = BROWSERS.lines().filter_map(|line| line.splitn(3, '\t').nth(2)).collect();
    let variant = |at: usize| real[at % real.len()].replace(".0.0.0", &format!(".0.{at}.{}", at % 97));
    let mut all: Vec<String> = real.iter().map(|text| (*text).to_owned()).collect();
    all.extend((all.len()..USER_AGENTS).map(variant));
    all
}

fn draft(dice: &mut Dice, site: &SiteId, user_agents: &[String], addresses: &[[u8; 4]], count: u64) -> Draft {
    const REFERRERS: [&str; 6] = [
        "https://www.google.com/",
        "https://www.google.de/",
        "https://l.facebook.com/l.php",
        "https://chatgpt.com/",
        "https://news.ycombinator.com/item?id=1",
        "https://blog.other.example/post",
    ];
    let at = Timestamp::from_millis(START + (count / 300) as i64);
    let mut event = Event::new(site.clone(), EventId::Made(MadeId { process: 1, count }), "pageview", at);
    event.language = Some("en-US".into());
    event.screen = Some(Screen { width: 1_280, height: 800 });
    let visitor = dice.zipf(addresses.len());
    if dice.next().is_multiple_of(3) {
        event.referrer = Some(REFERRERS[dice.zipf(REFERRERS.len())].into());
    }
    let query = if dice.next().is_multiple_of(10) { "?utm_source=newsletter&utm_medium=email" } else { "" };
    let url = format!("https://www.example.com/articles/{}{query}", dice.zipf(1_000));
    Draft {
        url: Some(url.into()),
        address: Some(addresses[visitor].into()),
        user_agent: Some(user_agents[dice.zipf(user_agents.len())].as_str().into()),
        ..Draft::new(event)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let site = SiteId::new("demo".to_owned())?;
    let sites = vec![Site {
        id: site.clone(),
        timezone: jiff::tz::TimeZone::UTC,
        public: true,
        require_key: false,
        created_at: Timestamp::from_millis(START),
        settings: SiteSettings::default(),
    }];
    let catalog: Arc<dyn Catalog> = Arc::new(millrace_catalog::memory::fixed(sites, vec![]));
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::default());
    let config = WorkerConfig::new(ConsumerGroup::new("store")?);
    let before = resident();
    let mut steps: Vec<Box<dyn Step>> = pipeline(&config, &catalog, &store);
    let loaded = resident();
    let mut spent = vec![Duration::ZERO; steps.len()];
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let user_agents = user_agents();
    let addresses: Vec<[u8; 4]> =
        (0..ADDRESSES).map(|_| dice.next().to_le_bytes()[..4].try_into().unwrap_or_default()).collect();
    let (mut count, mut kept) = (0, 0);
    // The first batch compiles patterns and fills caches.
    for batch in 0..=BATCHES {
        let make = |_| {
            count += 1;
            draft(&mut dice, &site, &user_agents, &addresses, count)
        };
        let mut drafts: Vec<Draft> = (0..BATCH).map(make).collect();
        for step in &mut steps {
            step.prepare(&drafts).await?;
        }
        for (step, spent) in steps.iter_mut().zip(&mut spent) {
            let start = Instant::now();
            drafts.retain_mut(|draft| step.apply(draft) == Verdict::Keep);
            let took = start.elapsed();
            if batch > 0 {
                *spent += took;
            } else {
                eprintln!("first batch, {}: {:.1} ms", step.name(), took.as_secs_f64() * 1e3);
            }
        }
        kept += drafts.len();
    }
    let events = (BATCHES * BATCH) as f64;
    let total: Duration = spent.iter().sum();
    println!(
        "{} of {count} events kept; memory {before} KiB, with steps {loaded}, at the end {}",
        kept,
        resident()
    );
    println!("| step | events/s | ns an event | share |\n|---|---:|---:|---:|");
    let row = |name: &str, spent: Duration| {
        let seconds = spent.as_secs_f64();
        let share = 100.0 * seconds / total.as_secs_f64();
        println!("| {name} | {:.0} | {:.0} | {share:.0} % |", events / seconds, seconds / events * 1e9);
    };
    for (step, spent) in steps.iter().zip(&spent) {
        row(step.name(), *spent);
    }
    row("all", total);
    Ok(())
}

/// Resident memory in KiB, where the system says.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
}
