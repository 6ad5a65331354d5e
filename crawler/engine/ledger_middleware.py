"""The ledger's keeper among Scrapy's middlewares: each URL's answer, or lack of one, becomes records and one row.

Belongs here: from what Scrapy hands over to what :class:`crawler.archive.writer.RunWriter` takes. Does not belong
here: what an answer means (crawler.answers.classification), the form of records (crawler.archive).

``LedgerMiddleware`` is the outermost middleware: it sees what is left when retries are spent. What Scrapy cannot give
back exactly is the framing of a chunked body; heads come from the handler as sent and received
(crawler.engine.download_handler).
"""

from urllib.parse import urlsplit

import msgspec
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from contracts.outcomes import Effect, Host, Outcome
from contracts.run import CaptureRef
from crawler.answers.classification import Classification, Received
from crawler.archive.reader import read_capture
from crawler.archive.volumes import Exchange, Original
from crawler.engine.download_handler import WIRE, Wire, WireError
from crawler.engine.ip_addresses import is_public_address
from crawler.engine.request import context_of, make_request
from crawler.engine.request_middlewares import CLASSIFICATION, SessionMiddleware
from crawler.errors import UrlError
from crawler.session.session import RequestContext
from crawler.site.urls import join_url, path_of, without_language
from crawler.warc.http import bare_media_type
from crawler.warc.records import sha256_hex

MOST_REDIRECTS = 5
"""A chain longer than this is a loop (RFC 9309 asks for at least five for robots.txt; pages need one or two)."""


