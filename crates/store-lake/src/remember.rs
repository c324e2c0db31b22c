//! What the worker asks for to recognise what it saw before.

use bytestring::ByteString;
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Int64Type, TimestampMillisecondType, UInt64Type};
use millrace_event::{SessionId, SiteId, Timestamp, VisitorId};
use millrace_query::Period;
use millrace_store::sql::{Value, Values};
use millrace_store::{LINKS_REMEMBERED, Memory, RememberSince, StoreError, StoredSession};

use crate::people;
use crate::store::LakeStore;

/// Ids asked for in one statement.
const ASKED_AT_ONCE: usize = 2_000;

pub(crate) async fn known_ids(
    store: &LakeStore,
    site: &SiteId,
    period: Period,
    ids: &[ByteString],
) -> Result<Vec<ByteString>, StoreError> {
    let mut known = Vec::new();
    for ids in ids.chunks(ASKED_AT_ONCE) {
        let mut values = Values::default();
        let mut text = format!(
            "SELECT client_id FROM events WHERE site = {} AND timestamp >= {} AND timestamp < {} AND client_id IN (",
            values.bind(site),
            values.bind(Value::Instant(period.from)),
            values.bind(Value::Instant(period.to)),
        );
        for id in ids {
            text.push_str(&values.bind(Value::Text(id.to_string())));
            text.push(',');
        }
        text.pop();
        text.push(')');
        for batch in store.run(&values.statement(text)).await? {
            known.extend(batch.column(0).as_string_view().iter().flatten().map(ByteString::from));
        }
    }
    Ok(known)
}

pub(crate) async fn remember(store: &LakeStore, since: RememberSince) -> Result<Memory, StoreError> {
    let from = reach(store, since.ids_received, since.limit);
    let mut values = Values::default();
    let text = format!(
        "SELECT site, client_id, received_at, seq FROM events WHERE received_at >= {} AND client_id IS NOT NULL",
        values.bind(Value::Instant(from)),
    );
    let mut ids = Vec::new();
    for batch in store.run(&values.statement(text)).await? {
        let (client, received) = (batch.column(1).as_string_view(), instants(&batch, 2));
        let seqs = batch.column(3).as_primitive::<Int64Type>();
        for (row, received) in received.iter().enumerate() {
            let id = (site(&batch, row)?, client.value(row).into(), Timestamp::from_millis(*received));
            ids.push((seqs.value(row), id));
        }
    }
    ids.sort_unstable_by_key(|(seq, _)| *seq);
    let ids_cut = from > since.ids_received || ids.len() > since.limit;
    ids.drain(..ids.len().saturating_sub(since.limit));
    let ids = ids.into_iter().map(|(_, id)| id).collect();

    let mut values = Values::default();
    let text = format!(
        "SELECT site, visitor, session, MIN(timestamp), MAX(timestamp) FROM events WHERE timestamp >= {} \
         GROUP BY site, visitor, session ORDER BY MAX(timestamp) DESC, session DESC LIMIT {}",
        values.bind(Value::Instant(since.sessions)),
        since.limit,
    );
    let mut sessions = Vec::new();
    for batch in store.run(&values.statement(text)).await? {
        let (visitors, numbers) = (batch.column(1).as_primitive::<UInt64Type>(), batch.column(2));
        let numbers = numbers.as_primitive::<UInt64Type>();
        let (starts, ends) = (instants(&batch, 3), instants(&batch, 4));
        for row in 0..batch.num_rows() {
            sessions.push(StoredSession {
                site: site(&batch, row)?,
                visitor: VisitorId(visitors.value(row)),
                session: SessionId(numbers.value(row)),
                start: Timestamp::from_millis(starts[row]),
                end: Timestamp::from_millis(ends[row]),
            });
        }
    }
    sessions.reverse();
    let links = people::latest(&store.lake, since.limit.min(LINKS_REMEMBERED)).await?;
    Ok(Memory { ids, ids_cut, sessions, links })
}

/// How far back to read so that little more than `limit` events are: sorting out a day of a busy server only to
/// forget most of it would take its memory.
fn reach(store: &LakeStore, since: Timestamp, limit: usize) -> Timestamp {
    let segments = store.lake.state.segments();
    let mut newest: Vec<_> = segments.iter().map(|segment| &segment.meta).collect();
    newest.sort_by_key(|meta| std::cmp::Reverse(meta.received.1));
    let mut rows = 0;
    let read = newest.iter().take_while(|meta| {
        let more = rows < limit as u64;
        rows += meta.rows;
        more
    });
    let oldest_read = read.map(|meta| meta.received.0).min();
    if rows <= limit as u64 {
        return since;
    }
    oldest_read.map_or(since, |oldest| since.max(Timestamp::from_millis(oldest)))
}

fn instants(batch: &RecordBatch, column: usize) -> &[i64] {
    batch.column(column).as_primitive::<TimestampMillisecondType>().values()
}

fn site(batch: &RecordBatch, row: usize) -> Result<SiteId, StoreError> {
    let text = batch.column(0).as_string_view().value(row);
    SiteId::new(text.to_owned()).map_err(|error| StoreError::Failed(error.to_string()))
}
