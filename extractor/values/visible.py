"""Positioned text as it is published: without the characters that nobody sees, letters and their marks composed.

Belongs here: changing characters while the rest keeps its place in the payload. Does not belong here: which
characters (``unicode``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from extractor.blocks.text import SourceText
from extractor.unicode import UNSEEN


def keep_visible(text: SourceText) -> SourceText:
    r"""The text in Unicode's composed form (NFC) without unseen characters; itself where it has none to change.

    One text reads as one, however its letters were typed.

    >>> from extractor.blocks.text import Source
    >>> kept = keep_visible(SourceText.from_plain(Source("Co\u0302te Li\u200bberia"), 0, 14))
    >>> kept.value, kept[1:2].span(), kept[7:12].span()
    ('Côte Liberia', (1, 4), (12, 17))
    """
    if text.value.isascii() and text.value.isprintable():
        return text
    unseen = [(*match.span(), "") for match in UNSEEN.finditer(text.value)]
    seen = text.edit(unseen) if unseen else text
    if unicodedata.is_normalized("NFC", seen.value):
        return seen
    return seen.edit(_iter_compositions(seen.value))


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
