"""Which words name which country.

These are the names of CLDR (Babel) and ISO 3166 (pycountry) in four languages, and our documented additions.

Belongs here: the tables, built once. Does not belong here: finding names in a value or in prose (``countries``). A
key is a name's words, folded, without punctuation: ``("guinea", "bissau")``. Where two countries claim one key, the
first source in the order of :func:`country_keys` has it, and within one source nobody has.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pycountry
from babel import Locale

from extractor.codebooks import read_codebook
from extractor.unicode import fold

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


@cache
def _codes() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries) | {"XK"}


def _merge(claims: Iterable[tuple[str, str]]) -> dict[Key, str]:
    """One source's names; a key that it gives to two countries is nobody's."""
    claimed: dict[Key, set[str]] = {}
    for name, code in claims:
        if key := words_of(name):
            claimed.setdefault(key, set()).add(code)
    return {key: codes.pop() for key, codes in claimed.items() if len(codes) == 1}


def _iter_aliases() -> Iterator[tuple[str, str]]:
    for group in read_codebook("countries")["aliases"]:
        yield from group["names"].items()


def _iter_cldr(lang: str) -> Iterator[tuple[str, str]]:
    territories = Locale(lang).territories
    yield from ((name, code) for code, name in territories.items() if code in _codes())


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
    keys = _merge(_iter_aliases())
    for lang in languages:
        for source in (_iter_cldr(lang), _iter_iso(lang)):
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
