"""Millrace over HTTP, as the dashboard asks it."""

import http.client
import datetime
import json
import threading
import urllib.parse

from questions import FUNNEL_DAYS, OF_SESSIONS, OVERVIEW, TOP, Period

NAME = "Millrace"

#: Connections that a browser has to one host.
CONNECTIONS = 6

FUNNEL_STEPS = [
    [["is", "event:page", ["/"]]],
    [["is", "event:name", ["pageview"]], ["contains", "event:page", ["/products/"]]],
    [["is", "event:name", ["button_click"]]],
]

TOTALS = ["visitors", "visits", "pageviews", "views_per_visit", "bounce_rate", "visit_duration"]


class Engine:
    """A server that runs."""

    def __init__(self, url: str) -> None:
        self.address = urllib.parse.urlsplit(url).netloc
        self.own = threading.local()

    def ask(self, question: str, site: str, period: Period) -> object:
        """Answers a question; any thread may, each on a connection of its own."""
        path, body = request(question, site, period)
        answer = self.post(path, body)
        try:
            return plain(question, answer)
        except (KeyError, IndexError, TypeError) as error:
            # The time counts all the same; as an answer it is equal to none.
            return f"another shape than was expected, {error!r} of {json.dumps(answer)[:300]}"

    def post(self, path: str, body: dict) -> dict:
        """The JSON that a POST is answered with."""
        if not hasattr(self.own, "connection"):
            self.own.connection = http.client.HTTPConnection(self.address, timeout=120)
        text = json.dumps(body)
        self.own.connection.request("POST", path, text, {"content-type": "application/json"})
        answer = self.own.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"POST {path} {text} was answered with {answer.status}: {content[:500]!r}")
        return json.loads(content)


def request(question: str, site: str, period: Period) -> tuple[str, dict]:
    """Path and body of a question."""
    body = {"site_id": site, "date_range": [str(period.first), str(period.last)]}
    if question == "funnel":
        steps = [{"filters": filters} for filters in FUNNEL_STEPS]
        return "/api/v1/funnels/query", {**body, "steps": steps, "window": f"{FUNNEL_DAYS}d"}
    if question == "retention":
        return "/api/v1/retention/query", {**body, "interval": "week"}
    match question:
        case "totals":
            body |= {"metrics": TOTALS, "include": {"comparisons": {"mode": "previous_period"}}}
        case "days":
            body |= {"metrics": ["visitors", "pageviews"], "dimensions": ["time:day"]}
        case "pages":
            body |= {"metrics": ["visitors", "pageviews"], "dimensions": ["event:page"]}
        case "entry_pages":
            body |= {"metrics": ["visitors"], "dimensions": ["visit:entry_page"]}
        case "events":
            body |= {"metrics": ["events"], "dimensions": ["event:name"]}
        case _ if question in OF_SESSIONS:
            body |= {"metrics": ["visitors"], "dimensions": [f"visit:{question}"]}
    if question not in ("totals", "days"):
        body["pagination"] = {"limit": TOP, "offset": 0}
    return "/api/v2/query", body


def plain(question: str, answer: dict) -> object:
    """An answer as the other engines give it."""
    match question:
        case "totals":
            row = answer["results"][0]
            return {
                **dict(zip(TOTALS, row["metrics"])),
                "previous": dict(zip(TOTALS, row["comparison"]["metrics"])),
            }
        case "funnel":
            return [step["visitors"] for step in answer["steps"]]
        case "retention":
            return [
                [monday(cohort["start"][:10]), later, returned["visitors"]]
                for cohort in answer["all"]["cohorts"]
                for later, returned in enumerate(cohort["returned"])
                if returned["visitors"]
            ]
    return [[*row["dimensions"], *row["metrics"]] for row in answer["results"]]


def monday(day: str) -> str:
    """The first week of a range is labelled by the range's first day."""
    date = datetime.date.fromisoformat(day)
    return (date - datetime.timedelta(days=date.weekday())).isoformat()


def rounded(exact: dict) -> dict:
    """An exact answer to `totals` as the API words it; the means are compared by `near`."""
    own = {name: exact[name] for name in ("visitors", "visits", "pageviews")}
    visits = exact["visits"]
    if visits:
        own |= {
            "views_per_visit": exact["session_views"] / visits,
            "bounce_rate": 100 * exact["bounces"] / visits,
            "visit_duration": exact["session_ms"] / visits / 1000,
        }
    if "previous" in exact:
        own["previous"] = rounded(exact["previous"])
    return own


def near(shown: object, exact: dict) -> str | None:
    """Says which figure of `totals` differs: counts have to be equal, means as near as their rounding is."""
    if not isinstance(shown, dict):
        return f"totals: {shown}"
    for name, value in exact.items():
        if name == "previous":
            found = near(shown.get("previous"), value)
            if found:
                return f"previous: {found}"
            continue
        slack = {"views_per_visit": 0.0051, "bounce_rate": 0.51, "visit_duration": 0.51}.get(name, 0)
        if shown.get(name) is None or abs(shown[name] - value) > slack:
            return f"totals: {name} is {shown.get(name)}, and should be {value}"
    return None


assert set(OVERVIEW) == {"totals", "days", "pages", "entry_pages", "events", *OF_SESSIONS}
