"""A site that is reached by http and by https at one port: browsers and page keys see one site.

Belongs here: the port, the two servers behind it, the answer that leads from one scheme to the other. Does not belong
here: what the site says (routes.py), what a crawl makes of it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from tests.site import faults
from tests.site.server import Answer, Asked, WebServer

Scheme = Literal["http", "https"]

CERTIFICATE = "loopback.pem"
"""What a client has to trust (``SSL_CERT_FILE``), in the folder that the site was opened with."""

_TLS_HANDSHAKE = b"\x16"
"""The first byte that a client sends who wants to talk https."""


@dataclass
class _SharedPort(WebServer):
    """Carries each connection to the server of the scheme that it begins with."""

    ports: dict[bool, int] = field(default_factory=dict)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(1)
        inward, outward = await asyncio.open_connection("127.0.0.1", self.ports[first == _TLS_HANDSHAKE])
        outward.write(first)
        await asyncio.gather(_carry(reader, outward), _carry(inward, writer))


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(1 << 16):
            target.write(data)
            await target.drain()
    except ConnectionError:
        pass  # one side hung up: so does the other
    finally:
        target.close()


@dataclass
class TwoSchemes:
    """The port, and the server of each scheme behind it."""

    port: WebServer
    servers: dict[Scheme, WebServer]

    def settle(self, scheme: Scheme) -> WebServer:
        """The server of this scheme, which is the site's from now on; the other leads to it, whatever is asked."""

        def lead(asked: Asked) -> Answer:
            return Answer(status=301, headers=(("Location", f"{scheme}://{self.port.host}{asked.target}"),))

        for name, server in self.servers.items():
            server.routes = {}
            server.fallback = Answer(b"<h1>Not here</h1>", status=404) if name == scheme else lead
        return self.servers[scheme]


@contextmanager
def open_both_schemes(folder: Path) -> Iterator[TwoSchemes]:
    """Both servers and their port while the block runs; the certificate is left in ``folder``."""
    with (
        WebServer() as plain,
        WebServer(tls=faults.own_certificate(folder)) as secure,
        _SharedPort(ports={False: plain.port, True: secure.port}) as port,
    ):
        yield TwoSchemes(port, {"http": plain, "https": secure})


def trust_certificate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let crawls here and in processes of their own believe the certificate that lies in ``folder``.

    In this process ``SSL_CERT_FILE`` comes too late: aiohttp has read the machine's authorities when it was imported.
    """
    trusting = ssl.create_default_context(cafile=folder / CERTIFICATE)
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / CERTIFICATE))
