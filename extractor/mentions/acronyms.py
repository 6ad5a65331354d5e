"""Acronyms: those that the text itself spells out, and those that a codebook knows.

Belongs here: letters in parentheses and what they stand for; organisations named that way. A pair is taken only
when each letter is accounted for by the words before it, in order, or, for a name in capitals, out of order (one
was seen: PADP).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from extractor.codebooks import join_words, list_words, read_codebook
from extractor.prose.prose import Hit, Prose, make_rules, once_a_text
from extractor.unicode import clean_line, fold_word

_IN_PARENTHESES = re.compile(r"\((?P<letters>[^\W\d_a-z][A-Za-zÀ-ÿ0-9&/\-]{1,11})\)")
_WORD = re.compile(r"(?:[Qq]u|[LlDdNnSsJjCc])[’'](?=[^\W\d_]{2})|[^\W_]+(?:[’'.][^\W_]+)*")
"""A word; the elided article of "l’Organisation" is one of its own."""
_BREAK = re.compile(r"[.;:!?()\n\"“”«»\[\]]")
_SMALL = frozenset(list_words("prose", "in_acronym"))
_POSSESSIVE = re.compile(r"[’']s$")


class _Word(NamedTuple):
    text: str
    first: int

    @property
    def is_small(self) -> bool:
        return self.text.casefold().rstrip("’'") in _SMALL

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper() or self.text[0].isdigit()


def _words_before(text: str, position: int) -> list[_Word]:
    """Words of the clause that ends at ``position``, at most fourteen; hyphenated words count apart."""
    window = max(0, position - 160)
    breaks = [match.end() for match in _BREAK.finditer(text, window, position)]
    first = breaks[-1] if breaks else window
    return [_Word(match[0], match.start()) for match in _WORD.finditer(text, first, position)][-14:]


def _find_by_initials(letters: str, words: list[_Word]) -> int | None:
    """The word at which the expansion begins when each letter is the initial of a word.

    No other word than a small one is passed over. A word in capitals ("UN") may give all its letters.
    """
    at, rest = len(words), letters
    while rest and at:
        at -= 1
        word = words[at]
        plain = fold_word(word.text)
        if word.text.isupper() and len(plain) > 1 and rest.endswith(plain):
            rest = rest[: -len(plain)]
        elif rest.endswith(plain[0]):
            rest = rest[:-1]
        elif not word.is_small:
            return None
    while not rest and at < len(words) and words[at].is_small:
        at += 1
    return at if not rest else None


def _capital_run(words: list[_Word]) -> list[_Word]:
    """The last words as far as they are a name: capitals, with small words between.

    A possessive ends the run before it.
    """
    at = len(words)
    while at and (words[at - 1].is_capital or words[at - 1].is_small):
        if at < len(words) and _POSSESSIVE.search(words[at - 1].text):
            break
        at -= 1
    while at < len(words) and words[at].is_small:
        at += 1
    return words[at:]


def _is_made_of_beginnings(letters: str, words: list[_Word], *, may_skip: bool = True) -> bool:
    """Whether beginnings of the words, in order, give the letters (START: STabilization And Reconstruction Task Force).

    Small words may be passed over, and one other, which is never the first.
    """
    if not letters or not words:
        return not letters and all(word.is_small for word in words[int(may_skip) :])
    plain = fold_word(words[0].text)
    for length in range(len(letters), 0, -1):
        if plain.startswith(letters[:length]) and _is_made_of_beginnings(
            letters[length:], words[1:], may_skip=may_skip
        ):
            return True
    if words[0].is_small:
        return _is_made_of_beginnings(letters, words[1:], may_skip=may_skip)
    return may_skip and _is_made_of_beginnings(letters, words[1:], may_skip=False)


def _find_in_run(letters: str, words: list[_Word]) -> tuple[int, bool] | None:
    """Where, in a name in capitals, the expansion begins, and whether the letters come in order.

    In order: the shortest end of the run. Out of order: the longest, all of whose letters are initials.
    """
    run = _capital_run(words)
    starts = [at for at, word in enumerate(run) if not word.is_small and fold_word(word.text)[0] == letters[0]]
    fitting = [at for at in starts if 2 <= sum(not word.is_small for word in run[at:]) <= len(letters) + 1]
    for at in reversed(fitting):
        if _is_made_of_beginnings(letters, run[at:]):
            return run[at].first, True
    for at in fitting:
        if len(letters) >= 3 and not Counter(letters) - Counter(fold_word(word.text)[0] for word in run[at:]):
            return run[at].first, False
    return None


@once_a_text
def iter_pairs(prose: Prose) -> Iterator[tuple[bool, Hit]]:
    """Every pair of letters and what they stand for, in the order of the text: whether the letters come in order."""
    text = prose.text
    for match in _IN_PARENTHESES.finditer(text):
        printed = match["letters"]
        if text[match.start() - 1 : match.start()] not in {" ", "\n"}:
            continue
        if sum(char.isupper() for char in printed) < 2 or sum(char.islower() for char in printed) > 3:
            continue
        letters = re.sub(
            r"[^a-z0-9]", "", fold_word(printed[:-1] if printed.endswith("s") and len(printed) > 2 else printed)
        )
        words = _words_before(text, match.start())
        at = _find_by_initials(letters, words)
        place = (words[at].first, True) if at is not None and at < len(words) else _find_in_run(letters, words)
        if place is not None:
            first, in_order = place
            expansion = clean_line(text[first : match.start()]).strip(" ,\"“”'’")
            yield in_order, Hit(printed, expansion, first, match.end())


_ORGANISATION = re.compile(rf"\b(?:{join_words('prose', 'organisation')})\b")


def _find_organisations(prose: Prose) -> Iterator[Hit]:
    for in_order, pair in iter_pairs(prose):
        if in_order and _ORGANISATION.search(name := str(pair.value)):
            yield Hit(name, pair.name, pair.first, pair.last)


@cache
def _known() -> dict[str, str]:
    return {entry["letters"]: entry["name"] for entry in read_codebook("acronyms")["acronym"]}


def _find_known(prose: Prose) -> Iterator[Hit]:
    entries, text = _known(), prose.text
    spelled = {pair.name for _, pair in iter_pairs(prose)}
    for word, first in prose.iter_capitals(entries.keys()):
        last = first + len(word)
        if word not in spelled and not _PART_OF_MORE.search(text[first - 1 : first] + text[last : last + 1]):
            spelled.add(word)
            yield Hit(word, entries[word], first, last)


_PART_OF_MORE = re.compile(r"[\w\-/()]")


ACRONYM_RULES = make_rules(
    {
        "acronym.spelled-out": lambda prose: (pair for in_order, pair in iter_pairs(prose) if in_order),
        "acronym.out-of-order": lambda prose: (pair for in_order, pair in iter_pairs(prose) if not in_order),
        "organisation.spelled-out": _find_organisations,
        "acronym.codebook": _find_known,
    }
)
