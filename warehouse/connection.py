"""Opening DuckDB: a scratch database to derive in, a private file to build, and the published file to read.

Belongs here: how connections are configured and why; the version of the internal schema, which is written into every
file: a newer program rebuilds, an older one refuses. Does not belong here: the schema, any statement about tables.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

import duckdb

from warehouse.errors import PublishedFileError, SchemaVersionError

STORAGE_VERSION = "v1.2.0"
"""Opens in DuckDB 1.2 and everything since; the default of 1.5 was measured to store long text uncompressed."""

READING_MEMORY = "1600MB"
"""Rows of JSON are read in buffers of half a gigabyte a thread."""

BUILD_MEMORY = "600MB"
"""DuckDB spills to disk beyond it; with what is around it a build of 100,000 documents takes 0.9 GB. Statements of a
build that write run one by one: two of them beside each other outgrew it at that size, and the build failed."""

QUIET = "SET enable_progress_bar = false"
"""Under ``python -c`` DuckDB takes itself for interactive and draws a bar on stdout, where a program reads JSON."""

READER_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}
"""What keeps a reader's SQL from files, network, extensions and secrets; :data:`LOCK` keeps SQL from changing it."""

LOCK = "SET lock_configuration = true"
_SANDBOXED = "SELECT current_setting('enable_external_access'), current_setting('lock_configuration')"


@contextmanager
def open_scratch(
    spill: Path, *, threads: int | None = None, memory: str = READING_MEMORY
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database to derive in; it spills into the folder ``spill``. The session's zone is UTC."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
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


_AT_A_TIME = 2
"""Each has one thread: of one small table DuckDB's own threads wait for each other, and its client spins meanwhile."""

_Given = TypeVar("_Given")
_Found = TypeVar("_Found")


def find_together(
    connection: duckdb.DuckDBPyConnection,
    given: Iterable[_Given],
    find: Callable[[duckdb.DuckDBPyConnection, _Given], _Found],
) -> list[_Found]:
    """What is found of each, in their order, two at a time. A Ctrl-C ends what is under way."""
    connection.execute("SET threads = 1")
    free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()

    def find_apart(one: _Given) -> _Found:
        cursor = free.get()
        try:
            return find(cursor, one)
        finally:
            free.put(cursor)

    with ExitStack() as opened:
        cursors = [opened.enter_context(closing(_open_cursor(connection))) for _ in range(_AT_A_TIME)]
        pool = opened.enter_context(ThreadPoolExecutor(_AT_A_TIME))
        for cursor in cursors:
            opened.callback(cursor.interrupt)
            free.put(cursor)
        return list(pool.map(find_apart, given))


def _open_cursor(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A cursor in the current database of the connection; DuckDB opens it in the first one."""
    ((database,),) = connection.execute("SELECT current_database()").fetchall()
    cursor = connection.cursor()
    cursor.execute(f'USE "{database}"')
    return cursor


def attach_private(connection: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
    """Attach a new database file to build in. ``alias`` is a word of ours; the path is quoted."""
    connection.execute(f"ATTACH {quote_text(str(path))} AS {alias} (STORAGE_VERSION '{STORAGE_VERSION}')")


def connect_reader(path: Path, limits: Mapping[str, str], outlet: Path | None = None) -> duckdb.DuckDBPyConnection:
    """The published file, read-only and sandboxed by :data:`READER_SETTINGS`. The caller closes it.

    ``limits`` are DuckDB's settings for memory and temporary disk; ``outlet`` is the one file that a statement of ours
    may write from inside of the sandbox.
    """
    settings = READER_SETTINGS | dict(limits)
    if outlet is not None:
        del settings["enable_external_access"]
    connection = duckdb.connect(str(path), read_only=True, config=settings)
    # Another connection of this process may have locked the settings of the file already: then they are as here.
    with suppress(duckdb.InvalidInputException):
        connection.execute(QUIET)
        if outlet is not None:
            connection.execute(f"SET allowed_paths = [{quote_text(str(outlet))}]")
            connection.execute("SET enable_external_access = false")
    with suppress(duckdb.InvalidInputException):
        connection.execute(LOCK)
    if connection.execute(_SANDBOXED).fetchone() != (False, True):
        connection.close()
        raise PublishedFileError(f"{path} is open in this program with other settings; close it there first")
    return connection


def set_variable(connection: duckdb.DuckDBPyConnection, name: str, value: str | int | list[str] | None) -> None:
    """Set one variable of the session; its name is a word of ours.

    The value is quoted, not bound: at its first bound value DuckDB 1.5 imports pandas wherever it is installed, to know
    its missing values by type, and that takes longer than a small build.
    """
    match value:
        case None:
            literal = "NULL"
        case list():
            literal = f"[{', '.join(map(quote_text, value))}]"
        case _:
            literal = quote_text(str(value))
    connection.execute(f"SET VARIABLE {name} = {literal}")


def quote_text(text: str) -> str:
    """A SQL literal, for the few places where DuckDB takes no bound value (ATTACH, COPY).

    >>> quote_text("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


SCHEMA_VERSION = 4
"""Raise it with any change to ``internal.*`` or ``v1.*``: a file of another number is rebuilt, never changed."""


def read_schema_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The version that the open file was written with; 0 for a DuckDB file that is none of ours."""
    try:
        row = connection.execute("SELECT schema_version FROM internal.build").fetchone()
    except duckdb.CatalogException:
        return 0
    return 0 if row is None else int(row[0])


def check_schema_version(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse a file of another version.

    Raises:
        SchemaVersionError: names both numbers and what to do.
    """
    found = read_schema_version(connection)
    if found == SCHEMA_VERSION:
        return
    if found > SCHEMA_VERSION:
        raise SchemaVersionError(
            f"the published file has internal schema {found}, this program knows {SCHEMA_VERSION}: "
            "it was written by a newer iomdb; upgrade, or point IOMDB_DATA at another folder"
        )
    raise SchemaVersionError(
        f"the published file has internal schema {found}, this program writes {SCHEMA_VERSION}: run `iomdb rebuild`"
    )


def refuse_newer(published: Path) -> None:
    """Before a build: an older program never replaces a newer program's file. A missing file is no matter.

    Raises:
        SchemaVersionError: the published file is of a newer internal schema.
    """
    if not published.exists():
        return
    try:
        connection = duckdb.connect(str(published), read_only=True)
    except duckdb.Error:
        return
    try:
        if read_schema_version(connection) > SCHEMA_VERSION:
            check_schema_version(connection)
    finally:
        connection.close()
