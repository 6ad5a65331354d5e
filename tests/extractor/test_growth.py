"""No rule takes longer over a text than its size allows: four times as much of anything costs about four times."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import pytest

from bench.inputs import state_input
from extractor.layouts.read_page import MAX_LINES, MAX_TEXT, read_page
from extractor.meaning.interpret import interpret_page
from tests.costs import costing_at_most, measure_cost
from tests.extractor.readings import NEWS_URL, PROJECT_URL, read_html, read_text

SIZE = 24_000
"""Characters of a repeated unit: what grows with their square is already seconds."""

SHARE = 4
"""Of so many is the smaller text, whose cost the other's is held to."""

MOST_GROWTH = 7.0
"""Of the cost of four times as much: n log n is 5, a square 16, and a busy machine may spoil a figure by a third."""

ATTEMPTS = 12
"""So many pairs may tell: what else the machine does slows one text's turn more than the other's, by twice and more."""

TOO_LITTLE = 0.04
"""Seconds that tell nothing."""

# fmt: off
UNITS = [
    "Mr. Aa ", "Dr ", "H.E. Mr. ", "Dr. Aa, ", "Chief of Staff of the Head of ", "Minister of Ports, ",
    "Head of Office ",
    "Director General ", "Aa Bb ", "Aa, Minister of Bb ", "Government of ", "(ABC) ", "Aa (AA) ", "(AA", "A.B.", "No. ",
    "the Republic of ", "Niger ", "Niger-", "Sud-", "(Niger ", "Guinea Bissau ", "Congo (RDC), ", "China, Hong Kong ",
    "Democratic Republic of the ", "and ", "of the ", "l'", "5 May ", "5-", "from 5 to ", "5 de enero de ", "Monday, ",
    "5 May 2020 – ", "Geneva – ", "Geneva, ", "Geneva / ", "05/06/2020 ", "2020-", "1,000 ", "12 ", "1) x ", "a) x; ",
    "022 717 9111 / ", "+1 2", "(202) 555-0199 ", "00 227 20 ", "a@b ", "a@b.c ", '"mailto:', "@", "x at y dot z ",
    "a.",     "Contact: ", "For more information ", "please contact ", "Tel: ", '"x ', "“", "”", "(", ")", "[", "{",
    "<b>", "- ",
    "— ", ": ", "; ", ". ", ", ", "!", "…", "'", "/", "| ", "* ", "# ", "• ", "© ", "© IOM ", "Photo: ", "Year: 2006 ",
    "Year ", "Start Date: ", "Coverage: Global ", "Projects ID TC.0001 ", "Benefiting Member States ", "funded by ",
    "funded by the Government of ", "with financial support from ", "representatives from Niger, ", "officials of ",
    "three-day ", "12-month project ", "deux jours ", "atelier de ", "held in ", "adopted on ", "mission held in May ",
    "today (26/03) ", "launched today ", 'the project "', "target 10.7 ", "SDG 5.1 ", "Read more ", "Related news ",
    "See also: ", "Share ", "published on ", "sign up to our newsletter ", "IOM’s ", "404 error | ", "title | IOM ",
    "promoting since 1951 humane and orderly migration ", "aa bb cc dd ", "AA BB ", "é", "İ", "ا ", "تحديث ", "你",
    "\u200d", "\u200b ", "\u0301", "e\u0301", "\ufffd", "\u00a0", "a", "1",
]
# fmt: on
TEXT = "Geneva – Lamps were lit in every office of the harbour, and nobody had to wait in the dark."
FIELDS = "<p>Projects ID: TC.0001</p><p>Year: 2006</p><p>Coverage: Global</p>"

Place = Callable[[str, int], None]


def read(page: str, *, url: str = NEWS_URL) -> None:
    reading = (read_html if page.startswith("<") else read_text)(page, url)
    interpret_page(state_input(url), reading)


def wrap(markup: str, unit: str, count: int, *, url: str = NEWS_URL) -> None:
    read(markup.replace("UNITS", escape(unit) * count), url=url)


PLACES: dict[str, Place] = {
    "the head's title": partial(wrap, f"<html><head><title>UNITS</title></head><body><h1>Lamps</h1><p>{TEXT}</p>"),
    "the title": partial(wrap, f"<html><body><h1>UNITS</h1><p>{TEXT}</p>"),
    "the text": partial(wrap, f"<html><body><h1>Lamps</h1><p>{TEXT} UNITS</p>"),
    "its first words": partial(wrap, f"<html><body><h1>Lamps</h1><p>UNITS {TEXT}</p>"),
    "a label": partial(wrap, f"<html><body><h1>Lamps</h1>{FIELDS}<p>UNITS: x</p><p>{TEXT}</p>", url=PROJECT_URL),
    "a value": partial(
        wrap, f"<html><body><h1>Lamps</h1>{FIELDS}<p>Benefiting Member States: UNITS</p><p>{TEXT}</p>", url=PROJECT_URL
    ),
    "blocks": lambda unit, count: read(
        f"<html><body><h1>Lamps</h1><p>{TEXT}</p>{f'<p>{escape(unit) * 8}</p>' * (count // 8)}"
    ),
    "a line": lambda unit, count: read(f"Lamps lit\n{TEXT}\n{unit * count}"),
    "the first line": lambda unit, count: read(f"x{unit * count}\n{TEXT}"),
    "lines": lambda unit, count: read(f"Lamps lit\n{TEXT}\n" + f"{unit * 8}\n" * (count // 8)),
    "lines of fields": lambda unit, count: read(
        "Lamps lit\nProjects ID\nTC.0001\nYear\n2006\nCoverage\nGlobal\n" + f"{unit * 4}\n" * (count // 4),
        url=PROJECT_URL,
    ),
}


def grows_too_fast(place: Place, unit: str) -> bool:
    """Whether the text costs more than the part of it allows."""
    count = max(SHARE, SIZE // len(unit) // SHARE)
    for _ in range(ATTEMPTS):
        # Of one moment: the best of all moments told of a quick one for the part and none for the whole.
        part = measure_cost(lambda: place(unit, count))
        whole = measure_cost(lambda: place(unit, SHARE * count))
        if whole <= max(TOO_LITTLE, MOST_GROWTH * part):
            return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("name", PLACES)
def test_four_times_as_much_of_anything_costs_about_four_times(name: str) -> None:
    assert [unit for unit in UNITS if grows_too_fast(PLACES[name], unit)] == []


@pytest.mark.parametrize(
    "unit", ["Mr. Aa ", "Dr ", "Chief of Staff of the Head of ", "Aa, Minister of Bb ", "Contact: ", "022 717 9111 / "]
)
@pytest.mark.parametrize("name", ["the text", "a line"])
def test_what_once_took_minutes_ends_at_once(unit: str, name: str) -> None:
    with costing_at_most(5):
        PLACES[name](unit, 80_000 // len(unit))


@pytest.mark.parametrize(
    "page",
    [f"<h1>Lamps</h1><p>{'Lamps were lit. ' * (MAX_TEXT // 16 + 1)}</p>", f"<h1>Lamps</h1>{'<p>x</p>' * MAX_LINES}"],
    ids=["text", "blocks"],
)
def test_a_page_with_more_than_any_page_has_is_quarantined_and_says_so(page: str) -> None:
    reading = read_page(page.encode(), reader="html", url=NEWS_URL)
    assert reading.status == "quarantined"
    assert "of any page" in str(reading.reason)
