"""What the questions share: rows as mappings, and instants as people write them.

Belongs here: that alone. Does not belong here: any question; the shape of rows
(:class:`warehouse.read.published.QueryResult`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from warehouse.errors import QueryError
from warehouse.read.published import QueryResult

if TYPE_CHECKING:
    from collections.abc import Sequence


Tables = duckdb.DuckDBPyConnection
"""A connection that :func:`warehouse.read.published.open_published` gave; for those who pass it on and may not know
DuckDB."""


def as_objects(result: QueryResult) -> list[dict[str, Any]]:
    """Each row as a mapping from column name to value."""
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def select_columns(result: QueryResult, columns: Sequence[str]) -> QueryResult:
    """The same rows with these columns only, in this order."""
    places = [result.columns.index(column) for column in columns]
    rows = [tuple(row[place] for place in places) for row in result.rows]
    return QueryResult(tuple(columns), tuple(result.types[place] for place in places), rows)


def parse_instant(text: str, now: datetime | None = None) -> datetime:
    """An instant as people write it, as naive UTC: a date, a date and time, or how long ago (``7d``).

    Args:
        text: no offset means UTC. A date alone means its midnight.
        now: what ``7d``, ``12h`` and ``2w`` count back from; without it they are refused.

    Raises:
        QueryError: the text is none of these.

    >>> parse_instant("2026-11-21T01:00:00+01:00")
    datetime.datetime(2026, 11, 21, 0, 0)
    """
    stated = text.strip()
    if now is not None and len(stated) > 1 and stated[:-1].isascii() and stated[:-1].isdecimal():
        seconds = {"h": 3600, "d": 86_400, "w": 604_800}.get(stated[-1])
        if seconds is not None:
            try:
                moment = datetime.fromtimestamp(now.timestamp() - int(stated[:-1]) * seconds, UTC)
            except (OverflowError, ValueError, OSError) as error:
                raise QueryError(f"{text!r} reaches back before any calendar; write 2026-11-21") from error
            return moment.replace(tzinfo=None)
    try:
        instant = datetime.fromisoformat(stated)
    except ValueError as error:
        raise QueryError(
            f"{text!r} is no instant; write 2026-11-21, 2026-11-21T09:00:00Z"
            + (", or 7d for seven days ago" if now is not None else "")
        ) from error
    return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant
