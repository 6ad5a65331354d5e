"""Values as people write them, names as well as codes: a question's parameters, and what a statement asks in vain.

Belongs here: from "Haiti", "HTI" or "haïti" to ``HT``, and what is near a name that nothing bears. Does not belong
here: the questions (``warehouse/read/queries``). The values of plain SQL are bound as they are, and told of afterwards.
"""

import difflib
from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

import duckdb

from warehouse.errors import NotFoundError, QueryError
from warehouse.read.cookbook import Question
from warehouse.read.documents import find_documents
from warehouse.read.door import iter_nodes, parse_tree
from warehouse.read.published import fetch_query

N_NEIGHBOURS = 4
_CODES = {
    "country": "SELECT country_code, name_en, [country_code, iso3, name_en, name_fr, name_es, name_ar] "
    "FROM v1.countries",
    "subregion": "SELECT DISTINCT subregion, NULL, [subregion] FROM v1.countries WHERE subregion IS NOT NULL",
    "type": "SELECT type_code, name, list_concat([type_code, name], wordings) FROM v1.project_types",
    "site": "SELECT site, name, list_concat([site, split_part(site, '.', 1), name], hosts) FROM v1.sites",
    "lang": "SELECT DISTINCT lang, NULL, [lang] FROM v1.coverage WHERE lang IS NOT NULL",
}
"""By the parameter's name: each code with its name and the words that mean it."""
_FOLDED = """
SELECT code, name, list_transform(list_filter(words, lambda w: w IS NOT NULL), lambda w: {fold})
FROM ({codes}) AS t(code, name, words) ORDER BY code
"""
_FOLD = "strip_accents(lower(replace({}, '’', '''')))"
_CODED = {"country_code": "country", "countries": "country", "other_countries": "country", "type_code": "type"}
_CODED |= {"dateline_country": "country", "event_country": "country"}
"""Columns that hold codes of a parameter's codebook, where they bear another name than it."""
_COLUMNS = """
SELECT relation, column_name, allowed_values IS NOT NULL FROM v1.data_dictionary
WHERE list_contains($relations::VARCHAR[], relation) AND data_type LIKE 'VARCHAR%' ORDER BY ALL
"""
_ALLOWED = """
SELECT v, NULL, [v] FROM (SELECT unnest(allowed_values) AS v FROM v1.data_dictionary
WHERE relation = '{relation}' AND column_name = '{column}')
"""
_EQUAL = frozenset({"COMPARE_EQUAL", "COMPARE_IN"})
_CONTAINS = frozenset({"contains", "list_contains", "list_has", "array_contains", "array_has"})
"""How the tree writes ``=``, ``IN`` and a look into a list."""
_DOCUMENTS = frozenset({"project", "document"})


def bind_values(connection: duckdb.DuckDBPyConnection, question: Question, given: Mapping[str, str]) -> dict[str, str]:
    """The values of a question's parameters: the given ones as codes, and the defaults of the others.

    Raises:
        QueryError: the question has no such parameter, or nothing bears the name; the text says what is near.
    """
    for name in given:
        if name not in question.defaults:
            there = ", ".join(question.defaults) or "none"
            raise QueryError(f"the question {question.name} has no parameter {name!r}; its parameters: {there}")
    return {**question.defaults, **{name: _resolve(connection, name, value) for name, value in given.items()}}


def _resolve(connection: duckdb.DuckDBPyConnection, name: str, value: str) -> str:
    if name in _DOCUMENTS:
        try:
            find_documents(connection, value)
        except NotFoundError as error:
            raise QueryError(str(error)) from error
        return value
    return _match(connection, name, value, _CODES[name]) if name in _CODES else value


