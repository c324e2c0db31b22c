//! What a statement may say: one SELECT, of `events` and what it names itself, with the functions listed here.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, DataType, Expr, Function, ObjectName, Query, Select, SetExpr, Statement, TableFactor,
    Value, ValueWithSpan, Visit, Visitor,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// Nothing that anybody writes by hand is longer.
const MOST_TEXT: usize = 20_000;

/// Functions of values and aggregates. What makes much of little (`repeat`, `lpad`, `generate_series`), waits, sets, or
/// reads anything but its arguments is not among them.
const FUNCTIONS: &[&str] = &[
    "abs",
    "ceil",
    "ceiling",
    "floor",
    "round",
    "trunc",
    "power",
    "sqrt",
    "ln",
    "log",
    "exp",
    "sign",
    "mod",
    "div",
    "width_bucket",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "lower",
    "upper",
    "initcap",
    "length",
    "char_length",
    "character_length",
    "octet_length",
    "substr",
    "substring",
    "left",
    "right",
    "btrim",
    "ltrim",
    "rtrim",
    "split_part",
    "strpos",
    "starts_with",
    "reverse",
    "md5",
    "ascii",
    "regexp_match",
    "date_trunc",
    "date_part",
    "date_bin",
    "to_timestamp",
    "to_char",
    "to_date",
    "make_date",
    "age",
    "now",
    "json_typeof",
    "json_extract_path_text",
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "variance",
    "var_pop",
    "var_samp",
    "corr",
    "bool_and",
    "bool_or",
    "every",
    "percentile_cont",
    "percentile_disc",
    "mode",
    "row_number",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
    "ntile",
    "lag",
    "lead",
    "first_value",
    "last_value",
    "nth_value",
];

/// A statement that may run.
#[derive(Debug)]
pub(super) struct Checked {
    /// Rendered from what was understood.
    pub(super) text: String,
    /// What WITH makes in it. The server looks for some of these names among its own tables, since what WITH makes is not
    /// known everywhere: none may be one of a table.
    pub(super) names: Vec<String>,
}

/// The statement, or what is wrong with it.
pub(super) fn checked(text: &str) -> Result<Checked, String> {
    if text.contains('\0') {
        return Err("a statement has no U+0000".to_owned());
    }
    if text.len() > MOST_TEXT {
        return Err(format!("a statement has {MOST_TEXT} bytes at most"));
    }
    let statements = Parser::parse_sql(&PostgreSqlDialect {}, text).map_err(|error| error.to_string())?;
    let [Statement::Query(query)] = statements.as_slice() else {
        return Err("one SELECT is what can be asked".to_owned());
    };
    let mut names = Names::default();
    let _ = query.visit(&mut names);
    if names.0.contains("events") {
        return Err("events is the name of the table: name what WITH makes otherwise".to_owned());
    }
    let made = names.0.iter().cloned().collect();
    match query.visit(&mut Check(names)) {
        ControlFlow::Break(problem) => Err(problem),
        ControlFlow::Continue(()) => Ok(Checked { text: query.to_string(), names: made }),
    }
}

/// The names that WITH makes.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Visitor for Names {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let tables = query.with.iter().flat_map(|with| &with.cte_tables);
        self.0.extend(tables.map(|table| table.alias.name.value.to_lowercase()));
        ControlFlow::Continue(())
    }
}

struct Check(Names);

fn refuse<T>(problem: impl Into<String>) -> ControlFlow<String, T> {
    ControlFlow::Break(problem.into())
}

impl Visitor for Check {
    type Break = String;

