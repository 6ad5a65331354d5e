"""The frontier of one run: which URLs were found, which are due, waiting or taken, and where their rows are.

Belongs here: one entry a URL (and, of what was found, one a page), in scratch tables, so that a crawl of a million
pages needs no more memory than one of a hundred; the site file's rule for young and old pages. Does not belong here:
what earlier runs know (crawler.session.history), finding (crawler.answers.link_sources), asking (crawler.engine), the
rows themselves (crawler.archive.runs).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from contracts.run import FORGIVEN_SHARE, DiscoveredBy, Kind, RemovalRule
from crawler.disk import Scratch
from crawler.session.history import CrawlHistory, PageHistories, PageHistory
from crawler.site.file import Recrawl
from crawler.site.site import Site
from crawler.site.urls import host_of, normal_url, without_query

_TABLES = (
    # Every URL that has a row or will get one; line: the byte of the ledger at which its row begins, NULL until then.
    "CREATE TABLE urls (url TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID",
    """CREATE TABLE found (
        number INTEGER PRIMARY KEY, -- the order of first mention
        kind TEXT, page_key TEXT, url TEXT, discovered_by TEXT, listing_date TEXT, named_by TEXT,
        UNIQUE (kind, page_key))""",
    """CREATE TABLE planned ( -- in the order in which they are asked for
        is_known INTEGER, rank REAL, url TEXT, discovered_by TEXT, listing_date TEXT, named_by TEXT,
        PRIMARY KEY (is_known, rank, url)) WITHOUT ROWID""",
    """CREATE TABLE waiting (
        host TEXT, number INTEGER, url TEXT, kind TEXT, discovered_by TEXT, listing_date TEXT, led_from TEXT,
        is_known INTEGER, named_by TEXT, PRIMARY KEY (host, number)) WITHOUT ROWID""",
)
_TAKEN_AT_ONCE = 64
DAY = timedelta(days=1)


class Found(NamedTuple):
    """A page that discovery named.

    ``listing_date`` is what a listing or feed printed beside it, verbatim, or None; ``named_by`` the address of the
    source, or None for a page of earlier runs alone.
    """

    url: str
    discovered_by: DiscoveredBy
    listing_date: str | None = None
    named_by: str | None = None


class Planned(NamedTuple):
    """A page to be asked for. Those that no earlier run knows come first; among themselves, by ``rank``.

    ``rank`` is the order of mention of a new page, and the time of the last check of a known one.
    """

    found: Found
    is_known: bool
    rank: float


class Waiting(NamedTuple):
    """A URL that is claimed and not yet asked for. ``led_from`` is the URL whose redirect leads here, or None.

    ``is_known`` says that what earlier runs know of the URL is to be made use of; ``named_by`` as of the page found.
    """

    url: str
    kind: Kind
    discovered_by: DiscoveredBy
    listing_date: str | None = None
    led_from: str | None = None
    is_known: bool = False
    named_by: str | None = None


class Frontier:
    """The URLs of one run of one site."""

    def __init__(self, scratch: Scratch, site: Site) -> None:
        self._scratch = scratch
        self._site = site
        for table in _TABLES:
            scratch.write(table)
        self._n_waiting = 0

    def claim(self, url: str) -> bool:
        """Whether the URL is this caller's to fetch: False when it has a row, or will get one."""
        return self._scratch.write("INSERT OR IGNORE INTO urls VALUES (?, NULL)", [url]) == 1

    def enter(self, url: str, line: int) -> None:
        """Keep where the URL's row begins in the ledger, in bytes."""
        self._scratch.write(
            "INSERT INTO urls VALUES (?, ?) ON CONFLICT (url) DO UPDATE SET line = excluded.line", [url, line]
        )

    def find_line(self, url: str) -> int | None:
        """Where the URL's row begins in the ledger, or None while it has none."""
        row = self._scratch.find("SELECT line FROM urls WHERE url = ?", [url])
        return None if row is None else row[0]

    def add_found(self, kind: Kind, found: Found) -> None:
        """Take in a page that a source named: one entry a page key, at its first mention.

        Of a page's several addresses https is taken before http and the site's first host before its others; of the
        dates the first one printed; of the kinds of sources the first, of the sources themselves the last.
        """
        key = self._site.page_key(found.url)
        before = self.find_found(kind, key)
        if before is None:
            columns = "kind, page_key, url, discovered_by, listing_date, named_by"
            self._scratch.write(
                f"INSERT INTO found ({columns}) VALUES (?, ?, ?, ?, ?, ?)",
                (kind, key, *found),
            )
            return
        url = min(before.url, found.url, key=self._preference)
        date = before.listing_date or found.listing_date
        if (url, date, found.named_by) != (before.url, before.listing_date, before.named_by):
            self._scratch.write(
                "UPDATE found SET url = ?, listing_date = ?, named_by = ? WHERE kind = ? AND page_key = ?",
                (url, date, found.named_by, kind, key),
            )

    def _preference(self, url: str) -> tuple[bool, int, int, str]:
        return (urlsplit(url).scheme != "https", self._site.file.hosts.index(host_of(url)), len(url), url)

    def find_found(self, kind: Kind, page_key: str) -> Found | None:
        """The entry of a page key, or None where no source named it."""
        query = "SELECT url, discovered_by, listing_date, named_by FROM found WHERE kind = ? AND page_key = ?"
        row = self._scratch.find(query, (kind, page_key))
        return None if row is None else Found(*row)

    def count_found(self, kind: Kind) -> int:
        """How many pages of a kind the sources named."""
        row = self._scratch.find("SELECT count(*) FROM found WHERE kind = ?", [kind])
        return 0 if row is None else row[0]

    def iter_found(self, kind: Kind) -> Iterator[tuple[int, str, Found]]:
        """Number, page key and entry of each page of a kind, in the order of first mention."""
        columns = "number, page_key, url, discovered_by, listing_date, named_by"
        query = f"SELECT {columns} FROM found WHERE kind = ? ORDER BY number"
        return ((number, key, Found(*entry)) for number, key, *entry in self._scratch.iter(query, [kind]))

    def plan(self, kind: Kind, pages: Iterable[Planned], most: int) -> int:
        """Claim the first ``most`` of these pages and let them wait, in their order; returns how many there were.

        Those that have a row, or will get one, are passed over.
        """
        self._scratch.write("DELETE FROM planned")
        n_planned = 0
        for page in pages:
            n_planned += 1
            self._scratch.write(
                "INSERT INTO planned VALUES (?, ?, ?, ?, ?, ?)", (page.is_known, page.rank, *page.found)
            )
        columns = "url, discovered_by, listing_date, named_by, is_known"
        query = f"SELECT {columns} FROM planned ORDER BY is_known, rank, url LIMIT ?"
        for url, source, date, named_by, is_known in self._scratch.iter(query, [most]):
            self.add_waiting(Waiting(url, kind, source, date, is_known=bool(is_known), named_by=named_by))
        return n_planned

    def add_waiting(self, page: Waiting) -> bool:
        """Claim a URL and let it wait behind the others of its host; False where it has a row, or will get one."""
        if not self.claim(page.url):
            return False
        self._n_waiting += 1
        self._scratch.write(
            "INSERT INTO waiting VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (host_of(page.url), self._n_waiting, *page),
        )
        return True

    def find_hosts(self) -> list[str]:
        """The hosts that have URLs waiting."""
        return [host for (host,) in self._scratch.iter("SELECT DISTINCT host FROM waiting ORDER BY host")]

    def take_waiting(self, host: str) -> Iterator[Waiting]:
        """Take the URLs of a host that wait, one after the other in their order, until none is left."""
        columns = "number, url, kind, discovered_by, listing_date, led_from, is_known, named_by"
        query = f"SELECT {columns} FROM waiting WHERE host = ? ORDER BY number LIMIT {_TAKEN_AT_ONCE}"
        while rows := list(self._scratch.iter(query, [host])):
            self._scratch.write("DELETE FROM waiting WHERE host = ? AND number <= ?", [host, rows[-1][0]])
            for _, url, kind, source, date, led_from, is_known, named_by in rows:
                yield Waiting(url, kind, source, date, led_from, bool(is_known), named_by)


