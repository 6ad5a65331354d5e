"""docs/tables.md: the data dictionary as a page for people. ``python -m bench.tables_page DATABASE``.

Belongs here: Markdown. Does not belong here: what anything means (``sql/comments.toml``, ``sql/facts.toml``).
"""

import sys
import textwrap
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import duckdb

from bench.house import ROOT
from warehouse.build.dictionary import DictionaryRow
from warehouse.tables import PUBLIC_TABLES, read_comments

PAGE = ROOT / "docs" / "tables.md"
TABLE_HEAD = ("| column | type | meaning | NULL | example |", "|---|---|---|---|---|")
INTRODUCTION = """\
# The tables

The schema `v1` of `iomdb.duckdb` and of every data release, made from `warehouse/build/sql/comments.toml` and
`facts.toml` by `python -m bench.tables_page`; a test fails when this page is older. The same text is in the
file: `FROM v1.data_dictionary`. Every view stands in `main` under its own name too: `SHOW TABLES`, `FROM projects`.

**How to read it.** A view that is named after a thing has one row a thing: projects, news documents, changes,
removals. What is believed now is in the views without a suffix; `…_bitemporal` has all that was ever believed, on
both clocks. An instant is UTC, written `2026-10-05T06:00:01Z`; a list is a list in the file, and as text its items
with a comma and a blank between; a date as the page has it is EDTF text (`2006`, `2006-05`, `2006-05-10`), beside it
a DATE where a whole day is stated. An amount is exact to the cent and is in the currency beside it: never add two
currencies. NULL says what its column says it says, and never nothing by accident: a page that could not be read
withdraws nothing. Examples are those of `iomdb demo`, invented.

**Beside other data**: `ATTACH 'iomdb.duckdb' AS iom (READ_ONLY)`, then `FROM iom.v1.projects`. Macros look for their
tables in the current catalogue: they answer after `USE iom`.
"""


def make_page(published: Path) -> str:
    """The page, from the dictionary of a published file: its examples are values of these tables."""
    with closing(duckdb.connect(str(published), read_only=True)) as connection:
        # rowid keeps the order of documentation, which is that of warehouse.tables.
        rows = connection.execute("SELECT * FROM internal.data_dictionary ORDER BY rowid").fetchall()
    return render_page(DictionaryRow(*row) for row in rows)


def render_page(rows: Iterable[DictionaryRow]) -> str:
    """docs/tables.md: every view and macro with its columns, as Markdown."""
    keys = {table.name: table.key for table in PUBLIC_TABLES}
    macros = read_comments()["macros"]
    lines = [INTRODUCTION.rstrip()]
    for row in rows:
        if row.column_name is not None:
            lines.append(_describe_column(row))
        elif row.relation_kind == "view":
            key = ", ".join(f"`{name}`" for name in keys[row.relation])
            about = [textwrap.fill(row.comment, 120), f"One row by {key}."]
            lines += ["", f"## `v1.{row.relation}`", "", *about, "", *TABLE_HEAD]
        else:
            macro = macros[row.relation]
            about = [textwrap.fill(macro["comment"], 120), f"Example: `{macro['example']}`."]
            lines += ["", f"## `{macro['call']}`", "", *about, "", *TABLE_HEAD]
    return "\n".join(lines) + "\n"


def _describe_column(row: DictionaryRow) -> str:
    kind = shorten_type(row.data_type or "") + (f", {row.unit}" if row.unit else "")
    allowed = f" One of: {', '.join(row.allowed_values)}." if row.allowed_values else ""
    warning = f" *Beware:* {row.warning}" if row.warning else ""
    example = "" if row.example is None else f"`{row.example}`".replace("|", "\\|")
    return f"| `{row.column_name}` | {kind} | {row.comment}{allowed}{warning} | {row.null_meaning} | {example} |"


def shorten_type(data_type: str) -> str:
    """A type that fits a table's cell: of structures only that they are.

    >>> shorten_type("STRUCT(a VARCHAR)[]"), shorten_type("VARCHAR[]")
    ('STRUCT[]', 'VARCHAR[]')
    """
    return f"STRUCT{'[]' if data_type.endswith('[]') else ''}" if data_type.startswith("STRUCT") else data_type


if __name__ == "__main__":
    PAGE.write_text(make_page(Path(sys.argv[1])), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")
