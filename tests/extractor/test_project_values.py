"""A project's fields: each from under its own label, by its own rule.

A value in the wrong place is NULL, never wrong.
"""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.fields import ProjectRecord
from extractor.blocks.source import Source
from extractor.blocks.text import SourceText
from extractor.meaning.findings import Findings
from extractor.meaning.project import interpret_project
from extractor.raw import LabelledValue, ProjectPage

VALUES = {
    "start_date": "May 2012",
    "end_date": "2013",
    "status": "Completed",
    "type": "Labour Migration",
    "budget": "183,813",
    "coverage": "Regional",
    "funding_year": "2011",
    "idf_region": "Africa",
    "other_countries": "Togo",
    "prima_id": "CR10P0042",
    "projects_id": "LM.0456",
    "countries": "Mali Niger",
}
LABELS = {"budget": "Budget Amount (USD)"}
TARGETS = {"type": "type_code", "budget": "budget_amount"}
RAW_ONLY = {"projects_id": "projects_id", "prima_id": "prima_id"}


def text(value: str) -> SourceText:
    return SourceText.from_plain(Source(value), 0, len(value))


def labelled(field: str, *values: str) -> LabelledValue:
    label = text(LABELS.get(field, field))
    return LabelledValue(field, label, tuple(map(text, values)), "label:test")


def interpret(*fields: LabelledValue, description: str = "") -> tuple[ProjectRecord, Findings]:
    findings = Findings()
    page = ProjectPage(fields, (text(description),) if description else ())
    return interpret_project(page, findings)[0], findings


def value_of(record: ProjectRecord, field: str) -> Any:
    return getattr(record, TARGETS.get(field, field))


def test_each_value_under_its_own_label_is_read() -> None:
    record, findings = interpret(*(labelled(field, value) for field, value in VALUES.items()))
    assert all(value_of(record, field) for field in VALUES)
    assert findings.unmapped == []


SAME_FORM = {
    frozenset(pair)
    for pair in (
        ("start_date", "end_date"),
        ("end_date", "funding_year"),
        ("start_date", "funding_year"),
        ("other_countries", "countries"),
    )
}
SAME_FORM |= {frozenset(("budget", year)) for year in ("end_date", "funding_year")}  # "2013" is an amount, too
SAME_FORM |= {
    frozenset(("idf_region", countries)) for countries in ("countries", "other_countries")
}  # an area explains itself
SAME_FORM |= {frozenset(("coverage", countries)) for countries in ("countries", "other_countries")}
SWAPS = [pair for pair in itertools.permutations(VALUES, 2) if frozenset(pair) not in SAME_FORM]


@pytest.mark.parametrize(("field", "other"), SWAPS, ids=[f"{other}-under-{field}" for field, other in SWAPS])
def test_another_fields_value_is_never_taken_for_a_fields_own(field: str, other: str) -> None:
    record, findings = interpret(labelled(field, VALUES[other]))
    assert not value_of(record, field)
    assert [(row.field, row.value) for row in findings.unmapped] == [(field, VALUES[other])]


@pytest.mark.parametrize("area", ["Africa", "Regional"])
def test_an_area_among_countries_adds_no_country_and_is_no_fault(area: str) -> None:
    record, findings = interpret(labelled("countries", f"{area} Mali"))
    assert record.countries == ("ML",)
    assert findings.unmapped == []


@pytest.mark.parametrize("field", VALUES)
@pytest.mark.parametrize(
    "value",
    ["'; DROP TABLE projects; --", "<b>Completed</b>", "=1+1", "{{ 7*7 }}", "Project Status", "Completed Active", "?"],
)
def test_text_that_is_no_value_is_kept_raw_and_never_interpreted(field: str, value: str) -> None:
    record, findings = interpret(labelled(field, value))
    assert not value_of(record, field)
    assert findings.unmapped[0].value == value


