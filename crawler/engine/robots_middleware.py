"""robots.txt before anything else, once an origin and run.

Belongs here: fetching it, waiting for it, applying it. Does not belong here: what its text means
(crawler.session.politeness).

Scrapy's own middleware takes a robots.txt that answers 5xx, times out or hangs for permission; RFC 9309, 2.3.1.4 says
the opposite. Here no answer means no fetch today.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

from contracts.outcomes import Effect, Outcome
from contracts.run import RobotsAnswer as RobotsRecord
from crawler.engine.download_handler import WireError, make_request
from crawler.session.politeness import LARGEST_PARSED, Robots, origin_of, read_robots
from crawler.session.request_context import REQUEST_CONTEXT, RequestContext
from crawler.session.session import session_of
from crawler.site.urls import host_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response


class RobotsMiddleware:
    """Lets a request pass that the robots.txt of its origin allows."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._session = session_of(crawler.spider)
        self._asked: dict[str, asyncio.Task[Robots]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's constructor."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise the :class:`WireError` whose outcome its row gets."""
        context: RequestContext = request.meta[REQUEST_CONTEXT]
        if context.kind == "robots":
            return
        robots = await self.read(origin_of(request.url))
        if robots.closed is not None:
            raise WireError(Outcome.ROBOTS_UNAVAILABLE, robots.closed)
        if not robots.allows(request.url):
            raise WireError(Outcome.ROBOTS_DENIED, "robots.txt forbids it")

    async def read(self, origin: str) -> Robots:
        """What the origin's robots.txt says; it is fetched when it is first asked for."""
        if origin in self._session.politeness.robots:
            return self._session.politeness.robots[origin]
        if origin not in self._asked:
            self._asked[origin] = asyncio.ensure_future(self._fetch(origin))
        return await self._asked[origin]

    async def _fetch(self, origin: str) -> Robots:
        url = f"{origin}/robots.txt"
        context = RequestContext("robots", "start", history=self._session.history.pages.find(url))
        self._session.claim(url, context)
        try:
            response = await self._crawler.engine.download_async(make_request(url, context))
        except IgnoreRequest as error:
            status, body, robots = None, None, Robots(f"robots.txt could not be fetched: {error}")
        else:
            status, body, robots = self._understand(response)
        row = self._session.ledger.find_row(url)
        fetched_at = self._session.clock.now() if row is None else row.fetched_at
        self._session.ledger.writer.record_robots(RobotsRecord(host_of(url), status, body, fetched_at))
        if robots.crawl_delay is not None:
            self._session.politeness.pace_of(url).slow_down(robots.crawl_delay)
        if robots.closed is not None:
            self._session.notes.add(f"{origin}: {robots.closed}")
        self._session.politeness.robots[origin] = robots
        return robots

    def _understand(self, response: Response) -> tuple[int | None, str, Robots]:
        """Status, text and meaning of the last answer.

        ``response.body`` is decoded, of a 304 it is the body of before.
        """
        row = self._session.ledger.find_row(response.url)
        assert row is not None, "an answer is handed on when it has its row"
        text = response.body[:LARGEST_PARSED].decode("utf-8", "replace")
        is_empty = row.outcome is Outcome.EMPTY or response.status == 204
        if row.outcome.effect is Effect.SEEN or is_empty or row.outcome is Outcome.TOO_LARGE:
            return response.status, text, read_robots(200, response.body)
        if 200 <= response.status < 400:
            return response.status, text, Robots(f"robots.txt could not be read: {row.outcome}, {row.detail}")
        return response.status, text, read_robots(response.status, response.body)
