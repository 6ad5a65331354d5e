"""One run's visit to one site: what its spiders and middlewares share.

Belongs here: the state of a crawl in memory; free of Scrapy. Does not belong here: what lies on disk
(crawler.archive), the rules of manners (crawler.engine), any request.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from contracts.fetch import CaptureRef, DiscoveredBy, Fetch, Kind
from contracts.outcomes import Effect, Outcome
from contracts.run import Discovery
from crawler.archive.ledger import iter_lines, read_fetch
from crawler.archive.writer import RunWriter
from crawler.errors import ArchiveError
from crawler.session.frontier import Frontier
from crawler.session.history import KnownPage, KnownPages
from crawler.session.pace import HostPace
from crawler.session.robots import Robots
from crawler.site.site import Site, Sites
from crawler.site.urls import host_of

ERRAND = "errand"
"""Key of ``Request.meta``: the :class:`Errand` of a request. Every request of ours has one."""

Report = Callable[[Mapping[str, object]], None]
"""Takes one event of the crawl; crawler.__main__ documents them."""

Written = TypeVar("Written")

PAGE_KINDS = frozenset({"project", "news", "other"})


@dataclass(slots=True)
class Errand:
    """Why a URL is asked for, and what came of it so far.

    ``known`` is what earlier runs know of the URL; ``is_conditional`` says that the request carries its validators.
    ``chain`` are the URLs whose redirects led here. ``sent`` counts requests sent, ``seconds`` the time they took on
    the wire, ``received`` bytes of bodies. ``fetch`` is the row in the ledger once there is one; ``archived`` the
    capture, and its time, that a killed run left behind without a row, to be judged again.
    """

    kind: Kind
    discovered_by: DiscoveredBy
    listing_date: str | None = None
    known: KnownPage | None = None
    is_conditional: bool = False
    chain: tuple[str, ...] = ()
    sent: int = 0
    seconds: float = 0.0
    received: int = 0
    fetch: Fetch | None = None
    archived: tuple[CaptureRef, datetime] | None = None

    @property
    def is_page(self) -> bool:
        """Whether a page is expected, rather than a source of addresses or a robots.txt."""
        return self.kind in PAGE_KINDS


class Clock:
    """UTC from a given start, moved on by the monotonic clock: a run's times never jump with the machine's clock."""

    def __init__(self, started_at: datetime, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.started_at = started_at
        self.monotonic = monotonic
        self._began = monotonic()

    def now(self) -> datetime:
        """The present instant in UTC, cut to the second."""
        return (self.started_at + timedelta(seconds=self.elapsed())).replace(microsecond=0)

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self.monotonic() - self._began


def _say_nothing(event: Mapping[str, object]) -> None:
    """The report of a visit that nobody watches."""


@dataclass(slots=True)
class Visit:
    """The state of one crawl of one site.

    ``known`` is what earlier runs know, ``frontier`` the URLs of this one; ``pending`` are the errands of those that
    are being asked for. ``stopped`` is None while requests may be sent, else the outcome and the words for what was not
    fetched. ``listings_read`` are the listings that earlier runs read to their end, ``purged`` the keys of pages that
    were removed for good, ``sites`` all sites that are crawled, where a page can move to. ``notes`` go into run.json.
    ``n_rows`` counts the rows of this run, those of before a kill included, ``effects`` by what they say of a page and
    of a source (robots.txt is neither).
    """

    site: Site
    writer: RunWriter
    clock: Clock
    rng: random.Random
    known: KnownPages
    frontier: Frontier
    listings_read: frozenset[str] = frozenset()
    purged: frozenset[str] = frozenset()
    sites: Sites = field(default_factory=lambda: Sites({}))
    report: Report = _say_nothing
    pending: dict[str, Errand] = field(default_factory=dict)
    robots: dict[str, Robots] = field(default_factory=dict)
    stopped: tuple[Outcome, str] | None = None
    notes: list[str] = field(default_factory=list)
    n_rows: int = 0
    effects: Counter[tuple[bool, Effect]] = field(default_factory=Counter)
    pages_asked: int = 0
    bytes_received: int = 0
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    broken_by: ArchiveError | None = None
    discovered: set[str] = field(default_factory=set)
    has_gaps: bool = False
    _sources: dict[tuple[str, str], Discovery] = field(default_factory=dict)
    _paces: dict[str, HostPace] = field(default_factory=dict)
    _awaited: dict[str, asyncio.Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.writer.n_fetches == 0:
            return
        for line, fetch in iter_lines(self.writer.folder):
            self._count(line, fetch)
            self.pages_asked += fetch.kind in PAGE_KINDS and fetch.attempts > 0

    def claim(self, url: str, errand: Errand) -> bool:
        """Whether the URL is this caller's to fetch: False when it has a row, will get one, or must never have one."""
        if errand.is_page and self.is_purged(url):
            return False
        is_claimed = self.frontier.claim(url)
        if is_claimed:
            self.pending[url] = errand
        return is_claimed

    def is_purged(self, url: str) -> bool:
        """Whether the page was removed for good: it is never asked for again."""
        return bool(self.purged) and self.site.page_key(url) in self.purged

    def find_row(self, url: str) -> Fetch | None:
        """The row of a URL in this run, or None while it has none."""
        line = self.frontier.find_line(url)
        return None if line is None else read_fetch(self.writer.folder, line)

    def is_asked_elsewhere(self, url: str, errand: Errand) -> bool:
        """Whether another errand is asking for the URL at this moment."""
        return self.pending.get(url, errand) is not errand

    async def await_row(self, url: str) -> None:
        """Wait until the errand that asks for the URL has entered its row, but no longer than any URL may take."""
        row = self._awaited.setdefault(url, asyncio.Event())
        with suppress(TimeoutError):
            await asyncio.wait_for(row.wait(), self.site.file.politeness.deadline_seconds)

    def pace_of(self, url: str) -> HostPace:
        """The pace of the URL's host."""
        host = host_of(url)
        if host not in self._paces:
            manners = self.site.file.politeness
            self._paces[host] = HostPace(
                host,
                manners.delay_seconds,
                self.clock.monotonic,
                failures_until_given_up=manners.breaker_failures,
                places=asyncio.Semaphore(manners.concurrent_requests),
            )
        return self._paces[host]

    def paces(self) -> Mapping[str, HostPace]:
        """The paces of all hosts met, by host."""
        return self._paces

    def enter(self, errand: Errand, fetch: Fetch) -> Fetch:
        """Write the one row of a URL; the errand and the counts learn of it."""
        if self.frontier.find_line(fetch.url) is not None:
            raise AssertionError(f"{fetch.url} has a row already")
        line, stored = self.write(lambda writer: writer.write_fetch(fetch))
        self.pending.pop(fetch.url, None)
        errand.fetch = stored
        self._count(line, stored)
        if fetch.url in self._awaited:
            self._awaited.pop(fetch.url).set()
        self.report({"event": "fetched", "url": stored.url, "outcome": stored.outcome})
        return stored

    def _count(self, line: int, fetch: Fetch) -> None:
        self.frontier.enter(fetch.url, line)
        self.n_rows += 1
        self.bytes_received += fetch.bytes_received
        if fetch.kind != "robots":
            self.effects[fetch.kind in PAGE_KINDS, fetch.effect] += 1

    def write(self, act: Callable[[RunWriter], Written]) -> Written:
        """Let the writer act; a failure of the disk ends the crawl."""
        try:
            return act(self.writer)
        except ArchiveError as error:
            self.break_off(error)
            raise

    def break_off(self, error: ArchiveError) -> None:
        """End the crawl (:attr:`broken`), for nothing can be entered any more. The first reason stands."""
        self.broken_by = self.broken_by or error
        self.broken.set()

    @property
    def has_failed(self) -> bool:
        """Whether nothing is known of anything that was asked for. Pages decide; where none was due, the sources do."""
        judged = {effect for is_page, effect in self.effects if is_page} or {effect for _, effect in self.effects}
        return judged == {Effect.UNKNOWN}

    def refuse(self, url: str, errand: Errand, outcome: Outcome, detail: str) -> Fetch:
        """Enter a URL that got no answer, or was never asked."""
        return self.enter(errand, self.make_row(url, errand, outcome, detail))

    def make_row(self, url: str, errand: Errand, outcome: Outcome, detail: str | None) -> Fetch:
        """The row of a URL as far as the errand knows it: what an answer adds is the caller's."""
        return Fetch(
            site=self.site.id,
            url=url,
            page_key=self.site.page_key(url),
            kind=errand.kind,
            outcome=outcome,
            fetched_at=self.clock.now(),
            listing_date=errand.listing_date,
            discovered_by=errand.discovered_by,
            attempts=errand.sent,
            bytes_received=errand.received,
            detail=detail,
        )

    def record_source(self, source: str, url: str, n_found: int, *, complete: bool) -> None:
        """Keep how many pages a source named and whether it was read to its end; both spiders may read the same one."""
        before = self._sources.get((source, url))
        if before is not None:
            n_found, complete = n_found + before.found, complete and before.complete
        self._sources[source, url] = Discovery(source, url, n_found, complete)
        self.writer.record_discovery(list(self._sources.values()))

    @property
    def is_complete(self) -> bool:
        """Whether both spiders read every source to its end, and nothing stopped the visit or fell through it."""
        read = self.discovered >= {"project", "news"} and not self.has_gaps
        return read and self.stopped is None and all(source.complete for source in self._sources.values())

    def note(self, text: str) -> None:
        """Say something in run.json, once."""
        if text not in self.notes:
            self.notes.append(text)

    def stop(self, outcome: Outcome, why: str) -> None:
        """Send nothing more; what is still scheduled ends as ``outcome``. The first reason stands."""
        if self.stopped is None:
            self.stopped = (outcome, why)
            self.note(why)


def origin_of(url: str) -> str:
    """Scheme and host with port: what one robots.txt speaks for.

    >>> origin_of("https://www.iom.int/news/x")
    'https://www.iom.int'
    """
    return f"{url.partition(':')[0].lower()}://{host_of(url)}"
