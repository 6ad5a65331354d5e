"""Handing the public tables out as files: CSV, JSON lines, Parquet, SQLite, Excel.

Belongs here: choosing tables, writing beside the target and renaming, the formats that DuckDB writes itself. Does not
belong here: the other formats, a module each; data releases.

The warehouse keeps the true text. Only in CSV, which carries no types, is a text that a spreadsheet would run as a
formula given a leading apostrophe; in Excel it is a text cell that says so. Each export says where its tables come
from: a folder in its datapackage.json, a workbook on its first sheet, SQLite in its table ``about``, a Parquet file in
its own metadata.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
from xlsxwriter.exceptions import FileCreateError

from warehouse.connection import quote_text
from warehouse.errors import EmptyExportError, ExportError
from warehouse.export import FORMATS, Format
from warehouse.export.datasette import write_metadata
from warehouse.export.excel import write_excel
from warehouse.export.sqlite import write_sqlite
from warehouse.files import FOLDER_MARK, private_beside
from warehouse.publish.csv_tables import write_csv
from warehouse.publish.data_release import find_release_of
from warehouse.publish.origin import TablesOrigin, read_origin
from warehouse.publish.package import DESCRIPTION, FileFormat, describe_file, describe_package, write_package
from warehouse.read.cookbook import read_questions
from warehouse.read.published import open_published
from warehouse.tables import PUBLIC_TABLES, PublicTable

ONE_FILE: tuple[Format, ...] = ("sqlite", "xlsx")
"""These hold all tables in one file; of the others each table is a file of its own in a folder."""

METADATA = "metadata.yaml"
"""Beside a SQLite file: what Datasette is told of it."""

BOOKS = frozenset({"data_dictionary", "releases", "countries", "project_types", "sites"})
"""Tables that are never empty, of a data folder without a page too."""

_PARQUET = "FORMAT parquet, COMPRESSION zstd"


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


def export_tables(
    published: Path,
    form: Format,
    target: Path,
    names: Sequence[str] = (),
    *,
    bom: bool = False,
    releases: Path | None = None,
) -> dict[str, int]:
    """Write the tables and return how many rows each has; what was at ``target`` is replaced when all is written.

    ``target`` is a file for SQLite and Excel; else a folder of one ``<table>.<format>`` a table and a description of
    them, or, where one table is named in ``names``, a file that bears that ending. Beside a SQLite file
    ``metadata.yaml`` is written. ``bom`` begins CSV with the mark by which Excel knows UTF-8. ``releases`` is
    where a data release of the same tables may be kept, which the export then names.

    Raises:
        ExportError: an unknown table, several for one file, or a target that holds what is not ours.
        EmptyExportError: the tables have no row; nothing is written.
        QueryError: there is no published file.
        OSError: the target cannot be written; it is left as it was.
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
        # Trusted: every statement from here on is ours, so files may be written.
        with closing(duckdb.connect(str(published), read_only=True)) as connection:
            _refuse_empty(connection, tables)
            origin = read_origin(connection)
            kept = find_release_of(releases, origin.content_sha256) if releases else None
            if is_file:
                unfinished.touch()  # no file may be written there: said before the work, not after it
            work = _Export(connection, replace(origin, release_id=kept.id if kept else None), tables, bom)
            rows = work.write(form, unfinished, target.stem, is_file=is_file)
        _remove(target)
        unfinished.rename(target)
    except (duckdb.IOException, sqlite3.Error, FileCreateError) as error:
        raise OSError(f"{target} cannot be written: {error}") from error
    finally:
        _remove(unfinished)
    return rows


def _refuse_empty(connection: duckdb.DuckDBPyConnection, tables: Sequence[PublicTable]) -> None:
    """Refuse, by an :class:`EmptyExportError`, to write tables without a row."""
    asked = [table for table in tables if table.name not in BOOKS] or tables
    if not any(connection.execute(f"SELECT 1 FROM v1.{table.name} LIMIT 1").fetchone() for table in asked):
        words = f"{tables[0].name} has no row" if len(tables) == 1 else "the tables have no row"
        raise EmptyExportError(f"there is nothing to write: {words}")


@dataclass(frozen=True, slots=True)
class _Export:
    """Tables on their way into files."""

    connection: duckdb.DuckDBPyConnection
    origin: TablesOrigin
    tables: Sequence[PublicTable]
    bom: bool

    def write(self, form: Format, target: Path, name: str, *, is_file: bool) -> dict[str, int]:
        """Write them; ``name`` is that of the file when it is finished, without its ending."""
        if form == "sqlite":
            questions = read_questions() if len(self.tables) == len(PUBLIC_TABLES) else []
            beside = target.with_name(METADATA)
            rows = write_sqlite(self.connection, self.tables, target, self.origin, questions)
            write_metadata(self.connection, self.origin, self.tables, questions, private_beside(beside), database=name)
            private_beside(beside).replace(beside)
            return rows
        if form == "xlsx":
            return write_excel(self.connection, self.tables, target, self.origin)
        if is_file:
            return {self.tables[0].name: self._write_file(form, self.tables[0], target)}
        return self._write_folder(form, target)

    def _write_folder(self, form: FileFormat, folder: Path) -> dict[str, int]:
        folder.mkdir()
        paths = [folder / f"{table.name}.{form}" for table in self.tables]
        rows = {table.name: self._write_file(form, table, path) for table, path in zip(self.tables, paths, strict=True)}
        encoding = "utf-8-sig" if self.bom else "utf-8"
        described = [describe_file(self.connection, path, form, among=list(rows), encoding=encoding) for path in paths]
        write_package(folder, describe_package(self.origin, described))
        return rows

    def _write_file(self, form: FileFormat, table: PublicTable, path: Path) -> int:
        if form == "csv":
            return write_csv(self.connection, table, path, bom=self.bom)
        origin = ", ".join(
            f"{name.replace(' ', '_')}: {quote_text(text)}" for name, text in self.origin.describe().items()
        )
        options = f"{_PARQUET}, KV_METADATA {{{origin}}}" if form == "parquet" else "FORMAT json"
        sql = f"COPY (FROM v1.{table.name} ORDER BY {table.order}) TO {quote_text(str(path))} ({options})"
        written = self.connection.execute(sql).fetchone()
        return int(written[0]) if written else 0


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
    ours = {f"{table.name}.{form}" for table in PUBLIC_TABLES for form in FORMATS} | {FOLDER_MARK, DESCRIPTION}
    strange = sorted(path.name for path in target.iterdir() if path.name not in ours)
    if is_file or strange:
        raise ExportError(f"{target} is a folder that holds other files; choose another name")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
