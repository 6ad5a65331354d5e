"""Searching titles and texts by their words: the index beside the published file, and documents ranked by BM25.

Belongs here: what is indexed, how words are folded for the index and for questions alike, words to ranked documents, in
all languages, whatever the case and the accents. Does not belong here: printing.

The index is made after a publish, and again where it is missing or of another file. It is a file of SQLite with FTS5,
which is in Python's own library: DuckDB's full-text index is an extension, and a file that has one does not open where
that is missing. It is always made whole and put in its place by a rename: an index that is changed in place keeps
traces of what was removed, and a purge must leave none.
"""

import re
import sqlite3
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from warehouse.errors import QueryError
from warehouse.files import clear_leftovers, private_beside, put_in_place
from warehouse.read.published import QueryResult, open_published

FORMAT = 2
_BATCH = 500
_DOCUMENTS = """
SELECT 'project' AS kind, project_id AS id, start_date AS date, lang, title, url, state, site, description AS body
FROM v1.projects
UNION ALL
SELECT 'news', news_id, published_date, lang, title, url, state, site, body FROM v1.news
ORDER BY kind, id
"""
_TABLES = f"""
PRAGMA user_version = {FORMAT};
CREATE TABLE source (size INTEGER, changed_ns INTEGER);
CREATE TABLE document (
    number INTEGER PRIMARY KEY, kind TEXT, id TEXT, date TEXT, lang TEXT, title TEXT, url TEXT, state TEXT, site TEXT,
    body BLOB
);
CREATE INDEX narrow ON document (kind, lang, site);
CREATE VIRTUAL TABLE word USING fts5 (
    title, body, content = '', tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co'"
);
"""
_UNSPACED = re.compile(r"([\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff])")
"""Thai, Lao, Chinese and Japanese are written without blanks: there each letter is a word, and a word a phrase."""
_MARKED = re.compile(r"[\u0300-\u036f\u0590-\u1fff\u3040-\u9fff\ufb00-\ufdff\ufe70-\uffef]")
"""Scripts whose marks the tokenizer does not take off, or whose words it does not find."""
_KASHIDA = "\u0640"


def fold(text: str) -> str:
    """The text as it is indexed and asked for: marks taken off, letters of unspaced scripts set apart.

    Case and the accents of Latin, Greek and Cyrillic letters are the tokenizer's own; most texts pass as they are.

    >>> fold("Monrovia, Libéria")
    'Monrovia, Libéria'
    >>> fold("\u0647\u0650\u062c\u0652\u0631\u0629") == fold("\u0647\u062c\u0631\u0629"), fold("\u79fb\u6c11").split()
    (True, ['移', '民'])
    """
    if not _MARKED.search(text):
        return text
    apart = _UNSPACED.sub(r" \1 ", unicodedata.normalize("NFKC", text))
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", apart)
        if letter != _KASHIDA and not unicodedata.category(letter).startswith("M")
    )


def find_index(published: Path) -> Path:
    """Where the index of a published file is.

    >>> find_index(Path("data/iomdb.duckdb")).as_posix()
    'data/iomdb.search'
    """
    return published.with_suffix(".search")


def drop_index(published: Path) -> None:
    """Remove the index: what it holds may be gone from the published file by now."""
    find_index(published).unlink(missing_ok=True)


def build_index(published: Path) -> Path:
    """Make the index of a published file and put it in its place; its path.

    Raises:
        QueryError: there is no published file, or it or the index cannot be read or written.
        OSError: the disk did not take it; nothing half made is left.
    """
    target = find_index(published)
    clear_leftovers(target)
    private = private_beside(target)
    try:
        with closing(sqlite3.connect(private)) as index:
            fill_index(index, published)
        put_in_place(private, target)
    except sqlite3.Error as error:
        raise QueryError(f"the search index {target.name} could not be made: {error}") from error
    finally:
        clear_leftovers(target)
    return target


def fill_index(index: sqlite3.Connection, published: Path) -> None:
    """Write the documents of a published file into a new index."""
    # It is made anew where it is lost, so nothing waits for the disk before the rename.
    index.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;" + _TABLES)
    number = 0
    # Known before it is opened: where it is replaced meanwhile, the index is one of a file that is gone.
    source = _identify(published) if published.exists() else (0, 0)
    with index, open_published(published) as connection:
        index.execute("INSERT INTO source VALUES (?, ?)", source)
        cursor = connection.execute(_DOCUMENTS)
        while rows := cursor.fetchmany(_BATCH):
            numbered = list(enumerate(rows, start=number + 1))
            number += len(rows)
            index.executemany(
                "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(n, *row[:-1], zlib.compress((row[-1] or "").encode(), 1)) for n, row in numbered],
            )
            index.executemany(
                "INSERT INTO word (rowid, title, body) VALUES (?, ?, ?)",
                [(n, fold(row[4] or ""), fold(row[-1] or "")) for n, row in numbered],
            )


@contextmanager
def open_index(published: Path) -> Iterator[sqlite3.Connection]:
    """The index of a published file, made where it is missing or of another file; in memory where it can't be written.

    Raises:
        QueryError: there is no published file, or it or the index cannot be read.
    """
    index = _open_kept(published)
    if index is None and published.exists():
        try:
            build_index(published)
            index = _open_kept(published)
        except OSError:
            index = None
    with closing(index or sqlite3.connect(":memory:")) as opened:
        if index is None:
            fill_index(opened, published)
        yield opened


def _open_kept(published: Path) -> sqlite3.Connection | None:
    """The index as it is kept, or None where there is none of this very file."""
    path = find_index(published)
    with suppress(OSError, sqlite3.Error):
        source = _identify(published)
        # Files are only ever replaced whole: nothing has to be locked, and no journal looked for.
        index = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            version = index.execute("PRAGMA user_version").fetchone()
            if version == (FORMAT,) and index.execute("SELECT * FROM source").fetchone() == source:
                return index
        except sqlite3.Error:
            index.close()
            raise
        index.close()
    return None


def _identify(published: Path) -> tuple[int, int]:
    """Which published file: its size and when it was written, as copies keep them."""
    stat = published.stat()
    return stat.st_size, stat.st_mtime_ns


MAX_TERMS = 16
_TERM = re.compile(r'(?:(title|text):)?(?:"([^"]*)"|(\S+))')
_WORD = re.compile(r"[^\W_]+")
_COLUMNS = {"title": "{title} : ", "text": "{body} : ", "": ""}
_TITLE_WEIGHT = 3.0
"""A word in the title counts like three in the text."""

# Documents are numbered in the order of kind and id, and only those that are shown are looked up: a word of all of
# them costs its scores alone. The sign before rowid keeps FTS5 from asking for each document by itself.
_FOUND = f"""
SELECT score, kind, id, date, lang, title, url, state, number FROM (
    SELECT -bm25(word, {_TITLE_WEIGHT}, 1.0) AS score, rowid AS number FROM word WHERE word MATCH :words {{narrowed}}
    ORDER BY score DESC, rowid LIMIT :limit
) JOIN document USING (number) ORDER BY score DESC, number
"""
_NARROWED = """AND +rowid IN (
    SELECT number FROM document
    WHERE (:kind IS NULL OR kind = :kind) AND (:lang IS NULL OR lang = :lang) AND (:site IS NULL OR site = :site))"""
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
            narrowed = _NARROWED if kind or lang or site else ""
            found = index.execute(_FOUND.format(narrowed=narrowed), narrow).fetchall()
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
