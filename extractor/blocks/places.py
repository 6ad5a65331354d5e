"""Where the texts of turbohtml's tree are in the source of their page.

Belongs here: finding places, and proving them. Does not belong here: what is read of the tree (``markup``).

turbohtml states where each tag is, but not where text is. A text is put in its place, when that is asked for, by
reading the markup of its box as tokens, which do have places, and setting the two side by side: they are the same texts
in the same order wherever the tree moved none. Where it did (text inside a ``table``, but in no cell), or the two
differ in anything else, the place is not proved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from itertools import accumulate, chain
from typing import Any, Final, final

from turbohtml import Element, Node, Text, tokenize

from extractor.blocks.builder import BREAKS, VOID
from extractor.blocks.document import Box, Ranges, UnplacedError

_STATED: Final = re.compile(r"""[^\s=]+\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""")
"""An attribute with its value."""
_TAG: Final = re.compile("<[^<>]*+>")
_TEXT: Final = 0
"""The type of a token of text."""

_Token = tuple[str, int, int]


@final
class TokenPlaces:
    """The places of text nodes, by the tokens of the markup of the box they are in."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[Element, dict[Any, Ranges]] = {}

    def find_stated(self, element: Element, name: str | None) -> tuple[int, int] | None:
        """The range of an attribute's value, or of what an element without children holds; None where it is unknown."""
        location = element.source_location
        if location is None:
            return None
        if name is None:
            if location.end_tag is None:
                return None
            return location.start_tag.end_offset, location.end_tag.start_offset
        span = location.attrs.get(name)
        stated = _STATED.match(self._text, span.start_offset) if span is not None else None
        return stated.span(stated.lastindex) if stated is not None and stated.lastindex else None

    def find_start(self, element: Element) -> int:
        """Where an element begins; 0 for one that the markup only implies."""
        location = element.source_location
        return location.start_tag.start_offset if location is not None else 0

    def find_ranges(self, box: Box, nodes: Sequence[Any]) -> list[Ranges]:
        """The ranges of each text node of a box; ``UnplacedError`` where they cannot be proved."""
        element: Element = box.element
        if len(nodes) == 1 and (only := self._place_only(element, nodes[0])) is not None:
            return [[only]]
        known = self._known.get(element)
        if known is None:
            try:
                known = self._place(element)
            except UnplacedError:
                known = {}
            self._known[element] = known
        return [known[node] if node in known else self._place_alone(node) for node in nodes]

    def _place_only(self, element: Element, node: Text) -> tuple[int, int] | None:
        """The range of a text that is all that its element holds; None where it is not, or that is not certain."""
        location = element.source_location
        if location is None or location.end_tag is None or element.tag == "body":
            return None
        first, last = location.start_tag.end_offset, location.end_tag.start_offset
        raw = self._text[first:last]
        return (first, last) if "<" not in raw and _reads(node, raw) else None

    def _place(self, element: Element) -> dict[Any, Ranges]:
        """The ranges of all text nodes below an element; ``UnplacedError`` where tree and tokens differ."""
        texts = [node for node in element.descendants if type(node) is Text]
        location = element.source_location
        first, last = 0, len(self._text)
        if location is not None:
            first = location.start_tag.end_offset
            if location.end_tag is not None and element.tag != "body":  # what follows a body's end is still put into it
                last = location.end_tag.start_offset
        elif element.parent is not None and type(element.parent) is Element:
            return self._place(element.parent)
        return self._place_simple(texts, first, last) or _set_side_by_side(texts, self._read_tokens(first, last))

    def _place_alone(self, node: Text) -> Ranges:
        """The range of a text between two tags whose places are known."""
        before, after, around = node.previous_sibling, node.next_sibling, node.parent
        start = _find_edge(before, around, is_start=True)
        stop = _find_edge(after, around, is_start=False)
        found = self._place_simple([node], start, stop)
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
                if node is None or not _reads(node, text[at:stop]):
                    return None
                places[node] = [(at, stop)]
            at = tag.end() if tag is not None else last
        return places if next(remaining, None) is None else None

    def _read_tokens(self, first: int, last: int) -> list[_Token]:
        """The texts of a stretch of markup, each with its range."""
        stretch = self._text[first:last]
        starts = [0, *accumulate([len(line) + 1 for line in stretch.replace("\r", "\n").split("\n")])]
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


def _reads(node: Text, raw: str) -> bool:
    """Whether a text of the tree is what a stretch of the source says."""
    data = node.data
    return data == raw or ("&" in raw and data == unescape(raw))


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
