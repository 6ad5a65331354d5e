"""What can happen to an invented page, and when: the eight weeks, an event, edits, and the story that tells of them.

Belongs here: shapes and small edits, reading ``story.toml``. Does not belong here: which page meets which event
(``project_story``, ``news_story``).
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from contracts.outcomes import Outcome
from pipeline.demo.content import DemoPage

FIRST_DAY: Final = date(2026, 10, 5)
N_WEEKS: Final = 8

Edit = Callable[[DemoPage], DemoPage]


@dataclass(frozen=True, slots=True)
class PageEvent:
    """From this week's crawl on, the page is edited, or answers otherwise; ``target`` is where a redirect leads.

    Without a ``page`` of its own the address is one that stands already.
    """

    week: int
    url: str
    edit: Edit | None = None
    answer: Outcome = Outcome.FETCHED
    is_shell: bool = False
    target: str | None = None
    page: DemoPage | None = None


def day_of(week: int) -> date:
    """The Monday of the crawls of a week, 1 to ``N_WEEKS``."""
    return FIRST_DAY + timedelta(weeks=week - 1)


@cache
def read_story() -> Mapping[str, Any]:
    """The parsed ``story.toml``."""
    return tomllib.loads((Path(__file__).parent / "story.toml").read_text(encoding="utf-8"))


def revise(page: DemoPage, stated: Mapping[str, Any]) -> DemoPage:
    """The page as ``story.toml`` states it otherwise: title, labels and a paragraph more beside its fields."""
    fields = {name: value for name, value in stated.items() if name not in {"title", "labels", "paragraph"}}
    more = [stated["paragraph"]] if "paragraph" in stated else []
    return replace(
        page.state(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}),
        title=stated.get("title", "{title}").format(title=page.title, place=page.place),
        labels={**page.labels, **stated.get("labels", {})},
        paragraphs=(*page.paragraphs[:-1], *more, page.paragraphs[-1]),
    )


def add_sentence(sentence: str) -> Edit:
    """An edit that adds a paragraph after the first."""
    return lambda page: replace(page, paragraphs=(page.paragraphs[0], sentence, *page.paragraphs[1:]))


def reword(old: str, new: str) -> Edit:
    """An edit of words of the text."""

    def edit(page: DemoPage) -> DemoPage:
        return replace(page, paragraphs=tuple(text.replace(old, new) for text in page.paragraphs))

    return edit
