"""Taking a text out of the SQLite files in which Dagster keeps its record of runs (samples of tables quote titles).

Belongs here: replacing text in any SQLite file, and overwriting what was there. Does not belong here: which text.
"""

import json
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

SHORTEST = 8
"""Texts shorter than this are left alone: they would match something else too."""

WAIT_SECONDS = 30.0


def scrub_folder(folder: Path, texts: Collection[str], replacement: str = "[removed]") -> int:
    """Replace the texts in every SQLite file (``*.db``) under the folder; how many rows were changed.

    Other processes may have the files open: SQLite's own locks keep them apart.

    Raises:
        sqlite3.OperationalError: a file stayed locked.
    """
    spellings = sorted({spelling for text in texts if len(text) >= SHORTEST for spelling in spell(text)}, key=len)[::-1]
    if not spellings or not folder.is_dir():
        return 0
    return sum(_scrub(path, spellings, replacement) for path in sorted(folder.rglob("*.db")))


def spell(text: str) -> set[str]:
    r"""The text as it may be in JSON, and in JSON within JSON.

    >>> sorted(spell('a "b"'))
    ['a "b"', 'a \\"b\\"', 'a \\\\\\"b\\\\\\"']
    """
    once = {json.dumps(text, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)}
    twice = {json.dumps(part, ensure_ascii=is_ascii)[1:-1] for part in once for is_ascii in (True, False)}
    return {text} | once | twice


def _scrub(path: Path, spellings: list[str], replacement: str) -> int:
    with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        n_changed = 0
        for table, column in _find_columns(connection):
            for spelling in spellings:
                n_changed += connection.execute(
                    f'UPDATE "{table}" SET "{column}" = replace("{column}", ?, ?) WHERE instr("{column}", ?) > 0',
                    (spelling, replacement, spelling),
                ).rowcount
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
