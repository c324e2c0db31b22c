"""DuckDB: a native table in the order of site and time, every column of the segments."""

import os
import time

import duckdb

from questions import FUNNEL, FUNNEL_DAYS, OF_SESSIONS, TOP, Period

NAME = "DuckDB"
VERSION = duckdb.__version__

#: Sorts events that are no page view behind those that are.
LATE = 1 << 60


class Engine:
    """A database in a folder of its own."""

    def __init__(self, folder: str, segments: str, threads: int) -> None:
        self.path = os.path.join(folder, "events.duckdb")
        self.connection = duckdb.connect(self.path, config={"threads": threads, "temp_directory": folder})
        self.connection.execute("SET TimeZone = 'UTC'")
        begin = time.perf_counter()
        # Instants without a zone: truncating those to days and weeks takes no calendar.
        self.connection.execute(
            f"""CREATE TABLE events AS
                SELECT * REPLACE (timestamp::TIMESTAMP AS timestamp, coalesce(interactive, true) AS interactive)
                FROM read_parquet('{segments}/*.parquet', union_by_name = true)
                ORDER BY site, timestamp, seq"""
        )
        self.connection.execute("CHECKPOINT")
        self.load_seconds = time.perf_counter() - begin
        self.rows = self.connection.execute("SELECT count(*) FROM events").fetchone()[0]

    def bytes(self) -> int:
        """What it takes on disk."""
        return os.path.getsize(self.path)

    def ask(self, question: str, site: str, period: Period) -> object:
        """Answers a question; any thread may."""
        rows = [list(row) for row in self.connection.cursor().execute(sql(question, site, period)).fetchall()]
        match question:
            case "totals":
                names = ["visitors", "visits", "pageviews", "session_views", "bounces", "session_ms"]
                now, before = (dict(zip(names, map(int, row[1:]))) for row in sorted(rows))
                return {**now, "previous": before}
            case "funnel":
                return rows[0]
            case "days" | "retention":
                return [[str(row[0]), *row[1:]] for row in rows]
        return rows

    def close(self) -> None:
        """Ends it."""
        self.connection.close()


def sql(question: str, site: str, period: Period) -> str:
    """The question as DuckDB is best asked."""
    within, wide = where(site, period), where(site, period.wide)
    match question:
        case "totals":
            return f"{totals(0, site, period)} UNION ALL {totals(1, site, period.before)}"
        case "days":
            return f"""
                SELECT timestamp::DATE AS day, count(DISTINCT visitor), count(*) FILTER (name = 'pageview')
                FROM events WHERE {within} GROUP BY day ORDER BY day"""
        case "pages":
            return f"""
                SELECT path, count(DISTINCT visitor) AS visitors, count(*) FILTER (name = 'pageview')
                FROM events WHERE {within} AND path IS NOT NULL
                GROUP BY path ORDER BY visitors DESC, path LIMIT {TOP}"""
        case "events":
            return f"""
                SELECT name, count(*) AS events FROM events WHERE {within}
                GROUP BY name ORDER BY events DESC, name LIMIT {TOP}"""
        case "entry_pages":
            opening = f"""
                SELECT session, arg_min(path, timestamp) AS value
                FROM events WHERE {wide} AND name = 'pageview' GROUP BY session"""
            return of_sessions(opening, within)
        case "funnel":
            return funnel(within)
        case "retention":
            return retention(site, period)
    column, missing = OF_SESSIONS[question]
    opening = f"""
        SELECT session, arg_min(
            coalesce({column}, '{missing}'),
            epoch_ms(timestamp) + CASE WHEN name = 'pageview' THEN 0 ELSE {LATE} END) AS value
        FROM events WHERE {wide} GROUP BY session"""
    return of_sessions(opening, within)


def where(site: str, period: Period) -> str:
    """The events of a site in a period."""
    return f"site = '{site}' AND {between(period)}"


def between(period: Period) -> str:
    """The instants of a period."""
    return f"timestamp >= TIMESTAMP '{period.first}' AND timestamp < TIMESTAMP '{period.end}'"


def totals(number: int, site: str, period: Period) -> str:
    """The figures of a period, numbered; a session counts whole if one of its events lies within."""
    return f"""
        SELECT {number}, events.visitors, sessions.* EXCLUDE (all_views, bounces, ms), events.pageviews,
               sessions.all_views, sessions.bounces, sessions.ms
        FROM (
            SELECT count(DISTINCT visitor) AS visitors, count(*) FILTER (name = 'pageview') AS pageviews
            FROM events WHERE {where(site, period)}
        ) AS events, (
            SELECT count(*) AS visits, coalesce(sum(views), 0) AS all_views,
                   count(*) FILTER (acts <= 1) AS bounces, coalesce(sum(ms), 0) AS ms
            FROM (
                SELECT count(*) FILTER (name = 'pageview') AS views, count(*) FILTER (interactive) AS acts,
                       epoch_ms(max(timestamp)) - epoch_ms(min(timestamp)) AS ms
                FROM events WHERE {where(site, period.wide)}
                GROUP BY session HAVING bool_or({between(period)})
            )
        ) AS sessions"""


def of_sessions(opening: str, within: str) -> str:
    """Visitors by what their sessions opened with."""
    return f"""
        WITH opening AS ({opening}),
             seen AS (SELECT DISTINCT session, visitor FROM events WHERE {within})
        SELECT value, count(DISTINCT visitor) AS visitors FROM seen JOIN opening USING (session)
        GROUP BY value ORDER BY visitors DESC, value LIMIT {TOP}"""


def funnel(within: str) -> str:
    """For each event the latest start from which it is reached: a later start never reaches less. Whoever never takes
    the first step is left out before anything is sorted."""
    first, second, third = FUNNEL
    window = f"INTERVAL {FUNNEL_DAYS} DAY"
    earlier = "OVER (PARTITION BY visitor ORDER BY timestamp, seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    return f"""
        WITH marked AS (
            SELECT visitor, timestamp, seq, {first} AS one, {second} AS two, {third} AS three
            FROM events WHERE {within} AND ({first} OR {second} OR {third})
                AND visitor IN (SELECT visitor FROM events WHERE {within} AND {first})
        ), begun AS (
            SELECT *, max(timestamp) FILTER (one) {earlier} AS start FROM marked
        ), going AS (
            SELECT *, coalesce(two AND timestamp <= start + {window}, false) AS second FROM begun
        ), gone AS (
            SELECT *, max(start) FILTER (second) {earlier} AS start_of_second FROM going
        )
        SELECT count(DISTINCT visitor) FILTER (one), count(DISTINCT visitor) FILTER (second),
               count(DISTINCT visitor) FILTER (three AND timestamp <= start_of_second + {window})
        FROM gone"""


def retention(site: str, period: Period) -> str:
    """A visitor's weeks as bits, counted from the Monday on which the period's first week begins."""
    monday = f"date_trunc('week', TIMESTAMP '{period.first}')"
    weeks = period.days // 7 + 2
    return f"""
        WITH people AS (
            SELECT date_trunc('week', min(timestamp)) AS cohort,
                   bit_or(1::UBIGINT << greatest(date_diff('week', {monday}, timestamp), 0)) AS weeks
            FROM events WHERE site = '{site}' AND timestamp < TIMESTAMP '{period.end}'
            GROUP BY visitor HAVING min(timestamp) >= TIMESTAMP '{period.first}'
        )
        SELECT cohort::DATE, week - date_diff('week', {monday}, cohort) AS later, count(*)
        FROM people, range({weeks}) AS every(week)
        WHERE weeks & (1::UBIGINT << week) != 0
        GROUP BY ALL ORDER BY ALL"""
