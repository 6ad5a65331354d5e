"""A stranger's SQL reads the published tables, on the DuckDB of today and of tomorrow, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.security.escapes import ALLOWED, REFUSED
from tests.warehouse.read.eight_weeks import share_eight_weeks


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the published file and a secret; every test of this module leaves it as it is."""
    folder = tmp_path_factory.mktemp("door")
    shutil.copy(share_eight_weeks(tmp_path_factory), folder / "iomdb.duckdb")
    (folder / "secret.csv").write_text("secret\n42\n")
    return folder


def take_picture(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def try_all(house: Path, version: str | None) -> list[tuple[str, Any]]:
    """What came of each statement, tried in a process of its own under this DuckDB."""
    library = [] if version is None else [str(Path(sys.prefix) / f"duckdb-{version}")]
    path = os.pathsep.join([*library, *filter(None, sys.path)])
    tried = subprocess.run(
        [sys.executable, "-m", "tests.security.escapes", str(house / "iomdb.duckdb")],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    lines = [json.loads(line) for line in tried.stdout.splitlines()]
    n_all = len(REFUSED) + len(ALLOWED)
    following = [*REFUSED, *ALLOWED][len(lines)] if len(lines) < n_all else ""
    assert tried.returncode == 0, f"ended with {tried.returncode} at {following!r}: {tried.stderr}"
    assert len(lines) == n_all
    return [(statement, found) for _, statement, found in lines]


@pytest.mark.slow
@pytest.mark.parametrize("version", [None, "2.0"])
def test_every_way_out_is_closed_and_every_honest_question_is_answered(house: Path, version: str | None) -> None:
    before = take_picture(house)
    tried = try_all(house, version)
    refused, allowed = tried[: len(REFUSED)], tried[len(REFUSED) :]
    assert len(REFUSED) >= 120
    assert [one for one in refused if not (isinstance(one[1], dict) and "QueryError" in one[1])] == []
    assert [one for one in allowed if not isinstance(one[1], list)] == []
    assert "42" not in json.dumps([found for _, found in refused])
    assert take_picture(house) == before
