"""Running text as rules see it: one string, with what several of them need worked out once; and what a rule is.

Belongs here: the text and its lazily found countries, dates and quotations; the shape of a rule. Does not belong here:
rules.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, NamedTuple, TypeVar

from contracts.extraction import Certainty, MentionKind
from extractor.codebooks import read_codebook
from extractor.prose.country_mentions import NamedCountry, iter_named_countries
from extractor.prose.datelines import FoundDate, iter_dates
from extractor.unicode import Capitals, find_capitals, list_places

BETWEEN_PARAGRAPHS = "\n\n"

_QUOTED = re.compile(r"[\"“„«][^\"“”„«»\n]{1,2000}[\"”“»]")
_STOP = re.compile(r"[.!?](?=[\s\"”’)]|$)|\n")
_ABBREVIATED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Gen|Col|Hon|H\.E|U\.S|U\.N|D\.C)|\b[A-Z])$")

_T = TypeVar("_T")


def once_a_text(find: Callable[[Prose], Iterable[_T]]) -> Callable[[Prose], tuple[_T, ...]]:
    """Several rules ask the same of one text: the answer is worked out once, and kept as long as the text."""

    @wraps(find)
    def remember(prose: Prose) -> tuple[_T, ...]:
        if find not in prose.answers:
            prose.answers[find] = tuple(find(prose))
        answer: tuple[_T, ...] = prose.answers[find]
        return answer

    return remember


class Prose:
    """The paragraphs of a page joined by empty lines. Positions are characters of ``text``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.answers: dict[Any, Any] = {}

    @cached_property
    def lower(self) -> str:
        """The text in small letters, character for character, for looking up words that give a rule its chance."""
        return "İ".join([part.lower() for part in self.text.split("İ")])  # the one letter that gets longer

    @cached_property
    def capitals(self) -> Capitals:
        """Words that begin with a capital, or in a script without capitals: names begin with one."""
        return find_capitals(self.text)

    def iter_capitals(self, words: AbstractSet[str]) -> Iterator[tuple[str, int]]:
        """Some of them, each with its place, in the order of the text."""
        return ((word, place) for place, word in list_places(self.capitals, self.capitals.keys() & words))

    def places_of(self, words: Iterable[str], end: int | None = None) -> list[int]:
        """Where any of the words, in small letters, stands before ``end``, in order; also inside other words.

        Rules are regular expressions, and slow ones; most texts have no place for most of them.
        """
        found = []
        for word in words:
            at = self.lower.find(word, 0, end)
            while at >= 0:
                found.append(at)
                at = self.lower.find(word, at + 1, end)
        return sorted(found)

    @cached_property
    def countries(self) -> tuple[NamedCountry, ...]:
        """Namings of countries, in order."""
        return tuple(iter_named_countries(self.text, self.capitals))

    @cached_property
    def dates(self) -> tuple[FoundDate, ...]:
        """Dates with at least a month, in order."""
        return tuple(iter_dates(self.text))

    @cached_property
    def lead_end(self) -> int:
        """Where the third paragraph ends: what is told before is what the text is about."""
        end = -1
        for _ in range(3):
            end = self.text.find(BETWEEN_PARAGRAPHS, end + 1)
            if end < 0:
                return len(self.text)
        return end

    @cached_property
    def _stops(self) -> list[int]:
        return [
            match.start()
            for match in _STOP.finditer(self.text)
            if match[0] == "\n" or not _ABBREVIATED.search(self.text, max(0, match.start() - 6), match.start())
        ]

    def find_sentence(self, position: int) -> tuple[int, int]:
        """The sentence around a character: first character, and the character of its stop."""
        at = bisect_left(self._stops, position)
        first = self._stops[at - 1] + 1 if at else 0
        return first, self._stops[at] if at < len(self._stops) else len(self.text)

    @cached_property
    def quotations(self) -> list[tuple[int, int]]:
        """What stands in quotation marks, the marks included, in order."""
        return [match.span() for match in _QUOTED.finditer(self.text)]

    def is_quoted(self, position: int) -> bool:
        """Whether a character stands in somebody's quoted words."""
        return any(first < position < last for first, last in self.quotations)

    def countries_between(self, first: int, last: int) -> tuple[NamedCountry, ...]:
        """Namings that lie wholly in a range."""
        return tuple(country for country in self.countries if first <= country.first and country.last <= last)


class Hit(NamedTuple):
    """One find: ``first`` and ``last`` are characters of the prose."""

    name: str
    value: str | None
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Rule:
    """``example`` gives exactly ``finds`` (name and value); ``counter_example`` gives nothing.

    The tests hold every rule to it.
    """

    id: str
    kind: MentionKind
    certainty: Certainty
    find: Callable[[Prose], Iterable[Hit]]
    example: str
    finds: tuple[tuple[str, str | None], ...]
    counter_example: str


def make_rules(finders: Mapping[str, Callable[[Prose], Iterable[Hit]]]) -> tuple[Rule, ...]:
    """The rules of ``codebooks/rules.toml`` by their ids, each with the function that finds."""
    described: dict[str, dict[str, Any]] = {entry["id"]: entry for entry in read_codebook("rules")["rule"]}
    made = []
    for name, find in finders.items():
        entry = described[name]
        finds = tuple((one[0], one[1] if len(one) > 1 else None) for one in entry["finds"])
        made.append(Rule(**{**entry, "find": find, "finds": finds}))
    return tuple(made)
