"""The public tables as one SQLite file, through the standard library: with keys, full text and the cookbook's answers.

Belongs here: types and rows for SQLite. Does not belong here: choosing tables or the target; what Datasette is told
(:mod:`warehouse.export.datasette`). Lists and structs become JSON text, instants ISO text in UTC, money NUMERIC, truth
0 or 1.

SQLite does not speak DuckDB's SQL, so the answer to each question of the cookbook, for the values that it has where
none are given, is a table, and a view of the question's name shows it, unless a public table has that name.
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from warehouse.export.datasette import name_answer
from warehouse.publish.origin import TablesOrigin
from warehouse.read.cookbook import Question
from warehouse.tables import PublicTable, get_table

BATCH = 2000
SEARCHED = {"projects": ("title", "description"), "news": ("title", "body")}
"""Whose words can be searched: ``<table>_fts``, an index of SQLite's FTS5 over the table, accents left out."""


def write_sqlite(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[PublicTable],
    target: Path,
    origin: TablesOrigin,
    questions: Sequence[Question] = (),
) -> dict[str, int]:
    """Write each table, its keys declared where they are never null; returns how many rows each has."""
    rows = {}
    names = {table.name for table in tables}
    with closing(sqlite3.connect(target)) as file:
        file.execute("PRAGMA journal_mode = OFF")
        for table in tables:
            rows[table.name] = _write_table(connection, table, names, file)
            _write_full_text(table, file)
        for question in questions:
            _write_answer(connection, question, names, file)
        file.execute('CREATE TABLE "about" ("name" TEXT PRIMARY KEY, "value" TEXT)')
        file.executemany('INSERT INTO "about" VALUES (?, ?)', origin.describe().items())
        file.commit()
    return rows


def _write_table(
    connection: duckdb.DuckDBPyConnection, table: PublicTable, names: set[str], file: sqlite3.Connection
) -> int:
    cursor = connection.execute(f"SELECT * FROM v1.{table.name} ORDER BY {table.order}")
    columns = [(str(name), str(kind)) for name, kind, *_ in cursor.description or []]
    parts = [f'"{name}" {_find_affinity(kind)}' for name, kind in columns]
    parts.append(f"{'UNIQUE' if table.nullable else 'PRIMARY KEY'} ({table.order})")
    parts += [
        f'FOREIGN KEY ("{column}") REFERENCES "{other}" ("{get_table(other).key[0]}")'
        for column, other in table.references.items()
        if other in names
    ]
    return _fill(cursor, table.name, parts, len(columns), file)


def _write_answer(
    connection: duckdb.DuckDBPyConnection, question: Question, names: set[str], file: sqlite3.Connection
) -> None:
    cursor = connection.execute(question.sql, question.defaults)
    columns = [(str(name), str(kind)) for name, kind, *_ in cursor.description or []]
    answer = name_answer(question)
    _fill(cursor, answer, [f'"{name}" {_find_affinity(kind)}' for name, kind in columns], len(columns), file)
    if question.name not in names:
        file.execute(f'CREATE VIEW "{question.name}" AS SELECT * FROM "{answer}"')


def _fill(
    cursor: duckdb.DuckDBPyConnection, name: str, parts: list[str], n_columns: int, file: sqlite3.Connection
) -> int:
    file.execute(f'CREATE TABLE "{name}" ({", ".join(parts)})')
    insert = f'INSERT INTO "{name}" VALUES ({", ".join("?" * n_columns)})'
    count = 0
    while batch := cursor.fetchmany(BATCH):
        file.executemany(insert, [[_convert(value) for value in row] for row in batch])
        count += len(batch)
    return count


def _write_full_text(table: PublicTable, file: sqlite3.Connection) -> None:
    columns = ", ".join(f'"{name}"' for name in SEARCHED.get(table.name, ()))
    if not columns:
        return
    options = f"content=\"{table.name}\", tokenize='unicode61 remove_diacritics 2'"
    file.execute(f'CREATE VIRTUAL TABLE "{table.name}_fts" USING fts5({columns}, {options})')
    file.execute(f'INSERT INTO "{table.name}_fts" (rowid, {columns}) SELECT rowid, {columns} FROM "{table.name}"')


def _find_affinity(kind: str) -> str:
    """SQLite's affinity for a type of DuckDB."""
    if kind.endswith("]"):
        return "TEXT"
    if kind.startswith("DECIMAL"):
        return "NUMERIC"
    if "INT" in kind or kind == "BOOLEAN":
        return "INTEGER"
    return "REAL" if kind in {"DOUBLE", "FLOAT"} else "TEXT"


def _convert(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value
