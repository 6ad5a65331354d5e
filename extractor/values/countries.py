"""Countries in the value of a label: a whole line of names, read to its last word or not at all.

Belongs here: lists of names under a label. Does not belong here: names in running text (``country_mentions``), roles.
The site prints names divided by blanks only ("Guinea Guinea-Bissau"), with repeats, in three languages, sometimes glued
("ChileUruguay"): the only safe reading is one that explains every word. A parenthesis behind a name narrows it ("Congo
(RDC)", "Saint Martin (France)") and lists nothing; nor does a sovereign beside its territory ("China, Hong Kong SAR").
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from extractor.codebooks import list_words
from extractor.unicode import fold
from extractor.values.places import (
    WORD,
    Key,
    area_keys,
    country_acronyms,
    country_keys,
    index_by_first_word,
    sovereigns,
    words_of,
)

_JOINING = frozenset(list_words("values", "joining"))
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


_TRAILING = frozenset(list_words("values", "trailing"))
"""Last words of names turned round: a name that reads on is tried before such a one."""

_BESIDE = re.compile(r"\s*[,:/–-]\s*")
"""What stands between a territory and its sovereign."""


@cache
def _names() -> dict[Key, str | None]:
    """Every name that a list may hold: countries, by their acronyms too, and areas, which are none."""
    acronyms = {words_of(name): code for name, code in country_acronyms().items()}
    return dict.fromkeys(area_keys()) | acronyms | country_keys()


@cache
def _index() -> dict[str, list[Key]]:
    index = index_by_first_word(_names())
    return {word: sorted(keys, key=lambda key: key[-1] in _TRAILING) for word, keys in index.items()}


class _Name(NamedTuple):
    """A name with its country, None for an area; ``last`` is behind the parenthesis that it opens."""

    key: Key
    code: str | None
    first: int
    last: int


def _split_words(value: str, *, glued: bool) -> list[_Word]:
    words: list[_Word] = []
    for match in WORD.finditer(value):
        cuts = [match.start(), *(match.start() + cut.start() for cut in _GLUE.finditer(match[0]) if glued), match.end()]
        for first, last in pairwise(cuts):
            folded = WORD.findall(fold(value[first:last]))
            words += [_Word(text, first, last) for text in folded]
    return words


def _read_all(value: str, words: list[_Word]) -> list[_Name] | None:
    """Names that explain every word, the longest possible at each place; None where there is no such reading."""

    def is_one(at: int, key: Key) -> bool:
        """Whether a key stands there, and does not begin within a parenthesis and end behind it."""
        if texts[at : at + len(key)] != key:
            return False
        opened, closed = (value.find(sign, words[at].first, words[at + len(key) - 1].last) for sign in "()")
        return closed < 0 or 0 <= opened < closed

    texts = tuple(word.text for word in words)
    n_words = len(words)
    steps = [0] * n_words + [1]  # how many words the reading takes at each place; 0 where there is none
    for at in range(n_words - 1, -1, -1):
        readable = (len(key) for key in _index().get(texts[at], ()) if is_one(at, key))
        steps[at] = next((n for n in readable if steps[at + n]), 0)
        if not steps[at] and texts[at] in _JOINING and steps[at + 1]:
            steps[at] = 1
    if not steps[0]:
        return None
    found: list[_Name] = []
    at = 0
    while at < n_words:
        end = at + steps[at]
        if (key := texts[at:end]) in _names():
            first, last = words[at].first, words[end - 1].last
            is_open = value.count("(", first, last) > value.count(")", first, last) and value[last : last + 1] == ")"
            found.append(_Name(key, _names()[key], first, last + is_open))
        at = end
    return found


def _settle(value: str, names: list[_Name]) -> list[FoundCountry] | None:
    """The countries that names list, once each parenthesis has narrowed the name before it; None where one can't."""
    found: list[FoundCountry] = []
    at = 0
    while at < len(names):
        name, at = names[at], at + 1
        opened = value.find("(", name.last)
        closed = value.find(")", opened) if opened >= 0 and not value[name.last : opened].strip() else -1
        inside: list[_Name] = []
        while at < len(names) and names[at].first < closed:
            inside.append(names[at])
            at += 1
        if name.code is None:
            found += [FoundCountry(one.code, one.first, one.last) for one in inside if one.code is not None]
            if found and not inside and value[found[-1].last : name.first].strip(" ") == "":
                return None  # "Samoa America" may be one name that nobody knows
            continue
        code = _narrow(name.key, name.code, {one.code for one in inside if one.code is not None})
        if code is None:
            return None
        found.append(FoundCountry(code, name.first, closed + 1 if inside else name.last))
    return _without_sovereigns(value, found)


def _without_sovereigns(value: str, found: list[FoundCountry]) -> list[FoundCountry]:
    """Without the state beside its own territory: "Hong Kong SAR, China" is one item."""
    dropped = set()
    for at, (one, other) in enumerate(pairwise(found)):
        if _BESIDE.fullmatch(value, one.last, other.first):
            dropped |= {at} if sovereigns().get(other.code) == one.code else set()
            dropped |= {at + 1} if sovereigns().get(one.code) == other.code else set()
    return [one for at, one in enumerate(found) if at not in dropped]


def _narrow(key: Key, code: str, within: set[str]) -> str | None:
    """What a name is with what stands in the parenthesis behind it; None where the two do not go together."""
    if within <= {code}:
        return code
    if len(within) > 1:
        return None
    (other,) = within
    family = {code_of for longer, code_of in country_keys().items() if longer[: len(key)] == key}
    if other in family or sovereigns().get(other) == code:
        return other
    parts = [one for one in family if sovereigns().get(one) == other]
    return parts[0] if len(parts) == 1 else None


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
        if code := _names()[key]:
            found.append(FoundCountry(code, words[at].first, words[at + len(key) - 1].last))
        at += len(key)
    return CountryList(tuple(found), (*unexplained, *strange) or texts)


def read_countries(value: str) -> CountryList:
    """Read a list of countries in English, French, Spanish or Arabic, mixed as the site mixes them.

    >>> read_countries("Guinea Guinea-Bissau").codes, read_countries("ChileUruguay Chile").codes
    (('GN', 'GW'), ('CL', 'UY'))
    >>> read_countries("Congo (RDC), China: Hong Kong SAR").codes
    ('CD', 'HK')
    >>> read_countries("Niger Atlantis")
    CountryList(found=(FoundCountry(code='NE', first=0, last=5),), unexplained=('atlantis',))
    """
    strange = _find_strange(value)
    for glued in () if strange else (False, True):
        names = _read_all(value, _split_words(value, glued=glued))
        if names is not None and (found := _settle(value, names)) is not None:
            return CountryList(tuple(found), ())
    return _read_some(_split_words(value, glued=True), strange)
