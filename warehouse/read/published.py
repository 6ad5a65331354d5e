"""Reading the published file: opened read-only and sandboxed, at any time, also while a run publishes.

Belongs here: opening, one query with bound values, and its rows. Does not belong here: printing, or any question's SQL.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from warehouse.connection import close_at_once, connect_reader
from warehouse.errors import PublishedFileError, QueryError, SchemaVersionError
from warehouse.schema_version import check_schema_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

OPEN_ATTEMPTS = 50
OPEN_PAUSE_SECONDS = 0.02
"""A publish replaces the file by one rename. Only on file systems where a rename is not instantaneous can an open meet
a moment without it; a second of patience is enough everywhere measured."""

_DAMAGES = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
"""What DuckDB raises when bytes of the file are not what they must be; no reader's SQL can make it say so, for want of
files to read."""


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
        PublishedFileError: there is no published file, it is no DuckDB file, or a part of it is damaged; raised also
            from inside of the block, where the damaged part is first read.
        SchemaVersionError: it was written by a program with another internal schema; names both numbers.
    """
    connection = _connect_patiently(path)
    try:
        check_schema_version(connection)
        yield connection
    except _DAMAGES as error:
        raise PublishedFileError(
            f"{path} cannot be read, it is damaged or the disk is: {' '.join(str(error).split())}. `iomdb publish` "
            "makes it anew"
        ) from error
    finally:
        close_at_once(connection)


def _connect_patiently(path: Path) -> duckdb.DuckDBPyConnection:
    for attempt in range(OPEN_ATTEMPTS):
        try:
            return connect_reader(path)
        except duckdb.Error as error:
            if attempt == OPEN_ATTEMPTS - 1 or not path.exists():
                if not path.exists():
                    raise PublishedFileError(describe_missing(path)) from error
                raise PublishedFileError(f"{path} cannot be opened: {error}; `iomdb publish` makes it anew") from error
            time.sleep(OPEN_PAUSE_SECONDS)
    raise AssertionError("the loop returns or raises")


def describe_missing(path: Path) -> str:
    """What is said where the published file is not there: the place may be the wrong one."""
    return (
        f"there is no published file {path.absolute()}. IOMDB_DATA names the data folder (else it is data/ in the "
        "current folder); make the file with `iomdb run` or `iomdb publish`"
    )


def read_everything(path: Path) -> None:
    """Read every value of every table, as proof that the file can be read to its end.

    Raises:
        PublishedFileError: as :func:`open_published`.
    """
    with open_published(path) as connection:
        tables = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
        for schema, table in tables:
            connection.execute(f'SELECT bit_xor(hash(t)) FROM "{schema}"."{table}" AS t').fetchall()


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
        QueryError: DuckDB refused or failed. A sign of damage passes, for :func:`open_published` to name the file.
    """
    try:
        cursor = connection.execute(sql, parameters) if parameters else connection.execute(sql)
        description = cursor.description or []
        rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit)
    except _DAMAGES:
        raise
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    columns = tuple(str(column[0]) for column in description)
    types = tuple(str(column[1]) for column in description)
    return QueryResult(columns, types, rows)


__all__ = [
    "QueryResult",
    "SchemaVersionError",
    "describe_missing",
    "fetch_query",
    "open_published",
    "read_everything",
    "run_query",
]
