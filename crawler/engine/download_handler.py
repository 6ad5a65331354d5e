"""The download handler: one request on the wire, one answer with its raw head, bounded in size, time and address.

Belongs here: sockets, TLS, limits, and what a failure on the wire is called. Does not belong here: retrying, redirects,
robots.txt (the middlewares of crawler.engine), classifying a body (crawler.answers.classification).

Scrapy's own handlers drop header case, reason phrase and Transfer-Encoding, have no total deadline once bytes flow, and
throw away what came when a body is too large (Scrapy 2.19, measured). This one keeps them: aiohttp hands over the head
as received, and a body that is cut is given back with the reason, so that it can be archived as truncated.
"""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import yarl
from aiohttp.client_proto import ResponseHandler
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from contracts.outcomes import Outcome
from crawler.answers.classification import Cut
from crawler.engine.ip_addresses import GuardedResolver, PrivateAddressError, find_literal
from crawler.engine.request import context_of
from crawler.session.politeness import HostClosedError, find_http_date, parse_retry_after
from crawler.session.robots import LARGEST_PARSED
from crawler.session.session import RequestContext, session_of
from crawler.warc.http import fold_headers

WIRE = "wire"
"""Key of ``Request.meta``: the :class:`Wire` of the last answer to it."""

ORIGINAL_CODING = b"X-Archive-Orig-Transfer-Encoding"
"""The name under which web archives keep a Transfer-Encoding that no longer holds of the stored body."""

_LOG = logging.getLogger(__name__)
_MOST_HEADERS = 128
_LONGEST_HEADER = 16384


class WireError(Exception):
    """Raised by the handler when no answer came; carries the outcome to be entered in the ledger."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Wire:
    """What went over the wire beside the body. Both heads end with the blank line.

    The heads are as sent and received but for line ends, which are CRLF here, and for the name of Transfer-Encoding:
    its framing is undone, so that the header is archived as :data:`ORIGINAL_CODING`. ``headers`` has lower-case names;
    of repeated ones the first, but for Content-Encoding, whose values add up. ``cut`` is None for a whole body.
    """

    request_head: bytes
    response_head: bytes
    headers: Mapping[str, str]
    cut: Cut | None
    ip_address: str | None


class _Answer(aiohttp.ClientResponse):
    """Notes the server's address at once: of a short answer the connection is in the pool again before we could ask."""

    peer: str | None = None

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        if connection.transport is not None:
            self.peer = connection.transport.get_extra_info("peername")[0]
        return await super().start(connection)


class _Connection(ResponseHandler):
    """A connection that is not used again when anything came on it after its last answer.

    aiohttp 3.14 looks at a waiting connection only to see whether it is closed: an answer too many, sent while it
    waited, would be taken for the answer to the next request, and each later page for the one before it.
    """

    def is_connected(self) -> bool:
        return super().is_connected() and not self._buffer and not self._tail


