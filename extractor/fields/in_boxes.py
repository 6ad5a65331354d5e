"""Labels and values that stand in cells: field markup, definition lists, tables, lists, headings over values.

Belongs here: a label's cell and what is its value there, whatever elements and class names a theme uses.
Does not belong here: lines without boxes (``fields_in_lines``), a row of labels over rows of values (``_in_columns``).
"""

from __future__ import annotations

from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING

from extractor.blocks.prose_shape import is_prose
from extractor.codebooks.labels import is_blank
from extractor.fields.in_columns import read_columns
from extractor.fields.in_lines import ends_list, may_be_listed, read_group
from extractor.fields.labelled import (
    MANY_VALUED,
    MAX_UNKNOWN_LABEL,
    Field,
    Labelled,
    read_value,
    reads_like_prose,
    split_inline,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block, Box, Document


def read_boxes(document: Document, labelled: Sequence[Labelled], others: set[int]) -> list[Field] | str:
    """The fields of a page of markup, in page order. What follows a label of ``others``, other projects, is none."""
    columns = read_columns(document, labelled)
    if columns is not None:
        return columns
    counts: Counter[Box] = Counter(box for one in labelled for box in one.block.box.iter_up())
    cells = _find_cells(labelled, counts)
    heads = [*labelled, *_find_unknown(document, cells, counts)]
    heads.sort(key=lambda one: one.block.index)
    head_indexes = others | {one.block.index for one in heads}
    places = {
        box: i for parent in {cell.parent for cell in cells.values()} if parent for i, box in enumerate(parent.children)
    }
    fields: list[Field] = []
    for i, head in enumerate(heads):
        cell = cells.get(head.block.index)
        if head.is_closed:
            values = (head.inline,) if head.inline is not None else ()
            fields.append(
                Field(head, head.label.field if head.label else None, values, "label:inline", (head.block.index,))
            )
            continue
        if cell is None:
            stop = heads[i + 1].block.index if i + 1 < len(heads) else head.block.box.last
            lines = document.blocks[head.block.index + 1 : min(stop, head.block.box.last)]
            found = read_group(head, lines, is_open=False, rule="label:line")
            if isinstance(found, str):
                return found
            fields += found
            continue
        one = _read_cell(document, head, cell, head_indexes, places)
        if isinstance(one, str):
            return one
        fields.append(one)
    return fields


def _find_cells(labelled: Sequence[Labelled], counts: Counter[Box]) -> dict[int, Box]:
    """The largest box that begins with each label and holds no other one, by the label's block.

    No cell goes further up than most do: the last label's would else take in what follows the fields.
    """
    chains: dict[int, list[Box]] = {}
    for one in labelled:
        chain = []
        for box in one.block.box.iter_up():
            if counts[box] > 1 or box.parent is None or box.first != one.block.index:
                break
            chain.append(box)
        if chain:
            chains[one.block.index] = chain
    if not chains:
        return {}
    usual = Counter(len(chain) for chain in chains.values()).most_common(1)[0][0]
    return {index: chain[min(usual, len(chain)) - 1] for index, chain in chains.items()}


def _find_unknown(document: Document, cells: dict[int, Box], counts: Counter[Box]) -> list[Labelled]:
    """Blocks that stand in boxes like the known labels', with the same path of elements, beside them.

    Their cells are added to ``cells``.
    """
    shapes = Counter(_describe_path(document.blocks[index], cell) for index, cell in cells.items())
    if not shapes or shapes.most_common(1)[0][1] < 2:
        return []
    shape = shapes.most_common(1)[0][0]
    parents = {
        cell.parent: None for index, cell in cells.items() if _describe_path(document.blocks[index], cell) == shape
    }
    unknown = []
    for parent in parents:
        for box in parent.children if parent else ():
            if counts[box] or box.last <= box.first:
                continue
            block = document.blocks[box.first]
            if _describe_path(block, box) != shape:
                continue
            head = _find_unknown_head(block, box)
            if head is not None:
                unknown.append(head)
                cells[block.index] = box
    return unknown


def _describe_path(block: Block, cell: Box) -> tuple[str, ...]:
    path = []
    for box in block.box.iter_up():
        path.append(box.tag)
        if box is cell:
            break
    return tuple(path)


def _find_unknown_head(block: Block, box: Box) -> Labelled | None:
    text, inline = block.text.strip(" :"), None
    if box.last - box.first == 1 and box.tag not in {"dt", "th", "h2", "h3", "h4", "h5", "h6"}:
        head, inline = split_inline(block)
        if head is None or inline is None:
            return None
        text = head
    if not 0 < len(text) <= MAX_UNKNOWN_LABEL or block.link_share >= 0.8 or is_prose(text.value):
        return None
    return Labelled(block, text, inline, None)


def _read_cell(document: Document, head: Labelled, cell: Box, heads: set[int], places: dict[Box, int]) -> Field | str:
    name = head.label.field if head.label else None
    own = list(takewhile(lambda block: block.index not in heads, document.blocks[head.block.index + 1 : cell.last]))
    rule = "label:cell"
    if head.inline is None and not own:
        found = _find_following(document, cell, heads, places, is_many=name in MANY_VALUED)
        if found is None:
            return f"it cannot be told what of the lines below “{head.text.value}” stands under it"
        own, rule = found, "label:sibling"
    values = [value for block in own if not is_blank((value := read_value(block)).value)]
    if head.label is not None and any(reads_like_prose(value.value) for value in values):
        if rule == "label:sibling":
            own, values = [], []
        else:
            return f"what stands under “{head.text.value}” reads like prose, not like a value"
    if head.inline is not None:
        values, rule = [head.inline, *values], "label:inline"
    return Field(head, name, tuple(values), rule, (head.block.index, *(block.index for block in own)))


def _find_following(
    document: Document, cell: Box, heads: set[int], places: dict[Box, int], *, is_many: bool
) -> list[Block] | None:
    """The value of a label that fills its cell: the very next box beside it, or a bare line.

    For ``dd`` it is all of them, and for a label of many values all that are like the first, up to another label or
    text; None where something short follows that is not like them. An empty box beside it is an empty value: what
    stands further on belongs to something else.
    """
    parent = cell.parent
    if parent is None or cell.last >= parent.last:
        return []
    blocks = document.blocks
    bare = blocks[cell.last]
    at = places[cell] + 1
    if bare.box is parent and not (at < len(parent.children) and parent.children[at].first <= cell.last):
        if bare.index in heads:
            return []
        stop = next((i for i in range(bare.index, parent.last) if blocks[i].box is not parent), parent.last)
        return _take_alike([[block] for block in blocks[bare.index : stop]], heads) if is_many else [bare]
    groups: list[list[Block]] = []
    for i in range(at, len(parent.children)):
        box = parent.children[i]
        found = blocks[box.first : box.last]
        if any(block.index in heads for block in found):
            break
        if groups and box.tag != "dd" and not is_many:
            break
        groups.append(found)
        if not found or (box.tag != "dd" and not is_many):
            break
    return _take_alike(groups, heads) if is_many else [block for group in groups for block in group]


def _take_alike(groups: Sequence[Sequence[Block]], heads: set[int]) -> list[Block] | None:
    """The groups of blocks that are values like the first one; None where a short one follows that may be anything."""
    if not groups or not groups[0]:
        return []
    first = groups[0][0]
    taken = list(groups[0])
    for group in groups[1:]:
        if not group or group[0].index in heads or _ends_values(first, group):
            break
        is_like = all(block.box.tag == first.box.tag and may_be_listed(block) for block in group)
        if not is_like:
            return None
        taken += group
    return taken


def _ends_values(first: Block, group: Sequence[Block]) -> bool:
    """Whether a group of blocks stands below the values and is none: text, its heading, links, frame."""
    if ends_list(group[0]) or any(is_prose(block.text.value) for block in group):
        return True
    if group[0].heading_level and not first.heading_level:
        return True
    return first.link_share < 0.8 and all(block.link_share >= 0.8 for block in group)
