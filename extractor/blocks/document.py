"""One model of a page for both readers: blocks of text in page order, inside boxes.

Belongs here: what a block and a box are, and how lines or markup events become them.
Does not belong here: finding the content in markup (``region``, ``markup``), and what a block means (``layout``).

A block is what a reader sees as one line or paragraph. A box is what holds blocks together: an element of the markup,
or the whole of a text page. Class names are never needed to understand either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from typing import TYPE_CHECKING, Final, final

from extractor.blocks.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from extractor.blocks.text import Source

# fmt: off
INLINE: Final = frozenset([
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i", "ins", "kbd",
    "label", "mark", "q", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var",
])
# fmt: on
"""Elements that stand inside a line. Every other element, known or not, begins and ends one."""

MAX_DEPTH: Final = 250
"""Boxes deeper than this are not told apart (no page met was deeper than 40): their blocks stay with the box above."""

_NAMING: Final = ("class", "id", "itemprop")
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BULLETS: Final = "-*•·▪"
_HEADING: Final = re.compile(r"#{1,6}[ \t]+(?=\S)")


@final
class Box:
    """An element that holds blocks: its blocks are ``document.blocks[first:last]``."""

    __slots__ = ("_attributes", "children", "depth", "first", "last", "parent", "tag")

    def __init__(
        self, tag: str, parent: Box | None, first: int, attributes: Mapping[str, object] | None = None
    ) -> None:
        self.tag = tag
        self.parent = parent
        self._attributes = attributes
        self.depth: int = parent.depth + 1 if parent else 0
        self.children: list[Box] = []
        self.first = first
        self.last = first
        if parent:
            parent.children.append(self)

    @property
    def names(self) -> str:
        """What the markup calls the element: its class, id and ``itemprop``, between blanks; empty for a text page."""
        if not self._attributes:
            return ""
        stated = [self._attributes.get(name) for name in _NAMING]
        return " ".join(" ".join(one) if isinstance(one, list) else str(one) for one in stated if one)

    def iter_up(self) -> Iterator[Box]:
        """This box, the one around it, and so on to the root."""
        box: Box | None = self
        while box is not None:
            yield box
            box = box.parent


@final
class Block:
    """One line or paragraph.

    ``runs`` are its inline parts (by element); ``link_share`` is how much of it, 0.0 to 1.0, is link. ``marker`` is
    the bullet a text page prints before it. ``n_breaks`` counts the ``<br>`` or line ends that part it from the block
    before: 0 where a box does, 2 and more where an empty line does.
    """

    # fmt: off
    __slots__ = (
        "_cuts", "_links", "_ranges", "_source", "_times", "box", "index", "is_indented", "marker", "n_breaks", "text",
    )
    # fmt: on

    def __init__(
        self, source: Source, text: SourceText, box: Box, index: int, *, marker: str = "", is_indented: bool = False
    ) -> None:
        self.text = text
        self.box = box
        self.index = index
        self.marker = marker
        self.is_indented = is_indented
        self.n_breaks = 0
        self._source = source
        self._ranges: Sequence[tuple[int, int]] = ()
        self._cuts: Sequence[int] = ()
        self._links = 0
        self._times: Sequence[tuple[int, int, int]] = ()

    def describe_runs(
        self,
        ranges: Sequence[tuple[int, int]],
        cuts: Sequence[int],
        links: int,
        times: Sequence[tuple[int, int, int]] = (),
    ) -> None:
        """State the ranges of the block's text nodes, which of them begin a run, and how many characters are link.

        ``times`` are the ``time`` elements of the block: where each begins in the source, and its first and last range.
        """
        self._times = times
        self._ranges = ranges
        self._cuts = cuts
        self._links = links

    @property
    def runs(self) -> tuple[SourceText, ...]:
        """The inline parts that have text, in order; one where no element divides the block."""
        if len(self._cuts) < 2:
            return (self.text,)
        ends = [*self._cuts[1:], len(self._ranges)]
        parts = [
            SourceText.from_markup(self._source, self._ranges[a:b])
            for a, b in zip(self._cuts, ends, strict=True)
            if a < b
        ]
        return tuple(part for part in parts if part)

    @property
    def rest(self) -> SourceText | None:
        """What follows the first run, where an element divides the block; else None."""
        if len(self._cuts) < 2:
            return None
        return SourceText.from_markup(self._source, self._ranges[self._cuts[1] :])

    @property
    def times(self) -> tuple[int, ...]:
        """Where in the source the ``time`` elements of the block begin."""
        return tuple(start for start, _, _ in self._times)

    def read_beside_times(self) -> str:
        """The block's text without that of its ``time`` elements."""
        inside = {index for _, first, last in self._times for index in range(first, last)}
        kept = [self._source.read(*one) for index, one in enumerate(self._ranges) if index not in inside]
        return " ".join(unescape(" ".join(kept)).split())

    @property
    def start(self) -> int:
        """Where a block of markup begins in the source's text."""
        return self._ranges[0][0] if self._ranges else 0

    @property
    def link_share(self) -> float:
        """How much of the block's characters stand inside links."""
        return min(1.0, self._links / (len(self.text.value) or 1)) if self._links else 0.0

    @property
    def heading_level(self) -> int:
        """1 to 6 inside ``h1`` to ``h6``, else 0."""
        return _HEADINGS.get(self.box.tag, 0)

    def __repr__(self) -> str:
        return f"Block({self.box.tag}, {self.text.value!r})"


