"""Taking what is known of a page out of the SQLite files in which Dagster keeps its record of runs.

Belongs here: replacing text in any SQLite file, dropping rows that quote documents, and overwriting what was there.
Does not belong here: which text.
"""

import json
import re
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHORTEST = 8
"""Shorter titles ("News") would match something else too: they are replaced as whole words of what is said alone."""

REMOVED = "[removed]"
WAIT_SECONDS = 30.0

_SAID = frozenset({"message", "user_message", "description", "text", "error", "data", "metadata"})
"""Keys below which a run says something in words, or shows values; every other text is a name of Dagster's own."""


@dataclass(frozen=True, slots=True)
class Scrub:
    """``spellings`` go wherever they stand, ``words`` where a run says something, rows that quote documents whole."""

    spellings: tuple[str, ...]
    words: re.Pattern[str] | None

    def clean(self, text: str) -> str:
        """The text without them; JSON stays JSON, and only its values change where a short word is replaced."""
        for spelling in self.spellings:
            text = text.replace(spelling, REMOVED)
        if not text.startswith(("{", "[")):
            return text
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return text
        cleaned = self._clean_value(value, is_said=False)
        return text if cleaned == value else json.dumps(cleaned)

    def _clean_value(self, value: Any, *, is_said: bool) -> Any:
        if isinstance(value, dict):
            return {key: self._clean_value(part, is_said=is_said or key in _SAID) for key, part in value.items()}
        if isinstance(value, list):
            return [self._clean_value(part, is_said=is_said) for part in value if not _quotes_document(part)]
        if isinstance(value, str) and value.startswith(("{", "[")):
            return self.clean(value)
        if isinstance(value, str) and is_said and self.words is not None:
            return self.words.sub(REMOVED, value)
        return value


def scrub_folder(folder: Path, titles: Collection[str], marks: Collection[str] = ()) -> int:
    """Take a page out of every SQLite file (``*.db``) under the folder; how many rows were changed.

    ``titles`` are what it is called, ``marks`` its addresses and digests. Rows of tables that quote documents go whole,
    whichever document: they are samples, and hold more of a page than its title. Other processes may have the files
    open: SQLite's own locks keep them apart.

    Raises:
        sqlite3.OperationalError: a file stayed locked.
    """
    long = {text for text in titles if len(text) >= SHORTEST} | set(marks)
    short = sorted(text for text in titles if len(text) < SHORTEST)
    scrub = Scrub(
        tuple(sorted({spelling for text in long for spelling in spell(text)}, key=lambda one: (-len(one), one))),
        re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in short)) if short else None,
    )
    if not (long or short) or not folder.is_dir():
        return 0
    return sum(_scrub(path, scrub) for path in sorted(folder.rglob("*.db")))


def spell(text: str) -> set[str]:
    r"""The text as it may be in JSON, and in JSON within JSON.

    >>> sorted(spell('a "b"'))
    ['a "b"', 'a \\"b\\"', 'a \\\\\\"b\\\\\\"']
    """
    once = {json.dumps(text, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)}
    twice = {json.dumps(part, ensure_ascii=is_ascii)[1:-1] for part in once for is_ascii in (True, False)}
    return {text} | once | twice


def _quotes_document(value: Any) -> bool:
    """A row of a sample: with a title, alone or in Dagster's wrapping."""
    if not isinstance(value, dict):
        return False
    row = value.get("data") if value.get("__class__") == "TableRecord" else value
    return isinstance(row, dict) and "title" in row


def _scrub(path: Path, scrub: Scrub) -> int:
    with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        n_changed = 0
        for table, column in _find_columns(connection):
            rows = connection.execute(f'SELECT rowid, "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
            changed = [(new, rowid) for rowid, old in rows if isinstance(old, str) and (new := scrub.clean(old)) != old]
            connection.executemany(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', changed)
            n_changed += len(changed)
        if n_changed:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return n_changed


def _find_columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Every column of a text type, by table."""
    return connection.execute(
        "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c "
        "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' "
        "AND (upper(c.type) LIKE '%CHAR%' OR upper(c.type) LIKE '%TEXT%') ORDER BY 1, 2"
    ).fetchall()
