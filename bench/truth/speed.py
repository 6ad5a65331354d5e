"""How quick the readers are on the same pages: processor time, in alternating order, the best of three rounds.

Belongs here: the clock. Does not belong here: what they find.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Final

import trafilatura
from bs4 import BeautifulSoup

from bench.truth.readers import OURS, PARSER, PEER, encode
from extractor.layouts.read_page import read_page

ROUNDS: Final = 3
ENCODED: Final = f"{OURS}, interpreted and encoded"
TASKS: Final[Mapping[str, Callable[[bytes, str], object]]] = {
    OURS: lambda payload, url: read_page(payload, reader="html", url=url),
    ENCODED: encode,
    PARSER: lambda payload, _: BeautifulSoup(payload, "lxml"),
    PEER: lambda payload, _: trafilatura.bare_extraction(payload),
}
"""What is timed: reading alone, reading to the encoded record, the bare parse, trafilatura as it comes."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Of one task: pages a second of one core, and how many times the median page the slowest took, with its id."""

    pages_a_second: float
    slowest_by_median: float
    slowest: str


def measure_speeds(pages: Sequence[tuple[str, bytes, str]], rounds: int = ROUNDS) -> dict[str, Speed]:
    """The speed of each task on the pages, given as id, bytes and address."""
    totals: dict[str, list[float]] = {name: [] for name in TASKS}
    best = {name: [float("inf")] * len(pages) for name in TASKS}
    for number in range(rounds):
        # Every other round goes backwards, so that a machine that slows down or warms up favours none.
        for name in list(TASKS)[:: -1 if number % 2 else 1]:
            times = _time_pages(TASKS[name], pages)
            totals[name].append(sum(times))
            best[name] = [min(pair) for pair in zip(best[name], times, strict=True)]
    return {name: _describe(pages, min(totals[name]), best[name]) for name in TASKS}


def _time_pages(task: Callable[[bytes, str], object], pages: Sequence[tuple[str, bytes, str]]) -> list[float]:
    for _, payload, url in pages[:2]:
        task(payload, url)
    gc.collect()  # a task pays for its own garbage, not for the one before
    times = []
    for _, payload, url in pages:
        start = process_time()
        task(payload, url)
        times.append(process_time() - start)
    return times


def _describe(pages: Sequence[tuple[str, bytes, str]], total: float, times: Sequence[float]) -> Speed:
    slowest = max(range(len(times)), key=times.__getitem__)
    return Speed(len(times) / total, times[slowest] / median(times), pages[slowest][0])