class LedgerMiddleware(SessionMiddleware):
    """Writes the record and the row of every URL; follows redirects, each of which is a URL with a row of its own."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Classify, archive, enter; then the redirect's target, or the answer, of a source its decoded payload."""
        context = context_of(request)
        if context.fetch is not None:
            return response  # out of the archive of this very run: it has its row
        wire: Wire = request.meta[WIRE]
        received = Received(response.status, wire.headers, response.body, wire.cut)
        classification: Classification = request.meta[CLASSIFICATION]
        target = None
        if classification.outcome is Outcome.REDIRECTED:
            classification, target = self._classify_redirect(request.url, context, received.headers.get("location", ""))
        self._enter_answer(request, received, classification, target)
        if target is not None and (onward := self._follow(request, context, target)) is not None:
            return onward
        if context.is_page or (context.kind == "robots" and classification.outcome is Outcome.TOO_LARGE):
            return response  # nobody reads a page here; RFC 9309, 2.5: what was read within the limit counts
        return response.replace(body=self._payload(context, classification))

    def _payload(self, context: RequestContext, classification: Classification) -> bytes:
        """What the spider reads: of a source that did not change, the body of before."""
        body = context.history.body if context.history else None
        if classification.outcome is Outcome.UNCHANGED and body is not None:
            return read_capture(self._session.ledger.writer.archive, body.run_id, body.file, body.offset).payload
        return classification.payload

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Enter a URL that got no answer. Anything but a :class:`WireError` is a fault of ours and goes on as it is."""
        if not isinstance(exception, WireError):
            return
        context = context_of(request)
        self._session.refuse(request.url, context, exception.outcome, exception.detail)
        self._tell_pace(request.url, exception.outcome, exception.detail)
        raise IgnoreRequest(str(exception)) from exception

    def _classify_redirect(self, url: str, context: RequestContext, location: str) -> tuple[Classification, str | None]:
        site = self._session.site
        try:
            target = join_url(url, location) if location else ""
        except UrlError:
            target = ""
        if not target:
            return Classification(Outcome.REDIRECT_LOOP, b"", f"no usable Location: {location[:200]!r}"), None
        if not site.allows(target):
            return self._classify_leaving(context, target), target
        if target == url or target in context.chain:
            return Classification(Outcome.REDIRECT_LOOP, b"", f"back to {target[:200]}"), target
        if len(context.chain) >= MOST_REDIRECTS:
            return Classification(Outcome.REDIRECT_LOOP, b"", f"more than {MOST_REDIRECTS} redirects in a row"), target
        is_same = site.page_key(target) == site.page_key(url)
        return Classification(Outcome.SAME_PAGE_REDIRECT if is_same else Outcome.REDIRECTED, b""), target

    def _classify_leaving(self, context: RequestContext, target: str) -> Classification:
        """A redirect off the site is not followed; to another site of ours it is a move: its own crawl asks there."""
        other = self._session.sites.for_url(target)
        if other is not None and context.is_page:
            return Classification(Outcome.REDIRECTED, b"", f"to a page of the site {other.id}, not followed")
        outcome = Outcome.PRIVATE_ADDRESS if _is_private_literal(target) else Outcome.REDIRECTED_OFF_SITE
        return Classification(outcome, b"", f"to {target[:200]}, not followed")

    def _follow(self, request: Request, context: RequestContext, target: str) -> Request | None:
        """The request for a redirect's target; None where it is not followed, or where a page has a row already.

        A source of addresses is needed even then: it comes from the archive.
        """
        row = context.fetch
        is_led_on = row is not None and row.outcome in {Outcome.REDIRECTED, Outcome.SAME_PAGE_REDIRECT}
        if not is_led_on or not self._session.site.allows(target):
            return None
        if context.is_page and path_of(without_language(target)) == "/":
            return None  # the front page is nobody's new place, and no page that anybody reads
        kind = self._session.site.kind_of(target) if context.is_page else context.kind
        known = self._session.history.pages.find(target)
        onward = RequestContext(
            kind, context.discovered_by, context.listing_date, known, chain=(*context.chain, request.url)
        )
        is_claimed = self._session.claim(target, onward)
        return make_request(target, onward) if is_claimed or not context.is_page else None

    def _enter_answer(
        self, request: Request, received: Received, classification: Classification, target: str | None
    ) -> None:
        url, context = request.url, context_of(request)
        wire: Wire = request.meta[WIRE]
        is_coded = bool(received.headers.get("content-encoding")) and bool(classification.payload)
        digest = sha256_hex(classification.payload) if is_coded or classification.outcome is Outcome.FETCHED else None
        known = context.history.body.original if context.history and context.history.body else None
        outcome = classification.outcome
        if outcome is Outcome.FETCHED and known is not None and known.payload_sha256 == digest:
            outcome = Outcome.IDENTICAL
        exchange = Exchange(
            url=url,
            fetched_at=context.archived[1] if context.archived else self._session.clock.now(),
            response_head=wire.response_head,
            body=received.body,
            payload_sha256=digest if is_coded else None,
            request_head=wire.request_head,
            media_type=bare_media_type(received.headers.get("content-type")),
            reader="html" if context.is_page and outcome.effect is Effect.SEEN else None,
            ip_address=wire.ip_address,
            truncated=None if classification.outcome is Outcome.FETCHED else wire.cut,
        )
        # Of a record that a killed run left behind the salvage can only guess who reads it.
        capture = (
            msgspec.structs.replace(context.archived[0], reader=exchange.reader, media_type=exchange.media_type)
            if context.archived
            else self._write(exchange, outcome, known)
        )
        row = msgspec.structs.replace(
            self._session.make_row(url, context, outcome, classification.detail),
            fetched_at=exchange.fetched_at,
            http_status=received.status,
            final_url=target,
            capture=capture,
            etag=received.headers.get("etag"),
            last_modified=received.headers.get("last-modified"),
        )
        self._session.enter(context, row)
        self._tell_pace(url, outcome, classification.detail or "", is_refusal=classification.is_refusal)

    def _write(self, exchange: Exchange, outcome: Outcome, known: Original | None) -> CaptureRef:
        if known is not None and outcome in {Outcome.UNCHANGED, Outcome.IDENTICAL}:
            is_unchanged = outcome is Outcome.UNCHANGED
            return self._session.ledger.write(lambda w: w.write_revisit(exchange, known, not_modified=is_unchanged))
        return self._session.ledger.write(lambda w: w.write_exchange(exchange))

    def _tell_pace(self, url: str, outcome: Outcome, detail: str, *, is_refusal: bool = False) -> None:
        pace = self._session.politeness.pace_of(url)
        host = Host.FAILED if is_refusal and outcome.host is not Host.BLOCKED else outcome.host
        match host:
            case Host.BLOCKED:
                pace.blocked(detail)
            case Host.FAILED:
                pace.failed(f"{outcome} at {url}: {detail}")
            case Host.ANSWERED:
                pace.answered()
            case Host.NOT_ASKED:
                pass


def _is_private_literal(url: str) -> bool:
    """Whether the URL's host is an IP address that is not public."""
    name = urlsplit(url).hostname or ""
    try:
        return not is_public_address(name)
    except ValueError:
        return False
