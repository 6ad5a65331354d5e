"""Searching many documents by their words: the answer alone, and the whole command beside the least that any costs.

Belongs here: the index and questions of it, as a user asks them. Does not belong here: the archive that they are asked
of (``bench.derive``). Processor time, the median of several; not the clock.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.derive import measure_build, write_archive
from bench.sizes import Size

IOMDB = (sys.executable, "-c", "from pipeline.cli import main; main(prog_name='iomdb')")
INDEX = (
    "import sys; from pathlib import Path; from warehouse.read.search import build_index; "
    "build_index(Path(sys.argv[1]))"
)
ANSWER = (
    "import sys; from pathlib import Path; from time import process_time; from warehouse.read.search import search\n"
    "for _ in range(int(sys.argv[3])):\n"
    "    before = process_time(); search(Path(sys.argv[1]), sys.argv[2]); print(process_time() - before)"
)
"""Searches one after the other in one process: what each costs, without the start of Python."""
QUESTIONS = {"a word of every document": "title", "a word of one document in a thousand": "abc0"}
PAGES = {Size.FULL: 30_000, Size.QUICK: 10_000, Size.TINY: 200}
MOST_MS = 50.0
"""An answer costs at most so much."""
MOST_TIMES = 5.0
"""The whole command costs at most so many times what a statement without a table does."""


def measure(size: Size = Size.FULL) -> list[dict[str, Any]]:
    """Rows of the benchmark's table."""
    repeats = 1 if size is Size.TINY else 7
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        write_archive(data, PAGES[size])
        measure_build(data, PAGES[size])
        rows = [
            _row(
                f"index of {PAGES[size]:,} documents",
                _time([sys.executable, "-c", INDEX, str(data / "iomdb.duckdb")], data),
                "s",
            )
        ]
        least = _ask(("sql", "SELECT 1"), data, repeats)
        for name, word in QUESTIONS.items():
            rows.append(_row(f"search for {name}", _answer(word, data, repeats), "ms", MOST_MS))
            rows.append(
                _row("  the whole command", _ask(("search", word), data, repeats), "s", MOST_TIMES * least, least)
            )
        size_mb = (data / "iomdb.search").stat().st_size / 2**20
    return [*rows, _row("  size of the index", size_mb, "MB")]


def _answer(word: str, data: Path, repeats: int) -> float:
    words = [sys.executable, "-c", ANSWER, str(data / "iomdb.duckdb"), word, str(repeats)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return 1_000 * statistics.median(map(float, done.stdout.split()))


def _ask(words: tuple[str, ...], data: Path, repeats: int) -> float:
    return statistics.median(_time([*IOMDB, *words], data) for _ in range(repeats))


def _time(command: list[str], data: Path) -> float:
    """Seconds of processor time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env={**os.environ, "IOMDB_DATA": str(data)}, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _row(name: str, value: float, unit: str, target: float | None = None, least: float | None = None) -> dict[str, Any]:
    return {
        "stage": "search", "measure": name, "value": value, "unit": unit,
        "peer": None if least is None else "iomdb sql 'SELECT 1'", "peer_value": least,
        "ratio": None if least is None else value / least, "target": target,
        "met": None if target is None else value <= target,
    }  # fmt: skip
