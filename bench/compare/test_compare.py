"""Both engines against answers counted by hand. Run: bench/compare/.venv/bin/python -m unittest discover bench/compare"""

import os
import tempfile
import unittest
from datetime import date

import duckdb

import duck
import house
import millrace
from compare import wrong
from questions import QUESTIONS, Period, differences

SITE = "one.example"
#: A Monday to the Sunday two weeks later.
PERIOD = Period(date(2026, 11, 2), date(2026, 11, 15))

#: visitor, session, moment, name, path, source, interactive (nothing: yes).
ROWS = [
    # Comes the day before and goes on after midnight: the session counts, opened by what was before.
    (1, 10, "2026-11-01 23:59:00.000", "pageview", "/early", "Google", None),
    (1, 10, "2026-11-02 00:00:00.000", "pageview", "/", None, None),
    # Opens with a click; its first page view opens it all the same. Comes to step 3, within the window by a hair.
    (2, 20, "2026-11-03 10:00:00.000", "button_click", "/", "Bing", None),
    (2, 20, "2026-11-03 10:00:01.000", "pageview", "/products/a", "X", None),
    (2, 21, "2026-11-10 10:00:00.000", "button_click", "/products/a", None, None),
    # One view, and an engagement that nobody did anything for: a bounce. Too late for step 2 by a millisecond, counted from the later
    # of two starts.
    (3, 30, "2026-11-04 09:00:00.000", "pageview", "/", None, None),
    (3, 30, "2026-11-04 09:00:30.500", "engagement", "/", None, False),
    (3, 31, "2026-11-11 09:00:30.501", "pageview", "/products/b", None, None),
    # The other way round: no step but the first.
    (4, 40, "2026-11-05 09:00:00.000", "pageview", "/products/b", "Google", None),
    (4, 40, "2026-11-05 09:00:10.000", "pageview", "/", None, None),
    # After the period, and another site's.
    (5, 50, "2026-11-16 00:00:00.000", "pageview", "/", None, None),
]


class Test(unittest.TestCase):
    """Everything that is asked."""

    @classmethod
    def setUpClass(cls) -> None:
        """Writes a segment and loads it twice."""
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        rows = [(SITE, *row, seq) for seq, row in enumerate(ROWS)]
        rows.append(("big.example", *ROWS[1], len(ROWS)))
        connection = duckdb.connect()
        connection.execute(
            """SET TimeZone = 'UTC';
            CREATE TABLE rows (site TEXT, visitor UBIGINT, session UBIGINT, timestamp TIMESTAMPTZ, name TEXT, path TEXT,
                               source TEXT, interactive BOOL, seq BIGINT)"""
        )
        connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?::TIMESTAMPTZ, ?, ?, ?, ?, ?)", rows)
        segments = os.path.join(folder, "segments")
        os.mkdir(segments)
        empty = ", ".join(f"NULL::TEXT AS {name}" for name in ("channel", "country", "browser", "os", "device"))
        connection.execute(f"COPY (SELECT *, {empty} FROM rows) TO '{segments}/1.parquet' (FORMAT parquet)")
        cls.engines = [module.Engine(folder, segments, 2) for module in (duck, house)]

    @classmethod
    def tearDownClass(cls) -> None:
        """Ends both."""
        for engine in cls.engines:
            engine.close()

    def check(self, question: str, expected: object) -> None:
        """Both answer what is expected."""
        for engine in self.engines:
            with self.subTest(engine=type(engine).__module__):
                self.assertEqual(engine.ask(question, SITE, PERIOD), expected)

    def test_totals_take_sessions_whole(self) -> None:
        found = self.engines[0].ask("totals", SITE, PERIOD)
        # 60 s, 1 s, 30.5 s and 10 s; 21, 30 and 31 are bounces.
        expected = {
            "visitors": 4,
            "visits": 6,
            "pageviews": 6,
            "session_views": 7,
            "bounces": 3,
            "session_ms": 101_500,
            "previous": {
                "visitors": 1,
                "visits": 1,
                "pageviews": 1,
                "session_views": 2,
                "bounces": 0,
                "session_ms": 60_000,
            },
        }
        self.assertEqual(found, expected)
        self.check("totals", expected)

    def test_days_pages_and_events(self) -> None:
        views = [("02", 1, 1), ("03", 1, 1), ("04", 1, 1), ("05", 1, 2), ("10", 1, 0), ("11", 1, 1)]
        self.check("days", [[f"2026-11-{day}", visitors, count] for day, visitors, count in views])
        self.check("pages", [["/", 4, 3], ["/products/b", 2, 2], ["/products/a", 1, 1]])
        self.check("events", [["pageview", 6], ["button_click", 2], ["engagement", 1]])

    def test_sessions_are_of_their_opening_event(self) -> None:
        self.check("entry_pages", [["/products/b", 2], ["/", 1], ["/early", 1], ["/products/a", 1]])
        self.check("source", [["Direct / None", 2], ["Google", 2], ["X", 1]])
        self.check("country", [["(not set)", 4]])

    def test_funnel_and_retention(self) -> None:
        self.check("funnel", [4, 1, 1])
        # Visitor 1 was there before the first day.
        self.check("retention", [["2026-11-02", 0, 3], ["2026-11-02", 1, 2]])

    def test_says_what_differs(self) -> None:
        self.assertIsNone(differences("pages", [["/", 1]], [["/", 1]]))
        self.assertIn("row 0", differences("pages", [["/", 1]], [["/", 2]]))
        self.assertIn("1 and 2 rows", differences("pages", [["/", 1]], [["/", 1], ["/a", 1]]))
        exact = self.engines[0].ask("totals", SITE, PERIOD)
        shown = {"visitors": 4, "visits": 6, "pageviews": 6, "views_per_visit": 1.17, "bounce_rate": 50}
        shown |= {"visit_duration": 17, "previous": millrace.rounded(exact["previous"])}
        answers = {"DuckDB": {(SITE, "totals"): exact}, millrace.NAME: {(SITE, "totals"): shown}}
        self.assertEqual(wrong(answers), [])
        for shape in ("another shape", {**shown, "previous": None}):
            answers[millrace.NAME][SITE, "totals"] = shape
            self.assertEqual(len(wrong(answers)), 1, shape)
        for name, value in {"visits": 7, "bounce_rate": 51, "previous": {}}.items():
            answers[millrace.NAME][SITE, "totals"] = {**shown, name: value}
            self.assertEqual(len(wrong(answers)), 1, name)

    def test_takes_answers_of_the_api_apart(self) -> None:
        cohort = {"start": "2026-11-02", "visitors": 3, "returned": [{"visitors": 3}, {"visitors": 0}, {"visitors": 2}]}
        rows = [["2026-11-02", 0, 3], ["2026-11-02", 2, 2]]
        self.assertEqual(millrace.plain("retention", {"cohorts": [cohort]}), rows)
        self.assertEqual(millrace.plain("funnel", {"steps": [{"visitors": 4}, {"visitors": 1}]}), [4, 1])
        table = {"results": [{"dimensions": ["/"], "metrics": [4, 3]}]}
        self.assertEqual(millrace.plain("pages", table), [["/", 4, 3]])

    def test_every_question_is_one_that_millrace_is_asked(self) -> None:
        bodies = [millrace.request(question, SITE, PERIOD) for question in QUESTIONS]
        self.assertEqual(len({str(body) for body in bodies}), len(QUESTIONS))
        self.assertTrue(all(body["date_range"] == ["2026-11-02", "2026-11-15"] for _, body in bodies))


if __name__ == "__main__":
    unittest.main()
