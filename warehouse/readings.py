"""Reading extractions back: how many rows they hold, and the rows themselves as they were written.

Belongs here: questions to ``extracted/<release>/<run_id>.parquet`` alone. Does not belong here: the derivation
(:mod:`warehouse.build`).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.connection import open_scratch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH = 500
"""Rows fetched at a time: pages are long, and a whole run need not fit in memory."""


def count_rows(files: Sequence[Path]) -> dict[str, int]:
    """Rows by status (``read``, ``quarantined``) over all files; empty for no files."""
    if not files:
        return {}
    with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:
        rows = connection.execute(
            "SELECT status, count(*) FROM read_parquet(?) GROUP BY status ORDER BY status",
            [[str(file) for file in files]],
        ).fetchall()
    return dict(rows)


def iter_rows(file: Path) -> Iterator[str]:
    """Each row as one JSON object (docs/contracts.md, section 3), in the order of ``capture_id``."""
    with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:
        cursor = connection.execute(
            "SELECT to_json(r)::VARCHAR FROM read_parquet(?) AS r ORDER BY capture_id", [str(file)]
        )
        while rows := cursor.fetchmany(BATCH):
            for (row,) in rows:
                yield row
