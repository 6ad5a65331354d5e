"""The hash of a page's content: equal hashes are one version.

Belongs here: the normal form. What it leaves out, so that it never makes a version: the frame of the page, tokens,
whitespace and paragraph breaks, quotes and dashes, number format, wording of labels, places in the payload, how the
page was found and when it says it was published (a listing or the markup may say so one day and not the next),
contacts. A raw value enters only where it could not be interpreted: then its words are all there is.
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal

import msgspec

from contracts.extraction import CountryEntry, Mention, NewsRecord, ProjectRecord
from extractor.unicode import straighten

_GROUPING = re.compile(r"(\d)[,' ](?=\d{3}(?!\d))")

_INTERPRETED_FROM = {
    "start_date_raw": "start_date",
    "end_date_raw": "end_date",
    "status_raw": "status",
    "type_raw": "type_name",
    "budget_raw": "budget_amount",
    "coverage_raw": "coverage",
    "funding_year_raw": "funding_year",
    "idf_region_raw": "idf_region",
    "countries_raw": "countries",
    "other_countries_raw": "other_countries",
}
"""A raw field and the field whose presence makes its wording immaterial."""

_DERIVED = frozenset({"start_year", "end_year", "projects_id_scheme", "event_raw", "word_count", "dateline_raw"})
"""Derived from other fields, or the wording of what is interpreted beside it."""

_CIRCUMSTANCES = frozenset({"published_date", "published_source", "published_raw", "event_start", "event_end"})
"""What may rest on more than the page's text: metadata, a listing, "today" read against them. The text is hashed."""

_NEVER = _DERIVED | _CIRCUMSTANCES

_OFFICE = "office"


def normal_text(text: str) -> str:
    r"""Text without what never makes a version.

    >>> normal_text("“1,000\u202f000  people” – said") == normal_text('"1000000 people" - said')
    True
    """
    plain = " ".join(straighten(text).split()).replace(" -", "-").replace("- ", "-")
    return _GROUPING.sub(r"\1", plain)


def _normal(value: object) -> object:
    if isinstance(value, str):
        return normal_text(value)
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, tuple):
        return [_normal(part) for part in value]
    return value


def _is_stated(value: object) -> bool:
    """Whether a record says something: a budget of zero is said."""
    return value is not None and value != ()


def content_sha256(
    *,
    kind: str,
    title: str | None,
    record: ProjectRecord | NewsRecord,
    countries: tuple[CountryEntry, ...],
    mentions: tuple[Mention, ...],
) -> str:
    """SHA-256 (hex) of the content in its normal form."""
    fields = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        is_settled = name in _INTERPRETED_FROM and _is_stated(getattr(record, _INTERPRETED_FROM[name]))
        if _is_stated(value) and not is_settled and name not in _NEVER:
            fields[name] = _normal(value)
    content = {
        "kind": kind,
        "title": _normal(title),
        "fields": fields,
        "countries": sorted({f"{country.role} {country.country_code}" for country in countries}),
        "mentions": sorted(
            [mention.kind, normal_text(mention.name), normal_text(mention.value or "")]
            for mention in mentions
            if mention.kind != _OFFICE
        ),
    }
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
