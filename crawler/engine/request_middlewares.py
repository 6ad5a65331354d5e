"""Before a request reaches the wire: whether it is sent at all, with which validators, and again.

Belongs here: answers out of the archive in place of requests, other hosts and spent budgets, robots.txt, conditional
requests, retries and what they depend on. Does not belong here: what robots.txt means, the pace of a host
(crawler.session), when a page is asked without validators (crawler.session.frontier), how an answer is classified
(crawler.answers.classification), its row (crawler.engine.ledger_middleware).
"""

import asyncio
from datetime import datetime, timedelta
from typing import Self, cast

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from contracts.outcomes import Effect, Outcome, Trait
from contracts.run import CaptureRef, Fetch, RobotsAnswer
from crawler.answers.classification import Classification, Cut, Received, classify_page, classify_source
from crawler.archive.reader import read_capture, read_fetched
from crawler.engine.download_handler import WIRE, Wire, WireError
from crawler.engine.request import context_of, make_request
from crawler.session.frontier import may_validate
from crawler.session.politeness import origin_of
from crawler.session.robots import LARGEST_PARSED, Robots, read_robots
from crawler.session.session import RequestContext, session_of
from crawler.site.urls import host_of
from crawler.warc.http import split_head

CLASSIFICATION = "classification"
"""Key of ``Request.meta``: the :class:`Classification` of the last answer to it."""
SOURCES_FULL_EVERY = timedelta(days=7)
"""Sitemaps, listings and feeds are read whole at least weekly: one frozen validator there would hide every new page."""

_PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})


