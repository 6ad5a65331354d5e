"""The data dictionary: every view, macro and column of ``v1`` with its meaning.

Belongs here: applying the comments to a built file. Does not belong here: the meaning itself (of the fields of records
the field catalogue has it, of all else ``sql/comments.toml``), the page for people
(:mod:`warehouse.build.tables_page`).
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from duckdb import DuckDBPyConnection

from contracts.fields import RECORDS, TITLE, catalogue
from warehouse.build.steps import SQL_FOLDER
from warehouse.connection import quote_text
from warehouse.errors import BuildError
from warehouse.tables import PUBLIC_TABLES

DictionaryRow = tuple[str, str, str | None, int, str | None, str]
"""relation, relation_kind, column_name (None for the relation), position, data_type (None), comment."""


@cache
def read_comments() -> Mapping[str, Any]:
    """The parsed comments.toml: ``columns``, ``views`` and ``macros``."""
    return tomllib.loads((SQL_FOLDER / "comments.toml").read_text(encoding="utf-8"))


def find_comment(view: str, column: str) -> str | None:
    """What a column of a view means, or None where comments.toml does not say.

    >>> find_comment("project_country_money", "share_amount")
    "This country's share; the shares of a project add up to its budget to the cent."
    """
    comments = read_comments()
    own = comments["views"].get(view, {}).get("columns", {})
    found = own.get(column) or _field_meanings().get(column) or comments["columns"].get(column)
    assert found is None or isinstance(found, str)
    return found


@cache
def _field_meanings() -> Mapping[str, str]:
    """What the fields of records mean, by the catalogue; of one name in both kinds, the project's."""
    meanings = {name: entry.meaning for kind in reversed(RECORDS) for name, entry in catalogue(kind).items()}
    return {"title": TITLE.meaning, **meanings}


def apply_comments(connection: DuckDBPyConnection) -> None:
    """Comment every view, macro and column of ``v1`` in the current database, and fill ``internal.data_dictionary``.

    Raises:
        BuildError: a view or column has no comment, or a comment names none; the text lists them.
    """
    rows = [*_describe_views(connection), *_describe_macros(connection)]
    missing = [f"{relation}.{column}" if column else relation for relation, _, column, _, _, text in rows if not text]
    unused = find_unused_comments(rows)
    if missing or unused:
        raise BuildError(f"comments.toml is not complete: missing {missing}, of nothing {unused}")
    statements = [f"INSERT INTO internal.data_dictionary VALUES {', '.join(_make_literals(row) for row in rows)}"]
    for relation, relation_kind, column, _, _, text in rows:
        if relation_kind == "view":
            on = f'COLUMN v1.{relation}."{column}"' if column else f"VIEW v1.{relation}"
            statements.append(f"COMMENT ON {on} IS {quote_text(text)}")
        elif column is None:
            statements.append(f"COMMENT ON MACRO TABLE v1.{relation} IS {quote_text(text)}")
    # One commit for hundreds of comments: each commit alone waits for the disk.
    connection.execute("BEGIN; " + "; ".join(statements) + "; COMMIT")


def _make_literals(row: DictionaryRow) -> str:
    cells = ["NULL" if cell is None else str(cell) if isinstance(cell, int) else quote_text(cell) for cell in row]
    return f"({', '.join(cells)})"


def _describe_views(connection: DuckDBPyConnection) -> list[DictionaryRow]:
    rows: list[DictionaryRow] = []
    for table in PUBLIC_TABLES:
        rows.append(
            (table.name, "view", None, 0, None, read_comments()["views"].get(table.name, {}).get("comment", ""))
        )
        rows += [
            (table.name, "view", column, position, data_type, find_comment(table.name, column) or "")
            for position, (column, data_type) in enumerate(_describe(connection, f"v1.{table.name}"), start=1)
        ]
    return rows


def _describe_macros(connection: DuckDBPyConnection) -> list[DictionaryRow]:
    rows: list[DictionaryRow] = []
    for name, macro in read_comments()["macros"].items():
        rows.append((name, "macro", None, 0, None, f"{macro['comment']} Call: {macro['call']}"))
        rows += [
            (name, "macro", column, position, data_type, find_comment(name, column) or "")
            for position, (column, data_type) in enumerate(_describe(connection, macro["probe"]), start=1)
        ]
    return rows


def _describe(connection: DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    """Column names and DuckDB types of a view or of a macro's call."""
    return [(str(row[0]), str(row[1])) for row in connection.execute(f"DESCRIBE FROM {relation}").fetchall()]


def find_unused_comments(rows: list[DictionaryRow]) -> list[str]:
    """Comments that no view, macro or column of ``rows`` uses: left over from a change of the schema."""
    comments = read_comments()
    columns = {column for _, _, column, _, _, _ in rows}
    pairs = {(relation, column) for relation, _, column, _, _, _ in rows}
    unused = [name for name in comments["columns"] if name not in columns]
    for view, described in comments["views"].items():
        if (view, None) not in pairs:
            unused.append(view)
        unused += [f"{view}.{name}" for name in described.get("columns", {}) if (view, name) not in pairs]
    return unused
