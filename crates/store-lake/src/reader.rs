//! Reports and lists from what the engine answers.

use async_trait::async_trait;
use bytestring::ByteString;
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Int32Type, Int64Type, TimestampMillisecondType, UInt64Type};
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use millrace_event::{Event, SessionId, SiteId, Timestamp, VisitorId};
use millrace_query::{Cell, CheckedQuery, QueryResult, Steps, VisitDimension, Walk};
use millrace_store::lists::{
    ArrivalList, EventList, EventReader, EventStream, LiveFigures, LiveQuestion, SessionSummary, SqlAnswer,
    SqlQuestion, StepStream, SubjectList, VisitorSummary,
};
use millrace_store::sql::{self, DataFusion, Statement};
use millrace_store::{Cursor, StoreError};

use crate::columns;
use crate::engine::{EngineError, Pieces};
use crate::store::LakeStore;

pub(crate) async fn query(store: &LakeStore, query: &CheckedQuery) -> Result<QueryResult, StoreError> {
    let batches = store.run(&sql::query(query, &DataFusion)).await?;
    let rows = cells(&batches)?.into_iter().map(|cells| {
        let read = sql::read_row(query, &cells);
        read.ok_or_else(|| StoreError::Failed(format!("a report has an odd row: {cells:?}")))
    });
    Ok(QueryResult { rows: rows.collect::<Result<_, _>>()? })
}

/// The rows of an answer.
fn cells(batches: &[RecordBatch]) -> Result<Vec<Vec<Cell>>, StoreError> {
    let rows = batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)));
    rows.map(|(batch, row)| batch.columns().iter().map(|column| cell(column, row)).collect()).collect()
}

#[async_trait]
impl EventReader for LakeStore {
    async fn walk(&self, walk: &Walk) -> Result<StepStream, StoreError> {
        let pieces = self.pieces(sql::lists::walk(walk, &DataFusion)).await?;
        Ok(pieces.map(|batch| steps(&batch?)).boxed())
    }

    async fn events(&self, list: &EventList) -> Result<EventStream, StoreError> {
        let pieces = self.pieces(sql::lists::events(list, "events.*", &DataFusion)).await?;
        Ok(pieces.map(|batch| columns::events(&batch?)).boxed())
    }

    async fn sessions(&self, list: &SubjectList) -> Result<Vec<SessionSummary>, StoreError> {
        let batches = self.run(&sql::lists::sessions(list, &DataFusion)).await?;
        read_all(&batches, |columns, row| {
            let dimensions = VisitDimension::ALL.iter().enumerate();
            Ok(SessionSummary {
                session: SessionId(columns.number(0, row)?),
                visitor: VisitorId(columns.number(1, row)?),
                user_id: columns.text(2, row)?,
                start: columns.instant(3, row)?,
                end: columns.instant(4, row)?,
                events: columns.count(5, row)?,
                pageviews: columns.count(6, row)?,
                interactive: columns.count(7, row)?,
                dimensions: dimensions.map(|(at, _)| columns.text(8 + at, row)).collect::<Result<_, _>>()?,
            })
        })
    }

    async fn visitors(&self, list: &SubjectList) -> Result<Vec<VisitorSummary>, StoreError> {
        let batches = self.run(&sql::lists::visitors(list, &DataFusion)).await?;
        read_all(&batches, |columns, row| {
            Ok(VisitorSummary {
                visitor: VisitorId(columns.number(0, row)?),
                user_id: columns.text(1, row)?,
                first: columns.instant(2, row)?,
                last: columns.instant(3, row)?,
                sessions: columns.count(4, row)?,
                events: columns.count(5, row)?,
                pageviews: columns.count(6, row)?,
            })
        })
    }

    async fn span(&self, site: &SiteId) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        let snapshot = self.lake.state.snapshot();
        let sealed = snapshot.segments.iter().filter_map(|segment| segment.meta.sites.get(site.as_str()));
        let sealed = sealed.map(|run| run.timestamps);
        let in_tail = snapshot.tail.iter().flat_map(|chunk| {
            let sites = chunk.batch[columns::SITE].as_string_view();
            let times = chunk.batch[columns::TIMESTAMP].as_primitive::<TimestampMillisecondType>().values();
            let of_site = move |row: &usize| sites.value(*row) == site.as_str();
            (0..times.len()).filter(of_site).map(|row| (times[row], times[row]))
        });
        let span = sealed.chain(in_tail).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        Ok(span.map(|(first, last)| (Timestamp::from_millis(first), Timestamp::from_millis(last))))
    }

    async fn live(&self, question: &LiveQuestion) -> Result<LiveFigures, StoreError> {
        let batches = self.run(&sql::live::figures(question, &DataFusion)).await?;
        let rows = cells(&batches)?;
        let read = sql::live::read_figures(question, &rows);
        read.ok_or_else(|| StoreError::Failed(format!("live figures have odd rows: {rows:?}")))
    }

    async fn arrivals(&self, list: &ArrivalList) -> Result<Vec<(Cursor, Event)>, StoreError> {
        self.arrived(&sql::live::arrivals(list, "events.*", &DataFusion)).await
    }

    async fn sql(&self, question: &SqlQuestion) -> Result<SqlAnswer, StoreError> {
        crate::sql::answer(self, question).await
    }
}

