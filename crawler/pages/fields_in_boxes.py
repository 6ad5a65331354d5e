"""Labels and values that stand in cells: field markup, definition lists, tables, lists, headings over values.

Belongs here: a label's cell and what is its value there, whatever elements and class names a theme uses.
Does not belong here: lines without boxes (``fields_in_lines``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crawler.pages.fields import MAX_UNKNOWN_LABEL, Field, Labelled, reads_like_prose, split_inline
from crawler.pages.fields_in_lines import read_group
from crawler.pages.labels import is_blank
from crawler.pages.prose import is_prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.pages.document import Block, Box, Document


def read_boxes(document: Document, labelled: Sequence[Labelled]) -> list[Field] | str:
    """The fields of a page of markup, in page order."""
    columns = _read_columns(document, labelled)
    if columns is not None:
        return columns
    counts: Counter[Box] = Counter(box for one in labelled for box in one.block.box.iter_up())
    cells = _find_cells(labelled, counts)
    heads = [*labelled, *_find_unknown(document, cells, counts)]
    heads.sort(key=lambda one: one.block.index)
    head_indexes = {one.block.index for one in heads}
    fields: list[Field] = []
    for i, head in enumerate(heads):
        cell = cells.get(head.block.index)
        if cell is None:
            stop = heads[i + 1].block.index if i + 1 < len(heads) else head.block.box.last
            lines = document.blocks[head.block.index + 1 : min(stop, head.block.box.last)]
            found = read_group(head, lines, is_open=False, is_marked=False, rule="label:line")
            if isinstance(found, str):
                return found
            fields += found
            continue
        one = _read_cell(document, head, cell, head_indexes)
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


def _read_cell(document: Document, head: Labelled, cell: Box, heads: set[int]) -> Field | str:
    name = head.label.field if head.label else None
    own = [block for block in document.blocks[head.block.index + 1 : cell.last] if block.index not in heads]
    rule = "label:cell"
    if head.inline is None and not own:
        own, rule = _find_following(document, cell, heads), "label:sibling"
    texts = [block.text for block in own if not is_blank(block.text.value)]
    if head.label is not None and any(reads_like_prose(text.value) for text in texts):
        if rule == "label:sibling":
            own, texts = [], []
        else:
            return f"what stands under “{head.text.value}” reads like prose, not like a value"
    if head.inline is not None:
        texts, rule = [head.inline, *texts], "label:inline"
    return Field(head, name, tuple(texts), rule, (head.block.index, *(block.index for block in own)))


def _find_following(document: Document, cell: Box, heads: set[int]) -> list[Block]:
    """The value of a label that fills its cell: the very next box beside it (for ``dd`` all of them), or a bare line.

    An empty box beside it is an empty value: what stands further on belongs to something else.
    """
    parent = cell.parent
    if parent is None or cell.last >= parent.last:
        return []
    beside = parent.children[parent.children.index(cell) + 1 :]
    bare = document.blocks[cell.last]
    if bare.box is parent and not (beside and beside[0].first <= cell.last):
        return [bare] if bare.index not in heads else []
    taken: list[Block] = []
    for box in beside:
        found = document.blocks[box.first : box.last]
        if any(block.index in heads for block in found) or (taken and box.tag != "dd"):
            break
        taken += found
        if box.tag != "dd":
            break
    return taken


def _read_columns(document: Document, labelled: Sequence[Labelled]) -> list[Field] | None:
    """The fields of a table with a row of labels over a row of values; None where the labels do not stand so."""
    rows: Counter[Box] = Counter(
        one.block.box.parent for one in labelled if one.block.box.tag in {"th", "td"} if one.block.box.parent
    )
    if not rows or rows.most_common(1)[0][1] < max(3, len(labelled) - 1):
        return None
    row = rows.most_common(1)[0][0]
    table = next((box for box in row.iter_up() if box.tag == "table"), None)
    below = [box for box in _iter_rows(table) if box.first >= row.last] if table else []
    if not below or len(below[0].children) != len(row.children):
        return None
    if any(one.block.box.parent is not row for one in labelled):
        return None
    fields = []
    for head_cell, value_cell in zip(row.children, below[0].children, strict=True):
        if head_cell.last <= head_cell.first:
            continue
        block = document.blocks[head_cell.first]
        known = next((one for one in labelled if one.block is block), None)
        head = known or Labelled(block, block.text.strip(" :"), None, None)
        values = document.blocks[value_cell.first : value_cell.last]
        name = head.label.field if head.label else None
        texts = tuple(value.text for value in values)
        fields.append(Field(head, name, texts, "label:column", (block.index, *(value.index for value in values))))
    return fields


def _iter_rows(table: Box) -> list[Box]:
    rows, pending = [], list(reversed(table.children))
    while pending:
        box = pending.pop()
        if box.tag == "tr":
            rows.append(box)
        else:
            pending += reversed(box.children)
    return rows
