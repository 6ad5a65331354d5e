"""The eight weeks of the cookbook in a data folder, and ``iomdb`` called on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import main
from tests.warehouse.read.eight_weeks import share_eight_weeks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Iomdb = Callable[..., Result]


@pytest.fixture(scope="session")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the published eight weeks; read it only."""
    return share_eight_weeks(tmp_path_factory).parent


@pytest.fixture
def iomdb(weeks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iomdb:
    """Call ``iomdb`` in an empty folder, on the eight weeks; ``data`` names another data folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)

    def call(*words: str, data: Path = weeks, text: str | None = None) -> Result:
        return CliRunner().invoke(main, words, input=text, env={"IOMDB_DATA": str(data)})

    return call
