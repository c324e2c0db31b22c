//! The connection to Redis, made at the first need, and given up at the first failure.
//!
//! No request waits for Redis longer than its patience to be connected, and that again for an answer. After any
//! failure nobody asks for [`PAUSE`]; then a task of its own connects anew, and a request waits for that only where it
//! comes at its beginning. So a Redis that is away, or takes requests and never answers, costs one request now and
//! then a moment, and all others nothing.
//!
//! A connection is given up rather than used again because what was asked on it may still be answered, minutes later.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use crate::cache::CacheError;

/// How long a new connection may take, which nobody waits for to its end.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);

/// How long Redis is left alone after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// How often the log says that it fails.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// See the module.
pub(super) struct Link {
    client: Client,
    /// How long a request waits.
    patience: Duration,
    inner: Mutex<Inner>,
}

struct Inner {
    state: State,
    /// How many connections were tried: the number of the current one.
    number: u64,
    /// When the log last said that Redis fails, and whether it has yet to say that it works.
    told: Option<Instant>,
    failing: bool,
}

enum State {
    Away { until: Instant },
    Connecting { patience: Instant, ended: watch::Receiver<()> },
    Up(MultiplexedConnection),
}

impl fmt::Debug for Link {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client knows the password.
        out.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Link {
    /// Connects when it is first used.
    pub(super) fn new(client: Client, patience: Duration) -> Arc<Self> {
        let state = State::Away { until: Instant::now() };
        let inner = Inner { state, number: 0, told: None, failing: false };
        Arc::new(Self { client, patience, inner: Mutex::new(inner) })
    }

    /// What Redis answers; nothing where the key holds another type than the command expects.
    pub(super) async fn run<T: FromRedisValue>(self: &Arc<Self>, cmd: &Cmd) -> Result<Option<T>, CacheError> {
        let (mut connection, number) = self.connection().await?;
        match timeout(self.patience, cmd.query_async(&mut connection)).await {
            Ok(Ok(answer)) => {
                self.works();
                Ok(Some(answer))
            }
            Ok(Err(error)) if error.code() == Some("WRONGTYPE") => Ok(None),
            Ok(Err(error)) => Err(self.failed(number, error.to_string())),
            Err(_) => Err(self.failed(number, format!("no answer within {:?}", self.patience))),
        }
    }

    /// The connection and its number.
    async fn connection(self: &Arc<Self>) -> Result<(MultiplexedConnection, u64), CacheError> {
        let now = Instant::now();
        let (patience, mut ended) = {
            let mut inner = self.inner.lock();
            match &inner.state {
                State::Up(connection) => return Ok((connection.clone(), inner.number)),
                State::Away { until } if now < *until => return Err(CacheError::Away),
                State::Connecting { patience, ended } if now < *patience => (*patience, ended.clone()),
                // Unless the task is gone without a word.
                State::Connecting { ended, .. } if ended.has_changed().is_ok() => {
                    return Err(CacheError::Away);
                }
                State::Away { .. } | State::Connecting { .. } => self.connect(&mut inner),
            }
        };
        // The other end is never used but let go.
        let _ = timeout_at(patience, ended.changed()).await;
        let inner = self.inner.lock();
        match &inner.state {
            State::Up(connection) => Ok((connection.clone(), inner.number)),
            State::Away { .. } | State::Connecting { .. } => {
                Err(CacheError::Failed(format!("not connected within {:?}", self.patience)))
            }
        }
    }

    /// Lets a task connect: no request is held up for longer than its patience, and none interrupts it.
    fn connect(self: &Arc<Self>, inner: &mut Inner) -> (Instant, watch::Receiver<()>) {
        inner.number += 1;
        let (ends, ended) = watch::channel(());
        let patience = Instant::now() + self.patience;
        inner.state = State::Connecting { patience, ended: ended.clone() };
        let (link, number) = (Arc::clone(self), inner.number);
        tokio::spawn(async move {
            // Each command has its own time, see `run`.
            let config = AsyncConnectionConfig::new().set_response_timeout(None).set_connection_timeout(None);
            let connecting = link.client.get_multiplexed_async_connection_with_config(&config);
            match timeout(CONNECT_WITHIN, connecting).await {
                Ok(Ok(connection)) => link.connected(number, connection),
                Ok(Err(error)) => drop(link.failed(number, error.to_string())),
                Err(_) => drop(link.failed(number, format!("not connected within {CONNECT_WITHIN:?}"))),
            }
            drop(ends);
        });
        (patience, ended)
    }

    fn connected(&self, number: u64, connection: MultiplexedConnection) {
        let mut inner = self.inner.lock();
        if inner.number == number {
            inner.state = State::Up(connection);
        }
    }

    /// Gives up connection `number`, unless that has happened.
    fn failed(&self, number: u64, error: String) -> CacheError {
        let mut inner = self.inner.lock();
        if inner.number == number && !matches!(inner.state, State::Away { .. }) {
            let now = Instant::now();
            inner.state = State::Away { until: now + PAUSE };
            if inner.told.is_none_or(|told| now.duration_since(told) > TELL_EVERY) {
                (inner.told, inner.failing) = (Some(now), true);
                // One line of it: what cannot be read is shown byte by byte.
                let error = error.lines().next().unwrap_or_default();
                tracing::warn!(error, "the cache in Redis fails: every report is computed");
            }
        }
        CacheError::Failed(error)
    }

    fn works(&self) {
        if std::mem::take(&mut self.inner.lock().failing) {
            tracing::info!("the cache in Redis works");
        }
    }
}
