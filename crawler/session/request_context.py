"""The context of one request: why a URL is asked for, and what came of it so far.

Belongs here: what travels with a request from discovery to its row. Does not belong here: the request itself
(crawler.engine), which requests are under way (crawler.session.pending).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.fetch import PAGE_KINDS, CaptureRef, DiscoveredBy, Fetch, Kind
from crawler.session.history import PageHistory

REQUEST_CONTEXT = "request_context"
"""Key of ``Request.meta``: the :class:`RequestContext` of a request. Every request of ours has one."""


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