@dataclass(frozen=True, eq=False)
class Document:
    """The content area of a page: ``root`` holds all ``blocks``. ``is_markup`` is False for a text page."""

    source: Source
    root: Box
    blocks: list[Block]
    is_markup: bool
    outside: tuple[SourceText, ...] = field(default=())
    """Texts of ``h1`` elements that stand outside the content area, where it holds none itself."""

    @cached_property
    def has_heading(self) -> bool:
        """Whether an ``h1`` stands in the content area."""
        return any(block.heading_level == 1 for block in self.blocks)

    @cached_property
    def n_characters(self) -> int:
        """Characters of all blocks."""
        return sum(len(block.text.value) for block in self.blocks)


@final
class BlockBuilder:
    """Turns markup events, in page order, into blocks. The caller leaves out what is no text of the page (scripts)."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.root = Box("root", None, 0)
        self.blocks: list[Block] = []
        self._box = self.root
        self._below = 0
        self._ranges: list[tuple[int, int]] = []
        self._cuts: list[int] = []
        self._links = 0
        self._in_link = 0
        self._is_new_run = True
        self._n_breaks = 0
        self._times: list[tuple[int, int, int]] = []

    def open(self, tag: str, start: int = 0, attributes: Mapping[str, object] | None = None) -> None:
        """An element begins; its start tag stands at ``start`` in the source."""
        if tag in INLINE:
            self._is_new_run = True
            self._in_link += tag == "a"
            if tag == "time":
                self._times.append((start, len(self._ranges), -1))
            return
        self._end_block()
        self._n_breaks = 0
        if self._below or self._box.depth >= MAX_DEPTH:
            self._below += 1
        else:
            self._box = Box(tag, self._box, len(self.blocks), attributes)

    def close(self, tag: str) -> None:
        """The element opened last ends: events are properly nested."""
        if tag in INLINE:
            self._is_new_run = True
            self._in_link -= tag == "a"
            if tag == "time" and self._times:
                begun, first, _ = self._times[-1]
                self._times[-1] = (begun, first, len(self._ranges))
            return
        self._end_block()
        self._n_breaks = 0
        if self._below:
            self._below -= 1
        elif self._box.parent is not None:
            self._box.last = len(self.blocks)
            self._box = self._box.parent

    def put_break(self) -> None:
        """A ``<br>`` or ``<hr>``."""
        self._end_block()
        self._n_breaks += 1

    def put_text(self, start: int, end: int) -> None:
        """A text node that stands in the source from ``start`` to ``end``."""
        self.put_node(self.source.text[start:end], [(start, end)])

    def put_node(self, data: str, ranges: Sequence[tuple[int, int]]) -> None:
        """A text node, as it reads, that stands in the source in one or more ranges."""
        if not self._ranges and data.isspace():
            return
        if self._is_new_run:
            self._cuts.append(len(self._ranges))
            self._is_new_run = False
        self._ranges += ranges
        if self._in_link:
            self._links += len(data)

    def _end_block(self) -> None:
        ranges = self._ranges
        if not ranges:
            self._times = []
            return
        text = SourceText.from_markup(self.source, ranges)
        if text.value:
            block = Block(self.source, text, self._box, len(self.blocks))
            block.describe_runs(ranges, self._cuts, self._links, self._times)
            block.n_breaks = self._n_breaks
            self.blocks.append(block)
            self._n_breaks = 0
        self._ranges, self._cuts, self._links, self._times = [], [], 0, []
        self._is_new_run = True

    def finish(self) -> Document:
        """The document, once every element is closed."""
        self._end_block()
        for box in self._box.iter_up():
            box.last = len(self.blocks)
        return Document(self.source, self.root, self.blocks, is_markup=True)


def from_text(source: Source) -> Document:
    r"""A text page: one block a line, without its bullet or heading signs; a bullet alone is a block without text.

    >>> from extractor.blocks.text import Source
    >>> [(b.marker, b.text.value) for b in from_text(Source("-\nYear\n- Where we work\n\n  2006")).blocks]
    [('-', ''), ('', 'Year'), ('-', 'Where we work'), ('', '2006')]
    """
    root = Box("root", None, 0)
    blocks: list[Block] = []
    at = n_breaks = 0
    for line in source.text.replace("\r", "\n").split("\n"):
        bare = line.strip()
        n_breaks += 1
        if bare:
            start = at + line.index(bare[0])
            marker = bare[0] if bare[0] in _BULLETS and (len(bare) == 1 or bare[1].isspace()) else ""
            heading = _HEADING.match(bare)
            text = SourceText.from_plain(source, start + (heading.end() if heading else len(marker)), at + len(line))
            is_indented = line[0] in " \t" and not marker
            block = Block(source, text, root, len(blocks), marker=marker, is_indented=is_indented)
            block.n_breaks, n_breaks = n_breaks, 0
            blocks.append(block)
        at += len(line) + 1
    root.last = len(blocks)
    return Document(source, root, blocks, is_markup=False)
