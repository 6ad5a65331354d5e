"""Which town lies in which country: CLDR's time-zone cities and our documented list of seats and towns.

Belongs here: the gazetteer and its lookup. Does not belong here: where on a page a place is looked for. Precision
first: a name that several countries claim, or that is a person or a word as well, is not in the gazetteer.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from babel import Locale
from babel.core import get_global

from extractor.codebooks import read_codebook
from extractor.unicode import clean_line
from extractor.values.country_names import LANGUAGES, WORD, Key, area_keys, country_keys, words_of

PLACE_LANGUAGES = (*LANGUAGES, "de", "pt", "uk", "ru")
"""Those of datelines: a name alone at the start of a text is a place's, where in a sentence it may be a word."""

PlaceKind = Literal["city", "country", "region"]


class Place(NamedTuple):
    """``name`` as printed; ``country_code`` is None for a region, and for a town that no gazetteer knows."""

    name: str
    kind: PlaceKind
    country_code: str | None


def _iter_zones() -> Iterator[tuple[str, set[Key]]]:
    """The country of each time zone, and what the zone's city is called in any language."""
    for zone, country in get_global("zone_territories").items():
        if country not in {"001", "AQ"} and "/" in zone:
            names = [Locale(lang).time_zones.get(zone, {}).get("city") for lang in PLACE_LANGUAGES]
            yield country, {words_of(name) for name in (*names, zone.rsplit("/", 1)[1].replace("_", " ")) if name}


def _iter_listed() -> Iterator[tuple[str, str]]:
    book = read_codebook("places")
    for group in ("seats", "towns"):
        for country, names in book[group]["names"].items():
            yield from ((name, country) for name in names)


@cache
def city_keys() -> dict[Key, str]:
    """A town's folded words to its country. Country names are no towns, whatever CLDR's time zones call them.

    >>> city_keys()["port", "au", "prince"], city_keys().get(("georgetown",))
    ('HT', None)
    """
    book = read_codebook("places")["ambiguous"]
    silent = {words_of(name) for name in book["names"]} - {words_of(name) for name in book["known_best"]}
    listed = {words_of(name): country for name, country in _iter_listed()}
    silent = silent.union(*(keys - listed.keys() for _, keys in _iter_zones() if not silent.isdisjoint(keys)))
    silent |= _country_keys().keys() | area_keys()
    found = {key: listed.get(key) or min(codes) for key, codes in _claims().items() if len(codes) == 1 or key in listed}
    return {key: country for key, country in found.items() if key and key not in silent}


@cache
def _claims() -> dict[Key, set[str]]:
    """Which countries have a town of the name."""
    claims: dict[Key, set[str]] = {}
    for country, keys in (*_iter_zones(), *((country, {words_of(name)}) for name, country in _iter_listed())):
        for key in keys:
            claims.setdefault(key, set()).add(country)
    return claims


_CITY = {("city",), ("ville",), ("stadt",)}
"""Behind a town's name it is the town still: "Makeni City"."""


@cache
def _region_keys() -> frozenset[Key]:
    return area_keys() | {words_of(name) for name in read_codebook("places")["regions"]["names"]}


def find_place(text: str) -> Place | None:
    """The one place that ``text`` is, word for word, or with its country after a comma ("Ibadan, Nigeria").

    It is None for anything else.

    >>> find_place("NIGER"), find_place("Anytown, Nigeria")
    (Place(name='NIGER', kind='country', country_code='NE'), Place(name='Anytown', kind='city', country_code='NG'))
    >>> find_place("Anytown") is None
    True
    """
    name = clean_line(text)
    key = words_of(name)
    if code := _find_country(name):
        return Place(name, "country", code)
    if code := city_keys().get(key) or city_keys().get(key[:-1] if key[-1:] in _CITY else key):
        return Place(name, "city", code)
    if key in _region_keys():
        return Place(name, "region", None)
    town, comma, country = name.replace("،", ",").rpartition(",")
    if comma and (code := _find_country(country.strip())) and is_plausible_name(town):
        is_certain = words_of(country) not in _state_keys() or city_keys().get(words_of(town)) == code
        return Place(town.strip(), "city", code if is_certain else None)
    return None


def _find_country(name: str) -> str | None:
    """The country that is called so, as no town of another is, or by exactly this acronym ("DRC")."""
    key = words_of(name)
    code = _country_keys().get(key)
    return _acronyms().get(name) if code is None else code if _claims().get(key, {code}) == {code} else None


def _country_keys() -> dict[Key, str]:
    return country_keys(PLACE_LANGUAGES)


@cache
def _acronyms() -> dict[str, str]:
    return {name: code for name, code in read_codebook("countries")["acronyms"].items() if name != "source"}


@cache
def _state_keys() -> frozenset[Key]:
    """Names of countries that a state of another country has too: any town may stand before them."""
    return frozenset(words_of(name) for name in read_codebook("places")["also_states"]["names"])


def is_plausible_name(text: str) -> bool:
    """Whether a few capitalised words stand there, as a place's name would."""
    words = WORD.findall(text)
    return 0 < len(words) <= 5 and text.strip()[:1].isalpha() and not text.strip()[:1].islower() and "," not in text
