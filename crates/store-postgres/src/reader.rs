//! Lists from what the server answers.

use std::sync::Arc;

use async_trait::async_trait;
use bytestring::ByteString;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use millrace_event::{Event, SessionId, SiteId, Timestamp, VisitorId};
use millrace_query::{Filter, Selection, Steps, VisitDimension, Walk};
use millrace_store::lists::{
    ArrivalList, EventList, EventReader, EventStream, LiveFigures, LiveQuestion, SessionSummary, SqlAnswer,
    SqlQuestion, StepStream, SubjectList, VisitorSummary,
};
use millrace_store::sql::{self, PostgreSql, Statement};
use millrace_store::{Cursor, StoreError};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Executor};
use tokio::sync::mpsc;

use crate::columns::{COLUMNS, events, get};
use crate::error::read_error;
use crate::read::{arguments, arrived, cells, run};
use crate::store::{PostgresStore, Shared};
use crate::types::Instant;
use crate::{links, patterns};

/// Rows in one piece of a stream.
const PIECE_ROWS: usize = 2_000;

#[async_trait]
impl EventReader for PostgresStore {
    async fn walk(&self, walk: &Walk) -> Result<StepStream, StoreError> {
        let dialect = dialect(self.shared(), &walk.selection, &walk.marks).await?;
        let labelled = walk.label.is_some();
        let pieces = pieces(self.shared_arc(), sql::lists::walk(walk, &dialect))?;
        Ok(pieces.map(move |rows| steps(&rows?, labelled)).boxed())
    }

    async fn events(&self, list: &EventList) -> Result<EventStream, StoreError> {
        let shared = self.shared_arc();
        let dialect = dialect(&shared, &list.selection, &[]).await?;
        let pieces = pieces(Arc::clone(&shared), sql::lists::events(list, COLUMNS, &dialect))?;
        let site = list.selection.site.clone();
        let with_persons = move |rows: Result<Vec<PgRow>, StoreError>| {
            let (shared, site) = (Arc::clone(&shared), site.clone());
            async move {
                let mut events = events(&rows?)?;
                links::put_in(&shared, &site, &mut events).await?;
                Ok(events)
            }
        };
        Ok(pieces.then(with_persons).boxed())
    }

    async fn sessions(&self, list: &SubjectList) -> Result<Vec<SessionSummary>, StoreError> {
        let dialect = dialect(self.shared(), &list.selection, &[]).await?;
        let rows = run(self.shared(), sql::lists::sessions(list, &dialect)).await?;
        rows.iter().map(session).collect()
    }

    async fn visitors(&self, list: &SubjectList) -> Result<Vec<VisitorSummary>, StoreError> {
        let dialect = dialect(self.shared(), &list.selection, &[]).await?;
        let rows = run(self.shared(), sql::lists::visitors(list, &dialect)).await?;
        let visitor = |row: &PgRow| {
            Ok(VisitorSummary {
                visitor: VisitorId(number(row, 0)?),
                user_id: text(row, 1)?,
                first: instant(row, 2)?,
                last: instant(row, 3)?,
                sessions: number(row, 4)?,
                events: number(row, 5)?,
                pageviews: number(row, 6)?,
            })
        };
        rows.iter().map(visitor).collect()
    }

    async fn span(&self, site: &SiteId) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        let span: (Option<Instant>, Option<Instant>) =
            sqlx::query_as("SELECT min(timestamp), max(timestamp) FROM events WHERE site = $1")
                .bind(site.as_str())
                .fetch_one(&self.shared().pools.read)
                .await
                .map_err(read_error)?;
        Ok(span.0.zip(span.1).map(|(first, last)| (first.0, last.0)))
    }

    async fn live(&self, question: &LiveQuestion) -> Result<LiveFigures, StoreError> {
        let dialect = dialect(self.shared(), &question.selection, &[]).await?;
        let rows = run(self.shared(), sql::live::figures(question, &dialect)).await?;
        let rows = rows.iter().map(cells).collect::<Result<Vec<_>, _>>()?;
        let read = sql::live::read_figures(question, &rows);
        read.ok_or_else(|| StoreError::Failed(format!("live figures have odd rows: {rows:?}")))
    }

    async fn arrivals(&self, list: &ArrivalList) -> Result<Vec<(Cursor, Event)>, StoreError> {
        let dialect = dialect(self.shared(), &list.selection, &[]).await?;
        let rows = run(self.shared(), sql::live::arrivals(list, COLUMNS, &dialect)).await?;
        arrived(self.shared(), &list.selection.site, &rows).await
    }

    async fn sql(&self, question: &SqlQuestion) -> Result<SqlAnswer, StoreError> {
        crate::sql::answer(self.shared(), question).await
    }
}

