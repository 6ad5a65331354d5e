"""Which part of a page is whose label's value: behind it, below it, before it, or in its column.

Belongs here: trying the places where a label's value may stand, by what the field's grammar says of each.
Does not belong here: whose labels they are (``clusters``), what all of it states in the end (``assignment``).

A place is how a value stands to its label: in the same line, in the next line, or the way up and down the boxes. A
place counts where the grammar proves values in it, so that a word of no codebook is only taken from where values stand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Final

from contracts.fields import FieldName
from extractor.blocks.document import Box, Document
from extractor.fields.grammar import LISTS, Fit, find_shapes, is_short, judge, reads_like_prose
from extractor.fields.parts import Part

Place = tuple[object, ...]
INLINE: Final[Place] = ("inline",)
COLUMN: Final[Place] = ("column",)
_CELLS: Final = frozenset(["td", "th"])


@dataclass(slots=True)
class Pair:
    """A label with the parts that stand as its value; none where nothing does.

    ``rest`` stands where a second value of it would: in its own cell, or, ``is_doubtful``, before the next label.
    """

    head: Part
    name: FieldName | None
    values: Sequence[Part] = ()
    rest: Sequence[Part] = ()
    place: Place = ()
    fit: Fit = Fit.OPEN
    rule: str = "label:next"
    is_doubtful: bool = False


class Page:
    """The parts of a page by their places; ``heads`` are its own labels."""

    def __init__(self, parts: Sequence[Part], heads: Sequence[Part], document: Document, foreign: set[int]) -> None:
        self.parts = [part for part in parts if part.block.index not in foreign]
        self.heads = heads
        self.blocks = document.blocks
        self._boxes = document.boxes
        self._foreign = foreign
        self._indexes = [part.block.index for part in self.parts]
        self._labels = sorted({part.block.index for part in self.parts if part.label is not None})
        self._places: dict[Box, dict[Box, int]] = {}
        for at, part in enumerate(self.parts):
            part.at = at

    def take_near(self, head: Part, step: int = 1) -> list[Part]:
        """The parts after a label (or before it, nearest first), up to another label, a bullet, or another project."""
        near: list[Part] = []
        last = head.block.index
        for at in range(head.at + step, len(self.parts) if step > 0 else -1, step):
            part = self.parts[at]
            first, last = sorted((last, part.block.index))
            passed = self.blocks[first + 1 : last + 1]
            if part.label is not None or any(one.marker or one.index in self._foreign for one in passed):
                break
            near.append(part)
            last = part.block.index
        return near

    def count_labels(self, box: Box) -> int:
        """How many blocks of a box bear labels."""
        return bisect_left(self._labels, box.last) - bisect_left(self._labels, box.first)

    def take_parts(self, box: Box) -> list[Part]:
        """The parts of a box's blocks."""
        return self.parts[bisect_left(self._indexes, box.first) : bisect_left(self._indexes, box.last)]

    @cached_property
    def children(self) -> dict[Box, list[Box]]:
        """The boxes right in each box, those without blocks too."""
        found: dict[Box, list[Box]] = {box: [] for box in self._boxes}
        for box in self._boxes[1:]:
            if box.parent is not None:
                found[box.parent].append(box)
        return found

    def number_children(self, box: Box) -> dict[Box, int]:
        """The children of a box with their places in it."""
        if box not in self._places:
            self._places[box] = {child: at for at, child in enumerate(self.children[box])}
        return self._places[box]

    def find_place(self, head: Part, part: Part) -> tuple[Place, Box, Box]:
        """How a part stands to a label, the smallest box that holds both, and the box in that which holds the part."""
        a, b = head.block.box, part.block.box
        if part.is_inline and part.block is head.block:
            return INLINE, a, b
        if a is b:
            return ("line", head.block.marker, part.block.is_indented), a, b
        up: list[str] = []
        down = ""
        branch_a, branch_b = a, b
        while a is not b:
            if a.depth >= b.depth and a.parent is not None:
                up.append(a.tag)
                branch_a, a = a, a.parent
            elif b.parent is not None:
                down, branch_b, b = b.tag, b, b.parent
        if up and down:
            places = self.number_children(a)
            return (*up, places[branch_b] - places[branch_a], down), a, branch_b
        return (*up, part.block.index - head.block.index, "bare", down), a, branch_b


def pair_labels(page: Page) -> list[Pair]:
    """Each own label with its values: in the direction that explains most, rows and columns among it.

    A label of a row of labels that nobody knows (``head.label`` None) is paired, too.
    """
    columns = _pair_columns(page)
    forward = _settle_places([_pair_near(page, head, page.take_near(head)) for head in page.heads])
    forward = [max(columns.pop(one.head, one), one, key=lambda pair: pair.fit) for one in forward]
    if count_proven(forward) * 2 <= len(forward):
        backward = _settle_places([_pair_near(page, head, page.take_near(head, -1)) for head in page.heads])
        backward = [replace(o, rule="label:before") for o in backward if o.values and o.fit is Fit.PROVEN]
        if len(backward) > count_proven(forward) and backward[0].head is page.heads[0]:
            return backward
    return [*forward, *columns.values()]


def count_proven(pairs: Sequence[Pair]) -> int:
    """How many labels have a value that the grammar proves."""
    return sum(1 for one in pairs if one.values and one.fit is Fit.PROVEN)


