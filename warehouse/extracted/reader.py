"""Extractions on disk: how many rows they hold, the rows as they were written, and captures taken out of them.

Belongs here: questions to ``extracted/<release>/<run_id>.parquet`` alone, rewriting one extraction, asking a data
release. Does not belong here: the derivation (:mod:`warehouse.build.database`), which captures go
(``pipeline.purge.purge``); the published file is simply built anew.
"""

import glob
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connection import open_scratch, quote_text
from warehouse.errors import SourceError, UnreadableReadingError
from warehouse.extracted.writer import ROW_GROUP
from warehouse.files import private_beside, put_in_place

BATCH = 500
"""Rows fetched at a time: pages are long, and a whole run need not fit in memory."""


NO_PAGE = "outcome "
"""So begins the reason of a row whose answer was no page (404, a redirect, a block), docs/contracts.md section 3."""

_FIND_READ = """
SELECT DISTINCT capture_id FROM read_parquet($files)
WHERE status = 'read' AND capture_id IN (SELECT unnest($captures::VARCHAR[]))
"""
_NEWEST = """
SELECT status, reason, release, kind, title, lang, layout, content_sha256, project, news, countries, mentions
FROM read_parquet($files) WHERE capture_id = $capture ORDER BY status = 'read' DESC, release DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is believed of one capture: the newest extractor release that could read it, else why none could.

    ``values`` are its fields as published ones are named, and what the page names (``country_roles``, ``mentions``) as
    words.
    """

    is_read: bool
    reason: str | None
    release: int
    kind: str | None
    values: Mapping[str, Any]


def find_read(extracted: Path, captures: Mapping[str, str]) -> set[str]:
    """Those of the captures (capture_id to run_id) that some extractor release has read."""
    files = [file for run_id in sorted(set(captures.values())) for file in _find_files(extracted, run_id)]
    if not files:
        return set()
    with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:
        rows = connection.execute(_FIND_READ, {"files": files, "captures": list(captures)}).fetchall()
    return {row[0] for row in rows}


def find_reading(extracted: Path, run_id: str, capture_id: str) -> Reading | None:
    """The reading of a capture that has a body of its own, or None where no extraction has it."""
    files = _find_files(extracted, run_id)
    if not files:
        return None
    with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:
        row = connection.execute(_NEWEST, {"files": files, "capture": capture_id}).fetchone()
    if row is None:
        return None
    status, reason, release, kind, title, lang, layout, content_sha256, project, news, countries, mentions = row
    values = {"title": title, "lang": lang, **(project or news or {})}
    values |= {"content_sha256": content_sha256, "layout": layout, "extractor": release}
    values["country_roles"] = [f"{one['role']} {one['country_code']}" for one in countries]
    values["mentions"] = [
        " ".join(one[name] for name in ("kind", "name", "value") if one[name] is not None) for one in mentions
    ]
    return Reading(status == "read", reason, release, kind, values)


def _find_files(extracted: Path, run_id: str) -> list[str]:
    """The extractions of a run by every extractor release."""
    return [str(path) for path in sorted(extracted.glob(f"[0-9]*/{glob.escape(run_id)}.parquet"))]


def count_rows(files: Sequence[Path]) -> dict[str, int]:
    """Rows over all files: ``read``, ``quarantined``, and ``no_page`` for answers that were none; empty for no files.

    Raises:
        UnreadableReadingError: a file is no reading; names it and what mends it.
    """
    if not files:
        return {}
    question = (
        f"SELECT CASE WHEN starts_with(reason, {quote_text(NO_PAGE)}) THEN 'no_page' ELSE status END AS status, "
        "count(*) FROM read_parquet(?) GROUP BY ALL ORDER BY ALL"
    )
    try:
        with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:
            rows = connection.execute(question, [[str(file) for file in files]]).fetchall()
    except duckdb.Error as error:
        raise _name_unreadable(files, error) from error
    return dict(rows)


def list_filled(files: Sequence[Path]) -> list[Path]:
    """Those of the files that hold any row, in order, by their footers alone."""
    if not files:
        return []
    with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:
        rows = connection.execute(
            "SELECT file_name FROM parquet_file_metadata(?) WHERE num_rows > 0", [[str(file) for file in files]]
        ).fetchall()
    filled = {str(name) for (name,) in rows}
    return [file for file in files if str(file) in filled]


def find_unreadable(files: Sequence[Path]) -> dict[Path, str]:
    """The files whose columns cannot be read from their footers, each with what DuckDB says."""
    with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:

        def find_fault(some: Sequence[Path]) -> str | None:
            try:
                connection.execute(
                    "SELECT count(*) FROM parquet_file_metadata(?)", [[str(file) for file in some]]
                ).fetchall()
            except duckdb.Error as error:
                return " ".join(str(error).split())
            return None

        # Sound in one question; only where that fails file by file.
        if not files or find_fault(files) is None:
            return {}
        return {file: fault for file in files if (fault := find_fault([file]))}


def _name_unreadable(files: Sequence[Path], error: duckdb.Error) -> UnreadableReadingError:
    told = [f"{file}: {fault}" for file, fault in find_unreadable(files).items()] or [" ".join(str(error).split())]
    return UnreadableReadingError(
        f"{len(told)} of {len(files)} readings cannot be read; the first: {told[0]}. `iomdb rebuild` makes all "
        "anew; or remove the file, then `iomdb extract`"
    )


def iter_rows(file: Path) -> Iterator[str]:
    """Each row as one JSON object (docs/contracts.md, section 3), in the order of ``capture_id``.

    Raises:
        UnreadableReadingError: the file is no reading.
    """
    with tempfile.TemporaryDirectory() as spill, open_scratch(Path(spill)) as connection:
        try:
            cursor = connection.execute(
                "SELECT to_json(r)::VARCHAR FROM read_parquet(?) AS r ORDER BY capture_id", [str(file)]
            )
            while rows := cursor.fetchmany(BATCH):
                for (row,) in rows:
                    yield row
        except duckdb.Error as error:
            raise _name_unreadable([file], error) from error


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
