"""A public table as CSV: what each type becomes, and no text that a spreadsheet would run.

Belongs here: the columns and the file. Does not belong here: choosing tables (:mod:`warehouse.export.files`, the twin
of a data release in :mod:`warehouse.publish.data_release`).

CSV carries no types: an instant is ISO 8601 in UTC with a Z, a list or a structure is JSON, NULL is empty, and a text
that a spreadsheet would run as a formula gets a leading apostrophe.
"""

import codecs
import re
import shutil
from pathlib import Path

import duckdb

from warehouse.connection import quote_text
from warehouse.tables import PublicTable

FORMULA_START = r"^[=+\-@\t\r\n＝＋－＠]"
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection), the full-width signs too."""


def neutralise(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula.

    >>> neutralise("=1+1"), neutralise("1+1=2")
    ("'=1+1", '1+1=2')
    """
    return f"'{text}" if re.match(FORMULA_START, text) else text


def write_csv(connection: duckdb.DuckDBPyConnection, table: PublicTable, path: Path, *, bom: bool = False) -> int:
    """Write one table, ordered by its key; how many rows. ``bom``: begun with the mark by which Excel knows UTF-8."""
    described = connection.execute(f"DESCRIBE v1.{table.name}").fetchall()
    columns = ", ".join(_select_column(str(name), str(kind)) for name, kind, *_ in described)
    rows = f"SELECT {columns} FROM v1.{table.name} ORDER BY {table.order}"
    written = connection.execute(f"COPY ({rows}) TO {quote_text(str(path))} (FORMAT csv, HEADER true)").fetchone()
    if bom:
        _begin_with_mark(path)
    return int(written[0]) if written else 0


def _select_column(name: str, kind: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        return f"to_json({column}) AS {column}"
    if kind == "VARCHAR":
        pattern = quote_text(FORMULA_START)
        return f"CASE WHEN regexp_matches({column}, {pattern}) THEN '''' || {column} ELSE {column} END AS {column}"
    if kind.startswith("TIMESTAMP"):
        return f"replace(strftime({column}, '%Y-%m-%dT%H:%M:%S.%fZ'), '.000000Z', 'Z') AS {column}"
    return column


def _begin_with_mark(path: Path) -> None:
    marked = path.with_name(path.name + ".bom")
    with path.open("rb") as plain, marked.open("wb") as file:
        file.write(codecs.BOM_UTF8)
        shutil.copyfileobj(plain, file)
    marked.replace(path)
