"""The index of words beside the published file: made after a publish, and again where it is missing or of another file.

Belongs here: what is indexed and how words are folded, for the index and for questions alike. Does not belong here:
questions (``search``).

It is a file of SQLite with FTS5, which is in Python's own library: DuckDB's full-text index is an extension, and a
file that has one does not open where that is missing. It is always made whole and put in its place by a rename: an
index that is changed in place keeps traces of what was removed, and a purge must leave none.
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
from warehouse.read.published import open_published

FORMAT = 1
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
