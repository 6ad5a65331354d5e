"""Conditional requests: the validators that an earlier run received.

Belongs here: If-None-Match and If-Modified-Since. Does not belong here: when a page is asked without them
(crawler.session.frontier).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.session.frontier import may_validate
from crawler.session.request_context import REQUEST_CONTEXT, RequestContext
from crawler.session.session import CrawlSession, session_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

SOURCES_FULL_EVERY = timedelta(days=7)
"""Sitemaps, listings and feeds are read whole at least weekly: one frozen validator there would hide every new page."""


class ConditionalMiddleware:
    """Asks whether a known body still stands, rather than for the body."""

    def __init__(self, session: CrawlSession) -> None:
        self._session = session
        self._full_every = timedelta(days=session.site.file.recrawl.full_every_days)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ConditionalMiddleware:
        """Scrapy's constructor."""
        return cls(session_of(crawler.spider))

    def process_request(self, request: Request) -> None:
        """Add the validators where there are any; an ETag counts before a date (RFC 9110, 13.1.3)."""
        context: RequestContext = request.meta[REQUEST_CONTEXT]
        every = self._full_every if context.is_page else min(self._full_every, SOURCES_FULL_EVERY)
        known = context.history
        if known is None or not may_validate(known, every, self._session.clock.now()):
            return
        for name, validator in (("If-None-Match", known.etag), ("If-Modified-Since", known.last_modified)):
            # One with other characters could not be sent back as it came, and nothing at all would be asked.
            if validator and validator.isascii() and validator.isprintable():
                request.headers[name] = validator
                context.is_conditional = True
                return
