//! One client's stream: first what it missed, then what is sent to all of its group.
//!
//! Nothing waits for a client but one message. One that reads too slowly is left behind by its group: it then gets
//! ticks, and what it missed is read from the store, in pieces, as fast as it takes them. Where that is too much it goes
//! on from now, and a new snapshot says so.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use millrace_catalog::Directory;
use millrace_event::SiteId;
use millrace_store::Cursor;
use millrace_store::lists::ArrivalList;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep};
use tokio_util::task::AbortOnDropHandle;

use super::group::{Group, Joined, ask};
use super::hub::Place;
use super::messages::{self, Kind, Message};
use super::{Held, figures};
use crate::Shared;
use crate::access::readable_site;

/// Events that one who was left behind may miss before it goes on from now.
const MOST_BEHIND: usize = 10_000;

/// Events that one without a key gets after its cursor before it goes on from now: as far back as a public site's lists
/// go. Whoever has a key may read all there are.
const MOST_MISSED: usize = 100_000;

/// Events that are read at once of what a client missed, and about the bytes of them that are kept for it: it may take
/// its time over each message, and there may be thousands who do. What is left over is read again.
const PIECE_EVENTS: usize = 500;
const PIECE_BYTES: usize = 64 << 10;

/// How long a client may be ahead of the store. After a crash the store has to be filled again with what it had; a store
/// that has not come so far by then is another one.
const MOST_AHEAD: Duration = Duration::from_secs(60);

/// How long to wait after the store failed.
const RETRY: Duration = Duration::from_secs(1);

/// Why a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The client went away, or takes nothing.
    Gone,
    /// The client talks, and nobody listens.
    Talks,
    /// The client may not read the site any more.
    Forbidden,
    /// The site is gone, or what a filter names.
    Over,
    /// The server stops.
    Stopping,
}

/// Where messages go.
pub(super) trait Out: Send {
    /// Sends one; waits until it is taken, for a bounded time.
    fn send(&mut self, message: &Message) -> impl Future<Output = Result<(), End>> + Send;

    /// Keeps the connection alive, and ends when it does. May be given up at any time.
    fn idle(&mut self) -> impl Future<Output = End> + Send;
}

/// A stream that has been asked for.
pub(super) struct Stream {
    pub(super) shared: Arc<Shared>,
    pub(super) group: Arc<Group>,
    pub(super) joined: Joined,
    /// Where the client goes on.
    pub(super) cursor: Option<Cursor>,
    pub(super) caller: Caller,
    pub(super) place: Place,
    pub(super) _held: Option<Held>,
}

/// By what right a client reads.
pub(super) struct Caller {
    pub(super) site: SiteId,
    /// The key alone.
    pub(super) headers: HeaderMap,
    /// A key of the site, which opens all its events.
    pub(super) holds_key: bool,
    /// As it was when the client was let in.
    pub(super) directory: Arc<Directory>,
}

impl Caller {
    /// Events that are read for it from the store.
    fn may_miss(&self) -> usize {
        if self.holds_key { usize::MAX } else { MOST_MISSED }
    }

    /// Whether it may still: sites are taken back, and keys revoked.
    fn may_read(&mut self, shared: &Shared) -> Result<(), End> {
        let directory = shared.api.catalog.directory();
        if !Arc::ptr_eq(&directory, &self.directory) {
            readable_site(&directory, Some(self.site.as_str()), &self.headers).map_err(|_| End::Forbidden)?;
            self.directory = directory;
        }
        Ok(())
    }
}

impl Stream {
    /// Sends until the end, of which it says why.
    pub(super) async fn run(mut self, out: &mut impl Out) -> End {
        let (stopping, ended) = (self.shared.api.stopping.clone(), self.group.ended.clone());
        tokio::select! {
            biased;
            () = stopping.cancelled() => End::Stopping,
            () = ended.cancelled() => End::Over,
            end = Box::pin(self.work(out)) => end,
        }
    }

    async fn work(&mut self, out: &mut impl Out) -> End {
        let may_miss = self.caller.may_miss();
        let mut reading =
            Reading { own: self.cursor.unwrap_or(self.joined.edge), may_miss, is_behind: false };
        // Whoever goes on has no event of before the snapshot yet.
        if let Err(end) = self.snapshot(out, reading.own).await {
            return end;
        }
        loop {
            let next = match self.catch_up(out, &mut reading).await {
                Ok(()) => self.follow(out, &mut reading).await,
                Err(end) => Err(end),
            };
            match next {
                Ok(()) => self.joined = self.group.join(),
                Err(end) => return end,
            }
        }
    }

