"""The eight weeks, published once for all tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.warehouse.read.eight_weeks import share_eight_weeks
from warehouse.read.published import open_published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file of the eight weeks; read it only."""
    return share_eight_weeks(tmp_path_factory)


@pytest.fixture
def tables(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(published) as connection:
        yield connection
