"""What a user of one data release has to correct when another one is used: documents and their fields, nothing else.

Belongs here: that list, and ``changes.csv``. Does not belong here: every difference of every table
(:mod:`warehouse.publish.comparison`), why something changed (``v1.changes`` says it).
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Literal

from duckdb import DuckDBPyConnection

from contracts.fields import RECORDS
from warehouse.build.steps import fill_lists
from warehouse.connection import quote_text
from warehouse.publish.csv_tables import FORMULA_START

Correction = Literal["added", "removed", "restored", "edited", "reparsed"]
TABLES = {"project": "projects", "news": "news"}

_CORRECTIONS = """
WITH o AS (FROM older_KIND), n AS (FROM newer_KIND),
pair AS (
    SELECT coalesce(n.KIND_id, o.KIND_id) AS document_id, o.KIND_id IS NULL AS is_new, n.KIND_id IS NULL AS is_lost,
           o.state AS old_state, n.state AS new_state,
           CASE WHEN o.content_capture_id = n.content_capture_id THEN 'reparsed' ELSE 'edited' END AS change,
           [{field: 'title', old: o.title, new: n.title},
            <<KIND.compared | {field: 'NAME', old: TOLD(o), new: TOLD(n)}>>] AS stated
    FROM o FULL JOIN n ON n.KIND_id = o.KIND_id
),
stated AS (SELECT document_id, change, unnest(stated) AS f FROM pair WHERE NOT is_new AND NOT is_lost)
SELECT 'KIND' AS kind, document_id, 'added' AS change, NULL AS field, NULL AS old, NULL AS new FROM pair WHERE is_new
UNION ALL SELECT 'KIND', document_id, 'removed', NULL, NULL, NULL FROM pair WHERE is_lost
UNION ALL
SELECT 'KIND', document_id, CASE WHEN new_state = 'gone' THEN 'removed' ELSE 'restored' END, 'state', old_state,
           new_state
    FROM pair WHERE NOT is_new AND NOT is_lost AND (old_state = 'gone') <> (new_state = 'gone')
UNION ALL SELECT 'KIND', document_id, change, f.field, f.old, f.new FROM stated WHERE f.old IS DISTINCT FROM f.new
ORDER BY document_id, change, field NULLS FIRST
"""


@dataclass(frozen=True, slots=True)
class Corrected:
    """One thing to correct; ``field``, ``old`` and ``new`` are None for a document that came or went as a whole.

    ``removed`` is also a page that is gone from its site (``field`` is ``state``); ``edited`` is what the site says
    otherwise, ``reparsed`` what is read otherwise from the same bytes. Values are text, as ``v1.changes`` has them.
    """

    kind: str
    document_id: str
    change: Correction
    field: str | None
    old: str | None
    new: str | None


def find_corrections(connection: DuckDBPyConnection, older: Path, newer: Path) -> list[Corrected]:
    """What ``newer`` says of documents otherwise than ``older``, two folders of a data release's Parquet files."""
    found: list[Corrected] = []
    for kind in RECORDS:
        paths = {name: folder / f"{TABLES[kind]}.parquet" for name, folder in (("older", older), ("newer", newer))}
        columns = {name: _list_columns(connection, path) for name, path in paths.items()}
        for name, path in paths.items():
            # A release of another schema may lack a field: there nothing was stated of it.
            lacking = "".join(f', NULL::VARCHAR AS "{one}"' for one in _list_needed(kind) if one not in columns[name])
            rows = f"SELECT *{lacking} FROM read_parquet({quote_text(str(path))})"
            connection.execute(f"CREATE OR REPLACE TEMP VIEW {name}_{kind} AS {rows}")
        sql = fill_lists(_CORRECTIONS.replace("KIND", kind))
        found += [Corrected(*row) for row in connection.execute(sql).fetchall()]
    return found


def _list_columns(connection: DuckDBPyConnection, path: Path) -> set[str]:
    return {
        str(row[0]) for row in connection.execute(f"DESCRIBE FROM read_parquet({quote_text(str(path))})").fetchall()
    }


def _list_needed(kind: str) -> list[str]:
    return fill_lists(f"<<{kind}.all | NAME>>").split(", ")


def write_changes(corrections: Sequence[Corrected], path: Path) -> None:
    """Write ``changes.csv``, one row a changed field; a text that a spreadsheet would run gets a leading apostrophe."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([one.name for one in fields(Corrected)])
        writer.writerows([_neutralise(value) for value in astuple(one)] for one in corrections)


def _neutralise(value: str | None) -> str | None:
    return f"'{value}" if value and re.match(FORMULA_START, value) else value
