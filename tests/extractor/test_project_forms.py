"""Each line of a project page tells by itself what it is: pages without labels, in other words, in every box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations

import pytest

from extractor.raw import PageReading
from tests.extractor.readings import (
    PROJECT_URL,
    find_description,
    find_unknown,
    find_unread,
    find_values,
    read_html,
    read_text,
)

NODE_URL = "https://www.iom.int/fr/node/4711"
SHORT, LONG = (
    "Lamps for two ports",
    "Clerks in old harbours are given ledgers and learn to keep them so that the next shift can follow.",
)
LONG_TITLE = (
    "Renforcement des guichets des petits ports de la côte et appui aux clercs des îles et des postes de l’intérieur"
    " aux fins de tenue des registres, de conseil aux saisonniers et de développement national au bord du grand fleuve"
)
Lines = list[tuple[str, tuple[str, ...]]]
OLD_ORDER: Lines = [
    ("idf_region", ("Africa",)),
    ("projects_id", ("TC.0123",)),
    ("prima_id", ("LR10P0012",)),
    ("budget", ("183,813",)),
    ("countries", ("Guinea", "Guinea-Bissau", "Bolivia (Plurinational State of)", "Côte d’Ivoire")),
    ("type", ("Labour Migration",)),
    ("coverage", ("Regional",)),
    ("status", ("Completed",)),
]
"""The old host's own order: one country a line, no years."""

OTHER_ORDER: Lines = [
    ("status", ("Active",)),
    ("type", ("TCMMCB",)),
    ("budget", ("40,000.00",)),
    ("coverage", ("National",)),
    ("funding_year", ("2009",)),
    ("idf_region", ("Middle East",)),
    ("prima_id", ("JO10P0023",)),
    ("projects_id", ("QU8-805",)),
    ("countries", ("Jordan",)),
]
WORDS = {
    "start_date": "Start Date",
    "end_date": "End Date",
    "status": "Project Status",
    "type": "Project Type",
    "budget": "Budget Amount (USD)",
    "coverage": "Coverage",
    "funding_year": "Year",
    "idf_region": "IDF Region",
    "other_countries": "Other Countries Benefiting at Time of Allocation",
    "prima_id": "Prima ID",
    "projects_id": "Projects ID",
    "countries": "Benefiting Member States",
}
VALUES = {
    "start_date": "2016",
    "end_date": "2018",
    "status": "Completed",
    "type": "Labour Migration",
    "budget": "183813.00",
    "coverage": "Regional",
    "funding_year": "2015",
    "idf_region": "Africa",
    "other_countries": "Togo",
    "prima_id": "LR10P0012",
    "projects_id": "IB.0123",
    "countries": "Guinea Guinea-Bissau",
}
STATED = {name: (value,) for name, value in VALUES.items()}
Rows = Sequence[tuple[str, str]]


def wrap(around: str, row: str) -> Callable[[Rows], str]:
    return lambda rows: around.format("".join(row.format(*one) for one in rows))


def show_columns(rows: Rows) -> str:
    heads, cells = ("".join(f"<{tag}>{one[at]}</{tag}>" for one in rows) for at, tag in ((0, "th"), (1, "td")))
    return f"<table><tr>{heads}</tr><tr>{cells}</tr></table>"


BOXES: dict[str, Callable[[Rows], str]] = {
    "definitions": wrap("<dl>{}</dl>", "<dt>{}</dt><dd>{}</dd>"),
    "table rows": wrap("<table>{}</table>", "<tr><th>{}</th><td>{}</td></tr>"),
    "paragraphs in cells": wrap("<table>{}</table>", "<tr><td><p>{}</p></td><td><p>{}</p></td></tr>"),
    "table columns": show_columns,
    "entries": wrap("<ul>{}</ul>", "<li>{}: {}</li>"),
    "entries without a colon": wrap("<ul>{}</ul>", "<li>{} {}</li>"),
    "marked words": wrap("<div>{}</div>", "<p><b>{}</b> {}</p>"),
    "pairs": wrap("<div>{}</div>", "<div>{}</div><div>{}</div>"),
    "fields": wrap("{}", '<div class="field"><div>{}</div><div><div>{}</div></div></div>'),
    "lines": wrap("<p>{}</p>", "{}<br>{}<br>"),
    "headings": wrap("{}", "<h3>{}</h3><p>{}</p>"),
}
FORMS: dict[str, Callable[[Rows], str]] = {
    "A": wrap("{}", "-\n{}\n{}\n"),
    "A without bullets": wrap("{}", "{}\n{}\n"),
    "B": wrap("{}", "- {}\n\n  {}\n\n"),
    "colons": wrap("{}", "{}: {}\n"),
}


