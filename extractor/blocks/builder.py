"""From the elements and texts of a page's markup, in page order, to blocks inside boxes: for both readers of markup.

Belongs here: where a line begins and ends. Does not belong here: what is left out (``hidden``, by the readers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from extractor.blocks.document import Block, Box, Document, Texts

if TYPE_CHECKING:
    from extractor.blocks.document import Places
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

_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


@final
class BlockBuilder:
    """Turns markup events, in page order, into blocks. The caller leaves out what is no text of the page (scripts)."""

    def __init__(self, source: Source, places: Places) -> None:
        self.source = source
        self.root = Box("root", None, 0)
        self.blocks: list[Block] = []
        self._texts = Texts(places)
        self._box = self.root
        self._below = 0
        self._first = 0
        """The first text node of the block that is being read."""
        self._links = 0
        self._in_link = 0
        self._is_new_run = True
        self._n_breaks = 0
        self.has_text = False
        """Whether a block has begun: blanks before one are none of it."""

    def open(self, tag: str, element: Any) -> None:
        """An element begins that is no ``INLINE`` one."""
        if self.has_text:
            self._end_block()
        self._n_breaks = 0
        if self._below or self._box.depth >= MAX_DEPTH:
            self._below += 1
        else:
            self._box = Box(tag, self._box, len(self.blocks), element)
            if self._texts.times:
                self._forget_times()

    def close(self) -> None:
        """The box opened last ends: events are properly nested."""
        if self.has_text:
            self._end_block()
        self._n_breaks = 0
        if self._below:
            self._below -= 1
        elif self._box.parent is not None:
            self._box.last = len(self.blocks)
            self._box = self._box.parent
            if self._texts.times:
                self._forget_times()

    def _forget_times(self) -> None:
        """``time`` elements before any text of a box are of none of its blocks."""
        times = self._texts.times
        while times and times[-1][0] >= self._first:
            times.pop()

    def open_inline(self, tag: str, start: int) -> None:
        """An ``INLINE`` element begins; a ``time`` at ``start`` in the source."""
        self._is_new_run = True
        if tag == "a":
            self._in_link += 1
        elif tag == "time":
            self._texts.times.append((len(self._texts.parts), -1, start))

    def close_inline(self, tag: str) -> None:
        """The ``INLINE`` element opened last ends."""
        self._is_new_run = True
        if tag == "a":
            self._in_link -= 1
        elif tag == "time" and self._texts.times:
            first, _, start = self._texts.times[-1]
            if first >= self._first:
                self._texts.times[-1] = (first, len(self._texts.parts), start)

    def put_text(self, data: str, node: Any) -> None:
        """A text node and what it reads; not called for blanks before a block."""
        texts = self._texts
        self.has_text = True
        if self._is_new_run:
            texts.cuts.append(len(texts.parts))
            self._is_new_run = False
        texts.parts.append(data)
        texts.nodes.append(node)
        if self._in_link:
            self._links += len(data)

    def put_break(self) -> None:
        """A line ends by a ``<br>`` or ``<hr>``."""
        if self.has_text:
            self._end_block()
        self._n_breaks += 1

    def _end_block(self) -> None:
        texts, first, last = self._texts, self._first, len(self._texts.parts)
        value = " ".join((texts.parts[first] if last - first == 1 else "".join(texts.parts[first:last])).split())
        if value.isascii() or value.strip(_INVISIBLE):
            block = Block(self.source, value, self._box, len(self.blocks), n_breaks=self._n_breaks)
            block.texts, block.first, block.last = texts, first, last
            if self._links:
                block.link_share = min(1.0, self._links / len(value))
            self.blocks.append(block)
            self._n_breaks = 0
        self._first = last
        self._links = 0
        self._is_new_run = True
        self.has_text = False

    def finish(self) -> Document:
        """The document, once every element is closed."""
        if self.has_text:
            self._end_block()
        for box in self._box.iter_up():
            box.last = len(self.blocks)
        return Document(self.source, self.root, self.blocks, is_markup=True)
