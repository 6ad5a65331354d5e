"""Retries: of which failures, how often, how much later.

Belongs here: the decision to send a URL once more. Does not belong here: what the last answer means
(crawler.answers.classification), Retry-After (crawler.engine.download_handler keeps it, before the next request to
the host can leave).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from crawler.engine.download_handler import WIRE, Wire, WireError
from crawler.session.request_context import REQUEST_CONTEXT, RequestContext
from crawler.session.session import CrawlSession, session_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

_PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})


class RetryMiddleware:
    """Sends a URL again that failed for a reason that may pass.

    Scrapy's own knows no Retry-After, waits not at all between attempts, and takes every ``OSError`` for a passing one.
    """

    def __init__(self, session: CrawlSession) -> None:
        self._session = session
        self._rules = session.politeness.rules

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryMiddleware:
        """Scrapy's constructor."""
        return cls(session_of(crawler.spider))

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer, or the request once more after a wait."""
        context: RequestContext = request.meta[REQUEST_CONTEXT]
        if context.fetch is not None or context.archived is not None:
            return response  # out of the archive: nothing was asked
        wire: Wire = request.meta[WIRE]
        is_cut = wire.cut in {"disconnect", "time"}
        if response.status not in _PASSING_STATUSES and not is_cut:
            return response
        return await self._again(request, context) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """The request once more after a wait, or None where the failure is final."""
        if not isinstance(exception, WireError) or not exception.outcome.meaning.is_passing:
            return None
        return await self._again(request, request.meta[REQUEST_CONTEXT])

    async def _again(self, request: Request, context: RequestContext) -> Request | None:
        pace = self._session.politeness.pace_of(request.url)
        spent = context.sent >= self._rules.attempts or context.seconds >= self._rules.deadline_seconds
        if spent or pace.reason is not None or self._session.stop.reason is not None:
            return None
        # This wait keeps one place of CONCURRENT_REQUESTS and no connection: other URLs and hosts go on meanwhile.
        await asyncio.sleep(self._session.politeness.backoff(context.sent))
        return request.copy()
