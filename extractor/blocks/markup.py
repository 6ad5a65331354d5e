"""The content of an HTML page as blocks, from the tree that a browser would build: whatever state its markup is in.

Belongs here: the one place that knows turbohtml, and the way from its tree to blocks whose characters have places.
Does not belong here: what an element or a block means (``hidden``, ``roles``), the same by BeautifulSoup (``reference``).

turbohtml builds the tree of the HTML standard and states where each tag begins, but not where text does. Text is put
in its place by reading the same markup as tokens, which do have places, and setting the two side by side: they are the
same texts in the same order wherever the tree moved none. Where it did (text inside a ``table``, but in no cell), or the
two differ in anything else, ``read_markup`` gives None, and ``reference`` reads the page.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from turbohtml import Element, Text, parse, tokenize

from extractor.blocks.document import INLINE, BlockBuilder, Document
from extractor.blocks.hidden import BREAKS, CONTENT, MAY_HIDE, SILENT, is_silent
from extractor.blocks.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turbohtml import Node

    from extractor.blocks.text import Source

MAX_OUTSIDE: Final = 20
"""So many headings outside the content area are looked at."""

_LINE_END: Final = re.compile(r"\r\n?|\n")
_TEXT: Final = 0
"""The type of a token of text."""

_Ranges = list[tuple[int, int]]


class _Moved(Exception):  # noqa: N818 - never leaves this module
    """The tree's text is not the tokens' text in the same order."""


def read_markup(source: Source) -> Document | None:
    """The document of a page, its content area the only ``main`` or the body; None where text has no provable place."""
    text = source.read(0, len(source.text))
    tree = parse(text, source_locations=True, scripting=True)
    mains = tree.find_all("main", limit=2)
    try:
        if len(mains) == 1:
            document = _read_area(source, text, mains[0])
            if document.blocks:
                return (
                    document if document.has_heading else replace(document, outside=_read_outside(source, text, tree))
                )
        body = tree.find("body") or tree.find("frameset")
        if body is None:
            return None
        document = _read_area(source, text, body)
        return document if document.blocks else _read_area(source, text, body, is_hidden=True)
    except _Moved:
        return None


def _read_outside(source: Source, text: str, tree: Node) -> tuple[SourceText, ...]:
    headings = [one for one in tree.find_all("h1", limit=MAX_OUTSIDE) if one.closest("main") is None]
    read = [
        SourceText.join(" ", [block.text for block in _read_area(source, text, one).blocks])
        for one in headings
        if one.source_location is not None
    ]
    return tuple(heading for heading in read if heading)


def _read_area(source: Source, text: str, area: Element, *, is_hidden: bool = False) -> Document:
    """The blocks of an area; ``is_hidden`` where all of it is hidden until a program shows it."""
    builder = BlockBuilder(source)
    places = _Places(text, area)
    walk = _Walk(builder, places, frozenset() if is_hidden else frozenset(area.select(MAY_HIDE)))
    walk.read(area)
    return builder.finish()


@final
class _Places:
    """Where the texts of an area stand, given in the order of the tree."""

    def __init__(self, text: str, area: Element) -> None:
        self._text = text
        self._line_starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._tokens = list(self._read_tokens(area))
        self._next = 0

    def find(self, element: Element) -> int:
        """Where an element's start tag begins; 0 for one that the markup only implies."""
        position = element.position
        return self._line_starts[position[0] - 1] + position[1] if position else 0

    def _read_tokens(self, area: Element) -> Iterator[tuple[str, int, int]]:
        """The texts of the area's markup, each with its range."""
        text, starts = self._text, self._line_starts
        location = area.source_location
        first, last, line, column = 0, len(text), 0, 0
        if location is not None:
            line, column = location.start_tag.start_line - 1, location.start_tag.start_col
            first = starts[line] + column
            if location.end_tag is not None and area.tag != "body":  # what follows a body's end is still put into it
                last = starts[location.end_tag.end_line - 1] + location.end_tag.end_col
        data: str | None = None
        begun = 0
        for token in tokenize(text[first:last], capture_attributes=False):
            n = token.line - 1
            place = starts[line + n] + token.col + (0 if n else column)
            if data is not None:
                yield data, begun, place
                data = None
            if token.type == _TEXT:
                data, begun = token.data or "", place
        if data is not None:
            yield data, begun, last

    def take(self, data: str) -> _Ranges:
        """The ranges of the next text of the tree."""
        tokens, at = self._tokens, self._next
        if at < len(tokens) and tokens[at][0] == data:
            self._next = at + 1
            return [tokens[at][1:]]
        return self._take_parts(data)

    def _take_parts(self, data: str) -> _Ranges:
        """The same where the tree joined texts that something without meaning parts, or left blanks out."""
        tokens, at = self._tokens, self._next
        is_blank = data.isspace()
        while not is_blank and at < len(tokens) and tokens[at][0].isspace() and not _joins(tokens, at, data):
            at += 1
        ranges: _Ranges = []
        rest = data
        while rest and at < len(tokens):
            found, start, end = tokens[at]
            if found == "\n" + rest:
                start, found = start + 1, rest  # the first line end of a textarea or pre is none of its text
            elif not rest.startswith(found):
                if is_blank and found.isspace():
                    found = rest
                else:
                    bare = found.lstrip()
                    start, found = start + len(found) - len(bare), bare
                    if not bare or not rest.startswith(bare):
                        raise _Moved
            ranges.append((start, end))
            rest = rest[len(found) :]
            at += 1
        if rest:
            raise _Moved
        self._next = at
        return ranges


def _joins(tokens: Sequence[tuple[str, int, int]], at: int, data: str) -> bool:
    """Whether a blank text and the next one are the beginning of one."""
    joined = tokens[at][0] + (tokens[at + 1][0] if at + 1 < len(tokens) else "")
    return data.startswith(joined)


@final
class _Walk:
    """Gives the tree below an area to a builder as events, without recursion."""

    def __init__(self, builder: BlockBuilder, places: _Places, hiding: frozenset[Element]) -> None:
        self._builder = builder
        self._places = places
        self._hiding = hiding
        self._within = 0

    def read(self, area: Element) -> None:
        """Read all below ``area``, itself included."""
        builder, take = self._builder, self._places.take
        self._within += area.tag in CONTENT
        builder.open(area.tag, self._places.find(area), area.attrs)
        pending: list[tuple[str, Iterator[Node]]] = [(area.tag, iter(area.children))]
        while pending:
            tag, children = pending[-1]
            for node in children:
                if isinstance(node, Text):
                    builder.put_node(node.data, take(node.data))
                elif isinstance(node, Element):
                    inner = node.tag
                    if inner in BREAKS:
                        builder.put_break()
                    elif self._is_silent(node, inner):
                        self._skip(node)
                    else:
                        self._within += inner in CONTENT
                        builder.open(inner, self._places.find(node) if inner == "time" else 0, node.attrs)
                        pending.append((inner, iter(node.children)))
                        break
            else:
                pending.pop()
                self._within -= tag in CONTENT
                builder.close(tag)

    def _is_silent(self, element: Element, tag: str) -> bool:
        if tag in SILENT:
            return True
        if tag == "header" and not self._within:
            return element.find("h1") is None
        if element in self._hiding or (tag == "footer" and not self._within):
            return is_silent(tag, element.attrs, is_within=self._within > 0)
        return False

    def _skip(self, element: Element) -> None:
        """Take the texts of what is left out."""
        for node in element.descendants:
            if isinstance(node, Text):
                self._places.take(node.data)
