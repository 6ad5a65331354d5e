"""The page on the house says what the rooms say of themselves, and every page of the docs is found from the README."""

from __future__ import annotations

from bench.house import ROOT
from bench.rooms import describe_rooms


def test_the_architecture_page_lists_every_room_in_its_own_words() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert describe_rooms() in page, "run `python -m bench.rooms` and put its table into docs/architecture.md"
    assert len(page.splitlines()) <= 150


def test_every_page_of_the_docs_is_linked_from_the_readme_or_from_their_index() -> None:
    linked = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/README.md"))
    pages = sorted(path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md")
    assert [page for page in pages if f"({page})" not in linked and f"(docs/{page})" not in linked] == []
