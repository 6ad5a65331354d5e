"""The requests that are under way: one for each URL, and who waits for its row.

Belongs here: which context asks for which URL at this moment. Does not belong here: URLs that wait for their turn
(crawler.session.frontier), rows (crawler.session.open_ledger).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from crawler.session.request_context import RequestContext


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
