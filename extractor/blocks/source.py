"""A decoded payload, and the way from its characters back to the archived bytes.

Belongs here: offsets in a charset, sources of payloads. Does not belong here: choosing the charset
(``contracts.charset``), texts (``text``).
"""

from __future__ import annotations

import codecs
import re
from typing import Final, final

from contracts.charset import decode_page

_STRIDE: Final = 4096
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


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
        self._marks: list[int] | None = None
        self._identical = text.isascii() and not encoding.startswith("utf-16")
        self.is_damaged = not is_exact and not self._identical and _SURROGATE.search(text) is not None

    def find_byte(self, index: int) -> int:
        """The byte offset in the payload at which character ``index`` starts (or, at the end, where the text ends)."""
        if self._identical:
            return self.base + index
        if self._marks is None:
            self._marks = self._measure()
        stride = index // _STRIDE
        rest = self.text[stride * _STRIDE : index]
        return self._marks[stride] + len(rest.encode(self._encoding, self._errors))

    def _measure(self) -> list[int]:
        marks = [self.base]
        for start in range(0, len(self.text), _STRIDE):
            stretch = self.text[start : start + _STRIDE]
            marks.append(marks[-1] + len(stretch.encode(self._encoding, self._errors)))
        return marks

    def read(self, start: int, end: int) -> str:
        """The characters of a range, with U+FFFD for bytes that the charset has no character for."""
        text = self.text[start:end]
        return _SURROGATE.sub("�", text) if self.is_damaged else text


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
