"""The whole of an HTML page, read with BeautifulSoup: whatever state its markup is in.

Belongs here: a tree whose tags and strings know where they stand, and its content area as blocks.
Does not belong here: cutting clean markup from the text (``region``), which gives the same document faster.

``html.parser`` is the only builder that can tell exact places; BeautifulSoup keeps them for tags alone, so the builder
here keeps them for strings too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import unescape
from typing import Any, Final, cast, final

from bs4 import BeautifulSoup
from bs4.builder._htmlparser import BeautifulSoupHTMLParser, HTMLParserTreeBuilder
from bs4.element import NavigableString, ProcessingInstruction, Tag
from bs4.exceptions import ParserRejectedMarkup

from extractor.blocks.builder import AreaReader
from extractor.blocks.document import Box, Document, Ranges
from extractor.blocks.markup import find_outside_headings, iter_areas
from extractor.blocks.source import Source
from extractor.blocks.text import SourceText

# html.parser searches to the end of the page for the end of each of these. More of them than a page can have would
# make it read the page over and over: CVE-2025-6069 and its relatives.
_DECLARATION: Final = re.compile(r"<[!?]")
_MAX_DECLARATIONS: Final = 2000
_UNCLOSED: Final = re.compile(r"<[a-zA-Z/!?]")
_MAX_TAGS: Final = 60_000


class PlacedString(NavigableString):
    """A string of the tree with its range in the text that was parsed, as it stands there."""

    start: int = 0
    end: int = 0
    data: str = ""
    """What it reads, references decoded."""


class _NamedTag(Tag):
    """A tag that is asked for its name and attributes as those of the other tree are."""

    @property
    def tag(self) -> str:
        """Its name."""
        return self.name

    def attr(self, name: str) -> str | None:
        """An attribute as it is written; None where it is not there."""
        value = self.get(name)
        return None if value is None else str(value)


class _PlacingParser(BeautifulSoupHTMLParser):
    """Keeps the place of what is being handled, counted from the start of the text instead of by lines."""

    text = ""
    """All that is parsed."""
    base = 0
    """How much of the text ``feed`` has used up: what is left is counted from 0 again."""
    _place = 0
    _text_start = 0

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002 - the signature is html.parser's
        """Called by ``html.parser`` whenever it moves on from ``i`` to ``j``."""
        self._place = self.base + j
        return j

    def getpos(self) -> tuple[int, int]:
        """Line 0 and the place in the text: what BeautifulSoup stores as ``sourcepos``."""
        return 0, self._place

    def handle_data(self, data: str) -> None:
        if not self.soup.current_data:
            self._text_start = self._place
        super().handle_data(data)

    def handle_pi(self, data: str) -> None:
        """An instruction is kept as one; unlike in BeautifulSoup it raises no warning that the page may be XML."""
        self.soup.endData()
        self.soup.handle_data(data)
        self.soup.endData(ProcessingInstruction)

    def make_string(self, value: str) -> PlacedString:
        """The string that ends where the parser stands."""
        string = PlacedString(value)
        string.start, string.end = self._text_start, self._place
        string.data = unescape(self.text[self._text_start : self._place])
        return string


class _PlacingBuilder(HTMLParserTreeBuilder):
    """The ``html.parser`` builder of BeautifulSoup with a parser that keeps places."""

    def feed(self, markup: Any, _parser_class: type[BeautifulSoupHTMLParser] = _PlacingParser) -> None:
        soup = cast("BeautifulSoup", self.soup)
        parser = _PlacingParser(soup, convert_charrefs=False, on_duplicate_attribute="ignore")
        soup.element_classes = {NavigableString: cast("type[NavigableString]", parser.make_string), Tag: _NamedTag}
        try:
            parser.text = markup
            parser.feed(markup)
            parser.base = len(markup) - len(parser.rawdata)
            parser.close()
        except AssertionError as error:
            raise ParserRejectedMarkup(error) from error
        parser.already_closed_empty_element = []


@final
class _KnownPlaces:
    """Strings that know their places: a range each."""

    def find_ranges(self, box: Box, nodes: Sequence[Any]) -> list[Ranges]:  # noqa: ARG002 - asked for by any box
        return [[(node.start, node.end)] for node in nodes]

    def find_start(self, element: Any) -> int:
        """Where a tag begins."""
        return element.sourcepos or 0


def read_whole(source: Source, keeps_all: Callable[[str], bool] | None = None) -> Document | None:
    """The document of any page; None where the markup cannot be parsed at all."""
    soup = parse_markup(source.read(0, len(source.text)))
    if soup is None:
        return None
    reader = AreaReader(source, _KnownPlaces(), PlacedString, _NamedTag)
    document = None
    for area in iter_areas(soup, _read_text, keeps_all):
        document = reader.read(area, area.name)
        if document.blocks:
            if document.has_heading:
                return document
            read = [reader.read(one, one.name).blocks for one in find_outside_headings(soup, area)]
            outside = [SourceText.join(" ", [block.text for block in blocks]) for blocks in read]
            return replace(document, outside=tuple(text for text in outside if text))
    return reader.read(soup, soup.name) if document is None else document


def _read_text(tag: Tag) -> str:
    return "".join([one for one in tag.descendants if isinstance(one, PlacedString)])


def parse_markup(text: str) -> BeautifulSoup | None:
    """The tree of a page with places in ``sourcepos`` and ``PlacedString``; None where it cannot be parsed."""
    if len(_DECLARATION.findall(text)) > _MAX_DECLARATIONS or text.count("<") > _MAX_TAGS:
        return None
    # An unclosed comment swallows the rest of the page (HTML standard, 13.2.5.45); html.parser shows it as text. So
    # does an unclosed tag, which html.parser reads anew from each "<" on.
    end = text.find("<!--", text.rfind("-->") + 1)
    end = len(text) if end < 0 else end
    unclosed = _UNCLOSED.search(text, text.rfind(">", 0, end) + 1, end)
    try:
        builder = _PlacingBuilder(multi_valued_attributes=None)
        return BeautifulSoup(text[: unclosed.start() if unclosed else end], builder=builder)
    except ParserRejectedMarkup:
        return None
