"""What the docs show of commands is what they print today: the page of screens, and the pages for three people."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.screens import PAGE, STORIES, describe_screens, fill_answers


@pytest.mark.slow
def test_the_page_of_screens_is_what_the_commands_print(demo: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == describe_screens(demo), "run `make screens`"


@pytest.mark.slow
@pytest.mark.parametrize("page", STORIES, ids=lambda page: page.stem)
def test_the_way_from_a_question_to_an_answer_ends_where_the_page_says(demo: Path, page: Path) -> None:
    told = page.read_text(encoding="utf-8")
    assert told.count("\n$ iomdb") >= 6
    assert told == fill_answers(told, demo), "run `make screens`"
