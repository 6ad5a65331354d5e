"""Requests in Scrapy's terms: making one, and asking for many pages at once: a queue a host, a few workers a queue.

Belongs here: what a request of ours bears, who is asked next. Does not belong here: which pages
(crawler.engine.discovery_spider), what comes of them (crawler.engine.ledger_middleware).

Pages go through the engine's downloader and its middlewares, but not through its scheduler and scraper: nothing is read
from a page here, and for an answer that no callback wants Scrapy 2.19 still starts tasks and waits for two cycles of
the event loop (measured: a sixth of a crawl's processor time, a quarter of a recrawl's). A host that waits keeps no
other host waiting, for its workers are its own.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator

from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.exceptions import IgnoreRequest

from crawler.session.session import RequestContext
from crawler.site.urls import host_of

logger = logging.getLogger(__name__)
_CONTEXT = "request_context"

Wanted = tuple[str, RequestContext]
"""The URL of a page, in its normal form and claimed, and why it is asked for."""


def make_request(url: str, context: RequestContext) -> Request:
    """The request of a URL; ``url`` is normal (crawler.site.urls) and is asked for as it is.

    Scrapy's own escaping would make another URL of some (``?type[]=``), which would then have no row. A host with a
    port of its own is a host of its own.
    """
    meta = {_CONTEXT: context, "download_slot": host_of(url), "verbatim_url": True}
    return Request(url, meta=meta, dont_filter=True)


def context_of(request: Request) -> RequestContext:
    """The context of a request: every request of ours has one."""
    context: RequestContext = request.meta[_CONTEXT]
    return context


async def fetch_pages(engine: ExecutionEngine, queues: Iterable[Iterator[Wanted]], workers: int) -> None:
    """Ask for all pages, those of a queue in their order, with so many workers a queue; ends when each has its row.

    More workers than requests at once let the others go on while one waits for its next attempt.
    """
    await asyncio.gather(*(_work(engine, queue) for queue in queues for _ in range(workers)))


async def _work(engine: ExecutionEngine, queue: Iterator[Wanted]) -> None:
    for url, context in queue:
        asked = asyncio.ensure_future(engine.download_async(make_request(url, context)))
        await asyncio.wait({asked})
        error = asked.exception()
        # A URL without an answer has its row by now. Anything else is an error of ours, and this page's alone.
        if error is not None and not isinstance(error, IgnoreRequest):
            logger.error("%s has no outcome: %r", url, error, exc_info=error)
