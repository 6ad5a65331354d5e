"""What happens on the invented sites in eight weeks: the sites as they stand, turned from week to week.

Belongs here: the state of the sites, and what meets a whole site. Does not belong here: what meets one page
(``project_story``, ``news_story``), writing it down (``archive``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.demo import news_story, project_story
from pipeline.demo.content import HAITI, LIBERIA, DemoPage
from pipeline.demo.event import PageEvent

REDESIGNED: Final = {LIBERIA: 5}
"""From which week on a site stands in its new design: every page has other markup and says the same."""
BLOCKED: Final = {HAITI: 6}
"""In which week a site answered every page with a challenge: the gate rejects that run."""


@dataclass(slots=True)
class Web:
    """The invented sites as they stand: pages by address, and what an address answers instead of its page."""

    pages: dict[str, DemoPage]
    answers: dict[str, PageEvent]
    events: list[PageEvent]

    @classmethod
    def open(cls) -> "Web":
        """Before the first week."""
        pages = [*project_story.iter_pages(), *news_story.iter_pages()]
        events = [*project_story.iter_events(), *news_story.iter_events()]
        return cls({page.url: page for page in pages}, {}, events)

    def turn(self, week: int) -> None:
        """Let the events of a week happen."""
        for event in (one for one in self.events if one.week == week):
            if event.page is not None:
                self.pages[event.url] = event.page
            if event.edit is not None:
                self.pages[event.url] = event.edit(self.pages[event.url])
            self.answers[event.url] = event

    def list_pages(self, site: str) -> Iterable[DemoPage]:
        """The pages of a site, in the order in which they came."""
        return [page for page in self.pages.values() if page.site == site]
