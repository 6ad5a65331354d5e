"""A site that leads from http to https, or back: one document a page, whichever of the two a source names.

Belongs here: crawls by a process of its own, whose list of authorities knows this server. Does not belong here:
redirects within one scheme (gate/test_pages_not_rows.py).
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pipeline.shores import Shore, find_day
from tests.site import faults
from tests.site.routes import sitemap, xml
from tests.site.server import Answer, Asked, WebServer

pytestmark = pytest.mark.slow

TLS_HANDSHAKE = b"\x16"
"""The first byte that a client sends who wants to talk https."""


class Door(WebServer):
    """One port with an http and an https server behind it: browsers and page keys see one site."""

    ports: dict[bool, int]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(1)
        inward, outward = await asyncio.open_connection("127.0.0.1", self.ports[first == TLS_HANDSHAKE])
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
    """A shore that is reached by http and by https at one port; one of the two leads to the other."""

    shore: Shore
    plain: WebServer
    secure: WebServer

    def live(self, day: int, *, listed: str, led_to: str) -> None:
        """A day on which the sitemap names addresses of one scheme, and the site answers at one."""
        door = self.shore.server.host
        at_home, elsewhere = (self.secure, self.plain) if led_to == "https" else (self.plain, self.secure)
        at_home.routes = {
            "/robots.txt": Answer(b"", status=404),
            "/sitemap.xml": xml(sitemap([f"{listed}://{door}{path}" for path in self.shore.pages])),
            **self.shore.pages,
        }
        elsewhere.routes = {}

        def lead(asked: Asked) -> Answer:
            return Answer(status=301, headers=(("Location", f"{led_to}://{door}{asked.target}"),))

        elsewhere.fallback, at_home.fallback = lead, Answer(b"<h1>Not here</h1>", status=404)
        self.shore.folder.root.mkdir(exist_ok=True)
        self.shore.write_site_file()
        words = ["--site", "loop", "--sites", str(self.shore.root / "sites"), "--now", find_day(day).isoformat()]
        command = [sys.executable, "-m", "crawler", *words, "--archive", str(self.shore.folder.archive)]
        trusting = {**os.environ, "SSL_CERT_FILE": str(self.shore.root / "loopback.pem")}
        subprocess.run(command, env=trusting, check=True, stdout=subprocess.DEVNULL)
        published = self.shore.publish(day)
        assert all(verdict.is_accepted for verdict in published.verdicts), published.describe()
        assert self.shore.find_gate(day) == []


@contextmanager
def open_both(root: Path) -> Iterator[TwoSchemes]:
    with ExitStack() as stack:
        plain = stack.enter_context(WebServer())
        secure = stack.enter_context(WebServer(tls=faults.own_certificate(root)))
        door = Door()
        door.ports = {False: plain.port, True: secure.port}
        yield TwoSchemes(Shore(root, stack.enter_context(door)), plain, secure)


@pytest.mark.parametrize(
    "days",
    [
        pytest.param([("http", "https")] * 3, id="http in the sitemap of an https site"),
        pytest.param([("https", "http")] * 3, id="https in the sitemap of an http site"),
        pytest.param([("http", "http"), ("http", "https"), ("https", "https")], id="a site that takes up https"),
        pytest.param([("https", "https"), ("https", "http"), ("http", "http")], id="a site that drops https"),
    ],
)
def test_a_change_of_scheme_is_no_edit_no_second_document_and_no_evidence_against_a_site(
    days: list[tuple[str, str]], tmp_path: Path
) -> None:
    with open_both(tmp_path) as both:
        both.shore.add_news(8)
        both.shore.add_projects(4)
        for day, (listed, led_to) in enumerate(days):
            both.live(day, listed=listed, led_to=led_to)
            assert both.shore.count_states() == {"live": 12}
            assert both.shore.list_changes() == []
        seen = both.shore.ask("SELECT DISTINCT split_part(url, ':', 1) FROM v1.fetches WHERE outcome = 'fetched'")
        assert {scheme for (scheme,) in seen} == {led_to for _, led_to in days}, "the pages were read over this scheme"
