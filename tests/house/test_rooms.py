"""The page on the house says what the rooms say of themselves."""

from __future__ import annotations

from bench.house import ROOT
from bench.rooms import describe_rooms


def test_the_architecture_page_lists_every_room_in_its_own_words() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert describe_rooms() in page, "run `python -m bench.rooms` and put its table into docs/architecture.md"
    assert len(page.splitlines()) <= 150
