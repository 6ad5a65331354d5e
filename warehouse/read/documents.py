"""The document that a person means by an id or an address, and its versions.

Belongs here: names to documents; reading the versions of both kinds: a document's history, what
it said at an instant, what differs between two versions. Does not belong here: choosing captures, printing.
"""

import difflib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from warehouse.errors import AmbiguousNameError, NotFoundError
from warehouse.read.published import QueryResult, as_objects, fetch_query, parse_instant

_FIND = """
SELECT DISTINCT kind, document_id FROM internal.document_name WHERE name IN ($name, upper($name), $key)
ORDER BY document_id NOT IN ($name, upper($name)), kind, document_id
"""


@dataclass(frozen=True, slots=True)
class Named:
    """One document: ``kind`` is ``project`` or ``news``."""

    kind: str
    document_id: str


def find_documents(connection: duckdb.DuckDBPyConnection, name: str) -> list[Named]:
    """The documents with this project_id, Projects ID, Prima ID, news_id, page key or address.

    Letter case matters in no id. More than one where a name is shared: a Prima ID of two projects, a Projects ID that
    was once on the page of another. The one whose id the name is comes first.

    Raises:
        NotFoundError: there is none; the text proposes near names.
    """
    stated = name.strip()
    rows = connection.execute(_FIND, {"name": stated, "key": strip_address(stated)}).fetchall()
    if not rows:
        raise NotFoundError(_describe_missing(connection, stated))
    return [Named(*row) for row in rows]


def get_document(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[Named, list[Named]]:
    """The one document that a name means, and others that bear or bore it too.

    A name that is a document's id means that one, whatever pages it was on before.

    Raises:
        NotFoundError: there is none.
        AmbiguousNameError: it is the id of none and a name of several.
    """
    first, *others = find_documents(connection, name)
    if others and name.strip().upper() != first.document_id.upper():
        ids = ", ".join(one.document_id for one in (first, *others))
        raise AmbiguousNameError(f"{name.strip()} names several documents: {ids}; give one of these")
    return first, others


def strip_address(address: str) -> str:
    """An address without what never distinguishes pages: scheme, www, query, fragment, the slash at the end.

    >>> strip_address("http://www.IOM.int/project/a-0/?page=1#top")
    'iom.int/project/a-0'
    """
    bare = address.partition("#")[0].partition("?")[0]
    bare = bare.removeprefix("https://").removeprefix("http://").rstrip("/")
    host, slash, path = bare.partition("/")
    return host.lower().removeprefix("www.") + slash + path


def _describe_missing(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    key = strip_address(name).lower()
    rows = connection.execute("SELECT DISTINCT document_id FROM internal.document ORDER BY 1").fetchall()
    names = {str(row[0]).lower(): str(row[0]) for row in rows}
    near = [folded for folded in names if key and key in folded][:3]
    near = [names[folded] for folded in near or difflib.get_close_matches(key, list(names)[:20_000], n=3, cutoff=0.7)]
    hint = f"did you mean {', '.join(near)}?" if near else "iomdb search WORDS finds documents by their text"
    return f"no document is named {name!r}; {hint}"


TABLES = {
    "project": ("v1.project_versions_bitemporal", "project_id"),
    "news": ("v1.news_versions_bitemporal", "news_id"),
}
"""By kind: the view of all versions ever believed, and its column of ids."""

# Of version rows, what says when and by whom a version was known is no content.
_BOOKKEEPING = frozenset((
    "version_no", "valid_from", "valid_to", "known_from", "known_to", "changed_after", "change_kind", "site_change",
    "changed_fields", "content_sha256", "capture_id", "content_capture_id", "time_basis", "extractor", "layout",
    "page_key",
))  # fmt: skip
_HISTORY = """
SELECT v.version_no, v.valid_from, v.valid_to, v.known_from, v.known_to, v.site_change,
       coalesce((SELECT list(c.field ORDER BY c.field) FROM v1.changes_bitemporal AS c
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


def read_versions(connection: duckdb.DuckDBPyConnection, named: Named) -> list[dict[str, Any]]:
    """Every version of a document as it is believed now, in site time, oldest first, with every column."""
    table, key = TABLES[named.kind]
    sql = f"SELECT * FROM {table} WHERE {key} = $id AND known_to IS NULL ORDER BY valid_from"
    return as_objects(fetch_query(connection, sql, {"id": named.document_id}))


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