    /// Reads what arrived before the group's messages begin.
    async fn catch_up(&mut self, out: &mut impl Out, reading: &mut Reading) -> Result<(), End> {
        while reading.own < self.joined.edge {
            if reading.may_miss == 0 {
                metrics::counter!(figures::SKIPPED).increment(1);
                self.joined = self.group.join();
                let may_miss = self.caller.may_miss();
                *reading = Reading { own: self.joined.edge, may_miss, is_behind: false };
                return self.snapshot(out, reading.own).await;
            }
            let (shared, group) = (Arc::clone(&self.shared), Arc::clone(&self.group));
            let (after, until) = (reading.own, self.joined.edge);
            let turn = self.place.turn();
            // A task of its own: its turn must not depend on how soon this client takes a tick.
            let mut piece = AbortOnDropHandle::new(tokio::spawn(async move {
                let _turn = turn.lock().await;
                let _permit = shared.live.catch_ups.acquire().await;
                let selection = group.selection(&shared)?;
                let list = ArrivalList { selection, after, until, limit: PIECE_EVENTS };
                ask(&shared, "missed", shared.api.store.reader().arrivals(&list)).await
            }));
            let arrived = loop {
                tokio::select! {
                    arrived = &mut piece => break arrived,
                    end = out.idle() => return Err(end),
                    _ = self.joined.live.changed() => self.tick(out, reading.own).await?,
                }
            };
            let Ok(Ok(arrived)) = arrived else {
                // Whoever cannot be asked at all ends the group, and with it this.
                tokio::select! {
                    () = sleep(RETRY) => continue,
                    end = out.idle() => return Err(end),
                }
            };
            let more = arrived.len() == PIECE_EVENTS;
            let to = arrived.last().filter(|_| more).map_or(until, |(cursor, _)| *cursor);
            let cursors: Vec<_> = arrived.iter().map(|(cursor, _)| *cursor).collect();
            let mut piece = messages::events(after, to, arrived);
            let mut bytes = 0;
            let kept = piece.iter().take_while(|message| {
                let fits = bytes < PIECE_BYTES;
                bytes += message.text.len();
                fits
            });
            let kept = kept.count();
            let to = if kept < piece.len() { piece[kept - 1].to } else { to };
            let read = cursors.iter().filter(|cursor| **cursor <= to).count();
            reading.may_miss = reading.may_miss.saturating_sub(read);
            piece.truncate(kept);
            piece.shrink_to_fit();
            for message in piece {
                self.caller.may_read(&self.shared)?;
                send(out, &message).await?;
                reading.own = message.to;
                if self.joined.live.has_changed().unwrap_or(false) {
                    self.tick(out, reading.own).await?;
                }
            }
            reading.own = to;
        }
        Ok(())
    }

    /// Sends what is sent to all, until there is something that this client has to read by itself.
    async fn follow(&mut self, out: &mut impl Out, reading: &mut Reading) -> Result<(), End> {
        let since = Instant::now();
        loop {
            let message = tokio::select! {
                message = self.joined.messages.recv() => message,
                end = out.idle() => return Err(end),
            };
            match message {
                Ok(message) if message.kind == Kind::Tick => {
                    self.caller.may_read(&self.shared)?;
                    if message.to >= reading.own {
                        reading.own = message.to;
                        send(out, &message).await?;
                    } else if since.elapsed() > MOST_AHEAD {
                        reading.own = message.to;
                        self.snapshot(out, reading.own).await?;
                    } else {
                        self.tick(out, reading.own).await?;
                    }
                }
                // It had these before the store was filled again.
                Ok(message) if message.to <= reading.own => {}
                Ok(message) if message.from < reading.own => return Ok(()),
                Ok(message) => {
                    self.caller.may_read(&self.shared)?;
                    send(out, &message).await?;
                    reading.own = message.to;
                    reading.is_behind = false;
                    reading.may_miss = self.caller.may_miss();
                }
                Err(RecvError::Lagged(_)) => {
                    metrics::counter!(figures::LAGGED).increment(1);
                    // Counted until it is with the others again.
                    if !std::mem::replace(&mut reading.is_behind, true) {
                        reading.may_miss = MOST_BEHIND;
                    }
                    return Ok(());
                }
                Err(RecvError::Closed) => return Err(End::Over),
            }
        }
    }

    async fn snapshot(&mut self, out: &mut impl Out, own: Cursor) -> Result<(), End> {
        self.figures(out, Kind::Snapshot, own).await
    }

    /// A tick of its own, for one whose cursor is not that of the others.
    async fn tick(&mut self, out: &mut impl Out, own: Cursor) -> Result<(), End> {
        self.caller.may_read(&self.shared)?;
        self.figures(out, Kind::Tick, own).await
    }

    async fn figures(&mut self, out: &mut impl Out, kind: Kind, own: Cursor) -> Result<(), End> {
        let live = self.joined.live.borrow_and_update().clone();
        match live {
            Some(live) => send(out, &messages::figures(kind, own, live.as_str())).await,
            None => Ok(()),
        }
    }
}

/// How far a client has come.
struct Reading {
    own: Cursor,
    /// Events that are still read for it from the store.
    may_miss: usize,
    /// It was left behind by its group.
    is_behind: bool,
}

async fn send(out: &mut impl Out, message: &Message) -> Result<(), End> {
    out.send(message).await?;
    metrics::counter!(figures::MESSAGES).increment(1);
    Ok(())
}
