"""The invented projects: their pages as they first stand, in all languages and on all hosts, and what meets them.

Belongs here: pages and events of projects. Does not belong here: words and markup (``content``, ``markup``), what is
told of single pages (``story.toml``). Projects are named by their number in ``content.make_project``. An answer other
than the page lasts until the next event of that page.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from contracts.outcomes import OUTCOMES, Outcome
from pipeline.demo.content import N_PROJECTS, DemoPage, make_project, mirror_project, translate_project
from pipeline.demo.event import PageEvent, read_story, revise

FRENCH: Final = tuple(range(0, N_PROJECTS, 4))
SPANISH: Final = (1, 10, 11, 13, 25, 34, 35, 37)
MIRRORED: Final = (2, 5, 9, 17, 24, 33, 48)


def make_first(number: int) -> DemoPage:
    """The English page of a project as it stands in the first week."""
    return _tell("first", number, make_project(number))


def _tell(where: str, number: int, page: DemoPage) -> DemoPage:
    return revise(page, read_story()[where].get(str(number), {}))


def iter_pages() -> Iterator[DemoPage]:
    """The pages of projects as they stand in the first week."""
    for number in range(N_PROJECTS):
        french = translate_project(number, "fr") if number in FRENCH else None
        spanish = translate_project(number, "es") if number in SPANISH else None
        english = make_first(number)
        others = [page for page in (french, spanish) if page is not None]
        yield replace(english, alternates={page.lang: page.url for page in others})
        for page in others:
            yield _tell("french", number, page) if page.lang == "fr" else page
    for number in MIRRORED:
        yield _tell("mirror", number, mirror_project(make_first(number)))
    for number, told in read_story()["special"].items():
        page = make_first(int(number))
        yield revise(replace(page, url=f"{page.url}{told['slug']}"), told["state"])


def iter_events() -> Iterator[PageEvent]:
    """What happens to them: edits, absences, pages that cannot be read; and one address that moves."""
    for told in (one for events in read_story()["events"].values() for one in events):
        number, answer = told["project"], OUTCOMES[told.get("answer", "fetched")]
        edit = partial(revise, stated=told["state"]) if "state" in told else None
        for lang in told.get("languages", ("en",)):
            page = make_first(number) if lang == "en" else translate_project(number, lang)
            yield PageEvent(told["week"], page.url, edit, answer, told.get("is_shell", False))
    moved = make_first(40)
    renamed = replace(moved, url=f"{moved.url}-renewed")
    yield PageEvent(3, renamed.url, page=renamed)
    yield PageEvent(3, moved.url, answer=Outcome.REDIRECTED, target=renamed.url)
