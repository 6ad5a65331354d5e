"""What stands around the content of every page, or in its way: menus, the sentences on IOM, share links, walls.

Belongs here: the words and sentences of the frame; answers that are a log-in, a test for robots, maintenance, told by
most of what they say (``codebooks/walls.toml``: words alone prove nothing, so they are looked for in pages of a few
sentences only). Does not belong here: what markup itself sets apart (``builder``), the frame of a text page
(``line_title``), titles that say that a page is not there or refused (``contracts.page_signs``).

The sentences were SEEN on pages of www.iom.int and liberia.iom.int.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from extractor.blocks.text import SourceText
from extractor.codebooks import join_signs, read_codebook
from extractor.raw import FrameFact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extractor.blocks.source import Source

_MENU: Final = frozenset(read_codebook("frame")["menu"])
_SHARE: Final = re.compile(rf"(?:{join_signs('share')})[\s:|·•]*", re.IGNORECASE)
_CALL: Final = re.compile(join_signs("call"), re.IGNORECASE)
_LONGEST_CALL: Final = 400
_BEGINNING: Final = re.compile(
    r"WHO WE ARE\s*(?:The International Organization|L.Organisation internationale|La Organización Internacional)"
)
_ANCHOR: Final = "promoting since 1951 humane and orderly migration"
_ANCHOR_PATTERN: Final = re.compile(_ANCHOR.replace(" ", r"\s+"))
_SENTENCE_REACH: Final = 1500
_SENTENCE_END: Final = re.compile(r"\n\s*\n|</(?:p|div|li|section)\b")
_FACTS: Final = (
    (re.compile(r"with\s+(\d{2,3})\s+member\s+states", re.IGNORECASE), ("member_states",)),
    (re.compile(r"presence\s+in\s+((?:over\s+|more\s+than\s+)?\d{2,3})\s+countries"), ("presence_countries",)),
    (re.compile(r"presence\s+in\s+([^.<>\d]{2,60}?)\s+since\s+(\d{4})"), ("office_country", "present_since")),
    (re.compile(r"IOM\s+works\s+in\s+the\s+areas\s+of\s+([^.<>]{3,600})\."), ("thematic_areas",)),
)


def is_frame_text(value: str) -> bool:
    """Whether a block says what only the frame says.

    >>> is_frame_text("Our Work"), is_frame_text("Our work in Niger ended in May."), is_frame_text("Share on Facebook")
    (True, False, True)
    """
    if len(value) > 60:
        return _ANCHOR in value or _BEGINNING.match(value) is not None or is_call(value)
    return _is_frame_line(value)


@lru_cache(maxsize=4096)
def _is_frame_line(value: str) -> bool:
    """The same for a short text, remembered: menus and buttons repeat."""
    return value.casefold().rstrip(" »›>:") in _MENU or _SHARE.fullmatch(value) is not None or is_call(value)


def is_share_text(value: str) -> bool:
    """Whether a text is a button to send the page on, or the name of where to."""
    return len(value) <= 60 and _SHARE.fullmatch(value) is not None


def is_call(value: str) -> bool:
    """Whether a text is the site speaking to its visitors: a newsletter to sign up for, cookies to agree to.

    >>> is_call("Sign up to our newsletter and get a letter a week."), is_call("Clerks sign up to a course on lamps.")
    (True, False)
    """
    return len(value) < _LONGEST_CALL and _CALL.match(value) is not None


def find_frame_facts(source: Source, *, is_markup: bool) -> tuple[FrameFact, ...]:
    """What the sentences on IOM and its office state, wherever on the page they stand; the first of each name."""
    text = source.text
    facts: dict[str, FrameFact] = {}
    for anchor in _iter_anchors(text):
        start = anchor.start()
        end = _find_sentence_end(text, anchor.end(), is_markup=is_markup)
        for pattern, names in _FACTS:
            found = pattern.search(text, start, end)
            for group, name in enumerate(names, 1):
                if found is not None and name not in facts:
                    facts[name] = FrameFact(name, _take(source, *found.span(group)), _take(source, *found.span()))
    return tuple(facts.values())


def _iter_anchors(text: str) -> Iterator[re.Match[str]]:
    at = text.find("promoting")
    while at >= 0:
        anchor = _ANCHOR_PATTERN.match(text, at)
        if anchor is not None:
            yield anchor
        at = text.find("promoting", at + 1)


def _find_sentence_end(text: str, at: int, *, is_markup: bool) -> int:
    limit = min(len(text), at + _SENTENCE_REACH)
    if not is_markup:
        line_end = text.find("\n", at, limit)
        return line_end if line_end >= 0 else limit
    found = _SENTENCE_END.search(text, at, limit)
    return found.start() if found else limit


def _take(source: Source, start: int, end: int) -> SourceText:
    return SourceText.from_markup(source, [(start, end)])


_SENTENCES: Final = re.compile(r"(?<=[.!?…؟。])\s+")
_MOST_CHARACTERS: Final = 600


@cache
def _signs() -> re.Pattern[str]:
    kinds = read_codebook("walls").values()
    return re.compile("|".join(sign for kind in kinds for sign in kind["signs"]), re.IGNORECASE)


def find_wall_line(lines: Sequence[str]) -> str | None:
    """Of the lines of a page of a few sentences the first that shows a wall, where most of them do; else None.

    >>> find_wall_line(["Hold tight", "Please confirm that you are a human before you go on."])
    'Please confirm that you are a human before you go on.'
    >>> find_wall_line(["A log-in for clerks", "Each has a password.", "They met.", "Forty came.", "All passed."])
    """
    if sum(map(len, lines)) > _MOST_CHARACTERS:
        return None
    sentences = [sentence for line in lines for sentence in _SENTENCES.split(line) if " " in sentence.strip()]
    signs = [sentence for sentence in sentences if _signs().search(sentence)]
    if not signs or 2 * len(signs) < len(sentences) - 1:
        return None
    return next(line for line in lines if _signs().search(line))
