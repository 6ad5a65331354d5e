"""The columns of one extraction, as docs/contracts.md section 3 fixes them, and their DuckDB types.

Belongs here: the shape of a row. Does not belong here: writing rows, or what their values mean.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Instant = Annotated[datetime, Meta(tz=True)]
Number = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Certainty = Literal["stated", "interpreted", "inferred"]

SCALAR_TYPES: dict[type[msgspec.inspect.Type], str] = {
    msgspec.inspect.StrType: "VARCHAR",
    msgspec.inspect.LiteralType: "VARCHAR",
    msgspec.inspect.IntType: "INTEGER",
    msgspec.inspect.DecimalType: "DECIMAL(14,2)",
    msgspec.inspect.DateTimeType: "TIMESTAMP",
}
"""How single values are held. A type that is not here has no place in an extraction."""


class _Row(Struct, forbid_unknown_fields=True):
    """A JSON object with exactly these keys: none missing, none unknown."""


class Alternate(_Row):
    """One ``link rel=alternate hreflang`` of a page."""

    lang: str | None
    url: str


class Project(_Row):
    """What a project page states; each interpreted value with the text it was read from."""

    projects_id: str | None
    projects_id_scheme: str | None
    prima_id: str | None
    start_date: str | None
    start_date_raw: str | None
    start_year: Number | None
    end_date: str | None
    end_date_raw: str | None
    end_year: Number | None
    status: str | None
    status_raw: str | None
    type_code: str | None
    type_name: str | None
    type_raw: str | None
    budget_amount: Decimal | None
    budget_currency: str | None
    budget_raw: str | None
    coverage: str | None
    coverage_raw: str | None
    funding_year: Number | None
    funding_year_raw: str | None
    idf_region: str | None
    idf_region_raw: str | None
    countries: list[str]
    countries_raw: str | None
    other_countries: list[str]
    other_countries_raw: str | None
    description: str | None


class News(_Row):
    """What a news page states."""

    published_date: str | None
    published_source: str | None
    published_raw: str | None
    dateline_raw: str | None
    dateline_place: str | None
    dateline_place_kind: str | None
    dateline_country: str | None
    event_start: str | None
    event_end: str | None
    event_raw: str | None
    event_place: str | None
    event_country: str | None
    event_duration: str | None
    relative_date: str | None
    sdg_targets: list[str]
    body: str | None
    word_count: Number | None


class Country(_Row):
    """One country in one role, with the rule and the bytes it stands on."""

    role: str
    country_code: str
    raw: str | None
    rule: str
    certainty: Certainty
    start: Number | None
    end: Number | None


class Mention(_Row):
    """One acronym, programme, person … that the page names."""

    kind: str
    name: str
    value: str | None
    rule: str
    certainty: Certainty
    raw: str | None
    start: Number | None
    end: Number | None


class Evidence(_Row):
    """Where one published value was read."""

    field: str
    value: str | None
    raw: str | None
    rule: str
    certainty: Certainty
    start: Number | None
    end: Number | None


class Unmapped(_Row):
    """A label or value that no rule knows."""

    field: str | None
    label: str | None
    value: str | None


class Issue(_Row):
    """An inconsistency of the publisher's own."""

    code: str
    field: str | None
    detail: str | None


class Blocks(_Row):
    """How much of a page was understood."""

    total: Number
    frame: Number
    explained: Number
    unexplained: Number


class ExtractionRow(_Row):
    """One capture, read by one release of the extractor."""

    capture_id: str
    run_id: str
    site: str
    url: str
    page_key: str
    observed_at: Instant
    time_basis: Literal["captured", "received"]
    release: Number
    status: Literal["read", "quarantined"]
    reason: str | None
    kind: Literal["project", "news"] | None
    layout: str | None
    lang: str | None
    lang_basis: str | None
    title: str | None
    canonical_url: str | None
    alternates: list[Alternate]
    content_sha256: str | None
    project: Project | None
    news: News | None
    countries: list[Country]
    mentions: list[Mention]
    evidence: list[Evidence]
    unmapped: list[Unmapped]
    issues: list[Issue]
    blocks: Blocks | None
    unexplained: list[str]


def duckdb_type(kind: msgspec.inspect.Type) -> str:
    """The DuckDB type that holds one msgspec type.

    >>> duckdb_type(msgspec.inspect.type_info(list[str]))
    'VARCHAR[]'
    """
    match kind:
        case msgspec.inspect.UnionType(types=members):
            (only,) = [member for member in members if not isinstance(member, msgspec.inspect.NoneType)]
            return duckdb_type(only)
        case msgspec.inspect.StructType(fields=fields):
            return "STRUCT(" + ", ".join(f'"{field.name}" {duckdb_type(field.type)}' for field in fields) + ")"
        case msgspec.inspect.ListType(item_type=element):
            return duckdb_type(element) + "[]"
        case _:
            return SCALAR_TYPES[type(kind)]


def extraction_columns() -> dict[str, str]:
    """Column name to DuckDB type, in the order of the Parquet file.

    >>> list(extraction_columns().items())[:2]
    [('capture_id', 'VARCHAR'), ('run_id', 'VARCHAR')]
    """
    row = msgspec.inspect.type_info(ExtractionRow)
    assert isinstance(row, msgspec.inspect.StructType)
    return {field.name: duckdb_type(field.type) for field in row.fields}
