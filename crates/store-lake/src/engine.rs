//! The query engine: DataFusion over the table `events`, on threads of its own.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringViewArray, TimestampMillisecondArray};
use datafusion::catalog::TableProvider;
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{ParamValues, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use millrace_store::StoreError;
use millrace_store::sql::{Statement, Value};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::columns::UTC;
use crate::functions;
use crate::segment::Damage;

/// Runs statements. Cheap to share; its threads end when the last one is dropped.
pub(crate) struct Engine {
    context: Arc<SessionContext>,
    runtime: Option<Runtime>,
}

/// Plans are walked by recursion, and a filter may be nested deep.
const STACK_BYTES: usize = 16 << 20;

/// Why a statement has no answer.
#[derive(Debug)]
pub(crate) enum EngineError {
    /// A segment is in the way; without it there is an answer.
    Damaged(Damage),
    Failed(StoreError),
}

impl Engine {
    /// `threads` workers and `memory` bytes for all statements together; the session can be named before its table
    /// exists, so `table` is made by the caller.
    pub(crate) fn new(
        table: Arc<dyn TableProvider>,
        threads: usize,
        memory: usize,
    ) -> Result<Self, StoreError> {
        let config = SessionConfig::new()
            .with_target_partitions(threads)
            .with_information_schema(false)
            // Filters may be nested 32 deep, in parentheses and calls.
            .set_usize("datafusion.sql_parser.recursion_limit", 400)
            .set_bool("datafusion.execution.collect_statistics", false);
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(GreedyMemoryPool::new(memory)))
            .build_arc()
            .map_err(failed)?;
        let context = SessionContext::new_with_config_rt(config, environment);
        functions::register(&context);
        context.register_table("events", table).map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("millrace-query")
            .thread_stack_size(STACK_BYTES)
            .enable_time()
            .build()
            .map_err(|error| StoreError::Failed(format!("query threads: {error}")))?;
        Ok(Self { context: Arc::new(context), runtime: Some(runtime) })
    }

    /// The context, for plans that are not SQL.
    pub(crate) fn context(&self) -> &Arc<SessionContext> {
        &self.context
    }

    /// Runs a future on the query threads.
    pub(crate) async fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let runtime = self.runtime.as_ref().ok_or(StoreError::Closed)?;
        runtime.spawn(work).await.map_err(|error| StoreError::Failed(format!("a query ended early: {error}")))
    }

    /// Runs a statement to its end. It ends early when nobody waits for it any more.
    pub(crate) async fn run(&self, statement: Statement) -> Result<Vec<RecordBatch>, EngineError> {
        let collect = |batches: &mut Vec<RecordBatch>, batch: &RecordBatch| {
            batches.push(batch.clone());
            Ok(())
        };
        self.fold(statement, Vec::new(), collect).await
    }

    /// Runs a statement; its answer comes in pieces, as they are ready, and no further ahead than a few. The statement
    /// ends when nobody reads on.
    pub(crate) fn stream(&self, statement: Statement) -> Result<Pieces, StoreError> {
        let runtime = self.runtime.as_ref().ok_or(StoreError::Closed)?;
        let context = self.context.clone();
        let (sender, receiver) = mpsc::channel(2);
        runtime.spawn(async move {
            let reading = async {
                let mut batches = start(&context, &statement).await?;
                while let Some(batch) = batches.next().await {
                    if sender.send(Ok(Some(batch?))).await.is_err() {
                        break;
                    }
                }
                Ok(())
            };
            let read = tokio::select! {
                biased;
                () = sender.closed() => Ok(()),
                read = reading => read,
            };
            let _ = sender.send(read.map(|()| None).map_err(reason)).await;
        });
        Ok(receiver)
    }
}

/// The pieces of an answer, and nothing at its end: an answer that merely stops is none.
pub(crate) type Pieces = mpsc::Receiver<Result<Option<RecordBatch>, EngineError>>;

async fn start(
    context: &SessionContext,
    statement: &Statement,
) -> Result<SendableRecordBatchStream, DataFusionError> {
    let plan = context.state().create_logical_plan(&statement.text).await?;
    let values = statement.values.iter().map(scalar).collect::<Vec<_>>();
    let plan = plan.with_param_values(ParamValues::from(values))?;
    context.execute_logical_plan(plan).await?.execute_stream().await
}

impl Engine {
    /// Runs a statement and gives `fold` each piece of its answer as it comes, so that the answer is never in memory as a
    /// whole. It ends early when nobody waits for it any more.
    pub(crate) async fn fold<T: Send + 'static>(
        &self,
        statement: Statement,
        start: T,
        fold: impl Fn(&mut T, &RecordBatch) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let context = self.context.clone();
        let (waiting, gone) = tokio::sync::oneshot::channel::<()>();
        let work = async move {
            let mut batches = self::start(&context, &statement).await.map_err(reason)?;
            let mut so_far = start;
            while let Some(batch) = batches.next().await {
                fold(&mut so_far, &batch.map_err(reason)?).map_err(EngineError::Failed)?;
            }
            Ok(so_far)
        };
        let work = async move {
            tokio::select! {
                biased;
                _ = gone => Err(EngineError::Failed(StoreError::Failed("nobody waits for the answer".to_owned()))),
                done = work => done,
            }
        };
        let done = self.spawn(work).await.map_err(EngineError::Failed)?;
        drop(waiting);
        done
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // A runtime must not be dropped, waiting, on another runtime's thread.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn failed(error: DataFusionError) -> StoreError {
    StoreError::Failed(error.to_string())
}

/// Finds the damaged segment in what an engine wrapped around it.
pub(crate) fn reason(error: DataFusionError) -> EngineError {
    let mut at: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(cause) = at {
        let inner = match cause.downcast_ref::<DataFusionError>() {
            Some(DataFusionError::External(inner)) => inner.downcast_ref::<Damage>(),
            _ => cause.downcast_ref::<Damage>(),
        };
        match inner {
            Some(damage) if damage.passing => return EngineError::Failed(damage.clone().into()),
            Some(damage) => return EngineError::Damaged(damage.clone()),
            None => {}
        }
        at = cause.source();
    }
    match error.find_root() {
        DataFusionError::ResourcesExhausted(message) => EngineError::Failed(StoreError::Unavailable(
            format!("a query needs more memory than it may use: {message}"),
        )),
        _ => EngineError::Failed(failed(error)),
    }
}

fn scalar(value: &Value) -> ScalarValue {
    match value {
        Value::Text(text) => ScalarValue::Utf8View(Some(text.clone())),
        Value::Instant(at) => ScalarValue::TimestampMillisecond(Some(at.as_millis()), Some(UTC.into())),
        Value::Integer(number) => ScalarValue::Int64(Some(*number)),
        Value::Number(number) => ScalarValue::UInt64(Some(*number)),
        Value::Texts(list) => {
            let texts: ArrayRef = Arc::new(StringViewArray::from_iter_values(list));
            SingleRowListArrayBuilder::new(texts).build_list_scalar()
        }
        Value::Instants(list) => {
            let millis = TimestampMillisecondArray::from_iter_values(list.iter().map(|at| at.as_millis()));
            let array: ArrayRef = Arc::new(millis.with_timezone(UTC));
            SingleRowListArrayBuilder::new(array).build_list_scalar()
        }
    }
}
