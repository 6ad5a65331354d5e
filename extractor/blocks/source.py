"""A decoded payload, and the way from its characters back to the archived bytes.

Belongs here: offsets in a charset. Does not belong here: choosing the charset (``charset``), texts (``text``).
"""

from __future__ import annotations

import re
from typing import Final, final

_STRIDE: Final = 1024
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
