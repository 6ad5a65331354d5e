"""One model of a page for both readers: blocks of text in page order, inside boxes.

Belongs here: what a block and a box are, and how lines or markup events become them.
Does not belong here: finding the content in markup (``region``, ``markup``), and what a block means (``layout``).

A block is what a reader sees as one line or paragraph. A box is what holds blocks together: an element of the markup,
or the whole of a text page. Class names are never needed to understand either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, Protocol, final

from extractor.blocks.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extractor.blocks.text import Source

Ranges = list[tuple[int, int]]
"""Stretches of a source's text, in order."""


_NAMING: Final = ("class", "id", "itemprop")
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BULLETS: Final = "-*•·▪"
_HEADING: Final = re.compile(r"#{1,6}[ \t]+(?=\S)")


@final
class Box:
    """An element that holds blocks: its blocks are ``document.blocks[first:last]``."""

    __slots__ = ("children", "depth", "element", "first", "last", "parent", "tag")

    def __init__(self, tag: str, parent: Box | None, first: int, element: Any = None) -> None:
        self.tag = tag
        self.parent = parent
        self.element = element
        """What the parser of the page calls it; None for a text page."""
        self.depth: int = parent.depth + 1 if parent else 0
        self.children: list[Box] = []
        self.first = first
        self.last = first
        if parent:
            parent.children.append(self)

    @property
    def names(self) -> str:
        """What the markup calls the element: its class, id and ``itemprop``, between blanks; empty for a text page."""
        if self.element is None:
            return ""
        attributes = self.element.attrs
        stated = [attributes[name] for name in _NAMING if name in attributes]
        return " ".join(" ".join(one) if isinstance(one, list) else str(one) for one in stated if one)

    def iter_up(self) -> Iterator[Box]:
        """This box, the one around it, and so on to the root."""
        box: Box | None = self
        while box is not None:
            yield box
            box = box.parent


class Places(Protocol):
    """Where the text nodes of a page's markup are in its source."""

    def find_ranges(self, box: Box, nodes: Sequence[Any]) -> list[Ranges]:
        """The ranges of each text node of a box; ``UnplacedError`` where they cannot be proved."""
        ...


class UnplacedError(Exception):
    """The place of a text in the source of its page cannot be proved: raised where it is asked for, once a page."""


@final
class Inline:
    """The text nodes of a block of markup: what each reads, where inline elements divide them, what is link and time.

    ``cuts`` are the nodes that begin a part by an inline element; ``times`` the first node of each ``time`` element,
    the node after its last, and where the element begins in the source.
    """

    __slots__ = ("_places", "_ranges", "box", "cuts", "links", "nodes", "parts", "times")

    def __init__(self, box: Box, places: Places) -> None:
        self.box = box
        self.parts: list[str] = []
        self.nodes: list[Any] = []
        self.cuts: list[int] = []
        self.links = 0
        self.times: list[tuple[int, int, int]] = []
        self._places = places
        self._ranges: list[Ranges] | None = None

    def find_ranges(self, first: int = 0, last: int | None = None) -> Ranges:
        """The ranges of the text nodes from ``first`` to ``last``; worked out once, when first asked for."""
        if self._ranges is None:
            self._ranges = self._places.find_ranges(self.box, self.nodes)
        return [one for ranges in self._ranges[first:last] for one in ranges]


@final
class Block:
    """One line or paragraph.

    ``runs`` are its inline parts (by element); ``link_share`` is how much of it, 0.0 to 1.0, is link. ``marker`` is
    the bullet a text page prints before it. ``n_breaks`` counts the ``<br>`` or line ends that part it from the block
    before: 0 where a box does, 2 and more where an empty line does.
    """

    __slots__ = ("_inline", "_source", "box", "heading_level", "index", "is_indented", "marker", "n_breaks", "text")

    def __init__(
        self, source: Source, text: SourceText, box: Box, index: int, *, marker: str = "", is_indented: bool = False
    ) -> None:
        self.text = text
        self.box = box
        self.index = index
        self.marker = marker
        self.is_indented = is_indented
        self.n_breaks = 0
        self.heading_level: int = _HEADINGS.get(box.tag, 0)
        """1 to 6 inside ``h1`` to ``h6``, else 0."""
        self._source = source
        self._inline: Inline | None = None

    @classmethod
    def from_markup(cls, source: Source, value: str, inline: Inline, index: int) -> Block:
        """A block of markup that reads ``value``."""
        block = cls(source, SourceText.from_nodes(source, value, inline.find_ranges), inline.box, index)
        block._inline = inline
        return block

    @property
    def runs(self) -> tuple[SourceText, ...]:
        """The inline parts that have text, in order; one where no element divides the block."""
        inline = self._inline
        if inline is None or len(inline.cuts) < 2:
            return (self.text,)
        ends = [*inline.cuts[1:], len(inline.parts)]
        parts = [self._take(inline, a, b) for a, b in zip(inline.cuts, ends, strict=True) if a < b]
        return tuple(part for part in parts if part)

    def _take(self, inline: Inline, first: int, last: int) -> SourceText:
        value = " ".join("".join(inline.parts[first:last]).split())
        return SourceText.from_nodes(self._source, value, partial(inline.find_ranges, first, last))

    @property
    def times(self) -> tuple[int, ...]:
        """Where in the source the ``time`` elements of the block begin."""
        return tuple(start for _, _, start in self._inline.times) if self._inline is not None else ()

    def read_beside_times(self) -> str:
        """The block's text without that of its ``time`` elements."""
        if self._inline is None:
            return self.text.value
        inside = {index for first, last, _ in self._inline.times for index in range(first, last)}
        return " ".join(" ".join(part for i, part in enumerate(self._inline.parts) if i not in inside).split())

    def prove(self) -> None:
        """Find where the block is in its source, or raise ``UnplacedError``."""
        if self._inline is not None:
            self._inline.find_ranges()

    @property
    def link_share(self) -> float:
        """How much of the block's characters stand inside links."""
        links = self._inline.links if self._inline is not None else 0
        return min(1.0, links / (len(self.text.value) or 1)) if links else 0.0

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
