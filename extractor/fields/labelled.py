"""Labels with their values, from the structure around them.

Belongs here: which blocks of a labelled project page are labels, and what of a block is label and what value.
Does not belong here: whose labels they are (``own_labels``), pages without labels (``unlabelled``), title and
description (``project``).

A value is what stands in the label's own cell (the largest box that holds no other label), else what follows it. A
known label is never a value; a text that reads like prose is never one either.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, final

from extractor.blocks.prose_shape import is_prose
from extractor.blocks.text import SourceText
from extractor.codebooks.labels import find_label, is_blank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contracts.fields import FieldName
    from extractor.blocks.document import Block
    from extractor.codebooks.labels import Label

MAX_UNKNOWN_LABEL: Final = 60
MANY_VALUED: Final[frozenset[FieldName | None]] = frozenset(["countries", "other_countries"])
_SIGNS: Final = frozenset(["Po", "Ps", "Pe", "So", "Zs", "Cf"])
_SEPARATORS: Final = " |;,/·•-–—"
"""Signs between a value and the next label of its line."""

_LEADING: Final = re.compile(r"[|;,/·•–—:\s-]+(?<=\s)(?=\S)")
_TRAILING: Final = re.compile(r"(?<=\S)\s+[|;,/·•–—-]+$")


@final
@dataclass(frozen=True, slots=True)
class Labelled:
    """A label block, the label's text, what follows it in the same block, and what it is; ``label`` None is unknown.

    ``is_marked`` says that the label is an element of its own in its line; ``is_closed`` that another label follows in
    the same line, so that nothing outside it can be its value.
    """

    block: Block
    text: SourceText
    inline: SourceText | None
    label: Label | None
    is_marked: bool = False
    is_closed: bool = False


@final
@dataclass(frozen=True, slots=True)
class Field:
    """A label with its value blocks' texts. ``blocks`` are the indexes that are explained by it."""

    labelled: Labelled
    name: FieldName | None
    values: tuple[SourceText, ...]
    rule: str
    blocks: tuple[int, ...]


def find_labelled(blocks: Iterable[Block]) -> list[Labelled]:
    """The labels that blocks are, or begin with, in page order.

    Where most labels stand alone, a line that begins with one and goes on is the page's text, not a field of it: unless
    the label is an element of its own in that line, or the line stands among the labels.
    """
    found = [one for block in blocks for one in _find_known(block)]
    alone = [one.block.index for one in found if one.inline is None]
    if len(alone) * 2 <= len(found):
        return found
    return [one for one in found if one.inline is None or one.is_marked or alone[0] < one.block.index < alone[-1]]


def _find_known(block: Block) -> list[Labelled]:
    text = block.text
    label = find_label(text.value)
    if label is not None:
        return [Labelled(block, text.strip(" :"), None, label)]
    places = _place_runs(block)
    colon = text.value.find(":", 0, MAX_UNKNOWN_LABEL + 40) if not places else 0
    if colon > 0:
        places = [(0, colon)]
    marks = [(start, end, known) for start, end in places if (known := find_label(text.value[start:end])) is not None]
    if not marks or marks[0][0] > 0:
        return []
    stops = [*(start for start, _, _ in marks[1:]), len(text)]
    cuts = _find_cuts(text, places)
    found = []
    for (start, end, known), stop in zip(marks, stops, strict=True):
        inline = _read_inline(text, cuts, end, stop)
        if inline is not None and stop < len(text):
            inline = inline.strip(_SEPARATORS) or inline
        if inline is not None and reads_like_prose(inline.value):
            return []
        head = text[start:end].strip(" :")
        found.append(Labelled(block, head, inline, known, is_marked=colon <= 0, is_closed=stop < len(text)))
    return found


def _place_runs(block: Block) -> list[tuple[int, int]]:
    """Where the inline parts of a block stand in its text; none where no element divides it."""
    if block.rest is None:
        return []
    places, at = [], 0
    for run in block.runs:
        start = block.text.value.find(run.value, at)
        if start < 0:
            return []
        at = start + len(run.value)
        places.append((start, at))
    return places


def split_inline(block: Block) -> tuple[SourceText | None, SourceText | None]:
    """A block's first run and the rest, or what stands before and after its first colon; (None, None) where neither."""
    places = _place_runs(block)
    if places:
        start, end = places[0]
        head = block.text[start:end].strip(" :")
        if head and len(head) <= MAX_UNKNOWN_LABEL + 40:
            return head, _read_inline(block.text, _find_cuts(block.text, places), end, len(block.text))
    colon = block.text.value.find(":", 0, MAX_UNKNOWN_LABEL + 40)
    if colon > 0:
        return block.text[:colon].strip(), _read_inline(block.text, (), colon + 1, len(block.text))
    return None, None


def _read_inline(line: SourceText, cuts: Sequence[int], start: int, stop: int) -> SourceText | None:
    """What a line says behind its label, without signs that a blank parts from it; None where that is nothing."""
    text = _part_digits(line, cuts, start, stop).strip(" :")
    leading, trailing = _LEADING.match(text.value), _TRAILING.search(text.value)
    text = text[leading.end() if leading else 0 : trailing.start() if trailing else len(text)]
    return None if is_sign(text.value) else text


def read_value(block: Block) -> SourceText:
    """A block's text as a value: digits that two elements set side by side are no one number.

    ``100000<sup>1</sup>``, an amount and the mark of a note, is ``100000; 1``: no rule reads that as a number.
    """
    return _part_digits(block.text, _find_cuts(block.text, _place_runs(block)), 0, len(block.text))


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


def reads_like_prose(value: str) -> bool:
    """Whether a text is too much of a sentence to be the value of a field.

    >>> reads_like_prose("Return and Reintegration Assistance for Migrants and Governments")
    False
    >>> reads_like_prose("IOM will assist the Government in the matter.")
    True
    """
    words = value.split()
    if len(words) >= 6 and value.rstrip("\"'”’»)").endswith((".", "!", "?", ":", ";")) and is_prose(value):
        return True
    return len(words) >= 15 and sum(word[0].islower() for word in words) > 0.4 * len(words)


def count_names(found: Iterable[Labelled]) -> int:
    """How many fields the known labels there are can name; the doubled Spanish label names two."""
    counts = Counter(one.label for one in found if one.label is not None)
    return sum(min(2, n) if label.field is None else 1 for label, n in counts.items())
