"""The crawl beside its peers, politeness off, on loopback: wget, the same Scrapy without an archive, and asking again.

Belongs here: the order of measuring and the rows. Does not belong here: the server (serving), the plain spider
(plain_scrapy). Each crawler is a process of its own, measured from its start to its end, the peers right after ours;
the server is a process beside them and shares the machine's cores.
"""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import contracts
import crawler
from bench.sizes import Size

SITE = """
name = "bench"
hosts = ["127.0.0.1:{port}"]
private_addresses = ["127.0.0.1"]
[start]
sitemaps = ["http://127.0.0.1:{port}/sitemap.xml"]
[politeness]
delay_seconds = 0
concurrent_requests = 8
[budget]
pages = 1000000
bytes = 100000000000
[recrawl]
ages = []
older_every_days = 0
"""
PAGES = {Size.FULL: (2_000, 20_000), Size.QUICK: (200, 2_000), Size.TINY: (5, 50)}
"""A small crawl, and one of ten times its pages."""
AGAINST_WGET, AGAINST_SCRAPY, AGAINST_CONDITIONAL = 1.2, 0.8, 0.9
MOST_MEMORY_MB = 250.0
MOST_GROWTH_MB = 5.0
"""What ten times the pages may cost: one sitemap of ten times the addresses, unpacked, and no more."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one process took: wall-clock seconds, processor seconds, and its largest memory in MB."""

    seconds: float
    processor_seconds: float
    peak_mb: float


def measure(size: Size = Size.FULL) -> list[dict[str, Any]]:
    """Rows of the benchmark's table."""
    small, large = PAGES[size]
    for package in (contracts, crawler):  # as its installer did for each peer
        compileall.compile_dir(package.__path__[0], quiet=1)
    (few, few_mb), (many, many_mb) = measure_pages(small), measure_pages(large)
    growth: dict[str, Any] = {
        "stage": "crawl",
        "measure": f"memory that {large - small:,} more pages cost",
        "value": many_mb - few_mb,
        "unit": "MB",
        "target": MOST_GROWTH_MB,
        "met": many_mb - few_mb < MOST_GROWTH_MB,
    }
    return [*few, *many, growth]


def measure_pages(n_pages: int) -> tuple[list[dict[str, Any]], float]:
    """The rows for one number of pages, and our peak memory in MB."""
    folder = Path(tempfile.mkdtemp(prefix="iomdb-bench-"))
    try:
        with serve(n_pages) as port:
            (folder / "sites").mkdir()
            (folder / "sites" / "bench.toml").write_text(SITE.format(port=port))
            ours = run([*crawl_words(folder), "--now", "2026-11-20T00:00:00+00:00"])
            plain = run([*PLAIN, f"http://127.0.0.1:{port}", "all"])
            again = run([*crawl_words(folder), "--now", "2026-11-21T00:00:00+00:00"])
            conditional = run([*PLAIN, f"http://127.0.0.1:{port}", "conditional"])
            wget = run_wget(folder, port, n_pages) if shutil.which("wget") else None
            packed = run_wget(folder, port, n_pages, "Accept-Encoding: gzip") if shutil.which("wget") else None
    finally:
        shutil.rmtree(folder)
    peak_mb = max(ours.peak_mb, again.peak_mb)
    rows = [
        _row(n_pages, "crawl", ours, peer="wget --warc-file", theirs=wget, target=AGAINST_WGET),
        # No target, for it stores bytes it can't read and keeps no ledger; but nobody should think wget is slow.
        _row(n_pages, "crawl", ours, peer="wget, asking for gzip", theirs=packed, target=None),
        _row(n_pages, "crawl", ours, peer="Scrapy, no archive", theirs=plain, target=AGAINST_SCRAPY),
        _row(n_pages, "unchanged", again, peer="Scrapy, conditional", theirs=conditional, target=AGAINST_CONDITIONAL),
        {
            "stage": "crawl",
            "measure": f"peak memory, {n_pages:,} pages",
            "value": peak_mb,
            "unit": "MB",
            "target": MOST_MEMORY_MB,
            "met": peak_mb < MOST_MEMORY_MB,
        },
        {
            "stage": "crawl",
            "measure": f"processor time a page, {n_pages:,} pages",
            "value": ours.processor_seconds / n_pages * 1000,
            "unit": "ms",
            "peer": "Scrapy, no archive",
            "peer_value": plain.processor_seconds / n_pages * 1000,
        },
    ]
    return rows, peak_mb


PLAIN = (sys.executable, "-m", "bench.plain_scrapy")


def crawl_words(folder: Path) -> list[str]:
    """Our crawler's command line."""
    places = ["--sites", str(folder / "sites"), "--archive", str(folder / "archive")]
    return [sys.executable, "-m", "crawler", "--site", "bench", *places]


def run_wget(folder: Path, port: int, n_pages: int, *headers: str) -> Taken:
    """Wget as its manual has it: every page of a list into one WARC file, no page kept beside it."""
    listed = folder / "urls.txt"
    listed.write_text("".join(f"http://127.0.0.1:{port}/news/{n}\n" for n in range(n_pages)))
    words = ["wget", "-q", "-i", str(listed), "--delete-after", "--warc-file", str(folder / f"wget-{len(headers)}")]
    return run([*words, *(f"--header={header}" for header in headers)], folder)


def run(words: Sequence[str], folder: Path | None = None) -> Taken:
    """Run one process to its end; a failure ends the benchmark."""
    began = perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = perf_counter() - began
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(words)} ended with {child.returncode}")
    return Taken(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@contextmanager
def serve(n_pages: int) -> Iterator[int]:
    """A server of so many pages; gives its port."""
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.serving", str(n_pages)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield int(child.stdout.readline())
    finally:
        child.stdin.close()
        child.stdout.close()
        child.wait()


def _row(
    n_pages: int, what: str, ours: Taken, *, peer: str, theirs: Taken | None, target: float | None
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "stage": "crawl",
        "measure": f"{what}, {n_pages:,} pages",
        "value": n_pages / ours.seconds,
        "unit": "pages/s",
        "peer": peer,
        "target": target,
    }
    if theirs is None:
        return {**row, "peer": f"{peer}: not installed"}
    ratio = theirs.seconds / ours.seconds
    met = {} if target is None else {"met": ratio >= target}
    return {**row, "peer_value": n_pages / theirs.seconds, "ratio": ratio, **met}
