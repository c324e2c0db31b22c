#!/usr/bin/env python3
"""The same questions over the same rows to DuckDB and to ClickHouse's embedded engine, beside Millrace.

    bench/compare/compare.py data/lake/segments --millrace http://127.0.0.1:8080 > target/bench/compare.json

What it needs it puts into a virtual environment beside itself. Prints JSON: for each engine how long loading took and
what it takes on disk, for each site and question the median of `--times` answers after one that does not count, in
milliseconds, and whether all answers are equal. `overview` is the whole set of a dashboard: asked over six connections
where the engine takes several questions at a time, one after the other where it answers each with all its threads,
whichever is quicker.

Exit code: 0 with every answer equal, 1 with one that differs, 3 where the packages cannot be had.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import millrace
from questions import OVERVIEW, QUESTIONS, SITES, Period, differences

HERE = Path(__file__).resolve().parent
#: The exit code where the packages cannot be had.
NO_PACKAGES = 3


def main() -> int:
    """Compares; answers the exit code."""
    arguments = parser().parse_args()
    at_home(arguments)
    last = arguments.last or datetime.now(timezone.utc).date()
    period = Period(last - timedelta(days=arguments.days - 1), last)
    segments = os.path.abspath(arguments.segments)
    report: dict = {"period": [str(period.first), str(period.last)], "engines": {}, "wrong": []}
    answers: dict = {}
    for module in engines(arguments.only):
        with tempfile.TemporaryDirectory(prefix="compare-", dir=arguments.dir) as folder:
            say(f"{module.NAME} {module.VERSION}: loading")
            engine = module.Engine(folder, segments, arguments.threads)
            measured = {
                "version": module.VERSION,
                "rows": engine.rows,
                "load_seconds": engine.load_seconds,
                "bytes_per_event": engine.bytes() / max(engine.rows, 1),
            }
            say(f"  {engine.rows:,} rows in {engine.load_seconds:.1f} s, {measured['bytes_per_event']:.1f} bytes each")
            together = module.NAME == "DuckDB"
            measured["sites"] = measure(engine, period, arguments.times, together, answers.setdefault(module.NAME, {}))
            report["engines"][module.NAME] = measured
            engine.close()
    if arguments.millrace:
        say(f"Millrace at {arguments.millrace}")
        engine = millrace.Engine(arguments.millrace)
        sites = measure(engine, period, arguments.times, True, answers.setdefault(millrace.NAME, {}))
        report["engines"][millrace.NAME] = {"sites": sites}
        report["ratios"] = ratios(report["engines"])
    report["wrong"] = wrong(answers)
    json.dump(report, sys.stdout, indent=1)
    print()
    for difference in report["wrong"]:
        say(f"WRONG {difference}")
    return 1 if report["wrong"] else 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(description="The same questions to DuckDB, ClickHouse's embedded engine and Millrace.")
    made.add_argument("segments", help="the folder of a lake's segments: data/lake/segments")
    made.add_argument("--millrace", metavar="URL", help="a server over the same lake, without a cache of reports")
    made.add_argument("--last", type=date.fromisoformat, metavar="DATE", help="the last day, in UTC (today)")
    made.add_argument("--days", type=int, default=30, help="days, the last one included (30)")
    made.add_argument("--times", type=int, default=9, help="answers of which the median is taken (9)")
    made.add_argument("--threads", type=int, default=2, help="threads of each engine (2)")
    made.add_argument("--dir", help="where the databases are made (the system's folder of temporary files)")
    made.add_argument("--only", choices=["duckdb", "clickhouse"], help="one engine alone")
    return made


def at_home(arguments: argparse.Namespace) -> None:
    """Goes on in the virtual environment, which is made if it is missing."""
    try:
        import chdb  # noqa: F401
        import duckdb  # noqa: F401
        return
    except ImportError:
        pass
    home = HERE / ".venv"
    python = home / "bin" / "python"
    if os.environ.get("COMPARE_AT_HOME"):
        say("the packages are installed and cannot be loaded: remove bench/compare/.venv")
        sys.exit(NO_PACKAGES)
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, stdout=sys.stderr)
        needed = str(HERE / "requirements.txt")
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", needed]
        subprocess.run(command, check=True, stdout=sys.stderr)
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"the packages cannot be had: {error}")
        sys.exit(NO_PACKAGES)
    os.environ["COMPARE_AT_HOME"] = "1"
    os.execv(python, [str(python), str(HERE / "compare.py"), *sys.argv[1:]])


def engines(only: str | None) -> list:
    """The modules of the engines that are asked for."""
    import duck
    import house

    return {"duckdb": [duck], "clickhouse": [house], None: [duck, house]}[only]


def measure(engine: object, period: Period, times: int, together: bool, answers: dict) -> dict:
    """Medians in milliseconds by site and question; fills `answers` in."""
    sites: dict = {}
    for site in SITES:
        figures = sites[site] = {}
        for question in QUESTIONS:
            answers[site, question] = engine.ask(question, site, period)
            figures[question] = median_ms(times, lambda: engine.ask(question, site, period))
        sets = [lambda: [engine.ask(question, site, period) for question in OVERVIEW]]
        if together:
            pool = ThreadPoolExecutor(millrace.CONNECTIONS)
            sets.append(lambda: list(pool.map(lambda question: engine.ask(question, site, period), OVERVIEW)))
            sets[-1]()
        figures["overview"] = min(median_ms(times, all_of_them) for all_of_them in sets)
        if together:
            pool.shutdown()
        say(f"  {site}: " + ", ".join(f"{question} {ms:.1f}" for question, ms in figures.items()))
    return sites


def median_ms(times: int, ask: object) -> float:
    """The middle of some runs."""
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        ask()
        spent.append((time.perf_counter() - begin) * 1e3)
    return statistics.median_low(spent)


def ratios(measured: dict) -> dict:
    """Millrace's time by each other engine's: below 1 is quicker."""
    own = measured[millrace.NAME]["sites"]
    return {
        name: {
            site: {question: ms / other["sites"][site][question] for question, ms in figures.items()}
            for site, figures in own.items()
        }
        for name, other in measured.items()
        if name != millrace.NAME
    }


def wrong(answers: dict) -> list[str]:
    """Every answer that is not the first engine's."""
    (first, known), *others = answers.items()
    found = []
    for name, given in others:
        for (site, question), answer in given.items():
            expected = known[site, question]
            if name == millrace.NAME and question == "totals":
                difference = millrace.near(answer, millrace.rounded(expected))
            else:
                difference = differences(question, expected, answer)
            if difference:
                found.append(f"{site}, {first} and {name}: {difference}")
    return found


def say(text: str) -> None:
    """Progress."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
