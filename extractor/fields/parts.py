"""A page in parts: each block is a label, a value, text, or a line of labels with their values.

Belongs here: dividing a block. Does not belong here: which value belongs to which label (``assignment``).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Final, final

from extractor.blocks.text import SourceText
from extractor.codebooks.labels import MAX_LABEL, LabelMark, find_label, find_marks, is_blank, may_begin_label
from extractor.fields.grammar import MAX_VALUE, Fit, judge, reads_like_prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block
    from extractor.codebooks.labels import Label

MAX_UNKNOWN_LABEL: Final = 60
_LONGEST_LINE: Final = 20 * MAX_LABEL
_SIGNS: Final = frozenset(["Po", "Ps", "Pe", "So", "Zs", "Cf"])
_SEPARATORS: Final = " |;,/·•-–—"
"""Signs between a value and the next label of its line."""

_LEADING: Final = re.compile(r"[|;,/·•–—:\s-]+(?<=\s)(?=\S)")
_TRAILING: Final = re.compile(r"(?<=\S)\s+[|;,/·•–—-]+$")
_DIVIDED: Final = re.compile(r"\s*(?::|[–—|-]\s)")
"""What follows a label that is divided from its value."""


@final
class Part:
    """A line, or the part of a line that is a label or what stands behind it.

    ``label`` is None for anything but a known label. ``is_inline`` says that it stands behind a label in one line,
    ``is_marked`` that a label is an element of its own in its line, or alone in it.
    """

    __slots__ = ("block", "is_inline", "is_marked", "label", "text", "value")

    def __init__(
        self, block: Block, text: SourceText, label: Label | None = None, *, inline: bool = False, marked: bool = True
    ) -> None:
        self.block = block
        self.text = text
        self.label = label
        self.is_inline = inline
        self.is_marked = marked
        self.value = text.value


def divide(block: Block) -> list[Part]:
    """The parts of a block, in order; none of a block that shows nothing but a sign."""
    value = block.text.value
    if may_begin_label(value):
        if (label := find_label(value)) is not None:
            return [Part(block, _cut_label(block.text), label)]
        places = _place_runs(block)
        elements = _find_elements(block.text, places)
        marks = elements or find_marks(value[:_LONGEST_LINE])
        if marks and (parts := _divide_line(block, marks, places, is_marked=bool(elements))):
            return parts
    return [] if is_sign(value) else [Part(block, _read_value(block))]


def _cut_label(text: SourceText) -> SourceText:
    """A label without the signs beside it."""
    marks = find_marks(text.value)
    return text[marks[0].first : marks[0].last] if marks else text.strip(" :")


def _find_elements(text: SourceText, places: Sequence[tuple[int, int]]) -> list[LabelMark]:
    """The labels of a line that are elements of their own, where its first one is."""
    marks: list[LabelMark] = []
    for start, end in places:
        label = find_label(text.value[start:end])
        if label is None and not marks:
            return []
        if label is not None:
            marks.append(LabelMark(label, start, end, is_telling=True))
    return marks


def _divide_line(
    block: Block, marks: Sequence[LabelMark], places: Sequence[tuple[int, int]], *, is_marked: bool
) -> list[Part]:
    """The labels of a line, each with what stands behind it; none where that is no value: the line is text."""
    text = block.text
    told = [mark for at, mark in enumerate(marks) if at == 0 or mark.is_telling]
    stops = [*(mark.first for mark in told[1:]), len(text)]
    cuts = _find_cuts(text, places)
    parts: list[Part] = []
    for mark, stop in zip(told, stops, strict=True):
        inline = _read_inline(text, cuts, mark.last, stop)
        if inline is not None and stop < len(text):
            inline = inline.strip(_SEPARATORS) or inline
        is_divided = is_marked or _DIVIDED.match(text.value, mark.last) is not None
        if inline is not None and not _may_stand(mark.label, inline.value, is_divided=is_divided):
            return []
        parts.append(Part(block, _cut_label(text[mark.first : mark.last]), mark.label, marked=is_marked))
        if inline is not None or stop < len(text):
            parts.append(Part(block, inline or text[mark.last : mark.last], inline=True))
    return parts


def _may_stand(label: Label, value: str, *, is_divided: bool) -> bool:
    """Whether words behind a label in its line may be its value: where nothing parts them they must prove it."""
    if not is_divided:
        return judge(label.field, value) is Fit.PROVEN
    return not reads_like_prose(value)


def _place_runs(block: Block) -> list[tuple[int, int]]:
    """Where the inline parts of a block stand in its text; none where no element divides it."""
    runs = block.runs
    if len(runs) < 2:
        return []
    places, at = [], 0
    for run in runs:
        start = block.text.value.find(run.value, at)
        if start < 0:
            return []
        at = start + len(run.value)
        places.append((start, at))
    return places


def split_unknown(part: Part) -> tuple[SourceText, SourceText] | None:
    """A line that is no known label's as one: its first run and the rest, or what its first colon parts; else None."""
    block = part.block
    places = _place_runs(block)
    end = places[0][1] if places else part.value.find(":", 0, MAX_UNKNOWN_LABEL)
    if end <= 0 or part.is_inline:
        return None
    head = part.text[:end].strip(" :")
    rest = _read_inline(part.text, _find_cuts(part.text, places), end, len(part.text))
    if rest is None or not 0 < len(head) <= MAX_UNKNOWN_LABEL or reads_like_prose(rest.value):
        return None
    return head, rest


def _read_inline(line: SourceText, cuts: Sequence[int], start: int, stop: int) -> SourceText | None:
    """What a line says behind its label, without signs that a blank parts from it; None where that is nothing."""
    text = _part_digits(line, cuts, start, stop).strip(" :")
    leading, trailing = _LEADING.match(text.value), _TRAILING.search(text.value)
    text = text[leading.end() if leading else 0 : trailing.start() if trailing else len(text)]
    return None if is_sign(text.value) else text


def _read_value(block: Block) -> SourceText:
    """A block's text as a value: digits that two elements set side by side are no one number.

    ``100000<sup>1</sup>``, an amount and the mark of a note, is ``100000; 1``: no rule reads that as a number.
    """
    text = block.text
    if len(text.value) > MAX_VALUE or not any(map(str.isdigit, text.value)):
        return text
    return _part_digits(text, _find_cuts(text, _place_runs(block)), 0, len(text))


def _find_cuts(text: SourceText, places: Sequence[tuple[int, int]]) -> list[int]:
    """Where digits of two inline parts stand side by side."""
    edges = [end for (_, end), (start, _) in pairwise(places) if start == end]
    return [edge for edge in edges if text.value[edge - 1].isdigit() and text.value[edge].isdigit()]


def _part_digits(text: SourceText, cuts: Sequence[int], start: int, stop: int) -> SourceText:
    inner = cuts[bisect_right(cuts, start) : bisect_left(cuts, stop)]
    return SourceText.join("; ", [text[a:b] for a, b in pairwise([start, *inner, stop])])


def is_sign(value: str) -> bool:
    """Whether a text is no value but a sign beside one: a colon, a question mark, nothing. A dash says "none".

    >>> is_sign(":"), is_sign("?"), is_sign("–"), is_sign("2006")
    (True, True, False, False)
    """
    return is_blank(value) or all(unicodedata.category(character) in _SIGNS for character in value)
