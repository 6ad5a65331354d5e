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

PlaceKind = Literal["city", "country", "region"]


class Place(NamedTuple):
    """``name`` as printed; ``country_code`` is None for a region, and for a town that no gazetteer knows."""

    name: str
    kind: PlaceKind
    country_code: str | None


def _iter_zone_cities() -> Iterator[tuple[str, str]]:
    territories = get_global("zone_territories")
    for zone, country in territories.items():
        if country in {"001", "AQ"} or "/" not in zone:
            continue
        for lang in LANGUAGES:
            if city := Locale(lang).time_zones.get(zone, {}).get("city"):
                yield city, country
        yield zone.rsplit("/", 1)[1].replace("_", " "), country


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
    claims: dict[Key, set[str]] = {}
    for name, country in (*_iter_zone_cities(), *_iter_listed()):
        claims.setdefault(words_of(name), set()).add(country)
    book = read_codebook("places")["ambiguous"]
    kept = {words_of(name) for name in book["known_best"]}
    silent = {words_of(name) for name in book["names"]} - kept | country_keys().keys() | area_keys()
    listed = {words_of(name): country for name, country in _iter_listed()}
    found = {key: listed.get(key) or codes.pop() for key, codes in claims.items() if len(codes) == 1 or key in listed}
    return {key: country for key, country in found.items() if key and key not in silent}


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
    if code := city_keys().get(key):
        return Place(name, "city", code)
    if key in _region_keys():
        return Place(name, "region", None)
    town, comma, country = name.replace("،", ",").rpartition(",")
    if comma and (code := _find_country(country.strip())) and is_plausible_name(town):
        is_certain = words_of(country) not in _state_keys() or city_keys().get(words_of(town)) == code
        return Place(town.strip(), "city", code if is_certain else None)
    return None


def _find_country(name: str) -> str | None:
    """The country that is called so, or by exactly this acronym ("DRC")."""
    return country_keys().get(words_of(name)) or _acronyms().get(name)


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
