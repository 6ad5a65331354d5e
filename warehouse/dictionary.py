"""The data dictionary: every view, column and macro of ``v1`` with its comment, from ``warehouse/sql/comments.toml``.

Belongs here: applying the comments, and turning them into docs/tables.md. Does not belong here: any table's content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def apply_comments(connection: DuckDBPyConnection) -> None:
    """Comment every view and column of ``v1`` in the built file."""
