"""The page of screens shows what the commands print today."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.screens import PAGE, describe_screens


@pytest.mark.slow
def test_the_page_of_screens_is_what_the_commands_print(demo: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == describe_screens(demo), "run `make screens`"