def iter_due(
    site: Site,
    kind: Kind,
    frontier: Frontier,
    history: CrawlHistory,
    *,
    is_wanted: Callable[[str], bool],
    now: datetime,
) -> Iterator[Planned]:
    """The pages of a kind to ask for now: those found that no earlier run knows, and those known that are due.

    A known page that no source named is due like any other: it is how a removal is noticed. It is asked at the address
    that a source names now, for a page that moved to https, or lost its slash, answers 404 at the old one; else at the
    known one that was checked last. Only addresses that are wanted count. A page whose newest answer is no part of the
    record is asked again after a day.
    """
    pages = history.pages
    for number, key, found in frontier.iter_found(kind):
        if _find_latest(pages, kind, key, is_wanted) is None:
            yield Planned(found, is_known=False, rank=number)
    for key in pages.iter_keys(kind):
        page = _find_latest(pages, kind, key, is_wanted)
        named = frontier.find_found(kind, key)
        is_named = named is not None and named.discovered_by != "start"  # a line in the site file is no news of a page
        if page is None:
            continue
        is_open = (kind, key) in history.unsettled and now - page.checked_at >= DAY * (1 - FORGIVEN_SHARE)
        if not (is_open or is_due(page, site.file.recrawl, site.file.removal, now, is_named=is_named)):
            continue
        if named is None:
            found = Found(normal_url(without_query(page.url, site.file.keep_query)), "known", page.listing_date)
        else:
            found = named._replace(listing_date=named.listing_date or page.listing_date)
        yield Planned(found, is_known=True, rank=page.checked_at.timestamp())


