"""A run: its id, and its sealed manifest ``run.json`` (docs/contracts.md, section 1).

Belongs here: the shapes, the form of a run id, and the rule of a recorded site file that two packages follow.
Does not belong here: finding and writing runs (``crawler.archive``).
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from contracts.fetch import Instant, Sha256

_RUN_ID = re.compile(r"^\d{8}T\d{6}Z-[a-z0-9][a-z0-9._-]*-[0-9a-f]{8}$")

Source = Literal["crawl", "folder", "warc"]


class SealedFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a run: ``bytes`` on disk, and how many WARC records (or ledger lines) it holds."""

    name: str
    bytes: Annotated[int, Meta(ge=0)]
    sha256: Sha256
    records: Annotated[int, Meta(ge=0)]


FORGIVEN_SHARE = 0.1
"""Of an interval: a daily crawl that starts a few minutes early still counts as a day later."""


class RemovalRule(Struct, frozen=True):
    """``[removal]`` of a site file: so many 404 or 410 answers in a row, the first and the last so far apart."""

    answers: Annotated[int, Meta(ge=1)] = 2
    hours_apart: Annotated[float, Meta(ge=0, le=8760)] = 24.0

    @property
    def least_apart(self) -> timedelta:
        """What counts as so far apart: a schedule of exactly that interval is early by seconds on some days."""
        return timedelta(hours=self.hours_apart) * (1 - FORGIVEN_SHARE)


class Discovery(Struct, frozen=True, forbid_unknown_fields=True):
    """One source of URLs: how many it named, and whether it was read to its end."""

    source: str
    url: str
    found: Annotated[int, Meta(ge=0)]
    complete: bool


class RobotsAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """A host's robots.txt as fetched; ``status`` is None when no answer came, ``body`` when there was none."""

    host: str
    status: int | None
    body: str | None
    fetched_at: Instant


class RunManifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``run.json``: what a sealed run holds. ``site`` is None for a run of many sites; every instant is UTC.

    ``complete`` says that discovery was whole: only then does a page that was not met mean anything. ``listed`` is by
    kind how many distinct pages the sources named; a kind of which that is not known is not in it. ``damaged`` counts
    places of an imported file that could not be read.
    """

    format: Literal[1] = 1
    run_id: str
    source: Source
    site: str | None
    started_at: Instant
    ended_at: Instant
    sealed_at: Instant
    complete: bool
    discovery: list[Discovery] = []
    listed: dict[str, Annotated[int, Meta(ge=0)]] = {}
    files: list[SealedFile]
    counts: dict[str, int]
    software: dict[str, str]
    site_config_sha256: Sha256 | None = None
    site_config: str | None = None
    robots: list[RobotsAnswer] = []
    resumed: Annotated[int, Meta(ge=0)] = 0
    damaged: Annotated[int, Meta(ge=0)] = 0
    notes: list[str] = []


def make_run_id(started_at: datetime, source: str, identity: bytes) -> str:
    """The id of a run: its start in UTC, its source, and eight hex digits of ``identity``'s sha256.

    >>> make_run_id(datetime(2026, 11, 21, tzinfo=UTC), "seeds", b"x")
    '20261121T000000Z-seeds-2d711642'
    """
    name = re.sub(r"[^a-z0-9._-]+", "-", source.lower()).strip("-._") or "run"
    stamp = started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{stamp}-{name[:64]}-{hashlib.sha256(identity).hexdigest()[:8]}"


def is_run_id(name: str) -> bool:
    """Whether a name is a run id."""
    return _RUN_ID.match(name) is not None


def source_of(run_id: str) -> str:
    """The middle of a run id: the site that was crawled, or the name under which a folder or file was handed over.

    >>> source_of("20261121T000000Z-liberia-2d711642")
    'liberia'
    """
    return run_id[17:-9]


def start_of(run_id: str) -> datetime:
    """When the run began, UTC, to the second.

    >>> start_of("20261121T000000Z-liberia-2d711642")
    datetime.datetime(2026, 11, 21, 0, 0, tzinfo=datetime.timezone.utc)
    """
    return datetime.strptime(run_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
