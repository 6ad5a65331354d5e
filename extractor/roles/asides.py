"""What stands beside the text of a page: words of the frame, captions, links, teasers; and the lines of a text page.

Belongs here: the roles of such blocks. Does not belong here: which prose is the page's own text (``body``), what a
teaser is (``teasers``), the words of the frame (``frame``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Final, Literal

from extractor.blocks.document import Block, Box, Document
from extractor.blocks.prose_shape import Role, is_byline, is_prose, is_wrapped
from extractor.codebooks import join_words, read_codebook
from extractor.roles.boilerplate import is_frame_text, is_share_text
from extractor.roles.teasers import (
    announces_related,
    assign_teasers,
    find_line_kind,
    iter_entries,
    measure_line_zone,
    refers_elsewhere,
)
from extractor.unicode import remember_short

_CAPTION: Final = re.compile(join_words("frame", "caption"), re.IGNORECASE)
_OWNED: Final = re.compile(r"©|\b(?:IOM|OIM|UN|UNHCR|WFP)\b|\b(?:19|20)\d\d\b|/")
_LETTERED: Final = re.compile(r"\([cC]\)\s?(?=\d{4}\b|[A-Z])")
_ENUMERATED: Final = frozenset(["(a)", "(b)", "(A)", "(B)"])
_LONGEST_CAPTION: Final = 300

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MIN_TEXT: Final = 140
_NEVER_NAMED: Final = frozenset(["root", "html", "body", "main", "h1", "h2", "h3", "h4", "h5", "h6"])
_BoxKind = Literal["aside", "caption", "byline"]
_KINDS: Final[tuple[_BoxKind, ...]] = ("caption", "byline", "aside")


@cache
def _read_names() -> list[tuple[_BoxKind, frozenset[str], tuple[str, ...]]]:
    """For each kind of box the words and pairs of words that name it, and beginnings of such words."""
    book = read_codebook("boxes")
    return [
        (
            kind,
            frozenset([*book[kind]["words"], *book[kind]["pairs"]]),
            tuple(word[:-1] for word in book[kind]["words"] if word.endswith("*")),
        )
        for kind in _KINDS
    ]


@remember_short(8192)
def _split_name(name: str) -> tuple[str, ...]:
    """The words of one name."""
    is_look = ":" in name or "[" in name
    return () if is_look else tuple([word.lower() for word in _WORDS.findall(name.partition("--")[0])])


@remember_short(8192)
def find_box_kind(names: str) -> _BoxKind | None:
    """What an element is by the names that its markup gives it; modifiers and looks (``print:hidden``) say nothing.

    >>> find_box_kind("article-share clearfix"), find_box_kind("imageCaption"), find_box_kind("text-body print:hidden")
    ('aside', 'caption', None)
    """
    words = [word for name in names.split() for word in _split_name(name)]
    said = {*words, *map(" ".join, pairwise(words))}
    for kind, known, begins in _read_names():
        if not known.isdisjoint(said) or (begins and any(word.startswith(begins) for word in words)):
            return kind
    return None


def _assign_named(boxes: Sequence[Box], blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    """Give the blocks of boxes that their markup calls something beside the text that role.

    Names decide nothing alone: a box that holds the title is not meant, nor one with most of the prose around it.
    """
    titled = [blocks[index].box for index, role in roles.items() if role == "title"]
    over = {box for one in titled for box in one.iter_up()}
    sums = [0, *accumulate(len(block.value) if block.is_prose else 0 for block in blocks)]
    held = (sums[box.last] - sums[box.first] for box in (titled[0].iter_up() if titled else ()))
    area = next((size for size in held if size >= max(_MIN_TEXT, sums[-1] // 4)), sums[-1])
    """How much prose the smallest box around the title holds that holds a quarter of it."""
    outermost: dict[Box | None, Role | None] = dict.fromkeys([None, *over])
    """The role of the outermost box around each, itself included, that is named as something beside the text."""
    for box in boxes:
        if box not in outermost:
            found = outermost[box.parent]
            if found is None and box.first < box.last and box.tag not in _NEVER_NAMED:
                is_small = 2 * (sums[box.last] - sums[box.first]) < area
                found = find_box_kind(box.names) if is_small else None
            outermost[box] = found
    for block in blocks:
        if (role := outermost[block.box]) is not None:
            roles.setdefault(block.index, role)


def assign_aside_roles(document: Document, roles: dict[int, Role]) -> None:
    """Give the blocks of markup that stand beside the text their roles: links, captions, teasers."""
    blocks = document.blocks
    _assign_named(document.boxes, blocks, roles)
    is_enumerated = _is_enumerated(blocks)
    for block in blocks:
        if block.index not in roles:
            role = _find_own_role(block, is_enumerated=is_enumerated)
            if role is not None:
                roles[block.index] = role
    assign_teasers(blocks, roles)


def assign_line_roles(blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    """The same for the lines of a text page after its title: all that no rule knows otherwise is its text."""
    start = min((index for index, role in roles.items() if role == "title"), default=-1)
    free = [block for block in blocks if block.index > start and block.index not in roles]
    if is_wrapped([block for block in free if block.value]):
        roles.update((block.index, "body" if block.value else "frame") for block in free)
        return
    for run in iter_entries(free, [find_line_kind(block) for block in free]):
        roles.update((block.index, "teaser") for block in run)
    _assign_line_zones(free, roles)
    is_enumerated = _is_enumerated(free)
    found = [(block, _find_own_role(block, is_enumerated=is_enumerated)) for block in free if block.index not in roles]
    prose = [block.index for block, own in found if own is None and block.is_prose]
    first, last = min(prose, default=-1), max(prose, default=-1)
    for block, known in found:
        own = known
        is_point = block.marker and block.text and first < block.index < last
        if own is None or (own == "frame" and is_point and not is_share_text(block.value)):
            own = "byline" if block.index < first and is_byline(block) else "body"
        roles[block.index] = own


def _assign_line_zones(free: Sequence[Block], roles: dict[int, Role]) -> None:
    """Teasers that a line below the first paragraph announces."""
    has_prose = False
    covered = 0
    for at, block in enumerate(free):
        if at < covered:
            continue
        if has_prose and announces_related(block.value):
            size = measure_line_zone(free[at + 1 :])
            covered = at + 1 + size
            if size or covered == len(free):
                roles.update((other.index, "related") for other in free[at:covered])
        has_prose |= block.is_prose


def _find_own_role(block: Block, *, is_enumerated: bool) -> Role | None:
    value = block.value
    if not value:
        return "frame"
    n_characters = len(value)
    if _is_in_figure(block) or (n_characters < _LONGEST_CAPTION and is_caption(value, is_enumerated=is_enumerated)):
        return "caption"
    if n_characters < _LONGEST_CAPTION and refers_elsewhere(block):
        return "related"
    if is_frame_text(value) or (n_characters < 200 and block.link_share >= 0.8 and "@" not in value):
        return "frame"
    return None


def _is_enumerated(blocks: Sequence[Block]) -> bool:
    """Whether the text counts its points by letters: then ``(c)`` is one of them, and no sign of an owner."""
    return bool([block for block in blocks if block.value[:3] in _ENUMERATED])


def is_caption(value: str, *, is_enumerated: bool = False) -> bool:
    """Whether a text is what stands under a picture: it names the owner, or begins as a caption and is no sentence.

    >>> [is_caption(value) for value in ("© IOM 2020", "(c) IOM/Ida", "(c) calling the port at dawn;")]
    [True, True, False]
    """
    if value.startswith("("):
        is_sign = not is_enumerated and _LETTERED.match(value) is not None
        return is_sign and not value.endswith(";") and not is_prose(value)
    return _CAPTION.match(value) is not None and (_OWNED.search(value) is not None or not is_prose(value))


def _is_in_figure(block: Block) -> bool:
    box: Box | None = block.box
    for _ in range(3):
        if box is None or box.tag in {"figure", "figcaption"}:
            return box is not None
        box = box.parent
    return False
