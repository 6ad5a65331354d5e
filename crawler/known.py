"""What earlier runs know of a site's pages: validators, digests, when they were last whole, when they last changed.

Belongs here: reading the ledgers of sealed runs of one site; the newest row wins. Does not belong here: whether a page
is due (crawler.recrawl), writing (crawler.archive.writer).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from crawler.archive.exchanges import Original
from crawler.archive.ledger import LEDGER_NAME
from crawler.archive.runs import iter_manifests
from crawler.errors import DamagedRecordError
from crawler.outcomes import Effect, Outcome

_WHOLE = frozenset({Outcome.FETCHED, Outcome.IDENTICAL})
_PAGES = frozenset({"project", "news", "other"})


class _Capture(Struct, frozen=True):
    payload_sha256: str
    content_capture_id: str
    capture_id: str
    file: str
    offset: int


class _Row(Struct, frozen=True):
    """The fields of a ledger line that a later crawl needs; the rest is skipped, which halves the time of reading."""

    site: str
    url: str
    page_key: str
    kind: str
    outcome: Outcome
    effect: Effect
    fetched_at: datetime
    time_basis: str
    capture: _Capture | None = None
    listing_date: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """An archived body: what a revisit says of it, and where it stands."""

    original: Original
    run_id: str
    file: str
    offset: int


@dataclass(slots=True)
class KnownPage:
    """One URL as earlier runs left it. Instants are UTC.

    ``body`` is the archived body last known; ``last_whole_at`` is when a whole body last came (a 304
    does not count); ``changed_at`` is when a body first differed from the one before. ``absent_at`` are the instants of
    404 and 410 answers since the page was last seen, oldest first.
    """

    url: str
    page_key: str
    kind: str
    first_seen_at: datetime
    checked_at: datetime
    changed_at: datetime
    listing_date: str | None = None
    body: Body | None = None
    etag: str | None = None
    last_modified: str | None = None
    last_whole_at: datetime | None = None
    absent_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier runs know of a site.

    Its pages and sources by URL, the listings that the newest crawl read whole, and the keys of the pages that were
    removed for good (``iomdb purge``): those are never asked for again.
    """

    pages: dict[str, KnownPage]
    listings_read: frozenset[str]
    purged: frozenset[str] = frozenset()


def read_past(archive: Path, site_id: str) -> Past:
    """The past of a site, out of every sealed run of the archive that has rows of it.

    Only captures of a known time count: a handed-over text has no validators and no bytes of the wire.

    Raises:
        ArchiveError, DamagedRecordError: a sealed run cannot be read; run ``iomdb fsck``.
    """
    known: dict[str, KnownPage] = {}
    bodies: dict[str, Body] = {}
    listings_read: frozenset[str] = frozenset()
    purged: set[str] = set()
    for manifest in iter_manifests(archive):
        if manifest.site not in {site_id, None}:
            continue
        if manifest.source == "crawl":
            listings_read = frozenset(d.url for d in manifest.discovery if d.source == "listing" and d.complete)
        for row in _iter_rows(archive / manifest.run_id / LEDGER_NAME):
            if row.site != site_id:
                continue
            if row.outcome is Outcome.PURGED and row.kind in _PAGES:
                purged.add(row.page_key)
            if row.time_basis == "captured":
                _learn(known, bodies, row, manifest.run_id)
    return Past(known, listings_read, frozenset(purged))


def _iter_rows(path: Path) -> Iterator[_Row]:
    decoder = msgspec.json.Decoder(_Row)
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise DamagedRecordError(f"{path} line {number} cannot be read: {error}; run `iomdb fsck`") from error


def _learn(known: dict[str, KnownPage], bodies: dict[str, Body], row: _Row, run_id: str) -> None:
    page = known.get(row.url)
    if row.effect is Effect.SEEN and row.capture is not None:
        capture = row.capture
        if capture.capture_id == capture.content_capture_id:
            original = Original(capture.capture_id, row.url, row.fetched_at, capture.payload_sha256)
            bodies[capture.capture_id] = Body(original, run_id, capture.file, capture.offset)
        if page is None:
            at = row.fetched_at
            page = known[row.url] = KnownPage(row.url, row.page_key, row.kind, at, at, at)
        _see(page, bodies.get(capture.content_capture_id), row, capture.payload_sha256)
    if page is None:
        return
    if row.effect is Effect.ABSENT:
        page.absent_at = (*page.absent_at, row.fetched_at)
    page.listing_date = row.listing_date or page.listing_date
    if row.effect is not Effect.UNKNOWN:
        page.checked_at = max(page.checked_at, row.fetched_at)


def _see(page: KnownPage, body: Body | None, row: _Row, payload_sha256: str) -> None:
    page.kind, page.absent_at = row.kind, ()
    if page.body is not None and page.body.original.payload_sha256 != payload_sha256:
        page.changed_at = row.fetched_at
    # A revisit of a body that no run of ours holds can't be referred to: what was known before stays.
    page.body = body or page.body
    if row.outcome in _WHOLE:
        page.last_whole_at = row.fetched_at
        page.etag, page.last_modified = row.etag, row.last_modified
    else:
        page.etag, page.last_modified = row.etag or page.etag, row.last_modified or page.last_modified
