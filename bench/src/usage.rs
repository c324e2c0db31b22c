//! Who used the processors meanwhile: the server by its threads, the load, and everybody else on the machine.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::time::{Duration, Instant};

use crate::server::Server;

/// Ticks of a second in `/proc`: fixed by the kernel's interface on every machine this runs on.
const TICK: Duration = Duration::from_millis(10);

/// Processor time used up to a moment.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    at: Instant,
    machine: Duration,
    own: Duration,
    server: Duration,
    threads: BTreeMap<String, Duration>,
}

impl Usage {
    /// Up to now.
    pub(crate) fn now(server: &Server) -> Self {
        Self {
            at: Instant::now(),
            machine: machine(),
            own: process("self"),
            server: process(&server.id().to_string()),
            threads: threads(server.id()),
        }
    }

    /// The server's processor time since `earlier`.
    pub(crate) fn server_since(&self, earlier: &Self) -> Duration {
        // Threads are counted in nanoseconds, the process in ticks: the larger one missed less.
        let sum = |usage: &Self| usage.threads.values().sum::<Duration>();
        let threads = sum(self).saturating_sub(sum(earlier));
        threads.max(self.server.saturating_sub(earlier.server).saturating_sub(TICK))
    }

    /// In processors: `server 1.42 (tokio-rt-worker 0.9, ...), load 0.5, others 0.02`.
    pub(crate) fn since(&self, earlier: &Self) -> String {
        let wall = (self.at - earlier.at).as_secs_f64();
        let cores = |now: Duration, before: Duration| now.saturating_sub(before).as_secs_f64() / wall;
        let server = cores(self.server, earlier.server);
        let own = cores(self.own, earlier.own);
        let others = (cores(self.machine, earlier.machine) - server - own).max(0.0);
        let mut threads: Vec<_> = self
            .threads
            .iter()
            .map(|(name, used)| (name, cores(*used, earlier.threads.get(name).copied().unwrap_or_default())))
            .filter(|(_, used)| *used >= 0.02)
            .collect();
        threads.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut text = format!("cores used: server {server:.2}");
        for (place, (name, used)) in threads.iter().enumerate() {
            let _ = write!(text, "{}{name} {used:.2}", if place == 0 { " (" } else { ", " });
        }
        let close = if threads.is_empty() { "" } else { ")" };
        let _ = write!(text, "{close}, load {own:.2}, others {others:.2}");
        text
    }
}

/// Time that all processors together were busy, without what a host took from them.
fn machine() -> Duration {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let fields: Vec<u32> =
        line.split_whitespace().skip(1).map(|field| field.parse().unwrap_or_default()).collect();
    // user, nice, system, then irq and softirq; idle and iowait are between them.
    [0, 1, 2, 5, 6].into_iter().filter_map(|field| fields.get(field)).map(|ticks| TICK * *ticks).sum()
}

/// User and system time of a process, its ended threads included.
fn process(id: &str) -> Duration {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The name in brackets may hold anything; after it come the fields from the third on.
    let fields = text.rsplit_once(')').map(|(_, fields)| fields).unwrap_or_default();
    let ticks =
        |field: usize| fields.split_whitespace().nth(field - 3).and_then(|text| text.parse::<u32>().ok());
    TICK * (ticks(14).unwrap_or_default() + ticks(15).unwrap_or_default())
}

/// Time on a processor of each living thread, by name.
fn threads(id: u32) -> BTreeMap<String, Duration> {
    let mut threads = BTreeMap::new();
    let folders = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    for folder in folders {
        let read = |file: &str| fs::read_to_string(folder.path().join(file)).unwrap_or_default();
        let nanos = read("schedstat").split_whitespace().next().and_then(|text| text.parse().ok());
        let used = threads.entry(read("comm").trim().to_owned()).or_insert(Duration::ZERO);
        *used += Duration::from_nanos(nanos.unwrap_or_default());
    }
    threads
}
