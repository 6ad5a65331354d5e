"""A web server on loopback, in its own thread, that answers well or as badly as a test asks.

Belongs here: sockets, requests as received, answers as sent. Does not belong here: what the answers say (routes.py,
pages.py) or the ways in which a server can misbehave (faults.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 403: "Forbidden", 404: "Not Found"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it reached the server.

    ``at`` is of :func:`time.monotonic`; ``headers`` has lower-case names; ``connection`` numbers the sockets from 0.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    at: float
    connection: int

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """A well-formed answer; Content-Length is added unless ``headers`` names a length or a transfer coding."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0

    def wire(self) -> bytes:
        """The answer as sent."""
        named = {name.lower() for name, _ in self.headers}
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Odd')}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if "content-type" not in named and self.body:
            lines.append("Content-Type: text/html; charset=utf-8")
        if not named & {"content-length", "transfer-encoding"} and self.status != 304:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


Script = Callable[[Asked, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Writes whatever it likes on the socket; the server closes the connection afterwards."""

Route = Answer | Callable[[Asked], Answer] | Script


@dataclass(slots=True)
class WebServer:
    """A server on 127.0.0.1; use it as a context manager.

    ``routes`` may change while it runs. A target with a query is looked up whole first, then by its path.
    ``asked`` grows with each request, robots.txt too.
    """

    routes: dict[str, Route] = field(default_factory=dict)
    fallback: Route = field(default_factory=lambda: Answer(b"<h1>Not here</h1>", status=404))
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _ready: threading.Event = field(default_factory=threading.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _connections: int = 0

    @property
    def host(self) -> str:
        """``127.0.0.1:port``, as site files name it."""
        return f"127.0.0.1:{self.port}"

    @property
    def root(self) -> str:
        """``http://127.0.0.1:port`` or its https sibling, without a trailing slash."""
        return f"{'https' if self.tls else 'http'}://{self.host}"

    def paths(self) -> list[str]:
        """Targets asked for so far, in order of arrival, robots.txt left out."""
        return [asked.target for asked in self.asked if asked.path != "/robots.txt"]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="loopback-site", daemon=True)
        self._thread.start()
        assert self._ready.wait(10), "the loopback server did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        assert self._thread is not None
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(
            self._talk, "127.0.0.1", self.port, ssl=self.tls, limit=1 << 20, backlog=256
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        talks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number, self._connections = self._connections, self._connections + 1
        self._writers.add(writer)
        try:
            while await self._answer(number, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            pass  # the client hung up, or the test is over: neither is the server's concern
        finally:
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is to be closed."""
        asked = parse_request(await reader.readuntil(b"\r\n\r\n"), number)
        self.asked.append(asked)
        route = self.routes.get(asked.target) or self.routes.get(asked.path) or self.fallback
        if not isinstance(route, Answer):
            made = route(asked) if _takes_one(route) else route(asked, reader, writer)  # type: ignore[call-arg]  # told apart by arity
            if not isinstance(made, Answer):
                await made
                return False
            route = made
        if route.delay:
            await asyncio.sleep(route.delay)
        writer.write(route.wire())
        await writer.drain()
        return True


def _takes_one(route: Callable[..., object]) -> bool:
    code = getattr(route, "__code__", None)
    return code is not None and code.co_argcount - (1 if hasattr(route, "__self__") else 0) == 1


def parse_request(head: bytes, connection: int) -> Asked:
    """One request head, blank line included.

    >>> parse_request(b"GET /a?b=1 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", 0).path
    '/a'
    """
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Asked(method=method, target=target, headers=headers, at=time.monotonic(), connection=connection)
