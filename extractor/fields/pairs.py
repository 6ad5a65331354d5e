"""Which part of a page is whose label's value: behind it, below it, before it, or in its column.

Belongs here: trying the places where a label's value may stand, by what the field's grammar says of each.
Does not belong here: whose labels they are (``clusters``), what all of it states in the end (``assignment``).

A place is how a value stands to its label: in the same line, in the next line, or the way up and down the boxes. A
place counts where the grammar proves values in it, so that a word of no codebook is only taken from where values stand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from extractor.fields.grammar import LISTS, Fit, find_shapes, is_short, judge, reads_like_prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from contracts.fields import FieldName
    from extractor.blocks.document import Block, Box
    from extractor.blocks.text import SourceText
    from extractor.fields.parts import Part

Place = tuple[object, ...]
_INLINE: Final[Place] = ("inline",)
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

    @property
    def texts(self) -> tuple[SourceText, ...]:
        return tuple(part.text for part in self.values)


class Page:
    """The parts of a page by their places. ``heads`` are the page's own labels, ``walls`` blocks that end a search."""

    def __init__(
        self, parts: Sequence[Part], heads: Sequence[Part], blocks: Sequence[Block], foreign: set[int]
    ) -> None:
        self.parts = [part for part in parts if part.block.index not in foreign]
        self.heads = heads
        self.blocks = blocks
        self.foreign = foreign
        self._own = {id(head) for head in heads}
        self._places: dict[Box, dict[Box, int]] = {}
        self._n_walls = [0]
        for block in blocks:
            self._n_walls.append(self._n_walls[-1] + bool(block.marker or block.index in foreign))
        self.at = {id(part): at for at, part in enumerate(self.parts)}
        self.first_part = {part.block.index: at for at, part in reversed(list(enumerate(self.parts)))}
        self._labels = [0]
        labelled = {part.block.index for part in self.parts if part.label is not None}
        for block in blocks:
            self._labels.append(self._labels[-1] + (block.index in labelled))

    def following(self, head: Part) -> list[Part]:
        """The parts after a label, up to another label or the next group of a text page."""
        return list(self._iter_until_label(head, range(self.at[id(head)] + 1, len(self.parts))))

    def preceding(self, head: Part) -> list[Part]:
        """The parts before a label, nearest first, up to another label."""
        return list(self._iter_until_label(head, range(self.at[id(head)] - 1, -1, -1)))

    def _iter_until_label(self, head: Part, order: range) -> Iterator[Part]:
        here = head.block.index
        for at in order:
            part = self.parts[at]
            first, last = sorted((here, part.block.index))
            if part.label is not None or self._n_walls[last + 1] > self._n_walls[first + 1]:
                return
            yield part

    def count_labels(self, box: Box) -> int:
        """How many blocks of a box bear labels."""
        return self._labels[box.last] - self._labels[box.first]

    def is_of_another(self, part: Part, home: Box) -> bool:
        """Whether a part stands in a box with another label, below the box that holds it and its own label."""
        box = part.block.box
        while box is not home and box.parent is not None:
            if self.count_labels(box):
                return True
            box = box.parent
        return False

    def find_place(self, head: Part, part: Part) -> tuple[Place, Box]:
        """How a part stands to a label, and the smallest box that holds both."""
        a, b = head.block.box, part.block.box
        if part.is_inline and part.block is head.block:
            return _INLINE, a
        if a is b:
            return ("line", head.block.marker, part.block.is_indented, part.block.index > head.block.index), a
        up: list[str] = []
        down = ""
        branch_a = branch_b = a
        while a is not b:
            if a.depth >= b.depth and a.parent is not None:
                up.append(a.tag)
                branch_a, a = a, a.parent
            elif b.parent is not None:
                down, branch_b, b = b.tag, b, b.parent
        if up and down:
            places = self.number_children(a)
            return (*up, places[branch_b] - places[branch_a], down), a
        return (*up, part.block.index - head.block.index, "bare", down), a

    def number_children(self, box: Box) -> dict[Box, int]:
        """The children of a box with their places in it."""
        if box not in self._places:
            self._places[box] = {child: at for at, child in enumerate(box.children)}
        return self._places[box]

    def starts_group(self, part: Part) -> bool:
        """Whether a line of a text page stands behind a bullet, or right below one."""
        return bool(part.block.marker or (part.block.index and self.blocks[part.block.index - 1].marker))

    def parts_in(self, box: Box) -> list[Part]:
        """The parts of a box's blocks."""
        return [p for index in range(box.first, box.last) for p in self.parts_of(index)]

    def parts_of(self, index: int) -> Iterator[Part]:
        """The parts of a block."""
        at = self.first_part.get(index, len(self.parts))
        while at < len(self.parts) and self.parts[at].block.index == index:
            yield self.parts[at]
            at += 1


