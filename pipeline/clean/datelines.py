"""The dateline with which a news text begins: its places and, where printed, its date.

Belongs here: forms of datelines. Does not belong here: which date is the publication date (``news``). Forms seen
(IOM-SITES): ``Niger -``, ``Suva –``, ``Bogotá D.C., 26 de noviembre de 2024 –``, ``HANOI 2 October 2024 –``,
``Ibadan, Nigeria & Accra, Ghana –``, ``Bishkek/Astana, 30 May 2025 –``, ``Berlin/Genf, 16. Oktober -``, Arabic with
an Arabic comma. A few words before a dash are no dateline unless they name a known place, or a plausible one with a
date.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.clean.dates import FoundDate, iter_dates
from pipeline.clean.places import Place, find_place, is_plausible_name

LONGEST = 90
"""Characters before the dash; the longest dateline of two towns, two countries and a date that was seen has 60."""

_HEAD = re.compile(r"(?P<head>[^\n]{2,90}?)(?:\s+[-–—―]+|\s?[–—―]|\.\s?-)(?=\s)")
_BETWEEN = re.compile(r"\s*(?:/|&|;|\band\b|\bet\b|\by\b|\bund\b)\s*")
_ARTICLE = re.compile(r"(?<=[,،]) (?:le|el|am|the|den)\s*$")
_COUNTRY_IN_PARENTHESES = re.compile(r"\s?\(([^()]{3,40})\)$")
_AGENCY = re.compile(r"\s*\((?:IOM|OIM|UN)\)\s*$")


class Dateline(NamedTuple):
    """``raw`` without the dash; ``places`` in order, at least one; ``date`` as found (year maybe unknown) or None.

    ``last`` is the character after the head: ``raw`` is ``text[:last]``.
    """

    raw: str
    places: tuple[Place, ...]
    date: FoundDate | None
    last: int

    @property
    def country(self) -> str | None:
        """The country of the first place."""
        return self.places[0].country_code


class NoDateline(NamedTuple):
    """What stands before a dash where a dateline would, and is none that we can read; ``""`` where nothing does."""

    looks_like: str


def find_dateline(text: str) -> Dateline | NoDateline:
    """The dateline at the start of a news text's first paragraph.

    >>> find_dateline("Ibadan, Nigeria & Accra, Ghana – Officials met.").places
    (Place(name='Ibadan', kind='city', country_code='NG'), Place(name='Accra', kind='city', country_code='GH'))
    >>> found = find_dateline("Tunis, 29 July 2016 - A course began.")
    >>> found.raw, found.country, found.date.start
    ('Tunis, 29 July 2016', 'TN', '2016-07-29')
    >>> find_dateline("IOM - the UN Migration Agency - has opened an office.")
    NoDateline(looks_like='IOM')
    """
    match = _HEAD.match(text)
    if match is None:
        return NoDateline("")
    head = match["head"]
    date = next((found for found in iter_dates(head) if found.last >= len(_AGENCY.sub("", head)) - 1), None)
    where = _ARTICLE.sub("", _AGENCY.sub("", head[: date.first] if date else head)).strip(" ,،")
    places = _find_places(where, is_dated=date is not None)
    if not places:
        return NoDateline(head if is_plausible_name(where) and len(where.split()) <= 3 else "")
    last = date.last if date and not head[date.last :].strip(" .") else match.end("head")
    return Dateline(head[:last], places, date, last)


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
        return Place(town.strip(), "city", named.country_code)
    return place
