"""A page in parts: each block is a label, a value, text, or a line of labels with their values.

Belongs here: dividing a block. Does not belong here: which value belongs to which label (``assignment``).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, final

from contracts.fields import LABELLED, FieldName
from extractor.blocks.document import Block
from extractor.blocks.text import SourceText
from extractor.codebooks import MAX_LABEL, Label, find_label, find_marks, is_blank, may_begin_label
from extractor.fields.grammar import Fit, judge, reads_like_prose

MAX_UNKNOWN_LABEL: Final = 60
_SIGNS: Final = frozenset(["Po", "Ps", "Pe", "So", "Zs", "Cf"])
_EDGES: Final = re.compile(r"^[|;,/·•*–—:\s-]+(?<=\s)(?=\S)|(?<=\S)\s+[|;,/·•–—-]+$")
"""Signs around a value in its line: a dash stands alone where it means something."""

_DIVIDED: Final = re.compile(r"[^\w:]{0,3}:|\s*[–—|-]\s")
"""What follows a label that is divided from its value."""

_MACHINE_NAME: Final = re.compile(r"\bfield-{1,2}name-(?:field-)?([\w-]+)")
_Runs = list[tuple[int, int]]


@final
class Part:
    """A line, or the part of a line that is a label or what stands behind it.

    ``at`` is its place among the parts of the page. ``label`` is None for anything but a known label. ``is_inline``
    says that it stands behind a label in one line, ``is_marked`` that a label is an element of its own in its line, or
    alone in it.
    """

    __slots__ = ("at", "block", "is_inline", "is_marked", "label", "text", "value")

    def __init__(
        self, block: Block, text: SourceText, label: Label | None = None, *, inline: bool = False, marked: bool = True
    ) -> None:
        self.block = block
        self.text = text
        self.label = label
        self.is_inline = inline
        self.is_marked = marked
        self.value = text.value
        self.at = -1


def begins_with_label(block: Block) -> bool:
    """Whether a block is a label or a line of labels, as far as its first words tell."""
    value = block.value
    return may_begin_label(value) and (bool(find_marks(value)) or find_label(block.runs[0].value) is not None)


def divide(block: Block) -> list[Part]:
    """The parts of a block, in order; none of a block that shows nothing but a sign."""
    value = block.value
    if may_begin_label(value):
        if (label := find_label(value)) is not None:
            return [Part(block, _cut_label(block.text), label)]
        if parts := _divide_line(block):
            return parts
    return [] if is_sign(value) else [Part(block, _read_line(block)[0])]


def _read_line(block: Block) -> tuple[SourceText, _Runs]:
    """A block's text, and where its inline parts stand in it; digits of two parts side by side are no one number.

    ``100000<sup>1</sup>``, an amount and the mark of a note, is ``100000; 1``: no rule reads that as a number.
    """
    text, runs = block.text, block.runs
    if len(runs) < 2:
        return text, []
    places: _Runs = []
    joints: list[tuple[int, int, str]] = []
    at = 0
    for run in runs:
        start = text.value.find(run.value, at)
        if 0 < start == at and text.value[at - 1].isdigit() and run.value[0].isdigit():
            joints.append((at, at, "; "))
        at = start + len(run.value)
        places.append((start + 2 * len(joints), at + 2 * len(joints)))
    return text.edit(joints) if joints else text, places


def _cut_label(text: SourceText) -> SourceText:
    """A label without the signs beside it."""
    marks = find_marks(text.value)
    return text[marks[0].first : marks[0].last] if marks else text.strip(" :")


def _divide_line(block: Block) -> list[Part]:
    """The labels of a line, each with what stands behind it; none where that is no value: the line is text."""
    text, runs = _read_line(block)
    told = [(label, start, end) for start, end in runs if (label := find_label(text.value[start:end]))]
    is_marked = bool(told) and told[0][1] == runs[0][0]
    if not is_marked:
        marks = find_marks(text.value[: 20 * MAX_LABEL])
        told = [(mark.label, mark.first, mark.last) for at, mark in enumerate(marks) if at == 0 or mark.is_telling]
    parts: list[Part] = []
    for (label, first, last), stop in zip(told, [*(start for _, start, _ in told[1:]), len(text)], strict=False):
        inline = _trim(text[last:stop].strip(" |;,/·•") if stop < len(text) else text[last:stop])
        is_divided = is_marked or _DIVIDED.match(text.value, last) is not None
        if inline and (
            reads_like_prose(inline.value) or not (is_divided or judge(label.field, inline.value) is Fit.PROVEN)
        ):
            return []
        parts.append(Part(block, _cut_label(text[first:last]), label, marked=is_marked))
        if inline or stop < len(text):
            parts.append(Part(block, inline, inline=True))
    return parts


def split_unknown(part: Part) -> tuple[SourceText, SourceText] | None:
    """A line that is no known label's as one: its first run and the rest, or what its first colon parts; else None."""
    text, runs = (part.text, []) if part.is_inline else _read_line(part.block)
    end = runs[0][1] if runs else -1 if part.is_inline else text.value.find(":", 0, MAX_UNKNOWN_LABEL)
    head, rest = text[: max(end, 0)].strip(" :"), _trim(text[max(end, 0) :])
    is_told = 0 < len(head) <= MAX_UNKNOWN_LABEL and rest and not reads_like_prose(rest.value)
    return (head, rest) if is_told else None


def _trim(text: SourceText) -> SourceText:
    """What a line says behind a label, without the signs around it; empty where that is nothing."""
    text = text.strip(" :")
    for edge in reversed(list(_EDGES.finditer(text.value))):
        text = text[: edge.start()] if edge.start() else text[edge.end() :]
    return text[0:0] if is_sign(text.value) else text


def find_machine_name(block: Block) -> FieldName | None:
    """The field that the markup itself names around a block, as Drupal does; None where it names none of ours."""
    for box in block.box.iter_up():
        if named := _MACHINE_NAME.search(box.names):
            label = find_label(named[1].replace("-", " "))
            name = named[1].replace("-", "_")
            return label.field if label else name if name in LABELLED else None
    return None


def is_sign(value: str) -> bool:
    """Whether a text is no value but a sign beside one: a colon, a question mark, nothing. A dash says "none".

    >>> is_sign(":"), is_sign("?"), is_sign("–"), is_sign("2006")
    (True, True, False, False)
    """
    return is_blank(value) or all(unicodedata.category(character) in _SIGNS for character in value)
