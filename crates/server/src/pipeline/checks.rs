//! What is well and what is not, in words for whoever reads a site: no path, no server's name, no other site's number.

use millrace_api::NotReady;
use millrace_api::pipeline::{PipelineCheck, PipelineDisk};
use millrace_queue::PartitionLag;

use super::QueueSeen;

/// Percent of the disk that are left when it is time to do something.
const LITTLE: u64 = 10;
/// Percent that are next to nothing.
const NEXT_TO_NOTHING: u64 = 2;

pub(super) fn queue(seen: Option<&QueueSeen>, reasons: &[NotReady]) -> PipelineCheck {
    if let Some(reason) = reason("queue", reasons) {
        return failed("queue", reason);
    }
    match seen {
        None => failed("queue", "the queue does not answer"),
        Some(seen) if seen.dead_letters > 0 => {
            let count = seen.dead_letters;
            let message = format!("{count} records could not be processed: 'millrace doctor' shows why");
            warning("queue", message)
        }
        Some(_) => ok("queue", "takes events"),
    }
}

/// What is to be known of the worker.
#[derive(Clone, Copy, Debug)]
pub(super) struct Working {
    /// A batch is tried again and again.
    pub(super) stuck: bool,
    /// Workers share the queue out, so that it is known who reads it.
    pub(super) shared: bool,
    /// An age of waiting records that keeping up does not explain.
    pub(super) late_seconds: f64,
}

pub(super) fn worker(seen: Option<&QueueSeen>, reasons: &[NotReady], working: Working) -> PipelineCheck {
    match reason("worker", reasons) {
        Some(reason) if working.stuck => return failed("worker", reason),
        // It replays, which ends by itself.
        Some(reason) => return warning("worker", reason.to_owned()),
        None => {}
    }
    match seen {
        None => warning("worker", "how far it is behind is not known: the queue does not answer".to_owned()),
        Some(seen) if working.shared && nobody_reads(&seen.lags) => {
            failed("worker", "no worker reads the queue")
        }
        Some(seen) if seen.seconds() > working.late_seconds => {
            let (records, minutes) = (seen.records(), (seen.seconds() / 60.0).floor());
            warning("worker", format!("{records} records wait, the oldest for {minutes} minutes"))
        }
        Some(_) => ok("worker", "keeps up"),
    }
}

pub(super) fn store(reasons: &[NotReady]) -> PipelineCheck {
    match reason("store", reasons) {
        Some(reason) => failed("store", reason),
        None => ok("store", "answers"),
    }
}

pub(super) fn catalog(answers: bool) -> PipelineCheck {
    match answers {
        true => ok("catalog", "answers"),
        false => failed("catalog", "it does not answer: sites and keys are those of before"),
    }
}

/// Nothing where the disk says nothing.
pub(super) fn disk(disk: &PipelineDisk) -> Option<PipelineCheck> {
    let (free, total) = (disk.free_bytes?, disk.total_bytes.filter(|total| *total > 0)?);
    let percent = (u128::from(free) * 100 / u128::from(total)) as u64;
    let message = format!("{percent} % of the disk are free");
    Some(match percent {
        ..NEXT_TO_NOTHING => failed("disk", &message),
        NEXT_TO_NOTHING..LITTLE => warning("disk", message),
        _ => ok("disk", &message),
    })
}

/// Whether records wait of a shared queue and no worker has any of it.
pub(crate) fn nobody_reads(lags: &[PartitionLag]) -> bool {
    lags.iter().any(|of| of.lag.records > 0) && lags.iter().all(|of| of.owner.is_none())
}

fn reason<'a>(part: &str, reasons: &'a [NotReady]) -> Option<&'a str> {
    reasons.iter().find(|of| of.part == part).map(|of| of.reason.as_str())
}

fn ok(part: &'static str, message: &str) -> PipelineCheck {
    PipelineCheck { part, status: "ok", message: message.to_owned() }
}

fn warning(part: &'static str, message: String) -> PipelineCheck {
    PipelineCheck { part, status: "warning", message }
}

fn failed(part: &'static str, message: &str) -> PipelineCheck {
    PipelineCheck { part, status: "failed", message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use millrace_queue::Lag;

    use super::*;

    fn seen(records: u64, seconds: u64, owner: Option<&str>, dead_letters: u64) -> QueueSeen {
        let lag = Lag { records, oldest: (records > 0).then(|| Duration::from_secs(seconds)) };
        let owner = owner.map(str::to_owned);
        QueueSeen { lags: vec![PartitionLag { partition: 0, lag, pending: None, owner }], dead_letters }
    }

    #[test]
    fn each_part_says_what_is_the_matter() {
        let stuck = [NotReady { part: "worker".to_owned(), reason: "stuck".to_owned() }];
        let full = [NotReady { part: "queue".to_owned(), reason: "the queue is full".to_owned() }];
        let calm = seen(0, 0, None, 0);
        let alone = Working { stuck: false, shared: false, late_seconds: 900.0 };
        let shared = Working { shared: true, ..alone };
        let bytes =
            |free: u64| PipelineDisk { data_bytes: None, free_bytes: Some(free), total_bytes: Some(1_000) };
        for (check, status, message) in [
            (queue(Some(&calm), &[]), "ok", "takes events"),
            (queue(Some(&calm), &full), "failed", "the queue is full"),
            (queue(None, &[]), "failed", "does not answer"),
            (queue(Some(&seen(0, 0, None, 3)), &[]), "warning", "3 records could not"),
            (worker(Some(&calm), &[], shared), "ok", "keeps up"),
            (worker(Some(&calm), &stuck, Working { stuck: true, ..alone }), "failed", "stuck"),
            (worker(Some(&calm), &stuck, alone), "warning", "stuck"),
            (worker(None, &[], shared), "warning", "not known"),
            (worker(Some(&seen(5, 1, None, 0)), &[], shared), "failed", "no worker"),
            (worker(Some(&seen(5, 1, None, 0)), &[], alone), "ok", "keeps up"),
            (worker(Some(&seen(5, 1, Some("w"), 0)), &[], shared), "ok", "keeps up"),
            (worker(Some(&seen(5, 1_000, Some("w"), 0)), &[], shared), "warning", "oldest for 16 minutes"),
            (store(&[]), "ok", "answers"),
            (catalog(true), "ok", "answers"),
            (catalog(false), "failed", "those of before"),
            (disk(&bytes(500)).expect("known"), "ok", "50 %"),
            (disk(&bytes(99)).expect("known"), "warning", "9 %"),
            (disk(&bytes(19)).expect("known"), "failed", "1 %"),
        ] {
            assert!(check.status == status && check.message.contains(message), "{check:?}");
        }
        assert_eq!(disk(&PipelineDisk::default()), None);
    }
}
