"""What the months and the days of the week are called: CLDR's names, through Babel, and the few it lacks.

Belongs here: names and the numbers they stand for. Does not belong here: the forms of dates (``dates``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from babel import Locale

from extractor.unicode import fold

LANGUAGES = ("en", "fr", "es", "pt", "de", "ar", "ar_SY", "ar_MA", "ar_DZ", "uk", "ru", "it", "nl", "pl", "tr")
"""Those of IOM's sites; Arabic names the months by Syriac names in the Levant, by French ones in the Maghreb."""

_LACKING = {"sept": 9, "setiembre": 9, "maerz": 3, "janner": 1, "fevr": 2}
_SECOND = r"(?: ال(?:[اأ]ول|ثان[يى]))?"
MONTH = rf"[^\W\d_]{{2,12}}{_SECOND}(?: ?/ ?[^\W\d_]{{2,12}}{_SECOND})?"
"""What may be a month's name: a word, or two where Arabic tells a first from a second, or two names of one month."""


def _iter_names(lang: str, width: str) -> Iterator[tuple[int, str]]:
    for context in ("format", "stand-alone"):
        for number, name in Locale.parse(lang).months[context][width].items():
            yield number, fold(name).rstrip(".")


@cache
def month_numbers() -> dict[str, int]:
    """Folded names and abbreviations of months in :data:`LANGUAGES` to 1 to 12.

    A name that two languages number apart is left out.
    """
    numbers: dict[str, set[int]] = {name: {number} for name, number in _LACKING.items()}
    for lang in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in _iter_names(lang, width):
                numbers.setdefault(name, set()).add(number)
    return {name: found.pop() for name, found in numbers.items() if len(found) == 1 and not name.isdigit()}


def find_month(name: str) -> int | None:
    """The month that a name stands for, or that two names with a stroke between them both stand for; else None.

    >>> find_month("févr."), find_month("تشرين الأول/ أكتوبر"), find_month("mai/juin")
    (2, 10, None)
    """
    numbers = {month_numbers().get(part.strip(" .")) for part in re.split("/", fold(name))}
    return numbers.pop() if len(numbers) == 1 else None


@cache
def full_month_names() -> tuple[frozenset[str], frozenset[str]]:
    """Folded full names of months: English, and those of the languages that write them small."""
    english, others = (
        frozenset(name for lang in langs for _, name in _iter_names(lang, "wide"))
        for langs in (LANGUAGES[:1], LANGUAGES[1:])
    )
    return english, others


@cache
def weekday_numbers() -> dict[str, frozenset[int]]:
    """Folded names and abbreviations of weekdays to what they stand for in one language or another, Monday 0."""
    numbers: dict[str, set[int]] = {}
    for lang in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in Locale.parse(lang).days["format"][width].items():
                for form in {fold(name).rstrip("."), fold(name).removesuffix("-feira")}:
                    numbers.setdefault(form, set()).add(number)
    return {name: frozenset(found) for name, found in numbers.items()}
