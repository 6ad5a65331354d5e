"""Opening DuckDB: a scratch database to derive in, a private file to build, and the published file to read.

Belongs here: how connections are configured and why. Does not belong here: any statement about tables.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STORAGE_VERSION = "v1.2.0"
"""Opens in DuckDB 1.2 and everything since; the default of 1.5 stores long text uncompressed (STACK.md)."""

BUILD_MEMORY = "1600MB"
"""Below the 2 GB that a build may take; DuckDB spills to disk beyond it."""

QUIET = "SET enable_progress_bar = false"
"""Under ``python -c`` DuckDB takes itself for interactive and draws a bar on stdout, where a program reads JSON."""

READER_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "lock_configuration": True,
}
"""What keeps a reader's SQL from files, network, extensions and secrets; locked, so that SQL cannot unlock it."""


@contextmanager
def open_scratch(spill: Path, *, threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database to derive in; it spills into the folder ``spill``. The session's zone is UTC."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": BUILD_MEMORY,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
    }
    if threads is not None:
        settings["threads"] = threads
    connection = duckdb.connect(":memory:", config=settings)
    try:
        connection.execute(QUIET)
        yield connection
    finally:
        close_at_once(connection)


def close_at_once(connection: duckdb.DuckDBPyConnection) -> None:
    """Close, without running to its end what a Ctrl-C has left: closing alone does just that (DuckDB 1.5)."""
    connection.interrupt()
    connection.close()


def attach_private(connection: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
    """Attach a new database file to build in. ``alias`` is a word of ours; the path is quoted."""
    connection.execute(f"ATTACH {quote_text(str(path))} AS {alias} (STORAGE_VERSION '{STORAGE_VERSION}')")


def connect_reader(path: Path) -> duckdb.DuckDBPyConnection:
    """The published file, read-only and sandboxed by :data:`READER_SETTINGS`. The caller closes it."""
    return duckdb.connect(str(path), read_only=True, config=READER_SETTINGS)


def quote_text(text: str) -> str:
    """A SQL literal, for the few places where DuckDB takes no bound value (ATTACH, COPY).

    >>> quote_text("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"
