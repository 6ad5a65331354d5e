"""A value that is one date and nothing else, to EDTF text with the page's own precision; names of months and weekdays.

Belongs here: the calendar, CLDR's names through Babel and the few it lacks, the forms in which pages, feeds and
machines print a date. Does not belong here: dates in running text (``datelines``), which date of a page means what.

A date that does not exist, or that can be read in two ways, is none: whether ``05/06/2020`` is day or month first must
be told by a number, by the weekday beside it, or by the other rows of its listing. A weekday that is not the date's
makes it none too. EDTF writes an unknown year as ``XXXX``: ``XXXX-07-29``.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Literal

from babel import Locale

from extractor.codebooks import list_words, read_codebook
from extractor.unicode import clean_line, fold, remember_short

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""IOM was founded in 1951; its texts speak of the century around it. Other numbers of four digits are not years."""

Order = Literal["day", "month"]
"""Which of two numbers stands first."""


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


_TIME = re.compile(
    r"(?<=\d)t\d\d[:-]?\d\d\S*"
    r"|(?:\b(?:t ?|(?:at|as?|a las|um|ore) ))?(?<![\d.:/-])\d{1,2}[:h]\d\d(?::\d\d(?:[.,]\d+)?)?"
    r"(?: ?(?:[ap] ?\.?m\b\.?|uhr\b|hrs?\b|h\b))?(?: ?(?!oct|sept)(?:z|utc|[a-z]{1,4}t|msk|wib)\b)?"
    r"(?: ?[+-]\d\d:?\d\d\b)?"
)
"""An hour with all that belongs to it, in a folded text."""

_SMALL = frozenset(list_words("values", "in_date"))
_ENDS = " ,.|·•-()"
_YEAR_FIRST = re.compile(
    r"(\d{4})(?:-(\d{1,2}))?|(\d{4})([/.-])(\d{1,2})\4(\d{1,2})|((?:19|20)\d\d)(\d\d)(\d\d)"
    r"|(\d{4}) ?年 ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?日)?"
)
_MONTH_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})")
_NUMERIC = re.compile(r"(\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4})")
_WEEKDAY = re.compile(r"([^\W\d_]+(?:-feira)?)[., ]+(?=\w)")
_IN_WORDS = re.compile(r"\d+|[^\W\d_]+(?:'(?=[^\W\d_]))?|[^\w\s]|_")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|re|[ao°.])(?![^\W\d_])")


def _read_numeric(text: str) -> Iterator[tuple[Order | None, str | None]]:
    if match := _YEAR_FIRST.fullmatch(text):
        yield None, edtf(*(int(part) for part in match.groups() if part and part.isdigit()))
    elif match := _MONTH_YEAR.fullmatch(text):
        yield None, edtf(int(match[2]), int(match[1]))
    elif match := _NUMERIC.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        has_one_order = first == second or match[2] == "."
        yield None if has_one_order else "day", edtf(year, second, first)
        if not has_one_order:
            yield "month", edtf(year, first, second)


def _read_words(text: str) -> str | None:
    """A month in words, a year and perhaps a day, in any order that is in use."""
    parts = [part for part in _IN_WORDS.findall(_ORDINAL.sub(" ", text)) if part.strip("'") not in _SMALL]
    words = [at for at, part in enumerate(parts) if part[0].isalpha()]
    if not words or any(not part.isalnum() and part not in ",./-|" for part in parts):
        return None
    name = parts[words[0] : words[-1] + 1]
    month = None if any(map(str.isdigit, name)) else find_month(" ".join(name))
    days, years = ([int(part) for part in parts if part.isdigit() and len(part) in sizes] for sizes in ((1, 2), (4,)))
    n_numbers = sum(map(str.isdigit, parts))
    if month is None or len(years) != 1 or len(days) > 1 or n_numbers != len(years) + len(days):
        return None
    return edtf(years[0], month, *days)


@remember_short(4096)
def find_readings(value: str) -> dict[str, Order | None]:
    """Every day, month or year that a value may be, and the order of numbers in which it is read so."""
    for weekdays, text in _iter_weekdays(_TIME.sub(" ", fold(clean_line(value))).strip(_ENDS)):
        found = {date: order for order, date in (*_read_numeric(text), (None, _read_words(text))) if date is not None}
        if found:
            return {date: order for date, order in found.items() if weekdays is None or _is_one_of(date, weekdays)}
    return {}


def _is_one_of(date_text: str, weekdays: frozenset[int]) -> bool:
    day = find_exact_day(date_text)
    return day is not None and day.weekday() in weekdays


def _iter_weekdays(text: str) -> Iterator[tuple[frozenset[int] | None, str]]:
    """The text as it stands, and what is left of it behind a weekday: "mar." is a month in one, a day in the other."""
    yield None, text
    if match := _WEEKDAY.match(text):
        weekday = weekday_numbers().get(match[1])
        if weekday is not None:
            yield weekday, text[match.end() :]


def find_date(value: str, order: Order | None = None) -> str | None:
    """EDTF of a value that is a date and nothing else; None for anything else. ``order`` is its listing's, if known.

    >>> find_date("2006"), find_date("mai 2006"), find_date("10 de mayo de 2006"), find_date("25/05/2006")
    ('2006', '2006-05', '2006-05-10', '2006-05-25')
    >>> find_date("Tue, 11/05/2024 - 15:04"), find_date("11/05/2024"), find_date("11/05/2024", "day")
    ('2024-11-05', None, '2024-05-11')
    >>> find_date("2020年5月7日"), find_date("27/05/2020 às 10h30")
    ('2020-05-07', '2020-05-27')
    >>> find_date("31/02/2006"), find_date("N/A"), find_date("Monday, 30 November 2021")
    (None, None, None)
    """
    readings = find_readings(value)
    if len(readings) > 1 and order is not None:
        readings = {found: by for found, by in readings.items() if by == order}
    return next(iter(readings)) if len(readings) == 1 else None


def find_order(values: Iterable[str]) -> Order | None:
    """The one order in which all values are printed that can be read in one order only; None where they differ.

    >>> find_order(["07/08/2024", "25/08/2024"]), find_order(["07/08/2024"]), find_order(["25/08/2024", "08/25/2024"])
    ('day', None, None)
    """
    readings = [find_readings(value) for value in values]
    orders = {order for one in readings if len(one) == 1 for order in one.values()} - {None}
    return orders.pop() if len(orders) == 1 else None


LANGUAGES = ("en", "fr", "es", "pt", "de", "ar", "ar_SY", "ar_MA", "ar_DZ", "uk", "ru", "it", "nl", "pl", "tr")
"""Those of IOM's sites; Arabic names the months by Syriac names in the Levant, by French ones in the Maghreb."""

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
    numbers: dict[str, set[int]] = {name: {number} for name, number in read_codebook("values")["months"].items()}
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
