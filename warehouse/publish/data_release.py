"""Data releases: the public tables as ordered Parquet, described, checksummed, named by their description's hash.

Belongs here: writing, finding and verifying a data release.
Does not belong here: comparing two (:mod:`warehouse.publish.comparison`), or changing the published file.

Its folder holds ``<table>.parquet``, ``datapackage.json`` (https://datapackage.org, with each file's sha256)
and ``SHA256SUMS`` (as ``sha256sum -c`` reads it). Its id is the beginning of the sha256 of ``datapackage.json``: one
content, one id, on any machine.
"""

import hashlib
import json
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.build.dictionary import find_comment, read_comments
from warehouse.connection import check_schema_version, open_scratch, quote_text
from warehouse.errors import ReleaseError
from warehouse.files import PRIVATE_MARK, clear_leftovers, fsync_path, private_beside, put_in_place
from warehouse.publish.swap import hash_file, write_ordered_parquet
from warehouse.read.published import describe_missing
from warehouse.tables import PublicTable, get_table

DESCRIPTION = "datapackage.json"
CHECKSUMS = "SHA256SUMS"
DATABASE = "iomdb.duckdb"
ID_LENGTH = 16
"""Hex digits of the id: 64 bits, no two contents of one house will ever share them."""

FIELD_TYPES = {
    "VARCHAR": "string", "INTEGER": "integer", "BIGINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean",
    "TIMESTAMP": "datetime", "DATE": "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DataRelease:
    """A data release in the folder ``path``; ``id`` is also the folder's name."""

    id: str
    path: Path

    @property
    def tables(self) -> Path:
        """The published file as it was."""
        return self.path / DATABASE


def write_release(published: Path, releases: Path) -> DataRelease:
    """Write the published tables as a data release under ``releases``; an equal one that is there is left alone.

    Raises:
        ReleaseError: there is no published file, or an equal release is there but damaged.
        SchemaVersionError: the published file is of another internal schema.
    """
    if not published.is_file():
        raise ReleaseError(describe_missing(published))
    releases.mkdir(parents=True, exist_ok=True)
    private = private_beside(releases / "release")
    clear_leftovers(releases / "release")
    with ExitStack() as undo:
        undo.callback(clear_leftovers, releases / "release")
        release = _write_private(published, private, releases)
        undo.pop_all()
    return release


def _write_private(published: Path, private: Path, releases: Path) -> DataRelease:
    private.mkdir()
    try:
        files, description = _write_tables(published, private)
    except duckdb.Error as error:
        raise ReleaseError(f"the tables of {published} could not be written as a data release: {error}") from error
    (private / DESCRIPTION).write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _write_checksums(private, [*files, private / DESCRIPTION])
    release_id = hash_file(private / DESCRIPTION)[:ID_LENGTH]
    target = releases / release_id
    if target.exists():
        shutil.rmtree(private)
        verify_release(target)
        return DataRelease(release_id, target)
    for path in private.iterdir():
        fsync_path(path)
    put_in_place(private, target)
    return DataRelease(release_id, target)


def _write_tables(published: Path, folder: Path) -> tuple[list[Path], dict[str, Any]]:
    """The ordered Parquet files and their description."""
    spilling = tempfile.TemporaryDirectory(prefix=f"{folder.name}-", dir=folder.parent)
    with spilling as spill, open_scratch(Path(spill)) as connection:
        # Attached, not opened: a reader of this process may have the same file open with other settings.
        connection.execute(f"ATTACH {quote_text(str(published))} AS published (READ_ONLY)")
        connection.execute("USE published")
        check_schema_version(connection)
        files = write_ordered_parquet(connection, folder)
        return files, describe_release(connection, files)


def describe_release(connection: DuckDBPyConnection, files: list[Path]) -> dict[str, Any]:
    """The Data Package of the open file's tables. No clock enters it: its time is that of the newest run."""
    row = connection.execute(
        "SELECT schema_version, content_sha256, (SELECT max(sealed_at) FROM internal.run), "
        "(SELECT max(release) FROM internal.release) FROM internal.build"
    ).fetchone()
    assert row is not None
    schema_version, content_sha256, newest_run, extractor = row
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "iomdb",
        "title": "The public record of IOM's projects and news",
        "sources": [{"title": "International Organization for Migration (IOM)", "path": "https://www.iom.int"}],
        "schema_version": schema_version,
        "extractor_release": extractor,
        "content_sha256": content_sha256,
        "newest_run_sealed_at": None if newest_run is None else newest_run.isoformat() + "Z",
        "resources": [_describe_table(connection, path) for path in files],
    }


