"""The public tables as one SQLite file, through the standard library.

Belongs here: types and rows for SQLite. Does not belong here: choosing tables or the target. Lists and structs become
JSON text, instants ISO text in UTC, money NUMERIC, truth 0 or 1.
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

from warehouse.tables import PublicTable

BATCH = 2000


def write_sqlite(connection: duckdb.DuckDBPyConnection, tables: Sequence[PublicTable], target: Path) -> dict[str, int]:
    """Write each table, its key declared where it is never null; returns how many rows each has."""
    rows = {}
    with closing(sqlite3.connect(target)) as file:
        file.execute("PRAGMA journal_mode = OFF")
        for table in tables:
            rows[table.name] = _write_table(connection, table, file)
        file.commit()
    return rows


def _write_table(connection: duckdb.DuckDBPyConnection, table: PublicTable, file: sqlite3.Connection) -> int:
    cursor = connection.execute(f"SELECT * FROM v1.{table.name} ORDER BY {table.order}")
    columns = [(str(name), str(kind)) for name, kind, *_ in cursor.description or []]
    parts = [f'"{name}" {_find_affinity(kind)}' for name, kind in columns]
    if not table.nullable:
        parts.append(f"PRIMARY KEY ({table.order})")
    file.execute(f'CREATE TABLE "{table.name}" ({", ".join(parts)})')
    insert = f'INSERT INTO "{table.name}" VALUES ({", ".join("?" * len(columns))})'
    count = 0
    while batch := cursor.fetchmany(BATCH):
        file.executemany(insert, [[_convert(value) for value in row] for row in batch])
        count += len(batch)
    return count


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
