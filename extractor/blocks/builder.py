"""What both readers of markup share: what an area of a page hides, where a line of it begins and ends.

Belongs here: from the elements and texts of a page's markup, in page order, to blocks inside boxes; elements and
attributes that silence. Does not belong here: parsing (``markup``, ``reference``), the frame that only words give away
and what inside the area is the page's own text (``roles``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
    **dict.fromkeys(("", *SILENT, *VOID), "nothing"),
    **dict.fromkeys(BREAKS, "break"),
    **dict.fromkeys(INLINE, "inline"),
    **dict.fromkeys(CONTENT, "content"),
    **dict.fromkeys(("header", "footer", "dialog"), "asked"),
}
"""What an element is to the reader; any other is a box. What is no element (a comment) has no name."""


@final
class AreaReader:
    """Turns the tree below an area into blocks inside boxes; ``text`` and ``element`` are its parser's types."""

    def __init__(self, source: Source, places: Places, text: type[Any], element: type[Any]) -> None:
        self._source = source
        self._places = places
        self._types = text, element

    def _begin(self, area: Any, tag: str) -> None:
        root = Box("root", None, 0)
        self._box = Box(tag, root, 0, area if type(area) is self._types[1] else None)
        self._boxes = [root, self._box]
        self._blocks: list[Block] = []
        self._texts = Texts(self._places)
        self._first = 0
        """The first text node of the block that is being read."""
        self._links = self._in_link = self._n_breaks = 0
        self._is_new_run = True
        self._has_text = False
        """Whether a block has begun."""
        self._within = int(tag in CONTENT)
        """How many elements are open whose header and footer are content."""

    def read(self, area: Any, tag: str, *, hides: bool = True) -> Document:
        """The blocks below ``area``, a ``tag``; unless ``hides``, those that their attributes hide too."""
        text, element = self._types
        self._begin(area, tag)
        parts, nodes, cuts = self._texts.parts, self._texts.nodes, self._texts.cuts
        kind, children = _KINDS.get(tag), iter(area.children)
        pending: list[tuple[str, _Kind | None, Iterator[Any], Box]] = []
        while True:
            for node in children:
                if type(node) is text:
                    data = node.data
                    if self._has_text or not data.isspace():  # blanks before a block are none of it
                        if self._is_new_run:
                            cuts.append(len(parts))
                            self._is_new_run = False
                        self._has_text = True
                        parts.append(data)
                        nodes.append(node)
                        if self._in_link:
                            self._links += len(data)
                    continue
                inner = node.tag if type(node) is element else ""
                inner_kind = _KINDS.get(inner)
                if inner_kind == "nothing":
                    continue
                if inner_kind == "break":
                    if self._has_text:
                        self._end_block()
                    self._n_breaks += 1
                    continue
                stated = node.attrs
                may_hide = hides and ("style" in stated or "role" in stated or "hidden" in stated)
                if (may_hide or inner_kind == "asked") and self._leaves_out(node, inner):
                    continue
                pending.append((tag, kind, children, self._box))
                tag, kind, children = inner, inner_kind, iter(node.children)
                self._open(node, tag, kind)
                break
            else:
                self._close(tag, kind)
                if not pending:
                    self._boxes[0].last = len(self._blocks)
                    return Document(self._source, self._boxes, self._blocks, is_markup=True)
                tag, kind, children, self._box = pending.pop()

    def _open(self, element: Any, tag: str, kind: _Kind | None) -> None:
        times = self._texts.times
        if kind != "inline":
            if self._has_text:
                self._end_block()
            self._n_breaks = 0
            self._within += kind == "content"
            if self._box.depth < MAX_DEPTH:
                self._box = Box(tag, self._box, len(self._blocks), element)
                self._boxes.append(self._box)
            while times and times[-1][0] >= self._first:  # before any text of a box they are of none of its blocks
                times.pop()
        elif tag == "a":
            self._in_link += 1
        elif tag == "time":
            times.append((len(self._texts.parts), -1, self._places.find_start(element)))
        self._is_new_run = True

    def _close(self, tag: str, kind: _Kind | None) -> None:
        times = self._texts.times
        if kind != "inline":
            if self._has_text:
                self._end_block()
            self._n_breaks = 0
            self._within -= kind == "content"
            self._box.last = len(self._blocks)
            while times and times[-1][0] >= self._first:
                times.pop()
        elif tag == "a":
            self._in_link -= 1
        elif tag == "time" and times and times[-1][0] >= self._first:
            times[-1] = (times[-1][0], len(self._texts.parts), times[-1][2])
        self._is_new_run = True

    def _end_block(self) -> None:
        texts, first, last = self._texts, self._first, len(self._texts.parts)
        value = fold_blanks(texts.parts[first] if last - first == 1 else "".join(texts.parts[first:last]))
        if value.isascii() or value.strip(_INVISIBLE):
            block = Block(self._source, value, self._box, len(self._blocks), self._n_breaks)
            block.texts, block.first, block.last = texts, first, last
            if self._links:
                block.link_share = min(1.0, self._links / len(value))
            self._blocks.append(block)
            self._n_breaks = 0
        self._first = last
        self._links = 0
        self._is_new_run = True
        self._has_text = False

    def _leaves_out(self, element: Any, tag: str) -> bool:
        if tag == "header" and not self._within:
            return bool(element.find("h1") is None)
        return is_silent(tag, element.attrs, is_within=self._within > 0)
