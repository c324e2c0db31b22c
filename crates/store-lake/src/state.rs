//! What the lake holds at one moment, and the only place where that changes.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::array::AsArray;
use millrace_event::SiteId;
use millrace_store::{Link, Offsets};
use parking_lot::Mutex;

use crate::columns::SITE;
use crate::discards::{OfSite, Pending};
use crate::links::{Links, LinksNow};
use crate::segment::{Meta, Segment, Segments};
use crate::tail::{Chunk, Tail};

/// What a query reads: neither changes under it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) segments: Arc<Segments>,
    /// Oldest first.
    pub(crate) tail: Vec<Arc<Chunk>>,
    pub(crate) links: LinksNow,
}

impl Snapshot {
    /// Whether there is an event of `site`.
    pub(crate) fn has_site(&self, site: &SiteId) -> bool {
        let in_chunk = |chunk: &Arc<Chunk>| {
            let sites = chunk.batch[SITE].as_string_view();
            sites.iter().any(|of| of == Some(site.as_str()))
        };
        self.segments.iter().any(|segment| segment.meta.sites.contains_key(site.as_str()))
            || self.tail.iter().any(in_chunk)
    }
}

/// The current contents.
#[derive(Debug)]
pub(crate) struct State {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    segments: Arc<Segments>,
    /// Chunks being sealed: visible until their segments are.
    sealing: Tail,
    tail: Tail,
    links: Links,
    /// Links that are being sealed, and that wait for it.
    sealing_links: Vec<Link>,
    tail_links: Vec<Link>,
    /// Discarded events: being sealed, and waiting for it.
    sealing_discards: Arc<Pending>,
    discards: Pending,
    /// When the oldest row of the tail came.
    tail_since: Option<Instant>,
    /// Offsets of what was inserted, and of what is durable.
    inserted: Offsets,
    durable: Offsets,
    next_seq: i64,
}

/// What a seal makes durable.
#[derive(Debug)]
pub(crate) struct Sealing {
    pub(crate) chunks: Vec<Arc<Chunk>>,
    pub(crate) links: Vec<Link>,
    pub(crate) discards: Arc<Pending>,
    pub(crate) offsets: Offsets,
    pub(crate) next_seq: i64,
}

