"""Reading extractions back: how many rows they hold, and the rows themselves as they were written.

Belongs here: questions to ``extracted/<release>/<run_id>.parquet`` alone. Does not belong here: the derivation
(:mod:`warehouse.build`).
"""

from __future__ import annotations

import glob
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.connection import open_scratch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BATCH = 500
"""Rows fetched at a time: pages are long, and a whole run need not fit in memory."""


_FIND_READ = """
SELECT DISTINCT capture_id FROM read_parquet($files)
WHERE status = 'read' AND capture_id IN (SELECT unnest($captures::VARCHAR[]))
"""
_NEWEST = """
SELECT status, reason, release, kind, title, lang, layout, content_sha256, project, news, countries, mentions
FROM read_parquet($files) WHERE capture_id = $capture ORDER BY status = 'read' DESC, release DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is believed of one capture: the newest release that could read it, else why none could.

    ``values`` are its fields as published ones are named, and what the page names (``country_roles``, ``mentions``) as
    words.
    """

    is_read: bool
    reason: str | None
    release: int
    kind: str | None
    values: Mapping[str, Any]


def find_read(extracted: Path, captures: Mapping[str, str]) -> set[str]:
    """Those of the captures (capture_id to run_id) that some release has read."""
    files = [file for run_id in sorted(set(captures.values())) for file in _find_files(extracted, run_id)]
    if not files:
        return set()
    with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:
        rows = connection.execute(_FIND_READ, {"files": files, "captures": list(captures)}).fetchall()
    return {row[0] for row in rows}


def find_reading(extracted: Path, run_id: str, capture_id: str) -> Reading | None:
    """The reading of a capture that has a body of its own, or None where no extraction has it."""
    files = _find_files(extracted, run_id)
    if not files:
        return None
    with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:
        row = connection.execute(_NEWEST, {"files": files, "capture": capture_id}).fetchone()
    if row is None:
        return None
    status, reason, release, kind, title, lang, layout, content_sha256, project, news, countries, mentions = row
    values = {"title": title, "lang": lang, **(project or news or {})}
    values |= {"content_sha256": content_sha256, "layout": layout, "extractor": release}
    values["country_roles"] = [f"{one['role']} {one['country_code']}" for one in countries]
    values["mentions"] = [
        " ".join(one[name] for name in ("kind", "name", "value") if one[name] is not None) for one in mentions
    ]
    return Reading(status == "read", reason, release, kind, values)


def _find_files(extracted: Path, run_id: str) -> list[str]:
    """The extractions of a run by every release."""
    return [str(path) for path in sorted(extracted.glob(f"[0-9]*/{glob.escape(run_id)}.parquet"))]


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
