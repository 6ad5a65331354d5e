"""One model of a page for both readers: blocks of text in page order, inside boxes.

Belongs here: what a block and a box are, and how lines or markup events become them.
Does not belong here: finding the content in markup (``region``, ``markup``), and what a block means (``layout``).

A block is what a reader sees as one line or paragraph. A box is what holds blocks together: an element of the markup,
or the whole of a text page. Class names are never needed to understand either.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, Final, Protocol, final

from extractor.blocks.prose_shape import is_prose
from extractor.blocks.source import Folded, Source
from extractor.blocks.text import Origin, SourceText
from extractor.unicode import fold_blanks

Ranges = list[tuple[int, int]]
"""Stretches of a source's text, in order."""


_NAMING: Final = ("class", "id", "itemprop")
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BULLETS: Final = "-*•·▪"
_HEADING: Final = re.compile(r"#{1,6}[ \t]+(?=\S)")
# fmt: off
_TEXT_TAGS: Final = frozenset([
    "p", "li", "blockquote", "h2", "h3", "h4", "h5", "h6", "td", "th", "tr", "tbody", "table", "dd", "dt", "dl", "ul",
    "ol", "pre",
])
# fmt: on
_ASIDE: Final = frozenset(["aside", "dialog", "form"])
_LONGEST_HEADING: Final = 3
"""More blocks stand in no heading: one that holds them was never closed."""


@final
class Box:
    """An element that holds blocks: its blocks are ``document.blocks[first:last]``."""

    __slots__ = ("_home", "_is_aside", "_path", "depth", "element", "first", "last", "parent", "tag")

    def __init__(self, tag: str, parent: Box | None, first: int, element: Any = None) -> None:
        self.tag = tag
        self.parent = parent
        self.element = element
        """What the parser of the page calls it; None for a text page."""
        self.first = first
        self.last = first
        self.depth: int = 0 if parent is None else parent.depth + 1
        self._home: Box | None = None
        self._path: str | None = None
        self._is_aside: bool | None = None

    @property
    def names(self) -> str:
        """What the markup calls the element: its class, id and ``itemprop``, between blanks; empty for a text page."""
        return " ".join(filter(None, map(self.element.attr, _NAMING))) if self.element is not None else ""

    @property
    def home(self) -> Box:
        """The box whose text its blocks are: it or the first around it that is no paragraph, list, table or quote."""
        if self._home is None and self.parent is not None and self.tag in _TEXT_TAGS:
            self._home = self.parent.home
        return self._home or self  # not itself kept: what holds itself is freed by the garbage collector alone

    @property
    def is_aside(self) -> bool:
        """Whether it, or a box around it, is apart from the text by its tag."""
        if self._is_aside is None:
            self._is_aside = self.tag in _ASIDE or (self.parent is not None and self.parent.is_aside)
        return self._is_aside

    @property
    def path(self) -> str:
        """Its tag and those around it, up to the root."""
        if self._path is None:
            self._path = self.tag if self.parent is None else f"{self.tag} {self.parent.path}"
        return self._path

    def iter_up(self) -> Iterator[Box]:
        """This box, the one around it, and so on to the root."""
        box: Box | None = self
        while box is not None:
            yield box
            box = box.parent


def _find_heading_around(box: Box, index: int) -> int:
    """The level of the heading that has no more than a few boxes in it, of which a block begins one; else 0."""
    while box.tag == "div" and box.parent is not None and index - box.first < _LONGEST_HEADING:
        box = box.parent
    return _HEADINGS.get(box.tag, 0) if index - box.first < _LONGEST_HEADING else 0


class UnplacedError(Exception):
    """The place of a text in the source of its page cannot be proved: raised where it is asked for, once a page."""


class Places(Protocol):
    """Where the text nodes of a page's markup are in its source."""

    def find_ranges(self, box: Box, nodes: Sequence[Any]) -> list[Ranges]:
        """The ranges of each text node of a box; ``UnplacedError`` where they cannot be proved."""
        ...

    def find_start(self, element: Any) -> int:
        """Where an element begins; 0 for one that the markup only implies."""
        ...


@final
class Texts:
    """The text nodes of a document of markup, one after another: each block has a stretch of them.

    ``parts`` are what they read; ``cuts`` the ones that begin a part by an inline element; ``times`` the first node of
    each ``time`` element, the node after its last, and where the element begins in the source.
    """

    __slots__ = ("cuts", "nodes", "parts", "places", "times")

    def __init__(self, places: Places) -> None:
        self.places = places
        self.parts: list[str] = []
        self.nodes: list[Any] = []
        self.cuts: list[int] = []
        self.times: list[tuple[int, int, int]] = []


