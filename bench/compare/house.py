"""ClickHouse's embedded engine: a MergeTree in the order of site and time, every column of the segments."""

import json
import os
import time

import chdb
from chdb.session import Session

from questions import FUNNEL, FUNNEL_DAYS, OF_SESSIONS, TOP, Period

NAME = "ClickHouse (chdb)"
VERSION = chdb.engine_version

#: Sorts events that are no page view behind those that are.
LATE = 1 << 60

#: Texts of which there are few: numbers of a dictionary in each part.
FEW = """site name host utm_source utm_medium utm_campaign utm_content utm_term element language currency source channel
    browser browser_version os os_version device country region city screen_class path title referrer""".split()


class Engine:
    """A database in a folder of its own. It answers one question at a time, with all its threads."""

    def __init__(self, folder: str, segments: str, threads: int) -> None:
        self.path = os.path.join(folder, "clickhouse")
        self.session = Session(self.path)
        self.session.query(f"SET max_threads = {threads}")
        begin = time.perf_counter()
        files = f"file('{segments}/*.parquet', Parquet)"
        columns = [(row[0], row[1]) for row in self.rows_of(f"DESCRIBE TABLE {files}")]
        # An empty text for an absent one, as ClickHouse's own advice is: a Nullable column costs a second file.
        types = ", ".join(f"{name} {type_of(name, of)}" for name, of in columns)
        values = ", ".join(value_of(name, of) for name, of in columns)
        self.session.query("CREATE DATABASE IF NOT EXISTS lake")
        self.session.query(f"CREATE TABLE lake.events ({types}) ENGINE = MergeTree ORDER BY (site, timestamp)")
        self.session.query(f"INSERT INTO lake.events SELECT {values} FROM {files}")
        self.session.query("OPTIMIZE TABLE lake.events FINAL")
        self.load_seconds = time.perf_counter() - begin
        self.rows = self.rows_of("SELECT count() FROM lake.events")[0][0]

    def bytes(self) -> int:
        """What its data takes on disk."""
        sizes = "SELECT toUInt64(sum(bytes_on_disk)) FROM system.parts WHERE active AND database = 'lake'"
        return self.rows_of(sizes)[0][0]

    def rows_of(self, text: str) -> list:
        """The rows of an answer."""
        plain = "SETTINGS output_format_json_quote_64bit_integers = 0"
        setting = "" if text.startswith("DESCRIBE") else plain
        return json.loads(str(self.session.query(f"{text} {setting}", "JSONCompact")))["data"]

    def ask(self, question: str, site: str, period: Period) -> object:
        """Answers a question; one thread at a time."""
        rows = self.rows_of(sql(question, site, period))
        match question:
            case "totals":
                names = ["visitors", "visits", "pageviews", "session_views", "bounces", "session_ms"]
                now, before = (dict(zip(names, row[1:])) for row in sorted(rows))
                return {**now, "previous": before}
            case "funnel":
                # Levels that visitors came to, from none to the last step.
                reached = dict(rows)
                levels = range(1, len(FUNNEL) + 1)
                return [sum(count for level, count in reached.items() if level >= wanted) for wanted in levels]
        return rows

    def close(self) -> None:
        """Ends it."""
        self.session.close()


def type_of(name: str, of: str) -> str:
    """The type of a column, from that of the segments' column."""
    plain = of.removeprefix("Nullable(").removesuffix(")") if of.startswith("Nullable(") else of
    if name in FEW:
        return "LowCardinality(String)"
    return plain if plain == "String" or name == "interactive" else of


def value_of(name: str, of: str) -> str:
    """What goes into it."""
    if name == "interactive":
        return "ifNull(interactive, true)"
    return f"ifNull({name}, '')" if of == "Nullable(String)" else name


