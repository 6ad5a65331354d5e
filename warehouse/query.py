"""Reading the published file: opened read-only and sandboxed, at any time, also while a run publishes.

Belongs here: opening, one query with bound values, and its rows. Does not belong here: printing, or any question's SQL.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from warehouse.connection import connect_reader
from warehouse.errors import QueryError, SchemaVersionError
from warehouse.schema_version import check_schema_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

OPEN_ATTEMPTS = 50
OPEN_PAUSE_SECONDS = 0.02
"""A publish replaces the file by one rename. Only on file systems where a rename is not instantaneous can an open meet
a moment without it; a second of patience is enough everywhere measured."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer to one query: names, DuckDB's types and rows of Python values. Times are naive UTC."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@contextmanager
def open_published(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, for reading only: no file, network, extension or setting can be reached from its SQL.

    Publishing never waits for a reader: it renames a new file into place, and this connection keeps the old one whole.

    Raises:
        QueryError: there is no published file, or it is no DuckDB file.
        SchemaVersionError: it was written by a program with another internal schema; names both numbers.
    """
    connection = _connect_patiently(path)
    try:
        check_schema_version(connection)
        yield connection
    finally:
        connection.close()


def _connect_patiently(path: Path) -> duckdb.DuckDBPyConnection:
    for attempt in range(OPEN_ATTEMPTS):
        try:
            return connect_reader(path)
        except duckdb.Error as error:
            if attempt == OPEN_ATTEMPTS - 1 or not path.exists():
                if not path.exists():
                    raise QueryError(f"there is no published file {path.name}; make one with `iomdb run`") from error
                raise QueryError(f"{path.name} cannot be opened: {error}") from error
            time.sleep(OPEN_PAUSE_SECONDS)
    raise AssertionError("the loop returns or raises")


def run_query(
    path: Path, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = (), *, limit: int | None = None
) -> QueryResult:
    """Run one statement on the published file and fetch its rows, at most ``limit`` of them.

    Values are bound (``?`` or ``$name``), never written into the text.

    Raises:
        QueryError: DuckDB refused or failed; the text is DuckDB's own first words.
        SchemaVersionError: as :func:`open_published`.
    """
    with open_published(path) as connection:
        return fetch_query(connection, sql, parameters, limit=limit)


def fetch_query(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Sequence[Any] | Mapping[str, Any] = (),
    *,
    limit: int | None = None,
) -> QueryResult:
    """As :func:`run_query`, on a connection that :func:`open_published` gave.

    Raises:
        QueryError: DuckDB refused or failed.
    """
    try:
        cursor = connection.execute(sql, parameters) if parameters else connection.execute(sql)
        description = cursor.description or []
        rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit)
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    columns = tuple(str(column[0]) for column in description)
    types = tuple(str(column[1]) for column in description)
    return QueryResult(columns, types, rows)


__all__ = ["QueryResult", "SchemaVersionError", "fetch_query", "open_published", "run_query"]
