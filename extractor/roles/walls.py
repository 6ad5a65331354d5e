"""Answers that stand in the way of a page: a log-in, a test for robots, maintenance, a server's own page.

Belongs here: telling them by most of what they say. Does not belong here: the sentences (``codebooks/walls.toml``),
titles that say that a page is not there or refused (``contracts.page_signs``).

Words alone prove nothing: an article may be about them. They are looked for in pages of a few sentences only.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from extractor.codebooks import read_codebook

if TYPE_CHECKING:
    from collections.abc import Sequence

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
