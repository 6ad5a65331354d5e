"""The labelled folder as a stage of ``python -m bench``: the figures of all its pages, as rows of the one table.

Belongs here: which figures are rows, and their targets. Does not belong here: measuring (``__main__``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from bench.sizes import Size
from bench.truth.__main__ import Figures, measure_folder
from bench.truth.folder import REAL_PAGES
from bench.truth.readers import OURS, PARSER, PEER
from bench.truth.speed import ENCODED

AT_MOST: Final = {"articles refused": 0.02, "titles wrong": 0.01, "dates wrong": 0.005}
AT_LEAST: Final = {"titles exact": 0.88, "of these right": 0.8}
ABOVE_PEER: Final = "body f1"
BELOW_PEER: Final = "unwanted kept"
BESIDE_PEER: Final = ("body precision", "body recall", ABOVE_PEER, "wanted kept", BELOW_PEER)
RATIOS: Final = ((OURS, PARSER, 8.0), (OURS, PEER, 12.0), (ENCODED, PARSER, 4.5))
MOST_BY_MEDIAN: Final = 15.0


def measure(_: Size = Size.FULL) -> list[dict[str, Any]]:
    """Rows of the benchmark's table; one that says so where no folder is given."""
    folder = os.environ.get(REAL_PAGES)
    if not folder:
        return [_row(f"not measured: {REAL_PAGES} names no folder of labelled pages", None)]
    measured = measure_folder(Path(folder))
    ours, peer = (measured.summarise()["all"][name] for name in (OURS, PEER))
    rows = [*_list_bounds(ours), *_list_beside(ours, peer)]
    for mine, theirs, target in RATIOS:
        rate, peer_rate = measured.speeds[mine].pages_a_second, measured.speeds[theirs].pages_a_second
        beside = {"peer": theirs, "peer_value": peer_rate, "ratio": rate / peer_rate}
        rows.append(_row(mine, rate, unit="pages/s a core", target=target, met=rate / peer_rate >= target, **beside))
    slowest = measured.speeds[OURS].slowest_by_median
    rows.append(_row("slowest page by the median", slowest, target=MOST_BY_MEDIAN, met=slowest < MOST_BY_MEDIAN))
    return rows


def _list_bounds(ours: Figures) -> list[dict[str, Any]]:
    """The figures that have a bound of their own."""
    rows = []
    for name, target in (AT_MOST | AT_LEAST).items():
        value = ours[name]
        met = None if value is None else value <= target if name in AT_MOST else value >= target
        rows.append(_row(name, value, target=target, met=met))
    return rows


def _list_beside(ours: Figures, peer: Figures) -> list[dict[str, Any]]:
    """The figures that are compared with trafilatura's."""
    rows = []
    for name in BESIDE_PEER:
        value, beside = ours[name], peer[name]
        met = None
        if value is not None and beside is not None and name in {ABOVE_PEER, BELOW_PEER}:
            met = value > beside if name == ABOVE_PEER else value < beside
        rows.append(_row(name, value, peer=PEER, peer_value=beside, met=met))
    return rows


def _row(measure: str, value: float | None, *, unit: str = "", **others: Any) -> dict[str, Any]:
    return {"stage": "truth", "measure": measure, "value": value, "unit": unit} | others
