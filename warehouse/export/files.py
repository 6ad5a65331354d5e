"""Handing the public tables out as files: CSV, JSON lines, Parquet, SQLite, Excel.

Belongs here: choosing tables, writing beside the target and renaming, the formats that DuckDB writes itself. Does not
belong here: SQLite and Excel (:mod:`warehouse.export.sqlite`, :mod:`warehouse.export.excel`); data releases.

The warehouse keeps the true text. Only in CSV, which carries no types, is a text that a spreadsheet would run as a
formula given a leading apostrophe; in Excel it is a text cell that says so.
"""

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal

import duckdb

from warehouse.connection import quote_text
from warehouse.errors import ExportError
from warehouse.export.excel import write_excel
from warehouse.export.sqlite import write_sqlite
from warehouse.files import FOLDER_MARK, private_beside
from warehouse.read.published import open_published
from warehouse.tables import PUBLIC_TABLES, PublicTable

Format = Literal["csv", "jsonl", "parquet", "sqlite", "xlsx"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "parquet", "sqlite", "xlsx")
ONE_FILE: tuple[Format, ...] = ("sqlite", "xlsx")
"""These hold all tables in one file; of the others each table is a file of its own in a folder."""

FORMULA_START = r"^[=+\-@\t\r\n＝＋－＠]"
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection), the full-width signs too."""

_COPY_OPTIONS = {
    "csv": "FORMAT csv, HEADER true",
    "jsonl": "FORMAT json",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}


def choose_tables(names: Sequence[str]) -> list[PublicTable]:
    """The public tables of these names, all of them where none is named, in the order of the documentation.

    Raises:
        ExportError: a name is no public table; the text lists them.
    """
    stated = [name.removeprefix("v1.") for name in names]
    known = [table.name for table in PUBLIC_TABLES]
    strange = sorted(set(stated) - set(known))
    if strange:
        raise ExportError(f"no public table is named {', '.join(strange)}; there are {', '.join(known)}")
    return [table for table in PUBLIC_TABLES if not stated or table.name in stated]


def export_tables(published: Path, form: Format, target: Path, names: Sequence[str] = ()) -> dict[str, int]:
    """Write the tables and return how many rows each has; what was at ``target`` is replaced when all is written.

    ``target`` is a file for SQLite and Excel; else a folder of one ``<table>.<format>`` a table, or, where one table
    is named in ``names``, a file that bears that ending.

    Raises:
        ExportError: an unknown table, several for one file, or a target that holds what is not ours.
        QueryError: there is no published file.
    """
    tables = choose_tables(names)
    is_file = form in ONE_FILE or target.suffix == f".{form}"
    if is_file and form not in ONE_FILE and len(tables) != 1:
        raise ExportError(f"{target.name} can hold one table; name it, or give a folder for all of them")
    _check_replaceable(target, form, is_file=is_file)
    unfinished = private_beside(target)
    _remove(unfinished)
    try:
        with open_published(published):
            pass  # the version of the schema is checked, and a missing file is reported, before anything is written
        rows = _write(published, form, unfinished, tables, is_file=is_file)
        _remove(target)
        unfinished.rename(target)
    finally:
        _remove(unfinished)
    return rows


def _write(
    published: Path, form: Format, unfinished: Path, tables: Sequence[PublicTable], *, is_file: bool
) -> dict[str, int]:
    # Trusted: every statement from here on is ours, so files may be written.
    with closing(duckdb.connect(str(published), read_only=True)) as connection:
        if form == "sqlite":
            return write_sqlite(connection, tables, unfinished)
        if form == "xlsx":
            return write_excel(connection, tables, unfinished)
        if not is_file:
            unfinished.mkdir()
        paths = {table: unfinished if is_file else unfinished / f"{table.name}.{form}" for table in tables}
        return {table.name: _copy(connection, form, table, path) for table, path in paths.items()}


def _copy(connection: duckdb.DuckDBPyConnection, form: Format, table: PublicTable, path: Path) -> int:
    columns = "*"
    if form == "csv":
        described = connection.execute(f"DESCRIBE v1.{table.name}").fetchall()
        columns = ", ".join(_select_csv(str(name), str(kind)) for name, kind, *_ in described)
    rows = f"SELECT {columns} FROM v1.{table.name} ORDER BY {table.order}"
    written = connection.execute(f"COPY ({rows}) TO {quote_text(str(path))} ({_COPY_OPTIONS[form]})").fetchone()
    return int(written[0]) if written else 0


def _select_csv(name: str, kind: str) -> str:
    """A column as CSV can carry it: lists and structs as JSON, texts without the power of a formula."""
    column = '"' + name.replace('"', '""') + '"'
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        return f"to_json({column}) AS {column}"
    if kind == "VARCHAR":
        pattern = quote_text(FORMULA_START)
        return f"CASE WHEN regexp_matches({column}, {pattern}) THEN '''' || {column} ELSE {column} END AS {column}"
    return column


_HEADS: dict[str, bytes] = {"xlsx": b"PK", "sqlite": b"SQLite format 3", "parquet": b"PAR1"}
"""How files of these kinds begin; CSV and JSON lines begin with anything."""


def _check_replaceable(target: Path, form: Format, *, is_file: bool) -> None:
    """Refuse to replace a file of another kind, or a folder that holds anything but an earlier export."""
    if target.is_file() and (marks := _HEADS.get(form)):
        with target.open("rb") as file:
            head = file.read(16)
        if head and not head.startswith(marks):
            raise ExportError(f"{target} is no {form} file: it is not replaced; choose another name")
    if not target.is_dir():
        return
    ours = {f"{table.name}.{form}" for table in PUBLIC_TABLES for form in FORMATS} | {FOLDER_MARK}
    strange = sorted(path.name for path in target.iterdir() if path.name not in ours)
    if is_file or strange:
        raise ExportError(f"{target} is a folder that holds other files; choose another name")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
