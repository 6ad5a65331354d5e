"""Counting runs for the gate: what each run found, site by site and kind by kind.

Belongs here: counts and the first example of each oddity. Does not belong here: judging them (``pipeline.gate``).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.connection import open_scratch
from warehouse.extraction_schema import News, Project
from warehouse.staging import stage_sources
from warehouse.statements import run_step

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from warehouse.sources import Sources

RunKey = tuple[str, str, str]
"""A run, a site and a kind of page: what one verdict is about."""

LIST_FIELDS = {"countries", "other_countries", "sdg_targets"}
"""Fields whose emptiness is an empty list, not NULL."""


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What one run found of one kind of page on one site. Pages are counted once, by their last line in the run.

    ``pages`` = ``seen`` + ``absent`` + ``moved`` + ``unknown``; ``read`` + ``quarantined`` is at most ``seen`` (a seen
    page whose bytes were never extracted is neither). ``filled[field]`` / ``read`` is a fill rate. ``compared`` counts
    the read pages that an earlier run had read too, ``changed`` those of them that now read differently. ``keys``
    counts distinct Projects IDs (or Prima IDs), ``keyless`` the projects without either.

    ``examples`` maps a signal to the first URL that shows it: ``outcome:<outcome>``, ``quarantined:<reason>``,
    ``unfilled:<field>``, ``unmapped:<label>``, ``changed``, ``keyless``. A signal that no page shows is not there.
    """

    run_id: str
    site: str
    kind: str
    source: str
    started_at: datetime
    complete: bool
    pages: int
    seen: int
    absent: int
    moved: int
    unknown: int
    outcomes: Mapping[str, int]
    read: int
    quarantined: int
    reasons: Mapping[str, int]
    layouts: Mapping[str, int]
    filled: Mapping[str, int]
    keys: int
    keyless: int
    compared: int
    changed: int
    unmapped: Mapping[str, int]
    blocks: int
    blocks_unexplained: int
    issues: int
    examples: Mapping[str, str]


COUNT_COLUMNS = (
    "run_id", "site", "kind", "source", "started_at", "complete", "pages", "seen", "absent", "moved", "unknown",
    "read", "quarantined", "keys", "keyless", "compared", "changed", "blocks", "blocks_unexplained", "issues",
)  # fmt: skip
MAP_COLUMNS = ("outcomes", "reasons", "layouts", "filled", "unmapped")
URL_COLUMNS = {
    "outcome_urls": "outcome:", "reason_urls": "quarantined:", "unfilled_urls": "unfilled:",
    "unmapped_urls": "unmapped:",
}  # fmt: skip


def count_runs(sources: Sources, rejected: Collection[RunKey] = (), *, threads: int | None = None) -> list[RunCounts]:
    """Count every run in the archive, by start, run, site and kind. No verdict is needed.

    Args:
        sources: as for a build.
        rejected: runs already judged bad; later runs are not compared with them.
        threads: how many DuckDB may use; None for all.

    Raises:
        SourceError: a source does not keep to the contract.
        BuildError: a step failed.
    """
    with tempfile.TemporaryDirectory() as folder, open_scratch(Path(folder), threads=threads) as connection:
        stage_sources(connection, sources, [], Path(folder))
        run_step(connection, "05_macros")
        run_step(connection, "10_load")
        run_step(connection, "counts_pages")
        connection.execute("CREATE TABLE rejected (run_id VARCHAR, site VARCHAR, kind VARCHAR)")
        for key in sorted(rejected):
            connection.execute("INSERT INTO rejected VALUES (?, ?, ?)", list(key))
        connection.execute(f"CREATE TABLE field_state AS {_field_states()}")
        run_step(connection, "counts")
        return _read_counts(connection)


def _field_states() -> str:
    """One row a field of a read page: is it filled? From the schema, so that a new field is counted at once."""
    parts = []
    for kind, shape in (("project", Project), ("news", News)):
        states = ["{field: 'title', is_filled: title IS NOT NULL}", "{field: 'lang', is_filled: lang IS NOT NULL}"]
        for name in shape.__struct_fields__:
            is_filled = f"len({kind}.{name}) > 0" if name in LIST_FIELDS else f"{kind}.{name} IS NOT NULL"
            states.append(f"{{field: '{name}', is_filled: {is_filled}}}")
        parts.append(
            "SELECT run_id, site, kind, url, fetched_at, unnest(["
            + ", ".join(states)
            + f"], recursive := true) FROM page_reading WHERE status = 'read' AND {kind} IS NOT NULL"
        )
    return " UNION ALL ".join(parts)


def _read_counts(connection: DuckDBPyConnection) -> list[RunCounts]:
    names = (*COUNT_COLUMNS, *MAP_COLUMNS, *URL_COLUMNS, "changed_url", "keyless_url")
    rows = connection.execute(
        f"SELECT {', '.join(names)} FROM run_counts ORDER BY started_at, run_id, site, kind"
    ).fetchall()
    counted = []
    for row in rows:
        cells = dict(zip(names, row, strict=True))
        examples = {
            prefix + word: url
            for column, prefix in URL_COLUMNS.items()
            for word, url in (cells[column] or {}).items()
            if url is not None
        }
        examples |= {signal: cells[f"{signal}_url"] for signal in ("changed", "keyless") if cells[f"{signal}_url"]}
        values: dict[str, Any] = {name: cells[name] for name in COUNT_COLUMNS}
        values |= {column: cells[column] or {} for column in MAP_COLUMNS}
        counted.append(RunCounts(**values, examples=examples))
    return counted
