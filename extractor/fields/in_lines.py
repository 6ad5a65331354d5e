"""Labels and values that stand line after line: text pages, and markup that has nothing but line breaks.

Belongs here: forms A (``-``, label, value, each on its own line) and B (bullets with an indented value).
Does not belong here: cells, lists and tables of markup (``fields_in_boxes``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.blocks.prose_shape import is_byline
from extractor.codebooks.labels import is_blank
from extractor.fields.labelled import MANY_VALUED, MAX_UNKNOWN_LABEL, Field, Labelled, read_value, reads_like_prose
from extractor.roles.boilerplate import is_frame_text
from extractor.roles.teasers import announces_related

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block, Document


def read_lines(document: Document, labelled: Sequence[Labelled], others: set[int]) -> list[Field] | str:
    """The fields of a text page, from its first label (or the bullet group before it) to the last value.

    What follows a label of another project (``others``) belongs to that one.
    """
    last = labelled[-1].block.index
    blocks = document.blocks[: min((index for index in others if index > last), default=len(document.blocks))]
    known = {one.block.index: one for one in labelled}
    start = _find_start(blocks, labelled[0].block.index)
    end = labelled[-1].block.index
    bulleted = sum(1 for one in labelled if one.block.marker) * 2 > len(labelled)
    heads = [known[i] for i in sorted(known)]
    heads += _find_unknown(blocks, start, known, bulleted=bulleted)
    heads.sort(key=lambda one: one.block.index)
    fields: list[Field] = []
    for i, head in enumerate(heads):
        stop = heads[i + 1].block.index if i + 1 < len(heads) else len(blocks)
        lines = _take_group(blocks, head.block.index + 1, stop, bulleted=bulleted)
        is_open = head.block.index >= end and not bulleted
        rule = "label:bullet" if bulleted else "label:line"
        found = read_group(head, lines, is_open=is_open, rule=rule)
        if isinstance(found, str):
            return found
        fields += found
    return fields


def _find_start(blocks: Sequence[Block], first: int) -> int:
    """Where the groups begin: back over bullet groups of a label and a value before the first known label."""
    start = first - 1 if first and blocks[first - 1].marker and not blocks[first - 1].text else first
    while start >= 3 and blocks[start - 3].marker and not blocks[start - 3].text:
        if any(block.marker for block in blocks[start - 2 : start]):
            break
        start -= 3
    return start


def _find_unknown(blocks: Sequence[Block], start: int, known: dict[int, Labelled], *, bulleted: bool) -> list[Labelled]:
    """Lines that stand where labels stand: after a bullet of their own (form A), or behind a bullet (form B)."""
    unknown = []
    for i in range(start, len(blocks)):
        block = blocks[i]
        if bulleted:
            is_head = bool(block.marker) and i + 1 < len(blocks) and blocks[i + 1].is_indented
        else:
            is_head = i > start - 1 and i > 0 and bool(blocks[i - 1].marker) and not blocks[i - 1].text
        if (
            is_head
            and i not in known
            and 0 < len(block.text) <= MAX_UNKNOWN_LABEL
            and not reads_like_prose(block.text.value)
        ):
            unknown.append(Labelled(block, block.text.strip(" :"), None, None))
    return unknown


def _take_group(blocks: Sequence[Block], start: int, stop: int, *, bulleted: bool) -> list[Block]:
    """The lines that may be values: up to the next bullet; in form B only indented ones."""
    lines: list[Block] = []
    for block in blocks[start:stop]:
        if block.marker or (bulleted and not block.is_indented):
            break
        lines.append(block)
    return lines


def read_group(head: Labelled, lines: Sequence[Block], *, is_open: bool, rule: str) -> list[Field] | str:
    """A label with the lines after it. ``is_open`` says that the text of the page follows without a mark in between.

    A label of many values takes all lines up to another label or text, if all of them may be names. Others take one
    line; more are labels of their own that nobody knows, each with its value.
    """
    name = head.label.field if head.label else None
    if is_open and name not in MANY_VALUED:
        lines = lines[:1]
    lines = [line for line in lines if not is_blank(line.text.value)]
    lines = lines[: next((i for i, line in enumerate(lines) if reads_like_prose(line.text.value)), len(lines))]
    if head.inline is not None:
        return [Field(head, name, (head.inline,), "label:inline", (head.block.index,))]
    if name in MANY_VALUED and rule != "label:bullet":
        lines = lines[: next((i for i, line in enumerate(lines) if i > 0 and ends_list(line)), len(lines))]
        if not all(may_be_listed(line) for line in lines[1:]):
            return f"{len(lines)} lines stand under “{head.text.value}”: labels and values cannot be told apart"
    if len(lines) <= 1 or rule == "label:bullet" or name in MANY_VALUED:
        values = tuple(read_value(line) for line in lines)
        return [Field(head, name, values, rule, (head.block.index, *(line.index for line in lines)))]
    if len(lines) % 2 == 0:
        return f"{len(lines)} lines stand under “{head.text.value}”: labels and values cannot be told apart"
    fields = [Field(head, name, (read_value(lines[0]),), rule, (head.block.index, lines[0].index))]
    for label, value in zip(lines[1::2], lines[2::2], strict=True):
        unknown = Labelled(label, label.text.strip(" :"), None, None)
        fields.append(Field(unknown, None, (read_value(value),), rule, (label.index, value.index)))
    return fields


def may_be_listed(block: Block) -> bool:
    """Whether a line may be one more name of a list: words that begin large, without digits, colon or full stop.

    Whether it is a name is for the list's own rule to say, which reads all of its words or none.
    """
    value = block.text.value
    if value[:1].islower() or ":" in value or value.endswith((".", "!", "?")):
        return False
    return not any(character.isdigit() for character in value)


def ends_list(block: Block) -> bool:
    """Whether a short line below a list of names is none of them: it stands over the text, or is frame."""
    value = block.text.value
    return is_byline(block) or announces_related(value) or is_frame_text(value)
