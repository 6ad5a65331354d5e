"""Captures in time: the list of an address and the one closest to an instant, as RFC 7089 (Memento) chooses.

Belongs here: choosing captures. Does not belong here: what they say (:mod:`warehouse.read.claims`), or reading
archived bytes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import NotFoundError
from warehouse.extracted.reader import find_read
from warehouse.read.documents import find_documents, strip_address
from warehouse.read.published import QueryResult, as_objects, fetch_query

_CAPTURE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# A capture is where its record is; its body, of a revisit, is where the record it refers to is. It counts when an
# accepted run saw the page by it: the same capture may be in two runs.
_TIMEMAP = """
SELECT c.capture_id, c.captured_at, c.time_basis, c.url, c.page_key, p.kind, p.document_id, c.http_status,
       c.payload_sha256, coalesce(b.capture_id, c.capture_id) AS content_capture_id,
       coalesce(b.run_id, c.run_id) AS content_run_id, coalesce(b.archive_file, c.archive_file) AS archive_file,
       coalesce(b.archive_offset, c.archive_offset) AS archive_offset,
       EXISTS (SELECT 1 FROM v1.fetches AS f
               JOIN v1.verdicts AS r ON r.run_id = f.run_id AND r.site = f.site AND r.kind = f.kind
               WHERE f.capture_id = c.capture_id AND f.effect = 'seen' AND r.verdict = 'accepted') AS is_accepted
FROM v1.captures AS c
LEFT JOIN v1.captures AS b ON b.capture_id = c.content_capture_id
LEFT JOIN v1.coverage AS p ON p.page_key = c.page_key
WHERE {condition} ORDER BY c.captured_at, c.capture_id
"""
_OF_ADDRESS = "c.page_key = $key OR c.url = $name"
_OF_DOCUMENT = "p.kind = $kind AND p.document_id = $id AND p.is_representative"
_OF_VERSIONS = """
WITH asked AS (SELECT unnest($captures::VARCHAR[]) AS capture_id)
SELECT capture_id FROM v1.project_versions SEMI JOIN asked USING (capture_id) WHERE known_to IS NULL
UNION SELECT capture_id FROM v1.news_versions SEMI JOIN asked USING (capture_id) WHERE known_to IS NULL
"""


_CAPTURED_AGAIN = """
SELECT DISTINCT url, run_id FROM v1.fetches WHERE outcome = 'purged' AND starts_with(detail, 'captured again')
ORDER BY url, run_id
"""
"""The words are those of step 10."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture, the document of its page (None where that was never read), and where its body lies."""

    capture_id: str
    captured_at: datetime
    time_basis: str
    url: str
    page_key: str
    kind: str | None
    document_id: str | None
    archive_file: str
    archive_offset: int
    payload_sha256: str
    content_capture_id: str
    content_run_id: str
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class CapturePlace:
    """Where the record of a capture itself is; of a revisit that of the revisit, not of its body."""

    run_id: str
    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Memento:
    """The chosen capture and its neighbours; ``before`` and ``after`` are None at the ends of the list."""

    capture: Capture
    before: datetime | None
    after: datetime | None
    n_captures: int


def find_capture(connection: duckdb.DuckDBPyConnection, name: str) -> Capture | None:
    """The capture whose id the name is, of whatever run; None where it is the name of something else.

    Raises:
        NotFoundError: it has the form of a capture's id and no capture has it.
    """
    stated = name.strip().lower()
    if not _CAPTURE_ID.fullmatch(stated):
        return None
    rows = as_objects(fetch_query(connection, _TIMEMAP.format(condition="c.capture_id = $id"), {"id": stated}))
    if not rows:
        raise NotFoundError(f"no capture {stated} is in v1.captures")
    return _make_capture(rows[0])


def read_captures(connection: duckdb.DuckDBPyConnection, capture_ids: Sequence[str]) -> dict[str, Capture]:
    """The captures of these ids, by id."""
    sql = _TIMEMAP.format(condition="list_contains($ids::VARCHAR[], c.capture_id)")
    found = as_objects(fetch_query(connection, sql, {"ids": list(capture_ids)}))
    return {row["capture_id"]: _make_capture(row) for row in found}


