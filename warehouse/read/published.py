"""Reading the published file: opened read-only and sandboxed, at any time, also while a run publishes.

Belongs here: opening, one query of ours with bound values or one of a stranger's, its rows; instants as people write
them. Does not belong here: printing, any question's SQL, what a stranger's may do (:mod:`warehouse.read.door`).
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connection import check_schema_version, close_at_once, connect_reader
from warehouse.errors import InstantError, LimitError, PublishedFileError, QueryError
from warehouse.read.door import admit
from warehouse.read.limits import QueryLimits, format_size, make_limits

OPEN_ATTEMPTS = 50
OPEN_PAUSE_SECONDS = 0.02
"""A publish replaces the file by one rename. Only on file systems where a rename is not instantaneous can an open meet
a moment without it; a second of patience is enough everywhere measured."""

BATCH = 500
"""Rows that are fetched at once from a stream."""

_HELD = re.compile(r"Conflicting lock is held in (.*?\(PID \d+\)|[^.]*)")

_DAMAGES = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
"""What DuckDB raises when bytes of the file are not what they must be; no reader's SQL can make it say so, for want of
files to read."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer to one query: names, DuckDB's types and rows of Python values. Times are naive UTC."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class RowStream:
    """The answer to a stranger's query, row by row as it is found; read it before the connection closes.

    ``rows`` raises LimitError behind the last row that may be given, and QueryError where DuckDB fails on the way.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


@contextmanager
def open_published(
    path: Path, limits: QueryLimits | None = None, *, outlet: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, for reading only: no file, network, extension or setting can be reached from its SQL.

    ``limits`` are those of :func:`warehouse.read.limits.make_limits` where none are given; ``outlet`` is the one file
    that may be written.

    Publishing never waits for a reader: it renames a new file into place, and this connection keeps the old one whole.

    Raises:
        PublishedFileError: there is no published file, it is no DuckDB file, or a part of it is damaged; raised also
            from inside of the block, where the damaged part is first read.
        SchemaVersionError: it was written by a program with another internal schema; names both numbers.
    """
    connection = _connect_patiently(path, limits or make_limits(), outlet)
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


def _connect_patiently(path: Path, limits: QueryLimits, outlet: Path | None) -> duckdb.DuckDBPyConnection:
    for attempt in range(OPEN_ATTEMPTS):
        try:
            return connect_reader(path, limits.settings, outlet)
        except duckdb.Error as error:
            if not path.exists():
                raise PublishedFileError(describe_missing(path)) from error
            if holder := _HELD.search(str(error)):
                raise PublishedFileError(
                    f"{path} is held by another program, which opened it for writing ({holder[1].strip()}): close it "
                    "there, or open it there with read_only"
                ) from error
            if attempt == OPEN_ATTEMPTS - 1:
                raise PublishedFileError(f"{path} cannot be opened: {error}; `iomdb publish` makes it anew") from error
            time.sleep(OPEN_PAUSE_SECONDS)
    raise AssertionError("the loop returns or raises")


def describe_missing(path: Path) -> str:
    """What is said where the published file is not there: the place may be the wrong one."""
    return (
        f"there is no published file {path.absolute()}. IOMDB_DATA names the data folder (else it is data/ in the "
        "current folder); make the file with `iomdb run` or `iomdb publish`"
    )


def read_notice(connection: duckdb.DuckDBPyConnection) -> str | None:
    """What must be said wherever something of the file is shown (it is invented); None for the public record."""
    ((notice,),) = fetch_query(connection, "SELECT notice FROM internal.build").rows
    return None if notice is None else str(notice)


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


