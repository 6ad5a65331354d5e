"""Killed at any moment, finished by the next call on the same day: nothing lost, nothing twice, little asked again."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.outcomes import Outcome
from crawler.archive.check import check_archive
from crawler.archive.runs import LEDGER_NAME, OPEN_SUFFIX, iter_fetches, iter_open_runs, iter_run_ids, read_manifest
from tests.crawler.crawling import MORNING, crawl, rows, site_of
from tests.crawler.runs import count_open_lines
from tests.patience import wait_until
from tests.site.routes import html_page, iom_like, page, site_file, sitemap, xml
from tests.site.server import Answer, Asked, WebServer


def serve_pages(server: WebServer, n_pages: int, delay: float) -> list[str]:
    """A sitemap of pages that take their time; returns all addresses that end in a row."""
    urls = [f"{server.root}/news/letter-{n}" for n in range(n_pages)]
    body = {url: html_page(url, "Words of a letter. " * (n % 50)) for n, url in enumerate(urls)}

    def answer(asked: Asked) -> Answer:
        made = page(body[server.root + asked.path])(asked)
        return Answer(made.body, made.status, made.headers, delay)

    server.routes.update({url.removeprefix(server.root): answer for url in urls})
    server.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow:\n")
    server.routes["/sitemap.xml"] = xml(sitemap(urls))
    return [f"{server.root}/robots.txt", f"{server.root}/sitemap.xml", *urls]


def start_child(folder: Path, now: str = "2026-11-22T06:00:00+00:00") -> subprocess.Popen[bytes]:
    words = ["--site", "loop", "--sites", str(folder / "sites"), "--archive", str(folder / "archive"), "--now", now]
    return subprocess.Popen([sys.executable, "-m", "crawler", *words], stdout=subprocess.PIPE)


def kill_at_random(folder: Path, server: WebServer, rng: random.Random, *, tear: bool) -> bool:
    """Start a crawl and kill it after a random number of requests; True when it was done before that.

    ``tear`` cuts the end of the newest WARC file too, as a kill in the middle of writing a member would.
    """
    child = start_child(folder)
    assert child.stdout is not None
    enough = len(server.asked) + rng.randrange(30)
    wait_until(lambda: len(server.asked) >= enough or child.poll() is not None, "enough requests")
    time.sleep(rng.uniform(0, 0.03))
    child.kill()
    child.wait()
    child.stdout.close()
    if tear:
        for warc in sorted(folder.glob("archive/*.open/*.warc.gz"))[-1:]:
            os.truncate(warc, max(0, warc.stat().st_size - rng.randrange(1, 200)))
    return child.returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("tear", [False, True], ids=["killed", "killed and torn"])
def test_a_dozen_kills_lose_nothing_and_duplicate_nothing(tear: bool, tmp_path: Path) -> None:
    rng = random.Random(f"kills {tear}")
    (tmp_path / "sites").mkdir()
    with WebServer() as server:
        expected = serve_pages(server, 240, 0.005)
        text = site_file(server.host, start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n')
        (tmp_path / "sites" / "loop.toml").write_text(
            text.replace("concurrent_requests = 4", "concurrent_requests = 2")
        )
        kills = 0
        for _ in range(6):
            kills += not kill_at_random(tmp_path, server, rng, tear=tear)
        child = start_child(tmp_path)
        child.communicate()
        assert child.returncode == 0
        asked = Counter(server.root + a.target for a in server.asked)
    archive = tmp_path / "archive"
    assert kills >= 5
    assert list(iter_open_runs(archive)) == []
    (run_id,) = iter_run_ids(archive)
    manifest = read_manifest(archive, run_id)
    found = rows(archive, manifest)
    assert sorted(found) == sorted(expected)
    assert manifest.counts == {Outcome.FETCHED: len(expected)}
    assert manifest.resumed == kills
    assert sum(asked.values()) - len(expected) <= len(expected) / 10, "more than a tenth was asked again"
    captures = Counter(row.capture.capture_id for row in found.values() if row.capture)
    assert max(captures.values()) == 1
    assert list(check_archive(archive)) == []


def test_a_stop_leaves_the_run_open_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with WebServer() as server:
        serve_pages(server, 50, 0.2)
        text = site_file(server.host, start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n')
        (tmp_path / "sites" / "loop.toml").write_text(text)
        child = start_child(tmp_path)
        wait_until(lambda: len(server.asked) >= 10, "ten requests")
        child.terminate()
        output, _ = child.communicate(timeout=60)
    assert child.returncode == 3
    assert json.loads(output.splitlines()[-1]) == {"event": "stopped", "why": "SIGTERM"}
    assert len(list(iter_open_runs(tmp_path / "archive"))) == 1


def test_a_run_that_was_not_finished_on_its_day_is_sealed_with_what_was_not_fetched(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    (tmp_path / "sites").mkdir()
    with WebServer() as server:
        expected = serve_pages(server, 40, 0.05)
        rarely = "[recrawl]\nages = []\n"
        text = site_file(server.host, rarely, start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n')
        (tmp_path / "sites" / "loop.toml").write_text(text)
        child = start_child(tmp_path)
        wait_until(lambda: len(server.asked) >= 15, "fifteen requests")
        child.kill()
        child.communicate()
        server.asked.clear()
        manifest = crawl(site_of(text), archive, MORNING + timedelta(days=1))
    yesterday, today = iter_run_ids(archive)
    assert today == manifest.run_id
    left = read_manifest(archive, yesterday)
    assert not left.complete
    assert sum(left.counts.values()) == len(expected)
    assert left.counts[Outcome.INTERRUPTED] + left.counts[Outcome.FETCHED] == len(expected)
    assert 0 < left.counts[Outcome.INTERRUPTED] < len(expected)
    assert any("not finished on its day" in note for note in left.notes)
    assert left.listed == {"news": 40, "project": 0}, "what was named before the kill stands"
    assert list(check_archive(archive)) == []
    # What yesterday fetched is known, and not due: today asks for the rest.
    pages = [row for row in iter_fetches(archive / today) if row.kind == "news"]
    assert len(pages) == left.counts[Outcome.INTERRUPTED]


def test_a_seal_that_was_killed_before_its_last_step_is_finished_as_it_was_on_any_later_day(tmp_path: Path) -> None:
    with WebServer({"/news/a": page(html_page("A pump", "It works."))}) as server:
        site = site_of(site_file(server.host, start=f'[start]\npages = ["{server.root}/news/a"]\n'))
        manifest = crawl(site, tmp_path)
        (tmp_path / manifest.run_id).rename(tmp_path / (manifest.run_id + OPEN_SUFFIX))
        crawl(site, tmp_path, MORNING + timedelta(days=1))
    assert read_manifest(tmp_path, manifest.run_id) == manifest
    assert manifest.complete
    assert list(iter_open_runs(tmp_path)) == []


def test_a_record_whose_row_was_lost_is_given_to_the_same_reader_as_if_it_had_none_lost(tmp_path: Path) -> None:
    """Without a declared type the record alone does not say that a page reader takes it."""

    def answer(asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Awaitable[None]:
        body = html_page("A pump", "It works.")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return writer.drain()

    with WebServer({"/news/a": answer}) as server:
        site = site_of(site_file(server.host, start=f'[start]\npages = ["{server.root}/news/a"]\n'))
        manifest = crawl(site, tmp_path)
        whole = rows(tmp_path, manifest)[f"{server.root}/news/a"]
        left = tmp_path / (manifest.run_id + OPEN_SUFFIX)
        (tmp_path / manifest.run_id).rename(left)
        ledger = (left / LEDGER_NAME).read_bytes().splitlines(keepends=True)
        (left / LEDGER_NAME).write_bytes(b"".join(line for line in ledger if b"/news/a" not in line))
        server.asked.clear()
        again = rows(tmp_path, crawl(site, tmp_path))[f"{server.root}/news/a"]
        assert server.asked == []
    assert whole.capture is not None
    assert whole.capture.reader == "html"
    assert again.capture == whole.capture


def test_a_resumed_crawl_reads_its_sources_from_the_archive(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    (tmp_path / "sites").mkdir()
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        (tmp_path / "sites" / "loop.toml").write_text(site_file(server.host))
        slow = server.routes["/news/boats-and-bread-25"]
        server.routes["/news/boats-and-bread-25"] = Answer(b"", delay=60)
        child = start_child(tmp_path)
        wait_until(lambda: "/news/boats-and-bread-25" in server.paths(), "the slow page")
        wait_until(lambda: count_open_lines(archive) == 42, "the rows of all other pages")
        child.kill()
        child.communicate()
        server.routes["/news/boats-and-bread-25"] = slow
        server.asked.clear()
        manifest = crawl(site_of(site_file(server.host)), archive)
        assert server.paths() == ["/news/boats-and-bread-25"]
        assert server.asked[0].path != "/robots.txt"
    assert manifest.complete
    assert manifest.resumed == 1
    assert {d.source: d.found for d in manifest.discovery} == {"sitemap": 20, "listing": 24, "feed": 3}
    assert manifest.listed == {"news": 25, "project": 8}
    dates = {row.url.rpartition("/")[2]: row.listing_date for row in rows(archive, manifest).values()}
    assert dates["boats-and-bread-25"] == "Sun, 03 Nov 2026 09:00:00 +0000"


def test_a_full_disk_ends_the_crawl_with_the_run_open_and_room_lets_it_be_finished(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with WebServer() as server:
        expected = serve_pages(server, 100, 0.0)
        text = site_file(server.host, start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n')
        (tmp_path / "sites" / "loop.toml").write_text(text)
        full = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        full += "from crawler.__main__ import main; sys.exit(main(sys.argv[1:]))"
        words = ["--site", "loop", "--sites", str(tmp_path / "sites"), "--archive", str(tmp_path / "archive")]
        words += ["--now", "2026-11-22T06:00:00+00:00"]
        ended = subprocess.run([sys.executable, "-c", full, *words], capture_output=True, timeout=60, check=False)
        asked_before = len(server.asked)
        last = json.loads(ended.stdout.splitlines()[-1])
        assert (ended.returncode, last["event"]) == (1, "failed"), ended.stderr
        assert "File too large" in last["message"]
        assert asked_before < len(expected)
        manifest = crawl(site_of(text), tmp_path / "archive")
    assert sorted(rows(tmp_path / "archive", manifest)) == sorted(expected)
    assert manifest.resumed == 1
    assert list(check_archive(tmp_path / "archive")) == []


def test_scratch_tables_on_a_full_disk_end_the_crawl_too_and_it_is_finished_when_there_is_room(tmp_path: Path) -> None:
    """A large sitemap is a small file in the archive and many rows beside it."""
    (tmp_path / "sites").mkdir()
    with WebServer() as server:
        serve_pages(server, 3, 0.0)
        urls = [f"{server.root}/news/letter-{n}" for n in range(30_000)]
        packed = gzip.compress(sitemap(urls).encode(), mtime=0)
        server.routes["/sitemap.xml"] = Answer(packed, headers=(("Content-Type", "application/gzip"),))
        text = site_file(
            server.host, "[budget]\npages = 2\n", start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
        )
        (tmp_path / "sites" / "loop.toml").write_text(text)
        full = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        full += "from crawler.__main__ import main; sys.exit(main(sys.argv[1:]))"
        words = ["--site", "loop", "--sites", str(tmp_path / "sites"), "--archive", str(tmp_path / "archive")]
        words += ["--now", "2026-11-22T06:00:00+00:00"]
        ended = subprocess.run([sys.executable, "-c", full, *words], capture_output=True, timeout=60, check=False)
        last = json.loads(ended.stdout.splitlines()[-1])
        assert (ended.returncode, last["event"]) == (1, "failed"), ended.stderr
        assert "scratch tables" in last["message"]
        assert "call again to resume" in last["message"]
        assert server.paths() == ["/sitemap.xml"]
        manifest = crawl(site_of(text), tmp_path / "archive")
    assert (manifest.counts[Outcome.FETCHED], manifest.counts[Outcome.BUDGET_SPENT]) == (4, 2)
    assert manifest.resumed == 1
    assert list(check_archive(tmp_path / "archive")) == []