def find_place(connection: duckdb.DuckDBPyConnection, capture_id: str) -> CapturePlace:
    """Where the record of a capture, named by its id as the tables have it, is in the archive."""
    sql = "SELECT run_id, archive_file, archive_offset, archive_length FROM v1.captures WHERE capture_id = $id"
    ((run_id, file, offset, length),) = fetch_query(connection, sql, {"id": capture_id}).rows
    return CapturePlace(run_id, str(file).rpartition("/")[2], offset, length)


def read_timemap(connection: duckdb.DuckDBPyConnection, address: str) -> QueryResult:
    """All captures of an address, a URL or page key, oldest first; those of rejected runs too, and say so."""
    values = {"key": strip_address(address), "name": address.strip()}
    return fetch_query(connection, _TIMEMAP.format(condition=_OF_ADDRESS), values)


def find_mementos(
    connection: duckdb.DuckDBPyConnection, extracted: Path, name: str, at: datetime | None
) -> list[Memento]:
    """The capture nearest to an instant, before or after it; of two equally near, the earlier.

    Only captures that were read, of runs that the gate accepted, are chosen from: of an address, its own; of an id,
    those of the pages that the record is read from. One capture for each document that the id names. ``at`` is naive
    UTC; None asks for the newest. An instant before the first or after the last capture gives that one (RFC 7089,
    section 4.5.3).

    Raises:
        NotFoundError: there is none.
    """
    captured = [_make_capture(row) for row in as_objects(read_timemap(connection, name))]
    found = [captured]
    if not any(one.is_accepted for one in captured):
        try:
            named = find_documents(connection, name)
        except NotFoundError:
            if not captured:
                raise
        else:
            sql = _TIMEMAP.format(condition=_OF_DOCUMENT)
            asked = [{"kind": one.kind, "id": one.document_id} for one in named]
            found = [
                [_make_capture(row) for row in as_objects(fetch_query(connection, sql, values))] for values in asked
            ]
    chosen = [_choose(_keep_read(connection, extracted, captures), at) for captures in found]
    if None in chosen:
        raise NotFoundError(
            f"nothing was read from the captures of {name!r}, or their runs were rejected: "
            "v1.timemap lists them, v1.fetches says why"
        )
    return [memento for memento in chosen if memento is not None]


def stand_alone(capture: Capture) -> Memento:
    """A capture named by its id, which was chosen from none."""
    return Memento(capture, None, None, 1)


def read_captured_again(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Address and run of each capture of a page that was purged before: left out until somebody decides."""
    return [(str(url), str(run_id)) for url, run_id in fetch_query(connection, _CAPTURED_AGAIN).rows]


def _make_capture(row: Mapping[str, Any]) -> Capture:
    return Capture(**{name: row[name] for name in Capture.__slots__})


def _keep_read(connection: duckdb.DuckDBPyConnection, extracted: Path, captures: list[Capture]) -> list[Capture]:
    """Those accepted and read, by the extractions, and by the tables where a file came without them."""
    accepted = [one for one in captures if one.is_accepted]
    read = find_read(extracted, {one.content_capture_id: one.content_run_id for one in accepted})
    asked = [capture_id for one in accepted for capture_id in (one.capture_id, one.content_capture_id)]
    read |= {row[0] for row in fetch_query(connection, _OF_VERSIONS, {"captures": asked}).rows}
    return [one for one in accepted if {one.capture_id, one.content_capture_id} & read]


def _choose(captures: list[Capture], at: datetime | None) -> Memento | None:
    if not captures:
        return None
    nearest = range(len(captures))[-1]
    if at is not None:
        nearest = min(range(len(captures)), key=lambda position: (abs(captures[position].captured_at - at), position))
    chosen = captures[nearest]
    instants = sorted({one.captured_at for one in captures})
    position = instants.index(chosen.captured_at)
    return Memento(
        capture=chosen,
        before=instants[position - 1] if position else None,
        after=instants[position + 1] if position + 1 < len(instants) else None,
        n_captures=len(captures),
    )
