"""Tables of cases: tab-separated, the first line names the columns, ``\\n \\r \\t \\\\`` are escapes."""

from __future__ import annotations

import csv
from pathlib import Path

_ESCAPES = {"\\n": "\n", "\\r": "\r", "\\t": "\t", "\\\\": "\\"}


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of a table by the names of its columns."""
    with (Path(__file__).parent / f"{name}.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, dialect="excel-tab", quoting=csv.QUOTE_NONE))
    return [{column: _unescape(value or "") for column, value in row.items()} for row in rows]


def _unescape(value: str) -> str:
    for escape, character in _ESCAPES.items():
        value = value.replace(escape, character)
    return value
