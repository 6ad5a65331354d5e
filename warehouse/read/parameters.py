"""Values for a question's parameters, as people write them: names as well as codes.

Belongs here: from "Haiti", "HTI" or "haïti" to ``HT``, and what is near a name that nothing bears. Does not belong
here: the questions (``warehouse/read/queries``), plain SQL, whose values are bound as they are.
"""

import difflib
from bisect import bisect_left
from collections.abc import Mapping

import duckdb

from warehouse.errors import NotFoundError, QueryError
from warehouse.read.cookbook import Question
from warehouse.read.documents import find_documents
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
    if name not in _CODES:
        return value
    listed = fetch_query(connection, _FOLDED.format(fold=_FOLD.format("w"), codes=_CODES[name])).rows
    ((wanted,),) = fetch_query(connection, f"SELECT {_FOLD.format('trim($value)')}", {"value": value}).rows
    codes = sorted({code for code, _, words in listed if wanted in words})
    exact = [code for code in codes if code.lower() == wanted]
    if len(exact or codes) == 1:
        return str((exact or codes)[0])
    if codes:
        raise QueryError(f"{name} {value!r} may be any of {', '.join(codes)}; give one of these")
    raise QueryError(f"no {name} is called {value!r}{_name_neighbours(wanted, listed)}")


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
