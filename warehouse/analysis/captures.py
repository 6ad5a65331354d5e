"""Captures in time: the list of an address and the one closest to an instant, as RFC 7089 (Memento) chooses.

Belongs here: choosing captures. Does not belong here: reading archived bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.analysis.answers import as_objects
from warehouse.analysis.naming import strip_address
from warehouse.errors import NotFoundError
from warehouse.query import QueryResult, fetch_query

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

_TIMEMAP = """
SELECT capture_id, captured_at, time_basis, url, http_status, payload_sha256, content_capture_id, run_id,
       archive_file, archive_offset
FROM v1.captures WHERE {condition} ORDER BY captured_at, capture_id
"""


@dataclass(frozen=True, slots=True)
class Memento:
    """The chosen capture and its neighbours; ``before`` and ``after`` are None at the ends of the list."""

    capture_id: str
    captured_at: datetime
    time_basis: str
    url: str
    archive_file: str
    archive_offset: int
    payload_sha256: str
    before: datetime | None
    after: datetime | None
    n_captures: int


def read_timemap(connection: duckdb.DuckDBPyConnection, address: str) -> QueryResult:
    """All captures of an address (a URL or page key) or, by its id, of all addresses of a document; oldest first."""
    condition = "page_key = $key OR url = $name OR document_id = $name"
    return fetch_query(
        connection, _TIMEMAP.format(condition=condition), {"key": strip_address(address), "name": address.strip()}
    )


def find_closest(connection: duckdb.DuckDBPyConnection, address: str, at: datetime | None) -> Memento:
    """The capture nearest to an instant, before or after it; of two equally near, the earlier.

    ``at`` is naive UTC; None asks for the newest. An instant before the first or after the last capture gives that one
    (RFC 7089, section 4.5.3).

    Raises:
        NotFoundError: the address was never captured.
    """
    rows = as_objects(read_timemap(connection, address))
    if not rows:
        raise NotFoundError(f"no capture of {address!r} is in the archive; v1.fetches tells what was asked for")
    nearest = range(len(rows))[-1]
    if at is not None:
        nearest = min(range(len(rows)), key=lambda place: (abs(rows[place]["captured_at"] - at), place))
    chosen = rows[nearest]
    instants = sorted({row["captured_at"] for row in rows})
    place = instants.index(chosen["captured_at"])
    return Memento(
        capture_id=chosen["capture_id"],
        captured_at=chosen["captured_at"],
        time_basis=chosen["time_basis"],
        url=chosen["url"],
        archive_file=chosen["archive_file"],
        archive_offset=chosen["archive_offset"],
        payload_sha256=chosen["payload_sha256"],
        before=instants[place - 1] if place else None,
        after=instants[place + 1] if place + 1 < len(instants) else None,
        n_captures=len(rows),
    )
