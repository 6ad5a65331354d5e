"""What is published, by which capture, and what changed on the sites since an instant.

Belongs here: values as published, the version and the capture they are based on; changed fields, and pages that came,
went or came back. Does not belong here: proving them (``pipeline.proof.verify``), printing, deriving changes (the build
does).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import NotFoundError, QueryError
from warehouse.extracted.reader import find_reading
from warehouse.read.captures import Capture, find_capture
from warehouse.read.documents import TABLES, Named, get_current, get_document, get_version
from warehouse.read.published import QueryResult, as_objects, fetch_query

CHANGE_KINDS = ("created", "edited", "removed", "restored", "relocated", "reparsed")
SITE_CHANGES = CHANGE_KINDS[:-1]
# A version has two stories: what the site did, and, where it is reparsed, what this software reads otherwise since.
_CHANGES = """
WITH version AS (
    SELECT 'project' AS kind, project_id AS document_id, version_no, valid_from, known_from, change_kind, site_change,
           title, site, lang, changed_after, time_basis, capture_id, budget_currency AS currency, end_date,
           NULL AS published_date
    FROM v1.project_versions_bitemporal WHERE known_to IS NULL
    UNION ALL
    SELECT 'news', news_id, version_no, valid_from, known_from, change_kind, site_change, title, site, lang,
           changed_after, time_basis, capture_id, NULL, NULL, published_date
    FROM v1.news_versions_bitemporal WHERE known_to IS NULL
),
dated AS (
    SELECT valid_from AS changed_at, site_change AS change, * FROM version WHERE site_change <> 'reparsed'
    UNION ALL
    SELECT known_from, change_kind, * FROM version WHERE change_kind = 'reparsed'
)
SELECT v.changed_at, v.change, v.kind, v.document_id, c.field, c.old, c.new, c.significance,
       v.title, v.site, v.version_no, v.lang, v.changed_after, v.time_basis, v.currency, v.end_date, v.published_date,
       v.capture_id, c.before_capture_id
FROM dated AS v
LEFT JOIN v1.changes_bitemporal AS c
  ON c.kind = v.kind AND c.document_id = v.document_id AND c.version_no = v.version_no AND c.known_to IS NULL
     AND c.change_kind = v.change
WHERE v.changed_at >= $since AND ($until IS NULL OR v.changed_at < $until)
  AND ($kind IS NULL OR v.kind = $kind) AND ($site IS NULL OR v.site = $site)
  AND list_contains($changes::VARCHAR[], v.change)
ORDER BY v.changed_at DESC, v.kind, v.document_id, c.field
"""


def read_changes(
    connection: duckdb.DuckDBPyConnection,
    since: datetime,
    until: datetime | None = None,
    *,
    kind: str | None = None,
    site: str | None = None,
    changes: tuple[str, ...] = SITE_CHANGES,
) -> QueryResult:
    """The changes of a span of site time, newest first; ``until`` itself is left out.

    ``changes`` names the kinds wanted. ``relocated`` says that the record is read from another page since, not that a
    page was edited. ``reparsed`` is dated by when this software learned to read it so, and is no
    change of the site; it is left out unless asked for. After its own columns a row has those of its document that a
    sentence about it needs, as they were after the change.
    """
    values = {"since": since, "until": until, "kind": kind, "site": site, "changes": list(changes)}
    return fetch_query(connection, _CHANGES, values)


# The version that a capture is the proof of: it was seen in it, or in another answer of its page with the same bytes.
# Of several the one that was valid when the capture was made.
_BY_CAPTURE = """
SELECT * FROM {table}
WHERE known_to IS NULL AND (capture_id = $capture OR (content_capture_id = $content AND page_key = $page_key))
ORDER BY (valid_from <= $at AND (valid_to IS NULL OR valid_to > $at)) DESC, is_gone, valid_from LIMIT 1
"""
_PARTS = """
SELECT (SELECT list(role || ' ' || country_code ORDER BY position) FROM v1.{kind}_countries WHERE {key} = $id),
       (SELECT list(concat_ws(' ', kind, name, "value") ORDER BY position) FROM v1.mentions WHERE {key} = $id)
"""
_GONE = "SELECT gone_from FROM v1.removals WHERE kind = $kind AND document_id = $id AND restored_at IS NULL"
_UNREAD = "SELECT unread_fields FROM internal.document WHERE kind = $kind AND document_id = $id"
_TABLES_SHA256 = "SELECT content_sha256 FROM internal.build"


@dataclass(frozen=True, slots=True)
class VersionMark:
    """Which version, on the site's clock. With ``is_gone`` the page was gone, and the values are what it last said."""

    version_no: int
    valid_from: datetime
    valid_to: datetime | None
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """Published values of one document, and the capture that they are based on.

    ``version`` is None for a capture that no version is based on: another language, a mirror, a later sighting of the
    same content, a rejected run. ``gone_from`` is since when the document is gone now. ``others`` are documents that
    the name is or was a name of too. ``unread_fields`` are those that the page states now, where that is what is
    claimed, in a way that no rule reads. ``tables_sha256`` names the content of the published tables.
    """

    named: Named
    capture: Capture
    values: Mapping[str, Any]
    version: VersionMark | None
    gone_from: datetime | None
    others: tuple[Named, ...]
    unread_fields: tuple[str, ...]
    tables_sha256: str