class SessionMiddleware:
    """A middleware that knows the session of its spider."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._session = session_of(crawler.spider)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)


class ReplayMiddleware(SessionMiddleware):
    """Answers out of this very run's records what has been fetched already: by a killed run, or for another request.

    Two robots.txt may lead to one, and two sources to one list of pages: the second to ask waits for the first.
    """

    async def process_request(self, request: Request) -> Request | Response | None:
        """The archived answer; None where there is none, so that the request goes out."""
        context, pending = context_of(request), self._session.pending
        if pending.is_asked_elsewhere(request.url, context):
            await pending.await_row(request.url)
        row = self._session.ledger.find_row(request.url)
        if row is not None:
            context.fetch = row
            return self._replay(request, context, row)
        if pending.is_asked_elsewhere(request.url, context):
            raise IgnoreRequest(f"{request.url} is asked for elsewhere, and no answer came in time")
        orphan = self._session.ledger.writer.orphans.get(request.url)
        if orphan is None or (orphan.warc_type == "revisit" and context.history is None):
            return None
        return self._reclassify(request, context, orphan)

    def _replay(self, request: Request, context: RequestContext, row: Fetch) -> Request | Response:
        """What a source of addresses answered before, for the spider to read again; its row stays."""
        target = row.final_url
        if target is not None and target not in context.chain and self._session.site.allows(target):
            onward = RequestContext(context.kind, context.discovered_by, chain=(*context.chain, request.url))
            onward.history = self._session.history.pages.find(target)
            return make_request(target, onward)
        if row.capture is None:
            raise IgnoreRequest(f"{request.url} ended as {row.outcome} before")
        folder, place = self._session.ledger.writer.folder, row.capture
        if place.warc_type == "response":
            return Response(request.url, row.http_status or 200, body=read_fetched(folder, row).payload)
        body = context.history.body if context.history else None
        if body is None:
            raise IgnoreRequest(f"{request.url}: the body of the revisit {place.capture_id} is not known")
        capture = read_capture(self._session.ledger.writer.archive, body.run_id, body.file, body.offset)
        return Response(request.url, 200, body=capture.payload)

    def _reclassify(self, request: Request, context: RequestContext, orphan: CaptureRef) -> Response:
        """The answer that was archived when the kill fell before its row."""
        folder = self._session.ledger.writer.folder
        capture = read_capture(folder.parent, folder.name, orphan.file, orphan.offset, orphan.length)
        head, body = split_head(capture.record.block or b"")
        assert capture.http is not None, "a crawl archives answers of servers only"
        context.archived = (orphan, datetime.fromisoformat(capture.record.headers["warc-date"]))
        context.sent, context.received = 1, len(body)
        context.is_conditional = capture.http.status == 304
        cut = capture.record.headers.get("warc-truncated") if orphan.warc_type == "response" else None
        request.meta[WIRE] = Wire(b"", head, capture.http.headers, cast("Cut | None", cut), None)
        return Response(request.url, capture.http.status, body=body)


class BudgetMiddleware(SessionMiddleware):
    """Keeps a crawl on its site and within its budgets."""

    def process_request(self, request: Request) -> None:
        """Let the request pass, or raise the :class:`WireError` whose outcome its row gets."""
        session, context = self._session, context_of(request)
        if not session.site.allows(request.url):
            raise WireError(Outcome.OFF_SITE, "the site file does not name this host")
        self._stop_when_spent()
        if session.stop.reason is not None:
            raise WireError(*session.stop.reason)
        if reason := session.politeness.pace_of(request.url).reason:
            raise WireError(Outcome.CIRCUIT_OPEN, reason)
        if context.is_page and context.sent == 0:
            self._spend_page()

    def _spend_page(self) -> None:
        """Count a page. Those counted before are still fetched when the budget ends, and so are all sources."""
        budget, tally = self._session.site.file.budget, self._session.ledger.tally
        if tally.pages_asked >= budget.pages:
            why = f"the budget of {budget.pages} pages a run is spent"
            self._session.notes.add(why)
            raise WireError(Outcome.BUDGET_SPENT, why)
        tally.pages_asked += 1

    def _stop_when_spent(self) -> None:
        session, budget = self._session, self._session.site.file.budget
        if session.ledger.tally.bytes_received >= budget.bytes:
            session.stop.order(Outcome.BUDGET_SPENT, f"the budget of {budget.bytes} bytes a run is spent")
        elif session.clock.elapsed() >= budget.minutes * 60:
            session.stop.order(Outcome.BUDGET_SPENT, f"the budget of {budget.minutes} minutes a run is spent")


class RobotsMiddleware(SessionMiddleware):
    """Lets a request pass that the robots.txt of its origin allows; each is fetched once a run, before anything else.

    Scrapy's own middleware takes a robots.txt that answers 5xx, times out or hangs for permission; RFC 9309, 2.3.1.4
    says the opposite. Here no answer means no fetch today.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._asked: dict[str, asyncio.Task[Robots]] = {}

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise the :class:`WireError` whose outcome its row gets."""
        if context_of(request).kind == "robots":
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
        url, session = f"{origin}/robots.txt", self._session
        context = RequestContext("robots", "start", history=session.history.pages.find(url))
        session.claim(url, context)
        try:
            response = await self._crawler.engine.download_async(make_request(url, context))
        except IgnoreRequest as error:
            status, body, robots = None, None, Robots(f"robots.txt could not be fetched: {error}")
        else:
            status, body, robots = self._understand(response)
        row = session.ledger.find_row(url)
        fetched_at = session.clock.now() if row is None else row.fetched_at
        session.ledger.writer.record_robots(RobotsAnswer(host_of(url), status, body, fetched_at))
        if robots.crawl_delay is not None:
            session.politeness.pace_of(url).slow_down(robots.crawl_delay)
        if robots.closed is not None:
            session.notes.add(f"{origin}: {robots.closed}")
        session.politeness.robots[origin] = robots
        return robots

    def _understand(self, response: Response) -> tuple[int | None, str, Robots]:
        """Status, text and meaning of the last answer; its body is decoded, of a 304 it is the body of before."""
        row = self._session.ledger.find_row(response.url)
        assert row is not None, "an answer is passed on once it has its row"
        text = response.body[:LARGEST_PARSED].decode("utf-8", "replace")
        is_empty = row.outcome is Outcome.EMPTY or response.status == 204
        if row.outcome.effect is Effect.SEEN or is_empty or row.outcome is Outcome.TOO_LARGE:
            return response.status, text, read_robots(200, response.body)
        if 200 <= response.status < 400:
            return response.status, text, Robots(f"robots.txt could not be read: {row.outcome}, {row.detail}")
        return response.status, text, read_robots(response.status, response.body)


class ConditionalMiddleware(SessionMiddleware):
    """Asks whether a known body is still valid, rather than for the body."""

    def process_request(self, request: Request) -> None:
        """Add the validators where there are any; an ETag counts before a date (RFC 9110, 13.1.3)."""
        context = context_of(request)
        full_every = timedelta(days=self._session.site.file.recrawl.full_every_days)
        every = full_every if context.is_page else min(full_every, SOURCES_FULL_EVERY)
        known = context.history
        if known is None or not may_validate(known, every, self._session.clock.now()):
            return
        for name, validator in (("If-None-Match", known.etag), ("If-Modified-Since", known.last_modified)):
            # One with other characters could not be sent back as it came, and nothing at all would be asked.
            if validator and validator.isascii() and validator.isprintable():
                request.headers[name] = validator
                context.is_conditional = True
                return


class RetryMiddleware(SessionMiddleware):
    """Classifies each answer as it comes, and sends a URL again that failed for a reason that may pass.

    Scrapy's own knows no Retry-After, waits not at all between attempts, and takes every ``OSError`` for a passing one.
    Retry-After itself is kept by the download handler, before the next request to the host can leave.
    """

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer, its classification in ``request.meta``; or the request once more after a wait."""
        context = context_of(request)
        if context.fetch is not None:
            return response  # out of the archive of this very run: it has its row
        wire: Wire = request.meta[WIRE]
        received = Received(response.status, wire.headers, response.body, wire.cut)
        request.meta[CLASSIFICATION] = classification = self._classify(context, received)
        if context.archived is not None:
            return response  # nothing was asked
        if response.status not in _PASSING_STATUSES and not classification.is_garbled:
            return response
        return await self._again(request, context) or response

    def _classify(self, context: RequestContext, received: Received) -> Classification:
        if context.archived and context.archived[0].warc_type == "revisit" and received.status == 200:
            return Classification(Outcome.IDENTICAL, b"")  # so it was classified when the record was written
        largest = self._session.site.file.budget.decoded_bytes
        if context.is_page:
            classification = classify_page(received, largest)
        else:
            classification = classify_source(received, largest, may_be_packed=context.kind in {"sitemap", "feed"})
        if classification.outcome is Outcome.UNCHANGED and not context.is_conditional:
            return Classification(Outcome.UNEXPECTED_STATUS, b"", "status 304 to a request without validators")
        return classification

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """The request once more after a wait, or None where the failure is final."""
        if not isinstance(exception, WireError) or Trait.PASSING not in exception.outcome.traits:
            return None
        return await self._again(request, context_of(request))

    async def _again(self, request: Request, context: RequestContext) -> Request | None:
        politeness = self._session.politeness
        rules, pace = politeness.rules, politeness.pace_of(request.url)
        spent = context.sent >= rules.attempts or context.seconds >= rules.deadline_seconds
        if spent or pace.reason is not None or self._session.stop.reason is not None:
            return None
        # This wait keeps one place of CONCURRENT_REQUESTS and no connection: other URLs and hosts go on meanwhile.
        await asyncio.sleep(politeness.backoff(context.sent))
        return request.copy()
