"""The door for a stranger's SQL: what runs on the published file, and why nothing else does.

Belongs here: which statements and functions are let in, by the lists of ``door.toml``. Does not belong here: limits,
fetching, files; the settings of the connection, which are a second wall (:mod:`warehouse.connection`).

The statement is parsed by the very DuckDB that runs it, and its tree is looked at, not its text: comments, quotes and
letters of any alphabet make no difference. A settings sandbox alone is not enough: DuckDB always lets ``COPY`` reach
the attached file itself, and 2.0 calls ``WITH x AS (COPY … TO …) FROM x`` a SELECT.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from warehouse.errors import QueryError

LONGEST_STATEMENT = 1_000_000
"""Characters. No question is longer, and a parser is no place for anybody's novel."""

DEEPEST_NESTING = 200
"""Brackets open at once: DuckDB 2.0 takes all memory over a hundred thousand of them, before it has parsed anything."""

_OPEN: dict[str, list[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_KINDS = frozenset(_OPEN["nodes"] + _OPEN["sources"] + _OPEN["expressions"])
_FAMILIES = re.compile("|".join(_OPEN["patterns"]))
_TABLE_FUNCTIONS, _CHANGING, _NEVER = (frozenset(_OPEN[key]) for key in ("table_functions", "changing", "never"))

_ONLY_READING = "only statements that read the tables run here (SELECT, FROM, WITH, DESCRIBE, SUMMARIZE)"

_TOO_DEEP = "the statement is nested too deep; say it in steps, by WITH"
_EXPLAIN = re.compile(
    r"explain\b\s*(\(\s*[a-z_]+(?:\s+[a-z_]+)?(?:\s*,\s*[a-z_]+(?:\s+[a-z_]+)?)*\s*\)\s*)?", re.IGNORECASE
)
_ANALYZE = re.compile(r"analyze\b", re.IGNORECASE)


class _Names(NamedTuple):
    tables: set[str]
    scalars: set[str]


def admit(connection: duckdb.DuckDBPyConnection, text: str) -> str:
    """The statement to run: ``text``, one statement that reads the tables and does nothing else.

    Raises:
        QueryError: it is none, more than one, another statement, or calls a function that is not open to queries; the
            text is one sentence that says which.
    """
    if len(text) > LONGEST_STATEMENT:
        raise QueryError(f"the statement is longer than {LONGEST_STATEMENT:,} characters")
    if re.search(r"[\0\ud800-\udfff]", text):
        raise QueryError("the statement holds a character that is no text (NUL, or bytes that are not UTF-8)")
    if _measure_nesting(text) > DEEPEST_NESTING:
        raise QueryError(_TOO_DEEP)
    statements = _parse(connection, text)
    if not statements:
        raise QueryError("the statement is empty")
    kinds = [_name_kind(statement) for statement in statements]
    if kinds == ["EXPLAIN"]:
        return _admit_explain(connection, text)
    if kinds != ["SELECT"]:
        raise QueryError(_describe_refusal(statements))
    _check_names(connection, _read_names(parse_tree(connection, text)))
    return text


def cut_end(text: str) -> str:
    """An admitted statement without its last semicolons and comments, to be put between parentheses."""
    tokens = duckdb.tokenize(text)
    end = len(text.encode())
    while tokens and (text.encode()[tokens[-1][0] :].startswith(b";") or tokens[-1][1] == duckdb.token_type.comment):
        end = tokens.pop()[0]
    return text.encode()[:end].decode()


def _measure_nesting(text: str) -> int:
    deepest = depth = 0
    for sign in re.findall(r"[(\[{)\]}]", text):
        depth = depth + 1 if sign in "([{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _parse(connection: duckdb.DuckDBPyConnection, text: str) -> list[duckdb.Statement]:
    try:
        return connection.extract_statements(text)
    except duckdb.Error as error:
        raise QueryError(str(error)) from error


def _admit_explain(connection: duckdb.DuckDBPyConnection, text: str) -> str:
    """``EXPLAIN`` anew, of a statement that is admitted by itself: as written it may be of one that writes."""
    start = next(place for place, kind in duckdb.tokenize(text) if kind != duckdb.token_type.comment)
    stated = text.encode()[start:].decode()
    words = _EXPLAIN.match(stated)
    if words is None:
        raise QueryError("this EXPLAIN is not read; write EXPLAIN SELECT …, or EXPLAIN ANALYZE SELECT …")
    rest, head = stated[words.end() :], words[0]
    if analyze := _ANALYZE.match(rest):
        rest, head = rest[analyze.end() :], f"{head} {analyze[0]}"
    return f"{head} {admit(connection, rest)}"


def _name_kind(statement: duckdb.Statement) -> str:
    try:
        return statement.type.name
    except ValueError:  # a kind that DuckDB parses and its own Python does not know (2.0: UPDATE EXTENSIONS)
        return "statement of that kind"


def _describe_refusal(statements: list[duckdb.Statement]) -> str:
    names = [_name_kind(statement) for statement in statements]
    if names == ["MULTI"] or (names[-1] == "SELECT" and not statements[0].query):
        return "a PIVOT needs its values here: PIVOT … ON column IN ('first', 'second') USING sum(amount)"
    if len(statements) > 1:
        return f"one statement at a time: these are {len(statements)}"
    return f"{_ONLY_READING}, no {names[0]}"


def parse_tree(connection: duckdb.DuckDBPyConnection, text: str) -> Any:
    """The statement as DuckDB's own tree; what has none (PRAGMA, which 1.5 parses to a SELECT) is refused."""
    try:
        row = connection.execute("SELECT json_serialize_sql($1)", [text]).fetchone()
        tree = json.loads(row[0]) if row else {"error": True}
    except RecursionError as error:
        raise QueryError(_TOO_DEEP) from error
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    if tree["error"]:
        raise QueryError(_ONLY_READING)
    return tree["statements"]


def _read_names(tree: Any) -> _Names:
    """The functions called, as tables and as values.

    Raises:
        QueryError: a part of the tree is none of those that only read.
    """
    names = _Names(set(), set())
    for node in iter_nodes(tree):
        kind = node.get("type")
        if not isinstance(kind, str):
            continue
        if kind not in _KINDS and not _FAMILIES.fullmatch(kind):
            raise QueryError(f"{_ONLY_READING}, no {kind.removesuffix('_QUERY_NODE')}")
        if kind == "TABLE_FUNCTION":
            function = node.get("function") or {}
            if function.get("type") != "FUNCTION":
                raise QueryError("what stands after FROM here is no table")
            names.tables.add(function["function_name"].lower())
        elif isinstance(name := node.get("function_name"), str):
            names.scalars.add(name.lower())
    return names


def iter_nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the tree; of a call that is a table, whose name is told apart, its arguments alone."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            inner = node.get("function") if node.get("type") == "TABLE_FUNCTION" else None
            waiting += [part for key, part in node.items() if key != "function" or inner is None]
            waiting += inner.values() if isinstance(inner, dict) else []
        elif isinstance(node, list):
            waiting += node


def _check_names(connection: duckdb.DuckDBPyConnection, names: _Names, within: frozenset[str] = frozenset()) -> None:
    """Refuse functions by DuckDB's own catalogue; a built-in macro is what its text calls."""
    rows = connection.execute(
        "SELECT lower(function_name), function_type, stability, macro_definition, internal FROM duckdb_functions() "
        "WHERE list_contains($1::VARCHAR[], lower(function_name))",
        [sorted(names.tables | names.scalars)],
    ).fetchall()
    ours = {name for name, kind, _, _, is_internal in rows if kind == "table_macro" and not is_internal}
    _refuse(names.tables - _TABLE_FUNCTIONS - ours)
    values = [row for row in rows if row[1] not in {"table", "table_macro", "pragma"}]
    _refuse(names.scalars & {row[0] for row in rows} - {row[0] for row in values} - _TABLE_FUNCTIONS)
    _refuse(names.scalars & {row[0] for row in values if row[2] == "VOLATILE"} - _CHANGING)
    _refuse(name for name in names.scalars if name in _NEVER or name.startswith("__"))
    for name, kind, _, definition, is_internal in values:
        if kind == "macro" and is_internal and name in names.scalars - within and definition:
            inner = _read_names(parse_tree(connection, f"SELECT {definition}"))
            _check_names(connection, inner, within | names.scalars)


def _refuse(names: Iterable[str]) -> None:
    if refused := sorted(names):
        raise QueryError(
            f"the function {refused[0]} is not open to queries: they read the published tables and nothing else"
        )
