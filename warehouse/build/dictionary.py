"""The data dictionary: every view, macro and column of ``v1`` with its meaning.

Belongs here: applying the comments to a built file. Does not belong here: the meaning itself (of the fields of records
the field catalogue has it, of all else ``sql/comments.toml`` and ``sql/facts.toml``), the page for people
(:mod:`bench.tables_page`).
"""

import re
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, NamedTuple

from duckdb import DuckDBPyConnection

from contracts.fields import RECORDS, TITLE, catalogue, list_fields
from contracts.outcomes import OUTCOMES
from warehouse.build.steps import SQL_FOLDER
from warehouse.connection import find_together, quote_text
from warehouse.errors import BuildError
from warehouse.tables import PUBLIC_TABLES, read_comments


class DictionaryRow(NamedTuple):
    """One row of ``v1.data_dictionary``; ``column_name`` and what follows from it are None for the relation itself."""

    relation: str
    relation_kind: str
    column_name: str | None
    position: int
    data_type: str | None
    unit: str | None
    comment: str
    null_meaning: str | None
    allowed_values: list[str] | None
    warning: str | None
    example: str | None


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


@cache
def read_facts() -> Mapping[str, Mapping[str, Any]]:
    """The parsed facts.toml: ``unit``, ``null``, ``allowed`` and ``warning``, each by column."""
    return tomllib.loads((SQL_FOLDER / "facts.toml").read_text(encoding="utf-8"))


def find_fact(fact: str, view: str, column: str) -> Any:
    """What facts.toml says of a column of a view; None where it says nothing.

    >>> find_fact("unit", "projects", "budget_amount"), find_fact("unit", "runs", "n_fetches")
    ('money, in budget_currency', 'count')
    """
    facts = read_facts()[fact]
    exact = facts.get(f"{view}.{column}") or facts.get(column)
    return exact or next((text for key, text in facts.items() if "*" in key and fnmatchcase(column, key)), None)


def describe_column(
    view: str, kind: str, column: str, *, position: int, data_type: str, example: str | None
) -> DictionaryRow:
    """The row of one column of a view or macro."""
    return DictionaryRow(
        relation=view,
        relation_kind=kind,
        column_name=column,
        position=position,
        data_type=data_type,
        unit=find_fact("unit", view, column),
        comment=find_comment(view, column) or "",
        null_meaning=_find_null_meaning(view, column),
        allowed_values=find_fact("allowed", view, column) or _list_outcomes(column),
        warning=find_fact("warning", view, column),
        example=example,
    )


def _find_null_meaning(view: str, column: str) -> str:
    stated = find_fact("null", view, column)
    if stated is not None:
        return str(stated)
    fields = {name: entry for kind in RECORDS for name, entry in catalogue(kind).items()}
    if column not in fields or view in _KEYED:
        return "never"
    is_list = any(column in list_fields(kind) for kind in RECORDS)
    return "never; an empty list is what is not stated or not read" if is_list else "not stated, or no rule reads it"


_KEYED = frozenset({"countries", "project_types", "sites"})
"""Codebooks: their columns are no fields of a record."""


def _list_outcomes(column: str) -> list[str] | None:
    return sorted(OUTCOMES) if column in {"outcome", "last_outcome"} else None


def apply_comments(connection: DuckDBPyConnection) -> None:
    """Comment every view, macro and column of ``v1`` in the current database, and fill ``internal.data_dictionary``.

    Raises:
        BuildError: a view or column has no comment, or a comment names none; the text lists them.
    """
    views = {table.name: _describe(connection, f"v1.{table.name}") for table in PUBLIC_TABLES}
    examples = _read_examples(connection, views)
    rows = [*_describe_views(views, examples), *_describe_macros(connection, examples)]
    missing = [f"{row.relation}.{row.column_name or ''}" for row in rows if not row.comment]
    unused = find_unused_comments(rows)
    if missing or unused:
        raise BuildError(f"comments.toml is not complete: missing {missing}, of nothing {unused}")
    statements = [f"INSERT INTO internal.data_dictionary VALUES {', '.join(_make_literals(row) for row in rows)}"]
    for row in rows:
        if row.relation_kind == "view":
            on = f'COLUMN v1.{row.relation}."{row.column_name}"' if row.column_name else f"VIEW v1.{row.relation}"
            statements.append(f"COMMENT ON {on} IS {quote_text(row.comment)}")
        elif row.column_name is None:
            statements.append(f"COMMENT ON MACRO TABLE v1.{row.relation} IS {quote_text(row.comment)}")
    # One commit for hundreds of comments: each commit alone waits for the disk.
    connection.execute("BEGIN; " + "; ".join(statements) + "; COMMIT")


