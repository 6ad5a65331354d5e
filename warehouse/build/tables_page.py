"""docs/tables.md: the data dictionary as a page for people. ``python -m warehouse.build.tables_page`` writes it.

Belongs here: Markdown. Does not belong here: what anything means (``warehouse/build/sql/comments.toml``).
"""

import sys
import tempfile
import textwrap
from collections.abc import Iterable
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb

from contracts.release import ExtractorRelease
from warehouse.build.database import build_database
from warehouse.build.dictionary import DictionaryRow, read_comments
from warehouse.build.sources import Sources
from warehouse.tables import PUBLIC_TABLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tables.md"
TABLE_HEAD = ("| column | type | meaning |", "|---|---|---|")


def make_page() -> str:
    """The page, from the dictionary of a database built from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        sources = Sources(root / "archive", root / "extracted", [ExtractorRelease(1, date(2026, 1, 1))])
        built = build_database(sources, [], root / "empty.duckdb").path
        with closing(duckdb.connect(str(built), read_only=True)) as connection:
            # rowid keeps the order of documentation, which is that of warehouse.tables.
            rows = connection.execute("SELECT * FROM internal.data_dictionary ORDER BY rowid").fetchall()
    return render_page(rows)


def render_page(rows: Iterable[DictionaryRow]) -> str:
    """docs/tables.md: every view and macro with its columns, as Markdown."""
    keys = {table.name: table.key for table in PUBLIC_TABLES}
    macros = read_comments()["macros"]
    lines = [
        "# The tables",
        "",
        "The schema `v1` of `iomdb.duckdb` and of every data release, made from `warehouse/build/sql/comments.toml` by",
        "`python -m warehouse.build.tables_page`; a test fails when this page is older. Times are UTC, without a zone.",
        "The same text is in the file: `FROM v1.data_dictionary`.",
    ]
    for relation, relation_kind, column, _, data_type, text in rows:
        if column is None and relation_kind == "view":
            key = ", ".join(f"`{name}`" for name in keys[relation])
            lines += ["", f"## `v1.{relation}`", "", textwrap.fill(text, 120), f"One row by {key}.", "", *TABLE_HEAD]
        elif column is None:
            macro = macros[relation]
            lines += [
                "",
                f"## `{macro['call']}`",
                "",
                textwrap.fill(macro["comment"], 120),
                f"Example: `{macro['example']}`.",
            ]
            lines += ["", *TABLE_HEAD]
        else:
            lines.append(f"| `{column}` | {shorten_type(data_type or '')} | {text} |")
    return "\n".join(lines) + "\n"


def shorten_type(data_type: str) -> str:
    """A type that fits a table's cell: of structures only that they are.

    >>> shorten_type("STRUCT(a VARCHAR)[]"), shorten_type("VARCHAR[]")
    ('STRUCT[]', 'VARCHAR[]')
    """
    return f"STRUCT{'[]' if data_type.endswith('[]') else ''}" if data_type.startswith("STRUCT") else data_type


if __name__ == "__main__":
    PAGE.write_text(make_page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")