async fn dialect(shared: &Shared, selection: &Selection, more: &[Filter]) -> Result<PostgreSql, StoreError> {
    let Selection { site, period, filter, .. } = selection;
    let filters: Vec<_> = std::iter::once(filter).chain(more).collect();
    Ok(PostgreSql {
        linked: links::any(shared, site).await?,
        resolved: patterns::resolve(shared, site, *period, &filters).await?,
    })
}

/// The rows of a statement, read by a task of its own, no further ahead than a few pieces. It ends when nobody reads on.
/// The server's limit of time is not for it: whoever reads decides how long each piece may take.
fn pieces(
    shared: Arc<Shared>,
    statement: Statement,
) -> Result<BoxStream<'static, Result<Vec<PgRow>, StoreError>>, StoreError> {
    let arguments = arguments(statement.values)?;
    let (sender, receiver) = mpsc::channel(2);
    tokio::spawn(async move {
        let reading = async {
            let mut transaction = shared.pools.read.begin().await.map_err(read_error)?;
            let no_limit = sqlx::raw_sql("SET LOCAL statement_timeout = 0");
            transaction.execute(no_limit).await.map_err(read_error)?;
            let rows = sqlx::query_with(AssertSqlSafe(statement.text), arguments).fetch(&mut *transaction);
            let mut pieces = rows.map_err(read_error).try_chunks(PIECE_ROWS);
            while let Some(piece) = pieces.next().await {
                if sender.send(Ok(Some(piece.map_err(|chunk| chunk.1)?))).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        let read: Result<(), StoreError> = tokio::select! {
            biased;
            () = sender.closed() => return,
            read = reading => read,
        };
        let _ = sender.send(read.map(|()| None)).await;
    });
    Ok(futures::stream::unfold(Some(receiver), next).boxed())
}

type Pieces = mpsc::Receiver<Result<Option<Vec<PgRow>>, StoreError>>;

/// The next piece. The end is said: an answer that merely stops is none.
async fn next(pieces: Option<Pieces>) -> Option<(Result<Vec<PgRow>, StoreError>, Option<Pieces>)> {
    let mut pieces = pieces?;
    match pieces.recv().await {
        Some(Ok(None)) => None,
        Some(Ok(Some(piece))) => Some((Ok(piece), Some(pieces))),
        Some(Err(error)) => Some((Err(error), None)),
        None => Some((Err(StoreError::Failed("a query ended early".to_owned())), None)),
    }
}

fn steps(rows: &[PgRow], labelled: bool) -> Result<Steps, StoreError> {
    let mut steps = Steps::default();
    for row in rows {
        steps.subjects.push(number(row, 0)?);
        steps.timestamps.push(instant(row, 1)?.as_millis());
        steps.marks.push(number(row, 2)? as u32);
        if labelled {
            steps.labels.push(text(row, 3)?);
        }
    }
    Ok(steps)
}

fn session(row: &PgRow) -> Result<SessionSummary, StoreError> {
    let dimensions = (0..VisitDimension::ALL.len()).map(|at| text(row, 8 + at));
    Ok(SessionSummary {
        session: SessionId(number(row, 0)?),
        visitor: VisitorId(number(row, 1)?),
        user_id: text(row, 2)?,
        start: instant(row, 3)?,
        end: instant(row, 4)?,
        events: number(row, 5)?,
        pageviews: number(row, 6)?,
        interactive: number(row, 7)?,
        dimensions: dimensions.collect::<Result<_, _>>()?,
    })
}

/// The bits of a number, or a count.
fn number(row: &PgRow, column: usize) -> Result<u64, StoreError> {
    Ok(get::<i64>(row, column)? as u64)
}

fn instant(row: &PgRow, column: usize) -> Result<Timestamp, StoreError> {
    Ok(get::<Instant>(row, column)?.0)
}

fn text(row: &PgRow, column: usize) -> Result<Option<ByteString>, StoreError> {
    Ok(get::<Option<&str>>(row, column)?.map(ByteString::from))
}