def _find_latest(
    pages: PageHistories, kind: Kind, page_key: str, is_wanted: Callable[[str], bool]
) -> PageHistory | None:
    wanted = (page for page in pages.find_all(kind, page_key) if is_wanted(page.url))
    return max(wanted, key=lambda page: (page.checked_at, page.url), default=None)


def is_due(page: PageHistory, recrawl: Recrawl, removal: RemovalRule, now: datetime, *, is_named: bool) -> bool:
    """Whether a known page is asked for again; ``is_named`` says that a source names it now.

    Its age counts from when it was first seen or last changed, whichever is later. A page that answered 404 or 410 is
    asked again as soon as the answer can confirm the removal. Once it is confirmed, a page that a source still names
    (it may be back) has the age of its absence, any other is an old page. Of each interval ``FORGIVEN_SHARE`` is
    forgiven.
    """
    age = now - max(page.first_seen_at, page.changed_at)
    if page.absent_at:
        apart = removal.least_apart
        is_confirmed = len(page.absent_at) >= removal.answers and page.absent_at[-1] - page.absent_at[0] >= apart
        if not is_confirmed:
            return now - page.checked_at >= apart
        age = now - page.absent_at[0]
    is_old = page.absent_at and not is_named
    every_days = recrawl.older_every_days if is_old else recrawl.interval_days(age / timedelta(days=1))
    return now - page.checked_at >= timedelta(days=every_days) * (1 - FORGIVEN_SHARE)


def may_validate(page: PageHistory | None, full_every: timedelta, now: datetime) -> bool:
    """Whether to ask with validators: there are some, and a whole body came less than ``full_every`` ago."""
    if page is None or page.body is None or page.last_whole_at is None or page.absent_at:
        return False
    return bool(page.etag or page.last_modified) and now - page.last_whole_at < full_every