def _match(connection: duckdb.DuckDBPyConnection, name: str, value: str, codes_sql: str) -> str:
    listed = fetch_query(connection, _FOLDED.format(fold=_FOLD.format("w"), codes=codes_sql)).rows
    ((wanted,),) = fetch_query(connection, f"SELECT {_FOLD.format('trim($value)')}", {"value": value}).rows
    codes = sorted({code for code, _, words in listed if wanted in words})
    exact = [code for code in codes if code.lower() == wanted]
    if len(exact or codes) == 1:
        return str((exact or codes)[0])
    if codes:
        raise QueryError(f"{name} {value!r} may be any of {', '.join(codes)}; give one of these")
    raise QueryError(f"no {name} is called {value!r}{_name_neighbours(wanted, listed)}")


def find_strangers(connection: duckdb.DuckDBPyConnection, text: str, bound: Mapping[str, str]) -> list[str]:
    """What an admitted statement asks in vain, a sentence each: texts that are no value of the column beside them.

    A column's values are those that the dictionary allows, or the codes of its codebook.
    """
    nodes = [(str(node.get("type")), node) for node in iter_nodes(parse_tree(connection, text))]
    relations = [node["table_name"].lower() for kind, node in nodes if kind == "BASE_TABLE"]
    relations += [node["function"]["function_name"].lower() for kind, node in nodes if kind == "TABLE_FUNCTION"]
    sources: dict[str, set[str]] = {}
    for relation, column, is_closed in fetch_query(connection, _COLUMNS, {"relations": relations}).rows:
        open_one = _CODES.get(_CODED.get(column, column), "")
        source = _ALLOWED.format(relation=relation, column=column) if is_closed else open_one
        sources.setdefault(column, set()).add(source)
    said = []
    for _, node in nodes:
        operands = _find_equals(node)
        columns = [one["column_names"][-1].lower() for one in operands if one["type"] == "COLUMN_REF"]
        said += [
            _describe_stranger(connection, column, value, " UNION ".join(sorted(sources[column])))
            for column in columns
            if "" not in sources.get(column, {""})
            for value in (_read_text(one, bound) for one in operands)
            if value is not None
        ]
    return list(dict.fromkeys(filter(None, said)))


def _find_equals(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a node says is equal, or one of the other: nothing where it compares otherwise, or not at all."""
    if node.get("subquery_type") == "ANY":  # 'HT' = ANY(countries): a subquery that unfolds the list
        listed = node["subquery"]["node"].get("select_list", [{}])[0].get("children", [])
        return [node["child"], *listed] if node["comparison_type"] == "COMPARE_EQUAL" else []
    if str(node.get("type")) not in _EQUAL and node.get("function_name") not in _CONTAINS:
        return []
    return [one for one in (*node.get("children", ()), node.get("left"), node.get("right")) if one]


def _read_text(node: Mapping[str, Any], bound: Mapping[str, str]) -> str | None:
    if node["type"] == "VALUE_PARAMETER":
        return bound.get(node["identifier"])
    value = node["value"].get("value") if node["type"] == "VALUE_CONSTANT" else None
    return value if isinstance(value, str) else None


def _describe_stranger(connection: duckdb.DuckDBPyConnection, column: str, value: str, codes_sql: str) -> str:
    try:
        code = _match(connection, f"value of {column}", value, codes_sql)
    except QueryError as error:
        return str(error)
    return "" if code == value else f"no value of {column} is called {value!r}; it is {code!r} in these tables"


def _name_neighbours(wanted: str, listed: list[tuple[str, str | None, list[str]]]) -> str:
    """What is near: words that hold it or are spelled alike, else the codes beside it in the order of letters."""
    words = {word: code for code, _, known in reversed(listed) for word in known}
    near = [words[word] for word in words if len(wanted) > 2 and wanted in word]
    near += [words[word] for word in difflib.get_close_matches(wanted, words, n=N_NEIGHBOURS, cutoff=0.7)]
    every = [code for code, _, _ in listed]
    if not near:
        place = bisect_left([code.lower() for code in every], wanted)
        near = every[max(0, min(place, len(every)) - N_NEIGHBOURS // 2) :]
    names = {code: f"{code} ({name})" if name else code for code, name, _ in listed}
    return f"; near it: {', '.join(names[code] for code in list(dict.fromkeys(near))[:N_NEIGHBOURS])}" if near else ""
