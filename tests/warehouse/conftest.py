"""What many tests of the warehouse begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.archives import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive without runs."""
    return Archive(tmp_path)
