"""The title of a text page: the line over its text or labels that is not its frame.

Belongs here: choosing that line. Does not belong here: titles of markup (``title``), the frame's end (``boilerplate``).
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final

from extractor.blocks.prose_shape import ends_sentence, ends_with_dash, is_byline, is_prose, is_wrapped
from extractor.codebooks.labels import find_label, is_project_key
from extractor.roles.boilerplate import find_frame_end, iter_trailing_frame
from extractor.roles.witnesses import is_section_name, rate_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block
    from extractor.blocks.prose_shape import Role
    from extractor.blocks.text import SourceText

MAX_TITLE: Final = 300
_LONG: Final = 160
"""Longer titles are met, in French up to 220 characters; a line so long that ends a sentence is text."""
_MIN_NAMED: Final = 0.5


def find_line_title(blocks: Sequence[Block], roles: dict[int, Role], url: str) -> SourceText | None:
    """The title; None where the page has none. Lines of frame before it, and lines that repeat it, get their roles."""
    start = find_frame_end(blocks, url)
    roles.update(dict.fromkeys(range(start), "frame"))
    roles.update((block.index, "frame") for block in iter_trailing_frame(blocks[start:]))
    lines = list(takewhile(_may_be_title, blocks[start:]))
    over = _find_first_title(lines)
    roles.update(dict.fromkeys((line.index for line in lines[:over]), "byline"))
    lines = lines[over:]
    start += over
    chosen = _choose_line(lines, blocks[start + len(lines) :], url) if lines else None
    if chosen is None:
        return None
    if _is_text(chosen, blocks[chosen.index + 1 :], url):
        return None
    roles.update((line.index, "title") for line in lines if line.value == chosen.value)
    return chosen.text


def _is_text(line: Block, following: Sequence[Block], url: str) -> bool:
    """Whether a line begins a text whose title is lost: it goes on in the next, or ends a sentence as that does.

    Not where the page's address names it.
    """
    if not following or rate_named(line.value, url) >= _MIN_NAMED:
        return False
    wrapped = is_wrapped(following)
    if wrapped and following[0].value[:1].islower():
        return True
    is_sentence = line.is_prose and ends_sentence(line.value)
    return is_sentence and (wrapped or (following[0].is_prose and ends_sentence(following[0].value)))


def _find_first_title(lines: Sequence[Block]) -> int:
    """How many of the lines name a section, or say when, where or by whom: the title is below them."""
    for over, line in enumerate(lines[:-1]):
        value = line.value
        if not is_section_name(value) and not (is_byline(line) and not is_prose(value)):
            return over
    return max(0, len(lines) - 1)


def _may_be_title(block: Block) -> bool:
    value = block.value
    if block.marker or len(value) > MAX_TITLE or find_label(value) is not None:
        return False
    return not (len(value) > _LONG and ends_sentence(value))


def _choose_line(lines: list[Block], following: Sequence[Block], url: str) -> Block | None:
    """Of the lines before labels or text, the title: the first, unless the page's address names another one.

    Right above labels it is the last of them: a menu may stand before it, nothing stands between. Where an address in
    words names none of several lines, nothing tells a title from a menu's last entry.
    """
    first = lines[0]
    if following and (following[0].marker or find_label(following[0].value) is not None):
        short = [line for line in lines if not line.is_prose]
        return short[-1] if len(short) == len(lines) else first
    if len(lines) == 1 or lines[1].value == first.value or _belongs_below_title(lines[1]):
        return first
    if any(is_project_key(line.value) for line in lines):
        return first
    named = [(rate_named(line.value, url), -line.index, line) for line in lines if not line.is_prose]
    best = max(named, key=lambda one: one[:2], default=None)
    if best is None or best[0] < 0:
        return first
    if is_wrapped(lines[1:]):
        return first if best[2] is first or best[0] < _MIN_NAMED else None
    return best[2] if best[0] >= _MIN_NAMED else None


def _belongs_below_title(block: Block) -> bool:
    return block.is_prose or is_byline(block) or ends_with_dash(block.value)
