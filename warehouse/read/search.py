"""Searching titles and texts by their words: ranked by BM25, in all languages, whatever the case and the accents.

Belongs here: words to ranked documents. Does not belong here: the index (``search_index``), printing.
"""

import re
import sqlite3
import unicodedata
import zlib
from pathlib import Path

from warehouse.errors import QueryError
from warehouse.read.published import QueryResult
from warehouse.read.search_index import fold, open_index

MAX_TERMS = 16
_TERM = re.compile(r'(?:(title|text):)?(?:"([^"]*)"|(\S+))')
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_COLUMNS = {"title": "{title} : ", "text": "{body} : ", "": ""}
_TITLE_WEIGHT = 3.0
"""A word in the title counts like three in the text."""

_FOUND = f"""
SELECT -bm25(word, {_TITLE_WEIGHT}, 1.0) AS score, d.kind, d.id, d.date, d.lang, d.title, d.url, d.state, d.number
FROM word JOIN document AS d ON d.number = word.rowid
WHERE word MATCH :words AND (:kind IS NULL OR d.kind = :kind) AND (:lang IS NULL OR d.lang = :lang)
  AND (:site IS NULL OR d.site = :site)
ORDER BY score DESC, d.kind, d.id LIMIT :limit
"""
_SHOWN = ("score", "kind", "id", "date", "lang", "title", "url", "state", "excerpt")
_TYPES = ("DOUBLE", *["VARCHAR"] * (len(_SHOWN) - 1))


def search(
    published: Path,
    words: str,
    *,
    kind: str | None = None,
    lang: str | None = None,
    site: str | None = None,
    any_word: bool = False,
    limit: int = 20,
) -> QueryResult:
    """The documents that hold the words, best first: score, kind, id, date, lang, title, url, state, excerpt.

    The best one's score is 1, the others' a share of it: what BM25 gives means nothing beside another search.

    ``words`` are whole words, and phrases between double quotation marks; ``title:`` and ``text:`` before one say where
    it must be. Case and accents do not matter. With ``any_word`` a document may hold some of them only. ``kind``
    (``project``, ``news``), ``lang`` and ``site`` narrow the search.

    Raises:
        QueryError: there is no word to look for, or more than :data:`MAX_TERMS`; or no published file.
    """
    terms = list(dict.fromkeys(parse_terms(words)))
    match = (" OR " if any_word else " AND ").join(f'{_COLUMNS[field]}"{_write_phrase(term)}"' for field, term in terms)
    narrow = {"words": match, "kind": kind, "lang": lang, "site": site, "limit": limit}
    looked_for = [_fold_in_place(term) for _, term in terms]
    with open_index(published) as index:
        try:
            found = index.execute(_FOUND, narrow).fetchall()
            shown = [
                (round(row[0] / found[0][0], 3), *row[1:-1], make_excerpt(_read_body(index, row[-1]), looked_for))
                for row in found
            ]
        except sqlite3.Error as error:
            raise QueryError(f"the search index cannot be read: {error}; remove {published.stem}.search") from error
    return QueryResult(_SHOWN, _TYPES, shown)


def _write_phrase(term: str) -> str:
    return " ".join(_WORD.findall(fold(term)))


def _read_body(index: sqlite3.Connection, number: int) -> str:
    ((body,),) = index.execute("SELECT body FROM document WHERE number = ?", [number])
    return zlib.decompress(body).decode()


def parse_terms(words: str) -> list[tuple[str, str]]:
    """Words and quoted phrases, each with the field it must be in (empty: any), reduced to its letters and digits.

    >>> parse_terms('Haïti "border  management" title:post-earthquake')
    [('', 'Haïti'), ('', 'border management'), ('title', 'post earthquake')]

    Raises:
        QueryError: nothing is left, or there are more than :data:`MAX_TERMS`.
    """
    terms = [(field, " ".join(_WORD.findall(phrase or word))) for field, phrase, word in _TERM.findall(words)]
    terms = [(field, term) for field, term in terms if term]
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
