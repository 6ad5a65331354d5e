"""Dates in running text: days of a month, spans of days, months of a year, with the weekday printed before them.

Belongs here: the forms in which dates stand in prose. Does not belong here: values that are dates and nothing else
(``values.dates``), what happened on a date (``occasions``, ``events``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from extractor.unicode import fold, fold_word
from extractor.values.dates import edtf, find_exact_day
from extractor.values.month_names import MONTH, find_month, full_month_names, weekday_numbers


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


def _find_prose_month(name: str, *, has_year: bool) -> int | None:
    """As in labels, but "may" and "march" are verbs, and "12 out of 20" is no October.

    Small letters need a full name of a language that writes it small.
    """
    english, others = full_month_names()
    folded = fold(name.partition("/")[0]).strip()
    if name[:1].isupper():
        known = folded in english or folded in others or has_year
    else:
        known = folded in others and folded not in english
    return find_month(name) if known else None


def find_day_and_month(value: str) -> tuple[int, int] | None:
    """Day and month of a numeric day-first date without a year, as in "today (26/03)".

    >>> find_day_and_month("26/03"), find_day_and_month("13/13")
    ((26, 3), None)
    """
    match = re.fullmatch(r"(\d{1,2})[./](\d{1,2})\.?", value.strip())
    if match is None or edtf(None, int(match[2]), int(match[1])) is None:
        return None
    return int(match[1]), int(match[2])


_ORDINAL = r"(?:st|nd|rd|th|er|re|º|ª|°|\.)?"
_OF = r"(?:[ ,]*\b(?:of|de|del|do|d')\b)?"
_BY_DAY = re.compile(
    rf"\b(?P<day>\d{{1,2}}){_ORDINAL}(?:(?:{_OF} (?P<from_month>{MONTH}))?"
    rf"(?: ?[-–—] ?| (?:to|and|until|et|au|y|al|a|e|bis|und|по|و) )(?P<last>\d{{1,2}}){_ORDINAL})?"
    rf"{_OF} (?P<month>{MONTH})\b\.?(?:{_OF},? ?(?P<year>\d{{4}})\b(?![.,]?\d)(?: ?(?:року|р\.|года|г\.))?)?"
)
_BY_MONTH = re.compile(
    rf"\b(?P<month>{MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: ?[-–—] ?(?P<last>\d{{1,2}})(?:st|nd|rd|"
    r"th)?)?, (?P<year>\d{4})\b"
)
_MONTH_OF_YEAR = re.compile(rf"\b(?P<month>{MONTH}){_OF} (?P<year>\d{{4}})\b(?![.,]\d)")
_WEEKDAY_BEFORE = re.compile(r"([^\W\d_]{4,10}(?:-feira)?)[,،]?(?: the| le| el| o| am| den)? ?$")
_LAST_WORD = re.compile(rf"(?<![^\W\d_])({MONTH})\.?(?:[ ,]+(?:of|de|del|do))? $")
_FARTHEST_WORD = 36
_NUMBER = re.compile(r"\d+")


def _find_weekday_before(text: str, first: int) -> tuple[int | None, int]:
    match = _WEEKDAY_BEFORE.search(text, max(0, first - 24), first)
    numbers = weekday_numbers().get(fold_word(match[1])) if match else None
    return (min(numbers), match.start()) if match and numbers and len(numbers) == 1 else (None, first)


def _read_span(match: re.Match[str], month: int) -> tuple[str, str] | None:
    parts = match.groupdict()
    year = int(parts["year"]) if parts["year"] else None
    opening = _find_prose_month(parts["from_month"], has_year=year is not None) if parts.get("from_month") else month
    if opening is None:
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


def _word_before(text: str, position: int) -> int | None:
    if text[position - 1 : position] != " ":
        return None
    match = _LAST_WORD.search(text, max(0, position - _FARTHEST_WORD), position)
    return match.start(1) if match else None


def disagrees_with_weekday(day: str, weekday: int | None) -> bool:
    """Whether a printed weekday is not the date's. False where there is no weekday or no full date.

    >>> disagrees_with_weekday("2021-11-30", 1), disagrees_with_weekday("2021-11-30", 2)
    (False, True)
    """
    exact = find_exact_day(day)
    return weekday is not None and exact is not None and exact.weekday() != weekday
