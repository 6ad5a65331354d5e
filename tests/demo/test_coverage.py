"""`make coverage` as a contributor calls it: a changed reader in a checkout, an archive, a page for a pull request."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.commands import Caller

ROOT = Path(__file__).parents[2]


def call_make(checkout: Path, data: Path) -> subprocess.CompletedProcess[str]:
    """Call the target in a checkout; its set-up is the suite's own."""
    words = ["make", "-s", "-o", ".venv/ready-dev", f"BIN={Path(sys.executable).parent}", "coverage"]
    environment = {**Caller(data).environment, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(words, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_lost_wording_is_told_field_by_field_and_nothing_archived_in_a_sentence(demo: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    for name in ("contracts", "crawler", "extractor", "pipeline", "warehouse"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", checkout)
    codes = checkout / "extractor" / "codebooks" / "status.toml"
    kept = [line for line in codes.read_text(encoding="utf-8").splitlines() if not line.startswith('"Actif"')]
    codes.write_text(os.linesep.join(kept), encoding="utf-8")
    told = call_make(checkout, demo)
    assert told.returncode == 0, told.stderr
    assert "| ` project.status ` |" in told.stdout
    assert "| ` active ` | ` ∅ ` |" in told.stdout
    nothing = call_make(checkout, tmp_path / "nothing")
    assert nothing.returncode == 2, "make's own code"
    assert nothing.stderr.startswith("Error: nothing is archived in ")
