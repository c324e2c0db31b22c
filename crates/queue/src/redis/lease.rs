//! Which member of a group owns which partition.
//!
//! - A member that lives says so in a sorted set, scored with the time until which it is to be believed.
//! - A partition's owner is a key with a time to live, set only where there is none; its value is the member's name
//!   and a number that no acquisition shares with another.
//! - Each member takes partitions that nobody owns up to its fair share, and gives back what it has above it.
//! - A member that could not renew in time believes it has lost everything, before Redis lets others take it.
//!
//! Clocks and pauses may still make two members believe they own a partition: reading is refused by a script that
//! compares the owner, and the store refuses a batch that does not follow what it has.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use redis::Value;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Shared;
use super::reply::{items, number};
use crate::{ConsumerGroup, Partition, QueueError};

/// How long a partition stays with a member that was not heard of.
pub(crate) const TIME_TO_LIVE: Duration = Duration::from_secs(5);
/// How often a member says that it lives.
const HEARTBEAT: Duration = Duration::from_millis(1_000);

/// The partitions a member owns, each with the value of its owner's key.
pub(crate) type Owned = BTreeMap<Partition, Arc<str>>;

/// A member of a group.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) shared: Arc<Shared>,
    pub(crate) group: ConsumerGroup,
    pub(crate) name: String,
}

/// After the server's clock was set back, times are far ahead that no living member would have written: they are taken
/// for over. A worker takes partitions, and says that it lives, also where Redis is out of memory.
const ACQUIRE: &str = "#!lua flags=allow-oom\n\
                       if redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2]) then redis.call('DEL', KEYS[1]) end \
                       return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])";
const LIVE: &str = "#!lua flags=allow-oom\n\
                    redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf') \
                    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2]) \
                    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3]) \
                    return redis.call('ZCARD', KEYS[1])";
const RENEW: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end \
                     return 0";
const RELEASE: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

impl Member {
    /// One turn: says that it lives, renews what is owned, gives back or takes.
    pub(crate) async fn turn(&self, mut owned: Owned) -> Result<Owned, QueueError> {
        self.renew(&mut owned).await?;
        let partitions = self.shared.streams.len();
        let fair = partitions.div_ceil(self.living().await?.max(1));
        while owned.len() > fair {
            if let Some((partition, token)) = owned.pop_last() {
                self.release(&BTreeMap::from([(partition, token)])).await?;
            }
        }
        if owned.len() < fair {
            self.acquire(&mut owned, fair).await?;
        }
        Ok(owned)
    }

    async fn renew(&self, owned: &mut Owned) -> Result<(), QueueError> {
        let answers = self.on_each(owned, RENEW, TIME_TO_LIVE.as_millis() as u64).await?;
        let mut answers = answers.into_iter();
        owned.retain(|_, _| answers.next().is_some_and(|answer| number(&answer) == Some(1)));
        Ok(())
    }

    /// Gives partitions back.
    pub(crate) async fn release(&self, owned: &Owned) -> Result<(), QueueError> {
        self.on_each(owned, RELEASE, 0).await.map(drop)
    }

    /// Leaves the group.
    pub(crate) async fn leave(&self, owned: &Owned) -> Result<(), QueueError> {
        self.release(owned).await?;
        let mut leave = redis::cmd("ZREM");
        leave.arg(self.shared.keys.members(&self.group)).arg(&self.name);
        self.shared.ask(&leave).await.map(drop)
    }

    async fn on_each(&self, owned: &Owned, script: &str, argument: u64) -> Result<Vec<Value>, QueueError> {
        let command = |(partition, token): (&Partition, &Arc<str>)| {
            let mut command = redis::cmd("EVAL");
            let owner = self.shared.keys.owner(*partition, &self.group);
            command.arg(script).arg(1).arg(owner).arg(&**token).arg(argument);
            (*partition, command)
        };
        self.shared.ask_each(owned.iter().map(command).collect()).await?.into_iter().collect()
    }

    /// How many members live, this one included.
    async fn living(&self) -> Result<usize, QueueError> {
        let now = self.shared.now().await?;
        let mut live = redis::cmd("EVAL");
        live.arg(LIVE).arg(1).arg(self.shared.keys.members(&self.group));
        live.arg(now + TIME_TO_LIVE.as_millis() as u64).arg(&self.name).arg(now);
        Ok(number(&self.shared.ask(&live).await?).unwrap_or(1) as usize)
    }

    /// Takes partitions that nobody owns until there are `fair`. Every member begins at another one, so that they
    /// seldom ask for the same.
    async fn acquire(&self, owned: &mut Owned, fair: usize) -> Result<(), QueueError> {
        let partitions = self.shared.streams.len() as u32;
        let first =
            self.name.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        for step in 0..partitions {
            let partition = first.wrapping_add(step) % partitions;
            if owned.len() >= fair {
                break;
            }
            if owned.contains_key(&partition) {
                continue;
            }
            let token: Arc<str> = format!("{}/{:016x}", self.name, super::random()).into();
            let mut set = redis::cmd("EVAL");
            set.arg(ACQUIRE).arg(1).arg(self.shared.keys.owner(partition, &self.group));
            set.arg(&*token).arg(TIME_TO_LIVE.as_millis() as u64);
            if self.shared.ask(&set).await? == Value::Okay {
                owned.insert(partition, token);
            }
        }
        Ok(())
    }
}

/// Keeps `owned` true until nobody listens any more.
pub(crate) async fn run(member: Arc<Member>, owned: watch::Sender<Owned>) {
    let mut renewed = Instant::now();
    let mut failing = false;
    loop {
        tokio::select! {
            () = owned.closed() => return,
            () = tokio::time::sleep(HEARTBEAT) => {}
        }
        let begun = Instant::now();
        let before = owned.borrow().clone();
        match member.turn(before.clone()).await {
            Ok(now) => {
                (renewed, failing) = (begun, false);
                if now != before {
                    let (had, has): (Vec<_>, Vec<_>) = (before.keys().collect(), now.keys().collect());
                    tracing::info!(group = %member.group, ?had, ?has, "partitions moved");
                    owned.send_replace(now);
                }
            }
            Err(error) => {
                if !failing {
                    tracing::warn!(%error, group = %member.group, "partitions cannot be renewed");
                }
                failing = true;
                if renewed.elapsed() + HEARTBEAT > TIME_TO_LIVE && !before.is_empty() {
                    tracing::warn!(group = %member.group, "partitions are given up: others may have them by now");
                    owned.send_replace(Owned::new());
                }
            }
        }
    }
}

/// The owner's name in the value of its key.
pub(crate) fn name_in(token: &[u8]) -> String {
    let text = String::from_utf8_lossy(token);
    text.rsplit_once('/').map_or(text.as_ref(), |(name, _)| name).to_owned()
}

/// The server's time out of the answer to TIME, in milliseconds since the epoch.
pub(crate) fn milliseconds(answer: Value) -> u64 {
    match items(answer).as_slice() {
        [seconds, micros] => number(seconds).unwrap_or(0) * 1_000 + number(micros).unwrap_or(0) / 1_000,
        _ => 0,
    }
}
