"""What the revisits of an imported WARC refer to: the captures that are possible, and finding the one that is meant.

Belongs here: the names under which a capture is referred to, whether what a revisit says of itself agrees with it, and
what the archive has of an input already. Does not belong here: reading records (``crawler.imports.warc_records``),
writing the run (``crawler.imports.intake``).

A revisit is believed only as far as its original can be proved: a capture whose payload is not the one that the revisit
declares is not its original, and a page that was absent or moved lends no later answer that state.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contracts.outcomes import OUTCOMES, Effect, Outcome
from contracts.run import Fetch
from crawler.archive.reader import ArchivedCapture, read_fetched
from crawler.archive.runs import iter_lines, iter_manifests, read_fetch
from crawler.archive.volumes import SOURCE_RECORD, Original
from crawler.disk import Scratch
from crawler.imports.warc_records import Answer
from crawler.warc.http import split_head
from crawler.warc.records import is_digest_of, parse_digest

_ORIGINALS = """
CREATE TABLE originals (
    name TEXT PRIMARY KEY,
    capture_id TEXT, url TEXT, fetched_at TEXT, payload_sha256 TEXT, outcome TEXT,
    digest TEXT,               -- as its record declares it; NULL: not declared, or in the archive
    run_id TEXT, line INTEGER  -- of a capture in the archive: where its row begins
) WITHOUT ROWID
"""
_MORE_TABLES = (
    # Captures of pages whose content is known, by which a 304 that names no original finds the body of before.
    "CREATE TABLE bodies (url TEXT, fetched_at TEXT, PRIMARY KEY (url, fetched_at)) WITHOUT ROWID",
    # Every capture of the archive, and where its row begins; the first run that has it counts.
    "CREATE TABLE archived (capture_id TEXT PRIMARY KEY, run_id TEXT, line INTEGER) WITHOUT ROWID",
    # Answers of earlier imports that named no original, and those that have found one since.
    "CREATE TABLE unsettled (url TEXT, fetched_at TEXT, run_id TEXT, line INTEGER)",
    "CREATE TABLE settled (url TEXT, fetched_at TEXT, PRIMARY KEY (url, fetched_at)) WITHOUT ROWID",
)
_NOT_MODIFIED = 304
_NO_ORIGINAL = frozenset({Effect.ABSENT, Effect.MOVED})


@dataclass(frozen=True, slots=True)
class Referred:
    """A capture that a revisit may refer to, and how its fetch ended."""

    original: Original
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class KnownCapture:
    """A capture that the archive has: its run, and the row that names it."""

    run_id: str
    fetch: Fetch


class Originals:
    """The captures of one input, and those of the archive, by all their names."""

    def __init__(self, archive: Path, scratch: Scratch) -> None:
        self._archive = archive
        self._scratch = scratch
        self._has_ids = False
        for table in (_ORIGINALS, *_MORE_TABLES):
            scratch.write(table)
        self._scan_archive()

    def remember(self, answer: Answer, referred: Referred) -> None:
        """Keep a capture of the input under every name that a revisit may use; the first of a name counts."""
        names = [f"id {answer.record_id}"] if answer.record_id else []
        names.append(_place(answer.url, answer.fetched_at))
        if is_telling(answer.digest):
            names += [f"digest {answer.digest}", f"digest {answer.digest} {answer.url}"]
        for name in names:
            self._keep(name, referred, answer.digest)
        self._keep_body(referred)

    def find(self, revisit: Answer) -> Referred | None:
        """The capture that a revisit refers to, in its own input or in the archive; None where none can be proved."""
        for name in _iter_references(revisit):
            found = self._look_up(name, revisit.digest)
            if found is not None:
                return found
        is_nameless = revisit.outcome is Outcome.UNCHANGED and not any(revisit.refers_to)
        return self.find_last_body(revisit.url, revisit.fetched_at, revisit.digest) if is_nameless else None

    def find_last_body(self, url: str, at: datetime, digest: str | None = None) -> Referred | None:
        """The last capture of a page with a body of its own at an instant: what a 304 without more says is valid."""
        query = "SELECT max(fetched_at) FROM bodies WHERE url = ? AND fetched_at <= ?"
        row = self._scratch.find(query, [url, at.isoformat()])
        if row is None or row[0] is None:
            return None
        return self._look_up(_place(url, datetime.fromisoformat(row[0])), digest)

    def find_known(self, capture_id: str) -> KnownCapture | None:
        """The row of the archive that names this capture, or None."""
        row = self._scratch.find("SELECT run_id, line FROM archived WHERE capture_id = ?", [capture_id])
        return None if row is None else KnownCapture(row[0], read_fetch(self._archive / row[0], row[1]))

    def read_known(self, known: KnownCapture) -> ArchivedCapture:
        """The record of such a row."""
        return read_fetched(self._archive / known.run_id, known.fetch)

    def iter_unsettled(self) -> Iterator[Fetch]:
        """The 304s of earlier imports that named no original and have found none, in the order of their runs."""
        query = """
        SELECT run_id, line FROM unsettled AS u
        WHERE NOT EXISTS (SELECT 1 FROM settled AS s WHERE s.url = u.url AND s.fetched_at = u.fetched_at)
        ORDER BY run_id, line"""
        for run_id, line in self._scratch.iter(query):
            yield read_fetch(self._archive / run_id, line)

    def _keep(
        self, name: str, referred: Referred, digest: str | None, run_id: str | None = None, line: int | None = None
    ) -> None:
        original, outcome = referred.original, str(referred.outcome)
        at = original.fetched_at.isoformat()
        row = (original.capture_id, original.url, at, original.payload_sha256, outcome, digest, run_id, line)
        self._scratch.write("INSERT OR IGNORE INTO originals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (name, *row))

    def _look_up(self, name: str, digest: str | None) -> Referred | None:
        query = "SELECT * FROM originals WHERE name = ?"
        row = self._scratch.find(query, [name])
        if row is None and self._add_archived(name):
            row = self._scratch.find(query, [name])
        if row is None:
            return None
        _, capture_id, url, at, payload_sha256, outcome, own_digest, run_id, line = row
        original = Original(capture_id, url, datetime.fromisoformat(at), payload_sha256)
        if OUTCOMES[outcome].effect in _NO_ORIGINAL or not self._agrees(digest, own_digest, run_id, line):
            return None
        return Referred(original, OUTCOMES[outcome])

    def _agrees(self, digest: str | None, own_digest: str | None, run_id: str | None, line: int | None) -> bool:
        """Whether the payload that a revisit declares is the original's. What cannot be compared does not disagree."""
        if digest is None or not is_telling(digest):
            return True
        if run_id is not None and line is not None:
            capture = self._read(run_id, line)
            body = split_head(capture.record.block or b"")[1] if capture.http else capture.payload
            return any(is_digest_of(digest, content) is not False for content in (body, capture.payload))
        ours, theirs = parse_digest(own_digest or ""), parse_digest(digest)
        return ours is None or theirs is None or ours[0] != theirs[0] or ours[1] == theirs[1]

    def _keep_body(self, referred: Referred) -> None:
        if referred.outcome.effect is Effect.SEEN:
            original = referred.original
            values = [original.url, original.fetched_at.isoformat()]
            self._scratch.write("INSERT OR IGNORE INTO bodies VALUES (?, ?)", values)

    def _add_archived(self, name: str) -> bool:
        """Take in the names by which revisits of others know captures of the archive, once; whether any was."""
        if not name.startswith("id ") or self._has_ids:
            return False
        # Only a record that was made from an imported one has the name by which imported revisits know it.
        self._has_ids = True
        for run_id, line, fetch in self._iter_archived(is_imported=True):
            if _has_body(fetch):
                source_id = self._read(run_id, line).record.headers.get(SOURCE_RECORD.lower())
                if source_id:
                    self._keep(f"id {source_id}", _as_referred(fetch), None, run_id, line)
        return True

    def _scan_archive(self) -> None:
        """Take in what the ledgers say, the records themselves unread."""
        for run_id, line, fetch in self._iter_archived():
            place, at = fetch.capture, fetch.fetched_at.isoformat()
            if place is not None:
                values = [place.capture_id, run_id, line]
                self._scratch.write("INSERT OR IGNORE INTO archived VALUES (?, ?, ?)", values)
            if _has_body(fetch):
                referred = _as_referred(fetch)
                self._keep(_place(fetch.url, fetch.fetched_at), referred, None, run_id, line)
                self._keep_body(referred)
            elif fetch.outcome is Outcome.UNRESOLVED_REVISIT and fetch.http_status == _NOT_MODIFIED:
                self._scratch.write("INSERT INTO unsettled VALUES (?, ?, ?, ?)", [fetch.url, at, run_id, line])
            elif fetch.outcome is Outcome.UNCHANGED:
                self._scratch.write("INSERT OR IGNORE INTO settled VALUES (?, ?)", [fetch.url, at])

    def _iter_archived(self, *, is_imported: bool = False) -> Iterator[tuple[str, int, Fetch]]:
        """Run, place in its ledger and row, of every run or of the imported ones alone."""
        for manifest in iter_manifests(self._archive):
            if manifest.source == "warc" or not is_imported:
                for line, fetch in iter_lines(self._archive / manifest.run_id):
                    yield manifest.run_id, line, fetch

    def _read(self, run_id: str, line: int) -> ArchivedCapture:
        return read_fetched(self._archive / run_id, read_fetch(self._archive / run_id, line))


