"""The ledger's keeper among Scrapy's middlewares: each URL's answer, or lack of one, becomes records and one row.

Belongs here: from what Scrapy hands over to what :class:`crawler.archive.writer.RunWriter` takes. Does not belong
here: what an answer means (crawler.answers.classification), the form of records (crawler.archive).

``LedgerMiddleware`` is the outermost middleware: it sees what is left when retries are spent. What Scrapy cannot give
back exactly is the framing of a chunked body; heads come from the handler as sent and received
(crawler.engine.download_handler).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import msgspec
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from contracts.fetch import CaptureRef, Fetch
from contracts.outcomes import Effect, Outcome
from crawler.answers.classification import Judgement, Received, judge_discovery, judge_page
from crawler.archive.exchanges import Exchange, Original
from crawler.archive.reader import read_capture, read_fetched
from crawler.engine.download_handler import WIRE, Wire, WireError, make_request
from crawler.engine.ip_addresses import is_public_address
from crawler.errors import UrlError
from crawler.session.session import ERRAND, Errand, Visit
from crawler.site.urls import join_url
from crawler.warc.http import bare_media_type, split_head
from crawler.warc.records import sha256_hex

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.answers.classification import Cut

MOST_REDIRECTS = 5
"""A chain longer than this is a loop (RFC 9309 asks for at least five for robots.txt; pages need one or two)."""

_HOST_FAILURES = frozenset(
    {
        Outcome.CONNECTION_ERROR,
        Outcome.DNS_ERROR,
        Outcome.PROTOCOL_ERROR,
        Outcome.RATE_LIMITED,
        Outcome.SERVER_ERROR,
        Outcome.TIMEOUT,
        Outcome.TLS_ERROR,
    }
)
_NOT_SENT = frozenset(
    {
        Outcome.BUDGET_SPENT,
        Outcome.CIRCUIT_OPEN,
        Outcome.INTERRUPTED,
        Outcome.OFF_SITE,
        Outcome.ROBOTS_DENIED,
        Outcome.ROBOTS_UNAVAILABLE,
        Outcome.TRAP,
    }
)


class LedgerMiddleware:
    """Writes the record and the row of every URL; follows redirects, each of which is a URL with a row of its own."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        limits = visit.site.file.budget
        self._largest = limits.decoded_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LedgerMiddleware:
        """Scrapy's constructor."""
        return cls(crawler.spider.visit)  # type: ignore[union-attr]  # our spiders have one; Scrapy can't know

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Judge, archive, enter; then the redirect's target, or the answer with its decoded payload for the spider."""
        errand: Errand = request.meta[ERRAND]
        if errand.fetch is not None:
            return response  # out of the archive of this very run: it has its row
        wire: Wire = request.meta[WIRE]
        received = Received(response.status, wire.headers, response.body, wire.cut)
        judgement = self._judge(errand, received)
        target = None
        if judgement.outcome is Outcome.REDIRECTED:
            judgement, target = self._judge_redirect(request.url, errand, received.headers.get("location", ""))
        self._enter_answer(request, received, judgement, target)
        if target is not None and (onward := self._follow(request, errand, target)) is not None:
            return onward
        if errand.kind == "robots" and judgement.outcome is Outcome.TOO_LARGE:
            return response  # RFC 9309, 2.5: what was read within the limit counts
        return response.replace(body=self._payload(errand, judgement))

    def _judge(self, errand: Errand, received: Received) -> Judgement:
        if errand.archived and errand.archived[0].warc_type == "revisit" and received.status == 200:
            return Judgement(Outcome.IDENTICAL, b"")  # so it was judged when the record was written
        judge = judge_page if errand.is_page else judge_discovery
        judgement = judge(received, self._largest)
        if judgement.outcome is Outcome.UNCHANGED and not errand.is_conditional:
            return Judgement(Outcome.UNEXPECTED_STATUS, b"", "status 304 to a request without validators")
        return judgement

    def _payload(self, errand: Errand, judgement: Judgement) -> bytes:
        """What the spider reads: of a source that did not change, the body of before."""
        body = errand.known.body if errand.known else None
        if judgement.outcome is Outcome.UNCHANGED and body is not None and not errand.is_page:
            return read_capture(self._visit.writer.archive, body.run_id, body.file, body.offset).payload
        return judgement.payload

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Enter a URL that got no answer. Anything but a :class:`WireError` is a fault of ours and goes on as it is."""
        if not isinstance(exception, WireError):
            return
        errand: Errand = request.meta[ERRAND]
        self._visit.refuse(request.url, errand, exception.outcome, exception.detail)
        self._tell_pace(request.url, exception.outcome, exception.detail)
        raise IgnoreRequest(str(exception)) from exception

    def _judge_redirect(self, url: str, errand: Errand, location: str) -> tuple[Judgement, str | None]:
        site = self._visit.site
        try:
            target = join_url(url, location) if location else ""
        except UrlError:
            target = ""
        if not target:
            return Judgement(Outcome.REDIRECT_LOOP, b"", f"no usable Location: {location[:200]!r}"), None
        if not site.allows(target):
            return self._judge_leaving(errand, target), target
        if target == url or target in errand.chain:
            return Judgement(Outcome.REDIRECT_LOOP, b"", f"back to {target[:200]}"), target
        if len(errand.chain) >= MOST_REDIRECTS:
            return Judgement(Outcome.REDIRECT_LOOP, b"", f"more than {MOST_REDIRECTS} redirects in a row"), target
        is_same = site.page_key(target) == site.page_key(url)
        return Judgement(Outcome.SAME_PAGE_REDIRECT if is_same else Outcome.REDIRECTED, b""), target

    def _judge_leaving(self, errand: Errand, target: str) -> Judgement:
        """A redirect off the site is not followed; to another site of ours it is a move: its own crawl asks there."""
        other = self._visit.sites.for_url(target)
        if other is not None and errand.is_page:
            return Judgement(Outcome.REDIRECTED, b"", f"to a page of the site {other.id}, not followed")
        outcome = Outcome.PRIVATE_ADDRESS if _is_private_literal(target) else Outcome.REDIRECTED_OFF_SITE
        return Judgement(outcome, b"", f"to {target[:200]}, not followed")

    def _follow(self, request: Request, errand: Errand, target: str) -> Request | None:
        """The request for a redirect's target; None where it is not followed, or where a page has a row already.

        A source of addresses is needed even then: it comes from the archive.
        """
        row = errand.fetch
        is_led_on = row is not None and row.outcome in {Outcome.REDIRECTED, Outcome.SAME_PAGE_REDIRECT}
        if not is_led_on or not self._visit.site.allows(target):
            return None
        kind = self._visit.site.kind_of(target) if errand.is_page else errand.kind
        known = self._visit.known.find(target)
        onward = Errand(kind, errand.discovered_by, errand.listing_date, known, chain=(*errand.chain, request.url))
        is_claimed = self._visit.claim(target, onward)
        return make_request(target, onward) if is_claimed or not errand.is_page else None

    def _enter_answer(self, request: Request, received: Received, judgement: Judgement, target: str | None) -> None:
        url, errand = request.url, request.meta[ERRAND]
        wire: Wire = request.meta[WIRE]
        is_coded = bool(received.headers.get("content-encoding")) and bool(judgement.payload)
        digest = sha256_hex(judgement.payload) if is_coded or judgement.outcome is Outcome.FETCHED else None
        known = errand.known.body.original if errand.known and errand.known.body else None
        outcome = judgement.outcome
        if outcome is Outcome.FETCHED and known is not None and known.payload_sha256 == digest:
            outcome = Outcome.IDENTICAL
        exchange = Exchange(
            url=url,
            fetched_at=errand.archived[1] if errand.archived else self._visit.clock.now(),
            response_head=wire.response_head,
            body=received.body,
            payload_sha256=digest if is_coded else None,
            request_head=wire.request_head,
            media_type=bare_media_type(received.headers.get("content-type")),
            reader="html" if errand.is_page and outcome.effect is Effect.SEEN else None,
            ip_address=wire.ip_address,
            truncated=wire.cut,
        )
        # Of a record that a killed run left behind the salvage can only guess who reads it.
        capture = (
            msgspec.structs.replace(errand.archived[0], reader=exchange.reader, media_type=exchange.media_type)
            if errand.archived
            else self._write(exchange, outcome, known)
        )
        row = msgspec.structs.replace(
            self._visit.make_row(url, errand, outcome, judgement.detail),
            fetched_at=exchange.fetched_at,
            http_status=received.status,
            final_url=target,
            capture=capture,
            etag=received.headers.get("etag"),
            last_modified=received.headers.get("last-modified"),
        )
        self._visit.enter(errand, row)
        self._tell_pace(url, outcome, judgement.detail or "", is_refusal=judgement.is_refusal)

    def _write(self, exchange: Exchange, outcome: Outcome, known: Original | None) -> CaptureRef:
        if known is not None and outcome in {Outcome.UNCHANGED, Outcome.IDENTICAL}:
            is_unchanged = outcome is Outcome.UNCHANGED
            return self._visit.write(lambda w: w.write_revisit(exchange, known, not_modified=is_unchanged))
        return self._visit.write(lambda w: w.write_exchange(exchange))

    def _tell_pace(self, url: str, outcome: Outcome, detail: str, *, is_refusal: bool = False) -> None:
        pace = self._visit.pace_of(url)
        if outcome is Outcome.BLOCKED:
            pace.blocked(detail)
        elif outcome in _HOST_FAILURES or is_refusal:
            pace.failed(f"{outcome} at {url}: {detail}")
        elif outcome not in _NOT_SENT:
            pace.answered()


class ReplayMiddleware:
    """Answers out of this very run's records what has been fetched already: by a killed run, or for another errand.

    Two robots.txt may lead to one, and two sources to one list of pages: the second to ask waits for the first.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ReplayMiddleware:
        """Scrapy's constructor."""
        return cls(crawler.spider.visit)  # type: ignore[union-attr]  # our spiders have one; Scrapy can't know

    async def process_request(self, request: Request) -> Request | Response | None:
        """The archived answer; None where there is none, so that the request goes out."""
        errand: Errand = request.meta[ERRAND]
        if self._visit.is_asked_elsewhere(request.url, errand):
            await self._visit.await_row(request.url)
        row = self._visit.find_row(request.url)
        if row is not None:
            errand.fetch = row
            return self._replay(request, errand, row)
        if self._visit.is_asked_elsewhere(request.url, errand):
            raise IgnoreRequest(f"{request.url} is asked for elsewhere, and no answer came in time")
        orphan = self._visit.writer.orphans.get(request.url)
        if orphan is None or (orphan.warc_type == "revisit" and errand.known is None):
            return None
        return self._rejudge(request, errand, orphan)

    def _replay(self, request: Request, errand: Errand, row: Fetch) -> Request | Response:
        """What a source of addresses answered before, for the spider to read again; its row stands."""
        if row.final_url is not None and row.final_url not in errand.chain and self._visit.site.allows(row.final_url):
            onward = Errand(errand.kind, errand.discovered_by, chain=(*errand.chain, request.url))
            onward.known = self._visit.known.find(row.final_url)
            return make_request(row.final_url, onward)
        if row.capture is None:
            raise IgnoreRequest(f"{request.url} ended as {row.outcome} before")
        folder, place = self._visit.writer.folder, row.capture
        if place.warc_type == "response":
            return Response(request.url, row.http_status or 200, body=read_fetched(folder, row, place).payload)
        body = errand.known.body if errand.known else None
        if body is None:
            raise IgnoreRequest(f"{request.url}: the body of the revisit {place.capture_id} is not known")
        capture = read_capture(self._visit.writer.archive, body.run_id, body.file, body.offset)
        return Response(request.url, 200, body=capture.payload)

    def _rejudge(self, request: Request, errand: Errand, orphan: CaptureRef) -> Response:
        """The answer that was archived when the kill fell before its row."""
        folder = self._visit.writer.folder
        capture = read_capture(folder.parent, folder.name, orphan.file, orphan.offset, orphan.length)
        head, body = split_head(capture.record.block or b"")
        assert capture.http is not None, "a crawl archives answers of servers only"
        errand.archived = (orphan, datetime.fromisoformat(capture.record.headers["warc-date"]))
        errand.sent, errand.received = 1, len(body)
        errand.is_conditional = capture.http.status == 304
        cut = capture.record.headers.get("warc-truncated") if orphan.warc_type == "response" else None
        request.meta[WIRE] = Wire(b"", head, capture.http.headers, cast("Cut | None", cut), None)
        return Response(request.url, capture.http.status, body=body)


def _is_private_literal(url: str) -> bool:
    """Whether the URL's host is an IP address that is not public."""
    name = urlsplit(url).hostname or ""
    try:
        return not is_public_address(name)
    except ValueError:
        return False
