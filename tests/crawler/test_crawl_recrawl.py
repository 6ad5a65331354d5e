"""Asking again: validators, equal payloads, frozen validators, and how often which page is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.outcomes import Outcome
from crawler.archive.check import check_archive
from tests.crawler.crawling import MORNING, capture_of, crawl, rows, site_of
from tests.site import faults
from tests.site.routes import NEWS, PROJECTS, Validators, html_page, iom_like, page, site_file, sitemap, xml
from tests.site.server import Answer, Asked, Route, WebServer

ALWAYS = "[recrawl]\nages = []\nolder_every_days = 0\n"
DAY = timedelta(days=1)


def test_a_second_crawl_costs_no_bodies(tmp_path: Path) -> None:
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        site = site_of(site_file(server.host, ALWAYS))
        first = rows(tmp_path, crawl(site, tmp_path))
        manifest = crawl(site, tmp_path, MORNING + DAY)
        second = rows(tmp_path, manifest)
    pages = [row for row in second.values() if row.kind in {"project", "news"}]
    assert len(pages) == len(PROJECTS) + len(NEWS)
    assert {(row.outcome, row.bytes_received) for row in pages} == {(Outcome.UNCHANGED, 0)}
    for row in second.values():
        assert row.capture is not None
        assert first[row.url].capture is not None
        assert row.capture.warc_type == "revisit"
        assert row.capture.content_capture_id == first[row.url].capture.capture_id  # type: ignore[union-attr]
        capture = capture_of(tmp_path, manifest, row)
        profile = capture.record.headers["warc-profile"].rpartition("/")[2]
        assert profile == ("server-not-modified" if row.http_status == 304 else "identical-payload-digest")
    assert list(check_archive(tmp_path)) == []


@pytest.mark.parametrize(
    ("validators", "header"),
    [
        (Validators(etag=True, last_modified=True), "if-none-match"),
        (Validators(etag=False, last_modified=True), "if-modified-since"),
        (Validators(etag=False, last_modified=False), None),
    ],
    ids=["etag", "last-modified", "digest"],
)
def test_etag_comes_before_last_modified_before_the_digest(
    validators: Validators, header: str | None, tmp_path: Path
) -> None:
    with WebServer({"/news/a": page(html_page("A mill", "It turns."), validators)}) as server:
        site = site_of(site_file(server.host, ALWAYS, start=f'[start]\npages = ["{server.root}/news/a"]\n'))
        crawl(site, tmp_path)
        server.asked.clear()
        row = rows(tmp_path, crawl(site, tmp_path, MORNING + DAY))[f"{server.root}/news/a"]
        sent = set(server.asked[-1].headers) & {"if-none-match", "if-modified-since"}
    assert sent == ({header} if header else set())
    assert row.outcome is (Outcome.UNCHANGED if header else Outcome.IDENTICAL)


def test_a_frozen_validator_is_caught_by_the_full_refetch(tmp_path: Path) -> None:
    headers = (("ETag", '"frozen"'),)
    with WebServer({"/news/a": Answer(html_page("Old", "Old words."), headers=headers)}) as server:
        more = "[recrawl]\nages = []\nolder_every_days = 0\nfull_every_days = 10\n"
        site = site_of(site_file(server.host, more, start=f'[start]\npages = ["{server.root}/news/a"]\n'))
        url = f"{server.root}/news/a"
        crawl(site, tmp_path)
        changed = Answer(html_page("New", "New words."), headers=headers)
        server.routes["/news/a"] = lambda asked: (
            Answer(status=304, headers=headers) if "if-none-match" in asked.headers else changed
        )
        outcomes = [
            rows(tmp_path, crawl(site, tmp_path, MORNING + days * DAY))[url].outcome for days in (1, 5, 9, 10, 11)
        ]
    assert outcomes == [Outcome.UNCHANGED] * 3 + [Outcome.FETCHED, Outcome.UNCHANGED]


def test_young_pages_are_asked_often_and_old_ones_rarely_by_the_site_files_rule(tmp_path: Path) -> None:
    more = "[recrawl]\nages = [{ younger_than_days = 3, every_days = 1 }]\nolder_every_days = 5\n"
    with WebServer({"/news/a": page(html_page("A pump", "It works."))}) as server:
        site = site_of(site_file(server.host, more, start=f'[start]\npages = ["{server.root}/news/a"]\n'))
        asked_on = []
        for day in range(14):
            server.asked.clear()
            crawl(site, tmp_path, MORNING + day * DAY)
            asked_on += [day] * server.paths().count("/news/a")
    assert asked_on == [0, 1, 2, 7, 12]


@pytest.mark.parametrize("etag", ['"a\x01b"', '"é"'], ids=["control", "beyond ASCII"])
def test_a_validator_that_cannot_be_sent_back_is_not_and_the_page_is_asked_all_the_same(
    etag: str, tmp_path: Path
) -> None:
    def answer(asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Awaitable[None]:
        body = html_page("A pump", "It works.")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: {etag}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        return writer.drain()

    with WebServer({"/news/a": answer}) as server:
        site = site_of(site_file(server.host, ALWAYS, start=f'[start]\npages = ["{server.root}/news/a"]\n'))
        crawl(site, tmp_path)
        row = rows(tmp_path, crawl(site, tmp_path, MORNING + DAY))[f"{server.root}/news/a"]
        assert "if-none-match" not in server.asked[-1].headers
    assert row.outcome is Outcome.IDENTICAL


def test_a_site_that_drops_its_trailing_slashes_loses_no_page(tmp_path: Path) -> None:
    good = page(html_page("A pump", "It works."))
    with WebServer({"/news/a/": good}) as server:
        server.routes["/sitemap.xml"] = xml(sitemap([f"{server.root}/news/a/"]))
        start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
        site = site_of(site_file(server.host, ALWAYS, start=start))
        crawl(site, tmp_path)
        del server.routes["/news/a/"]
        server.routes["/news/a"] = good
        server.routes["/sitemap.xml"] = xml(sitemap([f"{server.root}/news/a"]))
        found = rows(tmp_path, crawl(site, tmp_path, MORNING + DAY))
    assert found[f"{server.root}/news/a"].outcome is Outcome.FETCHED
    assert f"{server.root}/news/a/" not in found


def test_a_page_that_is_gone_is_asked_again_to_confirm_it_and_then_rarely(tmp_path: Path) -> None:
    with WebServer({"/news/a": page(html_page("A pump", "It works."))}) as server:
        site = site_of(site_file(server.host, "", start=f'[start]\npages = ["{server.root}/news/a"]\n'))
        crawl(site, tmp_path)
        server.routes["/news/a"] = Answer(b"", status=404)
        asked_on = []
        for day in range(1, 8):
            server.asked.clear()
            crawl(site, tmp_path, MORNING + day * DAY)
            asked_on += [day] * server.paths().count("/news/a")
    assert asked_on == [1, 2]


def test_a_changed_page_is_archived_anew_and_an_outage_changes_nothing_known(tmp_path: Path) -> None:
    with WebServer({"/news/a": page(html_page("Before", "Words."))}) as server:
        text = site_file(server.host, "attempts = 1\n" + ALWAYS, start=f'[start]\npages = ["{server.root}/news/a"]\n')
        site, url = site_of(text), f"{server.root}/news/a"
        crawl(site, tmp_path)
        good = server.routes["/news/a"]
        outages: list[Route] = [Answer(b"", status=500), faults.reset(), Answer(b"<title>Just a moment...")]
        for day, bad in enumerate(outages, 1):
            server.routes["/news/a"] = bad
            assert rows(tmp_path, crawl(site, tmp_path, MORNING + day * DAY))[url].effect.value == "unknown"
        server.routes["/news/a"] = good
        assert rows(tmp_path, crawl(site, tmp_path, MORNING + 4 * DAY))[url].outcome is Outcome.UNCHANGED
        server.routes["/news/a"] = page(html_page("After", "Other words."))
        row = rows(tmp_path, crawl(site, tmp_path, MORNING + 5 * DAY))[url]
    assert row.outcome is Outcome.FETCHED
    assert row.capture is not None
    assert row.capture.warc_type == "response"


def test_a_listing_read_to_its_end_once_is_afterwards_read_until_nothing_is_new(tmp_path: Path) -> None:
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        start = f'[[start.listings]]\nurl = "{server.root}/news?page={{page}}"\nkind = "news"\noverlap = 1\n'
        site = site_of(site_file(server.host, "attempts = 1\n", start=start))
        third, server.routes["/news?page=2"] = server.routes["/news?page=2"], Answer(b"", status=500)
        assert not crawl(site, tmp_path).complete
        server.routes["/news?page=2"] = third
        read = []
        for day in (1, 2):
            server.asked.clear()
            assert crawl(site, tmp_path, MORNING + day * DAY).complete
            read.append([path for path in server.paths() if "page=" in path])
    # The first reading had a hole: what lay behind it must still be reached. Only then may known entries end the pager.
    assert [len(pages) for pages in read] == [4, 1]
