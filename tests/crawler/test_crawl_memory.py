"""What a crawl costs in memory, measured on its process: no more for a hostile site, none for many pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contracts.outcomes import Outcome
from crawler.archive.runs import OPEN_SUFFIX, iter_run_ids, read_manifest
from tests.site import faults
from tests.site.routes import html_page, page, site_file, sitemap, sitemap_index, xml
from tests.site.server import Answer, Asked, WebServer


def crawl_apart(folder: Path, now: str = "2026-11-22T06:00:00Z") -> float:
    """One crawl as a process of its own; returns its peak memory in MB."""
    words = ["--site", "loop", "--sites", str(folder / "sites"), "--archive", str(folder / "archive"), "--now", now]
    answer = subprocess.run(
        [sys.executable, "-c", MEASURED, sys.executable, "-m", "crawler", *words],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(answer.stderr.rpartition("peak ")[2]) * 1024 / 1e6


MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
"""A small process in between: a child begins with the peak of the process that it is forked from."""


def test_bombs_endless_bodies_and_5000_headers_stay_under_600_megabytes(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    bomb = faults.bomb(100 << 20)
    with WebServer() as server:
        for n in range(6):
            server.routes[f"/news/bomb-{n}"] = bomb
            server.routes[f"/news/endless-{n}"] = faults.endless()
            server.routes[f"/news/headers-{n}"] = faults.many_headers(5000, html_page("A", "b"))
        pages = ", ".join(f'"{server.root}{path}"' for path in server.routes)
        text = site_file(server.host, "attempts = 1\nbreaker_failures = 99\n", start=f"[start]\npages = [{pages}]\n")
        (tmp_path / "sites" / "loop.toml").write_text(text)
        peak_mb = crawl_apart(tmp_path)
    (run_id,) = iter_run_ids(tmp_path / "archive")
    counts = read_manifest(tmp_path / "archive", run_id).counts
    assert counts == {Outcome.TOO_LARGE: 12, Outcome.PROTOCOL_ERROR: 6, Outcome.NOT_FOUND: 1}
    assert peak_mb < 600
    print(f"peak {peak_mb:.0f} MB")


def serve_many(folder: Path, server: WebServer, n_pages: int) -> None:
    """A site of so many small pages in sitemaps of a thousand, and its site file."""

    def answer(asked: Asked) -> Answer:
        return page(html_page(asked.path, f"What was said at {asked.path}."))(asked)

    indexes = range(0, n_pages, 1000)
    server.fallback = answer
    server.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow:\n")
    server.routes["/sitemap.xml"] = xml(sitemap_index([f"{server.root}/sitemap-{first}.xml" for first in indexes]))
    for first in indexes:
        urls = [
            f"{server.root}/news/what-was-said-on-a-quay-in-letter-{number}"
            for number in range(first, min(first + 1000, n_pages))
        ]
        server.routes[f"/sitemap-{first}.xml"] = xml(sitemap(urls))
    often = "[recrawl]\nages = []\nolder_every_days = 0\n"
    text = site_file(server.host, often, start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n')
    (folder / "sites").mkdir(parents=True)
    (folder / "sites" / "loop.toml").write_text(text)


@pytest.mark.slow
def test_ten_times_the_pages_cost_the_same_memory_new_known_and_resumed(tmp_path: Path) -> None:
    peaks: dict[str, float] = {}
    for name, n_pages in (("few", 400), ("many", 4000)):
        with WebServer() as server:
            folder = tmp_path / name
            serve_many(folder, server, n_pages)
            peaks[f"{name}, new"] = crawl_apart(folder, "2026-11-20T06:00:00Z")
            (run_id,) = iter_run_ids(folder / "archive")
            # A seal that was killed before its rename: the run is taken up again with all that it has.
            (folder / "archive" / run_id).rename(folder / "archive" / (run_id + OPEN_SUFFIX))
            peaks[f"{name}, resumed"] = crawl_apart(folder, "2026-11-20T06:00:00Z")
            peaks[f"{name}, known"] = crawl_apart(folder, "2026-11-21T06:00:00Z")
            *_, last = iter_run_ids(folder / "archive")
            assert read_manifest(folder / "archive", last).counts[Outcome.UNCHANGED] == n_pages
    print(peaks)
    for stage in ("new", "resumed", "known"):
        assert peaks[f"many, {stage}"] - peaks[f"few, {stage}"] < 4, peaks
