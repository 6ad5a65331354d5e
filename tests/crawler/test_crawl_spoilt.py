"""Answers and sources that came spoilt: asked again where that helps, read as what they are, never read as another."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from contracts.outcomes import Outcome
from contracts.run import Fetch, RunManifest
from tests.crawler.crawling import capture_of, crawl, rows, site_of
from tests.site import faults
from tests.site.routes import feed, html_page, page, site_file, sitemap, xml
from tests.site.server import Answer, Route, WebServer

GOOD = html_page("A well", "It was dug.")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
PATIENT = "attempts = 3\n"


def crawl_page(route: Route, archive: Path) -> tuple[RunManifest, Fetch, list[str]]:
    """The run of a site of one page, its row, and what the server was asked for."""
    with WebServer({"/robots.txt": Answer(status=404), "/news/a": route}) as server:
        text = site_file(server.host, PATIENT, start=f'[start]\npages = ["{server.root}/news/a"]\n')
        manifest = crawl(site_of(text.replace("timeout_seconds = 5", "timeout_seconds = 1")), archive)
        return manifest, rows(archive, manifest)[f"{server.root}/news/a"], server.paths()


SPOILT = gzip.compress(GOOD, mtime=0)
SPOILT = SPOILT[:20] + bytes([SPOILT[20] ^ 0xFF]) + SPOILT[21:]


@pytest.mark.parametrize(
    "first",
    [
        Answer(SPOILT, headers=(("Content-Encoding", "gzip"),)),
        faults.zipped_cut_short(GOOD),
        Answer(GOOD, headers=(("Content-Encoding", "gzip"),)),
        Answer(GOOD[:-40], headers=(("Content-Encoding", "br"),)),
    ],
    ids=["spoilt gzip", "gzip cut short", "gzip that is none", "brotli that is none"],
)
def test_a_garbled_body_is_asked_for_again(first: Answer, tmp_path: Path) -> None:
    manifest, row, asked = crawl_page(faults.in_turn(first, faults.zipped(GOOD)), tmp_path)
    assert asked == ["/news/a"] * 2
    assert (row.outcome, row.attempts) == (Outcome.FETCHED, 2)
    assert capture_of(tmp_path, manifest, row).payload == GOOD


def test_an_answer_that_is_not_http_is_asked_for_again(tmp_path: Path) -> None:
    _, row, asked = crawl_page(faults.hang_up(b"HTTP/1.1 banana\r\n\r\n"), tmp_path)
    assert asked == ["/news/a"] * 3
    assert (row.outcome, row.attempts) == (Outcome.PROTOCOL_ERROR, 3)


def test_a_coding_that_nobody_knows_is_asked_for_once(tmp_path: Path) -> None:
    _, row, asked = crawl_page(Answer(GOOD, headers=(("Content-Encoding", "zz"),)), tmp_path)
    assert asked == ["/news/a"]
    assert row.outcome is Outcome.BAD_ENCODING


@pytest.mark.parametrize("status", [301, 404, 410])
def test_a_status_that_needs_no_body_counts_without_it_and_is_asked_for_once(status: int, tmp_path: Path) -> None:
    head = b"HTTP/1.1 %d Odd\r\nLocation: /news/b\r\nContent-Type: text/html\r\nContent-Length: 162\r\n\r\n" % status
    _, row, asked = crawl_page(faults.hang_up(head), tmp_path)
    expected = {301: Outcome.REDIRECTED, 404: Outcome.NOT_FOUND, 410: Outcome.GONE}
    assert row.outcome is expected[status]
    assert asked.count("/news/a") == 1


def test_a_coded_body_that_unpacks_whole_is_whole_though_the_length_is_that_of_the_page(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD, mtime=0)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % (len(packed) + 900)
    manifest, row, asked = crawl_page(faults.hang_up(head + packed), tmp_path)
    assert (row.outcome, asked) == (Outcome.FETCHED, ["/news/a"])
    capture = capture_of(tmp_path, manifest, row)
    assert capture.payload == GOOD
    assert "warc-truncated" not in capture.record.headers


@pytest.mark.parametrize("media_type", ["application/gzip", "application/xml", "text/xml; charset=utf-8"])
def test_a_sitemap_that_is_a_gzip_file_under_a_gzip_coding_is_read(media_type: str, tmp_path: Path) -> None:
    with WebServer({"/robots.txt": Answer(status=404), "/news/a": page(GOOD)}) as server:
        inner = gzip.compress(sitemap([f"{server.root}/news/a"]).encode(), mtime=0)
        headers = (("Content-Type", media_type), ("Content-Encoding", "gzip"))
        server.routes["/sitemap.xml.gz"] = Answer(gzip.compress(inner, mtime=0), headers=headers)
        text = site_file(server.host, start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml.gz"]\n')
        manifest = crawl(site_of(text), tmp_path)
        assert server.paths() == ["/sitemap.xml.gz", "/news/a"]
    assert manifest.complete


@pytest.mark.parametrize(
    "media_type",
    ["application/rdf+xml", "application/x-rss+xml", "text/rss", "application/rss+xml", "text/rss+xml", "text/xml"],
)
def test_a_feed_is_read_under_every_name_that_feeds_go_by(media_type: str, tmp_path: Path) -> None:
    with WebServer({"/robots.txt": Answer(status=404), "/news/a": page(GOOD)}) as server:
        body = feed(server.root, ["/news/a"])
        if "rdf" in media_type:
            body = body.replace("<rss>", '<rdf:RDF xmlns:rdf="http://r">').replace("</rss>", "</rdf:RDF>")
        server.routes["/feed"] = Answer(body.encode(), headers=(("Content-Type", media_type),))
        manifest = crawl(site_of(site_file(server.host, start=f'[start]\nfeeds = ["{server.root}/feed"]\n')), tmp_path)
        assert server.paths() == ["/feed", "/news/a"]
    assert manifest.complete


def test_a_sitemap_with_bare_ampersands_leads_to_its_own_pages_and_to_no_other(tmp_path: Path) -> None:
    with WebServer({"/robots.txt": Answer(status=404)}, fallback=page(GOOD)) as server:
        entries = ["/news/r&d-centre", "/news/q&a", "/news/x&unknown;y", "", "ftp://a.example/news/z", "/news/a b"]
        server.routes["/sitemap.xml"] = xml(sitemap([f"{server.root}{e}" if e[:1] == "/" else e for e in entries]))
        text = site_file(server.host, start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n')
        manifest = crawl(site_of(text), tmp_path)
        assert server.paths() == ["/sitemap.xml", "/news/r&d-centre", "/news/q&a"]
    told = next(note for note in manifest.notes if "give no address" in note)
    assert told.endswith(
        "4 entries give no address: 1 empty, 1 of another scheme than http(s), 1 with a blank in it, "
        "1 with broken markup or an unknown entity in it"
    )


def test_a_listing_with_backslashes_and_ampersands_leads_where_a_browser_would_go(tmp_path: Path) -> None:
    with WebServer({"/robots.txt": Answer(status=404)}, fallback=page(GOOD)) as server:
        links = r'<a href="\news\well">A</a><a href="/news/r&d">B</a><a href="\\{host}\news\road">C</a>'
        server.routes["/list"] = Answer(html_page("News", links.replace("{host}", server.host)))
        start = f'[[start.listings]]\nurl = "{server.root}/list"\nkind = "news"\n'
        crawl(site_of(site_file(server.host, start=start)), tmp_path)
        assert sorted(server.paths()) == ["/list", "/news/r&d", "/news/road", "/news/well"]
