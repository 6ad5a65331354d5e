"""Countries in the value of a label: a whole line of names, read to its last word or not at all.

Belongs here: lists of names under a label. Does not belong here: names in running text (``country_mentions``), roles.
The site prints names divided by blanks only ("Guinea Guinea-Bissau"), with repeats, in three languages, sometimes glued
("ChileUruguay"): the only safe reading is one that explains every word.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from extractor.unicode import fold
from extractor.values.country_names import WORD, Key, area_keys, country_keys, index_by_first_word

_JOINING = frozenset({"and", "et", "y", "e", "und", "و", "the", "le", "la", "les", "los", "las", "el", "l"})
"""Words that stand between or before names in a list and name nothing."""

_DIVIDING = frozenset(",;:/|&()[]*.-–—‐‑'’·•+،؛\"“”")
"""Signs that stand between names, or in them."""

_GLUE = re.compile(r"(?<=[a-zà-öø-ÿ)])(?=[A-ZÀ-ÖØ-Þ])")


class FoundCountry(NamedTuple):
    """One name in a value: its country, and the characters it stands on."""

    code: str
    first: int
    last: int


class CountryList(NamedTuple):
    """All of a value. ``unexplained`` are words that no rule reads.

    Where there is one, ``found`` is not fit to publish.
    """

    found: tuple[FoundCountry, ...]
    unexplained: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Countries in the order of the value, each once."""
        return tuple(dict.fromkeys(country.code for country in self.found))


class _Word(NamedTuple):
    text: str
    first: int
    last: int


_TRAILING = frozenset({"of", "the", "de", "del", "du", "d", "la", "da"})
"""Last words of names turned round ("Congo, República Democrática del").

A name that reads on is tried before such a one.
"""


@cache
def _index() -> dict[str, list[Key]]:
    index = index_by_first_word([*country_keys(), *area_keys()])
    return {word: sorted(keys, key=lambda key: key[-1] in _TRAILING) for word, keys in index.items()}


def _end_of(value: str, first: int, last: int) -> int:
    """Where a name ends: behind the parenthesis that it opens."""
    return (
        last + 1
        if value[first:last].count("(") > value[first:last].count(")") and value[last : last + 1] == ")"
        else last
    )


def _split_words(value: str, *, glued: bool) -> list[_Word]:
    words: list[_Word] = []
    for match in WORD.finditer(value):
        cuts = [match.start(), *(match.start() + cut.start() for cut in _GLUE.finditer(match[0]) if glued), match.end()]
        for first, last in pairwise(cuts):
            folded = WORD.findall(fold(value[first:last]))
            words += [_Word(text, first, last) for text in folded]
    return words


def _read_all(words: list[_Word]) -> list[FoundCountry] | None:
    """Names that explain every word, the longest possible at each place; None where there is no such reading."""
    texts = tuple(word.text for word in words)
    n_words = len(words)
    steps = [0] * n_words + [1]  # how many words the reading takes at each place; 0 where there is none
    for at in range(n_words - 1, -1, -1):
        readable = (len(key) for key in _index().get(texts[at], ()) if texts[at : at + len(key)] == key)
        steps[at] = next((n for n in readable if steps[at + n]), 0)
        if not steps[at] and texts[at] in _JOINING and steps[at + 1]:
            steps[at] = 1
    if not steps[0]:
        return None
    found: list[FoundCountry] = []
    at = 0
    while at < n_words:
        end = at + steps[at]
        if code := country_keys().get(texts[at:end]):
            found.append(FoundCountry(code, words[at].first, words[end - 1].last))
        at = end
    return found


def _find_strange(value: str) -> tuple[str, ...]:
    """Signs that divide no list ("?"), each once; of a value without a word, the value."""
    rest = WORD.sub(" ", value)
    strange = tuple(dict.fromkeys(char for char in rest if not char.isspace() and char not in _DIVIDING))
    return strange or ((value.strip(),) if value.strip() and WORD.search(value) is None else ())


def _read_some(words: list[_Word], strange: tuple[str, ...]) -> CountryList:
    """As far as names go, for saying what is not understood."""
    texts = tuple(word.text for word in words)
    found: list[FoundCountry] = []
    unexplained: list[str] = []
    at = 0
    while at < len(words):
        key = next((key for key in _index().get(texts[at], ()) if texts[at : at + len(key)] == key), None)
        if key is None:
            if texts[at] not in _JOINING:
                unexplained.append(texts[at])
            at += 1
            continue
        if code := country_keys().get(key):
            found.append(FoundCountry(code, words[at].first, words[at + len(key) - 1].last))
        at += len(key)
    return CountryList(tuple(found), (*unexplained, *strange))


def read_countries(value: str) -> CountryList:
    """Read a list of countries in English, French, Spanish or Arabic, mixed as the site mixes them.

    >>> read_countries("Guinea Guinea-Bissau").codes, read_countries("ChileUruguay Chile").codes
    (('GN', 'GW'), ('CL', 'UY'))
    >>> read_countries("Niger Atlantis")
    CountryList(found=(FoundCountry(code='NE', first=0, last=5),), unexplained=('atlantis',))
    """
    if strange := _find_strange(value):
        return _read_some(_split_words(value, glued=True), strange)
    for glued in (False, True):
        found = _read_all(_split_words(value, glued=glued))
        if found is not None:
            return CountryList(tuple(one._replace(last=_end_of(value, one.first, one.last)) for one in found), ())
    return _read_some(_split_words(value, glued=True), ())
