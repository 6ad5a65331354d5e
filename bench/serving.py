"""A fast web server of many pages on loopback, in a process of its own: ``python -m bench.serving N``.

Belongs here: serving. Pages are of 40 to 120 KB of markup, each of its own words, gzip where it is asked for, with an
ETag. It prints its port on the first line and serves until its standard input ends.

Most of a page's body is one of 64 bodies packed beforehand; its own words are a small second gzip member. So the server
costs almost nothing beside the crawler it is measured with, and still no two pages are equal.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import sys
import zlib
from functools import cache

N_BODIES = 64
WORDS = (
    "water",
    "road",
    "bread",
    "school",
    "border",
    "village",
    "family",
    "training",
    "shelter",
    "seed",
    "boat",
    "well",
)


def make_bodies() -> list[tuple[bytes, bytes]]:
    """The large part of each body, plain and packed, of 40 to 120 KB."""
    draw = random.Random(20_261_122)
    bodies = []
    for number in range(N_BODIES):
        size = 40_000 + number * 80_000 // (N_BODIES - 1)
        parts = ['<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title></head><body><article>']
        length = 0
        while length < size:
            words = " ".join(draw.choices(WORDS, k=40)) + f" {draw.random()}"
            parts.append(
                f'<div class="field field--name-body"><p class="t-{draw.randrange(10**6)}">{words}</p></div>\n'
            )
            length += len(parts[-1])
        plain = "".join(parts).encode()
        bodies.append((plain, gzip.compress(plain, 6, mtime=0)))
    return bodies


class Pages(asyncio.Protocol):
    """Answers ``/news/<n>`` and the sitemap; just enough HTTP for well-behaved clients."""

    def __init__(self, bodies: list[tuple[bytes, bytes]], sitemap: bytes) -> None:
        self._bodies = bodies
        self._sitemap = sitemap
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head, self._received = self._received[:end].lower(), self._received[end + 4 :]
            self._transport.write(self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1]
        if path == b"/sitemap.xml":
            return _message(b"200 OK", b"Content-Type: application/xml\r\n", self._sitemap)
        if not path.startswith(b"/news/"):
            return _message(b"404 Not Found", b"", b"")
        number = int(path[6:])
        etag = b'ETag: "v%d"\r\n' % number
        if b'if-none-match: "v%d"' % number in head:
            return b"HTTP/1.1 304 Not Modified\r\n" + etag + b"\r\n"
        plain, packed = self._bodies[number % N_BODIES]
        headers = b"Content-Type: text/html; charset=utf-8\r\n" + etag
        if b"accept-encoding: gzip" in head or b"accept-encoding: identity, gzip" in head:
            return _message(b"200 OK", headers + b"Content-Encoding: gzip\r\n", packed + _own_words(number))
        return _message(b"200 OK", headers, plain + _own_text(number))


def _message(status: bytes, headers: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, len(body), body)


def _own_text(number: int) -> bytes:
    return b"<p>This is page %d of the set.</p></article></body></html>" % number


@cache
def _own_words(number: int) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(_own_text(number)) + packer.flush()


async def serve(n_pages: int) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    bodies = make_bodies()
    sitemap = bytearray()
    server = await loop.create_server(lambda: Pages(bodies, bytes(sitemap)), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sitemap += b"<urlset>"
    sitemap += b"".join(b"<url><loc>http://127.0.0.1:%d/news/%d</loc></url>" % (port, n) for n in range(n_pages))
    sitemap += b"</urlset>"
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