def sql(question: str, site: str, period: Period) -> str:
    """The question as ClickHouse is best asked."""
    within, wide = where(site, period), where(site, period.wide)
    match question:
        case "totals":
            return f"{totals(0, site, period)} UNION ALL {totals(1, site, period.before)}"
        case "days":
            return f"""
                SELECT toDate(timestamp) AS day, uniqExact(visitor), countIf(name = 'pageview')
                FROM lake.events WHERE {within} GROUP BY day ORDER BY day"""
        case "pages":
            return f"""
                SELECT path, uniqExact(visitor) AS visitors, countIf(name = 'pageview')
                FROM lake.events WHERE {within} AND path != ''
                GROUP BY path ORDER BY visitors DESC, path LIMIT {TOP}"""
        case "events":
            return f"""
                SELECT name, count() AS events FROM lake.events WHERE {within}
                GROUP BY name ORDER BY events DESC, name LIMIT {TOP}"""
        case "entry_pages":
            value = "argMinIf(path, timestamp, name = 'pageview')"
            return of_sessions(value, period, wide, "value != ''")
        case "funnel":
            return funnel(within)
        case "retention":
            return retention(site, period)
    column, missing = OF_SESSIONS[question]
    opening = f"argMin({column}, toUnixTimestamp64Milli(timestamp) + if(name = 'pageview', 0, {LATE}))"
    return of_sessions(f"if({opening} = '', '{missing}', {opening})", period, wide, "1")


def where(site: str, period: Period) -> str:
    """The events of a site in a period."""
    return f"site = '{site}' AND {between(period)}"


def between(period: Period) -> str:
    """The instants of a period."""
    return f"timestamp >= '{period.first} 00:00:00' AND timestamp < '{period.end} 00:00:00'"


def totals(number: int, site: str, period: Period) -> str:
    """The figures of a period, numbered; a session counts whole if one of its events lies within."""
    return f"""
        SELECT {number} AS number, people.visitors, sessions.visits, people.pageviews, sessions.all_views,
               sessions.bounces, sessions.ms
        FROM (
            SELECT uniqExact(visitor) AS visitors, countIf(name = 'pageview') AS pageviews
            FROM lake.events WHERE {where(site, period)}
        ) AS people CROSS JOIN (
            SELECT count() AS visits, sum(views) AS all_views, countIf(acts <= 1) AS bounces, sum(ms) AS ms
            FROM (
                SELECT countIf(name = 'pageview') AS views, countIf(interactive) AS acts,
                       toUnixTimestamp64Milli(max(timestamp)) - toUnixTimestamp64Milli(min(timestamp)) AS ms
                FROM lake.events WHERE {where(site, period.wide)}
                GROUP BY session HAVING countIf({between(period)}) > 0
            )
        ) AS sessions"""


def of_sessions(value: str, period: Period, wide: str, having: str) -> str:
    """Visitors by what their sessions opened with, in one pass over the events."""
    return f"""
        SELECT value, uniqExact(visitor) AS visitors FROM (
            SELECT {value} AS value, groupUniqArrayIf(visitor, {between(period)}) AS seen
            FROM lake.events WHERE {wide} GROUP BY session HAVING {having}
        ) ARRAY JOIN seen AS visitor
        GROUP BY value ORDER BY visitors DESC, value LIMIT {TOP}"""


def funnel(within: str) -> str:
    """Visitors by the level they came to."""
    steps = ", ".join(FUNNEL)
    window = FUNNEL_DAYS * 86_400_000
    return f"""
        SELECT level, count() FROM (
            SELECT windowFunnel({window})(toUInt64(toUnixTimestamp64Milli(timestamp)), {steps}) AS level
            FROM lake.events WHERE {within} AND ({" OR ".join(f"({step})" for step in FUNNEL)})
            GROUP BY visitor
        ) GROUP BY level ORDER BY level"""


def retention(site: str, period: Period) -> str:
    """A visitor's cohort and weeks in one pass."""
    return f"""
        SELECT cohort, toUInt8(intDiv(week - cohort, 7)) AS later, count() FROM (
            SELECT toMonday(min(timestamp)) AS cohort, groupUniqArray(toMonday(timestamp)) AS weeks
            FROM lake.events WHERE site = '{site}' AND timestamp < '{period.end} 00:00:00'
            GROUP BY visitor HAVING min(timestamp) >= '{period.first} 00:00:00'
        ) ARRAY JOIN weeks AS week
        GROUP BY cohort, later ORDER BY cohort, later"""
