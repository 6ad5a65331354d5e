"""Each field's own grammar: what a text can be by its words and shape alone, wherever on a page it stands.

Belongs here: which rule reads which field, the forms of identifiers, and trying one text against all of them. Does not
belong here: where texts stand (``assignment``), the other rules (``values``, the codebooks), identifiers in prose.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache
from typing import Any, Final, NamedTuple

from contracts.fields import FieldName, catalogue
from extractor.blocks.prose_shape import is_prose
from extractor.codebooks import PRIMA_ID, PROJECTS_ID, find_entry, find_label, find_marks, list_words, read_codebook
from extractor.unicode import clean_line, fold, remember_short, straighten
from extractor.values.countries import read_countries
from extractor.values.dates import FIRST_YEAR, LAST_YEAR, find_date, find_year
from extractor.values.money import PRINTED, find_currency, find_money

NOT_STATED: Final = frozenset(list_words("values", "not_stated"))
"""Values that say that there is no value: NULL with the raw text kept, and nothing to map."""

LISTS: Final[frozenset[FieldName]] = frozenset(["countries", "other_countries"])
"""The fields with a list under their label."""

MAX_VALUE: Final = 120
CODEBOOKS: Final[dict[FieldName, str]] = {
    entry.label: entry.codebook for entry in catalogue("project").values() if entry.label and entry.codebook
}
"""The fields whose values are words, each with its closed list."""

_NUMBERED: Final = ("projects_id", "prima_id", "start_date", "end_date", "funding_year")
_TELLING: Final = re.compile(rf"{PROJECTS_ID.pattern}|{PRIMA_ID.pattern}|(?:USD|US\$|\$)? ?(?:{PRINTED.pattern})")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")


class Fit(IntEnum):
    """How well a text is the value of a label."""

    NONE = 0
    """It is something else: another field's value, a label, text."""
    OPEN = 1
    """Nothing speaks against it: words that no codebook knows."""
    PROVEN = 2
    """The field's own grammar reads it."""


def read_single(name: FieldName, value: str, label: str = "") -> dict[str, Any] | None:
    """The columns that a field's rule reads from one value under a label; None where it reads none.

    >>> read_single("start_date", "May 2006"), read_single("budget", "183,813", "Budget Amount (USD)")
    ({'start_date': '2006-05', 'start_year': 2006}, {'budget_amount': Decimal('183813.00'), 'budget_currency': 'USD'})
    >>> read_single("type", "TCMMCB")["type_code"], read_single("status", "On paper")
    ('TC', None)
    """
    match name:
        case "start_date" | "end_date":
            found = find_date(value)
            return {name: found, name.replace("_date", "_year"): find_year(found)} if found else None
        case "funding_year":
            is_year = len(value) == 4 and value.isdecimal() and FIRST_YEAR <= int(value) <= LAST_YEAR
            return {name: int(value)} if is_year else None
        case "budget":
            money = find_money(value, label)
            return {"budget_amount": money.amount, "budget_currency": money.currency} if money else None
        case "projects_id":
            key = find_projects_id(value)
            return {name: key.value, "projects_id_scheme": key.scheme} if key else None
        case "prima_id":
            prima_id = find_prima_id(value)
            return {name: prima_id} if prima_id else None
        case _:
            entry = find_entry(CODEBOOKS[name], value)
            columns = {"type_code": "code", "type_name": "name"} if name == "type" else {name: "code"}
            return {column: getattr(entry, part) for column, part in columns.items()} if entry else None


@remember_short(4096)
def find_shapes(value: str) -> frozenset[FieldName]:
    """The fields that a text, alone on a line, can be the value of; a type in words that drifted is not proven.

    >>> [sorted(find_shapes(text)) for text in ("TC.0123", "183,813.00", "2006", "Global", "Togo Benin", "Ferries")]
    [['projects_id'], ['budget'], ['end_date', 'funding_year', 'start_date'], ['coverage', 'idf_region'], \
['countries', 'other_countries'], []]
    """
    value = clean_line(value)
    if len(value) > MAX_VALUE:
        return frozenset()
    is_numeric = any(map(str.isdigit, value))
    found = frozenset(name for name in (_NUMBERED if is_numeric else CODEBOOKS) if read_single(name, value))
    if found:
        return found
    if is_numeric:
        is_amount = PRINTED.fullmatch(value) or "$" in value or find_currency(value)
        return frozenset(["budget"]) if is_amount and find_money(value, "USD") else frozenset()
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
    books = (read_codebook(book)["entry"] for book in CODEBOOKS.values())
    return frozenset(value.casefold() for book in books for entry in book for value in entry["values"])


def _lists_countries(value: str) -> bool:
    listed = read_countries(value)
    return bool(listed.found) and not listed.unexplained


def judge(name: FieldName | None, value: str) -> Fit:
    """How well a text is the value of the label of a field; of the doubled label (None) a status or a type.

    >>> judge("status", "Completed").name, judge("status", "On paper").name, judge("status", "National").name
    ('PROVEN', 'OPEN', 'NONE')
    """
    value = clean_line(value)
    if value.casefold() in NOT_STATED:
        return Fit.PROVEN
    names = (name,) if name else ("status", "type")
    if any(_lists_countries(value) if one in LISTS else read_single(one, value, "USD") for one in names):
        return Fit.PROVEN
    is_other = find_shapes(value) or find_marks(value) or reads_like_prose(value)
    return Fit.OPEN if not is_other and any(_resembles(one, value) for one in names) else Fit.NONE


def _resembles(name: FieldName, value: str) -> bool:
    """Whether a text that a field's rule can't read may still be what the page states: its words are kept as they are.

    An identifier is one or is none; an amount and a date have digits, a list of countries at least one country.
    """
    if name in CODEBOOKS:
        return len(value) <= MAX_VALUE and any(map(str.isalpha, value))
    return bool(read_countries(value).found) if name in LISTS else "_id" not in name and any(map(str.isdigit, value))


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


class ProjectsId(NamedTuple):
    """``scheme`` is ``typed`` (project type and number), ``legacy-800`` or ``legacy-805``."""

    value: str
    scheme: str


def find_projects_id(value: str) -> ProjectsId | None:
    """A value that is a Projects ID and nothing else.

    >>> find_projects_id("QU8-805"), find_projects_id(" TC.0767 "), find_projects_id("TC.0767, IB.0001")
    (ProjectsId(value='QU8-805', scheme='legacy-805'), ProjectsId(value='TC.0767', scheme='typed'), None)
    """
    text = _plain(value)
    if PROJECTS_ID.fullmatch(text) is None:
        return None
    return ProjectsId(text, "typed" if "." in text else f"legacy-80{text[-1]}")


def find_prima_id(value: str) -> str | None:
    """A value that is a Prima ID and nothing else.

    >>> find_prima_id("LR10P0010"), find_prima_id("LR20P0010")
    ('LR10P0010', None)
    """
    text = _plain(value)
    return text if PRIMA_ID.fullmatch(text) else None


def _plain(value: str) -> str:
    return straighten(clean_line(value)).upper()
