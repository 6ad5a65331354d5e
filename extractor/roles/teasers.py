"""Teasers: what a page prints of other pages, announced ("Related news") or recognised by their repetition.

Belongs here: zones under a heading that announces them, entries of one shape, in markup and in lines.
Does not belong here: links and words of the frame (``frame``), which prose is the page's own (``body``).

A heading alone makes no zone: "What's new" may stand over the article's own paragraphs. Teasers below it do: links, or
titles each with one paragraph at most. Plain prose ends the zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from extractor.blocks.document import Block, Box
from extractor.blocks.prose_shape import Role, ends_sentence, is_date, is_prose, states_kind
from extractor.codebooks import join_words
from extractor.roles.boilerplate import is_frame_text

_RELATED: Final = re.compile(join_words("frame", "related"), re.IGNORECASE)
_ANNOUNCEMENT_END: Final = re.compile("[:»>|–—]")
_MORE: Final = re.compile(join_words("frame", "more"), re.IGNORECASE)
_ENTRY: Final = re.compile("e|[kd]*[tl][kd]*s?[kd]*r?")
"""Of kinds: dates and words on what an entry is, its title, a summary, the way to read on."""
_MIN_ENTRIES: Final = 3
_LONGEST_TITLE: Final = 160
_SHORTEST_TITLE: Final = 15
_LONGEST_WORDS: Final = 60
_ARROWS: Final = " »›>→…."


def announces_related(value: str) -> bool:
    """Whether a line is what may stand over teasers of other pages.

    >>> announces_related("Related News"), announces_related("Related work began in May")
    (True, False)
    """
    return len(value) <= _LONGEST_WORDS and _is_announcement(value)


@lru_cache(maxsize=4096)
def _is_announcement(value: str) -> bool:
    return _RELATED.fullmatch(value.rstrip(" :")) is not None


def refers_elsewhere(block: Block) -> bool:
    """Whether a line in a text sends its reader to another page: what announces it, then its title as a link."""
    if block.link_share < 0.4 and not block.value.endswith(":"):
        return False
    sign = _ANNOUNCEMENT_END.search(block.value, 0, _LONGEST_WORDS + 2)
    if sign is None or not announces_related(block.value[: sign.start()].rstrip()):
        return False
    return block.link_share >= 0.4 or (sign[0] == ":" and sign.end() == len(block.value))


def assign_teasers(blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    """Give the blocks of teasers in markup their roles: ``related`` where announced, else ``teaser``."""
    covered = 0
    for block in blocks:
        if len(block.value) > _LONGEST_WORDS or block.index < covered:
            continue
        is_heading = block.heading_level > 0 or (block.box.tag not in {"p", "li", "td"} and block.link_share < 0.8)
        if is_heading and announces_related(block.value):
            zone = _trim_zone(block, blocks[block.index + 1 : _find_zone_end(block)])
            covered = max(zone[1], block.index + 1)
            _assign(blocks[slice(*zone)], "related", roles)
    _assign_repeated(blocks, roles)
    for block in blocks:
        if block.heading_level >= 2 and block.link_share >= 0.8 and roles.get(block.index) not in {"related", "teaser"}:
            first, last = _find_teaser(block)
            _assign(blocks[max(block.index, first) : last], "related", roles)


def _assign(blocks: Sequence[Block], role: Role, roles: dict[int, Role]) -> None:
    roles.update((block.index, role) for block in blocks if roles.get(block.index) not in {"title", "field"})


def _assign_repeated(blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    free = [block for block in blocks if roles.get(block.index) in {None, "frame", "aside"}]
    if len(list(islice(filter(_may_be_entry, free), _MIN_ENTRIES))) == _MIN_ENTRIES:
        for run in iter_entries(free, [_find_kind(block) for block in free]):
            if not _is_set_in_text(free, run):
                roles.update((block.index, "teaser") for block in run)


def _is_set_in_text(blocks: Sequence[Block], run: Sequence[Block]) -> bool:
    """Whether entries stand among paragraphs of the same box, with none of their own: a timeline, a reading list."""
    around = run[0].box.parent
    if any(block.box.parent is not around for block in run):
        return False
    before = [b for b in blocks if b.index < run[0].index and b.box.parent is around and b.heading_level == 0]
    return len([block for block in before if block.is_prose]) > 1


def _may_be_entry(block: Block) -> bool:
    if len(block.value) < _SHORTEST_TITLE:
        return is_date(block.value)
    return block.heading_level >= 2 or block.link_share >= 0.5 or is_date(block.value)


def iter_entries(blocks: Sequence[Block], kinds: Sequence[str]) -> Iterator[Sequence[Block]]:
    """The stretches of three and more entries of other pages, told by their shape: nothing stands between them.

    A title over text is an entry only where it is a link, bears a date, or ends in a way to read on: an article's own
    sections have none of these.
    """
    run: list[tuple[int, int]] = []
    for found in _ENTRY.finditer("".join(kinds)):
        shape = found.group()
        if run and run[-1][1] != found.start():
            yield from _take_run(blocks, run)
            run = []
        if shape == "e" or "d" in shape or "r" in shape or ("l" in shape and len(shape) > 1):
            run.append(found.span())
    yield from _take_run(blocks, run)


def _take_run(blocks: Sequence[Block], run: Sequence[tuple[int, int]]) -> Iterator[Sequence[Block]]:
    if len(run) >= _MIN_ENTRIES:
        yield blocks[run[0][0] : run[-1][1]]


def _find_kind(block: Block) -> str:
    """One letter for what a block of markup can be in an entry: see ``_ENTRY``; ``x`` for nothing of it."""
    value, share = block.value, block.link_share
    kind = _find_short_kind(value) if len(value) <= _LONGEST_WORDS else ""
    if kind:
        return kind
    if 0.5 <= share < 0.95 and value[-1:].isdigit() and not is_prose(value):
        return "e"
    if share >= 0.8:
        return "l" if len(value) >= _SHORTEST_TITLE or block.heading_level else "k"
    return "t" if block.heading_level >= 2 else _find_plain_kind(block)


@lru_cache(maxsize=4096)
def _find_short_kind(value: str) -> str:
    if _MORE.fullmatch(value.strip(_ARROWS)):
        return "r"
    if is_date(value):
        return "d"
    return "x" if is_frame_text(value) and not states_kind(value) else ""


def _find_plain_kind(block: Block) -> str:
    value = block.value
    if block.box.tag == "p":
        return "s" if is_prose(value) else "x"
    if states_kind(value):
        return "k"
    if is_prose(value) and ends_sentence(value):
        return "s"
    return "t" if block.box.tag != "li" and _SHORTEST_TITLE <= len(value) <= _LONGEST_TITLE else "x"


def find_line_kind(block: Block) -> str:
    """The same for a line of a text page."""
    value = block.value
    if is_date(value):
        return "d"
    if states_kind(value):
        return "k"
    if _MORE.fullmatch(value.strip(_ARROWS)):
        return "r"
    if ends_sentence(value) or len(value) > _LONGEST_TITLE:
        return "s"
    return "t" if len(value) >= _SHORTEST_TITLE else "x"


def is_list_of_lines(blocks: Sequence[Block], roles: Mapping[int, Role]) -> bool:
    """Whether the title of a text page is only the first of several entries of one shape."""
    titled = min((index for index, role in roles.items() if role == "title"), default=None)
    if titled is None:
        return False
    lines = [block for block in blocks[titled:] if block.value]
    run = next(iter_entries(lines, [find_line_kind(block) for block in lines]), None)
    return run is not None and run[0].index == titled


def measure_line_zone(blocks: Sequence[Block]) -> int:
    """How many of the lines that follow an announcing one are teasers: none, all, or those before running text.

    Two paragraphs one after the other are running text; right below the heading one long paragraph is.
    """
    prose = [block.is_prose for block in blocks]
    for at in range(len(prose) - 1):
        if prose[at] and prose[at + 1]:
            is_titled = at > 0 and not prose[at - 1] and at > 1 and prose[at - 2]
            return at - 1 if is_titled else at
    return 0 if prose[:1] == [True] and len(blocks[0].value) >= _LONGEST_TITLE else len(blocks)


def _find_zone_end(heading: Block) -> int:
    """Where the blocks end that a heading is over: its box when it begins one, else the box around."""
    box: Box = heading.box
    while box.parent is not None and (box.last - box.first <= 1 or box.first >= heading.index):
        if box.parent.first < heading.index and box.last - box.first > 1:
            break
        box = box.parent
    return box.last


def _trim_zone(heading: Block, following: Sequence[Block]) -> tuple[int, int]:
    """The heading and the teasers below it, up to plain prose; the empty range where prose follows at once."""
    kinds = [_find_kind(block) for block in following]
    at = 0
    while at < len(following):
        if kinds[at] == "s" and not _is_summary(heading, following, kinds, at):
            break
        at += 1
    if at < len(following) and at > 0 and kinds[at - 1] == "s":
        at -= 1  # of two paragraphs in a row neither is a summary
    while 0 < at < len(following) and kinds[at - 1] == "t":
        at -= 1  # the prose's own heading
    return (heading.index, heading.index + 1 + at) if at or not following else (heading.index, heading.index)


def _is_summary(heading: Block, following: Sequence[Block], kinds: Sequence[str], at: int) -> bool:
    """Whether prose in a zone is the one paragraph of a teaser: a title stands before it, in the same box."""
    block = following[at]
    title = next((i for i in range(at - 1, -1, -1) if kinds[i] not in {"k", "d"}), None)
    if title is None or kinds[title] not in {"l", "t", "x"}:
        return False
    titled = following[title]
    if titled.heading_level and titled.box.parent is block.box.parent:
        return True
    around = next((box for box in block.box.iter_up() if box.first <= titled.index < box.last), None)
    return around is not None and around.first > heading.index


def _find_teaser(heading: Block) -> tuple[int, int]:
    """The blocks of the smallest box that holds the heading and more, if it is small; else the heading alone."""
    for box in heading.box.iter_up():
        if box.last - box.first > 1:
            if box.first == heading.index and box.last - box.first <= 5:
                return box.first, box.last
            break
    return heading.index, heading.index + 1
