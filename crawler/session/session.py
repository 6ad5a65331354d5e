"""One crawl session of one site: what its spiders and middlewares share.

Belongs here: the parts of a session held together, its clock, the requests that are under way, and what needs several
parts: claiming a URL, entering its row. Does not belong here: what one part knows alone (the other modules here), what
is on the disk (crawler.archive), the requests themselves (crawler.engine). Free of Scrapy.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.outcomes import Outcome
from contracts.run import PAGE_KINDS, CaptureRef, DiscoveredBy, Fetch, Kind
from crawler.session.frontier import Frontier
from crawler.session.history import CrawlHistory, PageHistory
from crawler.session.politeness import HostPoliteness
from crawler.session.progress import DiscoveryProgress, OpenLedger, RunNotes, Stop
from crawler.site.site import Site, Sites


@dataclass(slots=True)
class RequestContext:
    """Why a URL is asked for, and what came of it so far.

    ``history`` is what earlier runs know of the URL; ``is_conditional`` says that the request carries its validators.
    ``chain`` are the URLs whose redirects led here; ``named_by`` is the address of the source that named a page that no
    earlier run knows, or None. ``sent`` counts requests sent, ``seconds`` the time they took on
    the wire, ``received`` bytes of bodies. ``fetch`` is the row in the ledger once there is one; ``archived`` the
    capture, and its time, that a killed run left behind without a row, to be classified again.
    """

    kind: Kind
    discovered_by: DiscoveredBy
    listing_date: str | None = None
    history: PageHistory | None = None
    is_conditional: bool = False
    chain: tuple[str, ...] = ()
    named_by: str | None = None
    sent: int = 0
    seconds: float = 0.0
    received: int = 0
    fetch: Fetch | None = None
    archived: tuple[CaptureRef, datetime] | None = None

    @property
    def is_page(self) -> bool:
        """Whether a page is expected, rather than a source of addresses or a robots.txt."""
        return self.kind in PAGE_KINDS


@dataclass(slots=True)
class PendingRequests:
    """The contexts of the URLs that are being asked for. ``longest_wait`` is the time in seconds any URL may take."""

    longest_wait: float
    _contexts: dict[str, RequestContext] = field(default_factory=dict)
    _awaited: dict[str, asyncio.Event] = field(default_factory=dict)

    def add(self, url: str, context: RequestContext) -> None:
        """Let this context be the one that asks for the URL."""
        self._contexts[url] = context

    def list_all(self) -> list[tuple[str, RequestContext]]:
        """The URLs without a row, each with the context that asks for it."""
        return list(self._contexts.items())

    def is_asked_elsewhere(self, url: str, context: RequestContext) -> bool:
        """Whether another context is asking for the URL at this moment."""
        return self._contexts.get(url, context) is not context

    async def await_row(self, url: str) -> None:
        """Wait until the request for the URL has its row, but no longer than any URL may take."""
        row = self._awaited.setdefault(url, asyncio.Event())
        with suppress(TimeoutError):
            await asyncio.wait_for(row.wait(), self.longest_wait)

    def settle(self, url: str) -> None:
        """The URL has its row: nobody asks for it any more, and whoever waits for it goes on."""
        self._contexts.pop(url, None)
        if url in self._awaited:
            self._awaited.pop(url).set()


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


Report = Callable[[Mapping[str, object]], None]
"""Takes one event of the crawl; crawler.__main__ documents them."""


@dataclass(slots=True)
class CrawlSession:
    """The state of one crawl of one site.

    ``history`` is what earlier runs know, ``frontier`` the URLs of this one, ``pending`` those that are being asked
    for, ``ledger`` the rows of those that were. ``sites`` are all sites that are crawled, where a page can move to.
    """

    site: Site
    clock: Clock
    history: CrawlHistory
    frontier: Frontier
    pending: PendingRequests
    ledger: OpenLedger
    politeness: HostPoliteness
    discovery: DiscoveryProgress
    stop: Stop
    notes: RunNotes
    sites: Sites = field(default_factory=lambda: Sites({}))
    report: Report = lambda _: None

    def claim(self, url: str, context: RequestContext) -> bool:
        """Whether the URL is this caller's to fetch: False when it has a row, will get one, or must never have one."""
        if context.is_page and self.is_purged(url):
            return False
        is_claimed = self.frontier.claim(url)
        if is_claimed:
            self.pending.add(url, context)
        return is_claimed

    def is_purged(self, url: str) -> bool:
        """Whether the page was removed for good: it is never asked for again."""
        return bool(self.history.purged) and self.site.page_key(url) in self.history.purged

    def enter(self, context: RequestContext, fetch: Fetch) -> Fetch:
        """Write the one row of a URL; whoever asked for it, or waits for it, learns of it."""
        stored = self.ledger.enter(fetch)
        context.fetch = stored
        if context.named_by is not None:
            self.discovery.note_answer(context.named_by, stored.effect)
        self.pending.settle(fetch.url)
        self.report({"event": "fetched", "url": stored.url, "outcome": stored.outcome})
        return stored

    def refuse(self, url: str, context: RequestContext, outcome: Outcome, detail: str) -> Fetch:
        """Enter a URL that got no answer, or was never asked."""
        return self.enter(context, self.make_row(url, context, outcome, detail))

    def make_row(self, url: str, context: RequestContext, outcome: Outcome, detail: str | None) -> Fetch:
        """The row of a URL as far as its context knows it: what an answer adds is the caller's."""
        return Fetch(
            site=self.site.id,
            url=url,
            page_key=self.site.page_key(url),
            kind=context.kind,
            outcome=outcome,
            fetched_at=self.clock.now(),
            listing_date=context.listing_date,
            discovered_by=context.discovered_by,
            attempts=context.sent,
            bytes_received=context.received,
            detail=detail,
        )

    @property
    def is_complete(self) -> bool:
        """Whether discovery read every source to its end, nothing stopped the crawl, and no URL fell through it."""
        return self.discovery.is_complete and self.ledger.tally.n_gaps == 0 and self.stop.reason is None


def session_of(spider: object) -> CrawlSession:
    """The session of a spider of ours; that it has one, Scrapy cannot know."""
    session = getattr(spider, "session", None)
    assert isinstance(session, CrawlSession), f"{spider} is no spider of ours: it has no session"
    return session