    fn pre_visit_statement(&mut self, _: &Statement) -> ControlFlow<String> {
        refuse("one SELECT is what can be asked")
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<String> {
        if !query.locks.is_empty() || query.for_clause.is_some() || query.settings.is_some() {
            return refuse("a SELECT that locks rows or sets something cannot be asked");
        }
        reads(&query.body)
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<String> {
        if select.into.is_some() { refuse("SELECT INTO cannot be asked") } else { ControlFlow::Continue(()) }
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<String> {
        match factor {
            TableFactor::Table { args: None, .. }
            | TableFactor::Derived { .. }
            | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            _ => refuse("FROM takes events, what WITH makes, and subqueries"),
        }
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<String> {
        let name = relation.to_string().replace('"', "").to_lowercase();
        match relation.0.len() == 1 && (name == "events" || self.0.0.contains(&name)) {
            true => ControlFlow::Continue(()),
            false => refuse(format!("there is no table {relation}: events is the one")),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<String> {
        match expr {
            Expr::Function(Function { name, .. }) => {
                let plain = name.to_string().to_lowercase();
                match FUNCTIONS.contains(&plain.as_str()) {
                    true => ControlFlow::Continue(()),
                    false => refuse(format!("there is no function {name} here: {}", FUNCTIONS.join(", "))),
                }
            }
            // Doubled a few dozen times a text fills any memory.
            Expr::BinaryOp { op: BinaryOperator::StringConcat, .. } => refuse("texts cannot be joined here"),
            Expr::Cast { data_type, .. } => plain(data_type),
            Expr::TypedString(typed) => plain(&typed.data_type),
            Expr::Convert { .. } => refuse("CONVERT cannot be asked: write CAST"),
            _ => ControlFlow::Continue(()),
        }
    }

    /// Texts in other forms than quotes have escapes of their own.
    fn pre_visit_value(&mut self, value: &ValueWithSpan) -> ControlFlow<String> {
        match &value.value {
            Value::Number(..) | Value::SingleQuotedString(_) | Value::Boolean(_) | Value::Null => {
                ControlFlow::Continue(())
            }
            other => refuse(format!("{other} cannot be asked with: write texts in single quotes")),
        }
    }
}

/// Types that have a name and perhaps sizes. All others are printed with what was written in them, which the server may
/// read differently; some ask its own tables.
fn plain(data_type: &DataType) -> ControlFlow<String> {
    const TYPES: &[&str] = &[
        "TEXT",
        "VARCHAR",
        "CHARACTER VARYING",
        "INT",
        "INTEGER",
        "BIGINT",
        "SMALLINT",
        "INT2",
        "INT4",
        "INT8",
        "NUMERIC",
        "DECIMAL",
        "REAL",
        "FLOAT",
        "FLOAT4",
        "FLOAT8",
        "DOUBLE PRECISION",
        "BOOLEAN",
        "BOOL",
        "DATE",
        "TIMESTAMP",
        "TIMESTAMP WITH TIME ZONE",
        "TIMESTAMP WITHOUT TIME ZONE",
        "TIMESTAMPTZ",
        "INTERVAL",
    ];
    let shown = data_type.to_string().to_uppercase();
    let sizes =
        shown.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(sizes, _)| sizes);
    let name: String = match shown.split_once('(') {
        Some((before, rest)) => format!("{before}{}", rest.split_once(')').map_or(")", |(_, after)| after)),
        None => shown.clone(),
    };
    let are_sizes = sizes.bytes().all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b' ');
    match are_sizes && TYPES.contains(&name.trim()) && !matches!(data_type, DataType::Custom(..)) {
        true => ControlFlow::Continue(()),
        false => refuse(format!("there is no type {data_type} here: {}", TYPES.join(", "))),
    }
}

fn reads(body: &SetExpr) -> ControlFlow<String> {
    match body {
        SetExpr::Select(_) | SetExpr::Values(_) => ControlFlow::Continue(()),
        SetExpr::Query(query) => reads(&query.body),
        SetExpr::SetOperation { left, right, .. } => {
            reads(left)?;
            reads(right)
        }
        _ => refuse("one SELECT is what can be asked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_events_passes() {
        for text in [
            "SELECT count(*) FROM events",
            "select path, COUNT(DISTINCT visitor) FROM events e WHERE name = 'it''s' GROUP BY 1 ORDER BY 2 DESC LIMIT 5;",
            "WITH days AS (SELECT date_trunc('day', timestamp) AS day FROM events) SELECT day, count(*) FROM days GROUP BY day",
            "SELECT properties ->> 'plan' FROM events UNION ALL (SELECT 'x')",
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM events) THEN 1 ELSE 2 END",
            "SELECT CAST(path AS varchar(10)), timestamp::date, 1::numeric(10, 2), date '2026-11-21' FROM events",
            "SELECT row_number() OVER (PARTITION BY session ORDER BY timestamp) FROM events",
        ] {
            assert!(checked(text).is_ok(), "{text}: {:?}", checked(text));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "DELETE FROM events",
            "SELECT 1; SELECT 2",
            "SELECT 1; DROP TABLE events",
            "SELECT * FROM public.events",
            "SELECT * FROM \"public\".\"events\"",
            "SELECT * FROM visitor_links",
            "SELECT * FROM pg_catalog.pg_roles",
            "SELECT * FROM \"EVENTS.x\"",
            "TABLE visitor_links",
            "SELECT (SELECT max(person) FROM visitor_links)",
            "WITH events AS (SELECT 1) SELECT * FROM events",
            "WITH gone AS (DELETE FROM events RETURNING 1) SELECT * FROM gone",
            "WITH x AS (SELECT * FROM visitor_links) SELECT * FROM x",
            "SELECT * INTO mine FROM events",
            "SELECT * FROM events FOR UPDATE",
            "SELECT pg_sleep(10)",
            "SELECT set_config('role', 'postgres', false)",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT pg_catalog.pg_read_file('/etc/passwd')",
            "SELECT \"pg_sleep\"(1)",
            "SELECT repeat('x', 1000000000)",
            "SELECT * FROM generate_series(1, 1000000000)",
            "SELECT * FROM events, LATERAL pg_ls_dir('/')",
            "SELECT * FROM unnest(ARRAY[1])",
            "SELECT 'events'::regclass",
            "SELECT E'\\''; DROP TABLE events; --'",
            "SELECT E'a\\'b'",
            "SELECT $$x$$",
            "SELECT $1",
            "SELECT U&'d\\0061t'",
            "COPY events TO '/tmp/x'",
            "SET ROLE postgres",
            "EXPLAIN SELECT 1",
            "SELECT CAST('{}' AS \"varchar\"('10)[]), set_config(''role'',''none'',true), CAST(''{}'' AS \"varchar\"(10')[])",
            "SELECT CAST('{}' AS text[])",
            "SELECT regclass 'events'",
            "SELECT varchar('x) 'y'",
            "SELECT CAST('x' AS \"varchar\"('1))",
            "SELECT 'a\0b'",
            "SELECT path || path FROM events",
            "SELECT concat(path, path) FROM events",
            "SELECT array_agg(path) FROM events",
            "SELECT dblink('host=x', 'SELECT 1')",
        ] {
            assert!(checked(text).is_err(), "{text}: {:?}", checked(text));
        }
    }
}
