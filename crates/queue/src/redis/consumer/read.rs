//! New entries: asking for them, and waiting until there are any.

use std::sync::Arc;

use redis::{Cmd, Value};
use tokio::sync::watch;
use tokio::time::Instant;

use super::{CLUSTER_PAUSE, Found, LONGEST_WAIT, RETRY, RedisConsumer, TRIM};
use crate::redis::keys::Id;
use crate::redis::lease::{Member, Owned};
use crate::redis::reply::{entries, id_in, is_named, items};
use crate::{BatchLimit, Offset, Offsets, Partition, QueueError};

/// Entries asked of one stream at a time: a script holds the whole server up for a few milliseconds.
const MOST: usize = 1_024;
/// Ids of one XACK.
const ACKNOWLEDGED_AT_ONCE: usize = 1_000;

/// Reads from a stream for its owner alone: a member that lost it and does not know yet would otherwise be given
/// entries that the new owner then never sees.
const READ: &str = "if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end \
    local got = redis.call('XREADGROUP', 'GROUP', ARGV[2], ARGV[3], 'COUNT', ARGV[4], 'STREAMS', KEYS[1], '>') \
    if not got then return {} end \
    return got[1][2]";

/// Makes a group also where Redis is out of memory.
const CREATE: &str = "#!lua flags=allow-oom\n\
    return redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')";

/// Sets a stream's last id, likewise.
const SET_LAST: &str = "#!lua flags=allow-oom\nreturn redis.call('XSETID', KEYS[1], ARGV[1])";

/// Forgets the names of members that have nothing and have not been heard of for a day: every start brings another.
const FORGET: &str = "local gone = 0 \
    for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do \
      local one = {} \
      for i = 1, #fields, 2 do one[fields[i]] = fields[i + 1] end \
      if one['pending'] == 0 and one['idle'] > 86400000 then \
        gone = gone + redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], one['name']) + 1 \
      end \
    end \
    return gone";

/// Trims what every group has acknowledged: up to the oldest entry that is pending in a group, or to the one after
/// the last that it was given.
const TRIM_ACKNOWLEDGED: &str = "local floor_ms, floor_seq \
    for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do \
      local group = {} \
      for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end \
      local id, after = group['last-delivered-id'], 1 \
      if group['pending'] > 0 then id, after = redis.call('XPENDING', KEYS[1], group['name'])[2], 0 end \
      local ms, seq = string.match(id, '(%d+)-(%d+)') \
      ms, seq = tonumber(ms), tonumber(seq) + after \
      if not floor_ms or ms < floor_ms or (ms == floor_ms and seq < floor_seq) then floor_ms, floor_seq = ms, seq end \
    end \
    if not floor_ms then return 0 end \
    return redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f-%.0f', floor_ms, floor_seq))";

impl RedisConsumer {
    /// Begins to read while the caller works on what it has.
    pub(super) fn read_ahead(&mut self, limit: BatchLimit) {
        if self.reading.is_some() || self.buffer.len() >= limit.records {
            return;
        }
        let ready = self.parts.iter().filter(|(_, part)| part.ready());
        let ready: Vec<_> = ready.map(|(partition, part)| (*partition, part.token.clone())).collect();
        // Pending entries come first, of whichever partition, so that poison is alone.
        if ready.is_empty() || self.parts.values().any(|part| !part.pending.is_empty()) {
            return;
        }
        let member = self.member.clone();
        let count = limit.records.div_ceil(ready.len()).clamp(1, MOST);
        self.reading = Some(tokio::spawn(async move { member.read(ready, count).await }));
    }

    /// Reads what there is now into the buffer.
    pub(super) async fn read(&mut self, limit: BatchLimit) {
        self.read_ahead(limit);
        let Some(reading) = &mut self.reading else { return };
        let outcome = reading.await;
        self.reading = None;
        let error = match outcome {
            Ok(Ok(found)) => return self.take_in(found),
            Ok(Err(error)) => error,
            Err(_) => QueueError::Closed,
        };
        for partition in self.parts.keys().copied().collect::<Vec<_>>() {
            self.failed(partition, error.clone());
        }
    }