@dataclass(frozen=True, slots=True)
class Said:
    """What one capture says: its values, or why it was not read."""

    values: Mapping[str, Any] | None
    reason: str | None


def find_claim(connection: duckdb.DuckDBPyConnection, extracted: Path, name: str, at: str | None = None) -> Claim:
    """What is published under a name: a document's current version, that at an instant or number, or of one capture.

    ``extracted`` has the extractions, for captures that no version rests on. ``name`` is any name of a document, or a
    capture_id. ``at`` is a version's number (``v3``) or an instant; None is the current version.

    Raises:
        NotFoundError: there is no such document, version or capture, or the capture was not read.
        AmbiguousNameError: several documents have the name.
        QueryError: ``at`` is neither number nor instant, or is given with a capture.
    """
    capture = find_capture(connection, name)
    if capture is not None:
        if at is not None:
            raise QueryError("a capture has its own instant: give its id alone, or a document and an instant")
        return _claim_by_capture(connection, extracted, capture)
    named, others = get_document(connection, name)
    row = get_current(connection, named) if at is None else get_version(connection, named, at)
    found = find_capture(connection, str(row["capture_id"]))
    assert found is not None, "a law of publishing: a version names a capture that v1.captures has"
    return replace(_claim_version(connection, named, row, found), others=tuple(others))


def read_said(connection: duckdb.DuckDBPyConnection, extracted: Path, capture: Capture) -> Said:
    """What a capture says by the newest extractor release that read it; else what a version made of it says."""
    reading = find_reading(extracted, capture.content_run_id, capture.content_capture_id)
    if reading is not None:
        return Said(reading.values if reading.is_read else None, reading.reason)
    found = _find_version(connection, capture)
    return Said(None if found is None else found[1], "its reading is not in this data folder (extracted/)")


def read_unread(connection: duckdb.DuckDBPyConnection, named: Named) -> tuple[str, ...]:
    """The fields that a document's page states now in a way that no rule reads."""
    rows = fetch_query(connection, _UNREAD, {"kind": named.kind, "id": named.document_id}).rows
    return tuple(rows[0][0]) if rows else ()


def _claim_version(
    connection: duckdb.DuckDBPyConnection, named: Named, row: Mapping[str, Any], capture: Capture
) -> Claim:
    parts = _read_parts(connection, named) if row["valid_to"] is None else {}
    mark = VersionMark(row["version_no"], row["valid_from"], row["valid_to"], row["is_gone"])
    return _make_claim(connection, named, capture, {**row, **parts}, mark)


def _claim_by_capture(connection: duckdb.DuckDBPyConnection, extracted: Path, capture: Capture) -> Claim:
    found = _find_version(connection, capture)
    if found is not None:
        return _claim_version(connection, *found, capture)
    said = read_said(connection, extracted, capture)
    if said.values is None:
        raise NotFoundError(f"nothing was read from capture {capture.capture_id}: {said.reason}")
    named = Named(capture.kind or "page", capture.document_id or capture.page_key)
    return _make_claim(connection, named, capture, said.values, None)


def _find_version(connection: duckdb.DuckDBPyConnection, capture: Capture) -> tuple[Named, dict[str, Any]] | None:
    values = {
        "capture": capture.capture_id,
        "content": capture.content_capture_id,
        "page_key": capture.page_key,
        "at": capture.captured_at,
    }
    for kind, (table, key) in TABLES.items():
        rows = as_objects(fetch_query(connection, _BY_CAPTURE.format(table=table), values))
        if rows:
            return Named(kind, rows[0][key]), rows[0]
    return None


def _read_parts(connection: duckdb.DuckDBPyConnection, named: Named) -> dict[str, list[str]]:
    """Countries with their roles, and mentions, as words, in page order: published of current versions only."""
    sql = _PARTS.format(kind=named.kind, key=TABLES[named.kind][1])
    ((roles, mentions),) = fetch_query(connection, sql, {"id": named.document_id}).rows
    return {"country_roles": roles or [], "mentions": mentions or []}


def _make_claim(
    connection: duckdb.DuckDBPyConnection,
    named: Named,
    capture: Capture,
    values: Mapping[str, Any],
    version: VersionMark | None,
) -> Claim:
    gone = fetch_query(connection, _GONE, {"kind": named.kind, "id": named.document_id}).rows
    is_current = version is not None and version.valid_to is None
    unread_fields = read_unread(connection, named) if is_current else ()
    ((tables_sha256,),) = fetch_query(connection, _TABLES_SHA256).rows
    gone_from = gone[0][0] if gone else None
    return Claim(named, capture, values, version, gone_from, (), unread_fields, str(tables_sha256))