def read(rows: Rows, form: str, url: str = PROJECT_URL) -> PageReading:
    if form in FORMS:
        return read_text(f"Lamps\n{FORMS[form](rows)}{LONG}", url)
    return read_html(f"<main><h1>Lamps</h1>{BOXES[form](rows)}<p>{LONG}</p></main>", url)


def rows_of(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(words[name], VALUES[name]) for name in words]


@pytest.mark.parametrize("url", [PROJECT_URL, NODE_URL])
@pytest.mark.parametrize("text", [(SHORT,), (LONG,), (SHORT, LONG), ()])
@pytest.mark.parametrize("lines", [OLD_ORDER, OTHER_ORDER])
def test_form_c_is_read_with_any_one_of_its_values_absent(lines: Lines, text: tuple[str, ...], url: str) -> None:
    for absent in (None, *lines):
        kept = [one for one in lines if one is not absent]
        page = "\n".join(["Lamps", "Lamps", *(line for _, values in kept for line in values), *text])
        reading = read_text(page, url)
        assert find_values(reading) == dict(kept)
        assert find_description(reading) == list(text)
        assert (reading.layout, reading.unexplained, find_unread(reading)) == ("project/3-unlabelled", (), set())


def test_form_c_is_read_in_any_order() -> None:
    for order in list(permutations(OLD_ORDER))[::997]:
        page = "\n".join(["Lamps", "Lamps", *(line for _, values in order for line in values), LONG])
        assert find_values(read_text(page)) == dict(OLD_ORDER)


@pytest.mark.parametrize(
    ("around", "line"), [("{}", "<div>{}</div>"), ("<p>{}</p>", "{}<br>"), ("<ul>{}</ul>", "<li>{}</li>")]
)
def test_form_c_is_read_in_markup_too(around: str, line: str) -> None:
    shown = around.format("".join(line.format(value) for _, values in OLD_ORDER for value in values))
    reading = read_html(f"<main><h1>{LONG_TITLE}</h1>{shown}<p>{LONG}</p></main>")
    assert find_values(reading) == dict(OLD_ORDER)
    assert find_description(reading) == [LONG]
    assert reading.title is not None
    assert reading.title.value == LONG_TITLE


def test_a_type_in_a_wording_that_no_codebook_has_is_told_by_its_words() -> None:
    kept = [(name, ("Migration Health and Research",) if name == "type" else values) for name, values in OLD_ORDER]
    page = "\n".join(["Lamps", "Lamps", *(line for _, values in kept for line in values), SHORT])
    assert find_values(read_text(page)) == dict(kept)


@pytest.mark.parametrize("form", [*BOXES, *FORMS])
def test_the_twelve_labels_are_read_in_every_form(form: str) -> None:
    reading = read(rows_of(WORDS), form)
    assert find_values(reading) == STATED
    assert find_description(reading) == [LONG]
    assert (reading.unexplained, find_unread(reading), find_unknown(reading)) == ((), set(), {})


NEAR = {
    "status": ["STATUS", "Project Status *", "project-status", "Statut"],
    "budget": ["Budget amount (US$)", "BUDGET AMOUNT", "Budget Amounts (USD)", "Budget\u00a0Amount (USD, total)"],
    "countries": ["Benefiting Member State(s)", "Benefiting\u00a0member\u00a0states", "Benefiting Member State"],
    "funding_year": ["Years", "Year(s)", "YEAR :"],
    "prima_id": ["PRIMA-ID", "Prima IDs"],
}


@pytest.mark.parametrize("form", [*BOXES, *FORMS])
@pytest.mark.parametrize(("name", "wording"), [(name, one) for name, words in NEAR.items() for one in words])
def test_a_label_that_differs_in_case_sign_plural_blank_or_parenthesis_is_read(
    name: str, wording: str, form: str
) -> None:
    assert find_values(read(rows_of(WORDS | {name: wording}), form)) == STATED


OTHER_WORDS = {
    "start_date": "Begun in",
    "status": "Where it stands",
    "type": "Kind of work",
    "budget": "Funding envelope",
    "coverage": "How far it goes",
    "idf_region": "Part of the world",
    "prima_id": "Number",
    "projects_id": "Our number",
    "countries": "Who benefits",
}


DIVIDED = [form for form in (*BOXES, *FORMS) if form not in {"entries without a colon", "A without bullets"}]
"""The forms that show where words end which nobody knows."""


