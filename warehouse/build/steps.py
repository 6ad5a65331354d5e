"""The SQL of this package, one file a step, in ``warehouse/build/sql``.

Belongs here: finding and running a step. Does not belong here: SQL.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse.build.field_lists import fill_lists
from warehouse.errors import BuildError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SQL_FOLDER = Path(__file__).parent / "sql"


def read_step(name: str) -> str:
    """The text of one step, its lists of fields filled in.

    >>> read_step("00_schemas").startswith("-- Step 00")
    True
    """
    return fill_lists((SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def run_step(connection: DuckDBPyConnection, name: str) -> None:
    """Run every statement of one step.

    Raises:
        BuildError: a statement failed; the text names the step and what DuckDB said.
    """
    try:
        connection.execute(read_step(name))
    except duckdb.Error as error:
        raise BuildError(f"step {name} of the build failed: {error}") from error
