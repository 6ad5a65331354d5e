"""Pages fetched from the Wayback Machine: whose page an answer is, and when it was captured.

Belongs here: how web.archive.org addresses and marks what it replays. Does not belong here: fetching from it,
classifying a page (``crawler.answers.classification``).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawler.warc.http import ResponseHead

HOST = "web.archive.org"
_REPLAY = re.compile(r"^https?://web\.archive\.org/web/(\d{14})([a-z]{2}_)?/(https?:/{1,2}[^\s]+)$")
_ORIGINAL = "x-archive-orig-"


@dataclass(frozen=True, slots=True)
class Replay:
    """A page as the Wayback Machine captured it. ``is_verbatim`` is False when the replay has rewritten its links."""

    url: str
    captured_at: datetime
    is_verbatim: bool


def find_replay(replay_url: str) -> Replay | None:
    """The page and time that a replay's URL names, or None when it is no replay of a page at an exact time.

    Only ``id_`` asks for the bytes as captured; every other replay is rewritten and framed by the Wayback Machine.

    >>> found = find_replay("https://web.archive.org/web/20200102030405id_/http://www.iom.int/news/x")
    >>> found.url, found.captured_at.isoformat(), found.is_verbatim
    ('http://www.iom.int/news/x', '2020-01-02T03:04:05+00:00', True)
    """
    match = _REPLAY.match(replay_url)
    if match is None:
        return None
    try:
        captured_at = datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    # Browsers and tools that tidy paths write one slash after the inner scheme.
    url = re.sub(r"^(https?:)/+", r"\1//", match[3])
    return Replay(url, captured_at, is_verbatim=match[2] == "id_")


def is_replayed(http: ResponseHead, replay: Replay) -> bool:
    """Whether the answer is the capture itself: not a redirect or error of the machine's own, nor another time."""
    try:
        stated = parsedate_to_datetime(http.headers.get("memento-datetime", ""))
    except ValueError:
        return False
    return stated == replay.captured_at


def original_head(http: ResponseHead) -> ResponseHead:
    """The head with the original's own headers, which a replay marks by a prefix, in the place of the replay's.

    Of the replay's headers only those stay that describe the bytes it sent.
    """
    kept = {name: http.headers[name] for name in _OF_THE_BYTES if name in http.headers}
    named = {name.removeprefix(_ORIGINAL): value for name, value in http.headers.items() if name.startswith(_ORIGINAL)}
    own = {name: value for name, value in named.items() if name not in _OF_THE_BYTES}
    redirect = find_replay(http.headers.get("location", ""))
    if redirect is not None:
        own["location"] = redirect.url
    return ResponseHead(http.status, {**own, **kept})


_OF_THE_BYTES = ("content-type", "content-encoding", "content-length", "transfer-encoding")
