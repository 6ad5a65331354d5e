"""Dates in running text, and the dateline with which a news text begins: its places and, where printed, its date.

Belongs here: the forms in which dates stand in prose, with the weekday printed before them, and those of datelines.
Does not belong here: which date is the publication date (``news``), what happened on a date (``times``, ``events``).

Forms of datelines seen (IOM-SITES): ``Niger -``, ``Suva –``, ``Bogotá D.C., 26 de noviembre de 2024 –``, ``HANOI 2
October 2024 –``, ``Ibadan, Nigeria & Accra, Ghana –``, ``Bishkek/Astana, 30 May 2025 –``, ``Berlin/Genf, 16. Oktober
-``, Arabic with an Arabic comma, ``Geneva (5 May 2020) –``, ``GENEVA - 5 May 2020 -``, ``5 May 2020, Geneva –``,
``Geneva, 25/05/2020 –``. A few words before a dash are no dateline unless they name a known place, or a plausible one
with a date. A date in figures is read where it can be read in one way only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from extractor.unicode import fold, fold_word
from extractor.values.dates import MONTH, edtf, find_date, find_exact_day, find_month, full_month_names, weekday_numbers
from extractor.values.places import Place, find_place, is_plausible_name

LONGEST = 90
"""Characters before the dash; the longest dateline of two towns, two countries and a date that was seen has 60."""

_DASH = re.compile(r"(?:\s+[-–—―]+|\s?[–—―]|\.\s?-)(?=\s)")
_MOST_DASHES = 3
_BETWEEN = re.compile(r"\s*(?:/|&|;|\b(?:and|et|y|e|und|та|і|и)\b|\sو\s?)\s*")
_ARTICLE = re.compile(r"(?<=[,،:;|(])\s?(?:le|el|am|the|den)\s*$")
_COUNTRY_IN_PARENTHESES = re.compile(r"\s?\(([^()]{3,40})\)$")
_AGENCY = re.compile(r"\s*\((?:IOM|OIM|UN)\)\s*$")
_FIGURES = re.compile(r"(?<![\w./-])(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)(?![\w/-])")
_SEPARATORS = " ,،:;|/-–—―"


class Dateline(NamedTuple):
    """``raw`` without the dash; ``places`` in order, at least one; ``date`` as found (year maybe unknown) or None.

    ``last`` is the character after the head: ``raw`` is ``text[:last]``.
    """

    raw: str
    places: tuple[Place, ...]
    date: FoundDate | None
    last: int


def find_dateline(text: str) -> Dateline | str:
    """The dateline at the start of a news text's first paragraph; else what stands in its place and can't be read.

    >>> find_dateline("Ibadan, Nigeria & Accra, Ghana – Officials met.").places
    (Place(name='Ibadan', kind='city', country_code='NG'), Place(name='Accra', kind='city', country_code='GH'))
    >>> found = find_dateline("Tunis, 29 July 2016 - A course began.")
    >>> found.raw, found.places[0].country_code, found.date.start
    ('Tunis, 29 July 2016', 'TN', '2016-07-29')
    >>> find_dateline("IOM - the UN Migration Agency - has opened an office.")
    'IOM'
    """
    ends = _find_ends(text)
    for end in reversed(ends):  # a date between two dashes belongs to the head
        found = _read_head(text[:end])
        if found is not None and (end == ends[0] or found[1] is not None):
            return found[0]
    if not ends:
        return ""
    head = text[: ends[0]]
    where, _ = _split_date(head)
    return head if is_plausible_name(where) and len(where.split()) <= 3 else ""


def _find_ends(text: str) -> list[int]:
    """Where a head may end: before the first dashes of the first line."""
    line_end = text.find("\n") if "\n" in text else len(text)
    dashes = islice(_DASH.finditer(text, 2, LONGEST + 4), _MOST_DASHES)
    return [dash.start() for dash in dashes if dash.end() <= line_end and dash.start() <= LONGEST]


def _read_head(head: str) -> tuple[Dateline, FoundDate | None] | None:
    """The dateline that a head is, and the date in it, readable or not."""
    where, printed = _split_date(head)
    if _DASH.search(where):
        return None
    is_likely = printed is not None and (printed.first > 1 or where.istitle() or where.isupper())
    places = _find_places(where, is_dated=is_likely)
    if not places:
        return None
    ends_with_date = printed is not None and not head[printed.last :].strip(" .")
    last = printed.last if printed and ends_with_date else len(head)
    return Dateline(head[:last], places, printed if printed and printed.start else None, last), printed


def _split_date(head: str) -> tuple[str, FoundDate | None]:
    """What is left as places, and the date at the head's end, or else at its start."""
    bare = _AGENCY.sub("", head)
    dates = [*iter_dates(head), *_iter_figures(head)]
    for printed in dates:
        if printed.last >= len(bare) - 1:
            return _ARTICLE.sub("", _AGENCY.sub("", head[: printed.first])).strip(f"{_SEPARATORS}("), printed
    for printed in dates:
        if not head[: printed.first].strip("( "):
            return bare[printed.last :].strip(f"{_SEPARATORS})."), printed
    return bare.strip(" ,،"), None


def _iter_figures(head: str) -> Iterator[FoundDate]:
    """The dates in figures; of no day where they can be read in two ways, or in none."""
    for match in _FIGURES.finditer(head):
        text = find_date(match[0]) or ""
        yield FoundDate(text, text, None, *match.span())


def _find_places(where: str, *, is_dated: bool) -> tuple[Place, ...]:
    where = _COUNTRY_IN_PARENTHESES.sub(r", \1", where)
    if whole := find_place(where):
        return (_without_country(whole, where),)
    places = []
    for part in _BETWEEN.split(where):
        place = find_place(part)
        if place is None:
            if not (is_dated and is_plausible_name(part)):
                return ()
            place = Place(part.strip(), "city", None)
        places.append(_without_country(place, part))
    return tuple(places)


def _without_country(place: Place, text: str) -> Place:
    """The town of "Accra, Ghana", which is Accra; ``find_place`` knows some towns only with their country."""
    town, comma, country = text.replace("،", ",").rpartition(",")
    if place.kind == "city" and comma and (named := find_place(country)) and named.kind == "country":
        return Place(town.strip(), "city", place.country_code)
    return place


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