    /// Waits for new entries, for other partitions, or for `until`. Nothing is read: a wait that is cut short loses
    /// nothing but its connection.
    pub(super) async fn wait(&mut self, until: Instant) {
        let shared = &self.member.shared;
        let ready: Vec<_> = self.parts.iter().filter(|(_, part)| part.ready()).collect();
        if ready.is_empty() || shared.address.cluster() {
            let pause = if ready.is_empty() { RETRY } else { CLUSTER_PAUSE };
            return leases_change(&mut self.leases, until.min(Instant::now() + pause)).await;
        }
        let link = match self.waiting.take() {
            Some(link) => Some(link),
            None => shared.address.connect_to_wait().await.ok().flatten(),
        };
        let Some(mut link) = link else {
            return leases_change(&mut self.leases, until).await;
        };
        let milliseconds = until.saturating_duration_since(Instant::now()).as_millis().max(1) as u64;
        let mut wait = redis::cmd("XREAD");
        wait.arg("COUNT").arg(1).arg("BLOCK").arg(milliseconds).arg("STREAMS");
        ready.iter().for_each(|(partition, _)| {
            wait.arg(&shared.streams[**partition as usize]);
        });
        ready.iter().for_each(|(_, part)| {
            wait.arg(Id::of(part.read.max(part.given).saturating_sub(1)).to_string());
        });
        tokio::select! {
            answer = wait.query_async::<Value>(&mut link) => match answer {
                Ok(_) => self.waiting = Some(link),
                Err(_) => tokio::time::sleep_until(until).await,
            },
            () = leases_change(&mut self.leases, until + LONGEST_WAIT) => {}
        }
    }

    /// Acknowledges what lies below `offsets`.
    pub(super) async fn acknowledge(&mut self, offsets: &Offsets) -> Result<(), QueueError> {
        let member = self.member.clone();
        let mut commands = Vec::new();
        for (partition, part) in &mut self.parts {
            if !part.strays.is_empty() {
                tracing::warn!(
                    partition,
                    entries = part.strays.len(),
                    "entries came again that the store has"
                );
                commands.extend(member.acknowledgements(*partition, &std::mem::take(&mut part.strays)));
            }
        }
        for (partition, done) in offsets {
            let Some(part) = self.parts.get_mut(partition) else { continue };
            let below = part.open.partition_point(|offset| offset < done);
            let ids: Vec<Id> = part.open.iter().take(below).map(|offset| Id::of(*offset)).collect();
            commands.extend(member.acknowledgements(*partition, &ids));
        }
        for answer in member.shared.ask_each(commands).await? {
            answer?;
        }
        for (partition, done) in offsets {
            if let Some(part) = self.parts.get_mut(partition) {
                let below = part.open.partition_point(|offset| offset < done);
                part.open.drain(..below);
                part.untrimmed = true;
            }
        }
        Ok(())
    }

    /// Moves a partition's read position forward to `offset`, past what a store has already.
    pub(super) async fn move_to(&mut self, partition: Partition, offset: Offset) -> Result<(), QueueError> {
        self.member.move_to(partition, offset).await?;
        self.buffer.retain(|record| record.partition != partition || record.offset >= offset);
        if let Some(part) = self.parts.get_mut(&partition) {
            let below = part.pending.iter().map(|pending| pending.id).filter(|id| *id < Id::of(offset));
            part.strays.extend(below);
            part.pending.retain(|pending| pending.id >= Id::of(offset));
            part.read = part.read.max(offset);
            part.next = part.next.max(offset);
        }
        Ok(())
    }

    /// Forgets what every group has acknowledged, of partitions where that may be something. A failure is made up for
    /// by the next trim.
    pub(super) async fn trim(&mut self) {
        let shared = self.member.shared.clone();
        let due = self.parts.iter_mut().filter(|(_, part)| part.untrimmed && part.trimmed.elapsed() >= TRIM);
        let commands = due.map(|(partition, part)| {
            (part.trimmed, part.untrimmed) = (Instant::now(), false);
            let mut trim = redis::cmd("EVAL");
            trim.arg(TRIM_ACKNOWLEDGED).arg(1).arg(&shared.streams[*partition as usize]);
            (*partition, trim)
        });
        match shared.ask_each(commands.collect()).await {
            Ok(answers) => answers
                .into_iter()
                .filter_map(Result::err)
                .for_each(|error| tracing::warn!(%error, "a stream could not be trimmed")),
            Err(error) => tracing::warn!(%error, "streams could not be trimmed"),
        }
    }
}

/// Waits until the leases change, or until `until`; a change is still to be seen afterwards.
async fn leases_change(leases: &mut watch::Receiver<Owned>, until: Instant) {
    match tokio::time::timeout_at(until, leases.changed()).await {
        Ok(Ok(())) => leases.mark_changed(),
        // Nobody keeps them any more: nothing will change.
        Ok(Err(_)) => tokio::time::sleep_until(until).await,
        Err(_) => {}
    }
}

