"""The pages of the repository: each is found from the README, none has endless lines, decisions are short and dated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from bench.house import ROOT

LONGEST = 160
UNPUBLISHED = {".venv", "data", "node_modules"}
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.md")
    if not any(part in UNPUBLISHED or part.startswith(".") for part in path.relative_to(ROOT).parts)
)
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def read_page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def iter_prose(page: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, without those of tables and code blocks."""
    is_code = False
    for number, line in enumerate(page.splitlines(), start=1):
        is_fence = line.lstrip().startswith("```")
        is_code ^= is_fence
        if not (is_code or is_fence or line.lstrip().startswith("|")):
            yield number, line


@pytest.mark.parametrize("name", PAGES)
def test_no_line_of_prose_is_endless(name: str) -> None:
    assert [number for number, line in iter_prose(read_page(name)) if len(line) > LONGEST] == []


def test_tables_and_code_may_be_wide_and_prose_around_them_may_not() -> None:
    wide = "x" * (LONGEST + 1)
    page = f"{wide}\n| {wide} |\n```\n{wide}\n```\n{wide}"
    assert [number for number, line in iter_prose(page) if len(line) > LONGEST] == [1, 6]


def test_every_page_of_the_docs_is_linked_from_the_readme_or_from_their_index() -> None:
    linked = set()
    for name in ("README.md", "docs/README.md"):
        for target in re.findall(r"\]\(([^)#:]+\.md)\)", read_page(name)):
            linked.add((ROOT / name).parent / target)
    missing = [path for path in (ROOT / "docs").rglob("*.md") if path not in linked | {ROOT / "docs" / "README.md"}]
    assert missing == []


@pytest.mark.parametrize("name", PAGES)
def test_every_link_to_a_file_leads_to_one(name: str) -> None:
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", "\n".join(line for _, line in iter_prose(read_page(name))))
    assert [target for target in targets if not ((ROOT / name).parent / target).exists()] == []


def test_contributing_is_short() -> None:
    assert len(read_page("CONTRIBUTING.md").splitlines()) <= 100


@pytest.mark.parametrize("path", DECISIONS, ids=[path.stem for path in DECISIONS])
def test_a_decision_is_dated_has_at_most_eight_lines_and_the_newest_comes_first(path: Path) -> None:
    decisions = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert decisions
    for decision in decisions:
        assert re.match(r"20\d\d-\d\d-\d\d \S", decision), decision
        assert 2 <= len([line for line in decision.splitlines() if line.strip()]) <= 8, decision
    dates = [decision[:10] for decision in decisions]
    assert all(newer >= older for newer, older in pairwise(dates))