impl State {
    pub(crate) fn new(
        segments: Segments,
        links: Links,
        discards: Pending,
        offsets: Offsets,
        next_seq: i64,
    ) -> Self {
        Self {
            inner: Mutex::new(Inner {
                segments: Arc::new(segments),
                sealing: Tail::default(),
                tail: Tail::default(),
                links,
                sealing_links: Vec::new(),
                tail_links: Vec::new(),
                sealing_discards: Arc::default(),
                discards,
                tail_since: None,
                inserted: offsets.clone(),
                durable: offsets,
                next_seq,
            }),
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let inner = self.inner.lock();
        let tail = inner.sealing.chunks.iter().chain(&inner.tail.chunks).cloned().collect();
        Snapshot { segments: inner.segments.clone(), tail, links: inner.links.now() }
    }

    pub(crate) fn segments(&self) -> Arc<Segments> {
        self.inner.lock().segments.clone()
    }

    pub(crate) fn durable(&self) -> Offsets {
        self.inner.lock().durable.clone()
    }

    pub(crate) fn next_seq(&self) -> i64 {
        self.inner.lock().next_seq
    }

    /// Where discarded events of the next batch are put together, before they are inserted.
    pub(crate) fn next_discards(&self) -> Pending {
        self.inner.lock().discards.successor()
    }

    /// A site's discarded events that wait to be sealed.
    pub(crate) fn discards_of(&self, site: &SiteId) -> OfSite {
        self.inner.lock().discards.sites.get(site).cloned().unwrap_or_default()
    }

    /// Whether discarded events alone are a reason to seal.
    pub(crate) fn many_discards(&self) -> bool {
        self.inner.lock().discards.is_large()
    }

    /// Rows in memory: being sealed, and waiting for it.
    pub(crate) fn unsealed_rows(&self) -> (usize, usize) {
        let inner = self.inner.lock();
        (inner.sealing.rows, inner.tail.rows)
    }

    /// How long the oldest unsealed row has waited.
    pub(crate) fn tail_age(&self) -> Option<Duration> {
        self.inner.lock().tail_since.map(|since| since.elapsed())
    }

    /// Links that are not in the manifest yet, or only just.
    pub(crate) fn unsealed_links(&self) -> Vec<Link> {
        let inner = self.inner.lock();
        inner.sealing_links.iter().chain(&inner.tail_links).cloned().collect()
    }

    /// Takes out the links of `visitors`, by whom they are of, while nobody seals.
    pub(crate) fn forget_links(&self, site: &SiteId, visitors: &HashSet<u64>) {
        let mut inner = self.inner.lock();
        inner.links.forget(site, visitors);
        inner.tail_links.retain(|link| &link.site != site || !visitors.contains(&link.from.0));
    }

    /// Adds rows, links and discarded events, if there are any, and notes how far the queue was read.
    pub(crate) fn insert(&self, chunk: Option<Chunk>, links: &[Link], discards: Pending, offsets: &Offsets) {
        let mut inner = self.inner.lock();
        inner.discards.append(discards);
        let added = inner.links.add(links);
        inner.tail_links.extend(added);
        inner.inserted.extend(offsets);
        inner.tail_since.get_or_insert_with(Instant::now);
        if let Some(chunk) = chunk {
            inner.next_seq += chunk.rows() as i64;
            inner.tail.push(chunk);
        }
    }

    /// Moves the tail to where it is sealed; nothing where everything is durable.
    pub(crate) fn start_sealing(&self) -> Option<Sealing> {
        let mut inner = self.inner.lock();
        if inner.tail.rows == 0 && inner.inserted == inner.durable {
            return None;
        }
        inner.tail_since = None;
        inner.sealing = std::mem::take(&mut inner.tail);
        inner.sealing_links = std::mem::take(&mut inner.tail_links);
        let next = inner.discards.successor();
        inner.sealing_discards = Arc::new(std::mem::replace(&mut inner.discards, next));
        Some(Sealing {
            chunks: inner.sealing.chunks.clone(),
            links: inner.sealing_links.clone(),
            discards: inner.sealing_discards.clone(),
            offsets: inner.inserted.clone(),
            next_seq: inner.next_seq,
        })
    }

    /// The rows are in `sealed` now.
    pub(crate) fn finish_sealing(&self, sealed: Segments, offsets: Offsets) {
        let mut inner = self.inner.lock();
        inner.sealing = Tail::default();
        inner.sealing_links = Vec::new();
        inner.sealing_discards = Arc::default();
        Arc::make_mut(&mut inner.segments).extend(sealed);
        inner.durable = offsets;
    }

    /// Sealing failed: the rows go back to the tail.
    pub(crate) fn undo_sealing(&self) {
        let mut inner = self.inner.lock();
        let mut discards = Arc::unwrap_or_clone(std::mem::take(&mut inner.sealing_discards));
        discards.append(std::mem::take(&mut inner.discards));
        inner.discards = discards;
        let newer = std::mem::take(&mut inner.tail);
        let mut tail = std::mem::take(&mut inner.sealing);
        tail.rows += newer.rows;
        tail.chunks.extend(newer.chunks);
        inner.tail = tail;
        let newer = std::mem::take(&mut inner.tail_links);
        inner.tail_links = std::mem::take(&mut inner.sealing_links);
        inner.tail_links.extend(newer);
        inner.tail_since.get_or_insert_with(Instant::now);
    }

    /// Replaces segments by others; the old files go when their last reader is done.
    pub(crate) fn replace(&self, old: &[i64], new: Segments) {
        let mut inner = self.inner.lock();
        let segments = Arc::make_mut(&mut inner.segments);
        segments.retain(|segment| {
            let keep = !old.contains(&segment.meta.number);
            if !keep {
                segment.retire();
            }
            keep
        });
        segments.extend(new);
    }

    /// Takes a segment out without removing its file.
    pub(crate) fn forget(&self, number: i64) -> Option<Arc<Segment>> {
        let mut inner = self.inner.lock();
        let segments = Arc::make_mut(&mut inner.segments);
        let at = segments.iter().position(|segment| segment.meta.number == number)?;
        Some(segments.remove(at))
    }

    /// Rows and bytes in segments.
    pub(crate) fn sealed(&self) -> (u64, u64) {
        let segments = self.segments();
        let sum = |get: fn(&Meta) -> u64| segments.iter().map(|segment| get(&segment.meta)).sum();
        (sum(|meta| meta.rows), sum(|meta| meta.bytes))
    }
}
