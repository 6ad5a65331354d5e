"""The door for what others hand over: which files are opened, which parts of an address are let in, whose page it is.

Belongs here: distrust of files and addresses that is the same for a folder and for a WARC; how web.archive.org
addresses and marks what it replays. Does not belong here: what is in the files (``crawler.imports.folder``,
``crawler.imports.warc_records``), classifying a page (``crawler.answers.classification``), fetching anything.
"""

import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from crawler.site.urls import normal_url
from crawler.warc.http import ResponseHead

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


_CREDENTIAL = re.compile(
    r"(?:.*(?:token|apikey|secret|password|passwd|signature|credentials?|sessionid|sessid|accesskey|accesskeyid))|"
    r"key|pwd|pass|auth|authorization|bearer|jwt|hmac|sig|sid|session|otp|sastoken"
)
"""Names of query parameters whose value lets somebody in, in small letters without ``-``, ``_`` and ``.``."""
_MARKS = re.compile(r"[-_.\[\]]")


class Address(NamedTuple):
    """An address as it may be kept: normal, and without the parameters of its query named in ``cut``."""

    url: str
    cut: tuple[str, ...] = ()


def read_address(url: str) -> Address:
    """The address that a crawl of ours would ask for: no name and password, no fragment, no credentials in its query.

    >>> read_address("https://user:secret@www.IOM.int/news/a?page=2&access_token=abc#top")
    Address(url='https://www.iom.int/news/a?page=2', cut=('access_token',))

    Raises:
        UrlError: no absolute http(s) URL.
    """
    normal = normal_url(url)
    parts = urlsplit(normal)
    if not parts.query:
        return Address(normal)
    pieces = [(unquote(piece.partition("=")[0]), piece) for piece in parts.query.split("&")]
    cut = tuple(name for name, _ in pieces if _is_credential(name))
    if not cut:
        return Address(normal)
    query = "&".join(piece for name, piece in pieces if not _is_credential(name))
    return Address(urlunsplit(parts._replace(query=query)), cut)


def _is_credential(name: str) -> bool:
    return _CREDENTIAL.fullmatch(_MARKS.sub("", name).lower()) is not None


def describe_cut(cut: Mapping[str, int]) -> Iterable[str]:
    """What was cut from addresses, in words: one note, or none.

    >>> from collections import Counter
    >>> list(describe_cut(Counter(["sig", "api_key", "sig"])))
    ['credentials were cut from addresses: api_key (1), sig (2)']
    """
    if cut:
        yield "credentials were cut from addresses: " + ", ".join(
            f"{name[:40] if name.isprintable() else repr(name[:40])} ({n})" for name, n in sorted(cut.items())
        )


def read_member(folder: Path, name: str, largest: int) -> bytes:
    """The bytes of a regular file of a folder, at most one more than ``largest``; links within the folder are followed.

    A pipe or a device is never waited for.

    Raises:
        OSError: it cannot be read; ``strerror`` says why, also of what is no regular file in the folder.
    """
    path = folder / name
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise OSError(0, "it is a link out of the folder")
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is no regular file")
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - of a descriptor; what was there a moment ago may be a pipe now
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is no regular file")
        return file.read(largest + 1)
