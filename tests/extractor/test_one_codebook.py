"""Labels and closed lists stand in codebooks alone: finding a value and reading its meaning never disagree."""

from __future__ import annotations

import pytest

from contracts.fields import LABELLED
from extractor.codebooks import find_label, read_codebook
from extractor.layouts.read_page import read_page


def read_fields(text: str) -> dict[str | None, list[str]]:
    reading = read_page(text.encode(), reader="text", url="https://www.iom.int/project/northern-gate")
    assert reading.project is not None, reading.reason
    return {one.field: [value.value for value in one.values] for one in reading.project.fields}


def words(book: str) -> list[str]:
    return [value for entry in read_codebook(book)["entry"] for value in entry["values"]]


@pytest.mark.parametrize("status", words("status"))
def test_every_known_word_of_status_is_the_status_of_a_page_without_labels(status: str) -> None:
    page = (
        "Guards of the Northern Gate\n\nAfrica\n\nTC.0999\n\nLR10P0999\n\nNational\n\n"
        f"{status}\n\nLabour Migration\n\n183,813.00\n\nLiberia\n\n"
        "The guards of the northern gate are trained for a year, and their handbook is printed in three languages.\n"
    )
    fields = read_fields(page)
    assert (fields["status"], fields["type"]) == ([status], ["Labour Migration"])


@pytest.mark.parametrize("status", words("status"))
def test_no_known_word_of_status_swaps_with_the_type_under_the_doubled_spanish_label(status: str) -> None:
    rows = (
        f"<dt>Tipo de proyecto</dt><dd>Migración laboral</dd><dt>Tipo de proyecto</dt><dd>{status}</dd>"
        "<dt>Año</dt><dd>2014</dd><dt>Proyecto ID</dt><dd>LM.0999</dd><dt>Budget Amount (USD)</dt><dd>5000.00</dd>"
    )
    page = f"<html lang=es><body><main><h1>Guardias del puerto norte</h1><dl>{rows}</dl></main></body></html>"
    reading = read_page(page.encode(), reader="html", url="https://www.iom.int/es/node/99")
    assert reading.project is not None, reading.reason
    found = {one.field: one.values[0].value for one in reading.project.fields}
    assert (found["status"], found["type"]) == (status, "Migración laboral")


def test_each_wording_of_the_codebook_is_found_as_its_label_in_its_language() -> None:
    book = read_codebook("labels")
    assert set(book) == set(LABELLED)
    for field, wordings in book.items():
        for lang, labels in wordings.items():
            for wording in labels:
                label = find_label(wording.format(currency="EUR"))
                assert label is not None
                assert label.lang == (None if lang == "any" else lang)
                assert label.field == field or wording == "Tipo de proyecto"
