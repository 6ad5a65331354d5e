"""Addresses without end: session ids, calendars, paths that repeat; and the query that makes a page a listing.

Belongs here: what the text of one URL shows. Does not belong here: budgets and pagers, which need to count
(crawler.engine).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

DEEPEST_PATH = 12
"""Segments. The deepest path seen on an iom.int host has six (files); a page has two or three."""
_SESSION = re.compile(r"(?i)(?:;|/)(?:jsessionid|phpsessid|sid|session|sessionid)=|/[0-9a-f]{32,}(?:/|$)")
_CALENDAR = re.compile(r"(?i)/(?:calendar|calendrier|calendario)/(?:\d{4}|day|week|month|year)")


def find_trap(url: str) -> str | None:
    """Why the address is of an endless kind, or None.

    >>> find_trap("https://iom.int/news/a/b/a/b/a/b")
    'the path repeats itself'
    >>> find_trap("https://iom.int/calendar/2031/05")
    'a calendar'
    >>> find_trap("https://iom.int/project/support-0") is None
    True
    """
    path = urlsplit(url).path
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > DEEPEST_PATH:
        return f"a path of {len(segments)} segments"
    if segments and Counter(segments).most_common(1)[0][1] > 2:
        return "the path repeats itself"
    if _SESSION.search(path):
        return "a session id in the path"
    return "a calendar" if _CALENDAR.search(path) else None


def without_query(url: str, keep: Collection[str]) -> str:
    """The address with only the parameters in ``keep``: articles accept ``?page=`` and then show a listing.

    >>> without_query("https://iom.int/news/a?page=3&id=7", {"id"})
    'https://iom.int/news/a?id=7'
    """
    parts = urlsplit(url)
    if not parts.query:
        return url
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] in keep]
    return urlunsplit(parts._replace(query=urlencode(kept), fragment=""))
