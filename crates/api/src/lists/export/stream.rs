//! From pieces of events to bytes of a body.
//!
//! Whoever writes runs in a task of its own, so that a caller who stands still is noticed: it ends when nobody takes
//! what it has written for a while, and when nobody is there any more. The bytes end with a mark; a body that ends
//! without one fails, and with it the connection.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use millrace_event::Event;
use millrace_store::StoreError;
use millrace_store::lists::EventStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::Encoder;

/// How long a piece may take to be read, and how long to be taken.
const PIECE_TIMEOUT: Duration = Duration::from_secs(30);

/// Pieces that are written and not taken yet.
const PIECES_AHEAD: usize = 2;

enum Piece {
    Bytes(Bytes),
    /// That was all.
    End,
}

/// Why an export ends early.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the store took longer than {} s for a piece", PIECE_TIMEOUT.as_secs())]
    SlowStore,
    #[error("the caller took nothing for {} s", PIECE_TIMEOUT.as_secs())]
    SlowCaller,
    #[error("the caller went away")]
    NobodyThere,
    #[error("writing it ended early: {0}")]
    Ended(tokio::task::JoinError),
}

/// The bytes of an export; `turn` is given back when the last of them is written.
pub(super) fn bytes(
    events: EventStream,
    encoder: Box<dyn Encoder>,
    turn: OwnedSemaphorePermit,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let (sender, receiver) = channel(PIECES_AHEAD);
    tokio::spawn(async move {
        // The one place where an export's failure is logged.
        match write(events, encoder, &sender).await {
            Ok(()) => {}
            Err(error @ (Broken::NobodyThere | Broken::SlowCaller)) => {
                tracing::debug!(%error, "an export ended early");
            }
            Err(error) => tracing::error!(%error, "an export failed"),
        }
        drop(turn);
    });
    stream::unfold(Some(receiver), take)
}

async fn take(receiver: Option<Receiver<Piece>>) -> Option<(io::Result<Bytes>, Option<Receiver<Piece>>)> {
    let mut receiver = receiver?;
    match receiver.recv().await {
        Some(Piece::Bytes(bytes)) => Some((Ok(bytes), Some(receiver))),
        Some(Piece::End) => None,
        None => Some((Err(io::Error::other("the export failed: the server's log says why")), None)),
    }
}

async fn write(
    mut events: EventStream,
    mut encoder: Box<dyn Encoder>,
    sender: &Sender<Piece>,
) -> Result<(), Broken> {
    loop {
        let next = tokio::select! {
            () = sender.closed() => return Err(Broken::NobodyThere),
            next = timeout(PIECE_TIMEOUT, events.next()) => next.map_err(|_| Broken::SlowStore)?,
        };
        let Some(piece) = next.transpose()? else { break };
        let (bytes, back) = encode(encoder, piece).await?;
        encoder = back;
        if !bytes.is_empty() {
            send(sender, Piece::Bytes(bytes.into())).await?;
        }
    }
    let bytes = spawn_blocking(move || encoder.end()).await.map_err(Broken::Ended)??;
    if !bytes.is_empty() {
        send(sender, Piece::Bytes(bytes.into())).await?;
    }
    send(sender, Piece::End).await
}

/// Writes a piece where computing delays nobody.
async fn encode(
    mut encoder: Box<dyn Encoder>,
    events: Vec<Event>,
) -> Result<(Vec<u8>, Box<dyn Encoder>), Broken> {
    let written = spawn_blocking(move || {
        let bytes = encoder.events(&events);
        (bytes, encoder)
    });
    let (bytes, encoder) = written.await.map_err(Broken::Ended)?;
    Ok((bytes?, encoder))
}

async fn send(sender: &Sender<Piece>, piece: Piece) -> Result<(), Broken> {
    match timeout(PIECE_TIMEOUT, sender.send(piece)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Broken::NobodyThere),
        Err(_) => Err(Broken::SlowCaller),
    }
}
