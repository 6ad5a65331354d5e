"""The content of an HTML page, cut from its text: the fast way, taken only where it is safe.

Belongs here: finding the content area in the text, and reading clean markup straight into blocks.
Does not belong here: markup that is not clean. Wherever a doubt arises (tags that do not nest, a stray ``<``, a
comment or an attribute that may hide the area's edge) ``read_region`` gives None, and ``markup`` reads the whole page
with BeautifulSoup: slower, with an equal result where both can read it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from bs4.builder import HTMLTreeBuilder

from extractor.blocks.document import BlockBuilder, Document
from extractor.blocks.hidden import BREAKS, CONTENT, is_silent_tag
from extractor.blocks.text import SourceText

if TYPE_CHECKING:
    from extractor.blocks.text import Source

VOID: Final = frozenset(HTMLTreeBuilder.DEFAULT_EMPTY_ELEMENT_TAGS or ())
"""Elements that have no end tag, as BeautifulSoup knows them."""

_RAW: Final = frozenset(["script", "style"])

# Text, then a tag or comment. Possessive, so that text that does not match fails at once.
_TOKEN: Final = re.compile(
    r"""[^<]*+<(?:
        /([a-z][a-z0-9-]*+)\s*+>
      | ([a-z][a-z0-9-]*+)(?=[\s/>])((?:[^"'<>]++|"[^"<]*+"|'[^'<]*+')*+)>
      | !--(?!>|->)(?:[^-]++|-(?!-!?>))*+-->
    )""",
    re.VERBOSE,
)
MAX_OUTSIDE: Final = 20
"""So many headings outside the content area are looked at."""

_HIDING: Final = re.compile(r"<(?:!--|!\[CDATA\[|script|style|svg|title|template|textarea|noscript|iframe)")
_HIDING_OR_MAIN: Final = re.compile(_HIDING.pattern[:-1] + "|main)")
_HIDING_ENDS: Final = {"<!--": "-->", "<![CDATA[": "]]>"}
_BALANCED: Final = ("div", "ul", "li", "section", "article", "p")


def read_region(source: Source) -> Document | None:
    """The document of a page whose content area can be cut safely; None where the whole page must be read."""
    text = source.text
    start = find_main(text)
    if start is not None:
        builder = BlockBuilder(source)
        after = _read_element(builder, start)
        document = builder.finish()
        if after is None or not document.blocks:
            return None
        titles = () if document.has_heading else _read_outside_titles(source, start, after)
        return replace(document, outside=titles) if titles is not None else None
    start = text.find("<body")
    if start < 0 or "<main" in text or "<MAIN" in text or not is_in_the_open(text, start):
        return None
    builder = BlockBuilder(source)
    return builder.finish() if _read_element(builder, start) is not None else None


def find_main(text: str) -> int | None:
    """Where the page's only ``main`` element starts; None unless it is surely the only one."""
    opened: dict[str, int] = {}
    for found in _HIDING_OR_MAIN.finditer(text):
        if found.group() == "<main":
            start = found.start()
            break
        opened[found.group()] = found.end()
    else:
        return None
    if text[start + 5 : start + 6] not in {" ", ">", "\n", "\t"} or text.find("<main", start + 5) >= 0:
        return None
    return start if _is_shown(text, start, opened) else None


def is_in_the_open(text: str, at: int) -> bool:
    """Whether a tag at ``at`` stands in no comment, no script, no attribute and no other tag.

    >>> is_in_the_open('<p title="<main>">', 10), is_in_the_open('<p title="x"><main>', 13)
    (False, True)
    """
    return _is_shown(text, at, {found.group(): found.end() for found in _HIDING.finditer(text, 0, at)})


def _is_shown(text: str, at: int, opened: dict[str, int]) -> bool:
    """The same, with where the last of each thing that hides markup began before ``at``."""
    for opening, hiding in opened.items():
        if text.find(_HIDING_ENDS.get(opening) or f"</{opening[1:]}", hiding, at) < 0:
            return False
    if text.rfind("<", 0, at) > text.rfind(">", 0, at) or text[at - 1 : at] == "=":
        return False
    for quote in "\"'":
        quoted = text.rfind(quote, 0, at)
        if quoted > 0 and text[max(0, quoted - 8) : quoted].rstrip().endswith("="):
            return False
    return True


def _read_element(builder: BlockBuilder, start: int) -> int | None:
    """Read the clean markup of the element that starts at ``start``; gives where it ends, None if it is not clean."""
    reader = _CleanReader(builder)
    text, match, at = builder.source.text, _TOKEN.match, start
    while (token := match(text, at)) is not None:
        closing, opening, attributes = token.groups()
        tag_start = at
        if not reader.muted_at:
            tag_start = text.index("<", at)
            if tag_start > at:
                builder.put_text(at, tag_start)
        at = token.end()
        if closing is not None:
            if not reader.close(closing):
                return None
            if not reader.open_tags:
                return at
        elif opening is not None:
            at = reader.open(opening, attributes, tag_start, at)
            if at < 0:
                return None
    return None


@final
class _CleanReader:
    """Gives clean tags to a builder, but for those of silent elements."""

    __slots__ = ("_ahead", "builder", "muted_at", "n_within", "open_tags")

    def __init__(self, builder: BlockBuilder) -> None:
        self.builder = builder
        self._ahead: dict[str, int] = {}
        self.open_tags: list[str] = []
        self.muted_at = 0
        """How many elements were open, with it, when a silent one began; 0 outside silent elements."""
        self.n_within = 0

    def close(self, tag: str) -> bool:
        """An end tag; False where it does not end the element opened last."""
        if not self.open_tags or self.open_tags.pop() != tag:
            return False
        self.n_within -= tag in CONTENT
        if not self.muted_at:
            self.builder.close(tag)
        elif len(self.open_tags) < self.muted_at:
            self.muted_at = 0
        return True

    def open(self, tag: str, attributes: str, tag_start: int, at: int) -> int:
        """A start tag from ``tag_start`` to ``at``; gives where to go on, -1 where it is not clean."""
        if tag in VOID:
            if tag in BREAKS and not self.muted_at:
                self.builder.put_break()
            return at
        if tag in _RAW:
            return _find_raw_end(self.builder.source.text, tag, at)
        if attributes[-1:] == "/":
            return -1
        if not self.muted_at:
            if self.open_tags and self._is_silent(tag, attributes, at):
                silent_end = self._find_silent_end(tag, at)
                if silent_end is not None:
                    return silent_end
                self.muted_at = len(self.open_tags) + 1
            else:
                self.builder.open(tag, tag_start)
        self.open_tags.append(tag)
        self.n_within += tag in CONTENT
        return at

    def _is_silent(self, tag: str, attributes: str, at: int) -> bool:
        if tag == "header" and not self.n_within:
            title = self._find("<h1", at)
            return not 0 <= title < self._find("</header", at)
        return is_silent_tag(tag, attributes, is_within=self.n_within > 0)

    def _find(self, what: str, at: int) -> int:
        """Where ``what`` stands next, -1 for nowhere: asked from ever later places, the text is searched once."""
        found = self._ahead.get(what, 0)
        if 0 <= found < at or what not in self._ahead:
            found = self._ahead[what] = self.builder.source.text.find(what, at)
        return found

    def _find_silent_end(self, tag: str, at: int) -> int | None:
        """Where a silent element whose content begins at ``at`` ends, if that needs no reading of what it holds."""
        text, end_tag = self.builder.source.text, f"</{tag}>"
        end = self._find(end_tag, at)
        if end < 0 or text.find(f"<{tag}", at, end) >= 0:
            return None
        inner = text[at:end]
        if "<!--" in inner or "<script" in inner or "<style" in inner:
            return None
        if any(inner.count(f"<{one}") != inner.count(f"</{one}") for one in _BALANCED):
            return None
        return end + len(end_tag)


def _find_raw_end(text: str, tag: str, at: int) -> int:
    """Where a script or style whose content begins at ``at`` ends; -1 where an odd end tag may end it sooner."""
    end_tag = f"</{tag}"
    end = text.find(end_tag, at)
    after = end + len(end_tag)
    return after + 1 if end >= 0 and text[after : after + 1] == ">" and "</S" not in text[at:end] else -1


def _read_outside_titles(source: Source, start: int, end: int) -> tuple[SourceText, ...] | None:
    """The texts of ``h1`` elements before ``start`` and after ``end``; None where one is not clean, or too many."""
    text = source.text
    if text.count("<h1") > MAX_OUTSIDE:
        return None
    titles: list[SourceText] = []
    for first, last in ((0, start), (end, len(text))):
        at = text.find("<h1", first, last)
        while at >= 0:
            if is_in_the_open(text, at):
                builder = BlockBuilder(source)
                after = _read_element(builder, at)
                if after is None or after > last:
                    return None
                titles.append(SourceText.join(" ", [block.text for block in builder.finish().blocks]))
                at = after - 3
            at = text.find("<h1", at + 3, last)
    return tuple(title for title in titles if title)
