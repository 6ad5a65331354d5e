"""The content of an HTML page as blocks, from the tree that a browser would build: whatever state its markup is in.

Belongs here: the way from turbohtml's tree to blocks, and what the head states; no other but ``places`` knows it.
Does not belong here: what an element or a block means (``hidden``, ``roles``), BeautifulSoup (``reference``).

turbohtml builds the tree of the HTML standard and states where each tag is, but not where text is: ``places`` finds
that, where it is asked for. Where it cannot be proved, ``reference`` reads the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, Literal, final

from turbohtml import Element, Node, Text, parse

from extractor.blocks.builder import (
    BREAKS,
    CONTENT,
    INLINE,
    MAY_HIDE,
    SILENT,
    VOID,
    BlockBuilder,
    find_outside_headings,
    is_silent,
    iter_areas,
)
from extractor.blocks.document import Document
from extractor.blocks.places import TokenPlaces
from extractor.blocks.source import Source
from extractor.blocks.text import SourceText

_Kind = Literal["nothing", "break", "inline", "content", "asked"]
_KINDS: Final[dict[str, _Kind]] = {
    **dict.fromkeys((*SILENT, *VOID), "nothing"),
    **dict.fromkeys(BREAKS, "break"),
    **dict.fromkeys(INLINE, "inline"),
    **dict.fromkeys(CONTENT, "content"),
    **dict.fromkeys(("header", "footer", "dialog"), "asked"),
}
"""What an element is to the reader; any other is a box."""
_STATING: Final = "meta,title,link[rel*=canonical i],link[rel*=alternate i]"
_LINKED_DATA: Final = "ld+json"


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
        self._reader = _AreaReader(source, self._places)

    def read_document(self, keeps_all: Callable[[str], bool] | None = None) -> Document | None:
        """The blocks of the page, whose area ``area`` says; None where it has none."""
        area = None
        for area in iter_areas(self._tree, _read_text, keeps_all):
            document = self._reader.read(area)
            if document.blocks:
                return document if document.has_heading else replace(document, outside=self._read_outside(area))
        return self._reader.read(area, is_hidden=True) if area is not None else None

    def _read_outside(self, area: Element) -> tuple[SourceText, ...]:
        """The texts of headings outside the content area."""
        documents = [self._reader.read(one) for one in find_outside_headings(self._tree, area)]
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
        for script in self._tree.find_all("script"):
            if _LINKED_DATA in (script.attr("type") or "").lower():
                found = self._places.find_stated(script, None)
                if found is not None:
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


def _read_text(element: Element) -> str:
    return element.text


@final
class _AreaReader:
    """Gives the tree below an area to a builder as events, without recursion."""

    def __init__(self, source: Source, places: TokenPlaces) -> None:
        self._source = source
        self._places = places
        self._within = 0
        """How many elements are open whose header and footer are content."""

    def read(self, area: Element, *, is_hidden: bool = False) -> Document:  # noqa: PLR0912 - no call for each element
        """The blocks below ``area``; ``is_hidden`` where all of it is hidden until a program shows it."""
        builder = BlockBuilder(self._source, self._places)
        hiding = frozenset() if is_hidden else frozenset(area.select(MAY_HIDE))
        self._within = int(area.tag in CONTENT)
        builder.open(area.tag, area)
        tag, kind, children = area.tag, _KINDS.get(area.tag), iter(area.children)
        pending: list[tuple[str, _Kind | None, Iterator[Node]]] = []
        while True:
            for node in children:
                if type(node) is Text:
                    data = node.data
                    if builder.has_text or not data.isspace():
                        builder.put_text(data, node)
                    continue
                if type(node) is not Element:
                    continue
                inner = node.tag
                inner_kind = _KINDS.get(inner)
                if inner_kind == "nothing":
                    continue
                if inner_kind == "break":
                    builder.put_break()
                    continue
                if (inner_kind == "asked" or (hiding and node in hiding)) and self._leaves_out(node, inner):
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

    def _leaves_out(self, element: Element, tag: str) -> bool:
        if tag == "header" and not self._within:
            return element.find("h1") is None
        return is_silent(tag, element.attrs, is_within=self._within > 0)
