"""Taking captures out of what was derived from them: extractions, and data releases that hold them.

Belongs here: rewriting one extraction, asking a data release. Does not belong here: the archive, or which captures go
(``pipeline.purge.purge``); the published file is simply built anew.
"""

import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.connection import open_scratch, quote_text
from warehouse.errors import SourceError
from warehouse.extracted.writer import ROW_GROUP
from warehouse.files import private_beside, put_in_place


@dataclass(frozen=True, slots=True)
class Traces:
    """By what a page could be known elsewhere: its titles and ids, and the digests of its content."""

    titles: frozenset[str]
    digests: frozenset[str]


def read_traces(extractions: Iterable[Path], capture_ids: Collection[str]) -> Traces:
    """What these captures are known by in the extractions.

    Raises:
        SourceError: a file cannot be read.
    """
    titles: set[str] = set()
    digests: set[str] = set()
    for path in extractions:
        with _open(path, capture_ids) as (db, rows):
            found = db.execute(
                "SELECT DISTINCT title, project.projects_id, project.prima_id, content_sha256 "
                f"FROM {rows} SEMI JOIN dropped USING (capture_id)"
            )
            for title, projects_id, prima_id, digest in found.fetchall():
                titles |= {text for text in (title, projects_id, prima_id) if text}
                digests |= {digest} - {None}
    return Traces(frozenset(titles), frozenset(digests))


def drop_captures(extraction: Path, capture_ids: Collection[str]) -> int:
    """Rewrite one extraction without these captures; how many rows went. Without any it is left as it is.

    Raises:
        SourceError: the file cannot be read.
    """
    with _open(extraction, capture_ids) as (db, rows):
        row = db.execute(f"SELECT count(*) FROM {rows} SEMI JOIN dropped USING (capture_id)").fetchone()
        n_rows = int(row[0]) if row else 0
        if n_rows:
            private = private_beside(extraction)
            db.execute(
                f"COPY (SELECT * FROM {rows} ANTI JOIN dropped USING (capture_id) ORDER BY capture_id) "
                f"TO {quote_text(str(private))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
            )
            put_in_place(private, extraction)
    return n_rows


def holds_captures(release: Path, capture_ids: Collection[str]) -> bool:
    """Whether a data release's table of captures names any of these.

    Raises:
        SourceError: the table cannot be read.
    """
    with _open(release / "captures.parquet", capture_ids) as (db, rows):
        return db.execute(f"SELECT 1 FROM {rows} SEMI JOIN dropped USING (capture_id) LIMIT 1").fetchone() is not None


@contextmanager
def _open(parquet: Path, capture_ids: Collection[str]) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """A scratch database with the table ``dropped``, and the SQL that reads the file."""
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=parquet.parent) as spill, open_scratch(Path(spill)) as db:
        try:
            db.execute("CREATE TABLE dropped AS SELECT unnest(?::VARCHAR[]) AS capture_id", [sorted(capture_ids)])
            yield db, f"read_parquet({quote_text(str(parquet))})"
        except duckdb.Error as error:
            raise SourceError(f"{parquet} cannot be read ({error}); restore it from a copy, or remove it") from error
