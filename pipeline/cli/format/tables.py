"""Printing rows for people and programs: CSV, JSON, and what the terminal can do.

Belongs here: turning values into safe text. Does not belong here: where rows come from, tables on a screen
(:mod:`pipeline.cli.format.screen`).
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence

from pipeline.ground.printable import encode_json, encode_object
from warehouse.errors import LimitError
from warehouse.publish.csv_tables import neutralise


def iter_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """RFC 4180 with Unix line ends. Cells and headings that a spreadsheet would run get a leading apostrophe."""
    yield _make_csv_line([neutralise(column) for column in columns])
    for row in rows:
        yield _make_csv_line([_make_csv_cell(value) for value in row])


def iter_json(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A JSON array of objects, one a line, whole also where the rows end at a limit.

    Every character outside ASCII that could act on a terminal is escaped.
    """
    before = "["
    try:
        for row in rows:
            yield before + encode_object(dict(zip(columns, row, strict=True)))
            before = ",\n "
    except LimitError:
        yield ("[" if before == "[" else "") + "]\n"
        raise
    yield ("[" if before == "[" else "") + "]\n"


def _make_csv_line(cells: list[str]) -> str:
    return ",".join(map(_quote, cells)) + "\n" if cells != [""] else '""\n'


def paint_difference(line: str) -> str:
    """The line in red or green by its first sign, on a terminal with colour."""
    if not has_colour():
        return line
    return f"\x1b[{31 if line.startswith('-') else 32}m{line}\x1b[0m"


def find_width() -> int:
    """The terminal's columns (COLUMNS overrules them); 120 where output is no terminal, so that every log is alike."""
    return shutil.get_terminal_size((120, 24)).columns


def find_table_width() -> int | None:
    """The terminal's columns, or COLUMNS; None where output is neither: a pipe gets whole values."""
    return find_width() if sys.stdout.isatty() or os.environ.get("COLUMNS") else None


def has_colour() -> bool:
    """True on a terminal, unless NO_COLOR is set (no-color.org) or the terminal is dumb."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _make_csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=encode_json)
    if isinstance(value, str):
        return neutralise(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(encode_json(value)) if not isinstance(value, (int, float)) else str(value)


def _quote(cell: str) -> str:
    # Not csv.writer: with Unix line ends it leaves a lone carriage return bare, and readers split the row there.
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in ',"\r\n') else cell
