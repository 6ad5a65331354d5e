"""Dates as pages print them, to EDTF text with the page's own precision.

Belongs here: calendars, the names of months and weekdays (CLDR, through Babel), the forms in which dates stand in
labels and in prose. Does not belong here: which date of a page means what. Numbers are read day first, as IOM
writes ("today (26/03)"). A date that does not exist, or that can be read in two ways, is none. EDTF writes an
unknown year as ``XXXX``: ``XXXX-07-29``.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from babel import Locale

from extractor.unicode import clean_line, fold, fold_word

LANGUAGES = ("en", "fr", "es", "pt", "de", "ar")
FIRST_YEAR, LAST_YEAR = 1900, 2100
"""IOM was founded in 1951; its texts speak of the century around it. Other numbers of four digits are not years."""


class FoundDate(NamedTuple):
    """A date or a span of days found in prose. ``start`` and ``end`` are EDTF and equal for one date.

    ``weekday`` is the printed day's number (Monday 0) or None; ``first`` and ``last`` are character positions in
    the text.
    """

    start: str
    end: str
    weekday: int | None
    first: int
    last: int


@cache
def month_numbers() -> dict[str, int]:
    """Folded names and abbreviations of months in :data:`LANGUAGES` to 1 to 12.

    A name that two languages number apart is left out.
    """
    numbers: dict[str, set[int]] = {}
    for lang in LANGUAGES:
        months = Locale(lang).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    numbers.setdefault(fold(name).rstrip("."), set()).add(number)
    for name, number in {
        "sept": 9,
        "set": 9,
        "setiembre": 9,
        "maerz": 3,
        "janner": 1,
        "janv": 1,
        "fevr": 2,
        "juil": 7,
    }.items():
        numbers.setdefault(name, set()).add(number)
    return {name: found.pop() for name, found in numbers.items() if len(found) == 1 and not name.isdigit()}


@cache
def _full_names() -> tuple[frozenset[str], frozenset[str]]:
    """Folded full names of months: English, and those of the languages that write them small."""
    english, others = (
        frozenset(fold(name) for lang in langs for name in Locale(lang).months["format"]["wide"].values())
        for langs in (("en",), LANGUAGES[1:])
    )
    return english, others


def _find_prose_month(name: str, *, has_year: bool) -> int | None:
    """As in labels, but "may" and "march" are verbs, and "12 out of 20" is no October.

    Small letters need a full name of a language that writes it small.
    """
    english, others = _full_names()
    folded = fold_word(name)
    if name[:1].isupper():
        known = folded in english or folded in others or has_year
    else:
        known = folded in others and folded not in english
    return month_numbers().get(folded) if known else None


@cache
def weekday_numbers() -> dict[str, int]:
    """Folded full names of weekdays in :data:`LANGUAGES`, Monday 0.

    Abbreviations are months elsewhere ("mar."), so none.
    """
    numbers: dict[str, int] = {}
    for lang in LANGUAGES:
        for number, name in Locale(lang).days["format"]["wide"].items():
            numbers[fold(name)] = number
            numbers[fold(name).removesuffix("-feira")] = number
    return numbers


def edtf(year: int | None, month: int | None = None, day: int | None = None) -> str | None:
    """EDTF text of a date that exists; None for one that does not. ``year`` None is an unknown year.

    >>> edtf(2006), edtf(2006, 5), edtf(2006, 5, 10), edtf(None, 7, 29), edtf(2021, 2, 29)
    ('2006', '2006-05', '2006-05-10', 'XXXX-07-29', None)
    """
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    text = "XXXX" if year is None else f"{year:04d}"
    if month is None:
        return None if year is None else text
    if not 1 <= month <= 12:
        return None
    text = f"{text}-{month:02d}"
    if day is None:
        return None if year is None else text
    longest = 29 if month == 2 and year is None else calendar.monthrange(year or 2000, month)[1]
    return f"{text}-{day:02d}" if 1 <= day <= longest else None


def find_year(date_text: str | None) -> int | None:
    """The year of EDTF text; None where there is none or it is unknown."""
    return int(date_text[:4]) if date_text and date_text[:4].isdigit() else None


def find_exact_day(date_text: str | None) -> date | None:
    """The calendar day of EDTF text with day precision, else None."""
    return date.fromisoformat(date_text) if date_text and re.fullmatch(r"\d{4}-\d\d-\d\d", date_text) else None


_ORDINAL = r"(?:st|nd|rd|th|er|re|º|ª|°|\.)?"
_OF = r"(?:[ ,]*\b(?:of|de|del|do|d')\b)?"
_WORD = r"[^\W\d_]+\.?"
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:[T ]\d\d:\d\d.*)?")
_NUMERIC = re.compile(r"(\d{1,2})([./-])(?:(\d{1,2})\2)?(\d{4})")
_DAY_FIRST = re.compile(
    rf"(?:(?P<weekday>[^\W\d_]+(?:-feira)?)[ ,.]+)?(?:the |le |el |am |den |o )?(?P<day>\d{{1,2}}){_ORDINAL}{_OF} "
    rf"?(?P<month>{_WORD})(?:{_OF},? ?(?P<year>\d{{4}}))?"
)
_MONTH_FIRST = re.compile(
    rf"(?:(?P<weekday>[^\W\d_]+)[ ,.]+)?(?P<month>{_WORD}) (?P<day>\d{{1,2}}){_ORDINAL}(?:,? (?P<year>\d{{4}}))?"
)
_MONTH_YEAR = re.compile(rf"(?P<month>{_WORD}){_OF},? (?P<year>\d{{4}})")


def _find_month(name: str) -> int | None:
    return month_numbers().get(fold_word(name).rstrip("."))


def _find_numeric(text: str) -> str | None:
    if match := _ISO.fullmatch(text):
        return edtf(*(int(part) if part else None for part in match.groups()))
    if match := _NUMERIC.fullmatch(text):
        first, _, second, year = match.groups()
        if second is None:
            return edtf(int(year), int(first))
        return edtf(int(year), int(second), int(first))
    return None


def find_date(value: str) -> str | None:
    """EDTF of a value that is a date and nothing else; None for anything else.

    >>> find_date("2006"), find_date("mai 2006"), find_date("10 de mayo de 2006"), find_date("10/05/2006")
    ('2006', '2006-05', '2006-05-10', '2006-05-10')
    >>> find_date("31/02/2006"), find_date("N/A"), find_date("05/25/2006"), find_date("Tuesday, 30 November 2021")
    (None, None, None, '2021-11-30')
    """
    text = clean_line(value)
    if not text.isascii():
        text = fold(text) if any(char.isalpha() for char in text) else text
    if (found := _find_numeric(text)) is not None:
        return found
    for form in (_DAY_FIRST, _MONTH_FIRST, _MONTH_YEAR):
        match = form.fullmatch(text)
        if match is None or (month := _find_month(match["month"])) is None:
            continue
        parts = match.groupdict()
        if parts.get("weekday") and fold(parts["weekday"]) not in weekday_numbers():
            return None
        if not parts["year"]:
            return None
        return edtf(int(parts["year"]), month, int(parts["day"]) if parts.get("day") else None)
    return None


def find_day_and_month(value: str) -> tuple[int, int] | None:
    """Day and month of a numeric day-first date without a year, as in "today (26/03)".

    >>> find_day_and_month("26/03"), find_day_and_month("13/13")
    ((26, 3), None)
    """
    match = re.fullmatch(r"(\d{1,2})[./](\d{1,2})\.?", value.strip())
    if match is None or edtf(None, int(match[2]), int(match[1])) is None:
        return None
    return int(match[1]), int(match[2])


_BY_DAY = re.compile(
    rf"\b(?P<day>\d{{1,2}}){_ORDINAL}(?:{_OF} (?P<from_month>[^\W\d_]{{3,10}}))?"
    rf"(?:(?: ?[-–—] ?| (?:to|and|until|et|au|y|al|a|e|bis|und) )(?P<last>\d{{1,2}}){_ORDINAL})?"
    rf"{_OF} (?P<month>[^\W\d_]{{3,10}})\b\.?(?:{_OF},? (?P<year>\d{{4}})\b(?![.,]?\d))?"
)
_BY_MONTH = re.compile(
    r"\b(?P<month>[^\W\d_]{3,10})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?(?: ?[-–—] ?(?P<last>\d{1,2})(?:st|nd|rd|"
    r"th)?)?, (?P<year>\d{4})\b"
)
_MONTH_OF_YEAR = re.compile(rf"\b(?P<month>[^\W\d_]{{3,10}}){_OF} (?P<year>\d{{4}})\b(?![.,]\d)")
_WEEKDAY_BEFORE = re.compile(r"([^\W\d_]{4,10}(?:-feira)?),?(?: the| le| el| o| am| den)? ?$")


def _find_weekday_before(text: str, first: int) -> tuple[int | None, int]:
    match = _WEEKDAY_BEFORE.search(text, max(0, first - 24), first)
    number = weekday_numbers().get(fold_word(match[1])) if match else None
    return (number, match.start()) if match and number is not None else (None, first)


def _read_span(match: re.Match[str], month: int) -> tuple[str, str] | None:
    parts = match.groupdict()
    year = int(parts["year"]) if parts["year"] else None
    opening = _find_prose_month(parts["from_month"], has_year=year is not None) if parts.get("from_month") else month
    if opening is None or (parts.get("from_month") and not parts["last"]):
        return None
    start = edtf(year, opening, int(parts["day"]))
    end = edtf(year, month, int(parts["last"])) if parts["last"] else start
    if start is None or end is None or end < start:
        return None
    return start, end


def iter_dates(text: str) -> Iterator[FoundDate]:
    """Dates in prose with at least a day and a month, or a month and a year, in reading order.

    Overlapping readings count once, the longer one.

    >>> [found.start for found in iter_dates("held from 29-30 July, on December 19, 2018, in May 2006")]
    ['XXXX-07-29', '2018-12-19', '2006-05']
    """
    found: list[FoundDate] = []
    for match in _iter_near_digits(text):
        month = _find_prose_month(match["month"], has_year=bool(match["year"]))
        if month is None:
            continue
        if "day" not in match.groupdict():
            whole = edtf(int(match["year"]), month)
            span = (whole, whole) if whole else None
        else:
            span = _read_span(match, month)
        if span is None:
            continue
        weekday, first = _find_weekday_before(text, match.start())
        found.append(FoundDate(*span, weekday, first, match.end()))
    found.sort(key=lambda item: (item.first, -item.last))
    reached = -1
    for one in found:
        if one.first >= reached:
            reached = one.last
            yield one


_NUMBER = re.compile(r"\d+")


def _iter_near_digits(text: str) -> Iterator[re.Match[str]]:
    """Matches of the prose forms, tried only where digits stand: prose is long and digits are few."""
    for number in _NUMBER.finditer(text):
        first, length = number.start(), number.end() - number.start()
        if length <= 2:
            if match := _BY_DAY.match(text, first):
                yield match
            word = _word_before(text, first)
            if word is not None and (match := _BY_MONTH.match(text, word)):
                yield match
        elif length == 4:
            word = _word_before(text, first)
            if word is not None and (match := _MONTH_OF_YEAR.match(text, word)):
                yield match


_LAST_WORD = re.compile(r"([^\W\d_]{3,10})\.?(?:[ ,]+(?:of|de|del|do))? $")


def _word_before(text: str, position: int) -> int | None:
    match = _LAST_WORD.search(text, max(0, position - 18), position)
    return match.start(1) if match else None


def disagrees_with_weekday(day: str, weekday: int | None) -> bool:
    """Whether a printed weekday is not the date's. False where there is no weekday or no full date.

    >>> disagrees_with_weekday("2021-11-30", 1), disagrees_with_weekday("2021-11-30", 2)
    (False, True)
    """
    exact = find_exact_day(day)
    return weekday is not None and exact is not None and exact.weekday() != weekday
