"""The description of handed-on tables as a Data Package (https://datapackage.org, version 2).

Belongs here: ``datapackage.json``: package, tables, columns, keys. Does not belong here: writing the tables; which
tables these are (:mod:`warehouse.publish.origin`).
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from duckdb import DuckDBPyConnection

from warehouse.build.dictionary import find_comment
from warehouse.files import hash_file
from warehouse.publish.origin import LICENCE, LICENCE_NAME, PUBLISHER, PUBLISHER_URL, TITLE, TablesOrigin
from warehouse.tables import PublicTable, get_table

DESCRIPTION = "datapackage.json"
FileFormat = Literal["csv", "jsonl", "parquet"]

_MEDIA_TYPES: Mapping[FileFormat, str] = {
    "csv": "text/csv", "jsonl": "application/x-ndjson", "parquet": "application/vnd.apache.parquet",
}  # fmt: skip
_FIELD_TYPES = {
    "VARCHAR": "string", "INTEGER": "integer", "BIGINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean",
    "TIMESTAMP": "datetime", "DATE": "date",
}  # fmt: skip


def describe_package(origin: TablesOrigin, resources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The Data Package of tables. No clock enters it: its time is that of the newest run."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "iomdb",
        "title": TITLE,
        "description": origin.notice
        or "One row a project and news document, with every version, and where it is read.",
        "version": origin.version,
        **({"created": origin.created} if origin.created else {}),
        "licenses": [{"name": LICENCE_NAME, "title": LICENCE, "path": PUBLISHER_URL}],
        "contributors": [
            {"title": PUBLISHER, "path": PUBLISHER_URL, "roles": ["author", "publisher of the pages"]},
            {"title": "iomdb, the program that archives and reads them", "roles": ["compiler"]},
        ],
        "sources": [{"title": PUBLISHER, "path": PUBLISHER_URL}],
        "schema_version": origin.schema_version,
        "extractor_release": origin.extractor,
        "content_sha256": origin.content_sha256,
        **({"data_release": origin.release_id} if origin.release_id else {}),
        "resources": list(resources),
    }


def write_package(folder: Path, package: Mapping[str, Any]) -> Path:
    """Write ``datapackage.json``; its path."""
    path = folder / DESCRIPTION
    path.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def describe_file(
    connection: DuckDBPyConnection,
    path: Path,
    form: FileFormat,
    *,
    among: Sequence[str] | None = None,
    encoding: str = "utf-8",
) -> dict[str, Any]:
    """One table's file, named after it. ``among`` are the tables of the package, None for all: others have no keys."""
    table = get_table(path.stem)
    count = connection.execute(f"SELECT count(*) FROM v1.{table.name}").fetchone()
    assert count is not None
    columns = connection.execute(f"DESCRIBE FROM v1.{table.name}").fetchall()
    return {
        "name": table.name,
        **({"type": "table"} if form == "csv" else {}),
        "path": path.name,
        "format": form,
        "mediatype": _MEDIA_TYPES[form],
        **({"encoding": encoding} if form == "csv" else {}),
        "bytes": path.stat().st_size,
        "hash": f"sha256:{hash_file(path)}",
        "description": table.comment,
        "rowcount": count[0],
        "schema": {
            "fields": [
                {"name": name, "type": field_type(data_type), "description": find_comment(table.name, name)}
                for name, data_type, *_ in columns
            ],
            **_describe_keys(table, among),
        },
    }


def _describe_keys(table: PublicTable, among: Sequence[str] | None) -> dict[str, Any]:
    """The key of a table and what its columns refer to. A key in which a column may be null is unique, not primary."""
    key = {"uniqueKeys": [list(table.key)]} if table.nullable else {"primaryKey": list(table.key)}
    foreign = [
        {"fields": [column], "reference": {"resource": other, "fields": list(get_table(other).key)}}
        for column, other in table.references.items()
        if among is None or other in among
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
    if data_type.startswith("STRUCT"):
        return "object"
    return _FIELD_TYPES[data_type]
