"""The dateline with which a news text begins: its places and, where printed, its date.

Belongs here: forms of datelines. Does not belong here: which date is the publication date (``news``). Forms seen
(IOM-SITES): ``Niger -``, ``Suva –``, ``Bogotá D.C., 26 de noviembre de 2024 –``, ``HANOI 2 October 2024 –``,
``Ibadan, Nigeria & Accra, Ghana –``, ``Bishkek/Astana, 30 May 2025 –``, ``Berlin/Genf, 16. Oktober -``, Arabic with
an Arabic comma, ``Geneva (5 May 2020) –``, ``GENEVA - 5 May 2020 -``, ``5 May 2020, Geneva –``, ``Geneva, 25/05/2020
–``. A few words before a dash are no dateline unless they name a known place, or a plausible one with a date. A date
in figures is read where it can be read in one way only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from extractor.prose.found_dates import FoundDate, iter_dates
from extractor.values.dates import find_date
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


class NoDateline(NamedTuple):
    """What stands before a dash where a dateline would, and is none that we can read; ``""`` where nothing does."""

    looks_like: str


def find_dateline(text: str) -> Dateline | NoDateline:
    """The dateline at the start of a news text's first paragraph.

    >>> find_dateline("Ibadan, Nigeria & Accra, Ghana – Officials met.").places
    (Place(name='Ibadan', kind='city', country_code='NG'), Place(name='Accra', kind='city', country_code='GH'))
    >>> found = find_dateline("Tunis, 29 July 2016 - A course began.")
    >>> found.raw, found.places[0].country_code, found.date.start
    ('Tunis, 29 July 2016', 'TN', '2016-07-29')
    >>> find_dateline("IOM - the UN Migration Agency - has opened an office.")
    NoDateline(looks_like='IOM')
    """
    ends = _find_ends(text)
    for end in reversed(ends):  # a date between two dashes belongs to the head
        found = _read_head(text[:end])
        if found is not None and (end == ends[0] or found.is_dated):
            return found.dateline
    if not ends:
        return NoDateline("")
    head = text[: ends[0]]
    where, _ = _split_date(head)
    return NoDateline(head if is_plausible_name(where) and len(where.split()) <= 3 else "")


def _find_ends(text: str) -> list[int]:
    """Where a head may end: before the first dashes of the first line."""
    line_end = text.find("\n") if "\n" in text else len(text)
    dashes = islice(_DASH.finditer(text, 2, LONGEST + 4), _MOST_DASHES)
    return [dash.start() for dash in dashes if dash.end() <= line_end and dash.start() <= LONGEST]


class _Head(NamedTuple):
    dateline: Dateline
    is_dated: bool


class _Printed(NamedTuple):
    """A date in a head; ``date`` is None where it can be read in two ways, or in none."""

    first: int
    last: int
    date: FoundDate | None


def _read_head(head: str) -> _Head | None:
    where, printed = _split_date(head)
    if _DASH.search(where):
        return None
    is_likely = printed is not None and (printed.first > 1 or where.istitle() or where.isupper())
    places = _find_places(where, is_dated=is_likely)
    if not places:
        return None
    ends_with_date = printed is not None and not head[printed.last :].strip(" .")
    last = printed.last if printed and ends_with_date else len(head)
    dateline = Dateline(head[:last], places, printed.date if printed else None, last)
    return _Head(dateline, is_dated=printed is not None)


def _split_date(head: str) -> tuple[str, _Printed | None]:
    """What is left as places, and the date at the head's end, or else at its start."""
    bare = _AGENCY.sub("", head)
    dates = [_Printed(found.first, found.last, found) for found in iter_dates(head)] + list(_iter_figures(head))
    for printed in dates:
        if printed.last >= len(bare) - 1:
            return _ARTICLE.sub("", _AGENCY.sub("", head[: printed.first])).strip(f"{_SEPARATORS}("), printed
    for printed in dates:
        if not head[: printed.first].strip("( "):
            return bare[printed.last :].strip(f"{_SEPARATORS})."), printed
    return bare.strip(" ,،"), None


def _iter_figures(head: str) -> Iterator[_Printed]:
    for match in _FIGURES.finditer(head):
        text = find_date(match[0])
        yield _Printed(*match.span(), FoundDate(text, text, None, *match.span()) if text else None)


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