def run_query(path: Path, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> QueryResult:
    """Run one statement on the published file and fetch its rows.

    Values are bound (``?`` or ``$name``), never written into the text.

    Raises:
        QueryError: DuckDB refused or failed; the text is DuckDB's own first words.
        SchemaVersionError: as :func:`open_published`.
    """
    with open_published(path) as connection:
        return fetch_query(connection, sql, parameters)


def fetch_query(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
) -> QueryResult:
    """As :func:`run_query`, on a connection that :func:`open_published` gave.

    Raises:
        QueryError: DuckDB refused or failed. A sign of damage passes, for :func:`open_published` to name the file.
    """
    try:
        cursor = connection.execute(sql, parameters) if parameters else connection.execute(sql)
        description = cursor.description or []
        rows = cursor.fetchall()
    except _DAMAGES:
        raise
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    return QueryResult(*_describe_columns(description), rows)


def ask(
    connection: duckdb.DuckDBPyConnection, text: str, values: Mapping[str, Any], limits: QueryLimits | None = None
) -> RowStream:
    """Let a stranger's statement in by the door, and run it on a connection that :func:`open_published` gave.

    Raises:
        QueryError: it is refused (:func:`warehouse.read.door.admit`), or DuckDB refused or failed.
        LimitError: it needs more than the limits allow.
    """
    limits = limits or make_limits()
    with telling_limits(limits):
        admitted = admit(connection, text)
        cursor = connection.execute(admitted, values) if values else connection.execute(admitted)
    return RowStream(*_describe_columns(cursor.description or []), _iter_rows(cursor, limits))


def _iter_rows(cursor: duckdb.DuckDBPyConnection, limits: QueryLimits) -> Iterator[tuple[Any, ...]]:
    n_given = 0
    while True:
        with telling_limits(limits):
            rows = cursor.fetchmany(min(BATCH, limits.rows + 1 - n_given))
        if not rows:
            return
        yield from rows[: limits.rows - n_given]
        n_given += len(rows)
        if n_given > limits.rows:
            raise LimitError(
                f"the query gives more than {limits.rows:,} rows: narrow it, or allow more with --max-rows"
            )


@contextmanager
def telling_limits(limits: QueryLimits) -> Iterator[None]:
    """DuckDB's errors as one sentence of ours: what a query may not have, or what is wrong with it."""
    try:
        yield
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        is_disk = "max_temp_directory_size" in str(error)
        wanted = (
            f"{format_size(limits.spill)} of temporary disk" if is_disk else f"{format_size(limits.memory)} of memory"
        )
        raise LimitError(f"the query needs more than {wanted}: narrow it, or allow more with --memory") from error
    except _DAMAGES:
        raise
    except duckdb.Error as error:
        raise QueryError(str(error)) from error


def _describe_columns(description: Sequence[Sequence[Any]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(str(column[0]) for column in description), tuple(str(column[1]) for column in description)


Tables = duckdb.DuckDBPyConnection
"""A connection that :func:`warehouse.read.published.open_published` gave; for those who pass it on and may not know
DuckDB."""


def as_objects(result: QueryResult) -> list[dict[str, Any]]:
    """Each row as a mapping from column name to value."""
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def select_columns(result: QueryResult, columns: Sequence[str]) -> QueryResult:
    """The same rows with these columns only, in this order."""
    places = [result.columns.index(column) for column in columns]
    rows = [tuple(row[place] for place in places) for row in result.rows]
    return QueryResult(tuple(columns), tuple(result.types[place] for place in places), rows)


def parse_instant(text: str, now: datetime | None = None) -> datetime:
    """An instant as people write it, as naive UTC: a date, a date and time, or how long ago (``7d``).

    No offset means UTC, a date alone its midnight. ``now`` is what ``7d``, ``12h`` and ``2w`` count back from; without
    it they are refused.

    Raises:
        InstantError: the text is none of these.

    >>> parse_instant("2026-11-21T01:00:00+01:00")
    datetime.datetime(2026, 11, 21, 0, 0)
    """
    stated = text.strip()
    if now is not None and len(stated) > 1 and stated[:-1].isascii() and stated[:-1].isdecimal():
        seconds = {"h": 3600, "d": 86_400, "w": 604_800}.get(stated[-1])
        if seconds is not None:
            try:
                moment = datetime.fromtimestamp(now.timestamp() - int(stated[:-1]) * seconds, UTC)
            except (OverflowError, ValueError, OSError) as error:
                raise InstantError(f"{text!r} reaches back before any calendar; write 2026-11-21") from error
            return moment.replace(tzinfo=None)
    try:
        instant = datetime.fromisoformat(stated)
    except ValueError as error:
        raise InstantError(
            f"{text!r} is no instant; write 2026-11-21, 2026-11-21T09:00:00Z"
            + (", or 7d for seven days ago" if now is not None else "")
        ) from error
    return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant
