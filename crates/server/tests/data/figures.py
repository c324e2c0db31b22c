"""Figures of the access log beside this file, counted from the definitions in docs/query.md and nothing of Millrace.

A page view is a GET answered 200 or 304 of a path that does not end like a file. A visitor is a pair of address and
user agent, a session their page views without thirty minutes of silence between two. Prints JSON.
"""

import collections
import datetime
import json
import pathlib
import re

LINE = re.compile(r'^(\S+) \S+ \S+ \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) \S+ "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)"$')
FILES = set(
    "css js mjs map png jpg jpeg gif ico svg webp avif woff woff2 ttf eot otf mp4 webm mp3 pdf zip gz tgz bz2 xz txt "
    "xml rss atom json rpm deb jar exe dmg iso".split()
)
SILENCE = 30 * 60


def views():
    """(second, address and user agent, path) of every page view, in the order of the file."""
    log = pathlib.Path(__file__).with_name("apache_access.log").read_text(encoding="utf-8", errors="replace")
    for line in log.splitlines():
        found = LINE.match(line)
        if not found:
            continue
        address, when, request, status, agent = found.groups()
        if not request.startswith("GET ") or status not in ("200", "304"):
            continue
        path = re.split(r"[?#]", request[4:].rsplit(" HTTP/", 1)[0])[0]
        name = path.rsplit("/", 1)[-1]
        if "." in name and name.rsplit(".", 1)[1].lower() in FILES:
            continue
        second = datetime.datetime.strptime(when, "%d/%b/%Y:%H:%M:%S %z").timestamp()
        yield int(second), (address, agent), path


def ranked(counts):
    return [[name, count] for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0].encode()))][:20]


all_views = sorted(views(), key=lambda view: view[0])
sessions, open_sessions = [], {}
for second, visitor, path in all_views:
    session = open_sessions.get(visitor)
    if session is None or second - session["end"] >= SILENCE:
        session = open_sessions[visitor] = {"visitor": visitor, "start": second, "pages": []}
        sessions.append(session)
    session["end"] = second
    session["pages"].append(path)

visitors_of_page, views_of_page = collections.defaultdict(set), collections.Counter()
visitors_of_day, views_of_day = collections.defaultdict(set), collections.Counter()
for second, visitor, path in all_views:
    day = datetime.datetime.fromtimestamp(second, datetime.timezone.utc).date().isoformat()
    visitors_of_page[path].add(visitor)
    views_of_page[path] += 1
    visitors_of_day[day].add(visitor)
    views_of_day[day] += 1

print(
    json.dumps(
        {
            "visitors": len({visitor for _, visitor, _ in all_views}),
            "visits": len(sessions),
            "pageviews": len(all_views),
            "bounces": sum(len(session["pages"]) == 1 for session in sessions),
            "seconds": sum(session["end"] - session["start"] for session in sessions),
            "days": [[day, len(visitors_of_day[day]), views_of_day[day]] for day in sorted(views_of_day)],
            "pages": [
                [page, count, views_of_page[page]]
                for page, count in ranked({page: len(who) for page, who in visitors_of_page.items()})
            ],
            "entry_pages": ranked(collections.Counter(session["pages"][0] for session in sessions)),
            "exit_pages": ranked(collections.Counter(session["pages"][-1] for session in sessions)),
        }
    )
)
