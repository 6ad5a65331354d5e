"""Positioned text without the characters that nobody sees, so that no rule stumbles over one.

Belongs here: dropping characters while the rest keeps its place in the payload. Does not belong here: which
characters (``unicode``).
"""

from __future__ import annotations

from crawler.pages.text import SourceText
from pipeline.clean.unicode import UNSEEN


def keep_visible(text: SourceText) -> SourceText:
    r"""The text without unseen characters; itself where it has none.

    >>> from crawler.pages.text import Source
    >>> kept = keep_visible(SourceText.from_plain(Source("Li\u200bberia"), 0, 8))
    >>> kept.value, kept[2:7].span()
    ('Liberia', (5, 10))
    """
    if text.value.isprintable():
        return text
    pieces: list[SourceText] = []
    at = 0
    for unseen in UNSEEN.finditer(text.value):
        if unseen.start() > at:
            pieces.append(text[at : unseen.start()])
        at = unseen.end()
    if at < len(text):
        pieces.append(text[at:])
    return SourceText.join("", pieces)
