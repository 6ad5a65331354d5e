"""Which labels of a page are its own project's: teasers of other projects bear the same ones.

Belongs here: telling a page's own labels from those of other projects, by where they stand.
Does not belong here: what a label is (``labels``), and which value belongs to it (``fields_in_boxes``, ``_in_lines``).

A label that is not the page's own is never a field and never contradicts one: it stays unexplained.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, final

from extractor.fields.labelled import reads_like_prose
from extractor.roles.asides import assign_aside_roles
from extractor.roles.teasers import announces_related

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extractor.blocks.document import Block, Box, Document
    from extractor.blocks.prose_shape import Role
    from extractor.codebooks.labels import Label
    from extractor.fields.labelled import Labelled

MIN_LABELS: Final = 4
"""Fewer different labels are no project page. A page as the site prints it has seven or more (IOM-SITES)."""

_APART: Final = frozenset(["article", "aside"])
"""Elements that say of themselves that they are a piece of content of their own."""

_ROWS: Final = frozenset(["tr", "th", "td", "thead", "tbody"])


def find_beside(document: Document, roles: dict[int, Role]) -> dict[int, Role]:
    """The blocks of markup that are captions, or teasers of other pages: known before any label is read."""
    if not document.is_markup:
        return {}
    told = dict(roles)
    assign_aside_roles(document.blocks, told)
    return {index: role for index, role in told.items() if role in {"caption", "related"}}


def choose_own(document: Document, labelled: Sequence[Labelled]) -> list[Labelled] | str:
    """The labels of the page's own project, in page order; or why they cannot be told from those of others."""
    if not document.is_markup:
        return _choose_run(document.blocks, labelled)
    boxes = _LabelBoxes(document.blocks, labelled)
    chosen = boxes.choose(document.root)
    if isinstance(chosen, str):
        return chosen
    return [one for one in labelled if one.block.index in chosen]


def _choose_run(blocks: Sequence[Block], labelled: Sequence[Labelled]) -> list[Labelled]:
    """Of the runs of labels that no text parts, the one with most different labels; the first of equals."""
    runs: list[list[Labelled]] = []
    for one in labelled:
        if not runs or _parts(blocks, runs[-1][-1].block.index + 1, one.block.index):
            runs.append([])
        runs[-1].append(one)
    return max(runs, key=lambda run: len({one.label for one in run}), default=[])


def _parts(blocks: Sequence[Block], start: int, stop: int) -> bool:
    """Whether what stands between two labels ends the fields: teasers are announced, or text goes before.

    Text under a label of its own, with the next bullet right below it, is one of the values.
    """
    prose = -1
    for block in blocks[start:stop]:
        if announces_related(block.text.value):
            return True
        if reads_like_prose(block.text.value):
            prose = block.index
    marked = stop - 1 if stop > start and blocks[stop - 1].marker and not blocks[stop - 1].text else stop
    return prose >= 0 and not (prose == marked - 1 and (marked < stop or blocks[stop].marker))


@final
class _LabelBoxes:
    """The boxes of a page that hold labels, and which different ones each holds."""

    def __init__(self, blocks: Sequence[Block], labelled: Iterable[Labelled]) -> None:
        self.blocks = blocks
        self.names: dict[Box, set[Label | None]] = {}
        self.bare: dict[Box, list[int]] = {}
        self.heads: set[int] = set()
        self.alone: set[int] = set()
        for one in labelled:
            self.heads.add(one.block.index)
            if one.inline is None:
                self.alone.add(one.block.index)
            self.bare.setdefault(one.block.box, []).append(one.block.index)
            for box in one.block.box.iter_up():
                self.names.setdefault(box, set()).add(one.label)

    def choose(self, box: Box) -> set[int] | str:
        """The indexes of the own labels in a box, or why it cannot be told whose they are."""
        parts = [child for child in box.children if child in self.names]
        bare = self.bare.get(box, [])
        if len(parts) == 1 and not bare:
            return self.choose(parts[0])
        main = self._find_main(parts, bare)
        if main is not None and self._is_list(parts, main):
            return "a list of projects: several parts of the page bear the labels of one"
        if main is not None and main.tag == "article" and len(self.names[main]) >= MIN_LABELS:
            return self.choose(main)  # the page's article: what stands outside it is not of it
        chosen = set(bare)
        n_rows = Counter(part.tag for part in parts if len(self.names[part]) > 1)
        seen = -1
        for part in parts:
            if seen >= 0 and self._has_title(box, seen, part.first):
                break
            seen = part.last if seen >= 0 else seen
            if part is main or self._is_own(part, main, is_row=part.tag in _ROWS or n_rows[part.tag] > 1):
                found = self.choose(part)
                if isinstance(found, str):
                    return found
                chosen |= found
                seen = part.last
        return chosen

    def _find_main(self, parts: Sequence[Box], bare: Sequence[int]) -> Box | None:
        """The part with most different labels, where it has more than one and more than stand in no part.

        One with the page's own heading goes before all others.
        """
        titled = [part for part in parts if len(self.names[part]) >= MIN_LABELS and self._has_heading(part)]
        main = max(titled or parts, key=lambda part: len(self.names[part]), default=None)
        return main if main is not None and len(self.names[main]) > max(1, len(bare)) else None

    def _has_heading(self, part: Box) -> bool:
        return any(block.heading_level == 1 for block in self.blocks[part.first : part.last])

    def _is_list(self, parts: Sequence[Box], main: Box) -> bool:
        """Whether several parts alike are a project each, and none of them is the page's by its heading."""
        if main.tag not in _APART or self._has_heading(main):
            return False
        return sum(1 for part in parts if part.tag == main.tag and len(self.names[part]) >= MIN_LABELS) > 1

    def _is_own(self, part: Box, main: Box | None, *, is_row: bool) -> bool:
        """Whether a part holds labels of the same project as those beside it.

        It does where it begins with one of them, or with the value of the one right above it. A heading over it is
        another project's title, unless the main part has its like; so is a link, and over a single label any words.
        """
        first = self.blocks[part.first]
        if part.tag in _APART:
            return False
        if first.index in self.heads or first.index - 1 in self.alone:
            return True
        if first.heading_level:
            is_alike = main is not None and main.tag == part.tag
            return is_alike and main is not None and self.blocks[main.first].heading_level == first.heading_level
        if first.link_share >= 0.8:
            return False
        return is_row or len(self.names[part]) > 1 or self._begins_wordless(part)

    def _begins_wordless(self, part: Box) -> bool:
        for block in self.blocks[part.first : part.last]:
            if block.index in self.heads:
                return True
            if any(character.isalpha() for character in block.text.value):
                return False
        return False

    def _has_title(self, box: Box, start: int, stop: int) -> bool:
        """Whether another project's title stands bare in a box: a linked heading, or one between text and labels."""
        is_below_text = False
        for block in self.blocks[start:stop]:
            is_below_text = is_below_text or reads_like_prose(block.text.value)
            is_heading = block.heading_level > 1 and block.box.parent is box
            if not is_heading or block.index in self.heads or block.index - 1 in self.alone:
                continue
            if block.link_share >= 0.8 or (is_below_text and self._is_over_labels(block)):
                return True
        return False

    def _is_over_labels(self, heading: Block) -> bool:
        following = self.blocks[heading.index + 1]
        return following.index in self.heads or following.heading_level > 0