@final
class Block:
    """One line or paragraph.

    ``link_share`` is how much of its characters, 0.0 to 1.0, stand inside links. ``marker`` is the bullet a text page
    prints before it. ``n_breaks`` counts the ``<br>`` or line ends that part it from the block before: 0 where a box
    does, 2 and more where an empty line does. ``texts`` are those of its document of markup, ``first`` to ``last`` its
    own; ``origin`` is where a line of a text page stands.
    """

    __slots__ = (
        "_ranges", "_reads_as_prose", "_source", "box", "first", "heading_level", "index", "is_indented",
        "last", "link_share", "marker", "n_breaks", "origin", "texts", "value",
    )  # fmt: skip

    def __init__(self, source: Source, value: str, box: Box, index: int, n_breaks: int) -> None:
        self.value = value
        self.box = box
        self.index = index
        self.n_breaks = n_breaks
        self.marker = ""
        self.is_indented = False
        self.link_share = 0.0
        self.heading_level: int = _HEADINGS.get(box.tag, 0) or (box.tag == "div" and _find_heading_around(box, index))
        self.texts: Texts | None = None
        self.first = self.last = 0
        self._source = source
        self._ranges: list[Ranges] | None = None
        self.origin: Origin | None = None
        self._reads_as_prose: bool | None = None

    @property
    def is_prose(self) -> bool:
        """Whether it reads like running text; worked out once."""
        if self._reads_as_prose is None:
            self._reads_as_prose = is_prose(self.value)
        return self._reads_as_prose

    def find_ranges(self, first: int = 0, last: int | None = None) -> Ranges:
        """The ranges of its text nodes from ``first`` to ``last``; worked out once, when first asked for.

        Raises:
            UnplacedError: where they are cannot be proved.
        """
        if self._ranges is None:
            texts = self.texts
            self._ranges = texts.places.find_ranges(self.box, texts.nodes[self.first : self.last]) if texts else []
        return [one for ranges in self._ranges[first:last] for one in ranges]

    @property
    def text(self) -> SourceText:
        """What it reads, with the places of all characters."""
        if self.origin is None:  # not before: a block that held its text would be freed by the garbage collector alone
            return SourceText(self.value, Folded(self._source, self.find_ranges, has_references=True))
        return SourceText(self.value, self.origin)

    @property
    def runs(self) -> tuple[SourceText, ...]:
        """The inline parts (by element) that have text, in order; one where no element divides the block."""
        return tuple([run for run, _ in self.iter_runs()])

    def iter_runs(self) -> Iterator[tuple[SourceText, bool]]:
        """The same, each with whether it is the block's own: in no inline element."""
        if self.texts is None:
            yield self.text, True
            return
        cuts = self.texts.cuts[bisect_left(self.texts.cuts, self.first) : bisect_left(self.texts.cuts, self.last)]
        for first, last in pairwise([*cuts, self.last]) if len(cuts) > 1 else ():
            if run := self._take(first, last):
                yield run, self.texts.nodes[first].parent is self.box.element
        if len(cuts) < 2:
            yield self.text, True

    def _take(self, first: int, last: int) -> SourceText:
        value = fold_blanks("".join(self.texts.parts[first:last] if self.texts else ()))
        find_ranges = partial(self.find_ranges, first - self.first, last - self.first)
        return SourceText(value, Folded(self._source, find_ranges, has_references=True))

    def _list_times(self) -> list[tuple[int, int, int]]:
        times = self.texts.times if self.texts is not None else []
        return times and times[bisect_left(times, (self.first, -1, -1)) : bisect_left(times, (self.last, -1, -1))]

    @property
    def times(self) -> tuple[int, ...]:
        """Where in the source the ``time`` elements of the block begin."""
        return tuple([start for _, _, start in self._list_times()])

    def read_beside_times(self) -> str:
        """The block's text without that of its ``time`` elements."""
        if self.texts is None:
            return self.value
        inside = {index for first, last, _ in self._list_times() for index in range(first, last)}
        parts = self.texts.parts
        return " ".join(" ".join([parts[i] for i in range(self.first, self.last) if i not in inside]).split())

    def __repr__(self) -> str:
        return f"Block({self.box.tag}, {self.value!r})"


@dataclass(frozen=True, eq=False)
class Document:
    """The content area of a page: ``boxes``, the first of which holds all others, and the ``blocks`` in them.

    ``is_markup`` is False for a text page.
    """

    source: Source
    boxes: Sequence[Box]
    blocks: list[Block]
    is_markup: bool
    outside: tuple[SourceText, ...] = field(default=())
    """Texts of ``h1`` elements that stand outside the content area, where it holds none but in asides."""

    @cached_property
    def has_heading(self) -> bool:
        """Whether an ``h1`` stands in the content area, and not in an aside of it."""
        return any(block.heading_level == 1 and not block.box.is_aside for block in self.blocks)

    @cached_property
    def n_characters(self) -> int:
        """Characters of all blocks."""
        return sum(len(block.value) for block in self.blocks)


def from_text(source: Source) -> Document:
    r"""A text page: one block a line, without its bullet or heading signs; a bullet alone is a block without text.

    >>> from extractor.blocks.source import Source
    >>> [(b.marker, b.value) for b in from_text(Source("-\nYear\n- Where we work\n\n  2006")).blocks]
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
            block = Block(source, text.value, root, len(blocks), n_breaks)
            block.origin = text.origin
            block.marker, block.is_indented, n_breaks = marker, line[0] in " \t" and not marker, 0
            blocks.append(block)
        at += len(line) + 1
    root.last = len(blocks)
    return Document(source, [root], blocks, is_markup=False)
