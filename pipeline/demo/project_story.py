"""The invented projects: their pages as they first stand, in all languages and on all hosts, and what meets them.

Belongs here: pages and events of projects. Does not belong here: words and markup (``content``, ``markup``).
Projects are named by their number in ``content.make_project``. An answer other than the page lasts until the next
event of that page.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from contracts.outcomes import Outcome
from pipeline.demo.content import (
    N_PROJECTS,
    DemoPage,
    make_project,
    mirror_project,
    read_words,
    translate_project,
)
from pipeline.demo.event import Edit, PageEvent

FRENCH: Final = tuple(range(0, N_PROJECTS, 4))
SPANISH: Final = (1, 10, 11, 13, 25, 34, 35, 37)
MIRRORED: Final = (2, 5, 9, 17, 24, 33, 48)
_BASE: Final[dict[int, Edit]] = {
    0: lambda p: p.state(
        budget="100000.00", end_date="2007", start_date="2006", status="Completed", funding_year="2006"
    ),
    2: lambda p: p.state(start_date="10 May 2018", end_date="9 May 2019"),
    18: lambda p: p.state(start_date="2014", end_date="2012"),
    23: lambda p: p.state(coverage="National"),
    26: lambda p: p.state(budget="0.00"),
    37: lambda p: p.state(countries=(*p.fields["countries"], p.fields["countries"][0])),
    39: lambda p: p.state(end_date="2010", funding_year="2013", start_date="2009"),
    43: lambda p: replace(p.state(gender_marker="2a"), labels={**p.labels, "gender_marker": "Gender Marker"}),
    51: lambda p: p.state(countries=()),
    52: lambda p: replace(p, labels={"budget": "Money set aside"}),
    54: lambda p: p.state(countries=("Federated Lagoons",)),
    56: lambda p: p.state(type="Harbour Poetry"),
    60: lambda p: p.state(projects_id=""),
    62: lambda p: p.state(projects_id="", prima_id=""),
}
_FRENCH_SAYS: Final[dict[int, Edit]] = {
    4: lambda p: p.state(status="Actif"),
    8: lambda p: p.state(end_date="2024"),
    12: lambda p: p.state(start_date="2011"),
    20: lambda p: p.state(funding_year="2015"),
    28: lambda p: p.state(status="Achevé", end_date="2024"),
}
_MIRROR_SAYS: Final[dict[int, Edit]] = {
    5: lambda p: p.state(budget="87500.00", end_date="2026"),
    24: lambda p: p.state(type="Labour Migration"),
}


def make_first(number: int) -> DemoPage:
    """The English page of a project as it stands in the first week."""
    page = make_project(number)
    return _BASE[number](page) if number in _BASE else page


def iter_pages() -> Iterator[DemoPage]:
    """The pages of projects as they stand in the first week."""
    yield from _iter_projects()
    yield from _iter_special_projects()


def iter_events() -> Iterator[PageEvent]:
    """What happens to them."""
    yield from _iter_edits()
    yield from _iter_absences()
    yield from _iter_faults()


def _iter_projects() -> Iterator[DemoPage]:
    for number in range(N_PROJECTS):
        french = translate_project(number, "fr") if number in FRENCH else None
        spanish = translate_project(number, "es") if number in SPANISH else None
        english = make_first(number)
        others = [page for page in (french, spanish) if page is not None]
        yield replace(english, alternates={page.lang: page.url for page in others})
        for page in others:
            yield _FRENCH_SAYS[number](page) if page.lang == "fr" and number in _FRENCH_SAYS else page
    for number in MIRRORED:
        mirror = mirror_project(make_first(number))
        yield _MIRROR_SAYS[number](mirror) if number in _MIRROR_SAYS else mirror


def _iter_special_projects() -> Iterator[DemoPage]:
    """A title that two projects bear, and an id that two works bear."""
    twin = make_first(6)
    yield replace(twin, url=f"{twin.url}-0").state(projects_id="TC.2006", budget="61500.00", funding_year="2011")
    first, other = make_first(15), make_first(42)
    yield replace(other, url=f"{other.url}-ii", title=f"Second Harvest at {other.place}").state(
        projects_id=first.fields["projects_id"], prima_id="", budget="73250.00", start_date="2009", end_date="2010",
        funding_year="2008", countries="Kenya", status="Completed",
    )  # fmt: skip


def _iter_edits() -> Iterator[PageEvent]:
    """The publisher's edits of projects."""
    completed = read_words()["status"]["completed"]["en"]
    other = "A second count, made in the rain, came to other figures, and both are printed here side by side."
    edits: list[tuple[int, int, Edit]] = [
        (2, 3, lambda p: p.state(status=completed, end_date="2026")),
        (2, 41, lambda p: replace(p, title=f"{p.title}, Second Phase")),
        (3, 8, lambda p: p.state(budget="145000.00")),
        (3, 14, lambda p: p.state(end_date=str(int(p.fields["end_date"][0]) + 1))),
        (4, 0, lambda p: p.state(budget="120000.00")),
        (4, 30, lambda p: p.state(projects_id="IB.3030")),
        (5, 12, lambda p: p.state(budget="")),
        (5, 25, lambda p: p.state(status=completed, end_date="2026")),
        (5, 33, lambda p: replace(p, paragraphs=(*p.paragraphs[:-1], other, p.paragraphs[-1]))),
        (6, 10, lambda p: p.state(budget="52000.50")),
        (6, 22, lambda p: p.state(start_date=f"May {p.fields['start_date'][0]}")),
        (7, 13, lambda p: p.state(countries=(*p.fields["countries"], "Ghana"))),
        (7, 47, lambda p: p.state(status=completed, end_date="2026")),
        (8, 0, lambda p: p.state(budget="125000.00", status="Active")),
        (8, 17, lambda p: p.state(coverage="")),
        (8, 31, lambda p: p.state(type="Stamps and Seals")),
    ]
    for week, number, edit in edits:
        yield PageEvent(week, make_first(number).url, edit)


