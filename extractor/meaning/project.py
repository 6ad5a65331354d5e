"""A project page's labels and values, to a record: each field by its own rule, from under its own label.

Belongs here: the columns of a record with their evidence. Does not belong here: which rule reads a field (``fields``),
prose (no field of the record is ever read from it). A value that its rule cannot read keeps its raw text, is NULL,
and is listed as unmapped.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from contracts.extraction import CountryEntry, CountryRole
from contracts.fields import ProjectRecord, catalogue
from extractor.blocks.text import SourceText
from extractor.codebooks import find_label
from extractor.fields.grammar import CODEBOOKS, LISTS, NOT_STATED, read_single
from extractor.meaning.findings import Findings, keep_visible
from extractor.raw import LabelledValue, ProjectPage
from extractor.unicode import clean_line, clean_text
from extractor.values.contacts import withhold_contacts
from extractor.values.countries import read_countries
from extractor.values.money import find_currency

_ROLES: dict[str, CountryRole] = {"countries": "benefiting", "other_countries": "other_benefiting"}
"""The part that the countries of a field play, in the order in which they are listed.

The first are those of the record's ``countries``, place for place, and share the budget; the others have no part in it.
"""


class _Reader:
    """One project page on its way to a record: ``values`` are the record's fields by name."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.values: dict[str, Any] = {}
        self.countries: dict[CountryRole, list[CountryEntry]] = {role: [] for role in _ROLES.values()}

    def read(self, labelled: LabelledValue) -> None:
        """Read one label with its values, by the rule of its field."""
        if labelled.field is None:
            known = find_label(labelled.label.value)
            for value in labelled.values:
                self.findings.leave_unmapped(known.field if known else None, labelled.label.value, value.value)
            return
        (_read_countries if labelled.field in LISTS else _read_single)(self, labelled)

    def take_single(self, labelled: LabelledValue, raw_field: str | None) -> tuple[str, SourceText] | None:
        """The one value of a label, cleaned.

        It is None where it is not stated, or stated several times with different words.
        """
        cleaned = [clean_line(value.value) for value in labelled.values]
        raw = withhold_contacts("; ".join(dict.fromkeys(cleaned)))
        if raw_field:
            self.values[raw_field] = raw
            self.findings.prove(raw_field, raw, SourceText.join("; ", labelled.values), rule=labelled.rule)
        if len(set(cleaned)) > 1:
            self.findings.raise_issue("several-values", labelled.field, raw)
            self.findings.leave_unmapped(labelled.field, labelled.label.value, raw)
            return None
        text = cleaned[0]
        return None if text.casefold() in NOT_STATED or not text else (text, labelled.values[0])


def _read_single(reader: _Reader, labelled: LabelledValue) -> None:
    """A field of one value, by its rule."""
    name, label = str(labelled.field), labelled.label
    single = reader.take_single(labelled, f"{name}_raw" if f"{name}_raw" in catalogue("project") else None)
    if single is None:
        return
    text, source = single
    columns = read_single(name, text, label.value)
    if columns is None:
        reader.findings.leave_unmapped(name, label.value, text)
        return
    for column, value in columns.items():
        if value is not None:
            reader.values[column] = value
            is_of_label = column == "budget_currency" and find_currency(text) != value
            is_interpreted = name in CODEBOOKS or column == "projects_id_scheme"
            place = label if is_of_label else source
            reader.findings.prove(column, value, place, rule=labelled.rule, interpreted=is_interpreted)
    currencies = {find_currency(text), find_currency(label.value)} - {None} if name == "budget" else ()
    if len(currencies) > 1:
        reader.findings.raise_issue("currency-conflict", "budget", f"label {label.value}, value {text}")


def _read_countries(reader: _Reader, labelled: LabelledValue) -> None:
    field = str(labelled.field)
    role = _ROLES[field]
    codes: list[str] = []
    entries: list[CountryEntry] = []
    unexplained: list[str] = []
    for source in map(keep_visible, labelled.values):
        text = source.value
        if clean_line(text).casefold() in NOT_STATED:
            continue
        listed = read_countries(withhold_contacts(text))  # its words are told when they are not understood
        unexplained += listed.unexplained
        codes += listed.codes
        for country in listed.found:
            place = source[country.first : country.last]
            start, end = place.span()
            entries.append(
                CountryEntry(
                    role=role,
                    country_code=country.code,
                    raw=clean_line(place.value),
                    rule=f"{labelled.rule}/{field}",
                    certainty="interpreted",
                    start=start,
                    end=end,
                )
            )
    raw = withhold_contacts("\n".join(filter(None, (clean_text(value.value) for value in labelled.values))))
    reader.values[f"{field}_raw"] = raw
    whole = SourceText.join("\n", labelled.values)
    reader.findings.prove(f"{field}_raw", raw, whole, rule=labelled.rule)
    codes = list(dict.fromkeys(codes))
    if unexplained:
        reader.findings.leave_unmapped(field, labelled.label.value, raw)
        found = ", ".join(codes) or "none"
        reader.findings.raise_issue(
            "countries-unexplained", field, f"countries read: {found}; words not read: {' '.join(unexplained)}"
        )
        return
    reader.values[field] = tuple(codes)
    first: dict[str, CountryEntry] = {}
    for entry in entries:
        first.setdefault(entry.country_code, entry)
    reader.countries[role] = list(first.values())
    if codes:
        reader.findings.prove(field, " ".join(codes), whole, rule=labelled.rule, interpreted=True)


def _check(record: ProjectRecord, findings: Findings) -> None:
    """The publisher's own inconsistencies within one page."""
    if record.start_date and record.end_date and record.end_date < record.start_date[: len(record.end_date)]:
        findings.raise_issue("end-before-start", "end_date", f"start {record.start_date}, end {record.end_date}")
    if record.funding_year and record.end_year and record.funding_year > record.end_year:
        findings.raise_issue("funded-after-end", "funding_year", f"year {record.funding_year}, end {record.end_date}")
    if record.coverage == "national" and len(record.countries) > 1:
        findings.raise_issue("national-with-several-countries", "coverage", " ".join(record.countries))
    if record.countries_raw and len(read_countries(record.countries_raw).found) > len(record.countries) > 0:
        findings.raise_issue("country-repeated", "countries", record.countries_raw)


def list_unread(page: ProjectPage) -> tuple[str, ...]:
    """The columns of the fields that a page states in a way that no rule reads, in the catalogue's order."""
    columns = catalogue("project").items()
    return tuple(
        name for name, entry in columns if entry.label in page.unread and entry.compared and not entry.wording_of
    )


def interpret_project(page: ProjectPage, findings: Findings) -> tuple[ProjectRecord, tuple[CountryEntry, ...]]:
    """The record of a project page, and its countries by the part they play, in page order, each once in a part."""
    reader = _Reader(findings)
    for labelled in page.fields:
        reader.read(labelled)
    for label in page.empty_labels:
        findings.raise_issue("label-without-value", None, label.value)
    if page.description:
        description = SourceText.join("\n\n", page.description)
        reader.values["description"] = withhold_contacts(clean_text(description.value))
        findings.prove("description", reader.values["description"], description, rule="project.description")
    record = ProjectRecord(**reader.values)
    _check(record, findings)
    return record, tuple(chain.from_iterable(reader.countries.values()))
