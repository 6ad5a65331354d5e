"""Labels in the first row of a table, each over its column of values.

Belongs here: such a table of one project; one of several projects is none of ours.
Does not belong here: tables with a label and its value in one row (``fields_in_boxes``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from extractor.blocks.prose_shape import is_prose
from extractor.fields.labelled import MANY_VALUED, Field, Labelled, read_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block, Box, Document

    _Column = tuple[Labelled | None, list[Block]]


def read_columns(document: Document, labelled: Sequence[Labelled]) -> list[Field] | str | None:
    """The fields of a table with a row of labels over a row of values; None where the labels do not stand so."""
    rows: Counter[Box] = Counter(
        one.block.box.parent for one in labelled if one.block.box.tag in {"th", "td"} if one.block.box.parent
    )
    if not rows or rows.most_common(1)[0][1] < max(3, len(labelled) - 1):
        return None
    row = rows.most_common(1)[0][0]
    table = next((box for box in row.iter_up() if box.tag == "table"), None)
    below = [box for box in _iter_rows(table) if box.first >= row.last] if table else []
    known = {one.block.index: one for one in labelled}
    if not below or len(below[0].children) != len(row.children) or len(known) < len(labelled):
        return None
    if any(one.block.box.parent is not row for one in labelled):
        return None
    columns: list[_Column] = []
    for head_cell, value_cell in zip(row.children, below[0].children, strict=True):
        head = None
        if head_cell.last > head_cell.first:
            block = document.blocks[head_cell.first]
            head = known.get(block.index) or Labelled(block, block.text.strip(" :"), None, None)
        columns.append((head, document.blocks[value_cell.first : value_cell.last]))
    objection = _read_rows_below(document, columns, below[1:])
    return objection or [_read_column(head, values) for head, values in columns if head is not None]


def _read_rows_below(document: Document, columns: Sequence[_Column], below: Sequence[Box]) -> str | None:
    """Add to the values what further rows say: more names under a label of many values. Or why they say more than that.

    A row of text below the table's values is none of them.
    """
    for row in below:
        if any(is_prose(block.text.value) for block in document.blocks[row.first : row.last]):
            continue
        filled = [i for i, cell in enumerate(row.children) if cell.first < cell.last]
        if filled and len(row.children) != len(columns):
            return "a row of the table that is not as wide as its row of labels"
        if len(filled) > 1:
            return "a list of projects: several rows of values stand below one row of labels"
        for i in filled:
            head, values = columns[i]
            if head is None or head.label is None or head.label.field not in MANY_VALUED:
                return "a second row of the table has a value where one can be only"
            values += document.blocks[row.children[i].first : row.children[i].last]
    return None


def _read_column(head: Labelled, values: Sequence[Block]) -> Field:
    name = head.label.field if head.label else None
    blocks = (head.block.index, *(value.index for value in values))
    return Field(head, name, tuple(map(read_value, values)), "label:column", blocks)


def _iter_rows(table: Box) -> list[Box]:
    rows, pending = [], list(reversed(table.children))
    while pending:
        box = pending.pop()
        if box.tag == "tr":
            rows.append(box)
        else:
            pending += reversed(box.children)
    return rows
