"""Reading pages: bytes in, positioned records out, beside BeautifulSoup, trafilatura and the bare parse of lexbor.

Belongs here: the pages of the benchmark's reading stage, and measuring. Processor time is measured, not the clock, but
for two processes beside one. Every page is read, none is skipped; that the short cut and the whole page give the same
record, and the record is the one the page was made from, is counted on a sample in the same run.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import msgspec
import trafilatura
from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser

from bench.inputs import state_input
from bench.memory import read_peak
from bench.sizes import Size
from extractor.blocks.source import decode_html
from extractor.layouts.read_page import read_page, read_page_whole
from extractor.meaning.interpret import interpret_page
from tests.site.pages import make_benchmark_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Page = tuple[bytes, str]
PAGES = {Size.FULL: 2_000, Size.QUICK: 200, Size.TINY: 40}


def measure(size: Size = Size.FULL) -> list[dict[str, Any]]:
    """Rows of the benchmark's table."""
    count = PAGES[size]
    pages = [make_benchmark_page(number) for number in range(count)]
    sample = pages[: count // 20]
    _read_all(sample)
    rate = _measure_rate(_read, pages)
    peak = read_peak()
    rows = [
        _row(f"{count:,} pages of 40 to 120 KB", rate, "pages/s a core", target=600.0, met=rate >= 600),
        _row("processor time a page", 1000 / rate, "ms"),
        _measure_whole_stage(pages),
        _row("cut and whole read alike, spans too", _measure_alike(sample), "", target=1.0),
        _row("peak memory, with all pages in it", peak, "MB"),
    ]
    rows[4]["met"] = rows[4]["value"] == 1.0
    rows += [_beside(rate, *peer, sample) for peer in _PEERS]
    return [*rows, _measure_two_processes(count)]


def _read(payload: bytes, url: str) -> None:
    reading = read_page(payload, reader="html", url=url)
    assert reading.status == "read", reading.reason


def _read_all(pages: Sequence[Page]) -> int:
    for payload, url in pages:
        _read(payload, url)
    return len(pages)


def _measure_rate(read: Callable[[bytes, str], object], pages: Sequence[Page]) -> float:
    start = process_time()
    for payload, url in pages:
        read(payload, url)
    return len(pages) / (process_time() - start)


def _measure_whole_stage(pages: Sequence[Page]) -> dict[str, Any]:
    """Bytes to the typed record as it is written: read, interpreted, encoded."""

    def read(payload: bytes, url: str) -> None:
        interpretation = interpret_page(state_input(url), read_page(payload, reader="html", url=url))
        msgspec.json.encode(interpretation.extraction)

    _measure_rate(read, pages[:20])
    rate = _measure_rate(read, pages)
    return _row("read, interpreted and encoded", rate, "pages/s a core", target=600.0, met=rate >= 600)


_PEERS: tuple[tuple[str, Callable[[bytes, str], object], float | None], ...] = (
    ("plain BeautifulSoup(page, 'lxml')", lambda payload, _: BeautifulSoup(payload, "lxml"), 8.0),
    ("trafilatura.extract(page)", lambda payload, _: trafilatura.extract(payload), 12.0),
    ("limit: lexbor's parse alone", lambda payload, _: LexborHTMLParser(payload), None),
)


def _beside(
    rate: float, name: str, read: Callable[[bytes, str], object], target: float | None, sample: Sequence[Page]
) -> dict[str, Any]:
    """One peer on a sample of the same pages, warmed up like ours."""
    _measure_rate(read, sample[:3])
    peer_rate = _measure_rate(read, sample)
    row = _row("pages a second", rate, "pages/s a core", target=target)
    row |= {"peer": name, "peer_value": peer_rate, "ratio": rate / peer_rate}
    return row | ({"met": rate / peer_rate >= target} if target is not None else {})


def _measure_alike(sample: Sequence[Page]) -> float:
    alike = 0
    for payload, url in sample:
        source = decode_html(payload, None)
        assert source is not None
        cut, whole = read_page(payload, reader="html", url=url), read_page_whole(source, url)
        assert cut.title is not None
        assert whole.title is not None
        alike += cut == whole and cut.title.span() == whole.title.span()
    return alike / len(sample)


def _measure_two_processes(count: int) -> dict[str, Any]:
    """Two processes beside one, by the clock: each process makes its own pages first."""
    rates = []
    for workers in (1, 2):
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            shares = [(worker * count, count // 2) for worker in range(workers)]
            seconds = list(pool.map(_read_share, shares))
        rates.append(sum(size for _, size in shares) / max(seconds))
    row = _row("two processes", rates[1], "pages/s", target=1.8)
    return row | {
        "peer": "one process",
        "peer_value": rates[0],
        "ratio": rates[1] / rates[0],
        "met": rates[1] / rates[0] >= 1.8,
    }


def _read_share(share: tuple[int, int]) -> float:
    first, size = share
    pages = [make_benchmark_page(number) for number in range(first, first + size)]
    start = perf_counter()
    _read_all(pages)
    return perf_counter() - start


def _row(
    measure: str, value: float, unit: str, *, target: float | None = None, met: bool | None = None
) -> dict[str, Any]:
    row: dict[str, Any] = {"stage": "reading", "measure": measure, "value": value, "unit": unit, "peer": None}
    return row | {"peer_value": None, "ratio": None, "target": target, "met": met}