def pair(page: Page) -> list[Pair]:
    """Each own label with its values: by the reading direction that explains most, a table's columns among it."""
    forward = _settle_places([_pair_next(page, head, page.following(head)) for head in page.heads])
    columns = _pair_columns(page)
    if columns:
        forward = [_better(columns.pop(id(one.head), None), one) for one in forward] + list(columns.values())
    proven = count_proven(forward)
    if proven * 2 <= len(forward):
        backward = _settle_places([_pair_next(page, head, page.preceding(head)) for head in page.heads])
        backward = [one if one.fit is Fit.PROVEN else Pair(one.head, one.name, rule="label:before") for one in backward]
        if count_proven(backward) > proven and backward[0].values:
            return backward
    return forward


def count_proven(pairs: Sequence[Pair]) -> int:
    """How many labels have a value that the grammar proves."""
    return sum(1 for one in pairs if one.values and one.fit is Fit.PROVEN)


def _better(column: Pair | None, line: Pair) -> Pair:
    return line if column is None or column.fit < line.fit else column


def _pair_next(page: Page, head: Part, near: Sequence[Part]) -> Pair:
    """A label with the part next to it, and what else is its value: names of a list, what its own cell holds more."""
    name = head.label.field if head.label else None
    if not near:
        return Pair(head, name)
    first = near[0]
    place, home = page.find_place(head, first)
    if first.block.index < head.block.index and page.is_of_another(first, home):
        return Pair(head, name)
    fit = judge(name, first.value)
    if fit is Fit.NONE and reads_like_prose(first.value):
        return Pair(head, name, fit=Fit.NONE)
    values = _take_list(near) if name in LISTS and fit is Fit.PROVEN else [first]
    one = Pair(head, name, values, (), place, fit, "label:inline" if place == _INLINE else "label:next")
    if place != _INLINE and first.block.index > head.block.index:
        _take_rest(page, one, home, near[len(values) :])
    return one


def _take_rest(page: Page, one: Pair, home: Box, near: Sequence[Part]) -> None:
    """What stands below a label's value and may be more of it: in one cell with them, or one line before the next label.

    An even number of lines may be labels that nobody knows with their values; then words of no codebook may be one, too.
    """
    held: Box | None = home if home.parent is not None and page.count_labels(home) == 1 else one.values[0].block.box
    if held is one.head.block.box or held is home.parent:
        held = None
    rest = [part for part in near if held and held.first <= part.block.index < held.last]
    if one.values[0].block.box.tag == "dd":
        rest = list(takewhile(lambda part: part.block.box.tag == "dd", near))
    rest = [part for part in rest if not reads_like_prose(part.value)]
    if rest or not near or held is home:
        one.values, one.rest = ([*one.values, *rest], ()) if one.name in LISTS else (one.values, rest)
    elif one.head is not page.heads[-1]:
        lines = [part for part in near if is_short(part.value)]
        if len(lines) % 2:
            one.rest, one.is_doubtful = lines[:1], True


def _take_list(near: Sequence[Part]) -> list[Part]:
    """The longest run of lines that each name countries; one line that does not, between two that do, is in doubt."""
    size = 1
    for at in range(1, len(near)):
        if find_shapes(near[at].value) == LISTS:
            size = at + 1
        elif at > size or near[at].block.heading_level or reads_like_prose(near[at].value):
            break
    return list(near[:size])


