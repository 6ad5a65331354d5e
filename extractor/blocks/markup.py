"""The content of an HTML page as blocks, from the tree that a browser would build: whatever state its markup is in.

Belongs here: the one place that knows turbohtml, and the way from its tree to blocks whose characters have places.
Does not belong here: what an element or a block means (``hidden``, ``roles``), BeautifulSoup (``reference``).

turbohtml builds the tree of the HTML standard and states where each tag is, but not where text is. A text is put in
its place, when that is asked for, by reading the markup of its box as tokens, which do have places, and setting the two
side by side: they are the same texts in the same order wherever the tree moved none. Where it did (text inside a
``table``, but in no cell), or the two differ in anything else, the place is not proved, and ``reference`` reads the
page.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from html import unescape
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, final

from turbohtml import Element, Text, parse, tokenize

from extractor.blocks.area import find_outside_headings, iter_areas
from extractor.blocks.builder import INLINE, BlockBuilder
from extractor.blocks.document import Document, UnplacedError
from extractor.blocks.hidden import BREAKS, CONTENT, MAY_HIDE, SILENT, VOID, is_silent
from extractor.blocks.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turbohtml import Node

    from extractor.blocks.document import Box, Ranges
    from extractor.blocks.text import Source

_KINDS: Final[dict[str, Literal["nothing", "break", "inline", "content", "asked"]]] = {
    **dict.fromkeys((*SILENT, *VOID), "nothing"),
    **dict.fromkeys(BREAKS, "break"),
    **dict.fromkeys(INLINE, "inline"),
    **dict.fromkeys(CONTENT, "content"),
    **dict.fromkeys(("header", "footer", "dialog"), "asked"),
}
"""What an element is to the reader; any other is a box."""
_TAG: Final = re.compile("<[^<>]*+>")
_PAIR: Final = re.compile("\r\n")
_LINE_END: Final = re.compile("\r\n?|\n")
_TEXT: Final = 0
"""The type of a token of text."""

_Token = tuple[str, int, int]


def read_markup(source: Source, *, is_narrow: bool = True) -> Document | None:
    """The document of a page, whose area ``area`` says; None where it has none."""
    text = source.read(0, len(source.text))
    tree = parse(text, source_locations=True, scripting=True)
    reader = _AreaReader(source, text)
    area = None
    for area in iter_areas(tree, lambda one: len(one.text), is_narrow=is_narrow):
        document = reader.read(area)
        if document.blocks:
            return document if document.has_heading else replace(document, outside=_read_outside(reader, tree, area))
    return reader.read(area, is_hidden=True) if area is not None else None


def _read_outside(reader: _AreaReader, tree: Node, area: Element) -> tuple[SourceText, ...]:
    """The texts of headings outside the content area."""
    documents = [reader.read(one) for one in find_outside_headings(tree, area)]
    read = [SourceText.join(" ", [block.text for block in document.blocks]) for document in documents]
    return tuple(heading for heading in read if heading)


@final
class _AreaReader:
    """Gives the tree below an area to a builder as events, without recursion."""

    def __init__(self, source: Source, text: str) -> None:
        self._source = source
        self._places = _TokenPlaces(text)
        self._hiding: frozenset[Element] = frozenset()
        self._within = 0
        """How many elements are open whose header and footer are content."""

    def read(self, area: Element, *, is_hidden: bool = False) -> Document:
        """The blocks below ``area``; ``is_hidden`` where all of it is hidden until a program shows it."""
        builder = BlockBuilder(self._source, self._places)
        self._hiding = frozenset() if is_hidden else frozenset(area.select(MAY_HIDE))
        self._within = int(area.tag in CONTENT)
        builder.open(area.tag, area)
        pending: list[tuple[str, Iterator[Node]]] = [(area.tag, iter(area.children))]
        while pending:
            tag, children = pending[-1]
            for node in children:
                if type(node) is Text:
                    data = node.data
                    if builder.has_text or not data.isspace():
                        builder.put_text(data, node)
                elif type(node) is Element and (inner := self._open(builder, node)):
                    pending.append((inner, iter(node.children)))
                    break
            else:
                pending.pop()
                if tag in INLINE:
                    builder.close_inline(tag)
                else:
                    self._within -= tag in CONTENT
                    builder.close()
        return builder.finish()

    def _open(self, builder: BlockBuilder, element: Element) -> str | None:
        """Begin an element and give its tag; None where nothing of it is read."""
        tag = element.tag
        kind = _KINDS.get(tag)
        if kind == "nothing":
            return None
        if kind == "break":
            builder.put_break()
            return None
        if (kind == "asked" or (self._hiding and element in self._hiding)) and _is_left_out(element, tag, self._within):
            return None
        if kind == "inline":
            builder.open_inline(tag, self._places.find_start(element) if tag == "time" else 0)
        else:
            self._within += kind == "content"
            builder.open(tag, element)
        return tag


def _is_left_out(element: Element, tag: str, within: int) -> bool:
    if tag == "header" and not within:
        return element.find("h1") is None
    return is_silent(tag, element.attrs, is_within=within > 0)


@final
class _TokenPlaces:
    """The places of text nodes, by the tokens of the markup of the box they are in."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pairs = [found.start() - i for i, found in enumerate(_PAIR.finditer(text))] if "\r\n" in text else []
        """Where two characters end a line that turbohtml counts as one, by its count."""
        self._known: dict[Element, dict[Any, Ranges]] = {}

    def _restore(self, offset: int) -> int:
        """An offset of turbohtml's as one of the text."""
        return offset + bisect_right(self._pairs, offset - 1) if self._pairs else offset

    def find_start(self, element: Element) -> int:
        """Where an element begins; 0 for one that the markup only implies."""
        location = element.source_location
        return self._restore(location.start_tag.start_offset) if location is not None else 0

    def find_ranges(self, box: Box, nodes: Sequence[Any]) -> list[Ranges]:
        element: Element = box.element
        known = self._known.get(element)
        if known is None:
            try:
                known = self._place(element)
            except UnplacedError:
                known = {}
            self._known[element] = known
        return [known[node] if node in known else self._place_alone(node) for node in nodes]

    def _place(self, element: Element) -> dict[Any, Ranges]:
        """The ranges of all text nodes below an element; ``UnplacedError`` where tree and tokens differ."""
        texts = [node for node in element.descendants if type(node) is Text]
        location = element.source_location
        first, last = 0, len(self._text)
        if location is not None:
            first = self._restore(location.start_tag.end_offset)
            if location.end_tag is not None and element.tag != "body":  # what follows a body's end is still put into it
                last = self._restore(location.end_tag.start_offset)
        elif element.parent is not None and type(element.parent) is Element:
            return self._place(element.parent)
        return self._place_simple(texts, first, last) or _set_side_by_side(texts, self._read_tokens(first, last))

    def _place_alone(self, node: Text) -> Ranges:
        """The range of a text between two tags whose places are known."""
        before, after, around = node.previous_sibling, node.next_sibling, node.parent
        start = _find_edge(before, around, is_start=True)
        stop = _find_edge(after, around, is_start=False)
        found = self._place_simple([node], self._restore(start), self._restore(stop))
        if found is None:
            raise UnplacedError
        return found[node]

    def _place_simple(self, texts: Sequence[Text], first: int, last: int) -> dict[Any, Ranges] | None:
        """The same where each text is what stands between two tags; None where one is not."""
        text = self._text
        places: dict[Any, Ranges] = {}
        at = first
        remaining = iter(texts)
        for tag in chain(_TAG.finditer(text, first, last), (None,)):
            stop = tag.start() if tag is not None else last
            if at < stop:
                node = next(remaining, None)
                raw = text[at:stop]
                if node is None or (node.data != raw and node.data != unescape(raw)):
                    return None
                places[node] = [(at, stop)]
            at = tag.end() if tag is not None else last
        return places if next(remaining, None) is None else None

    def _read_tokens(self, first: int, last: int) -> list[_Token]:
        """The texts of a stretch of markup, each with its range."""
        stretch = self._text[first:last]
        starts = [0, *[found.end() for found in _LINE_END.finditer(stretch)]]
        tokens: list[_Token] = []
        data: str | None = None
        begun = 0
        for token in tokenize(stretch, capture_attributes=False):
            place = first + starts[token.line - 1] + token.col
            if data is not None:
                tokens.append((data, begun, place))
                data = None
            if token.type == _TEXT:
                data, begun = token.data or "", place
        if data is not None:
            tokens.append((data, begun, last))
        return tokens


