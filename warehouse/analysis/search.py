"""Searching titles and bodies: ranked like BM25, in all languages, whatever the case and the accents.

Belongs here: words to ranked documents, in plain SQL (a file with a full-text index does not open where the extension
is missing). Does not belong here: printing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from warehouse.errors import QueryError
from warehouse.query import QueryResult, fetch_query

if TYPE_CHECKING:
    import duckdb

MAX_TERMS = 16
_TERM = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Chinese and Japanese are written without blanks: a term is found inside a run of letters there."""

# k1 = 1.2 and b = 0.75 are the usual constants (Robertson and Zaragoza, 2009); a word in the title counts like three
# in the body.
_SEARCH = """
WITH document AS (
    SELECT 'project' AS kind, project_id AS id, title, description AS body, start_date AS date, site, lang, url, state
    FROM v1.projects
    UNION ALL
    SELECT 'news', news_id, title, body, published_date, site, lang, url, state FROM v1.news
),
folded AS (
    SELECT kind, id, strip_accents(lower(coalesce(title, ''))) AS title, strip_accents(lower(coalesce(body, ''))) AS
    body FROM document
    WHERE ($kind IS NULL OR kind = $kind) AND ($lang IS NULL OR lang = $lang) AND ($site IS NULL OR site = $site)
),
size AS (
    SELECT count(*) AS n, greatest(avg(length(body)), 1) AS average FROM folded
),
term AS (
    SELECT unnest($literals::VARCHAR[]) AS literal, unnest($patterns::VARCHAR[]) AS pattern
),
hit AS (
    SELECT f.kind, f.id, t.literal, length(f.body) AS length,
           3 * len(regexp_extract_all(f.title, t.pattern)) + len(regexp_extract_all(f.body, t.pattern)) AS frequency
    FROM folded AS f JOIN term AS t ON contains(f.title, t.literal) OR contains(f.body, t.literal)
),
found AS (
    SELECT *, count(*) OVER (PARTITION BY literal) AS n_holding FROM hit WHERE frequency > 0
),
ranked AS (
    SELECT kind, id, count(*) AS n_terms,
           sum(ln(1 + (n - n_holding + 0.5) / (n_holding + 0.5))
               * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / average))) AS score
    FROM found CROSS JOIN size GROUP BY kind, id
)
SELECT round(r.score, 3) AS score, d.kind, d.id, d.date, d.lang, d.title, d.url, d.state, d.body
FROM ranked AS r JOIN document AS d ON d.kind = r.kind AND d.id = r.id
WHERE $any OR r.n_terms = len($literals)
ORDER BY r.score DESC, d.kind, d.id LIMIT $limit
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
    folded = [row[0] for row in connection.execute("SELECT strip_accents(lower(unnest($1)))", [terms]).fetchall()]
    # A phrase is looked up by its longest word, then matched as a whole.
    literals = [max(_WORD.findall(term), key=lambda word: (len(word), word)) for term in folded]
    patterns = [_make_pattern(term) for term in folded]
    literals, patterns = _make_distinct(literals, patterns)
    values = {
        "kind": kind,
        "lang": lang,
        "site": site,
        "literals": literals,
        "patterns": patterns,
        "any": any_word,
        "limit": limit,
    }
    answer = fetch_query(connection, _SEARCH, values)
    rows = [(*row[:-1], make_excerpt(row[-1] or "", folded)) for row in answer.rows]
    return QueryResult((*answer.columns[:-1], "excerpt"), answer.types, rows)


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
    places = [match.start() for term in folded_terms if (match := re.search(_make_python_pattern(term), folded))]
    start = max(0, min(places, default=0) - width // 3)
    if start:
        start = text.find(" ", start) + 1
    end = start + width
    cut = text[start:end] if end >= len(text) else text[start:end].rpartition(" ")[0] or text[start:end]
    return ("…" if start else "") + cut + ("…" if start + len(cut) < len(text) else "")


def _fold_in_place(text: str) -> str:
    """Lower case without accents, each character staying where it is."""
    return "".join(unicodedata.normalize("NFD", character)[0].lower()[:1] or character for character in text)


def _make_pattern(term: str) -> str:
    """RE2 for a whole word or phrase, whose own word boundary knows ASCII only."""
    words = r"[^\pL\pN]+".join(_WORD.findall(term))
    return words if _UNSPACED.search(term) else rf"(?:^|[^\pL\pN]){words}(?:$|[^\pL\pN])"


def _make_python_pattern(term: str) -> str:
    words = r"\W+".join(_WORD.findall(term))
    return words if _UNSPACED.search(term) else rf"\b{words}\b"


def _make_distinct(literals: list[str], patterns: list[str]) -> tuple[list[str], list[str]]:
    """The terms without repeats, so that a word given twice neither counts twice nor is missed."""
    pairs = dict(zip(patterns, literals, strict=True))
    return list(pairs.values()), list(pairs)
