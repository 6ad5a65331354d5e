"""The version of the internal schema, written into every file: a newer program rebuilds, an older one refuses.

Belongs here: the number, and comparing it with a file's. Does not belong here: the schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from warehouse.errors import SchemaVersionError

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA_VERSION = 2
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
