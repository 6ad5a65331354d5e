"""The report of the demonstration, made with it once in a session of tests; read it only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo.demonstration import share_demo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the demonstration."""
    return share_demo(tmp_path_factory)


@pytest.fixture(scope="session")
def report(demo: Path) -> Path:
    """Its report."""
    return demo / "report"
