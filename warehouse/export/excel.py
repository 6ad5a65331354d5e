"""The public tables as one Excel workbook, a sheet a table.

Belongs here: cells, sheets and Excel's limits. Does not belong here: choosing tables or the target. No text becomes a
formula or a link; what is longer than a cell can hold is cut and says so at its end.
"""

import json
import re
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from warehouse.tables import PublicTable

MAX_TEXT = 32_767
MAX_ROWS = 1_048_575
"""Rows of a sheet below its heading; a longer table goes on in a further sheet."""
CUT = "… [cut: the whole text has {length:,} characters]"
_BATCH = 2000
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed stamp without a zone, as the format wants it: equal tables, equal files


def write_excel(connection: duckdb.DuckDBPyConnection, tables: Sequence[PublicTable], target: Path) -> dict[str, int]:
    """Write each table; returns how many rows each has."""
    rows = {}
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with closing(xlsxwriter.Workbook(str(target), options)) as book:
        book.set_properties({"title": "iomdb", "created": _CREATED})
        styles = {
            "head": book.add_format({"bold": True}),
            "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "quoted": book.add_format({"quote_prefix": True}),
        }
        for table in tables:
            rows[table.name] = _write_table(connection, table, book, styles)
    return rows


def _write_table(connection: duckdb.DuckDBPyConnection, table: PublicTable, book: Any, styles: dict[str, Any]) -> int:
    cursor = connection.execute(f"SELECT * FROM v1.{table.name} ORDER BY {table.order}")
    columns = [str(column[0]) for column in cursor.description or []]
    sheet, count = _add_sheet(book, table.name, columns, styles), 0
    while batch := cursor.fetchmany(_BATCH):
        for row in batch:
            if count and count % MAX_ROWS == 0:
                sheet = _add_sheet(book, f"{table.name} {count // MAX_ROWS + 1}", columns, styles)
            for column, value in enumerate(row):
                _write_cell(sheet, count % MAX_ROWS + 1, column, value, styles)
            count += 1
    return count


def _add_sheet(book: Any, name: str, columns: list[str], styles: dict[str, Any]) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 18)
    sheet.write_row(0, 0, columns, styles["head"])
    return sheet


def _write_cell(sheet: Any, row: int, column: int, value: Any, styles: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime) and value.year >= 1900:
        sheet.write_datetime(row, column, value, styles["instant"])
    else:
        text = value if isinstance(value, str) else _make_text(value)
        if len(text) > MAX_TEXT:
            end = CUT.format(length=len(text))
            text = text[: MAX_TEXT - len(end)] + end
        sheet.write_string(row, column, text, styles["quoted"] if _FORMULA.match(text) else None)


def _make_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (list, dict)) else str(value)
