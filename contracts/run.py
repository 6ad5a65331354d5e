"""A run as its folder states it: the rows of ``fetches.jsonl``, and the sealed manifest ``run.json`` with the run's id.

Belongs here: the shapes (docs/contracts.md, sections 1 and 2), the form of a run id, and the rule of a recorded site
file that two packages follow. Does not belong here: deciding an outcome, finding, reading and writing runs and ledgers
(``crawler.archive``).
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from contracts.fields import DocumentKind
from contracts.outcomes import Effect, Outcome

PageKind = Literal[DocumentKind, "other"]
PAGE_KINDS: tuple[PageKind, ...] = get_args(PageKind)
"""The kinds of what is fetched for its own sake; the others lead to pages, or say what may be asked for."""
Kind = Literal[PageKind, "listing", "sitemap", "feed", "robots"]

Reader = Literal["text", "html"]
TimeBasis = Literal["captured", "received"]
DiscoveredBy = Literal["sitemap", "listing", "feed", "known", "start", "folder", "warc"]
WarcType = Literal["response", "revisit", "conversion", "resource"]
READER_OF: dict[str, Reader] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}
"""The page reader that takes a media type; none takes another."""

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Instant = Annotated[datetime, Meta(tz=True)]


class CaptureRef(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the bytes of a fetch are. ``file``, ``offset`` and ``length`` are of the compressed record in its run.

    ``payload_sha256`` is of the decoded payload; of a revisit it is the original's. ``media_type`` is the bare type in
    lower case, or None where none was declared. ``reader`` is None where no page reader takes it (a sitemap, a PDF).
    ``content_capture_id`` names the capture whose body this one has: itself, or the one a revisit refers to.
    """

    capture_id: str
    warc_type: WarcType
    file: str
    offset: Annotated[int, Meta(ge=0)]
    length: Annotated[int, Meta(gt=0)]
    payload_sha256: Sha256
    media_type: str | None
    reader: Reader | None
    content_capture_id: str


class Fetch(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One scheduled URL and its one outcome. Every instant is UTC. The writer numbers ``seq``.

    ``effect`` may be left out: it is the outcome's own. ``attempts`` counts requests sent (0: never sent);
    ``bytes_received`` is of bodies as on the wire.
    """

    seq: Annotated[int, Meta(ge=0)] = 0
    site: str
    url: str
    page_key: str
    kind: Kind
    outcome: Outcome
    effect: Effect = Effect.UNKNOWN
    fetched_at: Instant
    time_basis: TimeBasis = "captured"
    http_status: int | None = None
    final_url: str | None = None
    capture: CaptureRef | None = None
    listing_date: str | None = None
    discovered_by: DiscoveredBy
    etag: str | None = None
    last_modified: str | None = None
    attempts: Annotated[int, Meta(ge=0)] = 1
    bytes_received: Annotated[int, Meta(ge=0)] = 0
    detail: str | None = None

    def numbered(self, seq: int) -> "Fetch":
        """This fetch as the writer stores it: numbered, with the effect of its outcome, its time in UTC."""
        return msgspec.structs.replace(
            self, seq=seq, effect=self.outcome.effect, fetched_at=self.fetched_at.astimezone(UTC)
        )


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
