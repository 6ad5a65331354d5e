"""The content of an HTML page as blocks, from the tree that a browser would build: whatever state its markup is in.

Belongs here: the area of a page that is its content, turbohtml's tree and what its head states; no other but ``places``
knows that.
Does not belong here: what an element or a block means (``hidden``, ``roles``), BeautifulSoup (``reference``).

turbohtml builds the tree of the HTML standard and states where each tag is, but not where text is: ``places`` finds
that, where it is asked for. Where it cannot be proved, ``reference`` reads the page.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final, final

from turbohtml import Element, Text, parse

from extractor.blocks.builder import AreaReader
from extractor.blocks.document import Document
from extractor.blocks.places import TokenPlaces
from extractor.blocks.source import Source
from extractor.blocks.text import SourceText

_STATING: Final = "meta,title,link[rel*=canonical i],link[rel*=alternate i]"
_LINKED_DATA: Final = "script[type*='ld+json' i]"


@final
class Markup:
    """The markup of a page, parsed once: its content area as blocks, and what its head states."""

    def __init__(self, source: Source) -> None:
        self.source = source
        # turbohtml counts a pair of line ends as one character; so every place is the source's own.
        text = source.read(0, len(source.text))
        text = text.replace("\r\n", " \n") if "\r" in text else text
        self._tree = parse(text, source_locations=True, scripting=True)
        self._places = TokenPlaces(text)
        self._reader = AreaReader(source, self._places, Text, Element)

    def read_document(self, keeps_all: Callable[[str], bool] | None = None) -> Document | None:
        """The blocks of the page, whose area ``area`` says; None where it has none."""
        area = None
        for area in iter_areas(self._tree, attrgetter("text"), keeps_all):
            document = self._reader.read(area, area.tag)
            if document.blocks:
                return document if document.has_heading else replace(document, outside=self._read_outside(area))
        return self._reader.read(area, area.tag, hides=False) if area is not None else None

    def _read_outside(self, area: Element) -> tuple[SourceText, ...]:
        """The texts of headings outside the content area."""
        documents = [self._reader.read(one, one.tag) for one in find_outside_headings(self._tree, area)]
        read = [SourceText.join(" ", [block.text for block in document.blocks]) for document in documents]
        return tuple(heading for heading in read if heading)

    def iter_head(self) -> Iterator[Stated]:
        """The page's ``html`` element, then the elements of its head that state something."""
        root, head = self._tree.find("html"), self._tree.find("head")
        stating = [one for one in head.select(_STATING) if one.parent == head] if head is not None else []
        for element in (*([root] if root is not None else ()), *stating):
            yield Stated(element, self.source, self._places)

    def iter_linked_data(self) -> Iterator[tuple[int, int]]:
        """The range of what each script of JSON-LD holds."""
        for script in self._tree.select(_LINKED_DATA):
            if (found := self._places.find_stated(script, None)) is not None:
                yield found

    def iter_named(self, selector: str) -> Iterator[int]:
        """Where each element begins that a selector of CSS names, in page order."""
        return map(self._places.find_start, self._tree.select(selector))

    def find_headings(self) -> list[int]:
        """Where the ``h1`` elements begin."""
        return [self._places.find_start(one) for one in self._tree.find_all("h1")]


@final
class Stated:
    """An element of the head: its attributes as they read, and the texts of one or of itself with their places."""

    def __init__(self, element: Element, source: Source, places: TokenPlaces) -> None:
        self.tag = element.tag
        self._element = element
        self._source = source
        self._places = places

    def read(self, name: str) -> str | None:
        """An attribute without blanks around it; None where it is not there or empty."""
        return (self._element.attr(name) or "").strip() or None

    def find_text(self, name: str | None = None) -> SourceText | None:
        """What an attribute states, or (without a name) what the element holds; None for nothing."""
        found = self._places.find_stated(self._element, name)
        return (SourceText.from_markup(self._source, [found]) or None) if found is not None else None


MAX_OUTSIDE: Final = 20
"""So many headings outside the content area are looked at."""

_MAX_HEADINGS: Final = 3
_MOST: Final = 0.75


def iter_areas(tree: Any, read: Callable[[Any], str], keeps_all: Callable[[str], bool] | None) -> Iterator[Any]:
    """The content area of a page, then those to try where it shows nothing: the only ``main``, the body, the page.

    ``tree`` is what turbohtml or BeautifulSoup made of the page; ``read`` gives the text of an element of it. The
    smallest element around a heading that holds most of the area's paragraphs is taken, unless the area's text is one
    that ``keeps_all``: of a project, whose fields may be anywhere.
    """
    mains = tree.find_all("main")  # its parser keeps them by tag: a limit would have it search
    body = tree.find("body")
    areas = [*(mains if len(mains) == 1 else ()), *((body,) if body is not None else ())]
    for area in areas:
        narrow = _narrow(area, read)
        yield area if narrow is not area and keeps_all and keeps_all(read(area)) else narrow


def _narrow(area: Any, read: Callable[[Any], str]) -> Any:
    """The smallest element of an area around one of its first headings that holds most of its paragraphs."""

    def measure_paragraphs(element: Any) -> int:
        return sum([lengths[one] for one in element.find_all("p")])

    headings = area.find_all("h1")[:_MAX_HEADINGS]
    lengths = {one: len(read(one)) for one in area.find_all("p")} if headings else {}
    least = _MOST * measure_paragraphs(area) if lengths else 0  # equal paragraphs are one key, but each counts
    if not least:
        return area
    found = []
    for heading in headings:
        around, element = [], heading
        while element is not area and element is not None:
            around.append(element)
            element = element.parent
        at = bisect_left(around, least, key=measure_paragraphs)  # the further out, the more of them
        found += around[at : at + 1]
    return min(found, key=lambda one: len(read(one))) if len(found) > 1 else found[0] if found else area


def find_outside_headings(tree: Any, area: Any) -> list[Any]:
    """The ``h1`` elements of a page that are not in its content area."""
    inside = area.find_all("h1")[:MAX_OUTSIDE]
    return [one for one in tree.find_all("h1")[:MAX_OUTSIDE] if not any(one is other for other in inside)]
