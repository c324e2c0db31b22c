//! Statements of somebody's own, over one site's events.
//!
//! Each runs in a context of its own, in which one table is known: a view of the site's events. What a statement can do
//! is a list, not what is left of everything: it reads, calls the functions named here, and uses a share of the memory
//! of reports.

use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::catalog::view::ViewTable;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{not_impl_err, plan_err};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};
use datafusion::prelude::{SessionConfig, SessionContext, col, lit};
use datafusion::sql::sqlparser::ast::{ObjectName, Query, Visit, Visitor};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;
use futures::StreamExt;
use millrace_store::StoreError;
use millrace_store::lists::{SQL_BYTES, SqlAnswer, SqlQuestion, SqlValue};

use crate::columns::SITE;
use crate::engine::{self, EngineError};
use crate::functions;
use crate::store::LakeStore;

/// Functions of values. What makes much of little (`repeat`, `lpad`, series of numbers) is not among them.
const FUNCTIONS: &[&str] = &[
    "abs",
    "ceil",
    "floor",
    "round",
    "trunc",
    "power",
    "sqrt",
    "ln",
    "log",
    "log10",
    "exp",
    "signum",
    "isnan",
    "nanvl",
    "coalesce",
    "nullif",
    "nvl",
    "greatest",
    "least",
    "lower",
    "upper",
    "initcap",
    "character_length",
    "octet_length",
    "substr",
    "left",
    "right",
    "btrim",
    "ltrim",
    "rtrim",
    "split_part",
    "strpos",
    "starts_with",
    "ends_with",
    "contains",
    "reverse",
    "ascii",
    "regexp_like",
    "regexp_match",
    "regexp_count",
    "date_trunc",
    "date_part",
    "date_bin",
    "to_timestamp",
    "to_timestamp_millis",
    "to_timestamp_seconds",
    "to_date",
    "to_char",
    "to_unixtime",
    "from_unixtime",
    "now",
    "current_date",
    "property",
    "property_number",
    "matches_pattern",
    "width_bucket",
    "get_field",
    "arrow_typeof",
];

/// The share of the memory of reports.
const MEMORY_SHARE: usize = 4;
/// Rows handled at a time: few, since a row may hold long texts.
const BATCH_ROWS: usize = 2_048;
/// Nothing that anybody writes by hand is longer.
const MOST_TEXT: usize = 20_000;

pub(crate) async fn answer(store: &LakeStore, question: &SqlQuestion) -> Result<SqlAnswer, StoreError> {
    if question.text.len() > MOST_TEXT {
        return Err(StoreError::Invalid(format!("a statement has {MOST_TEXT} bytes at most")));
    }
    bounded(&question.text).map_err(StoreError::Invalid)?;
    let lake = &store.lake;
    let context = context(lake.engine.context(), question, lake.config.query_memory / MEMORY_SHARE).await?;
    let (text, most_rows) = (question.text.clone(), question.most_rows);
    let (waiting, gone) = tokio::sync::oneshot::channel::<()>();
    let work = async move {
        tokio::select! {
            biased;
            _ = gone => Err(DataFusionError::Execution("nobody waits for the answer".to_owned())),
            done = run(&context, &text, most_rows) => done,
        }
    };
    let done = tokio::time::timeout(question.timeout, lake.engine.spawn(work)).await;
    drop(waiting);
    let seconds = question.timeout.as_secs();
    let late = |_| StoreError::Invalid(format!("the statement took longer than {seconds} s: ask for less"));
    done.map_err(late)??.map_err(fault)
}

/// The most places where a statement names a table, and the most that WITH makes.
const MOST_TABLES: usize = 16;
const MOST_WITH: usize = 8;

/// Each use of what WITH makes is planned again: eight that use two each of the one before are 256 plans.
fn bounded(text: &str) -> Result<(), String> {
    if text.contains('\0') {
        return Err("a statement has no U+0000".to_owned());
    }
    let statements = Parser::parse_sql(&GenericDialect {}, text).map_err(|error| error.to_string())?;
    let mut count = Tables::default();
    let _ = statements.visit(&mut count);
    if count.tables > MOST_TABLES || count.with > MOST_WITH {
        return Err(format!("a statement names {MOST_TABLES} tables and {MOST_WITH} WITH at most"));
    }
    Ok(())
}

#[derive(Default)]
struct Tables {
    tables: usize,
    with: usize,
}

impl Visitor for Tables {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.with += query.with.as_ref().map_or(0, |with| with.cte_tables.len());
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, _: &ObjectName) -> ControlFlow<()> {
        self.tables += 1;
        ControlFlow::Continue(())
    }
}

