"""The field catalogue: what a project page and a news page can state, one declaration a field.

Belongs here: each field's name, type and meaning, and how it counts: in the content hash, in what a change reports,
in what the gate guards. The columns of the extraction files and of ``v1``, the SQL lists, the names that a site file
may expect and the data dictionary are made from it.
Does not belong here: the wording of labels and values (``extractor.codebooks``), reading a value (``extractor``).

To add a field: a row here, the rule that reads it, a golden record, a line in the changelog.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, Literal, get_args, get_type_hints

from msgspec import Meta, Struct

Significance = Literal["high", "medium", "low"]
DocumentKind = Literal["project", "news"]
FieldName = str
"""The name of one of the twelve labels of a project page: :data:`LABELLED`."""


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """How a field counts.

    ``meaning`` is its comment in the tables, ``label`` the label of a project page that it is printed under,
    ``codebook`` the closed list that its words are looked up in. ``wording_of`` names the field that this raw text is
    interpreted as: it counts only while that one could not be read. ``hashed`` fields make a version, ``compared`` ones
    are reported in ``v1.changes``, ``guarded`` ones may not be lost by many pages at once, and ``shared`` ones are
    facts that all pages of a project should state alike. ``is_key`` marks the identifiers.
    """

    meaning: str
    significance: Significance = "low"
    label: FieldName | None = None
    codebook: str | None = None
    wording_of: str | None = None
    hashed: bool = True
    compared: bool = True
    guarded: bool = True
    shared: bool = False
    is_key: bool = False


F = FieldEntry
Number = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Text = str | None
Codes = tuple[str, ...]


def stated(label: FieldName, meaning: str, significance: Significance = "high", **more: Any) -> FieldEntry:
    """A fact under a label of a project page, which all pages of the project should state alike."""
    return FieldEntry(meaning, significance, label, **{"shared": True, **more})


def raw(label: FieldName, value: str, meaning: str) -> FieldEntry:
    """The words of a project page that ``value`` is read from."""
    return FieldEntry(meaning, label=label, wording_of=value)


def derived(label: FieldName | None, meaning: str, *, is_key: bool = False) -> FieldEntry:
    """A field that follows from another one: it counts for nothing by itself."""
    return FieldEntry(meaning, label=label, is_key=is_key, hashed=False, compared=False, guarded=False)


class ProjectRecord(Struct, frozen=True, kw_only=True):
    """What an IDF project page states; None and an empty list are what it does not state, or no rule reads."""

    projects_id: Annotated[Text, stated("projects_id", "The Projects ID the page states.", is_key=True)] = None
    projects_id_scheme: Annotated[Text, derived("projects_id", "The form of the Projects ID.", is_key=True)] = None
    prima_id: Annotated[Text, stated("prima_id", "The Prima ID the page states.", is_key=True)] = None
    start_date: Annotated[
        Text, stated("start_date", "EDTF text in the page's own precision: 2006, 2006-05 or 2006-05-10.")
    ] = None
    start_date_raw: Annotated[Text, raw("start_date", "start_date", "The start date as printed.")] = None
    start_year: Annotated[Number | None, derived("start_date", "The year of start_date.")] = None
    end_date: Annotated[
        Text, stated("end_date", "EDTF text in the page's own precision: 2007, 2007-05 or 2007-05-10.")
    ] = None
    end_date_raw: Annotated[Text, raw("end_date", "end_date", "The end date as printed.")] = None
    end_year: Annotated[Number | None, derived("end_date", "The year of end_date.")] = None
    status: Annotated[Text, stated("status", "completed, active … as the codebook has it.", codebook="status")] = None
    status_raw: Annotated[Text, raw("status", "status", "The status as printed.")] = None
    type_code: Annotated[Text, stated("type", "The project type's code.", "medium", codebook="type")] = None
    type_name: Annotated[
        Text, stated("type", "The project type's name by the codebook.", "medium", codebook="type", shared=False)
    ] = None
    type_raw: Annotated[Text, raw("type", "type_name", "The project type as printed.")] = None
    budget_amount: Annotated[
        Decimal | None,
        stated(
            "budget",
            "The budget the page states. NULL where it states none, and where what it prints is no plain "
            "amount (budget_raw has it); never zero for missing.",
        ),
    ] = None
    budget_currency: Annotated[Text, stated("budget", "ISO 4217, from the label or the value of the budget.")] = None
    budget_raw: Annotated[Text, raw("budget", "budget_amount", "The budget as printed.")] = None
    coverage: Annotated[
        Text,
        stated(
            "coverage",
            "national, regional or global. NULL where the page does not say, or not in a known word (coverage_raw).",
            "medium",
            codebook="coverage",
        ),
    ] = None
    coverage_raw: Annotated[Text, raw("coverage", "coverage", "The coverage as printed.")] = None
    funding_year: Annotated[
        Number | None, stated("funding_year", "The page's Year: the year of allocation, often before the start.")
    ] = None
    funding_year_raw: Annotated[Text, raw("funding_year", "funding_year", "The funding year as printed.")] = None
    idf_region: Annotated[Text, stated("idf_region", "The fund's region.", "medium", codebook="region")] = None
    idf_region_raw: Annotated[Text, raw("idf_region", "idf_region", "The region as printed.")] = None
    countries: Annotated[
        Codes,
        stated(
            "countries",
            "ISO 3166-1 alpha-2 of the benefiting states, in page order, no repeats (XK for Kosovo). Empty "
            "where none is named, and where not every word of countries_raw could be read (v1.data_issues, "
            "countries-unexplained).",
        ),
    ] = ()
    countries_raw: Annotated[Text, raw("countries", "countries", "The benefiting states as printed.")] = None
    other_countries: Annotated[
        Codes,
        stated(
            "other_countries",
            "ISO 3166-1 alpha-2 of other countries benefiting at the time of allocation; they have no part in "
            "the budget. Empty as countries is.",
            "medium",
            shared=False,
        ),
    ] = ()
    other_countries_raw: Annotated[
        Text, raw("other_countries", "other_countries", "Other benefiting countries as printed.")
    ] = None
    description: Annotated[
        Text, F("The project's description, paragraphs divided by an empty line, contacts withheld.")
    ] = None


class NewsRecord(Struct, frozen=True, kw_only=True):
    """What a news page states. What may rest on more than its text (metadata, a listing) is not hashed."""

    published_date: Annotated[
        Text,
        F("EDTF text. NULL unless the page, a listing or the dateline states it; never guessed.", "high", hashed=False),
    ] = None
    published_source: Annotated[
        Literal["metadata", "byline", "listing", "dateline"] | None,
        F("metadata, byline (printed beside the title), listing or dateline.", hashed=False),
    ] = None
    published_raw: Annotated[Text, F("The publication date as printed.", hashed=False, compared=False)] = None
    dateline_raw: Annotated[
        Text, F("The dateline as printed. NULL where the text begins without one.", hashed=False)
    ] = None
    dateline_place: Annotated[Text, F("The dateline's place, as named in it.")] = None
    dateline_place_kind: Annotated[Text, F("city, country or region.")] = None
    dateline_country: Annotated[
        Text,
        F("ISO 3166-1 alpha-2 of the dateline's place; NULL where the place is not known to the gazetteer.", "high"),
    ] = None
    event_start: Annotated[
        Text, F("EDTF text of the event's first day; XXXX-07-29 where the year is not stated.", "medium", hashed=False)
    ] = None
    event_end: Annotated[
        Text, F("EDTF text of the event's last day; XXXX-07-30 where the year is not stated.", "medium", hashed=False)
    ] = None
    event_raw: Annotated[Text, F("The words that date the event.", hashed=False, compared=False)] = None
    event_place: Annotated[Text, F("Where the text says the event took place.")] = None
    event_country: Annotated[Text, F("ISO 3166-1 alpha-2 of the event's place.", "medium")] = None
    event_duration: Annotated[Text, F("ISO 8601 duration the text states, such as P2D.")] = None
    relative_date: Annotated[
        Text, F("A date that needs the unknown publication date to be resolved, such as today.")
    ] = None
    sdg_targets: Annotated[Codes, F("Targets of the Sustainable Development Goals named, such as 10.7.")] = ()
    body: Annotated[
        Text,
        F("The article's text, paragraphs divided by an empty line, contacts withheld. NULL where none was found."),
    ] = None
    word_count: Annotated[Number | None, derived(None, "Words of the body.")] = None


TITLE: Final = FieldEntry("The title as the page has it.", "medium")
"""Every document has one; it is kept beside the record, and is shared within a language only."""

RECORDS: Final[dict[str, type[ProjectRecord | NewsRecord]]] = {"project": ProjectRecord, "news": NewsRecord}


@cache
def catalogue(kind: str) -> dict[str, FieldEntry]:
    """The fields of a kind of document by name, in the order of their columns, the title left out.

    >>> list(catalogue("project"))[:2], catalogue("news")["body"].significance
    (['projects_id', 'projects_id_scheme'], 'low')
    """
    found: dict[str, FieldEntry] = {}
    for name, hint in get_type_hints(RECORDS[kind], include_extras=True).items():
        (found[name],) = [part for part in get_args(hint) if isinstance(part, FieldEntry)]
    return found


@cache
def list_fields(kind: str) -> frozenset[str]:
    """The fields that hold a list: empty is what is not stated.

    >>> sorted(list_fields("project"))
    ['countries', 'other_countries']
    """
    return frozenset(name for name, hint in get_type_hints(RECORDS[kind]).items() if hint == Codes)


def expectable_fields(kind: str) -> list[str]:
    """What a site file may expect of pages of a kind, and the gate guards, in the order of the columns.

    >>> expectable_fields("news")[:2]
    ['title', 'published_date']
    """
    return ["title", *(name for name, entry in catalogue(kind).items() if entry.guarded)]


def wording_column(kind: str, name: str) -> str | None:
    """The column with the page's words for a field: of a label's fields the one raw text, else its own; or None.

    >>> wording_column("project", "budget_currency"), wording_column("news", "dateline_country")
    ('budget_raw', None)
    """
    fields = catalogue(kind)
    label = fields[name].label if name in fields else None
    beside = [other for other, entry in fields.items() if label and entry.wording_of and entry.label == label]
    return next(iter(beside), f"{name}_raw" if f"{name}_raw" in fields else None)


def columns_beside(kind: str, name: str) -> tuple[str, ...]:
    """The columns that are read, and unread, together with a field: all that stand under one label, else itself.

    >>> columns_beside("project", "budget_amount"), columns_beside("project", "description")
    (('budget_amount', 'budget_currency', 'budget_raw'), ('description',))
    """
    fields = catalogue(kind)
    label = fields[name].label if name in fields else None
    return tuple(other for other, entry in fields.items() if other == name or (label and entry.label == label))


def significance_of(kind: str, name: str) -> Significance:
    """How much a change of a field matters: a raw text matters as what it was not read as.

    >>> significance_of("project", "status_raw"), significance_of("news", "title")
    ('high', 'medium')
    """
    entry = TITLE if name == "title" else catalogue(kind)[name]
    return significance_of(kind, entry.wording_of) if entry.wording_of else entry.significance


LABELLED: Final[tuple[FieldName, ...]] = tuple(
    dict.fromkeys(entry.label for entry in catalogue("project").values() if entry.label)
)
"""The labels of a project page, each named after what is printed under it."""
