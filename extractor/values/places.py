"""Which words name which country, and which town lies in which: CLDR (Babel), ISO 3166 (pycountry), our own lists.

Belongs here: the gazetteer, built once, and its lookup. Does not belong here: finding names in a value or in prose
(``countries``, ``country_mentions``). A key is a name's words, folded, without punctuation: ``("guinea", "bissau")``.
Where two countries claim one key, the first source in the order of :func:`country_keys` has it, and within one source
nobody has. Precision first: a town that several countries claim, or that is a person or a word as well, is not known.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

import pycountry
from babel import Locale
from babel.core import get_global

from extractor.codebooks import read_codebook
from extractor.unicode import clean_line, fold

Key = tuple[str, ...]

LANGUAGES = ("en", "fr", "es", "ar")
"""The languages in which IOM's pages name countries; ``docs``.

IOM-SITES, "in three languages", and Arabic datelines.
"""

MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670"
WORD = re.compile(rf"(?:[^\W_][{MARKS}]*)+")
"""One word with the marks that combine with its letters; numbers are words ("UNSCR 1244")."""


def words_of(name: str) -> Key:
    """The key of a name.

    >>> words_of("Bolivia (Plurinational State of)"), words_of("Côte d’Ivoire")
    (('bolivia', 'plurinational', 'state', 'of'), ('cote', 'd', 'ivoire'))
    """
    return tuple(WORD.findall(fold(name)))


def _merge(claims: Iterable[tuple[str, str]]) -> dict[Key, str]:
    """One source's names; a key that it gives to two countries is nobody's."""
    claimed: dict[Key, set[str]] = {}
    for name, code in claims:
        if key := words_of(name):
            claimed.setdefault(key, set()).add(code)
    return {key: codes.pop() for key, codes in claimed.items() if len(codes) == 1}


def _iter_iso(lang: str) -> Iterator[tuple[str, str]]:
    translate: Callable[[str], str] = str
    if lang != "en":
        translate = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[lang]).gettext
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            if name := getattr(country, attribute, None):
                yield translate(name), country.alpha_2


@cache
def country_keys(languages: tuple[str, ...] = LANGUAGES) -> dict[Key, str]:
    """Every key to its country: our aliases first, then ISO and CLDR by language in the order given.

    >>> keys = country_keys()
    >>> keys["niger",], keys["nigeria",], keys["republica", "dominicana"], keys["congo", "kinshasa"]
    ('NE', 'NG', 'DO', 'CD')
    """
    codes = {country.alpha_2 for country in pycountry.countries} | {"XK"}
    keys = _merge(alias for group in read_codebook("countries")["aliases"] for alias in group["names"].items())
    for lang in languages:
        cldr = ((name, code) for code, name in Locale(lang).territories.items() if code in codes)
        for source in (cldr, _iter_iso(lang)):
            for key, code in _merge(source).items():
                keys.setdefault(key, code)
    return keys


@cache
def area_keys() -> frozenset[Key]:
    """Names of areas that are no country: CLDR's numbered regions in all languages, and the codebook's."""
    names = list(read_codebook("countries")["areas"]["names"])
    for lang in LANGUAGES:
        names += [name for code, name in Locale(lang).territories.items() if code.isdigit() or code == "EU"]
    return frozenset(words_of(name) for name in names) - country_keys().keys()


@cache
def sovereigns() -> dict[str, str]:
    """Territories that ISO 3166-2 also lists as a part of a state, to that state.

    >>> [sovereigns().get(code) for code in ("HK", "GU", "SX", "RE", "ML")]
    ['CN', 'US', 'NL', 'FR', None]
    """
    found: dict[str, str] = {}
    for part in pycountry.subdivisions:
        suffix, key = part.code.partition("-")[2], words_of(part.name)
        named = {country_keys().get(key[:end]) for end in range(1, len(key) + 1)}
        is_overseas = part.type.startswith("Overseas")
        for code in named - {None, part.country_code}:
            if (code == suffix and part.parent_code is None) or (is_overseas and country_keys().get(key) == code):
                found[str(code)] = part.country_code
    return found


def index_by_first_word(keys: Iterable[Key]) -> dict[str, list[Key]]:
    """First word to the keys that begin with it, longest first: the order in which a text is tried."""
    index: dict[str, list[Key]] = {}
    for key in sorted(keys, key=lambda key: (-len(key), key)):
        index.setdefault(key[0], []).append(key)
    return index


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
    silent |= country_keys(PLACE_LANGUAGES).keys() | area_keys()
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
    code = country_keys(PLACE_LANGUAGES).get(key)
    return country_acronyms().get(name) if code is None else code if _claims().get(key, {code}) == {code} else None


@cache
def country_acronyms() -> dict[str, str]:
    """The acronyms of countries, as they are written, to these."""
    return {name: code for name, code in read_codebook("countries")["acronyms"].items() if name != "source"}


@cache
def _state_keys() -> frozenset[Key]:
    """Names of countries that a state of another country has too: any town may stand before them."""
    return frozenset(words_of(name) for name in read_codebook("places")["also_states"]["names"])


def is_plausible_name(text: str) -> bool:
    """Whether a few capitalised words stand there, as a place's name would."""
    words = WORD.findall(text)
    return 0 < len(words) <= 5 and text.strip()[:1].isalpha() and not text.strip()[:1].islower() and "," not in text
