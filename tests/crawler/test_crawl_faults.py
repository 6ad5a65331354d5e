"""Each way in which the web goes wrong, against a real socket, with the outcome it must have."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.outcomes import Effect, Outcome
from contracts.run import Fetch, RunManifest
from crawler.archive.check import check_archive
from tests.crawler.crawling import capture_of, crawl, rows, site_of
from tests.site import faults
from tests.site.routes import html_page, page, site_file
from tests.site.server import Answer, Asked, Route, Script, WebServer

GOOD = html_page("A well in the village", "Forty families drew water from it. " * 20)
LIMITS = "[budget]\nbody_bytes = 200000\ndecoded_bytes = 2000000\n"
PATIENT = "breaker_failures = 1000\nattempts = 1\ntimeout_seconds = 4.0\n"


def cut_head(length: int, kind: bytes = b"text/html") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, length)


MOVED_IN_UTF_8 = "HTTP/1.1 301 Moved\r\nLocation: /news/märkte\r\nConnection: close\r\n\r\n".encode()

FAULTS: dict[str, tuple[Route, Outcome]] = {
    "good": (page(GOOD), Outcome.FETCHED),
    "missing": (Answer(b"<h1>No</h1>", status=404), Outcome.NOT_FOUND),
    "gone": (Answer(b"<h1>No</h1>", status=410), Outcome.GONE),
    "forbidden": (Answer(b"<h1>No</h1>", status=401), Outcome.CLIENT_ERROR),
    "ill": (Answer(b"<h1>Oh</h1>", status=500), Outcome.SERVER_ERROR),
    "odd-status": (Answer(b"", status=204), Outcome.UNEXPECTED_STATUS),
    "unasked-304": (Answer(status=304), Outcome.UNEXPECTED_STATUS),
    "too-many": (Answer(b"", status=429), Outcome.RATE_LIMITED),
    "challenge": (Answer(b"<title>Just a moment...</title><p>Checking", status=403), Outcome.BLOCKED),
    "challenge-200": (Answer(b"<title>Attention Required! | Cloudflare</title>"), Outcome.BLOCKED),
    "soft-missing": (page(html_page("Page not found", "Try the search.")), Outcome.SOFT_NOT_FOUND),
    "empty": (Answer(b""), Outcome.EMPTY),
    "blank": (Answer(b" \n\t "), Outcome.EMPTY),
    "pdf": (Answer(b"%PDF-1.7 x", headers=(("Content-Type", "application/pdf"),)), Outcome.NOT_A_PAGE),
    "pdf-as-html": (Answer(b"%PDF-1.7 x"), Outcome.NOT_A_PAGE),
    "json": (Answer(b"{}", headers=(("Content-Type", "application/json"),)), Outcome.NOT_A_PAGE),
    "gzip-cut": (faults.zipped_cut_short(GOOD), Outcome.BAD_ENCODING),
    "gzip-twice": (faults.zipped_twice(GOOD), Outcome.BAD_ENCODING),
    "gzip-undeclared": (Answer(gzip.compress(GOOD, mtime=0)), Outcome.BAD_ENCODING),
    "unknown-coding": (Answer(GOOD, headers=(("Content-Encoding", "zstd"),)), Outcome.BAD_ENCODING),
    "wrong-charset": (
        Answer("<p>étés créés".encode("latin-1"), headers=(("Content-Type", "text/html; charset=utf-8"),)),
        Outcome.BAD_CHARSET,
    ),
    "declared-wrongly": (
        Answer("<p>é".encode(), headers=(("Content-Type", "text/html; charset=iso-8859-1"),)),
        Outcome.FETCHED,
    ),
    "no-charset": (
        Answer("<p>é".encode("latin-1"), headers=(("Content-Type", "text/html; charset=rot13"),)),
        Outcome.BAD_CHARSET,
    ),
    "coded-twice": (
        Answer(
            gzip.compress(gzip.compress(GOOD, mtime=0), mtime=0),
            headers=(("Content-Encoding", "gzip"), ("content-encoding", "gzip")),
        ),
        Outcome.FETCHED,
    ),
    "moved-in-utf-8": (faults.hang_up(MOVED_IN_UTF_8), Outcome.REDIRECTED),
    "large-declared": (Answer(b"x" * 300_000), Outcome.TOO_LARGE),
    "endless": (faults.endless(), Outcome.TOO_LARGE),
    "bomb": (faults.bomb(100 << 20), Outcome.TOO_LARGE),
    "drip": (faults.endless(b"x", 0.1), Outcome.TIMEOUT),
    "silence": (faults.silence(), Outcome.TIMEOUT),
    "cut": (faults.hang_up(cut_head(1000) + b"<p>half"), Outcome.TRUNCATED),
    "cut-without-length": (
        faults.hang_up(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><p>half"),
        Outcome.TRUNCATED,
    ),
    "chunks-cut": (
        faults.hang_up(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<p>ha\r\n"
        ),
        Outcome.TRUNCATED,
    ),
    "reset": (faults.reset(), Outcome.CONNECTION_ERROR),
    "reset-inside": (faults.reset(cut_head(1000) + b"<p>half"), Outcome.TRUNCATED),
    "hang-up": (faults.hang_up(), Outcome.CONNECTION_ERROR),
    "no-http": (faults.hang_up(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), Outcome.PROTOCOL_ERROR),
    "5000-headers": (faults.many_headers(5000, GOOD), Outcome.PROTOCOL_ERROR),
    "off-site": (faults.redirect("http://elsewhere.example/"), Outcome.REDIRECTED_OFF_SITE),
    "file": (faults.redirect("file:///etc/passwd"), Outcome.REDIRECT_LOOP),
    "private": (faults.redirect("http://10.0.0.1/admin"), Outcome.PRIVATE_ADDRESS),
    "metadata": (faults.redirect("http://169.254.169.254/latest/"), Outcome.PRIVATE_ADDRESS),
    "self": (faults.redirect("/news/self"), Outcome.REDIRECT_LOOP),
    "nowhere": (Answer(status=302), Outcome.REDIRECT_LOOP),
    "loop": (faults.redirect("/news/loop-back"), Outcome.REDIRECTED),
    "moved": (faults.redirect("/news/good"), Outcome.REDIRECTED),
    "slash": (faults.redirect("/news/slash/"), Outcome.SAME_PAGE_REDIRECT),
    "forbidden-by-robots": (page(GOOD), Outcome.ROBOTS_DENIED),
}


@pytest.fixture(scope="module")
def worst_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, RunManifest, dict[str, Fetch]]]:
    """One crawl of a site where each page goes wrong in its own way."""
    archive = tmp_path_factory.mktemp("worst") / "archive"
    with WebServer() as server:
        server.routes.update({f"/news/{name}": route for name, (route, _) in FAULTS.items()})
        server.routes["/news/loop-back"] = faults.redirect("/news/loop")
        server.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /news/forbidden-by-robots\n")
        pages = ", ".join(f'"{server.root}/news/{name}"' for name in FAULTS)
        text = site_file(server.host, PATIENT + LIMITS, start=f"[start]\npages = [{pages}]\n")
        site = site_of(text.replace("timeout_seconds = 5\n", ""))
        manifest = crawl(site, archive)
        found = {url.removeprefix(f"{server.root}/news/"): row for url, row in rows(archive, manifest).items()}
        yield archive, manifest, found


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_ends_in_its_one_outcome(name: str, worst_day: tuple[Path, RunManifest, dict[str, Fetch]]) -> None:
    row = worst_day[2][name]
    assert (row.outcome, row.effect) == (FAULTS[name][1], FAULTS[name][1].effect), row.detail


def test_a_loop_of_redirects_ends_where_it_comes_back(
    worst_day: tuple[Path, RunManifest, dict[str, Fetch]],
) -> None:
    assert worst_day[2]["loop-back"].outcome is Outcome.REDIRECT_LOOP


def test_whatever_came_is_archived_and_a_cut_body_says_why(
    worst_day: tuple[Path, RunManifest, dict[str, Fetch]],
) -> None:
    archive, manifest, found = worst_day
    reasons = {"drip": "time", "cut": "disconnect", "endless": "length", "reset-inside": "disconnect", "good": None}
    for name, reason in reasons.items():
        capture = capture_of(archive, manifest, found[name])
        assert capture.record.headers.get("warc-truncated") == reason, name
    assert capture_of(archive, manifest, found["good"]).payload == GOOD
    assert capture_of(archive, manifest, found["coded-twice"]).payload == GOOD
    assert found["silence"].capture is None


def test_only_answers_that_prove_themselves_pages_are_given_to_a_reader(
    worst_day: tuple[Path, RunManifest, dict[str, Fetch]],
) -> None:
    for name, row in worst_day[2].items():
        if row.capture is not None and row.kind == "news":
            assert (row.capture.reader == "html") == (row.effect is Effect.SEEN), name


def test_the_whole_day_is_read_back_as_it_was_written(
    worst_day: tuple[Path, RunManifest, dict[str, Fetch]],
) -> None:
    assert check_archive(worst_day[0]) == []


def test_a_location_in_utf_8_leads_where_it_says(worst_day: tuple[Path, RunManifest, dict[str, Fetch]]) -> None:
    final_url = worst_day[2]["moved-in-utf-8"].final_url
    assert final_url is not None
    assert final_url.endswith("/news/m%C3%A4rkte")


def one_too_many(first: bytes) -> Script:
    """An answer, and a moment later, when its connection waits to be used again, another that nobody asked for."""

    async def send(asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(Answer(html_page("Another", "This page was asked for by nobody.")).wire())
        await writer.drain()
        await reader.read()

    return send


@pytest.mark.parametrize("first", [Answer(GOOD).wire(), b"HTTP/1.1 204 No Content\r\n\r\n"], ids=["page", "204"])
def test_an_answer_too_many_is_not_taken_for_that_to_the_next_request(first: bytes, tmp_path: Path) -> None:
    bodies = {f"/news/{n}": html_page(f"Number {n}", "A page of its own.") for n in range(4)}
    with WebServer({path: page(body) for path, body in bodies.items()}) as server:
        server.routes["/news/0"] = one_too_many(first)
        pages = ", ".join(f'"{server.root}{path}"' for path in bodies)
        text = site_file(server.host, start=f"[start]\npages = [{pages}]\n")
        text = text.replace("concurrent_requests = 4", "concurrent_requests = 1").replace(
            "delay_seconds = 0", "delay_seconds = 0.15"
        )
        manifest = crawl(site_of(text), tmp_path)
        found = rows(tmp_path, manifest)
        for path in list(bodies)[1:]:
            assert capture_of(tmp_path, manifest, found[server.root + path]).payload == bodies[path]


def test_a_host_without_a_name_and_a_refused_connection_have_outcomes(tmp_path: Path) -> None:
    text = (
        'name = "Dead"\nhosts = ["127.0.0.1:9", "no-such-host.invalid"]\nprivate_addresses = ["127.0.0.1"]\n'
        '[start]\npages = ["http://127.0.0.1:9/news/a", "http://no-such-host.invalid/news/a"]\n'
        "[politeness]\nattempts = 1\n"
    )
    manifest = crawl(site_of(text), tmp_path)
    outcomes = {url: row.outcome for url, row in rows(tmp_path, manifest).items()}
    assert outcomes == {
        "http://127.0.0.1:9/robots.txt": Outcome.CONNECTION_ERROR,
        "http://127.0.0.1:9/news/a": Outcome.ROBOTS_UNAVAILABLE,
        "http://no-such-host.invalid/robots.txt": Outcome.DNS_ERROR,
        "http://no-such-host.invalid/news/a": Outcome.ROBOTS_UNAVAILABLE,
    }


def test_a_certificate_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    with WebServer(tls=faults.own_certificate(tmp_path)) as server:
        server.routes["/news/a"] = page(GOOD)
        text = site_file(server.host, "attempts = 1\n", start=f'[start]\npages = ["{server.root}/news/a"]\n')
        manifest = crawl(site_of(text), tmp_path / "archive")
        assert server.asked == []
    assert set(manifest.counts) == {Outcome.TLS_ERROR, Outcome.ROBOTS_UNAVAILABLE}


def test_a_name_that_stands_for_a_private_address_is_not_asked(tmp_path: Path) -> None:
    with WebServer() as server:
        server.routes["/news/a"] = page(GOOD)
        host = f"localhost:{server.port}"
        text = (
            f'name = "Rebound"\nhosts = ["{host}"]\n[start]\npages = ["http://{host}/news/a"]\n'
            "[politeness]\nattempts = 1\n"
        )
        manifest = crawl(site_of(text), tmp_path)
        assert server.asked == []
    assert set(manifest.counts) == {Outcome.PRIVATE_ADDRESS, Outcome.ROBOTS_UNAVAILABLE}
