"""What can happen to an invented page, and when: the eight weeks, an event, and the edits that several pages share.

Belongs here: shapes and small edits. Does not belong here: which page meets which event (``project_story``,
``news_story``).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

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


def add_sentence(sentence: str) -> Edit:
    """An edit that adds a paragraph after the first."""
    return lambda page: replace(page, paragraphs=(page.paragraphs[0], sentence, *page.paragraphs[1:]))


def reword(old: str, new: str) -> Edit:
    """An edit of words of the text."""

    def edit(page: DemoPage) -> DemoPage:
        return replace(page, paragraphs=tuple(text.replace(old, new) for text in page.paragraphs))

    return edit
