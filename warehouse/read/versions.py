"""The versions of a document: its history, what it said at an instant, and what differs between two versions.

Belongs here: reading ``v1.project_versions`` and ``v1.news_versions``. Does not belong here: choosing captures,
printing.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from warehouse.errors import NotFoundError
from warehouse.read.answers import as_objects, parse_instant
from warehouse.read.published import QueryResult, fetch_query

if TYPE_CHECKING:
    import duckdb

    from warehouse.read.lookup import Named

TABLES = {"project": ("v1.project_versions", "project_id"), "news": ("v1.news_versions", "news_id")}
"""By kind: the view of versions and its column of ids."""

# Of version rows, what says when and by whom a version was known is no content.
_BOOKKEEPING = frozenset(
    {
        "version_no",
        "valid_from",
        "valid_to",
        "known_from",
        "changed_after",
        "known_to",
        "change_kind",
        "site_change",
        "changed_fields",
        "content_sha256",
        "capture_id",
        "content_capture_id",
        "time_basis",
        "extractor",
        "layout",
        "page_key",
    }
)
_HISTORY = """
SELECT v.version_no, v.valid_from, v.valid_to, v.known_from, v.known_to, v.site_change,
       coalesce((SELECT list(c.field ORDER BY c.field) FROM v1.changes AS c
                 WHERE c.kind = $kind AND c.document_id = $id AND c.changed_at = v.valid_from
                   AND c.known_from = v.known_from AND c.change_kind = v.site_change), []) AS site_changed_fields,
       v.change_kind, v.changed_fields, v.title, v.capture_id, v.extractor
FROM {table} AS v WHERE v.{key} = $id AND (v.known_to IS NULL OR $all_beliefs)
ORDER BY v.valid_from, v.known_from
"""
_CURRENT = "SELECT * FROM {table} WHERE {key} = $id AND known_to IS NULL AND valid_to IS NULL"
_AT = """
SELECT * FROM {table}
WHERE {key} = $id AND known_to IS NULL AND valid_from <= $at AND (valid_to IS NULL OR valid_to > $at)
ORDER BY valid_from DESC LIMIT 1
"""
_BY_NUMBER = (
    "SELECT * FROM {table} WHERE {key} = $id AND known_to IS NULL AND version_no = $number ORDER BY valid_from DESC"
)


def read_history(connection: duckdb.DuckDBPyConnection, named: Named, *, all_beliefs: bool = False) -> QueryResult:
    """The versions of a document in site time, oldest first.

    ``site_change`` and ``site_changed_fields`` are what happened on the site; ``change_kind`` and ``changed_fields``
    are what the row came from: of a page that a newer extractor release reads otherwise, that reading. With
    ``all_beliefs`` also what earlier extractor releases believed and later ones corrected.
    """
    table, key = TABLES[named.kind]
    sql = _HISTORY.format(table=table, key=key)
    return fetch_query(connection, sql, {"id": named.document_id, "kind": named.kind, "all_beliefs": all_beliefs})


def get_current(connection: duckdb.DuckDBPyConnection, named: Named) -> dict[str, Any]:
    """The version that is believed now of what the site said last; of a page that is gone, what it last said."""
    table, key = TABLES[named.kind]
    (row,) = as_objects(fetch_query(connection, _CURRENT.format(table=table, key=key), {"id": named.document_id}))
    return row


def find_version(connection: duckdb.DuckDBPyConnection, named: Named, at: datetime) -> dict[str, Any] | None:
    """What the site said at an instant, as now understood: every column of the version; None before the first."""
    table, key = TABLES[named.kind]
    answer = fetch_query(connection, _AT.format(table=table, key=key), {"id": named.document_id, "at": at})
    return as_objects(answer)[0] if answer.rows else None


def get_version(connection: duckdb.DuckDBPyConnection, named: Named, which: str) -> dict[str, Any]:
    """A version by its number (``3``, ``v3``) or by an instant it was valid at (``2026-11-21``).

    Raises:
        NotFoundError: there is no such version; the text says which there are.
        QueryError: ``which`` is neither a number nor an instant.
    """
    table, key = TABLES[named.kind]
    number = re.fullmatch(r"v?(\d{1,9})", which.strip())
    if number:
        values = {"id": named.document_id, "number": int(number[1])}
        answer = fetch_query(connection, _BY_NUMBER.format(table=table, key=key), values)
        if answer.rows:
            return as_objects(answer)[0]
    else:
        version = find_version(connection, named, parse_instant(which))
        if version is not None:
            return version
    known = as_objects(read_history(connection, named))
    there = ", ".join(f"v{row['version_no']} from {row['valid_from']:%Y-%m-%d}" for row in known)
    raise NotFoundError(f"{named.document_id} has no version {which!r}; there are: {there}")


def compare_versions(before: dict[str, Any], after: dict[str, Any]) -> QueryResult:
    """The fields that differ, in the order of the table: field, old, new."""
    rows = [
        (field, before[field], after[field])
        for field in before
        if field not in _BOOKKEEPING and before[field] != after[field]
    ]
    return QueryResult(("field", "old", "new"), ("VARCHAR", "ANY", "ANY"), rows)