impl Member {
    /// Makes the group, from the oldest entry on, where there is none.
    pub(super) async fn create_group(&self, partition: Partition) -> Result<(), QueueError> {
        let mut create = redis::cmd("EVAL");
        create.arg(CREATE).arg(1).arg(&self.shared.streams[partition as usize]).arg(self.group.as_str());
        match self.shared.ask(&create).await {
            Err(QueueError::Unavailable { reason, .. }) if reason.contains("BUSYGROUP") => Ok(()),
            other => other.map(drop),
        }
    }

    /// Forgets members of long ago.
    pub(super) async fn forget_members(&self, partition: Partition) -> Result<(), QueueError> {
        let mut forget = redis::cmd("EVAL");
        forget.arg(FORGET).arg(1).arg(&self.shared.streams[partition as usize]).arg(self.group.as_str());
        self.shared.ask(&forget).await.map(drop)
    }

    async fn read(&self, parts: Vec<(Partition, Arc<str>)>, count: usize) -> Result<Vec<Found>, QueueError> {
        let commands = parts.iter().map(|(partition, token)| {
            let mut read = redis::cmd("EVAL");
            read.arg(READ).arg(2).arg(&self.shared.streams[*partition as usize]);
            read.arg(self.shared.keys.owner(*partition, &self.group)).arg(&**token);
            read.arg(self.group.as_str()).arg(&self.name).arg(count);
            (*partition, read)
        });
        let answers = self.shared.ask_each(commands.collect()).await?;
        let found = parts.into_iter().zip(answers).map(|((partition, _), answer)| match answer {
            Ok(Value::Int(_)) => Found::NotOurs(partition),
            Ok(answer) => Found::Entries(partition, entries(answer)),
            Err(error) => Found::Failed(partition, error),
        });
        Ok(found.collect())
    }

    pub(super) async fn acknowledge_ids(&self, partition: Partition, ids: &[Id]) -> Result<(), QueueError> {
        for answer in self.shared.ask_each(self.acknowledgements(partition, ids)).await? {
            answer?;
        }
        Ok(())
    }

    fn acknowledgements(&self, partition: Partition, ids: &[Id]) -> Vec<(Partition, Cmd)> {
        let some = |ids: &[Id]| {
            let mut acknowledge = redis::cmd("XACK");
            acknowledge.arg(&self.shared.streams[partition as usize]).arg(self.group.as_str());
            ids.iter().for_each(|id| {
                acknowledge.arg(id.to_string());
            });
            (partition, acknowledge)
        };
        ids.chunks(ACKNOWLEDGED_AT_ONCE).map(some).collect()
    }

    /// Moves the group past `offset`, where it is not there yet; and the stream itself, where it has lost its end, so
    /// that nothing new is numbered like something old.
    async fn move_to(&self, partition: Partition, offset: Offset) -> Result<(), QueueError> {
        let stream = &self.shared.streams[partition as usize];
        let last = Id::of(offset.saturating_sub(1));
        let mut info = redis::cmd("XINFO");
        info.arg("STREAM").arg(stream);
        let fields = items(self.shared.ask(&info).await?);
        if id_in(&fields, "last-generated-id").is_some_and(|newest| newest < last) {
            tracing::warn!(stream, %last, "the stream lost its end: new entries are numbered after what is stored");
            let mut set = redis::cmd("EVAL");
            set.arg(SET_LAST).arg(1).arg(stream).arg(last.to_string());
            self.shared.ask(&set).await?;
        }
        if self.given(partition).await?.is_some_and(|given| given < last) {
            let mut set = redis::cmd("XGROUP");
            set.arg("SETID").arg(stream).arg(self.group.as_str()).arg(last.to_string());
            self.shared.ask(&set).await?;
        }
        Ok(())
    }

    /// The last entry the group was given.
    pub(super) async fn given(&self, partition: Partition) -> Result<Option<Id>, QueueError> {
        let mut groups = redis::cmd("XINFO");
        groups.arg("GROUPS").arg(&self.shared.streams[partition as usize]);
        let groups = items(self.shared.ask(&groups).await?).into_iter().map(items);
        let mut ours = groups.filter(|fields| is_named(fields, self.group.as_str()));
        Ok(ours.next().and_then(|fields| id_in(&fields, "last-delivered-id")))
    }
}
