//! Dead letters: a stream of their own, with the reason beside the record.

use bytes::Bytes;
use redis::Value;

use super::Shared;
use super::append::Submission;
use super::keys::Id;
use super::reply::{bytes, items, named};
use crate::{DeadLetter, QueueError};

/// Buries also where Redis is out of memory: otherwise a record that cannot be read would keep the worker from making
/// room.
const BURY: &str = "#!lua flags=allow-oom\nreturn redis.call('XADD', KEYS[1], '*', unpack(ARGV))";

/// Letters of one round trip.
const PAGE: usize = 500;
/// Bytes of a reason.
const REASON_BYTES: usize = 4 << 10;

impl Shared {
    pub(crate) async fn bury(&self, letters: &[DeadLetter]) -> Result<(), QueueError> {
        for page in letters.chunks(PAGE) {
            let command = |letter: &DeadLetter| {
                let mut command = redis::cmd("EVAL");
                command.arg(BURY).arg(1).arg(self.keys.letters());
                command.arg("partition").arg(letter.partition).arg("offset").arg(letter.offset);
                command.arg("reason").arg(cut(&letter.reason)).arg("failed_at").arg(letter.failed_at_ms);
                command.arg("payload").arg(letter.payload.as_ref());
                (0, command)
            };
            for answer in self.ask_each(page.iter().map(command).collect()).await? {
                answer?;
            }
        }
        Ok(())
    }

    pub(crate) async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError> {
        let mut letters = Vec::new();
        let mut from = "-".to_owned();
        while letters.len() < limit {
            let page = self.page(&from, "+", PAGE.min(limit - letters.len())).await?;
            let Some((last, _)) = page.last() else { break };
            from = format!("({last}");
            letters.extend(page.into_iter().map(|(_, letter)| letter));
        }
        Ok(letters)
    }

    pub(crate) async fn replay_dead_letters(&self) -> Result<u64, QueueError> {
        let mut replayed = 0;
        // Up to the last one of now: a worker may bury the same records again at once.
        let mut last = redis::cmd("XREVRANGE");
        last.arg(self.keys.letters()).arg("+").arg("-").arg("COUNT").arg(1);
        let Some((last, _)) = items(self.ask(&last).await?).into_iter().find_map(letter) else {
            return Ok(0);
        };
        loop {
            let page = self.page("-", &last.to_string(), PAGE).await?;
            if page.is_empty() {
                return Ok(replayed);
            }
            replayed += page.len() as u64;
            let mut forget = redis::cmd("XDEL");
            forget.arg(self.keys.letters());
            let mut records = Vec::new();
            for (id, letter) in page {
                forget.arg(id.to_string());
                // Where it came from: a visitor's records stay in one partition.
                records.push((letter.partition % self.streams.len() as u32, letter.payload));
            }
            let (done, answer) = tokio::sync::oneshot::channel();
            self.submit(Submission { records, done }).await?;
            answer.await.map_err(|_| QueueError::Closed)??;
            self.ask(&forget).await?;
        }
    }

    async fn page(&self, from: &str, to: &str, count: usize) -> Result<Vec<(Id, DeadLetter)>, QueueError> {
        let mut range = redis::cmd("XRANGE");
        range.arg(self.keys.letters()).arg(from).arg(to).arg("COUNT").arg(count);
        Ok(items(self.ask(&range).await?).into_iter().filter_map(letter).collect())
    }
}

fn letter(value: Value) -> Option<(Id, DeadLetter)> {
    let mut parts = items(value).into_iter();
    let id = Id::parse(&bytes(parts.next()?)?)?;
    let fields = items(parts.next()?);
    let text = |name| match named(&fields, name) {
        Some(Value::BulkString(text)) => text.as_slice(),
        _ => &[],
    };
    let number = |name| std::str::from_utf8(text(name)).ok().and_then(|text| text.parse().ok());
    let letter = DeadLetter {
        partition: number("partition").unwrap_or(0) as u32,
        offset: std::str::from_utf8(text("offset")).ok().and_then(|text| text.parse().ok()).unwrap_or(0),
        reason: String::from_utf8_lossy(text("reason")).into_owned(),
        failed_at_ms: number("failed_at").unwrap_or(0),
        payload: Bytes::copy_from_slice(text("payload")),
    };
    Some((id, letter))
}

fn cut(reason: &str) -> &str {
    let mut end = reason.len().min(REASON_BYTES);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    &reason[..end]
}
