"""Every stage of the benchmark still runs, to its last row: at the tiny size, in the environment of ``make bench``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import STAGES
from tests.bench.labelled import write_folder

ROOT = Path(__file__).parents[2]


def measure(stage: str, **environment: str) -> list[str]:
    """The lines of the table that the command prints for one stage."""
    ended = subprocess.run(
        [sys.executable, "-m", "bench", "--tiny", "--stage", stage],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_gives_rows_of_its_own_and_keeps_none_of_a_tiny_run(stage: str, tmp_path: Path) -> None:
    kept = {path.name: path.read_bytes() for path in (ROOT / "bench" / "results").iterdir()}
    header, _, *rows = measure(stage, REAL_PAGES=str(write_folder(tmp_path / "labelled")))
    assert header.startswith("stage")
    assert len(rows) >= 3
    assert {row.split()[0] for row in rows} == {stage}
    assert {path.name: path.read_bytes() for path in (ROOT / "bench" / "results").iterdir()} == kept


@pytest.mark.slow
def test_without_wget_its_rows_say_so_and_the_others_are_measured() -> None:
    rows = measure("crawl", PATH="")
    assert sum("not installed" in row for row in rows) == 4
    assert sum("Scrapy, no archive" in row for row in rows) == 4


@pytest.mark.slow
def test_without_a_folder_of_labelled_pages_their_stage_says_so() -> None:
    _, _, row = measure("truth", REAL_PAGES="")
    assert "not measured: REAL_PAGES" in row
