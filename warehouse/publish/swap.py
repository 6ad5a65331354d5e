"""Publishing: check the built file, make it durable, and swap it in by one rename.

Belongs here: the laws a finished file keeps, the content hash, and the rename. Does not belong here: building.
A reader that holds the old file open keeps its whole snapshot; SIGKILL at any moment leaves the old file or the new.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from warehouse.build.steps import read_step
from warehouse.connection import QUIET, find_together, quote_text
from warehouse.errors import PublishError
from warehouse.files import hash_file, put_in_place
from warehouse.tables import PUBLIC_TABLES, PublicTable


@dataclass(frozen=True, slots=True)
class Published:
    """What is at ``path`` now. ``content_sha256`` names the content of the v1 tables, not the file's bytes."""

    path: Path
    rows: Mapping[str, int]
    content_sha256: str


def publish_database(built: Path, published: Path, *, before_swap: Callable[[Path], object] | None = None) -> Published:
    """Check ``built``, checkpoint and fsync it, and rename it over ``published``.

    ``before_swap`` is called with the finished file, which does not change any more.

    Raises:
        PublishError: a law does not hold, or the file cannot be read; ``published`` is left as it was.
    """
    try:
        with closing(duckdb.connect(str(built))) as connection:
            connection.execute(QUIET)
            keys = find_together(connection, PUBLIC_TABLES, _count_keys)
            broken = find_broken_laws(connection, keys)
            if broken:
                raise PublishError(f"{built.name} is not published: " + "; ".join(broken))
            digest = hash_content(connection, built)
            connection.execute(f"UPDATE internal.build SET content_sha256 = {quote_text(digest)}")
            connection.execute("CHECKPOINT")
    except duckdb.Error as error:
        raise PublishError(f"{built.name} is not published: it cannot be read back: {error}") from error
    wal = built.with_name(built.name + ".wal")
    if wal.exists():
        raise PublishError(f"{built.name} still has a write-ahead log after its checkpoint; build it again")
    if before_swap is not None:
        before_swap(built)
    put_in_place(built, published)
    return Published(
        published, {table.name: n_rows for table, (n_rows, _, _) in zip(PUBLIC_TABLES, keys, strict=True)}, digest
    )


def find_broken_laws(connection: duckdb.DuckDBPyConnection, keys: Iterable[tuple[int, int, int]]) -> list[str]:
    """The laws of step 95 and of the keys that do not hold, each with how many rows break it.

    ``keys`` are of each public table its rows, the keys with a null, and the keys that it has twice.
    """
    laws = connection.execute(read_step("95_laws")).fetchall()
    for table, (_, n_null, n_double) in zip(PUBLIC_TABLES, keys, strict=True):
        laws += [(f"{table.name} has a null in its key", n_null), (f"{table.name} has a key twice", n_double)]
    references = [(table, *reference) for table in PUBLIC_TABLES for reference in table.references.items()]
    orphans = find_together(connection, references, _count_orphans)
    laws += [
        (f"{table.name}.{column} names none of {other}", n_orphans)
        for (table, column, other), n_orphans in zip(references, orphans, strict=True)
    ]
    return [f"{law} ({n_rows} rows)" for law, n_rows in laws if n_rows]


def _count_keys(connection: duckdb.DuckDBPyConnection, table: PublicTable) -> tuple[int, int, int]:
    (counts,) = connection.execute(table.key_counts).fetchall()
    return counts


def _count_orphans(connection: duckdb.DuckDBPyConnection, reference: tuple[PublicTable, str, str]) -> int:
    table, column, other = reference
    ((n_orphans,),) = connection.execute(f"SELECT count(*) FROM {table.find_orphans(column, other)}").fetchall()
    return int(n_orphans)


def write_ordered_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Every public table as ``<name>.parquet``, in the order of its key: equal tables give equal bytes."""
    return [_write_ordered(connection, table, folder, "zstd") for table in PUBLIC_TABLES]


def _write_ordered(
    connection: duckdb.DuckDBPyConnection,
    table: PublicTable,
    folder: Path,
    compression: Literal["zstd", "uncompressed"],
) -> Path:
    path = folder / f"{table.name}.parquet"
    connection.execute(
        f"COPY (SELECT * FROM v1.{table.name} ORDER BY {table.order}) TO {quote_text(str(path))} "
        f"(FORMAT parquet, COMPRESSION {compression}, ROW_GROUP_SIZE 20000)"
    )
    return path


def hash_content(connection: duckdb.DuckDBPyConnection, beside: Path) -> str:
    """The sha256 over the ordered Parquet of the public tables: what two builds of one input have in common.

    The database file itself is not reproducible byte for byte, ordered Parquet is. Each table is written to a folder
    next to ``beside`` and removed: the disk that holds the database has room for it, ``/tmp`` may not. It is not
    compressed: that would take three times as long, for files that are only hashed.
    """
    with tempfile.TemporaryDirectory(prefix=f"{beside.name}-", dir=beside.parent) as folder:

        def hash_table(cursor: duckdb.DuckDBPyConnection, table: PublicTable) -> str:
            path = _write_ordered(cursor, table, Path(folder), "uncompressed")
            digest = hash_file(path)
            path.unlink()
            return f"{path.name} {digest}\n"

        lines = find_together(connection, PUBLIC_TABLES, hash_table)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
