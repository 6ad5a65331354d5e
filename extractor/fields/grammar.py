"""Each field's own grammar: what a text can be by its words and shape alone, wherever on a page it stands.

Belongs here: trying one text against the fields. Does not belong here: where texts stand (``assignment``), and the
rules that read a value (``values``, the codebooks), which are asked here.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from contracts.fields import catalogue
from extractor.blocks.prose_shape import is_prose
from extractor.codebooks import find_entry, read_codebook
from extractor.codebooks.labels import PRIMA_ID, PROJECTS_ID, find_label, find_marks
from extractor.unicode import clean_line, fold
from extractor.values.countries import read_countries
from extractor.values.dates import find_date
from extractor.values.identity import find_prima_id, find_projects_id
from extractor.values.money import find_currency, find_money

if TYPE_CHECKING:
    from contracts.fields import FieldName

# fmt: off
NOT_STATED: Final = frozenset([
    "n/a", "na", "n.a.", "-", "--", "–", "—", "none", "null", "tbd", "tbc", "not available", "non disponible",
    "no disponible", "nd", "n/d",
])
# fmt: on
"""Values that say that there is no value: NULL with the raw text kept, and nothing to map."""

LISTS: Final[frozenset[FieldName]] = frozenset(["countries", "other_countries"])
"""The fields with a list under their label."""

MAX_VALUE: Final = 120
_CODEBOOKS: Final[dict[FieldName, str]] = {
    entry.label: entry.codebook for entry in catalogue("project").values() if entry.label and entry.codebook
}
_YEAR: Final = re.compile(r"(?:19|20)\d{2}")
_GROUPED: Final = re.compile(r"\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{2})?|\d{4,9}[.,]\d{2}")
_YEARS: Final[frozenset[FieldName]] = frozenset(["start_date", "end_date", "funding_year"])
_NUMERIC: Final = _YEARS | {"budget"}
_TELLING: Final = re.compile(rf"{PROJECTS_ID.pattern}|{PRIMA_ID.pattern}|(?:USD|US\$|\$)? ?(?:{_GROUPED.pattern})")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")


class Fit(IntEnum):
    """How well a text is the value of a label."""

    NONE = 0
    """It is something else: another field's value, a label, text."""
    OPEN = 1
    """Nothing speaks against it: words that no codebook knows."""
    PROVEN = 2
    """The field's own grammar reads it."""


@lru_cache(maxsize=4096)
def find_shapes(value: str) -> frozenset[FieldName]:
    """The fields that a text, alone on a line, can be the value of; a type in words that drifted is not proven.

    >>> [sorted(find_shapes(text)) for text in ("TC.0123", "183,813.00", "2006", "Global", "Togo Benin", "Ferries")]
    [['projects_id'], ['budget'], ['end_date', 'funding_year', 'start_date'], ['coverage', 'idf_region'], \
['countries', 'other_countries'], []]
    """
    value = clean_line(value)
    if len(value) > MAX_VALUE:
        return frozenset()
    listed = frozenset(name for name, book in _CODEBOOKS.items() if find_entry(book, value) is not None)
    if listed:
        return listed
    if any(map(str.isdigit, value)):
        return _find_numeric(value)
    return LISTS if not value[:1].islower() and _lists_countries(value) else frozenset()


def is_telling(value: str) -> bool:
    """Whether a short text is an identifier, an amount or of a closed list: a quick look at a page without labels.

    >>> is_telling("TC.0123"), is_telling("40,000"), is_telling("Asia and Oceania"), is_telling("2006")
    (True, True, True, False)
    """
    if len(value) > MAX_VALUE:
        return False
    return value.casefold() in _list_words() or (value[-1:].isdigit() and _TELLING.fullmatch(value) is not None)


@cache
def _list_words() -> frozenset[str]:
    books = (read_codebook(book)["entry"] for book in _CODEBOOKS.values())
    return frozenset(value.casefold() for book in books for entry in book for value in entry["values"])


def _find_numeric(value: str) -> frozenset[FieldName]:
    if find_projects_id(value) is not None:
        return frozenset(["projects_id"])
    if find_prima_id(value) is not None:
        return frozenset(["prima_id"])
    if find_date(value) is not None:
        is_year = _YEAR.fullmatch(value) is not None
        return _YEARS if is_year else frozenset(["start_date", "end_date"])
    is_amount = _GROUPED.fullmatch(value) is not None or "$" in value or find_currency(value) is not None
    return frozenset(["budget"]) if is_amount and find_money(value, "USD") is not None else frozenset()


def _lists_countries(value: str) -> bool:
    listed = read_countries(value)
    return bool(listed.found) and not listed.unexplained


def judge(name: FieldName | None, value: str) -> Fit:
    """How well a text is the value of the label of a field; of the doubled label (None) a status or a type.

    >>> judge("status", "Completed").name, judge("status", "On paper").name, judge("status", "National").name
    ('PROVEN', 'OPEN', 'NONE')
    """
    if clean_line(value).casefold() in NOT_STATED:
        return Fit.PROVEN
    names = (name,) if name else ("status", "type")
    shapes = find_shapes(value)
    if shapes.intersection(names) or any(_admits(one, value) for one in names):
        return Fit.PROVEN
    if shapes or find_marks(value) or reads_like_prose(value):
        return Fit.NONE
    return Fit.OPEN if any(_resembles(one, value) for one in names) else Fit.NONE


def _admits(name: FieldName, value: str) -> bool:
    """Whether a field's rule reads a text that proves nothing by itself."""
    if name == "budget":
        return find_money(value, "USD") is not None
    if name in LISTS:
        return _lists_countries(value)
    return False


def _resembles(name: FieldName, value: str) -> bool:
    """Whether a text that a field's rule can't read may still be what the page states: its words are kept as they are.

    An identifier is one or is none; an amount and a date have digits, a list of countries at least one country.
    """
    if name in _NUMERIC:
        return any(map(str.isdigit, value))
    if name in LISTS:
        return bool(read_countries(value).found)
    return name in _CODEBOOKS and len(value) <= MAX_VALUE and any(map(str.isalpha, value))


def resembles_type(value: str) -> bool:
    """Whether words are those that names of types are made of: their wording drifts, their words do not.

    >>> resembles_type("Migration Health and Borders"), resembles_type("Funding envelope")
    (True, False)
    """
    words = _WORD.findall(fold(value))
    known = sum(1 for word in words if word[:5] in _type_stems())
    return known > 0 and 2 * known >= len(words)


@cache
def _type_stems() -> frozenset[str]:
    book = read_codebook("type")
    wordings = [value for entry in book["entry"] for value in entry["values"]] + book["words"]
    return frozenset(word[:5] for wording in wordings for word in _WORD.findall(fold(wording)))


def reads_like_prose(value: str) -> bool:
    """Whether a text is too much of a sentence to be the value of a field.

    >>> reads_like_prose("Return and Reintegration Assistance for Migrants and Governments")
    False
    >>> reads_like_prose("IOM will assist the Government in the matter.")
    True
    """
    words = value.split()
    if len(words) >= 6 and value.rstrip("\"'”’»)").endswith((".", "!", "?", ":", ";")) and is_prose(value):
        return True
    return len(words) >= 15 and sum(word[0].islower() for word in words) > 0.4 * len(words)


def is_short(value: str) -> bool:
    """Whether a text may be a label or a value: no prose, and no known label."""
    return 0 < len(value) <= MAX_VALUE and not reads_like_prose(value) and find_label(value) is None