@pytest.mark.parametrize("form", DIVIDED)
@pytest.mark.parametrize("name", OTHER_WORDS)
def test_a_field_under_words_that_nobody_knows_is_unread_and_its_value_kept_raw(name: str, form: str) -> None:
    reading = read(rows_of(WORDS | {name: OTHER_WORDS[name]}), form)
    assert find_values(reading) == {field: value for field, value in STATED.items() if field != name}
    assert find_unread(reading) == {name}
    assert find_unknown(reading) == {OTHER_WORDS[name]: STATED[name]}


def test_words_of_no_codebook_under_words_of_no_label_are_the_field_whose_place_they_have() -> None:
    rows = [(WORDS[name], value) for name, value in VALUES.items()]
    rows[2] = ("Where it stands", "Under quiet review")
    for form in ("definitions", "fields", "A", "B", "entries"):
        assert find_unread(read(rows, form)) == {"status"}


def test_a_label_over_a_word_that_no_codebook_knows_is_read() -> None:
    rows = [(label, "On paper" if label == "Project Status" else value) for label, value in rows_of(WORDS)]
    for form in DIVIDED:
        assert find_values(read(rows, form)) == STATED | {"status": ("On paper",)}


@pytest.mark.parametrize("form", ["definitions", "table rows", "fields", "pairs", "A", "B"])
def test_a_label_whose_value_is_lost_is_unread(form: str) -> None:
    rows = [(label, "" if label == "Coverage" else value) for label, value in rows_of(WORDS)]
    reading = read(rows, form)
    assert find_values(reading) == {field: value for field, value in STATED.items() if field != "coverage"}
    assert find_unread(reading) == {"coverage"}


@pytest.mark.parametrize("form", ["definitions", "table rows", "fields", "headings", "lines"])
def test_two_values_of_one_label_leave_it_unread(form: str) -> None:
    rows = [(label, "2016<br>2017" if label == "Start Date" else value) for label, value in rows_of(WORDS)]
    reading = read(rows, form)
    assert find_values(reading) == {field: value for field, value in STATED.items() if field != "start_date"}
    assert find_unread(reading) == {"start_date"}


def test_french_and_spanish_pages_with_the_doubled_label_are_read_in_every_form() -> None:
    spanish = {
        "start_date": "Fecha de inicio",
        "end_date": "Fecha de finalización",
        "status": "Tipo de proyecto",
        "type": "Tipo de proyecto",
        "budget": "Budget Amount (USD)",
        "coverage": "Cobertura geográfica",
        "funding_year": "Año",
        "idf_region": "IDF Region",
        "prima_id": "Prima ID",
        "projects_id": "Proyecto ID",
        "countries": "Estados Miembros Beneficiarios que Reúnen los Requisitos",
    }
    french = spanish | {
        "start_date": "Date de début",
        "end_date": "Date de fin",
        "status": "Statut du projet",
        "type": "Type de projet",
        "coverage": "Couverture",
        "funding_year": "Année",
        "projects_id": "Projet ID",
        "countries": "Etat(s) membre(s) beneficiaires remplissant les conditions requises",
    }
    for words, lang in ((spanish, "es"), (french, "fr")):
        for form in (*BOXES, *FORMS):
            reading = read(rows_of(words), form, NODE_URL)
            assert find_values(reading) == {name: STATED[name] for name in words}
            assert reading.lang == lang


def show_hidden_labels(names: Sequence[str]) -> str:
    field = '<div class="field field--name-field-{} field--label-hidden"><div class="field__item">{}</div></div>'
    shown = "".join(
        field.format(name, value) for name, value in zip(names, VALUES.values(), strict=True) if value != "Togo"
    )
    return f"<main><h1>Lamps</h1>{shown}<p>{LONG}</p></main>"


def test_the_markups_own_names_tell_years_apart_where_labels_are_hidden() -> None:
    expected = {name: value for name, value in STATED.items() if name != "other_countries"}
    assert find_values(read_html(show_hidden_labels([*VALUES]))) == expected
    words = [words.partition(" (")[0].lower().replace(" ", "-") for words in WORDS.values()]
    assert find_values(read_html(show_hidden_labels(words))) == expected


def test_names_of_the_markup_that_one_value_contradicts_tell_nothing() -> None:
    names = [*VALUES]
    names[0], names[2] = names[2], names[0]
    reading = read_html(show_hidden_labels(names))
    assert find_unread(reading) == {"start_date", "end_date", "funding_year"}
    assert find_values(reading)["status"] == ("Completed",)
