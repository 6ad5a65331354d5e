"""Values as people read them: money, dates with their own precision, states, countries, the names of fields.

Belongs here: one value and its words, in English. Does not belong here: sentences (``sentences``), markup.
"""

import tomllib
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

from contracts.fields import list_fields
from extractor.codebooks import read_codebook
from pipeline.ground.printable import escape, format_value

NOT_STATED = "not stated"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORDS: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
NAMES, GROUPS, STATES, CHANGES, CHECKS = (_WORDS[name] for name in ("names", "groups", "states", "changes", "checks"))
ISSUES, CODES, NEWS, ALERTS = (_WORDS[name] for name in ("issues", "codes", "news", "alerts"))
LIST_FIELDS = list_fields("project") | list_fields("news")
_COUNTRY_ENDS = ("countries", "_country")
_DATE_ENDS = ("_date", "event_start", "event_end")
RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "ur", "yi"})


def name_field(field: str) -> str:
    """What people call a field.

    >>> name_field("budget_amount"), name_field("status_raw"), name_field("relative_date")
    ('budget', 'printed status', 'relative date')
    """
    if field in NAMES:
        return NAMES[field]
    bare = field.removesuffix("_raw")
    if bare != field:
        named = (NAMES.get(bare + more) for more in ("", "_name", "_amount", "_date"))
        return f"printed {next(filter(None, named), bare.replace('_', ' '))}"
    return field.replace("_", " ")


@cache
def name_country(code: str) -> str:
    """The English name of a country; a code that CLDR does not know stays itself.

    >>> name_country("CI"), name_country("ZZZ")
    ('Côte d’Ivoire', 'ZZZ')
    """
    return str(_english().territories.get(code, code))


@cache
def name_language(tag: str | None) -> str:
    """The English name of a language.

    >>> name_language("fr"), name_language(None)
    ('French', 'language not known')
    """
    return str(_english().languages.get(tag, tag)) if tag else "language not known"


@cache
def _english() -> Locale:
    return Locale("en")


def get_direction(lang: str | None) -> str:
    """How a language is written: ``ltr``, ``rtl``, or ``auto`` where the language is not known."""
    return "auto" if not lang else "rtl" if lang.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def write_date(edtf: str | None) -> str:
    """EDTF text in words, in its own precision; what is no EDTF of these forms stays as it is.

    >>> [write_date(one) for one in ("2006", "2006-05", "2006-05-09", "XXXX-07-29", None)]
    ['2006', 'May 2006', '9 May 2006', '29 July, year not stated', 'not stated']
    """
    if not edtf:
        return NOT_STATED
    parts = edtf.split("-")
    if not all(part.isascii() and (part.isdecimal() or part == "XXXX") for part in parts) or len(parts) > 3:
        return escape(edtf)
    year = "" if parts[0] == "XXXX" else parts[0]
    if len(parts) == 1:
        return year or escape(edtf)
    if not 1 <= int(parts[1]) <= 12:
        return escape(edtf)
    day = f"{int(parts[2])} " if len(parts) == 3 else ""
    return f"{day}{MONTHS[int(parts[1]) - 1]}" + (f" {year}" if year else ", year not stated")


def write_day(instant: datetime | None) -> str:
    """The day of an instant in words.

    >>> write_day(datetime(2026, 11, 2)), write_day(None)
    ('2 November 2026', 'never')
    """
    return f"{instant.day} {MONTHS[instant.month - 1]} {instant.year}" if instant else "never"


def write_amount(amount: object, currency: str | None = None) -> str:
    """An amount with its thousands parted and two decimals; text that is no number stays as it is.

    >>> write_amount("93000.5", "USD"), write_amount("about five")
    ('93,000.50 USD', 'about five')
    """
    try:
        written = f"{Decimal(str(amount)):,.2f}"
    except (InvalidOperation, ValueError):
        return escape(str(amount))
    return f"{written} {escape(currency)}" if currency else written


def write_short(amount: object) -> str:
    """A large amount in few digits, for figures.

    >>> [write_short(one) for one in (950, 12_400, 3_040_000, 12_000_000)]
    ['950', '12 k', '3.0 m', '12 m']
    """
    number = float(amount)  # type: ignore[arg-type]  # Decimal, int or float
    for size, sign in ((1e9, " bn"), (1e6, " m"), (1e3, " k")):
        if abs(number) >= size:
            share = number / size
            return f"{share:.1f}{sign}" if abs(share) < 10 and sign != " k" else f"{share:.0f}{sign}"
    return f"{number:.0f}"


def write_field(field: str, value: object, currency: str | None = None) -> str:
    """The value of a field in words; None and an empty list are *not stated*.

    >>> write_field("countries", "[LR, GH]"), write_field("budget_amount", "5", "USD"), write_field("status", None)
    ('Liberia and Ghana', '5.00 USD', 'not stated')
    """
    if field in LIST_FIELDS:
        parts = split_list(value)
        return (
            join_words([name_country(part) if field.endswith(_COUNTRY_ENDS) else part for part in parts]) or NOT_STATED
        )
    if value is None or value == "":
        return NOT_STATED
    if field == "budget_amount":
        return write_amount(value, currency)
    if field.endswith(_DATE_ENDS):
        return write_date(str(value))
    if field.endswith(_COUNTRY_ENDS):
        return name_country(str(value))
    return format_value(value)


def write_said(field: str, value: object) -> str:
    """What one of several pages says of a field, in words: of a type, of which they state a code, its name too.

    >>> write_said("type_code", "CD"), write_said("end_date", "2024")
    ('Community and Economic Development (CD)', '2024')
    """
    return _name_type(str(value)) if field == "type_code" and value else write_field(field, value)


@cache
def _name_type(code: str) -> str:
    names = [entry["name"] for entry in read_codebook("type")["entry"] if entry["code"] == code]
    return f"{names[0]} ({code})" if names else escape(code)


def write_code(code: str) -> str:
    """A code of the tables in words.

    >>> write_code("near_copy"), write_code("programme"), write_code("other_benefiting")
    ('nearly a copy', 'programme', 'other benefiting')
    """
    return CODES.get(code, code.replace("_", " "))


def write_detail(issue: str, detail: str | None) -> str:
    """What a doubt rests on: the countries of a list by their names, anything else as the reader noted it.

    >>> write_detail("national-with-several-countries", "KG TL"), write_detail("id-changed", None)
    ('Kyrgyzstan and Timor-Leste', '')
    """
    if issue == "national-with-several-countries":
        return join_words([name_country(code) for code in (detail or "").split()])
    return escape(detail or "")


def split_list(value: Any) -> list[str]:
    """The parts of a list, given as one or as ``v1.changes`` writes it.

    >>> split_list("[LR, GH]"), split_list(["LR"]), split_list(None), split_list("[]")
    (['LR', 'GH'], ['LR'], [], [])
    """
    if value is None:
        return []
    if isinstance(value, str):
        return [part for part in value.removeprefix("[").removesuffix("]").split(", ") if part]
    return [str(part) for part in value]


def join_words(parts: list[str]) -> str:
    """Words as an enumeration.

    >>> join_words(["a"]), join_words(["a", "b"]), join_words(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def write_number(n: int) -> str:
    """A small number as a word, a larger one in digits.

    >>> write_number(2), write_number(40)
    ('two', '40')
    """
    return NUMBERS[n] if 0 <= n < len(NUMBERS) else f"{n:,}"