def _settle_places(pairs: list[Pair]) -> list[Pair]:
    """Pairs whose place no grammar proves, or that another place proves better, have no value."""
    placed = [one for one in pairs if one.values and one.place != _INLINE]
    proven = Counter(one.place for one in placed if one.fit is Fit.PROVEN)
    ways = Counter(one.place[:-1] for one in placed if one.fit is Fit.PROVEN)
    most = max(proven.values(), default=0)
    for one in placed:
        is_known = proven[one.place] > 1 or (one.fit is Fit.PROVEN and (most == 1 or ways[one.place[:-1]] > 1))
        if not is_known:
            one.values, one.rest, one.fit = (), (), Fit.OPEN
    return pairs


def _pair_columns(page: Page) -> dict[int, Pair]:
    """Labels that stand in a row, each with what stands in its column, or in its order, below; by the label."""
    found: dict[int, Pair] = {}
    rows: dict[Box, list[tuple[Part, Box]]] = {}
    for head in page.heads:
        cell = next((box for box in head.block.box.iter_up() if box.tag in _CELLS), head.block.box)
        if cell.parent is not None:
            rows.setdefault(cell.parent, []).append((head, cell))
    for row, cells in rows.items():
        if len(cells) > 1:
            heads = [*cells, *_find_unknown_heads(page, row, {id(cell) for _, cell in cells})]
            _keep_proven(found, [head for head, _ in heads], _find_below(page, row, [cell for _, cell in heads]))
    for run in _iter_runs(page):
        if any(id(head) not in found for head in run):
            lines = page.following(run[-1])
            below = [[part] for part in lines[: len(run)]]
            if len(below) == len(run) and run[-1].label and run[-1].label.field in LISTS:
                below[-1] = _take_list(lines[len(run) - 1 :])
            _keep_proven(found, run, below)
    return found


def _find_unknown_heads(page: Page, row: Box, known: set[int]) -> Iterator[tuple[Part, Box]]:
    """The other cells of a row of labels: labels that nobody knows."""
    for cell in row.children:
        parts = page.parts_in(cell) if id(cell) not in known and cell.last - cell.first == 1 else []
        if len(parts) == 1 and is_short(parts[0].value):
            yield parts[0], cell


def _keep_proven(found: dict[int, Pair], heads: Sequence[Part], below: Sequence[Sequence[Part]]) -> None:
    """Keep the pairs of a row where the grammar proves most of them."""
    if len(below) != len(heads):
        return
    pairs: list[Pair] = []
    for head, values in zip(heads, below, strict=True):
        name = head.label.field if head.label else None
        fit = min((judge(name, part.value) for part in values), default=Fit.OPEN)
        size = len(values) if name in LISTS else 1
        pairs.append(Pair(head, name, values[:size], values[size:], ("column",), fit, "label:column"))
    n_proven = count_proven(pairs)
    if n_proven > 1 and 2 * n_proven >= sum(1 for one in pairs if one.values):
        found |= {id(one.head): one for one in pairs}


def _find_below(page: Page, row: Box, cells: Sequence[Box]) -> list[list[Part]]:
    """What stands in the rows below a row of labels, under each of its cells."""
    places = page.number_children(row)
    columns: list[list[Part]] = [[] for _ in cells]
    for box in _iter_rows_below(page, row):
        if len(box.children) == len(row.children) and not any(reads_like_prose(p.value) for p in page.parts_in(box)):
            for column, cell in zip(columns, cells, strict=True):
                column += page.parts_in(box.children[places[cell]])
    return columns


def _iter_rows_below(page: Page, row: Box) -> Iterator[Box]:
    """The boxes like a row that follow it, in its own box or in the next one, up to one with labels."""
    around = row.parent
    if around is None:
        return
    following = around.children[page.number_children(around)[row] + 1 :]
    if not following and around.parent is not None:
        beside = around.parent.children[page.number_children(around.parent)[around] + 1 :]
        following = [box for one in beside[:1] for box in one.children]
    for box in following:
        if box.tag != row.tag or page.count_labels(box) > 1:
            return
        yield box


def _iter_runs(page: Page) -> Iterator[list[Part]]:
    """Labels that follow each other without a value between them."""
    run: list[Part] = []
    for head in page.heads:
        run.append(head)
        if page.following(head):
            if len(run) > 1:
                yield run
            run = []