def _make_literals(row: DictionaryRow) -> str:
    return f"({', '.join(_make_literal(cell) for cell in row)})"


def _make_literal(cell: object) -> str:
    match cell:
        case None:
            return "NULL"
        case int():
            return str(cell)
        case list():
            return f"[{', '.join(quote_text(str(part)) for part in cell)}]"
        case _:
            return quote_text(str(cell))


def _describe_relation(name: str, kind: str, comment: str) -> DictionaryRow:
    return DictionaryRow(name, kind, None, 0, None, None, comment, None, None, None, None)


Examples = dict[tuple[str, str], str]
"""By view and column: one value of it, as text."""
_LONGEST_EXAMPLE = 80


Columns = list[tuple[str, str]]
"""Name and type of each column of a view or macro, in order."""


def _describe(connection: DuckDBPyConnection, relation: str) -> Columns:
    return [(str(row[0]), str(row[1])) for row in connection.execute(f"DESCRIBE FROM {relation}").fetchall()]


def _read_examples(connection: DuckDBPyConnection, views: Mapping[str, Columns]) -> Examples:
    """One value of each column of each view that has any: the least, so always the same."""
    values = find_together(connection, list(views.items()), _read_least)
    return {
        (view, name): _shorten(value)
        for (view, described), row in zip(views.items(), values, strict=True)
        for (name, _), value in zip(described, row, strict=True)
        if value is not None
    }


def _read_least(connection: DuckDBPyConnection, view: tuple[str, Columns]) -> tuple[str | None, ...]:
    name, described = view
    least = ", ".join(_find_least(column, data_type) for column, data_type in described)
    (row,) = connection.execute(f"SELECT {least} FROM v1.{name}").fetchall()
    return row


def _find_least(name: str, data_type: str) -> str:
    """The SQL of the least value as text, in the notation of instants and lists."""
    least = f'min("{name}")'
    if data_type == "TIMESTAMP":
        return f"strftime({least}, '%Y-%m-%dT%H:%M:%SZ')"
    if data_type.endswith("[]"):
        least += f' FILTER (len("{name}") > 0)'
    if data_type.startswith("STRUCT"):
        return f"to_json({least})::VARCHAR"
    return f"array_to_string({least}, ', ')" if data_type.endswith("[]") else f"{least}::VARCHAR"


def _shorten(text: str) -> str:
    r"""The beginning of a text on one line.

    >>> _shorten("one\n two")
    'one two'
    """
    short = re.sub(r"[\t\n\f\r ]+", " ", text[:_LONGEST_EXAMPLE])
    return f"{short}…" if len(text) > _LONGEST_EXAMPLE else short


def _describe_views(views: Mapping[str, Columns], examples: Examples) -> list[DictionaryRow]:
    rows: list[DictionaryRow] = []
    for view, described in views.items():
        comment = read_comments()["views"].get(view, {}).get("comment", "")
        rows.append(_describe_relation(view, "view", comment))
        rows += _describe_columns(view, "view", described, examples)
    return rows


def _describe_macros(connection: DuckDBPyConnection, examples: Examples) -> list[DictionaryRow]:
    rows: list[DictionaryRow] = []
    for name, macro in read_comments()["macros"].items():
        rows.append(_describe_relation(name, "macro", f"{macro['comment']} Call: {macro['call']}"))
        rows += _describe_columns(name, "macro", _describe(connection, macro["probe"]), examples)
    return rows


def _describe_columns(name: str, kind: str, described: Columns, examples: Examples) -> list[DictionaryRow]:
    """The rows of the columns of a view, or of a macro's call."""
    return [
        describe_column(
            name,
            kind,
            column,
            position=position,
            data_type=data_type,
            example=_find_example(examples, name, kind, column),
        )
        for position, (column, data_type) in enumerate(described, start=1)
    ]


def _find_example(examples: Examples, name: str, kind: str, column: str) -> str | None:
    """Of a view its own; a macro gives what views have."""
    if kind == "view":
        return examples.get((name, column))
    return next((example for (_, known), example in examples.items() if known == column), None)


def find_unused_comments(rows: list[DictionaryRow]) -> list[str]:
    """Comments that no view, macro or column of ``rows`` uses: left over from a change of the schema."""
    comments = read_comments()
    columns = {row.column_name for row in rows}
    pairs = {(row.relation, row.column_name) for row in rows}
    unused = [name for name in comments["columns"] if name not in columns]
    for view, described in comments["views"].items():
        if (view, None) not in pairs:
            unused.append(view)
        unused += [f"{view}.{name}" for name in described.get("columns", {}) if (view, name) not in pairs]
    named = {str(column) for column in columns} | {f"{view}.{column}" for view, column in pairs}
    return unused + [key for facts in read_facts().values() for key in facts if "*" not in key and key not in named]
