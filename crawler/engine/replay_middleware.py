"""Answers out of the archive in place of requests: what this very run has fetched already.

Belongs here: finding an answer in the run's own records, and giving it as Scrapy would. Does not belong here: entering
it (crawler.engine.ledger_middleware), what a killed run left behind (crawler.archive.salvage).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from contracts.fetch import CaptureRef, Fetch
from crawler.archive.reader import read_capture, read_fetched
from crawler.engine.download_handler import WIRE, Wire, make_request
from crawler.session.request_context import REQUEST_CONTEXT, RequestContext
from crawler.session.session import CrawlSession, session_of
from crawler.warc.http import split_head

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.answers.classification import Cut


class ReplayMiddleware:
    """Answers out of this very run's records what has been fetched already: by a killed run, or for another request.

    Two robots.txt may lead to one, and two sources to one list of pages: the second to ask waits for the first.
    """

    def __init__(self, session: CrawlSession) -> None:
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ReplayMiddleware:
        """Scrapy's constructor."""
        return cls(session_of(crawler.spider))

    async def process_request(self, request: Request) -> Request | Response | None:
        """The archived answer; None where there is none, so that the request goes out."""
        context: RequestContext = request.meta[REQUEST_CONTEXT]
        if self._session.pending.is_asked_elsewhere(request.url, context):
            await self._session.pending.await_row(request.url)
        row = self._session.ledger.find_row(request.url)
        if row is not None:
            context.fetch = row
            return self._replay(request, context, row)
        if self._session.pending.is_asked_elsewhere(request.url, context):
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
            return Response(request.url, row.http_status or 200, body=read_fetched(folder, row, place).payload)
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
