"""The requests that are under way: why each URL is asked for, what came of it so far, and who waits for its row.

Belongs here: what travels with a request from discovery to its row. Does not belong here: the request itself
(crawler.engine), URLs that wait for their turn (crawler.session.frontier), rows (crawler.session.progress).
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from contracts.fetch import PAGE_KINDS, CaptureRef, DiscoveredBy, Fetch, Kind
from crawler.session.history import PageHistory


@dataclass(slots=True)
class RequestContext:
    """Why a URL is asked for, and what came of it so far.

    ``history`` is what earlier runs know of the URL; ``is_conditional`` says that the request carries its validators.
    ``chain`` are the URLs whose redirects led here. ``sent`` counts requests sent, ``seconds`` the time they took on
    the wire, ``received`` bytes of bodies. ``fetch`` is the row in the ledger once there is one; ``archived`` the
    capture, and its time, that a killed run left behind without a row, to be classified again.
    """

    kind: Kind
    discovered_by: DiscoveredBy
    listing_date: str | None = None
    history: PageHistory | None = None
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
