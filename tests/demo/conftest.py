"""The demonstration's data folder, for every test of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo.demonstration import share_demo
from tests.pipeline.commands import Caller

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return share_demo(tmp_path_factory)


@pytest.fixture
def iomdb(demo: Path) -> Caller:
    """Calls ``iomdb`` on the demonstration; nothing that writes into it."""
    return Caller(demo)
