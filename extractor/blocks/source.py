"""A decoded payload, and the way from its characters back to the archived bytes.

Belongs here: offsets in a charset, through references and folded whitespace too; how long what is made of a payload is
kept. Does not belong here: choosing the charset (``contracts.charset``), texts (``text``).
"""

from __future__ import annotations

import codecs
import gc
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import unescape
from typing import Final, final

from contracts.charset import decode_page

_STRIDE: Final = 2048
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# A character reference as html.unescape finds them (which lets some end in whitespace; here none does, and the rest is
# then read as what it is), or whitespace that folding changes.
_IRREGULAR: Final = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\s<&#;]{1,32};?)|\s{2,}|[^\S ]")
_IRREGULAR_SPACE: Final = re.compile(r"\s{2,}|[^\S ]")

Ranges = Sequence[tuple[int, int]]
Segment = tuple[int, int, int, bool]
"""Start in the value, start and end in the source's text, and whether the characters are the same one for one."""


@final
class Source:
    """A decoded stretch of a payload, and the way from its characters back to bytes.

    ``text`` must encode back to the very bytes it was decoded from (with the ``errors`` handler given); bytes that
    the charset has no character for stand in it as lone surrogates, which ``is_exact`` says it has none of.

    >>> Source("a–b", encoding="utf-8", base=100).find_byte(2)
    104
    """

    __slots__ = ("_encoding", "_errors", "_identical", "_marks", "base", "is_damaged", "text")

    def __init__(
        self,
        text: str,
        *,
        encoding: str = "utf-8",
        errors: str = "surrogateescape",
        base: int = 0,
        is_exact: bool = False,
    ) -> None:
        self.text = text
        self.base = base
        self._encoding = encoding
        self._errors = errors
        self._marks = [base]
        """The bytes at which each stretch begins, as far as was asked for."""
        self._identical = text.isascii() and not encoding.startswith("utf-16")
        self.is_damaged = not is_exact and not self._identical and _SURROGATE.search(text) is not None

    def find_byte(self, index: int) -> int:
        """The byte offset in the payload at which character ``index`` starts (or, at the end, where the text ends)."""
        if self._identical:
            return self.base + index
        stride = index // _STRIDE
        while len(self._marks) <= stride:
            start = (len(self._marks) - 1) * _STRIDE
            self._marks.append(self._marks[-1] + self.count_bytes(start, start + _STRIDE))
        return self._marks[stride] + self.count_bytes(stride * _STRIDE, index)

    def count_bytes(self, start: int, end: int) -> int:
        """How many bytes a range of characters has."""
        return len(self.text[start:end].encode(self._encoding, self._errors))

    def read(self, start: int, end: int) -> str:
        """The characters of a range, with U+FFFD for bytes that the charset has no character for."""
        text = self.text[start:end]
        return _SURROGATE.sub("�", text) if self.is_damaged else text


@final
class Folded:
    """Characters of one or more ranges of a source, with references decoded and whitespace folded."""

    __slots__ = ("_has_references", "_ranges", "_segments", "_source", "_starts")

    def __init__(self, source: Source, ranges: Ranges | Callable[[], Ranges], *, has_references: bool) -> None:
        self._source = source
        self._ranges = ranges
        self._has_references = has_references
        self._segments: list[Segment] | None = None
        self._starts: list[int] = []

    def find_span(self, index: int) -> tuple[int, int]:
        """The byte at which a character begins, and the one after its last."""
        at, start, end, same = self._find_segment(index)
        first, last = (start + index - at, start + index - at + 1) if same else (start, end)
        byte = self._source.find_byte(first)
        return byte, byte + self._source.count_bytes(first, last)

    def _find_segment(self, index: int) -> Segment:
        if self._segments is None:
            ranges = self._ranges() if callable(self._ranges) else self._ranges
            start = ranges[0][0] if ranges else 0
            found = list(_iter_segments(self._source, ranges, has_references=self._has_references))
            self._segments = found or [(0, start, start, False)]
            self._starts = [segment[0] for segment in self._segments]
        return self._segments[bisect_right(self._starts, index) - 1]


def _iter_segments(source: Source, ranges: Ranges, *, has_references: bool) -> Iterator[Segment]:
    """The segments of the folded text of some ranges, in order; one blank stands for each fold."""
    length = 0
    gap: tuple[int, int] | None = None
    for piece in _iter_pieces(source.text, ranges, has_references=has_references):
        start, end, size = piece
        if size == 0:
            gap = (gap[0] if gap else start, end)
            continue
        if gap is not None:
            if length:
                yield (length, *gap, False)
                length += 1
            gap = None
        yield (length, start, end, size == end - start)
        length += size


def _iter_pieces(text: str, ranges: Ranges, *, has_references: bool) -> Iterator[tuple[int, int, int]]:
    """Start, end and how many characters the piece has once folded; 0 for a fold."""
    irregular = _IRREGULAR if has_references else _IRREGULAR_SPACE
    for start, end in ranges:
        at = start
        for found in irregular.finditer(text, start, end):
            yield from _iter_plain(text, at, found.start())
            at = found.end()
            if text[found.start()] != "&":
                yield (found.start(), at, 0)
                continue
            yield from _iter_reference(text, found.start(), at)
        yield from _iter_plain(text, at, end)


def _iter_reference(text: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """A reference, which may decode to characters, to whitespace, to both (``&nbspx``), or to nothing but itself."""
    reference = unescape(text[start:end])
    if reference == text[start:end]:
        yield from _iter_plain(text, start, end)
        return
    if reference[:1].isspace():
        yield (start, end, 0)
    body = reference.strip()
    if body:
        yield (start, end, len(body))
        if reference[-1].isspace():
            yield (start, end, 0)


def _iter_plain(text: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """A stretch without references whose inner whitespace is single blanks; it may begin and end with one."""
    if start < end and text[start] == " ":
        yield (start, start + 1, 0)
        start += 1
    tail = end - 1 if start < end and text[end - 1] == " " else end
    if start < tail:
        yield (start, tail, tail - start)
    if tail < end:
        yield (tail, end, 0)


def decode_text(payload: bytes) -> Source | None:
    """The source of a text page, which must be UTF-8 (a byte order mark is skipped); None when it is not."""
    start = len(codecs.BOM_UTF8) if payload.startswith(codecs.BOM_UTF8) else 0
    try:
        return Source(payload[start:].decode("utf-8"), base=start, is_exact=True)
    except UnicodeDecodeError:
        return None


def decode_html(payload: bytes, declared_charset: str | None) -> Source | None:
    """The source of an HTML page; None where its charset, or its bytes in it, cannot be told."""
    decoded = decode_page(payload, declared_charset)
    if decoded is None:
        return None
    text, charset, start, n_broken = decoded
    errors = "surrogatepass" if charset.startswith("utf-16") else "surrogateescape"
    return Source(text, encoding=charset, errors=errors, base=start, is_exact=n_broken == 0)


@contextmanager
def keeping_garbage() -> Iterator[None]:
    """Let Python look for garbage when a page is done: of its thousands of objects none goes before, and looking costs.

    A sixth of the time of a reading was spent so.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
