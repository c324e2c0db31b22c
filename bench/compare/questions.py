"""The questions, in no engine's words: what is asked, of which site, of which days.

Every engine answers a question with the same plain value, so that answers are compared with `==`. A table is a list of
rows, the greatest number first, rows of one number by the bytes of their text.

| question | answer |
|---|---|
| totals | the figures of the period, and of the one of the same length before it |
| days | [day, visitors, page views], days without an event left out |
| pages | [path, visitors, page views], ten |
| entry_pages, source, channel, ... | [value, visitors], ten |
| events | [name, events], ten |
| funnel | visitors who came to step 1, 2, 3 |
| retention | [Monday of the cohort's week, weeks after it, visitors], in this order |

A session's page, source and so on are those of its opening event: its first page view, or its first event where it has
none. Sessions are taken whole, as far as they lie within the period and a day on both sides of it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

#: Sites by the share of all events that they have.
SITES = {"one.example": "1 %", "big.example": "10 %"}

#: Rows of a table.
TOP = 10

#: Dimensions of sessions: the column of an event, and what is shown where it says nothing.
OF_SESSIONS = {
    "source": ("source", "Direct / None"),
    "channel": ("channel", "Direct"),
    "country": ("country", "(not set)"),
    "browser": ("browser", "(not set)"),
    "os": ("os", "(not set)"),
    "device": ("device", "(not set)"),
}

#: What a dashboard asks when it is opened.
OVERVIEW = ["totals", "days", "pages", "entry_pages", *OF_SESSIONS, "events"]

#: All of them.
QUESTIONS = [*OVERVIEW, "funnel", "retention"]

#: Within which time of the first step the others of a funnel are taken.
FUNNEL_DAYS = 7
#: Its steps, in SQL that both engines understand.
FUNNEL = [
    "path = '/'",
    "name = 'pageview' AND path LIKE '%/products/%'",
    "name = 'button_click'",
]


@dataclass(frozen=True)
class Period:
    """Whole days in UTC, both included."""

    first: date
    last: date

    @property
    def end(self) -> date:
        """The first day after it."""
        return self.last + timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days."""
        return (self.end - self.first).days

    @property
    def before(self) -> "Period":
        """As many days directly before it."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    @property
    def wide(self) -> "Period":
        """With a day on both sides: where the events of its sessions lie."""
        return Period(self.first - timedelta(days=1), self.end)


def differences(question: str, one: object, other: object) -> str | None:
    """Says what differs between two answers, where something does."""
    if one == other:
        return None
    if isinstance(one, list) and isinstance(other, list):
        for place, (left, right) in enumerate(zip(one, other)):
            if left != right:
                return f"{question}, row {place}: {left} and {right}"
        return f"{question}: {len(one)} and {len(other)} rows"
    return f"{question}: {one} and {other}"
