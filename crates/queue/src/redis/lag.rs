//! How far a group is behind.
//!
//! Redis counts what a group was not given (`lag` of XINFO GROUPS, from 7.0), but not always: after entries were
//! deleted, or the group was moved, it answers nothing. Then entries are counted one by one, up to a bound, and above
//! that the stream's length is the answer, which is never too small.

use std::time::Duration;

use redis::{Cmd, Value};

use super::Shared;
use super::keys::Id;
use super::lease::name_in;
use super::reply::{bytes, entries, id_in, is_named, items, named, number};
use crate::{ConsumerGroup, Lag, Partition, PartitionLag, QueueError};

/// Entries that are counted one by one.
const COUNTED: usize = 10_000;

impl Shared {
    pub(crate) async fn lags(&self, group: &ConsumerGroup) -> Result<Vec<PartitionLag>, QueueError> {
        let now = self.now().await?;
        let partitions = 0..self.streams.len() as Partition;
        futures::future::join_all(partitions.map(|partition| self.lag(partition, group, now)))
            .await
            .into_iter()
            .collect()
    }

    async fn lag(
        &self,
        partition: Partition,
        group: &ConsumerGroup,
        now: u64,
    ) -> Result<PartitionLag, QueueError> {
        let stream = &self.streams[partition as usize];
        let command = |name: &str, rest: &[&str]| {
            let mut command = Cmd::new();
            command.arg(name.split(' ').collect::<Vec<_>>()).arg(stream).arg(rest);
            (partition, command)
        };
        let mut owner = redis::cmd("GET");
        owner.arg(self.keys.owner(partition, group));
        let asked = vec![
            command("XINFO GROUPS", &[]),
            command("XPENDING", &[group.as_str()]),
            command("XLEN", &[]),
            (partition, owner),
        ];
        let mut answers = self.ask_each(asked).await?.into_iter();
        let mut next = || answers.next().unwrap_or(Ok(Value::Nil));
        let (groups, pending, length, owner) = (next(), next(), next(), next());
        let length = number(&length?).unwrap_or(0);
        // No stream yet, or no group yet: everything that is there waits.
        let mut groups = items(groups.unwrap_or(Value::Nil)).into_iter().map(items);
        let of_group = groups.find(|fields| is_named(fields, group.as_str()));
        let (mut given, mut oldest, mut undelivered, mut after) = (0, None, Some(length), "-".to_owned());
        if let Some(fields) = of_group {
            let summary = items(pending.unwrap_or(Value::Nil));
            given = summary.first().and_then(number).unwrap_or(0);
            oldest = summary.get(1).cloned().and_then(bytes).and_then(|id| Id::parse(&id));
            after = id_in(&fields, "last-delivered-id").map_or(after, |last| format!("({last}"));
            undelivered = named(&fields, "lag").and_then(number);
        }
        let undelivered = match undelivered {
            Some(0) => 0,
            known => {
                let count = if known.is_some() { 1 } else { COUNTED };
                let mut range = redis::cmd("XRANGE");
                range.arg(stream).arg(&after).arg("+").arg("COUNT").arg(count);
                let found = entries(self.ask(&range).await?);
                oldest = oldest.or(found.first().map(|entry| entry.id));
                match known {
                    Some(known) => known,
                    None if found.len() < COUNTED => found.len() as u64,
                    None => length.saturating_sub(given),
                }
            }
        };
        let age = |id: Id| Duration::from_millis(now.saturating_sub(id.milliseconds));
        Ok(PartitionLag {
            partition,
            lag: Lag { records: given + undelivered, oldest: oldest.map(age) },
            pending: Some(given),
            owner: bytes(owner.unwrap_or(Value::Nil)).map(|token| name_in(&token)),
        })
    }
}