class _Connector(aiohttp.TCPConnector):
    """Makes connections of ours."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._factory = cast("partial[ResponseHandler]", partial(_Connection, loop=self._loop))


async def _tell_sent(_session: object, context: SimpleNamespace, sent: aiohttp.TraceRequestHeadersSentParams) -> None:
    """Tell the pace, which each request carries, that the request leaves now."""
    context.trace_request_ctx.sent()
    _LOG.debug("sent %s", sent.url)


class ArchivingDownloadHandler(BaseDownloadHandler):
    """Scrapy's handler for http and https in this project. Its spider has a session (crawler.session.session)."""

    lazy = True  # one for each scheme: most sites need one alone

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.engine.settings
        self._session = session_of(crawler.spider)
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._largest = settings.getint("DOWNLOAD_MAXSIZE")
        self._resolver = GuardedResolver(frozenset(self._session.site.file.private_addresses))
        connector = _Connector(
            limit=settings.getint("CONCURRENT_REQUESTS"),
            limit_per_host=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
            resolver=self._resolver,
            ssl=True,  # verified by the machine's own list of authorities (SSL_CERT_FILE counts)
        )
        watch = aiohttp.TraceConfig()
        watch.on_request_headers_sent.append(_tell_sent)
        self._client = aiohttp.ClientSession(
            connector=connector,
            headers={**settings.getdict("DEFAULT_REQUEST_HEADERS"), "User-Agent": settings["USER_AGENT"]},
            response_class=_Answer,
            cookie_jar=aiohttp.DummyCookieJar(),  # no cookie is ever kept or sent
            auto_decompress=False,  # the body is archived as it came
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            timeout=aiohttp.ClientTimeout(total=None),
            trace_configs=[watch],
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
            max_headers=_MOST_HEADERS,
        )
        # aiohttp silently sends a request again when a kept connection turns out dead: that would be two requests in
        # one second, and an attempt the ledger does not count. Ours are counted and paced.
        self._client._retry_connection = False  # noqa: SLF001 - there is no public switch

    async def download_request(self, request: Request) -> Response:
        """Wait for the host's turn, send ``request``, give back the answer; its :class:`Wire` is in ``request.meta``.

        Place and turn are taken here, at the last point before the socket: whatever comes between a wait and the wire
        lets requests bunch up behind a slow answer, and Scrapy's slots let more than their number through when several
        requests come in one cycle of the event loop (2.19, seen).

        Raises:
            WireError: no answer came, or the host was given up while waiting.
        """
        context = context_of(request)
        pace = self._session.politeness.pace_of(request.url)
        async with pace.places:
            try:
                await pace.turn()
            except HostClosedError as error:
                raise WireError(Outcome.CIRCUIT_OPEN, str(error)) from error
            if self._session.stop.reason is not None:
                raise WireError(*self._session.stop.reason)
            return await self._send(request, context)

    async def _send(self, request: Request, context: RequestContext) -> Response:
        context.sent += 1
        loop = asyncio.get_running_loop()
        began = loop.time()
        left = max(0.1, self._session.site.file.politeness.deadline_seconds - context.seconds)
        try:
            response = await self._exchange(request, began + min(self._timeout, left))
        except TimeoutError as error:
            raise WireError(Outcome.TIMEOUT, f"no answer within {loop.time() - began:.1f} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _as_wire_error(error) from error
        finally:
            context.seconds += loop.time() - began
        context.received += len(response.body)
        return response

    async def _exchange(self, request: Request, ends_at: float) -> Response:
        url = yarl.URL(request.url, encoded=True)
        literal = find_literal(url.host or "")
        if literal is not None and not self._resolver.passes(literal):  # no resolver is asked for these
            raise PrivateAddressError(f"{literal} is no public address")
        headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, vs in request.headers.items() for v in vs]
        pace = self._session.politeness.pace_of(request.url)
        async with asyncio.timeout_at(ends_at):
            answer = await self._client.request(
                request.method, url, headers=headers, allow_redirects=False, trace_request_ctx=pace
            )
        assert isinstance(answer, _Answer)
        names = fold_headers(answer.raw_headers)
        self._keep_retry_after(request.url, answer.status, names)
        try:
            largest = LARGEST_PARSED if context_of(request).kind == "robots" else self._largest
            body, cut = await self._read_body(answer, ends_at, largest)
        finally:
            # A body read to its end has freed its connection already; one that was not must not be used again.
            answer.close()
        request.meta[WIRE] = Wire(_request_head(answer), _response_head(answer), names, cut, answer.peer)
        # Without headers: the Wire has them, and those of a coding would not hold of the body that spiders are given.
        return Response(request.url, answer.status, body=body)

    def _keep_retry_after(self, url: str, status: int, headers: Mapping[str, str]) -> None:
        """Hold the whole host as it asks: here and at once, for the next request leaves when this one is done."""
        asked = headers.get("retry-after")
        if asked is None or status not in {429, 503}:
            return
        seconds = parse_retry_after(asked, find_http_date(headers.get("date")) or self._session.clock.now())
        if seconds is not None:
            self._session.politeness.pace_of(url).hold(seconds, f"status {status} with Retry-After {asked!r}")

    async def _read_body(
        self, answer: aiohttp.ClientResponse, ends_at: float, largest: int
    ) -> tuple[bytes, Cut | None]:
        if answer.content.is_eof():  # it all came with the head
            whole = answer.content.read_nowait()
            return whole[:largest], "length" if len(whole) > largest else None
        chunks: list[bytes] = []
        received = 0
        cut: Cut | None = None
        try:
            async with asyncio.timeout_at(ends_at):
                async for chunk in answer.content.iter_any():
                    chunks.append(chunk)
                    received += len(chunk)
                    if received > largest:
                        cut = "length"
                        break
        except TimeoutError:
            cut = "time"
        except (aiohttp.ClientError, OSError):
            cut = "disconnect"
        return b"".join(chunks)[:largest], cut

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


def _as_wire_error(error: Exception) -> WireError:
    """The outcome of a failure before the head of an answer was there."""
    cause = getattr(error, "os_error", None)
    if isinstance(error, PrivateAddressError) or isinstance(cause, PrivateAddressError):
        return WireError(Outcome.PRIVATE_ADDRESS, str(cause or error))
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Outcome], ...] = (
        (aiohttp.ClientConnectorDNSError, Outcome.DNS_ERROR),
        ((aiohttp.ClientSSLError, ssl.SSLError), Outcome.TLS_ERROR),
        ((aiohttp.ClientResponseError, aiohttp.InvalidURL, ValueError), Outcome.PROTOCOL_ERROR),
    )
    outcome = next((outcome for kind, outcome in kinds if isinstance(error, kind)), Outcome.CONNECTION_ERROR)
    return WireError(outcome, f"{type(error).__name__}: {error}"[:300])


def _request_head(answer: aiohttp.ClientResponse) -> bytes:
    asked = answer.request_info
    lines = [f"{asked.method} {asked.url.raw_path_qs} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in asked.headers.items()]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n"


def _response_head(answer: aiohttp.ClientResponse) -> bytes:
    version = answer.version or aiohttp.HttpVersion11
    first = f"HTTP/{version.major}.{version.minor} {answer.status} {answer.reason or ''}"
    lines = [first.encode("utf-8", "surrogateescape")]
    for name, value in answer.raw_headers:
        stored = ORIGINAL_CODING if name.lower() == b"transfer-encoding" else name
        lines.append(stored + b": " + value)
    return b"\r\n".join(lines) + b"\r\n\r\n"