def _find_edge(sibling: Node | None, around: Node | None, *, is_start: bool) -> int:
    """Where the tag before a text ends, or the one after it starts: a sibling's, else that of the element around it."""
    beside = sibling if sibling is not None else around
    location = beside.source_location if type(beside) is Element else None
    if location is None:
        raise UnplacedError
    tag = location.end_tag if (sibling is None) != is_start else location.start_tag
    if tag is None and is_start and isinstance(beside, Element) and beside.tag in {*VOID, *BREAKS}:
        tag = location.start_tag
    if tag is None:
        raise UnplacedError
    return tag.end_offset if is_start else tag.start_offset


def _set_side_by_side(texts: Sequence[Text], tokens: Sequence[_Token]) -> dict[Any, Ranges]:
    places: dict[Any, Ranges] = {}
    at = 0
    for node in texts:
        data = node.data
        if at < len(tokens) and tokens[at][0] == data:
            places[node] = [tokens[at][1:]]
            at += 1
        else:
            places[node], at = _take_parts(data, tokens, at)
    return places


def _take_parts(data: str, tokens: Sequence[_Token], at: int) -> tuple[Ranges, int]:
    """The ranges of a text that the tree joined of several, or left blanks out of; and the token after them."""
    is_blank = data.isspace()
    while not is_blank and at < len(tokens) and tokens[at][0].isspace() and not _joins(tokens, at, data):
        at += 1
    ranges: Ranges = []
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
                    raise UnplacedError
        ranges.append((start, end))
        rest = rest[len(found) :]
        at += 1
    if rest:
        raise UnplacedError
    return ranges, at


def _joins(tokens: Sequence[_Token], at: int, data: str) -> bool:
    """Whether a blank text and the next one are the beginning of one."""
    joined = tokens[at][0] + (tokens[at + 1][0] if at + 1 < len(tokens) else "")
    return data.startswith(joined)
