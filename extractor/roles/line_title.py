"""The title of a text page, the line over its text or labels that is not its frame; and that frame.

Belongs here: choosing that line; menus in any language, told by their structure (a title and a panel that begins with
it, bullets), and by words only where structure cannot tell. Does not belong here: titles of markup (``title``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from extractor.blocks.document import Block
from extractor.blocks.prose_shape import Role, ends_sentence, ends_with_dash, is_byline, is_prose, is_wrapped
from extractor.blocks.text import SourceText
from extractor.codebooks import find_label, is_project_key
from extractor.roles.boilerplate import is_frame_text
from extractor.roles.title import NAMED, is_section_name, rate_named
from extractor.values.money import PRINTED

MAX_TITLE: Final = 300
_LONG: Final = 160
"""Longer titles are met, in French up to 220 characters; a line so long that ends a sentence is text."""
_MIN_NAMED: Final = 0.5
_AMOUNT: Final = re.compile(rf"(?:USD|US\$|\$)? ?(?:{PRINTED.pattern})")
_LONGEST_ENTRY: Final = 80
_LONGEST_BULLET: Final = 120
_SHORTEST_PANEL: Final = 100
_MAX_STRAYS: Final = 2


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
    below = lines[1] if len(lines) > 1 else None
    if below is None or below.is_prose or below.value == first.value or is_byline(below) or ends_with_dash(below.value):
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


def find_frame_end(blocks: Sequence[Block], url: str) -> int:
    """How many blocks at the beginning of a text page are its frame: menus in any language, told by their structure.

    A stray line or two between menus is theirs: no title has a menu right behind it. What the address names is no menu.
    """
    end = at = 0
    while at < len(blocks) and at - end <= _MAX_STRAYS and rate_named(blocks[at].value, url) < NAMED:
        size = _measure_menu(blocks, at) if at > end else _measure_menu(blocks, at) or _measure_entry(blocks, at)
        if size:
            end = at = at + size
        elif find_label(blocks[at].value) is not None or len(blocks[at].value) > _LONGEST_ENTRY:
            break
        else:
            at += 1
    return end


def _measure_menu(blocks: Sequence[Block], at: int) -> int:
    """How many blocks a menu with its panel has that begins at ``at``; 0 where none does.

    An entry, then the same again, alone or with the panel's sentence set right behind (``Our WorkAs the …``); or two
    entries, then a panel, with more of the frame behind it.
    """
    lead = 1 if blocks[at].marker and not blocks[at].value else 0
    entry, *others = [block.value for block in blocks[at + lead : at + lead + 3]] or [""]
    if not entry or len(entry) > _LONGEST_ENTRY or any(block.marker for block in blocks[at + lead : at + lead + 2]):
        return 0
    if find_label(entry) is not None or ends_sentence(entry):
        return 0
    if others and _repeats(entry, others[0]):
        return 0 if _is_title_twice(blocks, at + lead) else lead + 2
    if lead and len(others) == 2 and len(others[0]) <= _LONGEST_ENTRY and len(others[1]) >= _SHORTEST_PANEL:
        behind = at + lead + 3
        is_framed = behind < len(blocks) and (blocks[behind].marker != "" or _measure_menu(blocks, behind) > 0)
        return lead + 3 if is_framed else 0
    return 0


def _measure_entry(blocks: Sequence[Block], at: int) -> int:
    """How many blocks of an entry without a panel begin at ``at``: a bullet with its words, words of the frame."""
    block = blocks[at]
    value = block.value
    following = blocks[at + 1] if at + 1 < len(blocks) else None
    if block.marker and value:
        return 1 if len(value) <= _LONGEST_BULLET and find_label(value) is None and not ends_sentence(value) else 0
    if block.marker:
        return 0 if following is None or find_label(following.value) is not None else 1
    return 1 if is_frame_text(value) else 0


def _repeats(entry: str, panel: str) -> bool:
    """Whether ``panel`` is the same words again, alone or with a sentence glued to them, in any script."""
    if not panel.casefold().startswith(entry.casefold()):
        return False
    glued = panel[len(entry) :]
    return not glued or (glued[0].isalpha() and not glued[0].islower())


def _is_title_twice(blocks: Sequence[Block], at: int) -> bool:
    """Whether a doubled line is the title (old host) and not the last menu: content follows it, and no other title."""
    value = blocks[at].value
    ahead = [block for block in blocks[at + 2 : at + 22] if block.marker or block.value]
    if value != blocks[at + 1].value or is_frame_text(value) or not ahead:
        return False
    first = ahead[0]
    if first.marker:
        return len(ahead) > 1 and find_label(first.value or ahead[1].value) is not None
    bare = takewhile(lambda block: not block.marker and find_label(block.value) is None, ahead)
    if any(is_project_key(block.value) or _AMOUNT.fullmatch(block.value) for block in bare):
        return not (len(ahead) > 1 and _repeats(first.value, ahead[1].value))
    return find_label(first.value) is not None or len(first.value) > 160


def iter_trailing_frame(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks at the end of a text page that are its frame, last first."""
    for block in reversed(blocks):
        is_entry = bool(block.marker) and not block.value
        if not is_entry and not is_frame_text(block.value):
            return
        yield block
