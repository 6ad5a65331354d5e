"""Asking a built file, for tests: rows as tuples or dictionaries."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pathlib import Path


def ask(built: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(duckdb.connect(str(built), read_only=True)) as connection:
        return connection.execute(sql).fetchall()


def ask_one(built: Path, sql: str) -> tuple[Any, ...]:
    (row,) = ask(built, sql)
    return row


def ask_values(built: Path, sql: str) -> list[Any]:
    return [row[0] for row in ask(built, sql)]


def kinds(built: Path, document_id: str) -> list[str]:
    """The change kinds of everything believed now of one document, oldest first."""
    return ask_values(built, f"SELECT change_kind FROM v1.history('{document_id}') ORDER BY valid_from")


def utc(text: str) -> datetime:
    """An instant as DuckDB gives it: UTC, without a zone."""
    return datetime.fromisoformat(text)
