"""The hash of a page's content: equal hashes are one version.

Belongs here: the normal form. What it leaves out, so that it never makes a version: the frame of the page, tokens,
whitespace and paragraph breaks, quotes and dashes, number format, wording of labels, places in the payload, how the
page was found and when it says it was published (a listing or the markup may say so one day and not the next),
contacts. A raw value enters only where it could not be interpreted: then its words are all there is. Which fields enter
is the field catalogue's (``contracts.fields``).
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal

import msgspec

from contracts.extraction import CountryEntry, Mention
from contracts.fields import NewsRecord, ProjectRecord, catalogue
from extractor.unicode import straighten

_GROUPING = re.compile(r"(\d)[,' ](?=\d{3}(?!\d))")

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
    for name, entry in catalogue(kind).items():
        value = getattr(record, name)
        is_settled = entry.wording_of is not None and _is_stated(getattr(record, entry.wording_of))
        if entry.hashed and _is_stated(value) and not is_settled:
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
