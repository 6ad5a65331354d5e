"""What the revisits of an imported WARC refer to: the captures that are possible, and finding the one that is meant.

Belongs here: the names under which a capture is referred to, and whether what a revisit says of itself agrees with it.
Does not belong here: reading records (``crawler.imports.warc_records``), writing the run (``crawler.imports.warc``).

A revisit is believed only as far as its original can be proved: a capture whose payload is not the one that the revisit
declares is not its original, and a page that was absent or moved lends no later answer that state.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contracts.outcomes import OUTCOMES, Effect, Outcome
from crawler.archive.reader import ArchivedCapture, read_fetched
from crawler.archive.runs import iter_lines, iter_manifests, read_fetch
from crawler.archive.volumes import SOURCE_RECORD, Original
from crawler.imports.warc_records import Answer
from crawler.scratch import Scratch
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
_NO_ORIGINAL = frozenset({Effect.ABSENT, Effect.MOVED})


@dataclass(frozen=True, slots=True)
class Referred:
    """A capture that a revisit may refer to, and how its fetch ended."""

    original: Original
    outcome: Outcome


class Originals:
    """The captures of one input, and, when it refers to others, those of the archive, by all their names."""

    def __init__(self, archive: Path, scratch: Scratch) -> None:
        self._archive = archive
        self._scratch = scratch
        self._has_places = self._has_ids = False
        scratch.write(_ORIGINALS)

    def remember(self, answer: Answer, referred: Referred) -> None:
        """Keep a capture of the input under every name that a revisit may use; the first of a name counts."""
        names = [f"id {answer.record_id}"] if answer.record_id else []
        names.append(_place(answer.url, answer.fetched_at))
        if is_telling(answer.digest):
            names += [f"digest {answer.digest}", f"digest {answer.digest} {answer.url}"]
        for name in names:
            self._keep(name, referred, answer.digest)

    def find(self, revisit: Answer) -> Referred | None:
        """The capture that a revisit refers to, in its own input or in the archive; None where none can be proved."""
        for name in _iter_references(revisit):
            found = self._look_up(name, revisit.digest)
            if found is not None:
                return found
        return None

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

    def _add_archived(self, name: str) -> bool:
        """Take in the archive's captures under names of this sort, once; whether any was."""
        if name.startswith("place ") and not self._has_places:
            self._has_places = True
            for run_id, line, referred in self._iter_archived(is_imported=False):
                self._keep(_place(referred.original.url, referred.original.fetched_at), referred, None, run_id, line)
            return True
        if name.startswith("id ") and not self._has_ids:
            # Only a record that was made from an imported one has the name by which imported revisits know it.
            self._has_ids = True
            for run_id, line, referred in self._iter_archived(is_imported=True):
                source_id = self._read(run_id, line).record.headers.get(SOURCE_RECORD.lower())
                if source_id:
                    self._keep(f"id {source_id}", referred, None, run_id, line)
            return True
        return False

    def _iter_archived(self, *, is_imported: bool) -> Iterator[tuple[str, int, Referred]]:
        """Run, place in its ledger and capture, of every capture with a body of its own."""
        for manifest in iter_manifests(self._archive):
            if is_imported and manifest.source != "warc":
                continue
            for line, fetch in iter_lines(self._archive / manifest.run_id):
                place = fetch.capture
                if place is not None and place.capture_id == place.content_capture_id:
                    original = Original(place.capture_id, fetch.url, fetch.fetched_at, place.payload_sha256)
                    yield manifest.run_id, line, Referred(original, fetch.outcome)

    def _read(self, run_id: str, line: int) -> ArchivedCapture:
        return read_fetched(self._archive / run_id, read_fetch(self._archive / run_id, line))


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
