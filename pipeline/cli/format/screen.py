"""Rows on a screen: tables that fit a terminal, records, text cut and wrapped as terminals measure it.

Belongs here: layout. Does not belong here: formats for programs (``tables``), where rows come from. Archived text is
escaped before it gets here or here: nothing in it acts on a terminal. Imported when a table is printed: loading rich
takes a tenth of what an answer may.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO

from rich import box
from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from pipeline.ground.printable import escape, format_value

NULL = "∅"
"""An unknown value in a table: a blank would be an empty text, and "None" a word."""
ELLIPSIS = "…"
_GAP = 2
_LEAST_PROSE = 24
"""A column of titles, texts or evidence is never narrower than this, or than what stands in it."""
_MAX_SHOWN = 280
"""Longer texts are cut in a table on a screen: a body of a thousand lines shows nothing else. A pipe gets all."""
_NUMBERS = (int, float, Decimal)


def iter_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, width: int | None, colour: bool
) -> Iterator[str]:
    """The lines of a table: long text wrapped within ``width`` columns, numbers to the right, unknown values ``∅``.

    Prose wraps at blanks; dates, numbers, ids and addresses are never broken. Rows for which the width has no room are
    listed one below the other, as :func:`iter_record` does.
    Without a width each row is one line with whole values: what a pipe and a file get.
    """
    cells = [[_show(value, is_whole=width is None) for value in row] for row in rows]
    head = [escape(column) for column in columns]
    natural = [
        max([cell_len(name), *(cell_len(row[index]) for row in cells)], default=0) for index, name in enumerate(head)
    ]
    prose = [any(" " in row[index].strip() for row in cells) for index in range(len(head))]
    least = [
        max(cell_len(name), min(size, _LEAST_PROSE) if is_prose else size)
        for name, size, is_prose in zip(head, natural, prose, strict=True)
    ]
    gaps = _GAP * (len(head) - 1)
    if width is not None and sum(least) + gaps > width:
        for number, row in enumerate(rows, start=1):
            yield f"─── {number} " + "─" * max(0, width - 6 - len(str(number)))
            yield from iter_record(columns, row, width=width, colour=colour, unknown=NULL)
        return
    widths = natural if width is None else _fit(natural, least, width - gaps)
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0), header_style="bold"
    )
    for index, name in enumerate(head):
        is_number = _is_number(row[index] for row in rows)
        table.add_column(
            Text(name),
            justify="right" if is_number else "left",
            width=widths[index],
            overflow="fold",
        )
    for row in cells:
        table.add_row(*(_paint(cell, colour=colour) for cell in row))
    yield from _render(table, sum(widths) + gaps + 1, colour=colour)


def iter_record(
    columns: Sequence[str], row: Sequence[object], *, width: int, colour: bool, unknown: str | None = None
) -> Iterator[str]:
    """One row as a list of names and values, wrapped at the terminal's width.

    Unknown values and empty lists are left out, or, where ``unknown`` is given, shown as that.
    """
    names = [escape(column) for column in columns]
    indent = max((cell_len(name) for name in names), default=0) + _GAP
    for name, value in zip(names, row, strict=True):
        if unknown is None and (value is None or value == []):
            continue
        text = (
            escape(value, keep_lines=True)
            if isinstance(value, str)
            else unknown or ""
            if value is None
            else format_value(value)
        )
        lines = [part for line in text.split("\n") for part in wrap(line, max(20, width - indent))]
        label = f"\x1b[1m{name}\x1b[0m" if colour else name
        if colour and _is_address(text):
            lines = [f"\x1b]8;;{text}\x1b\\{line}\x1b]8;;\x1b\\" for line in lines]
        yield label + " " * (indent - cell_len(name)) + lines[0]
        for line in lines[1:]:
            yield (" " * indent + line).rstrip()


def cut(text: str, width: int) -> str:
    """The text within ``width`` columns, ending in … where something was cut.

    >>> cut("border management", 8)
    'border …'
    """
    if cell_len(text) <= width:
        return text
    return (chop_cells(text, width - 1) or [""])[0] + ELLIPSIS if width > 1 else ELLIPSIS


def _fit(natural: list[int], least: list[int], room: int) -> list[int]:
    """Column widths: each its own while there is room, else all that are wider than one common width get that."""
    level = max(natural, default=0)
    while level and sum(_level(natural, least, level)) > room:
        level -= 1
    return _level(natural, least, level)


def _level(natural: list[int], least: list[int], level: int) -> list[int]:
    return [max(low, min(size, level)) for size, low in zip(natural, least, strict=True)]


def _show(value: object, *, is_whole: bool) -> str:
    if value is None:
        return NULL
    text = format_value(value)
    return text if is_whole else cut(text, _MAX_SHOWN)


def _paint(cell: str, *, colour: bool) -> Text:
    """The cell, as text and nothing else; on a terminal with colour an address leads there and ∅ stands back."""
    if not colour:
        return Text(cell)
    if cell == NULL:
        return Text(cell, style="dim")
    return Text(cell, style=Style(link=cell) if _is_address(cell) else "")


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://")) and " " not in text and ELLIPSIS not in text


def _render(table: Table, width: int, *, colour: bool) -> Iterator[str]:
    page = StringIO()
    Console(
        file=page, width=width, force_terminal=colour, color_system="standard" if colour else None, legacy_windows=False
    ).print(table)
    for line in page.getvalue().splitlines():
        yield line.rstrip()


def _is_number(values: Iterable[object]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, _NUMBERS) and not isinstance(value, bool) for value in known)


def wrap(line: str, width: int) -> list[str]:
    """The line in parts of at most ``width`` columns, broken at blanks where there are some."""
    return [str(part).rstrip() for part in Text(line).wrap(_WRAPPER, width, overflow="fold", no_wrap=False)] or [""]


_WRAPPER = Console(width=80, color_system=None, legacy_windows=False)
