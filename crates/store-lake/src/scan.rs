//! The table `events`: one reader for segments and tail.
//!
//! A scan looks at the bounds in the filters (site, timestamp, received_at, seq), takes a snapshot, and shares out
//! pieces of work, a row group or a chunk of the tail each, to as many streams as there are threads; a stream that
//! is done takes the next piece. Filters are checked again above the scan: the bounds need not be tight.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Result, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, TableProviderFilterPushDown, TableType};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::stream;
use parking_lot::Mutex;

use crate::cache::ColumnCache;
use crate::columns;
use crate::people::People;
use crate::segment::{Bounds, Damage, Piece, Segment, arrange};
use crate::state::{Snapshot, State};
use crate::tail::Chunk;

/// The table.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) state: Arc<State>,
    pub(crate) cache: Arc<ColumnCache>,
}

/// One thing to read.
#[derive(Debug)]
enum Work {
    Piece(Piece),
    Chunk(Arc<Chunk>),
}

impl Work {
    /// Rows that have to be decoded.
    fn rows(&self) -> Option<usize> {
        match self {
            Self::Piece(piece) => Some(piece.wanted().len()),
            Self::Chunk(_) => None,
        }
    }
}

type Queue = Arc<Mutex<VecDeque<Work>>>;

#[async_trait]
impl TableProvider for Events {
    fn schema(&self) -> SchemaRef {
        columns::schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut bounds = Bounds::default();
        filters.iter().for_each(|filter| narrow(&mut bounds, filter));
        let snapshot = self.state.snapshot();
        let queue: Queue = Arc::new(Mutex::new(work(&snapshot, &bounds).map_err(external)?));
        let projection: Arc<[usize]> = match projection {
            Some(projection) => projection.as_slice().into(),
            None => (0..columns::schema().fields().len()).collect(),
        };
        let schema = Arc::new(columns::schema().project(&projection)?);
        let (people, read) = People::new(&snapshot.links, bounds.site.as_deref(), &projection);
        let read: Arc<[usize]> = read.into();
        // Questions about one site come again; what reads all sites is upkeep.
        let pieces = queue.lock().iter().filter_map(Work::rows).sum();
        let keep = bounds.site.is_some() && self.cache.is_for(pieces, read.len());
        let cache = keep.then(|| self.cache.clone());
        let streams = session.config().target_partitions().min(queue.lock().len()).max(1);
        let batch_rows = session.config().batch_size();
        let partitions = (0..streams).map(|_| -> Arc<dyn PartitionStream> {
            Arc::new(Share {
                schema: schema.clone(),
                projection: read.clone(),
                people: people.clone(),
                queue: queue.clone(),
                cache: cache.clone(),
                batch_rows,
                _snapshot: snapshot.clone(),
            })
        });
        Ok(Arc::new(StreamingTableExec::try_new(
            schema.clone(),
            partitions.collect(),
            None,
            [],
            false,
            None,
        )?))
    }
}

fn work(snapshot: &Snapshot, bounds: &Bounds) -> Result<VecDeque<Work>, Damage> {
    let mut work = VecDeque::new();
    for segment in snapshot.segments.iter() {
        work.extend(segment.pieces(bounds)?.into_iter().map(Work::Piece));
    }
    for chunk in &snapshot.tail {
        let (first, last) = chunk.seqs;
        let in_time =
            chunk.min_timestamp <= bounds.timestamps.1 && bounds.timestamps.0 <= chunk.max_timestamp;
        if in_time && first <= bounds.seqs.1 && bounds.seqs.0 <= last {
            work.push_back(Work::Chunk(chunk.clone()));
        }
    }
    Ok(work)
}

/// Reads every row of one segment, in its order, every column, as it is on disk.
pub(crate) fn whole(segment: &Arc<Segment>, batch_rows: usize) -> Result<Arc<dyn PartitionStream>, Damage> {
    let pieces = segment.pieces(&Bounds::default())?;
    Ok(Arc::new(Share {
        schema: columns::schema(),
        projection: (0..columns::schema().fields().len()).collect(),
        people: People::AsTheyCame,
        queue: Arc::new(Mutex::new(pieces.into_iter().map(Work::Piece).collect())),
        cache: None,
        batch_rows,
        _snapshot: Snapshot::default(),
    }))
}

/// One stream's share of a scan: whatever it gets to first.
struct Share {
    schema: SchemaRef,
    /// The columns to read; the schema's are the first of them.
    projection: Arc<[usize]>,
    people: People,
    queue: Queue,
    cache: Option<Arc<ColumnCache>>,
    batch_rows: usize,
    /// Keeps the files of the scan in place.
    _snapshot: Snapshot,
}

impl fmt::Debug for Share {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Share").field("projection", &self.projection).finish_non_exhaustive()
    }
}

