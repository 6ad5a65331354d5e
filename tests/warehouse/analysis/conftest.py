"""The eight weeks, published once for all tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.warehouse.analysis.eight_weeks import share_eight_weeks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file of the eight weeks; read it only."""
    return share_eight_weeks(tmp_path_factory)
