"""What both readers of markup share: what an area of a page hides, where a line of it begins and ends.

Belongs here: from the elements and texts of a page's markup, in page order, to blocks inside boxes; elements and
attributes that silence. Does not belong here: parsing (``markup``, ``reference``), the frame that only words give away
and what inside the area is the page's own text (``roles``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, final

from extractor.blocks.document import Block, Box, Document, Places, Texts
from extractor.blocks.source import Source
from extractor.unicode import fold_blanks

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
        self.blocks: list[Block] = []
        self._texts = Texts(places)
        self._box = Box("root", None, 0)
        self._boxes = [self._box]
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
            self._box = box = Box(tag, self._box, len(self.blocks), element)
            self._boxes.append(box)
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
        value = fold_blanks(texts.parts[first] if last - first == 1 else "".join(texts.parts[first:last]))
        if value.isascii() or value.strip(_INVISIBLE):
            block = Block(self.source, value, self._box, len(self.blocks), self._n_breaks)
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
        return Document(self.source, self._boxes, self.blocks, is_markup=True)


CONTENT: Final = frozenset(["main", "article"])
"""Elements whose header and footer are content, and not the page's."""

BREAKS: Final = frozenset(["br", "hr"])
"""Elements that end a line without a box of their own."""
# fmt: off
VOID: Final = frozenset([
    "area", "base", "col", "command", "embed", "img", "input", "keygen", "link", "meta", "param", "source", "track",
    "wbr",
])
"""Elements that hold nothing and end no line."""

SILENT: Final = frozenset([
    "audio", "button", "canvas", "datalist", "del", "head", "iframe", "map", "math", "nav", "noscript", "object", "s",
    "script", "select", "strike", "style", "svg", "template", "textarea", "title", "video",
])
# fmt: on
"""Elements whose text is not content wherever they stand: programs, drawings, controls, menus, what is struck out."""

_SILENT_ROLES: Final = frozenset(["navigation", "search", "contentinfo"])
_HIDING_STYLE: Final = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b", re.IGNORECASE
)
MAY_HIDE: Final = "[hidden],[style*='display' i],[style*='visibility' i],dialog," + ",".join(
    f"[role~='{role}' i]" for role in sorted(_SILENT_ROLES)
)
"""A selector of the elements that ``is_silent`` may find hidden by what they state."""


def is_silent(tag: str, attributes: Mapping[str, object], *, is_within: bool) -> bool:
    """Whether an element's text is left out: programs, menus, what is hidden, and the page's own footer.

    ``is_within`` says whether a ``main`` or ``article`` is around it: its footer is content. The header of the page is
    the caller's to judge, for it may hold the title. What a reader can open (``details``) or find
    (``hidden="until-found"``) is text.

    >>> is_silent("div", {"style": "color: red; display: none"}, is_within=True), is_silent("p", {}, is_within=True)
    (True, False)
    """
    if tag in SILENT or (tag == "footer" and not is_within) or (tag == "dialog" and "open" not in attributes):
        return True
    if not attributes:
        return False
    if "hidden" in attributes and str(attributes["hidden"] or "").lower() != "until-found":
        return True
    if _HIDING_STYLE.search(str(attributes.get("style") or "")) is not None:
        return True
    return any(role in _SILENT_ROLES for role in str(attributes.get("role") or "").lower().split())


_Kind = Literal["nothing", "break", "inline", "content", "asked"]
_KINDS: Final[dict[str, _Kind]] = {
    **dict.fromkeys((*SILENT, *VOID), "nothing"),
    **dict.fromkeys(BREAKS, "break"),
    **dict.fromkeys(INLINE, "inline"),
    **dict.fromkeys(CONTENT, "content"),
    **dict.fromkeys(("header", "footer", "dialog"), "asked"),
}
"""What an element is to the reader; any other is a box."""


@final
class AreaReader:
    """Gives the tree below an area to a builder as events; ``text`` and ``element`` are its parser's types."""

    def __init__(self, source: Source, places: Places, text: type[Any], element: type[Any]) -> None:
        self._source = source
        self._places = places
        self._types = text, element
        self._within = 0
        """How many elements are open whose header and footer are content."""

    def read(self, area: Any, tag: str, may_hide: Iterable[Any] | None) -> Document:  # noqa: PLR0912 - no call a node
        """The blocks below ``area``, a ``tag``; each element that its attributes may hide is asked, all for None."""
        builder = BlockBuilder(self._source, self._places)
        (text, element), hiding = self._types, frozenset(may_hide or ())
        self._within = int(tag in CONTENT)
        builder.open(tag, area if type(area) is element else None)
        kind, children = _KINDS.get(tag), iter(area.children)
        pending: list[tuple[str, _Kind | None, Iterator[Any]]] = []
        while True:
            for node in children:
                if type(node) is text:
                    data = node.data
                    if builder.has_text or not data.isspace():
                        builder.put_text(data, node)
                    continue
                if type(node) is not element:
                    continue
                inner = node.tag
                inner_kind = _KINDS.get(inner)
                if inner_kind == "nothing":
                    continue
                if inner_kind == "break":
                    builder.put_break()
                    continue
                if (inner_kind == "asked" or may_hide is None or (hiding and node in hiding)) and self._leaves_out(
                    node, inner
                ):
                    continue
                if inner_kind == "inline":
                    builder.open_inline(inner, self._places.find_start(node) if inner == "time" else 0)
                else:
                    self._within += inner_kind == "content"
                    builder.open(inner, node)
                pending.append((tag, kind, children))
                tag, kind, children = inner, inner_kind, iter(node.children)
                break
            else:
                if kind == "inline":
                    builder.close_inline(tag)
                else:
                    self._within -= kind == "content"
                    builder.close()
                if not pending:
                    return builder.finish()
                tag, kind, children = pending.pop()

    def _leaves_out(self, element: Any, tag: str) -> bool:
        if tag == "header" and not self._within:
            return bool(element.find("h1") is None)
        return is_silent(tag, element.attrs, is_within=self._within > 0)
