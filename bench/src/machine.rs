//! What the measurements were made on.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Syncs that are timed.
const SYNCS: usize = 100;
const BLOCK: [u8; 4096] = [7; 4096];

/// The machine, as Markdown.
pub(crate) fn facts(dir: &Path) -> anyhow::Result<String> {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let of_file = |path: &str, field: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(field));
        line.map(|line| line.trim_start_matches([' ', '\t', ':']).trim().to_owned()).unwrap_or_default()
    };
    let model = of_file("/proc/cpuinfo", "model name");
    let kilobytes = of_file("/proc/meminfo", "MemTotal:");
    let memory =
        kilobytes.trim_end_matches("kB").trim().parse::<f64>().unwrap_or_default() / f64::from(1 << 20);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let (appended, zeroed) = sync_times(dir)?;
    let times = |mut times: Vec<Duration>| {
        times.sort_unstable();
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        format!("median {:.2} ms, 99th of 100 {:.2} ms", ms(times[SYNCS / 2]), ms(times[SYNCS - 2]))
    };
    Ok(format!(
        "Machine: {cores} cores ({model}), {memory:.1} GiB of memory, Linux {}, load average {}.\n\
         Disk: `fdatasync` after 4 KiB at the file's end: {}; over zeros written before: {}.\n",
        kernel.trim(),
        load_average(),
        times(appended),
        times(zeroed),
    ))
}

/// The load averages of 1, 5 and 15 minutes.
pub(crate) fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// How long a sync takes when the file grows, and when it does not.
fn sync_times(dir: &Path) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
    let path = dir.join("sync");
    let mut file = File::create(&path)?;
    let sync = |file: &File| {
        let begin = Instant::now();
        file.sync_data().map(|()| begin.elapsed())
    };
    let mut appended = Vec::new();
    for _ in 0..SYNCS {
        file.write_all(&BLOCK)?;
        appended.push(sync(&file)?);
    }
    let mut zeroed = Vec::new();
    for block in 0..SYNCS {
        file.write_all_at(&BLOCK, (block * BLOCK.len()) as u64)?;
        zeroed.push(sync(&file)?);
    }
    fs::remove_file(path)?;
    Ok((appended, zeroed))
}