impl PartitionStream for Share {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let start = Reading {
            queue: self.queue.clone(),
            projection: self.projection.clone(),
            cache: self.cache.clone(),
            batch_rows: self.batch_rows,
            open: None,
            decoded: None,
            _snapshot: self._snapshot.clone(),
        };
        let (people, columns) = (self.people.clone(), self.schema.fields().len());
        let batches = stream::unfold((start, people), move |(mut reading, people)| async move {
            let batch = reading.next()?.map(|batch| people.put_in(batch, columns));
            // Decoding is all computation: let the other streams of this thread have their turn.
            tokio::task::yield_now().await;
            Some((batch.map_err(external), (reading, people)))
        });
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), batches))
    }
}

struct Reading {
    queue: Queue,
    projection: Arc<[usize]>,
    cache: Option<Arc<ColumnCache>>,
    batch_rows: usize,
    open: Option<(Arc<Segment>, ParquetRecordBatchReader)>,
    /// A piece from the cache, and how many of its rows are read.
    decoded: Option<(RecordBatch, usize)>,
    _snapshot: Snapshot,
}

impl Reading {
    fn next(&mut self) -> Option<Result<RecordBatch, Damage>> {
        loop {
            if let Some((batch, read)) = &mut self.decoded {
                let rows = self.batch_rows.min(batch.num_rows() - *read);
                if rows > 0 {
                    let slice = batch.slice(*read, rows);
                    *read += rows;
                    return Some(Ok(slice));
                }
                self.decoded = None;
            }
            if let Some((segment, reader)) = &mut self.open {
                match reader.next() {
                    Some(batch) => {
                        let batch = batch.map_err(|error| error.to_string());
                        let batch = batch.and_then(|batch| arrange(&batch, &self.projection));
                        return Some(batch.map_err(|error| segment.damage(error)));
                    }
                    None => self.open = None,
                }
            }
            let work = self.queue.lock().pop_front()?;
            match work {
                Work::Chunk(chunk) => {
                    return Some(Ok(chunk.batch.project(&self.projection).expect("a known column")));
                }
                Work::Piece(piece) if self.cache.is_some() => {
                    let cache = self.cache.as_ref()?;
                    match cache.read(&piece, &self.projection, self.batch_rows) {
                        Ok(batch) => self.decoded = Some((batch, 0)),
                        Err(damage) => return Some(Err(damage)),
                    }
                }
                Work::Piece(piece) => match piece.read(&self.projection, self.batch_rows) {
                    Ok(reader) => self.open = Some((piece.segment.clone(), reader)),
                    Err(damage) => return Some(Err(damage)),
                },
            }
        }
    }
}

fn external(damage: Damage) -> DataFusionError {
    DataFusionError::External(Box::new(damage))
}

/// Takes into account a filter of the form `column operator literal`; any other narrows nothing.
fn narrow(bounds: &mut Bounds, filter: &Expr) {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = filter else {
        return;
    };
    if *op == Operator::And {
        narrow(bounds, left);
        narrow(bounds, right);
        return;
    }
    let (column, op, literal) = match (left.as_ref(), right.as_ref()) {
        (Expr::Column(column), Expr::Literal(literal, _)) => (column, *op, literal),
        (Expr::Literal(literal, _), Expr::Column(column)) => match op.swap() {
            Some(op) => (column, op, literal),
            None => return,
        },
        _ => return,
    };
    match (column.name.as_str(), literal) {
        (columns::SITE, ScalarValue::Utf8View(Some(site)) | ScalarValue::Utf8(Some(site)))
            if op == Operator::Eq =>
        {
            bounds.site = Some(site.clone());
        }
        (columns::TIMESTAMP, ScalarValue::TimestampMillisecond(Some(at), _)) => {
            bound(&mut bounds.timestamps, op, *at, at.saturating_sub(1), at.saturating_add(1));
        }
        ("received_at", ScalarValue::TimestampMillisecond(Some(at), _)) => {
            bound(&mut bounds.received, op, *at, at.saturating_sub(1), at.saturating_add(1));
        }
        (columns::SEQ, ScalarValue::Int64(Some(seq))) => {
            bound(&mut bounds.seqs, op, *seq, seq.saturating_sub(1), seq.saturating_add(1));
        }
        _ => {}
    }
}

fn bound<T: Ord + Copy>(range: &mut (T, T), op: Operator, at: T, before: T, after: T) {
    match op {
        Operator::Eq => *range = (range.0.max(at), range.1.min(at)),
        Operator::Gt => range.0 = range.0.max(after),
        Operator::GtEq => range.0 = range.0.max(at),
        Operator::Lt => range.1 = range.1.min(before),
        Operator::LtEq => range.1 = range.1.min(at),
        _ => {}
    }
}