def _pair_near(page: Page, head: Part, near: Sequence[Part]) -> Pair:
    """A label with the part next to it, and what else is its value: the names of a list, what its own cell holds."""
    name = head.label.field if head.label else None
    if not near or reads_like_prose(near[0].value):
        return Pair(head, name)
    first = near[0]
    place, home, branch = page.find_place(head, first)
    is_before = first.at < head.at
    if is_before and branch is not home and page.count_labels(branch):
        return Pair(head, name)
    fit = judge(name, first.value)
    values = _take_list(near) if name in LISTS and fit is Fit.PROVEN else [first]
    one = Pair(head, name, values, (), place, fit, "label:inline" if place == INLINE else "label:next")
    if place != INLINE and not is_before:
        _take_rest(page, one, home, near[len(values) :])
    return one


def _take_list(near: Sequence[Part]) -> list[Part]:
    """The longest run of lines that each name countries; one line that does not, between two that do, is in doubt."""
    size = 1
    for at in range(1, len(near)):
        if find_shapes(near[at].value) == LISTS:
            size = at + 1
        elif at > size or near[at].block.heading_level or reads_like_prose(near[at].value):
            break
    return list(near[:size])


def _take_rest(page: Page, one: Pair, home: Box, near: Sequence[Part]) -> None:
    """What stands below a label's value and may be more of it: in one cell with it, or one line before the next label.

    An even number of lines there may be labels that nobody knows, with their values.
    """
    first = one.values[0].block
    is_cell = home.parent is not None and page.count_labels(home) == 1
    held = home if is_cell else first.box if first.box not in {one.head.block.box, home} else None
    if first.box.tag == "dd":
        rest = list(takewhile(lambda part: part.block.box.tag == "dd", near))
    else:
        rest = [part for part in near if held and held.first <= part.block.index < held.last]
    rest = [part for part in rest if not reads_like_prose(part.value)]
    if one.name in LISTS:
        one.values = [*one.values, *rest]
    elif rest or is_cell:
        one.rest = rest
    if not rest and not is_cell and one.head is not page.heads[-1]:
        lines = [part for part in near if is_short(part.value)]
        if len(lines) % 2:
            one.rest, one.is_doubtful = lines[:1], True


def _settle_places(pairs: list[Pair]) -> list[Pair]:
    """Pairs whose place no grammar proves, or where another place is the usual one, have no value."""
    placed = [one for one in pairs if one.values and one.place != INLINE]
    proven = Counter(one.place for one in placed if one.fit is Fit.PROVEN)
    ways = Counter(one.place[:-1] for one in placed if one.fit is Fit.PROVEN)
    most = max(proven.values(), default=0)
    for one in placed:
        is_known = proven[one.place] > 1 or (one.fit is Fit.PROVEN and (most == 1 or ways[one.place[:-1]] > 1))
        if not is_known:
            one.values, one.rest, one.fit = (), (), Fit.OPEN
    return pairs


def _pair_columns(page: Page) -> dict[Part, Pair]:
    """Labels that stand in a row, each with what stands below in its column, or in its order; by the label."""
    found: dict[Part, Pair] = {}
    rows: dict[Box, list[tuple[Part, Box]]] = {}
    for head in page.heads:
        cell = next((box for box in head.block.box.iter_up() if box.tag in _CELLS), head.block.box)
        if cell.parent is not None:
            rows.setdefault(cell.parent, []).append((head, cell))
    for row, cells in rows.items():
        if len(cells) > 1:
            known = {cell for _, cell in cells}
            others = [(page.take_parts(cell), cell) for cell in page.children[row] if cell not in known]
            cells += [(parts[0], cell) for parts, cell in others if len(parts) == 1 and is_short(parts[0].value)]
            places = page.number_children(row)
            boxes = _find_rows_below(page, row)
            below = [
                [part for box in boxes for part in page.take_parts(page.children[box][places[c]])] for _, c in cells
            ]
            _keep_proven(found, [head for head, _ in cells], below)
    run: list[Part] = []
    for head in page.heads:
        run.append(head)
        if lines := page.take_near(head):
            below = [[part] for part in lines[: len(run)]]
            is_row = len(run) > 1 and page.count_labels(page.find_place(head, lines[0])[1]) >= len(run)
            if is_row and head not in found and len(below) == len(run):
                is_list = head.label is not None and head.label.field in LISTS
                _keep_proven(found, run, [*below[:-1], _take_list(lines[len(run) - 1 :])] if is_list else below)
            run = []
    return found


def _keep_proven(found: dict[Part, Pair], heads: Sequence[Part], below: Sequence[Sequence[Part]]) -> None:
    """Keep the pairs of a row where the grammar proves most of them."""
    pairs: list[Pair] = []
    for head, values in zip(heads, below, strict=True):
        name = head.label.field if head.label else None
        fit = min((judge(name, part.value) for part in values), default=Fit.OPEN) if head.label else Fit.OPEN
        size = len(values) if name in LISTS else 1
        pairs.append(Pair(head, name, values[:size], values[size:], COLUMN, fit, "label:column"))
    n_proven = count_proven(pairs)
    if n_proven > 1 and 2 * n_proven >= sum(1 for one in pairs if one.values):
        found |= {one.head: one for one in pairs}


def _find_rows_below(page: Page, row: Box) -> list[Box]:
    """The boxes like a row that follow it, in its own box or in the next one, up to a row of labels; none of text."""
    around = row.parent
    following = page.children[around][page.number_children(around)[row] + 1 :] if around else []
    if around and around.parent and not following:
        beside = page.children[around.parent][page.number_children(around.parent)[around] + 1 :]
        following = [box for one in beside[:1] for box in page.children[one]]
    alike = takewhile(lambda box: box.tag == row.tag and page.count_labels(box) < 2, following)
    return [
        box
        for box in alike
        if len(page.children[box]) == len(page.children[row])
        and not any(reads_like_prose(p.value) for p in page.take_parts(box))
    ]
