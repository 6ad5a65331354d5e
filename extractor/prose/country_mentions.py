"""Countries named in running text, with what the words around them rule out.

Belongs here: finding names and demonyms in prose. Does not belong here: what part a country plays
(``country_roles``). Precision first: "Niger Delta" is no Niger, "New Mexico" no Mexico, "Chad Smith" no Chad, "in
French" no France. What keeps a name from being read stands in ``codebooks/countries.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from extractor.codebooks import read_codebook
from extractor.unicode import Capitals, find_capitals, fold_word, list_places, remember_short
from extractor.values.places import MARKS, WORD, Key, country_acronyms, country_keys, index_by_first_word, words_of


class NamedCountry(NamedTuple):
    """One naming of a country in a text. ``is_demonym``: by an adjective ("Canadian Government"), not by its name."""

    code: str
    first: int
    last: int
    is_demonym: bool


class _Lexicon:
    """The names of countries in prose, what keeps them from being read, and the keys of all by their first words."""

    def __init__(self) -> None:
        book = read_codebook("countries")
        prose = book["prose"]
        silent = {words_of(name) for name in prose["silent"]}
        self.names = {key: code for key, code in country_keys().items() if key not in silent and len(key[0]) > 2}
        self.demonyms: dict[Key, str] = {words_of(name): code for name, code in book["demonyms"]["en"].items()}
        self.needing_name = {words_of(name): tuple(codes) for name, codes in book["demonyms"]["with_name"].items()}
        self.by_word = index_by_first_word({*self.names, *self.demonyms, *self.needing_name})
        self.first_letters = frozenset(["", *(word[0] for word in self.by_word)])
        self.personal = frozenset(words_of(name) for name in prose["personal"])
        self.not_after = frozenset(prose["not_after"])
        self.not_before = frozenset(prose["not_before"])
        self.heads = frozenset(book["demonym_heads"]["en"])
        self.acronyms: dict[str, tuple[str, ...]] = {}
        for name in sorted(country_acronyms(), key=lambda name: (-len(name), name)):
            word = name.partition(".")[0]
            self.acronyms[word] = (*self.acronyms.get(word, ()), name)


_lexicon = cache(_Lexicon)
_MARK = re.compile(f"[{MARKS}]")
_NEXT_WORD = re.compile(rf"[ '’\-‐‑.\n]{{1,2}}\(?({WORD.pattern})")


def _match_at(text: str, token: str, first: int) -> tuple[Key, int] | None:
    """The longest key of the lexicon that begins with the word ``token`` at ``first``, and where it ends."""
    end = first + len(token)
    if token.isascii() and text[end : end + 1] < "\u0300":
        words, ends = [fold_word(token)], [end]
    else:
        whole = WORD.match(text, first)  # with the marks of a decomposed letter, which no \w matches
        words, ends = ([fold_word(whole[0])], [whole.end()]) if whole else ([""], [first])
    keys = _lexicon().by_word.get(words[0], ())
    while len(words) < max(map(len, keys[:1]), default=0) and (match := _NEXT_WORD.match(text, ends[-1])):
        words.append(fold_word(match[1]))
        ends.append(match.end())
    for key in keys:
        if tuple(words[: len(key)]) == key:
            last = ends[len(key) - 1]
            return key, last + (1 if "(" in text[first:last] and text[last : last + 1] == ")" else 0)
    return None


def _is_compound(text: str, first: int, reached: int) -> bool:
    """Whether a hyphen joins the name to a word before it that names no country: "Sud-Soudan", "Nouvelle-Guinée"."""
    if first == 0 or text[first - 1] not in "-‐‑" or first - 1 == reached:
        return False
    lexicon, word = _lexicon(), re.split(r"[^\w]", text[max(0, first - 40) : first - 1])[-1]
    names = (lexicon.names, lexicon.demonyms, lexicon.needing_name)
    return not word.isupper() and not any((fold_word(word),) in keys for keys in names)


def _is_ruled_out(text: str, key: Key, first: int, last: int) -> bool:
    lexicon = _lexicon()
    following = _NEXT_WORD.match(text, last)
    after = following[1] if following and text[last] in " -" else ""
    if after and fold_word(after) in lexicon.not_before:
        return True
    before = text[max(0, first - 40) : first].split(" ")
    previous = before[-2] if len(before) > 1 and not before[-1] else ""
    if not previous[:1].isalpha():
        return key in lexicon.personal and after[:1].isupper() and text[last : last + 1] == " "
    folded = fold_word(previous).rstrip(".")
    pair = f"{fold_word(before[-3])} {folded}" if len(before) > 2 else folded
    if folded in lexicon.not_after or pair in lexicon.not_after:
        return True
    is_name = key in lexicon.personal
    return is_name and ((previous[:1].isupper() and previous not in {"IOM", "UN", "In", "From"}) or after[:1].isupper())


def _find_acronym(text: str, word: str, first: int) -> str | None:
    """The acronym of a country that begins with ``word`` at ``first``, written exactly so ("UK", "U.S.")."""
    lexicon = _lexicon()
    for acronym in lexicon.acronyms.get(word, ()):
        last = first + len(acronym)
        if acronym == "US" and not _has_head(text, last):
            continue  # "JOIN US"
        if text.startswith(acronym, first) and text[first - 1 : first] != "." and not text[last : last + 1].isalnum():
            return acronym
    return None


def iter_named_countries(text: str, capitals: Capitals | None = None) -> Iterator[NamedCountry]:
    """Namings of countries in ``text``, in order; ``capitals`` is ``find_capitals(text)`` where it is known.

    Demonyms of several countries count where the text names one of them, and only one.

    >>> [named.code for named in iter_named_countries("IOM Niger and the Nigerian border at Lake Chad")]
    ['NE', 'NG']
    """
    lexicon = _lexicon()
    found: list[NamedCountry] = []
    waiting: list[tuple[Key, int, int]] = []
    reached = 0
    for first, token in _list_beginnings(text, find_capitals(text) if capitals is None else capitals):
        if first < reached:
            continue
        if token in lexicon.acronyms and (acronym := _find_acronym(text, token, first)):
            reached = first + len(acronym)
            found.append(NamedCountry(country_acronyms()[acronym], first, reached, is_demonym=False))
            continue
        matched = _match_at(text, token, first)
        if matched is None:
            continue
        before, (key, reached) = reached, matched
        if (code := lexicon.names.get(key)) is not None:
            if not _is_compound(text, first, before) and not _is_ruled_out(text, key, first, reached):
                found.append(NamedCountry(code, first, reached, is_demonym=False))
        elif _has_head(text, reached):
            if code := lexicon.demonyms.get(key):
                found.append(NamedCountry(code, first, reached, is_demonym=True))
            else:
                waiting.append((key, first, reached))
    yield from sorted([*found, *_decide(waiting, found)], key=lambda country: country.first)


def _list_beginnings(text: str, capitals: Capitals) -> list[tuple[int, str]]:
    """The places at which a name of the lexicon may begin: words are looked up once each, and only these are tried."""
    if _MARK.search(text) is not None:  # a decomposed letter: the word goes on behind what was found of it
        return list_places(capitals, capitals)
    return list_places(capitals, filter(_begins_name, capitals))


@remember_short(4096)
def _begins_name(word: str) -> bool:
    """Texts repeat few words, and most letters of other scripts begin no name."""
    lexicon = _lexicon()
    if word in lexicon.acronyms or word.isascii():
        return word in lexicon.acronyms or word.casefold() in lexicon.by_word
    if fold_word(word[0])[:1] not in lexicon.first_letters:
        return False
    whole = WORD.match(word)
    return whole is not None and fold_word(whole[0]) in lexicon.by_word


def _decide(waiting: Iterable[tuple[Key, int, int]], found: Iterable[NamedCountry]) -> Iterator[NamedCountry]:
    """Demonyms of several countries, where the text names exactly one of these."""
    named = {country.code for country in found if not country.is_demonym}
    for key, first, last in waiting:
        codes = [code for code in _lexicon().needing_name[key] if code in named]
        if len(codes) == 1:
            yield NamedCountry(codes[0], first, last, is_demonym=True)


def _has_head(text: str, last: int) -> bool:
    """Whether a demonym goes with a word that makes it one ("Haitian immigration").

    A demonym may be a language or an ocean's as well.
    """
    following = _NEXT_WORD.match(text, last)
    return following is not None and text[last] in " \n" and fold_word(following[1]) in _lexicon().heads