def _describe_table(connection: DuckDBPyConnection, path: Path) -> dict[str, Any]:
    table = get_table(path.stem)
    count = connection.execute(f"SELECT count(*) FROM v1.{table.name}").fetchone()
    assert count is not None
    columns = connection.execute(f"DESCRIBE FROM v1.{table.name}").fetchall()
    return {
        "name": table.name,
        "path": path.name,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{hash_file(path)}",
        "description": read_comments()["views"][table.name]["comment"],
        "rowcount": count[0],
        "schema": {
            "fields": [
                {"name": name, "type": field_type(data_type), "description": find_comment(table.name, name)}
                for name, data_type, *_ in columns
            ],
            **_describe_keys(table),
        },
    }


def _describe_keys(table: PublicTable) -> dict[str, Any]:
    """The key of a table and what its columns refer to. A key in which a column may be null is unique, not primary."""
    key = {"uniqueKeys": [list(table.key)]} if table.nullable else {"primaryKey": list(table.key)}
    foreign = [
        {"fields": [column], "reference": {"resource": other, "fields": list(get_table(other).key)}}
        for column, other in table.references
    ]
    return key | ({"foreignKeys": foreign} if foreign else {})


def field_type(data_type: str) -> str:
    """The Table Schema type of one DuckDB type.

    >>> field_type("DECIMAL(14,2)"), field_type("VARCHAR[]"), field_type("TIMESTAMP")
    ('number', 'array', 'datetime')
    """
    if data_type.endswith("[]"):
        return "array"
    if data_type.startswith("DECIMAL"):
        return "number"
    return FIELD_TYPES[data_type]


def _write_checksums(folder: Path, files: list[Path]) -> None:
    lines = [f"{hash_file(path)}  {path.name}\n" for path in sorted(files)]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def find_releases(releases: Path) -> list[DataRelease]:
    """Every data release under the folder, by id."""
    if not releases.is_dir():
        return []
    finished = (path for path in sorted(releases.iterdir()) if not path.name.startswith(PRIVATE_MARK))
    return [DataRelease(path.name, path) for path in finished if (path / DESCRIPTION).is_file()]


def find_release_of(releases: Path, content_sha256: str) -> DataRelease | None:
    """The first data release of tables with this content, or None where none is kept."""
    for release in find_releases(releases):
        if json.loads((release.path / DESCRIPTION).read_bytes()).get("content_sha256") == content_sha256:
            return release
    return None


def get_release(releases: Path, beginning: str) -> DataRelease:
    """The one data release whose id begins so.

    Raises:
        ReleaseError: none or several do; the text lists what is there.
    """
    known = find_releases(releases)
    fitting = [release for release in known if beginning and release.id.startswith(beginning)]
    if len(fitting) != 1:
        there = ", ".join(release.id for release in known) or "none; make one with `iomdb release`"
        raise ReleaseError(f"{len(fitting)} data releases begin with {beginning!r}; there are: {there}")
    return fitting[0]


def verify_release(path: Path) -> None:
    """Check every file of a data release against its checksum, and the folder's name against its description.

    Raises:
        ReleaseError: names the first file that is missing, changed or not listed.
    """
    try:
        listed = dict(line.split("  ", 1)[::-1] for line in (path / CHECKSUMS).read_text("utf-8").splitlines())
    except (OSError, ValueError) as error:
        raise ReleaseError(f"release {path.name} has no readable {CHECKSUMS}: {error}") from error
    there = {file.name for file in path.iterdir()} - {CHECKSUMS}
    for name in sorted(there | listed.keys()):
        if name not in there or name not in listed:
            raise ReleaseError(f"release {path.name}: {name} is {'not listed' if name in there else 'missing'}")
        if hash_file(path / name) != listed[name]:
            raise ReleaseError(f"release {path.name}: {name} is not what was released; take it from a copy")
    if hashlib.sha256((path / DESCRIPTION).read_bytes()).hexdigest()[:ID_LENGTH] != path.name:
        raise ReleaseError(f"release {path.name}: its {DESCRIPTION} belongs to another id")
