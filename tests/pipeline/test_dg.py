"""The current conventions of Dagster's own tool hold: it finds, checks and launches what is here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.ground.folders import PROJECT_ROOT


def call_dg(tmp_path: Path, *words: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DAGSTER", "IOMDB"))}
    program = Path(sys.executable).with_name("dg")
    done = subprocess.run(
        [program, *words],
        cwd=PROJECT_ROOT,
        env={**environment, "IOMDB_DATA": str(tmp_path / "data"), "PATH": f"{program.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_dg_checks_and_lists_the_definitions(tmp_path: Path) -> None:
    assert "All definitions loaded successfully" in call_dg(tmp_path, "check", "defs")
    listed = call_dg(tmp_path, "list", "defs", "--json")
    for name in ("archived_seeds", "archived_site", "extracted_records", "document_clusters", "published_tables"):
        assert name in listed


@pytest.mark.slow
def test_dg_launches_the_whole_job(tmp_path: Path) -> None:
    call_dg(tmp_path, "launch", "--job", "seeds")
    assert (tmp_path / "data" / "iomdb.duckdb").exists()
