"""Comparing two data releases: typed differences, table by table and row by row.

Belongs here: what differs between two folders of Parquet. Does not belong here: why (``v1.changes`` says it).
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from duckdb import DuckDBPyConnection

from warehouse.connection import open_scratch, quote_text
from warehouse.publish.corrections import Corrected, Correction, find_corrections
from warehouse.publish.data_release import verify_release
from warehouse.publish.package import DESCRIPTION

Change = Literal["table_added", "table_removed", "column_added", "column_removed", "added", "removed", "changed"]


LEDGERS = frozenset({
    "evidence", "captures", "fetches", "runs", "verdicts", "coverage", "aliases", "absences", "quarantine",
    "releases", "data_dictionary", "project_versions", "news_versions", "project_versions_bitemporal",
    "news_versions_bitemporal", "changes", "changes_bitemporal",
})  # fmt: skip
"""Tables of how and when something was seen, and of history, which two releases of other days never share."""

BOOKKEEPING = frozenset({
    "capture_id", "content_capture_id", "before_capture_id", "content_sha256", "extractor", "version_no", "n_versions",
    "valid_from", "known_from", "first_seen_at", "last_seen_at", "last_checked_at", "start_byte", "end_byte",
    "n_captures", "example_capture_id",
})  # fmt: skip
"""Columns that move with every sighting."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; values are text.

    ``key`` names the row by its key (empty for tables and columns). ``column``, ``old`` and ``new`` are set for
    a changed value, ``column`` alone for a column that came or went.
    """

    table: str
    change: Change
    key: Mapping[str, str | None]
    column: str | None = None
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseComparison:
    """How two data releases differ: what a user of the older has to correct, and every difference of every table."""

    corrections: Sequence[Corrected]
    differences: Sequence[Difference]

    @property
    def of_content(self) -> list[Difference]:
        """Differences in what is said, those left out that only keep the books."""
        return [one for one in self.differences if one.table not in LEDGERS and one.column not in BOOKKEEPING]

    def summarise(self) -> list[str]:
        """What came of the comparison, in a few lines."""
        counts = Counter(one.change for one in self.corrections)
        documents = {(one.kind, one.document_id) for one in self.corrections}
        words = [f"{counts[change]:,} {change}" for change in get_args(Correction) if counts[change]]
        told = (
            f"{len(documents):,} document{'s' * (len(documents) != 1)} to correct: {', '.join(words)}"
            if words
            else "no document to correct"
        )
        schema = [f"{one.change.replace('_', ' ')}: {one.table}{f'.{one.column}' if one.column else ''}"
                  for one in self.differences if one.change.startswith(("table_", "column_"))]  # fmt: skip
        rest = f"{len(self.differences):,} differences in all tables, with captures and other ledgers; --all lists them"
        return [told, *schema, rest] if self.differences else ["they hold the same"]


def compare_releases(older: Path, newer: Path) -> ReleaseComparison:
    """Compare two folders of data releases.

    Raises:
        ReleaseError: one of them is damaged.
    """
    differences = diff_releases(older, newer)
    with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:
        return ReleaseComparison(find_corrections(connection, older, newer), differences)


def diff_releases(older: Path, newer: Path) -> list[Difference]:
    """What ``newer`` says that ``older`` does not, and the reverse: by table, key, change and column.

    Raises:
        ReleaseError: one of them is damaged.
    """
    verify_release(older)
    verify_release(newer)
    old_tables, new_tables = _read_schemas(older), _read_schemas(newer)
    found: list[Difference] = []
    with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:
        for name in sorted(old_tables.keys() | new_tables.keys()):
            if name not in old_tables or name not in new_tables:
                found.append(Difference(name, "table_added" if name in new_tables else "table_removed", {}))
            elif old_tables[name]["hash"] != new_tables[name]["hash"]:
                found += _diff_columns(name, old_tables[name], new_tables[name])
                files = (older / f"{name}.parquet", newer / f"{name}.parquet")
                found += _iter_rows(connection, files, old_tables[name], new_tables[name])
    return found


def _read_schemas(release: Path) -> dict[str, dict[str, Any]]:
    description = json.loads((release / DESCRIPTION).read_bytes())
    return {resource["name"]: resource for resource in description["resources"]}


def _column_names(table: Mapping[str, Any]) -> list[str]:
    return [field["name"] for field in table["schema"]["fields"]]


def _diff_columns(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    before, after = set(_column_names(old)), set(_column_names(new))
    gone = [Difference(name, "column_removed", {}, column) for column in sorted(before - after)]
    return gone + [Difference(name, "column_added", {}, column) for column in sorted(after - before)]


def _iter_rows(
    connection: DuckDBPyConnection, files: tuple[Path, Path], old_table: Mapping[str, Any], new_table: Mapping[str, Any]
) -> Iterator[Difference]:
    """Rows of a table that is in both, matched by the newer release's key where the older has its columns too."""
    shared = [column for column in _column_names(new_table) if column in set(_column_names(old_table))]
    key = [column for column in _get_key(new_table["schema"]) if column in shared]
    values = [column for column in shared if column not in key]
    name = new_table["name"]
    rows = connection.execute(_difference_query(*files, key, values))
    for row in rows.fetchall():
        named = dict(zip(key, row, strict=False))
        change, *pairs = row[len(key) :]
        if change != "changed":
            yield Difference(name, change, named)
            continue
        for column, old, new in zip(values, pairs[0::2], pairs[1::2], strict=True):
            if old != new:
                yield Difference(name, "changed", named, column, old, new)


def _get_key(schema: Mapping[str, Any]) -> list[str]:
    """What identifies a row: the primary key, or the unique one where a part of it may be null."""
    key: list[str] = schema["primaryKey"] if "primaryKey" in schema else schema["uniqueKeys"][0]
    return key


def _difference_query(older: Path, newer: Path, key: Sequence[str], values: Sequence[str]) -> str:
    keys = ", ".join(f'coalesce(n."{c}", o."{c}")::VARCHAR' for c in key)
    pairs = "".join(f', o."{c}"::VARCHAR, n."{c}"::VARCHAR' for c in values)
    same_key = " AND ".join(f'o."{c}" IS NOT DISTINCT FROM n."{c}"' for c in key)
    differs = " OR ".join(f'o."{c}" IS DISTINCT FROM n."{c}"' for c in values) or "false"
    order = ", ".join(str(place) for place in range(1, len(key) + 2))
    return (
        f"SELECT {keys}, CASE WHEN o.is_here IS NULL THEN 'added' WHEN n.is_here IS NULL THEN 'removed' "
        f"ELSE 'changed' END{pairs} "
        f"FROM (SELECT *, true AS is_here FROM read_parquet({quote_text(str(older))})) AS o "
        f"FULL JOIN (SELECT *, true AS is_here FROM read_parquet({quote_text(str(newer))})) AS n ON {same_key} "
        f"WHERE o.is_here IS NULL OR n.is_here IS NULL OR {differs} ORDER BY {order}"
    )