impl LakeStore {
    /// The answer to a statement in pieces; a damaged segment in the way of the first is set aside.
    async fn pieces(
        &self,
        statement: Statement,
    ) -> Result<BoxStream<'static, Result<RecordBatch, StoreError>>, StoreError> {
        loop {
            let mut pieces = self.lake.engine.stream(statement.clone())?;
            match pieces.recv().await {
                Some(Err(EngineError::Damaged(damage))) => self.lake.set_aside(&damage).await?,
                Some(Err(EngineError::Failed(error))) => return Err(error),
                None => return Err(ended_early()),
                Some(Ok(None)) => return Ok(stream::empty().boxed()),
                Some(Ok(Some(first))) => {
                    let first = stream::iter([Ok(first)]);
                    return Ok(first.chain(stream::unfold(Some(pieces), next)).boxed());
                }
            }
        }
    }
}

async fn next(pieces: Option<Pieces>) -> Option<(Result<RecordBatch, StoreError>, Option<Pieces>)> {
    let mut pieces = pieces?;
    match pieces.recv().await {
        Some(Ok(None)) => None,
        Some(Ok(Some(piece))) => Some((Ok(piece), Some(pieces))),
        Some(Err(error)) => Some((Err(late(error)), None)),
        None => Some((Err(ended_early()), None)),
    }
}

fn ended_early() -> StoreError {
    StoreError::Failed("a query ended early".to_owned())
}

/// Part of the answer is with the reader already: it has to ask again.
fn late(error: EngineError) -> StoreError {
    match error {
        EngineError::Damaged(damage) => StoreError::Unavailable(damage.to_string()),
        EngineError::Failed(error) => error,
    }
}

fn steps(batch: &RecordBatch) -> Result<Steps, StoreError> {
    let columns = Columns(batch);
    let subjects = columns.array(0, |array| array.as_primitive_opt::<UInt64Type>())?;
    let times = columns.array(1, |array| array.as_primitive_opt::<TimestampMillisecondType>())?;
    let marks = columns.array(2, |array| array.as_primitive_opt::<Int64Type>())?;
    let labels = match batch.num_columns() {
        4 => columns
            .array(3, |array| array.as_string_view_opt())?
            .iter()
            .map(|text| text.map(ByteString::from))
            .collect(),
        _ => Vec::new(),
    };
    Ok(Steps {
        subjects: subjects.values().to_vec(),
        timestamps: times.values().to_vec(),
        marks: marks.values().iter().map(|marks| *marks as u32).collect(),
        labels,
    })
}

fn read_all<T>(
    batches: &[RecordBatch],
    read: impl Fn(&Columns<'_>, usize) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let rows = batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)));
    rows.map(|(batch, row)| read(&Columns(batch), row)).collect()
}

/// Columns by their place.
struct Columns<'a>(&'a RecordBatch);

impl<'a> Columns<'a> {
    fn array<T>(
        &self,
        column: usize,
        cast: impl Fn(&'a dyn Array) -> Option<&'a T>,
    ) -> Result<&'a T, StoreError> {
        let array = self.0.columns().get(column).and_then(|array| cast(array.as_ref()));
        array
            .ok_or_else(|| StoreError::Failed(format!("column {column} of an answer has an unexpected type")))
    }

    fn number(&self, column: usize, row: usize) -> Result<u64, StoreError> {
        Ok(self.array(column, |array| array.as_primitive_opt::<UInt64Type>())?.value(row))
    }

    fn count(&self, column: usize, row: usize) -> Result<u64, StoreError> {
        Ok(self.array(column, |array| array.as_primitive_opt::<Int64Type>())?.value(row) as u64)
    }

    fn instant(&self, column: usize, row: usize) -> Result<Timestamp, StoreError> {
        let array = self.array(column, |array| array.as_primitive_opt::<TimestampMillisecondType>())?;
        Ok(Timestamp::from_millis(array.value(row)))
    }

    fn text(&self, column: usize, row: usize) -> Result<Option<ByteString>, StoreError> {
        let array = self.array(column, |array| array.as_string_view_opt())?;
        Ok(array.is_valid(row).then(|| array.value(row).into()))
    }
}

/// One value of an answer.
fn cell(array: &dyn Array, row: usize) -> Result<Cell, StoreError> {
    if array.is_null(row) {
        return Ok(Cell::Null);
    }
    Ok(match array.data_type() {
        DataType::Int64 => Cell::Integer(array.as_primitive::<Int64Type>().value(row)),
        DataType::Int32 => Cell::Integer(array.as_primitive::<Int32Type>().value(row).into()),
        DataType::Utf8View => Cell::Text(array.as_string_view().value(row).to_owned()),
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row).to_owned()),
        other => return Err(StoreError::Failed(format!("an answer has a value of the type {other}"))),
    })
}
