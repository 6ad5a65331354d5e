"""Searching titles and bodies: ranked like BM25, in all languages, whatever the case and the accents.

Belongs here: words to ranked documents, in plain SQL (a file with a full-text index does not open where the extension
is missing). Does not belong here: printing.
"""

import math
import re
import unicodedata
from collections.abc import Iterator

import duckdb

from warehouse.errors import QueryError
from warehouse.read.published import QueryResult, fetch_query

MAX_TERMS = 16
_TERM = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Chinese and Japanese are written without blanks: a term is found inside a run of letters there."""

_K1, _B, _TITLE_WEIGHT = 1.2, 0.75, 3
"""The usual constants of BM25 (Robertson and Zaragoza, 2009); a word in the title counts like three in the text."""
_BATCH = 2000
_DOCUMENTS = """
SELECT 'project' AS kind, project_id AS id, title, description AS body, start_date AS date, site, lang, url, state
FROM v1.projects
UNION ALL
SELECT 'news', news_id, title, body, published_date, site, lang, url, state FROM v1.news
"""
_FOLDED = f"""
SELECT kind, id, strip_accents(lower(coalesce(title, ''))) AS title, strip_accents(lower(coalesce(body, ''))) AS body
FROM ({_DOCUMENTS})
WHERE ($kind IS NULL OR kind = $kind) AND ($lang IS NULL OR lang = $lang) AND ($site IS NULL OR site = $site)
"""
_SHOWN = f"""
SELECT round(r.score, 3) AS score, d.kind, d.id, d.date, d.lang, d.title, d.url, d.state, d.body
FROM (SELECT unnest($scores::DOUBLE[]) AS score, unnest($kinds::VARCHAR[]) AS kind, unnest($ids::VARCHAR[]) AS id) AS r
JOIN ({_DOCUMENTS}) AS d USING (kind, id)
ORDER BY r.score DESC, d.kind, d.id
"""


def search(
    connection: duckdb.DuckDBPyConnection,
    words: str,
    *,
    kind: str | None = None,
    lang: str | None = None,
    site: str | None = None,
    any_word: bool = False,
    limit: int = 20,
) -> QueryResult:
    """The documents that hold the words, best first: score, kind, id, date, lang, title, url, state, excerpt.

    ``words`` are whole words, and phrases between double quotation marks; case and accents do not matter. With
    ``any_word`` a document may hold some of them only. ``kind`` (``project``, ``news``), ``lang`` and ``site`` narrow
    the search.

    Raises:
        QueryError: there is no word to look for, or more than :data:`MAX_TERMS`.
    """
    terms = split_terms(words)
    rows = connection.execute("SELECT strip_accents(lower(unnest($1)))", [terms]).fetchall()
    folded = list(dict.fromkeys(row[0] for row in rows))
    scored = _score(connection, folded, {"kind": kind, "lang": lang, "site": site}, any_word=any_word)
    best = sorted(scored, key=lambda found: (-found[0], found[1], found[2]))[:limit]
    scores, kinds, ids = ([found[place] for found in best] for place in range(3))
    answer = fetch_query(connection, _SHOWN, {"scores": scores, "kinds": kinds, "ids": ids})
    shown = [(*row[:-1], make_excerpt(row[-1] or "", folded)) for row in answer.rows]
    return QueryResult((*answer.columns[:-1], "excerpt"), answer.types, shown)


def _score(
    connection: duckdb.DuckDBPyConnection, terms: list[str], narrow: dict[str, str | None], *, any_word: bool
) -> Iterator[tuple[float, str, str]]:
    """Score, kind and id of the documents that hold the terms.

    DuckDB passes over the documents that cannot hold them; whole words are counted here, since a pattern that is a
    bound value would be compiled anew for every row there.
    """
    # A phrase is looked up by its longest word.
    longest = [max(_WORD.findall(term), key=lambda word: (len(word), word)) for term in terms]
    values = {**narrow, **{f"word_{position}": word for position, word in enumerate(longest)}}
    held = [f"(contains(title, $word_{place}) OR contains(body, $word_{place}))" for place in range(len(terms))]
    counts = ", ".join(f"count(*) FILTER ({condition})" for condition in held)
    ((n_documents, mean_length, *holding),) = fetch_query(
        connection, f"SELECT count(*), greatest(avg(length(body)), 1), {counts} FROM ({_FOLDED})", values
    ).rows
    rarity = [math.log(1 + (n_documents - n + 0.5) / (n + 0.5)) for n in holding]
    patterns = [_make_pattern(term) for term in terms]
    condition = (" OR " if any_word else " AND ").join(held)
    cursor = connection.execute(f"SELECT * FROM ({_FOLDED}) WHERE {condition}", values)
    while batch := cursor.fetchmany(_BATCH):
        for kind, id_, title, body in batch:
            counted = [_TITLE_WEIGHT * len(find.findall(title)) + len(find.findall(body)) for find in patterns]
            if any(counted) if any_word else all(counted):
                norm = _K1 * (1 - _B + _B * len(body) / mean_length)
                score = sum(r * n * (_K1 + 1) / (n + norm) for r, n in zip(rarity, counted, strict=True))
                yield score, kind, id_


def split_terms(words: str) -> list[str]:
    """Words and quoted phrases, each reduced to its letters and digits.

    >>> split_terms('Haïti "border  management" post-earthquake')
    ['Haïti', 'border management', 'post earthquake']

    Raises:
        QueryError: nothing is left, or there are more than :data:`MAX_TERMS`.
    """
    terms = [" ".join(_WORD.findall(phrase or word)) for phrase, word in _TERM.findall(words)]
    terms = [term for term in terms if term]
    if not terms:
        raise QueryError(f"{words!r} holds no word to search for")
    if len(terms) > MAX_TERMS:
        raise QueryError(f"{len(terms)} search words are more than {MAX_TERMS}; leave some out")
    return terms


def make_excerpt(body: str, folded_terms: list[str], width: int = 160) -> str:
    """The part of a body around the first of the terms; its start where only the title holds them."""
    text = " ".join(body.split())
    folded = _fold_in_place(text)
    places = [match.start() for term in folded_terms if (match := _make_pattern(term).search(folded))]
    start = max(0, min(places, default=0) - width // 3)
    if start:
        start = text.find(" ", start) + 1
    end = start + width
    cut = text[start:end] if end >= len(text) else text[start:end].rpartition(" ")[0] or text[start:end]
    return ("…" if start else "") + cut + ("…" if start + len(cut) < len(text) else "")


def _fold_in_place(text: str) -> str:
    """Lower case without accents, each character staying where it is."""
    return "".join(unicodedata.normalize("NFD", character)[0].lower()[:1] or character for character in text)


def _make_pattern(term: str) -> re.Pattern[str]:
    """A whole word or phrase, where the script has blanks between words."""
    words = r"[\W_]+".join(_WORD.findall(term))
    return re.compile(words if _UNSPACED.search(term) else rf"(?<![^\W_]){words}(?![^\W_])")
