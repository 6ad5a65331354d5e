"""The public tables as one Excel workbook: where they come from, then a sheet a table.

Belongs here: cells, sheets and Excel's limits. Does not belong here: choosing tables or the target. No text becomes a
formula or a link; what is longer than a cell can hold is cut and says so at its end.
"""

import json
import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from warehouse.publish.csv_tables import FORMULA_START
from warehouse.publish.origin import TablesOrigin
from warehouse.tables import PublicTable

MAX_TEXT = 32_767
MAX_ROWS = 1_048_575
"""Rows of a sheet below its heading; a longer table goes on in a further sheet."""
ABOUT = "About"
CUT = "… [cut: the whole text has {length:,} characters]"
_BATCH = 2000
_NARROWEST, _WIDEST = 8, 60
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed stamp without a zone, as the format wants it: equal tables, equal files


def write_excel(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[PublicTable], target: Path, origin: TablesOrigin
) -> dict[str, int]:
    """Write each table; returns how many rows each has."""
    rows = {}
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with closing(xlsxwriter.Workbook(str(target), options)) as book:
        book.set_properties({"title": "iomdb", "created": _CREATED})
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "quoted": book.add_format({"quote_prefix": True}),
            "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _write_about(tables, book, styles, origin)
        for table in tables:
            rows[table.name] = _write_table(connection, table, book, styles)
    return rows


def _write_about(tables: Sequence[PublicTable], book: Any, styles: dict[str, Any], origin: TablesOrigin) -> None:
    """The first sheet: what a reader must know of the others."""
    sheet = book.add_worksheet(ABOUT)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 110, styles["wrapped"])
    told = [
        *origin.describe().items(),
        ("times", "UTC"),
        ("empty cells", "what a page does not state, or no rule reads"),
    ]
    sheets = [(f"sheet {table.name}", table.comment) for table in tables]
    for row, (name, text) in enumerate([*told, *sheets]):
        sheet.write_string(row, 0, name, styles["head"])
        sheet.write_string(row, 1, text, styles["wrapped"])


def _write_table(connection: duckdb.DuckDBPyConnection, table: PublicTable, book: Any, styles: dict[str, Any]) -> int:
    cursor = connection.execute(f"SELECT * FROM v1.{table.name} ORDER BY {table.order}")
    columns = [str(column[0]) for column in cursor.description or []]
    batch = cursor.fetchmany(_BATCH)
    widths = [_find_width(name, (row[place] for row in batch)) for place, name in enumerate(columns)]
    sheet, count = _add_sheet(book, table.name, columns, widths, styles), 0
    while batch:
        for row in batch:
            if count and count % MAX_ROWS == 0:
                _filter(sheet, MAX_ROWS, columns)
                sheet = _add_sheet(book, f"{table.name} {count // MAX_ROWS + 1}", columns, widths, styles)
            for column, value in enumerate(row):
                _write_cell(sheet, count % MAX_ROWS + 1, column, value, styles)
            count += 1
        batch = cursor.fetchmany(_BATCH)
    _filter(sheet, (count - 1) % MAX_ROWS + 1 if count else 0, columns)
    return count


def _add_sheet(book: Any, name: str, columns: list[str], widths: list[int], styles: dict[str, Any]) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.write_row(0, 0, columns, styles["head"])
    return sheet


def _filter(sheet: Any, n_rows: int, columns: list[str]) -> None:
    sheet.autofilter(0, 0, n_rows, len(columns) - 1)


def _find_width(name: str, values: Iterable[Any]) -> int:
    """Characters that show the name with the filter's button beside it, and the values, long texts in part."""
    longest = max(
        (len(value if isinstance(value, str) else _make_text(value)) for value in values if value is not None),
        default=0,
    )
    return min(max(longest + 1, len(name) + 4, _NARROWEST), _WIDEST)


def _write_cell(sheet: Any, row: int, column: int, value: Any, styles: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, value)
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(row, column, value, styles["instant" if isinstance(value, datetime) else "day"])
    else:
        text = value if isinstance(value, str) else _make_text(value)
        if len(text) > MAX_TEXT:
            end = CUT.format(length=len(text))
            text = text[: MAX_TEXT - len(end)] + end
        sheet.write_string(row, column, text, styles["quoted"] if re.match(FORMULA_START, text) else None)


def _make_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (list, dict)) else str(value)
