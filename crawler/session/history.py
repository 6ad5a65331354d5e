"""The crawl history of a site: what earlier runs know of its pages.

Validators, digests, when a page was last whole, when it last changed.

Belongs here: reading the ledgers of sealed runs of one site; the newest answer wins, in whatever run it is. Does
not belong here: whether a page is due (crawler.session.frontier), writing (crawler.archive.writer).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from contracts.outcomes import Effect, Outcome, Trait
from contracts.run import PAGE_KINDS
from crawler.archive.runs import LEDGER_NAME, iter_manifests
from crawler.archive.volumes import Original
from crawler.disk import Scratch
from crawler.errors import DamagedRecordError


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
    """An archived body: what a revisit says of it, and where it is."""

    original: Original
    run_id: str
    file: str
    offset: int


@dataclass(slots=True)
class PageHistory:
    """What earlier runs know of one URL. Instants are UTC.

    ``payload_sha256`` is of the content last known, ``body`` where it is archived; None where no run of ours holds it.
    ``seen_at`` is the newest answer that showed it, ``checked_at`` the newest that said anything of it;
    ``last_whole_at`` is when a whole body last came (a 304 does not count), ``changed_at`` when a body first differed
    from the one before. ``absent_at`` are the instants of 404 and 410 answers since the page was last seen, oldest
    first.
    """

    url: str
    page_key: str
    kind: str
    first_seen_at: datetime
    seen_at: datetime
    checked_at: datetime
    changed_at: datetime
    payload_sha256: str | None = None
    listing_date: str | None = None
    body: Body | None = None
    etag: str | None = None
    last_modified: str | None = None
    last_whole_at: datetime | None = None
    absent_at: tuple[datetime, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(PageHistory)


class PageHistories:
    """The pages and sources of a site that earlier runs have seen, one for each URL, in scratch tables."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        scratch.write("CREATE TABLE known (url TEXT PRIMARY KEY, kind TEXT, page_key TEXT, page BLOB) WITHOUT ROWID")
        scratch.write("CREATE INDEX known_by_key ON known (kind, page_key, url)")

    def find(self, url: str) -> PageHistory | None:
        """The page as it was left, or None for a URL that was never seen."""
        row = self._scratch.find("SELECT page FROM known WHERE url = ?", [url])
        return None if row is None else _DECODER.decode(row[0])

    def keep(self, page: PageHistory) -> None:
        """Take the page in, in place of what was known of its URL."""
        self._scratch.write(
            "INSERT INTO known VALUES (?, ?, ?, ?) "
            "ON CONFLICT (url) DO UPDATE SET kind = excluded.kind, page_key = excluded.page_key, page = excluded.page",
            (page.url, page.kind, page.page_key, _ENCODER.encode(page)),
        )

    def iter_keys(self, kind: str) -> Iterator[str]:
        """The page keys of a kind, each once, in order."""
        query = "SELECT DISTINCT page_key FROM known WHERE kind = ? ORDER BY page_key"
        return (key for (key,) in self._scratch.iter(query, [kind]))

    def find_all(self, kind: str, page_key: str) -> list[PageHistory]:
        """The pages of a kind that share one key, by their addresses."""
        query = "SELECT page FROM known WHERE kind = ? AND page_key = ? ORDER BY url"
        return [_DECODER.decode(page) for (page,) in self._scratch.iter(query, [kind, page_key])]


@dataclass(frozen=True, slots=True)
class CrawlHistory:
    """What earlier runs know of a site.

    Its pages and sources, the listings that the newest crawl read whole, and the keys of the pages that were removed
    for good (``iomdb purge``): those are never asked for again. ``unsettled`` are kind and key of pages whose newest
    answer is no part of the record, for its run was rejected or it was not read: what the ledgers say of them confirms
    nothing. ``n_future`` counts answers that are dated after now: one of two clocks was wrong, and nothing is learned
    from them.
    """

    pages: PageHistories
    listings_read: frozenset[str]
    purged: frozenset[str] = frozenset()
    unsettled: frozenset[tuple[str, str]] = frozenset()
    n_future: int = 0


def read_history(
    archive: Path, site_id: str, scratch: Scratch, now: datetime, unsettled: frozenset[tuple[str, str]] = frozenset()
) -> CrawlHistory:
    """The history of a site, out of every sealed run of the archive that has its rows; ``scratch`` keeps its pages.

    ``unsettled`` are the pages that whoever reads and judges the runs holds to be open. Only captures of a known time
    count: a handed-over text has no validators and no bytes of the wire.

    Raises:
        ArchiveError, DamagedRecordError: a sealed run cannot be read; run ``iomdb fsck``.
    """
    pages = PageHistories(scratch)
    listings_read: frozenset[str] = frozenset()
    purged: set[str] = set()
    n_future = 0
    for manifest in iter_manifests(archive):
        if manifest.site not in {site_id, None}:
            continue
        if manifest.source == "crawl":
            listings_read = frozenset(d.url for d in manifest.discovery if d.source == "listing" and d.complete)
        for row in _iter_rows(archive / manifest.run_id / LEDGER_NAME):
            if row.site != site_id:
                continue
            if row.outcome is Outcome.PURGED and row.kind in PAGE_KINDS:
                purged.add(row.page_key)
            if row.fetched_at > now:
                n_future += 1
            elif row.time_basis == "captured":
                _learn(pages, row, manifest.run_id)
    return CrawlHistory(pages, listings_read, frozenset(purged), unsettled, n_future)


def _iter_rows(path: Path) -> Iterator[_Row]:
    decoder = msgspec.json.Decoder(_Row)
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise DamagedRecordError(f"{path} line {number} cannot be read: {error}; run `iomdb fsck`") from error


def _learn(pages: PageHistories, row: _Row, run_id: str) -> None:
    page, at = pages.find(row.url), row.fetched_at
    if row.effect is Effect.SEEN and row.capture is not None:
        if page is None:
            page = PageHistory(row.url, row.page_key, row.kind, at, at, at, at)
        page.first_seen_at = min(page.first_seen_at, at)
        # An archive that is ingested later may have earlier days: that is nothing new about the page.
        if at >= page.seen_at:
            _see(page, row, row.capture, run_id)
    if page is None:
        return
    if row.effect is Effect.ABSENT and at > page.seen_at:
        page.absent_at = tuple(sorted({*page.absent_at, at}))
    page.listing_date = row.listing_date or page.listing_date
    if row.effect is not Effect.UNKNOWN:
        page.checked_at = max(page.checked_at, at)
    pages.keep(page)


def _see(page: PageHistory, row: _Row, capture: _Capture, run_id: str) -> None:
    page.kind, page.seen_at = row.kind, row.fetched_at
    page.absent_at = tuple(at for at in page.absent_at if at > page.seen_at)
    if page.payload_sha256 not in {None, capture.payload_sha256}:
        page.changed_at = row.fetched_at
    page.payload_sha256 = capture.payload_sha256
    if capture.capture_id == capture.content_capture_id:
        original = Original(capture.capture_id, row.url, row.fetched_at, capture.payload_sha256)
        page.body = Body(original, run_id, capture.file, capture.offset)
    elif page.body is not None and page.body.original.payload_sha256 != capture.payload_sha256:
        page.body = None  # the validators below are of a body that this URL never had: never send them
    if Trait.WHOLE in row.outcome.traits:
        page.last_whole_at = row.fetched_at
        page.etag, page.last_modified = row.etag, row.last_modified
    else:
        page.etag, page.last_modified = row.etag or page.etag, row.last_modified or page.last_modified
