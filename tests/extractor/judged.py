"""What may be published of a spoilt project page: nothing but what it prints under that field.

Belongs here: the meaning of the few values that our pages have, told by hand and not by the reader.
Does not belong here: the pages (``spoilt_projects``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from contracts.extraction import Extraction
from contracts.fields import catalogue
from extractor.codebooks import find_entry
from tests.extractor.spoilt_projects import TEXT_FORMS, UNLABELLED, Spoilt, split_countries
from tests.site.content import LABELS

CODES: Final = {
    "Ghana": "GH", "Kenya": "KE", "Peru": "PE", "Chile": "CL", "Samoa": "WS", "Nepal": "NP", "Jordan": "JO",
    "Albania": "AL", "Côte d’Ivoire": "CI", "Togo": "TG",
}  # fmt: skip
BY_LINES: Final = frozenset({"breaks", *TEXT_FORMS})
"""Pages whose fields nothing but lines part."""

_LABELS: Final[Mapping[str, frozenset[str]]] = {
    label: frozenset(name for words in LABELS.values() for name, other in words.items() if other == label)
    for words in LABELS.values()
    for label in words.values()
}


def fold(text: str) -> str:
    """A text as two are compared: one form of each character, single blanks, nothing unseen."""
    plain = unicodedata.normalize("NFKC", text)
    return " ".join(
        "".join(char for char in plain if unicodedata.category(char) not in {"Cf", "Cc"} or char.isspace()).split()
    )


def find_allowed(spoilt: Spoilt) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Field to the labels and values that stand under it.

    A label that is known says whose value it is; under any other the value is of the field that it was made for. Where
    lines alone part the fields, a value without a label stands under the label before it too. Of two values under the
    one label that stands for two fields each is of the field that it means something for.
    """
    allowed: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    above: tuple[frozenset[str], str] = (frozenset(), "")
    for name, label, values in spoilt.content.fields:
        said = _LABELS.get(label) if spoilt.theme != UNLABELLED else None
        printed = "" if spoilt.theme == UNLABELLED else label
        fields, above = said or frozenset({name}), (said or frozenset(), printed) if printed.strip() else above
        for field in fields:
            allowed.setdefault(field, []).append((printed, values))
        for field in above[0] - fields if spoilt.theme in BY_LINES else ():
            allowed.setdefault(field, []).append((above[1], values))
    for field in ("status", "type"):
        telling = [one for one in allowed.get(field, ()) if interpret(field, *one)]
        if telling:
            allowed[field] = telling
    return allowed


def interpret(field: str, label: str, values: tuple[str, ...]) -> dict[str, Any]:
    """What values of a kind mean for a field, by column; nothing where they are none of its kind."""
    values = tuple(dict.fromkeys(values))
    text = fold(" ".join(values))
    digits = "".join(str(unicodedata.digit(char, char)) for char in text)
    match field:
        case "start_date" | "end_date" if re.fullmatch(r"\d{4}", digits):
            return {field: digits, field.replace("date", "year"): int(digits)}
        case "funding_year" if re.fullmatch(r"\d{4}", digits):
            return {field: int(digits)}
        case "budget" if re.fullmatch(r"\d+(\.\d+)?", digits):
            return {"budget_amount": Decimal(digits), "budget_currency": "USD" if "US" in label.upper() else None}
        case "status" | "coverage" | "idf_region" if entry := find_entry(field.removeprefix("idf_"), text):
            return {field: entry.code}
        case "type" if entry := find_entry("type", text):
            return {"type_code": entry.code, "type_name": entry.name}
        case "projects_id" if re.fullmatch(r"[A-Z]{2}\.\d{4}|[A-Z0-9]{3}-80[05]", text):
            return {field: text, "projects_id_scheme": None}
        case "prima_id" if re.fullmatch(r"[A-Z]{2}(10|99)P\d{4}", text):
            return {field: text}
        case "countries" | "other_countries":
            listed = [[CODES.get(name) for name in split_countries(" ".join(value.split()))] for value in values]
            codes = [code for names in listed if all(names) for code in names]
            return {field: tuple(codes)} if codes else {}
    return {}


def iter_wrong(spoilt: Spoilt, found: Extraction) -> Iterator[str]:
    """Each published value that the page does not print under that field."""
    if found.status == "quarantined" or found.project is None:
        return
    allowed = find_allowed(spoilt)
    for column, entry in catalogue("project").items():
        value = getattr(found.project, column)
        if value in (None, ()) or entry.label is None or column == "projects_id_scheme":
            continue
        stated = allowed.get(entry.label, [])
        if column.endswith("_raw"):
            right = any(strip(value) in join(values) for _, values in stated)
        else:
            shown = fold(value) if isinstance(value, str) else value  # an id may keep the digits of its script
            right = any(interpret(entry.label, *one).get(column) == shown for one in stated)
        if not right:
            yield f"{column} = {value!r}, under it stand {stated}"
    if found.title is None or fold(found.title) != fold(spoilt.content.title):
        yield f"title = {found.title!r}, not {spoilt.content.title!r}"
    own = {fold(text) for text in spoilt.content.description}
    for paragraph in (found.project.description or "").split("\n\n"):
        if paragraph and fold(paragraph) not in own:
            yield f"description has {paragraph!r}"
    for role, field in (("benefiting", "countries"), ("other_benefiting", "other_countries")):
        codes = {one.country_code for one in found.countries if one.role == role}
        if not codes <= {code for one in allowed.get(field, ()) for code in interpret(field, *one).get(field, ())}:
            yield f"countries of the role {role} are {sorted(codes)}"


def join(values: tuple[str, ...]) -> set[str]:
    """The ways in which several values, or those of them that are countries, may be printed as one raw text."""
    shown = [fold(value) for value in values if fold(value)]
    named = [value for value in shown if interpret("countries", "", (value,))]
    kept = (shown, list(dict.fromkeys(shown)), named)
    return {strip(sign.join(one)) for one in kept for sign in (" ", ", ", "; ")}


def strip(text: str) -> str:
    """A raw text without the signs at its ends, which may be taken for those of the page between label and value."""
    return fold(text).strip(" -–:;")
