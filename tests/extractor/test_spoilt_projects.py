"""However a project page is spoilt, no value is published that it does not print under that field."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from contracts.extraction import Extraction
from contracts.run import Reader
from extractor.layouts.read_page import read_page
from extractor.meaning.interpret import interpret_page
from tests.extractor.judged import iter_wrong
from tests.extractor.reading_seeds import page_input
from tests.extractor.readings import PROJECT_URL
from tests.extractor.spoilt_projects import KINDS, Spoilt, spoil
from tests.site.pages import make_project, render_page

N_FAST, N_SLOW = 4, 63
"""Pages a kind: about a hundred in all, and 2,000."""

TEXT = "The team will visit every counter twice and write down what travellers have to wait for."


def extract(payload: bytes, reader: Reader) -> Extraction:
    reading = read_page(payload, reader=reader, url=PROJECT_URL)
    return interpret_page(page_input(PROJECT_URL), reading).extraction


def extract_spoilt(spoilt: Spoilt) -> Extraction:
    return extract(spoilt.payload, "text" if spoilt.is_text else "html")


def list_wrong(kind: str, n_pages: int) -> list[str]:
    return [
        f"{number} ({spoilt.theme}, {spoilt.content.lang}): {wrong}"
        for number in range(n_pages)
        for spoilt in [spoil(kind, number)]
        for wrong in iter_wrong(spoilt, extract_spoilt(spoilt))
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_page_publishes_nothing_that_it_does_not_print_under_that_field(kind: str) -> None:
    assert list_wrong(kind, N_FAST) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_nor_do_two_thousand(kind: str) -> None:
    assert list_wrong(kind, N_SLOW) == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("every label")])
def test_a_page_with_one_fault_is_not_refused_to_be_safe(kind: str) -> None:
    assert sum(extract_spoilt(spoil(kind, number)).status == "read" for number in range(8)) >= 4


def print_fields(fields: dict[str, str]) -> str:
    return "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in fields.items())


OWN = {"Project Status": "Active", "Coverage": "National", "Projects ID": "PO.1010", "End Date": "2007"}
OTHER = OWN | {"Project Status": "Completed", "Projects ID": "TC.1219", "Start Date": "2001"}
PAGE = "<main><h1>Lamps at the port</h1><article>{}<p>" + TEXT + "</p></article>{}</main>"
LINES = "Lamps at the port\nLamps at the port\n{}\n" + TEXT


class Fault(NamedTuple):
    page: str
    reader: Reader
    column: str
    right: Collection[str | None]


FAULTS = {
    "an article of another project that has more labels gives its fields": Fault(
        PAGE.format(
            f"<dl>{print_fields(OWN)}</dl>",
            '<section><h2>Other work</h2><article><h3><a href="/project/x">Boats</a></h3>'
            f"<dl>{print_fields(OTHER)}</dl></article></section>",
        ),
        "html",
        "projects_id",
        {"PO.1010"},
    ),
    "an unknown label and its value below the countries are taken for words of the list": Fault(
        PAGE.format(
            "<p>Project Status<br>Active<br>Coverage<br>National<br>Projects ID<br>TC.0001<br>"
            "Benefiting Member States<br>Ghana<br>Unit<br>Counter Trafficking</p>",
            "",
        ),
        "html",
        "countries_raw",
        {"Ghana", None},
    ),
    "a type among lines without labels is taken for a word of the countries": Fault(
        LINES.format("Active\nPO.0417\nNational\n125000.00\nTCMMCB\nGhana\nAlbania"),
        "text",
        "countries_raw",
        {"Ghana\nAlbania", None},
    ),
    "a country among lines without labels is taken for the type": Fault(
        LINES.format("QU7-805\nActive\nJordan\nRegional\n237000.00\nImmigration and Borders"),
        "text",
        "type_raw",
        {"Immigration and Borders", None},
    ),
    "digits of another script stay in an id": Fault(
        PAGE.format(f"<dl>{print_fields(OWN | {'Projects ID': 'TC.３８３６'})}</dl>", ""),
        "html",
        "projects_id",
        {"TC.3836", None},
    ),
    "a long label that is not quite known and its value are taken for the text": Fault(
        PAGE.format(
            f"<dl>{print_fields(OWN)}</dl><div>Etat(s) membre(s) beneficiaires remplissant les conditions requises*:"
            "</div><div>Togo</div>",
            "",
        ),
        "html",
        "description",
        {TEXT},
    ),
}
"""Found by spoiling pages: the page cut down to what shows the fault, the field, and what it may say."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_was_found_is_mended(fault: str) -> None:
    page, reader, column, right = FAULTS[fault]
    row = extract(page.encode(), reader)
    if row.project is not None:
        assert getattr(row.project, column) in right


def test_an_amount_with_the_mark_of_a_note_is_kept_raw_and_not_read() -> None:
    page = PAGE.format(f"<dl>{print_fields(OWN | {'Budget Amount (USD)': '100000<sup>1</sup>'})}</dl>", "")
    row = extract(page.encode(), "html")
    assert row.project is not None
    assert (row.project.budget_amount, row.project.budget_raw) == (None, "100000; 1")
    assert [(one.field, one.value) for one in row.unmapped] == [("budget", "100000; 1")]


CONTENT = make_project(4)
TRUE = Spoilt("drupal9", CONTENT, render_page(CONTENT))


def test_the_judge_finds_nothing_wrong_where_nothing_is() -> None:
    row = extract_spoilt(TRUE)
    assert row.status == "read"
    assert list(iter_wrong(TRUE, row)) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "cancelled"),
        ("status_raw", "National"),
        ("start_year", 1901),
        ("budget_amount", 1),
        ("countries", ("FR",)),
        ("countries_raw", "France"),
        ("projects_id", "TC.9999"),
        ("prima_id", "KE10P9999"),
        ("type_name", "Lamps"),
        ("description", "Share this page"),
    ],
)
def test_the_judge_finds_each_value_that_the_page_does_not_print(column: str, value: object) -> None:
    row = extract_spoilt(TRUE)
    assert row.project is not None
    wrong = list(iter_wrong(TRUE, replace(row, project=replace(row.project, **{column: value}))))
    assert [one.split()[0] for one in wrong] == [column]


def test_the_judge_finds_a_title_and_a_country_of_another_page() -> None:
    row = extract_spoilt(TRUE)
    other = extract(render_page(make_project(5)), "html")
    wrong = list(iter_wrong(TRUE, replace(row, title=other.title, countries=other.countries)))
    assert {one.split()[0] for one in wrong} == {"title", "countries"}
