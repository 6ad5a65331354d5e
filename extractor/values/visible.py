"""Positioned text as it is published: without the characters that nobody sees, letters and their marks composed.

Belongs here: changing characters while the rest keeps its place in the payload. Does not belong here: which
characters (``unicode``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from extractor.blocks.text import SourceText
from extractor.unicode import JOINER, UNSEEN

_LOOSE_BLANKS = re.compile(r"\A\s+|\s+\Z|[^\S\n]*\n[^\S\n]*|[^\S\n]{2,}")
"""Blanks that only an unseen character kept apart, or from the edge of their line."""


def keep_visible(text: SourceText) -> SourceText:
    r"""The text in Unicode's composed form (NFC) without unseen characters; itself where it has none to change.

    One text reads as one, however its letters were typed: what is taken out leaves no blank behind, so that a text
    of unseen characters alone is empty.

    >>> from extractor.blocks.text import Source
    >>> kept = keep_visible(SourceText.from_plain(Source("Co\u0302te Li\u200bberia"), 0, 14))
    >>> kept.value, kept[1:2].span(), kept[7:12].span()
    ('Côte Liberia', (1, 4), (12, 17))
    """
    is_printable = text.value.isprintable()  # what nobody sees is not
    if is_printable and text.value.isascii():
        return text
    seen = text if is_printable else _take_out(JOINER, _take_out(UNSEEN, text))
    if seen is not text:
        seen = seen.edit(_iter_folds(seen.value))
    if unicodedata.is_normalized("NFC", seen.value):
        return seen
    return seen.edit(_iter_compositions(seen.value))


def _take_out(unseen: re.Pattern[str], text: SourceText) -> SourceText:
    edits = [(*match.span(), "") for match in unseen.finditer(text.value)]
    return text.edit(edits) if edits else text


def _iter_folds(text: str) -> Iterator[tuple[int, int, str]]:
    """Whitespace that is written otherwise: none at either end, one blank for many, lines without blanks around."""
    for blanks in _LOOSE_BLANKS.finditer(text):
        first, last = blanks.span()
        is_edge = first == 0 or last == len(text)
        yield first, last, "" if is_edge else "\n" if "\n" in blanks[0] else " "


def _iter_compositions(text: str) -> Iterator[tuple[int, int, str]]:
    """What NFC writes otherwise, letter by letter: each with all the signs that join it."""
    first = 0
    for at in range(1, len(text) + 1):
        if at < len(text) and _joins(text[first:at], text[at]):
            continue
        composed = unicodedata.normalize("NFC", text[first:at])
        if composed != text[first:at]:
            yield first, at, composed
        first = at


def _joins(letter: str, sign: str) -> bool:
    """Whether a sign is written into, or moves within, the letter before it: marks, and vowels of some scripts."""
    if sign < "\u0300":
        return False
    if unicodedata.combining(sign):
        return True
    parts = unicodedata.normalize("NFC", letter) + unicodedata.normalize("NFC", sign)
    return unicodedata.normalize("NFC", letter + sign) != parts
