"""Text that knows where it came from: every character of a ``SourceText`` has its byte range in the payload.

Belongs here: texts joined, cut and edited that keep the place of each character. Does not belong here: the way from a
place in the source to bytes (``source``), and what a text means.

The way back is worked out only when it is asked for: most texts of a page are read and never cited.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from html import unescape
from typing import Final, Protocol, final

from extractor.blocks.source import Folded, Ranges, Segment, Source
from extractor.unicode import fold_blanks


class Origin(Protocol):
    """Where the characters of a value begin and end in the payload."""

    def find_span(self, index: int) -> tuple[int, int]:
        """The byte at which a character begins, and the one after its last."""
        ...


@final
class _Joined:
    """Texts set one after another with a separator that stands in no payload."""

    __slots__ = ("_parts", "_starts")

    def __init__(self, parts: Sequence[SourceText], starts: list[int]) -> None:
        self._parts = parts
        self._starts = starts

    def find_span(self, index: int) -> tuple[int, int]:
        which = bisect_right(self._starts, index) - 1
        part, at = self._parts[which], index - self._starts[which]
        return part.span(at, at + 1) if at < len(part) else (part.span()[1], part.span()[1])


@final
class _Edited:
    """A text in which some ranges are written otherwise; what is written anew stands where the whole range stood."""

    __slots__ = ("_segments", "_starts", "_text")

    def __init__(self, text: SourceText, segments: list[Segment]) -> None:
        self._text = text
        self._segments = segments
        self._starts = [segment[0] for segment in segments]

    def find_span(self, index: int) -> tuple[int, int]:
        at, start, end, same = self._segments[max(0, bisect_right(self._starts, index) - 1)]
        first = start + (index - at) if same else start
        return self._text.span(first, min(first + 1, end) if same else end)


@final
class SourceText:
    """An immutable string in which every character knows its byte range in the payload.

    Two texts are equal when their characters are: the same value in another place of another page is the same value.
    Use ``value`` with ``re`` and ``str``, and slice the ``SourceText`` by what they found.

    >>> source = Source("<b>Tom &amp; Ann</b>")
    >>> text = SourceText.from_markup(source, [(3, 16)])
    >>> text.value, text.span(), text[4:5].span()
    ('Tom & Ann', (3, 16), (7, 12))
    """

    __slots__ = ("_at", "origin", "value")

    def __init__(self, value: str, origin: Origin, at: int = 0) -> None:
        self.value: Final = value
        self.origin: Final = origin
        self._at: Final = at

    @classmethod
    def from_markup(cls, source: Source, ranges: Ranges) -> SourceText:
        """The text of ranges of markup that hold no tags: references decoded, whitespace folded to single blanks."""
        raw = source.read(*ranges[0]) if len(ranges) == 1 else "".join([source.read(a, b) for a, b in ranges])
        if "&" in raw:
            raw = "".join([unescape(source.read(a, b)) for a, b in ranges])
        return cls(fold_blanks(raw), Folded(source, ranges, has_references=True))

    @classmethod
    def from_plain(cls, source: Source, start: int, end: int) -> SourceText:
        """A range of plain text (no references), its whitespace folded to single blanks."""
        return cls(fold_blanks(source.read(start, end)), Folded(source, [(start, end)], has_references=False))

    @classmethod
    def join(cls, separator: str, parts: Iterable[SourceText]) -> SourceText:
        r"""The parts one after another. A separator's characters lie between the part before and the part after.

        >>> source = Source("over the\nhills")
        >>> lines = [SourceText.from_plain(source, 0, 8), SourceText.from_plain(source, 9, 14)]
        >>> SourceText.join(" ", lines)[5:14].span()
        (5, 14)
        """
        kept = list(parts)
        if len(kept) == 1:
            return kept[0]
        starts, length = [], 0
        for part in kept:
            starts.append(length)
            length += len(part.value) + len(separator)
        if not kept:
            return EMPTY
        return cls(separator.join([part.value for part in kept]), _Joined(kept, starts))

    def edit(self, edits: Iterable[tuple[int, int, str]]) -> SourceText:
        """The text with ranges written otherwise: (first, last, characters instead), in order and apart.

        >>> text = SourceText.from_plain(Source("Cote d-Ivoire"), 0, 13).edit([(1, 2, "ô"), (6, 7, "")])
        >>> text.value, text[1:2].span(), text[6:].span()
        ('Côte dIvoire', (1, 2), (7, 13))
        """
        pieces: list[str] = []
        segments: list[Segment] = []
        length = reached = 0
        for first, last, instead in (*edits, (len(self.value), len(self.value), "")):
            kept = self.value[reached:first]
            segments += [(length, reached, first, True)] if kept else []
            segments += [(length + len(kept), first, last, False)] if instead else []
            pieces += (kept, instead)
            length += len(kept) + len(instead)
            reached = last
        return SourceText("".join(pieces), _Edited(self, segments or [(0, 0, 0, False)]))

    def span(self, start: int = 0, end: int | None = None) -> tuple[int, int]:
        """First byte and the byte after the last of ``self[start:end]``, as offsets in the decoded payload.

        Where a character stands for a reference (``&amp;``) or folded whitespace the whole of it is in the range.
        An empty slice has an empty range: where its text would stand.
        """
        start, end, _ = slice(start, end).indices(len(self.value))
        if start >= end:
            at = self._at + start
            edge = self.origin.find_span(at - 1)[1] if start > 0 else self.origin.find_span(at)[0]
            return edge, edge
        return self.origin.find_span(self._at + start)[0], self.origin.find_span(self._at + end - 1)[1]

    def strip(self, characters: str | None = None) -> SourceText:
        """Without whitespace (or the given characters) at both ends; the rest keeps its place."""
        stripped = self.value.lstrip(characters)
        start = len(self.value) - len(stripped)
        return self[start : start + len(stripped.rstrip(characters))]

    def __getitem__(self, part: slice) -> SourceText:
        start, end, step = part.indices(len(self.value))
        if step != 1:
            raise ValueError("a SourceText is sliced without a step: its bytes stand in one order")
        if start == 0 and end == len(self.value):
            return self
        return SourceText(self.value[start : max(start, end)], self.origin, self._at + start)

    def __len__(self) -> int:
        return len(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return f"SourceText({self.value!r})"

    def __eq__(self, other: object) -> bool:
        return self.value == other.value if isinstance(other, SourceText) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)


EMPTY: Final = SourceText("", Folded(Source(""), [], has_references=False))
"""A text that stands nowhere; its span is (0, 0)."""