def _has_body(fetch: Fetch) -> bool:
    return fetch.capture is not None and fetch.capture.capture_id == fetch.capture.content_capture_id


def _as_referred(fetch: Fetch) -> Referred:
    place = fetch.capture
    assert place is not None, "asked of rows with a capture alone"
    return Referred(Original(place.capture_id, fetch.url, fetch.fetched_at, place.payload_sha256), fetch.outcome)


def is_telling(digest: str | None) -> bool:
    """Whether a digest says anything: not when it is that of nothing, which Heritrix and wget write where no body came.

    >>> is_telling("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"), is_telling(None)
    (False, False)
    """
    return digest is not None and is_digest_of(digest, b"") is False


def _place(url: str, fetched_at: datetime) -> str:
    return f"place {fetched_at.isoformat()} {url}"


def _iter_references(revisit: Answer) -> Iterator[str]:
    """The names by which a revisit may refer to its original, the surest first.

    An equal digest is an equal payload whatever the URL; but of a 304 nothing came whose digest could be taken, so
    there it counts for the same URL alone.
    """
    record_id, url, date = revisit.refers_to
    if record_id:
        yield f"id {record_id}"
    if url and date:
        yield _place(url, date)
    if is_telling(revisit.digest):
        is_304 = revisit.outcome is Outcome.UNCHANGED
        yield f"digest {revisit.digest} {revisit.url}" if is_304 else f"digest {revisit.digest}"