/// A context that knows the site's events alone.
async fn context(
    reports: &SessionContext,
    question: &SqlQuestion,
    memory: usize,
) -> Result<SessionContext, StoreError> {
    let failed = |error: DataFusionError| StoreError::Failed(error.to_string());
    let of_site = reports.table("events").await.map_err(failed)?;
    let of_site = of_site.filter(col(SITE).eq(lit(question.site.as_str()))).map_err(failed)?;
    let config = SessionConfig::new()
        .with_target_partitions(reports.state().config().target_partitions())
        .with_batch_size(BATCH_ROWS)
        .with_information_schema(false)
        .set_bool("datafusion.execution.collect_statistics", false);
    let environment = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(GreedyMemoryPool::new(memory)))
        // What does not fit into memory is refused, and not run again over a disk.
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        .build_arc()
        .map_err(failed)?;
    let context = SessionContext::new_with_config_rt(config, environment);
    functions::register(&context);
    let state = context.state();
    for name in state.scalar_functions().keys().filter(|name| !is_known(&state, name)) {
        context.deregister_udf(name);
    }
    for name in state.table_functions().keys() {
        context.deregister_udtf(name);
    }
    let view = ViewTable::new(of_site.into_unoptimized_plan(), None);
    context.register_table("events", Arc::new(view)).map_err(failed)?;
    Ok(context)
}

/// Whether a name stands for one of [`FUNCTIONS`]; some have several.
fn is_known(state: &datafusion::execution::SessionState, name: &str) -> bool {
    FUNCTIONS.contains(&name)
        || state.scalar_functions().get(name).is_some_and(|function| FUNCTIONS.contains(&function.name()))
}

async fn run(context: &SessionContext, text: &str, most_rows: usize) -> Result<SqlAnswer, DataFusionError> {
    let reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    let frame = context.sql_with_options(text, reading).await?;
    let columns: Vec<String> = frame.schema().fields().iter().map(|field| field.name().clone()).collect();
    if columns.is_empty() {
        return not_impl_err!("a statement without columns has no answer");
    }
    refuse_joined_texts(frame.logical_plan())?;
    let mut batches = frame.limit(0, Some(most_rows + 1))?.execute_stream().await?;
    let (mut answer, mut bytes) = (SqlAnswer { columns, ..SqlAnswer::default() }, 0);
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            if answer.rows.len() == most_rows || bytes > SQL_BYTES {
                answer.truncated = true;
                return Ok(answer);
            }
            let row = values(&batch, row)?;
            bytes += row.iter().map(SqlValue::bytes).sum::<usize>();
            answer.rows.push(row);
        }
    }
    Ok(answer)
}

/// Doubled a few dozen times a text fills any memory, and what an expression makes is not counted.
fn refuse_joined_texts(plan: &LogicalPlan) -> Result<(), DataFusionError> {
    let joins =
        |expr: &Expr| Ok(matches!(expr, Expr::BinaryExpr(binary) if binary.op == Operator::StringConcat));
    plan.apply_with_subqueries(|node| {
        for expr in node.expressions() {
            if expr.exists(joins)? {
                return plan_err!("texts cannot be joined here");
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(())
}

fn values(batch: &RecordBatch, row: usize) -> Result<Vec<SqlValue>, DataFusionError> {
    batch.columns().iter().map(|array| value(array, row)).collect()
}

fn value(array: &dyn Array, row: usize) -> Result<SqlValue, DataFusionError> {
    if array.is_null(row) || array.data_type() == &DataType::Null {
        return Ok(SqlValue::Null);
    }
    let float = |number: f64| match number.is_finite() {
        true => SqlValue::Float(number),
        false => SqlValue::Text(number.to_string()),
    };
    let shown = || -> Result<String, DataFusionError> {
        let options = FormatOptions::default();
        Ok(ArrayFormatter::try_new(array, &options)?.value(row).try_to_string()?)
    };
    Ok(match array.data_type() {
        DataType::Boolean => SqlValue::Boolean(array.as_boolean().value(row)),
        DataType::Float64 => float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Float32 => float(array.as_primitive::<Float32Type>().value(row).into()),
        kind if kind.is_integer() || kind.is_decimal() => SqlValue::Number(shown()?),
        _ => SqlValue::Text(shown()?),
    })
}

/// Whose fault it is: the store's where a segment is in the way, else the statement's.
fn fault(error: DataFusionError) -> StoreError {
    let text = error.strip_backtrace();
    let of_the_store = matches!(
        error.find_root(),
        DataFusionError::IoError(_) | DataFusionError::ParquetError(_) | DataFusionError::Internal(_)
    );
    match engine::reason(error) {
        EngineError::Damaged(damage) => StoreError::Unavailable(damage.to_string()),
        EngineError::Failed(StoreError::Unavailable(_)) => StoreError::Invalid(
            "the statement needs more memory than it may use: group or sort by less".to_owned(),
        ),
        EngineError::Failed(error) if of_the_store => error,
        EngineError::Failed(_) => StoreError::Invalid(text),
    }
}
