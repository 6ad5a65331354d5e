"""Printing rows for people and programs: tables that fit a terminal, CSV and JSON.

Belongs here: turning values into safe text. Does not belong here: where rows come from. Archived text is printed by
these functions only: control, escape and bidirectional characters never reach a terminal.
"""

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from pipeline.ground.printable import encode_json, encode_object, escape, format_value

ELLIPSIS = "…"
_GAP = "  "
_MIN_WIDTH = 6
_MAX_MEASURED = 2000
"""Longer values are cut before they are measured: no terminal shows more."""
_NUMBERS = (int, float, Decimal)


def iter_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, width: int, colour: bool) -> Iterator[str]:
    """The lines of a table no wider than ``width``, long text cut with …, numbers to the right.

    Rows of more columns than the width has room for are listed one below the other, as :func:`iter_record` does.
    """
    if len(columns) * (_MIN_WIDTH + len(_GAP)) > width + len(_GAP):
        for number, row in enumerate(rows, start=1):
            yield f"─── {number} " + "─" * max(0, width - 6 - len(str(number)))
            yield from iter_record(columns, row, width=width, colour=colour)
        return
    cells = [[format_value(value)[:_MAX_MEASURED] for value in row] for row in rows]
    head = [escape(column) for column in columns]
    natural = [
        max([measure(head[index]), *(measure(row[index]) for row in cells)], default=0) for index in range(len(head))
    ]
    right = [_is_of(_NUMBERS, (row[index] for row in rows)) for index in range(len(head))]
    ranks = [_rank([row[index] for row in rows]) for index in range(len(head))]
    widths = _fit(natural, ranks, width)
    line = _GAP.join(_pad(name, size, is_right) for name, size, is_right in zip(head, widths, right, strict=True))
    yield f"\x1b[1m{line.rstrip()}\x1b[0m" if colour else line.rstrip()
    yield _GAP.join("─" * size for size in widths)
    for row in cells:
        yield _GAP.join(_pad(*cell) for cell in zip(row, widths, right, strict=True)).rstrip()


def iter_record(columns: Sequence[str], row: Sequence[object], *, width: int, colour: bool) -> Iterator[str]:
    """One row as a list of names and values, values wrapped at the terminal's width; unknown values are left out."""
    names = [escape(column) for column in columns]
    indent = max((measure(name) for name in names), default=0) + len(_GAP)
    for name, value in zip(names, row, strict=True):
        if value is None or value == []:
            continue
        text = escape(value, keep_lines=True) if isinstance(value, str) else format_value(value)
        lines = [part for line in text.split("\n") for part in _wrap(line, max(20, width - indent))]
        label = f"\x1b[1m{name}\x1b[0m" if colour else name
        yield label + " " * (indent - measure(name)) + lines[0]
        for line in lines[1:]:
            yield (" " * indent + line).rstrip()


def format_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180 with Unix line ends. Cells that a spreadsheet would run as a formula get a leading apostrophe."""
    lines = [list(columns), *([_make_csv_cell(value) for value in row] for row in rows)]
    return "".join(",".join(map(_quote, line)) + "\n" if line != [""] else '""\n' for line in lines)


def format_json(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A JSON array of objects, one a line. Every character outside ASCII that could act on a terminal is escaped."""
    lines = (encode_object(dict(zip(columns, row, strict=True))) for row in rows)
    return "[" + ",\n ".join(lines) + "]\n"


def measure(text: str) -> int:
    """Terminal columns: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def cut(text: str, width: int) -> str:
    """The text within ``width`` columns, ending in … where something was cut.

    >>> cut("border management", 8)
    'border …'
    """
    if measure(text) <= width:
        return text
    used, kept = 1, []
    for character in text:
        used += measure(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept) + ELLIPSIS


def paint_difference(line: str) -> str:
    """The line in red or green by its first sign, on a terminal with colour."""
    if not has_colour():
        return line
    return f"\x1b[{31 if line.startswith('-') else 32}m{line}\x1b[0m"


def find_width() -> int:
    """The terminal's columns (COLUMNS overrules them); 120 where output is no terminal, so that every log is alike."""
    return shutil.get_terminal_size((120, 24)).columns


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


def neutralise(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula (OWASP, CSV injection).

    >>> neutralise("=1+1"), neutralise("1+1=2")
    ("'=1+1", '1+1=2')
    """
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) else text


def _rank(values: Sequence[object]) -> int:
    """How late a column gives way: prose first, then single words (ids, addresses), then numbers and dates."""
    if _is_of((*_NUMBERS, date), values):
        return 2
    return 0 if any(isinstance(value, str) and " " in value.strip() for value in values) else 1


def _fit(natural: list[int], ranks: list[int], width: int) -> list[int]:
    """Column widths: those of the content while there is room; then the widest gives, in the order of its rank."""
    room = max(width - len(_GAP) * (len(natural) - 1), 0)
    widths = natural[:]
    for highest in range(3):
        giving = [index for index, rank in enumerate(ranks) if rank <= highest]
        while sum(widths) > room:
            widest = max((widths[index] for index in giving), default=0)
            if widest <= _MIN_WIDTH:
                break
            level = [index for index in giving if widths[index] == widest]
            below = max((widths[index] for index in giving if widths[index] < widest), default=_MIN_WIDTH)
            target = max(below, widest - -(-(sum(widths) - room) // len(level)), _MIN_WIDTH)
            for index in level:
                widths[index] = target
    return widths


def _is_of(types: tuple[type, ...], values: Iterable[object]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, types) and not isinstance(value, bool) for value in known)


def _pad(text: str, width: int, is_right: bool) -> str:
    text = cut(text, width)
    space = " " * (width - measure(text))
    return space + text if is_right else text + space


def _wrap(line: str, width: int) -> list[str]:
    """The line in parts of at most ``width`` columns, broken at blanks where there are some."""
    parts, current = [], ""
    for word in line.split(" "):
        if current and measure(current) + 1 + measure(word) > width:
            parts.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
        while measure(current) > width:
            head = cut(current, width + 1)[:-1]
            parts.append(head)
            current = current[len(head) :]
    return [*parts, current]