def _iter_absences() -> Iterator[PageEvent]:
    """Projects that vanish, for good or not; ``answers`` are by week."""
    gone, missing, back = Outcome.GONE, Outcome.NOT_FOUND, Outcome.FETCHED
    absences: dict[int, dict[int, Outcome]] = {
        1: {3: missing, 5: back, 6: missing, 8: back},
        16: {5: missing},
        20: {2: missing, 4: back},
        27: {4: missing, 5: back},
        38: {6: gone},
        46: {8: missing},
        55: {4: gone},
        5: {4: missing},
    }
    for number, answers in absences.items():
        for week, answer in answers.items():
            yield PageEvent(week, make_first(number).url, answer=answer)
            if number in {16, 20} and number in FRENCH:
                yield PageEvent(week, translate_project(number, "fr").url, answer=answer)
            if number in SPANISH:
                yield PageEvent(week, translate_project(number, "es").url, answer=answer)


def _iter_faults() -> Iterator[PageEvent]:
    """Pages that answer and cannot be read, whole or in part, and addresses that move."""
    yield PageEvent(6, make_first(29).url, lambda p: replace(p, labels={**p.labels, "budget": "Funding envelope"}))
    yield PageEvent(5, make_first(35).url, lambda p: replace(p, labels={**p.labels, "status": "Stage of the work"}))
    yield PageEvent(7, make_first(45).url, is_shell=True)
    yield PageEvent(1, make_first(61).url, is_shell=True)
    yield PageEvent(7, make_first(49).url, answer=Outcome.SERVER_ERROR)
    yield PageEvent(8, make_first(49).url)
    moved = make_first(40)
    renamed = replace(moved, url=f"{moved.url}-renewed")
    yield PageEvent(3, renamed.url, page=renamed)
    yield PageEvent(3, moved.url, answer=Outcome.REDIRECTED, target=renamed.url)