@given(st.sampled_from(sorted(VALUES)), st.text(min_size=1, max_size=30))
def test_no_value_makes_a_rule_fail(field: str, value: str) -> None:
    record, _ = interpret(labelled(field, value))
    assert record.start_year is None or 1900 <= record.start_year <= date.max.year


@pytest.mark.parametrize("field", ["start_date", "status", "budget", "countries", "projects_id"])
@pytest.mark.parametrize("value", ["N/A", "n/a", "-", "None"])
def test_a_value_that_says_that_there_is_none_is_null_with_its_raw_text(field: str, value: str) -> None:
    record, findings = interpret(labelled(field, value))
    assert not value_of(record, field)
    assert findings.unmapped == []
    if field not in RAW_ONLY:
        assert getattr(record, f"{field}_raw") == value


def test_key_fields_are_never_read_from_prose() -> None:
    prose = (
        "Start Date 2006. Projects ID TC.0767, Prima ID LR10P0010, Budget Amount (USD) 500000.00, Mali, "
        "Completed in 2009."
    )
    record, _ = interpret(labelled("coverage", "National"), description=prose)
    stated = {name for name in record.__struct_fields__ if getattr(record, name) not in (None, ())}
    assert stated == {"coverage", "coverage_raw", "description"}


def test_several_values_of_a_single_field_are_told_and_none_is_chosen() -> None:
    record, findings = interpret(labelled("status", "Completed", "Active"))
    assert record.status is None
    assert record.status_raw == "Completed; Active"
    assert findings.issues[0].code == "several-values"


def test_the_same_value_twice_is_that_value() -> None:
    record, findings = interpret(labelled("status", "Completed", "Completed"))
    assert record.status == "completed"
    assert findings.issues == []


def test_countries_of_which_a_word_is_not_understood_are_told_and_not_published() -> None:
    record, findings = interpret(labelled("countries", "Mali Atlantis"))
    assert record.countries == ()
    assert record.countries_raw == "Mali Atlantis"
    assert findings.unmapped[0].value == "Mali Atlantis"
    assert "ML" in findings.issues[0].detail
    assert "atlantis" in findings.issues[0].detail


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ((labelled("start_date", "2016"), labelled("end_date", "2015")), "end-before-start"),
        ((labelled("funding_year", "2016"), labelled("end_date", "2015")), "funded-after-end"),
        ((labelled("coverage", "National"), labelled("countries", "Mali Niger")), "national-with-several-countries"),
        ((labelled("countries", "Mali Mali"),), "country-repeated"),
        ((labelled("budget", "EUR 5,000.00"),), "currency-conflict"),
    ],
)
def test_the_publishers_own_inconsistencies_are_rows(fields: tuple[LabelledValue, ...], code: str) -> None:
    _, findings = interpret(*fields)
    assert [issue.code for issue in findings.issues] == [code]


def test_countries_of_the_two_labels_keep_their_parts_and_those_that_share_the_budget_come_first() -> None:
    fields = (labelled("other_countries", "Togo Benin Ghana"), labelled("countries", "Niger Ghana Niger"))
    _, countries = interpret_project(ProjectPage(fields), Findings())
    assert [(one.role, one.country_code) for one in countries] == [
        ("benefiting", "NE"),
        ("benefiting", "GH"),
        ("other_benefiting", "TG"),
        ("other_benefiting", "BJ"),
        ("other_benefiting", "GH"),
    ]


def test_a_label_that_nobody_knows_is_kept_with_its_value() -> None:
    unknown = LabelledValue(None, text("Lamp Colour"), (text("Green"),), "label:test")
    _, findings = interpret(unknown)
    assert [(row.field, row.label, row.value) for row in findings.unmapped] == [(None, "Lamp Colour", "Green")]


def test_the_year_of_funding_stays_apart_from_the_year_of_the_start() -> None:
    record, findings = interpret(labelled("funding_year", "2011"), labelled("start_date", "2014"))
    assert (record.funding_year, record.start_year) == (2011, 2014)
    assert findings.issues == []
