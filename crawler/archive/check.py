"""Proving the archive: every record, every ledger line and every manifest read back against each other.

Belongs here: finding damage and naming it with its place. Does not belong here: mending; a sealed run is never changed.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from msgspec import Struct

from contracts.charset import decode_page
from contracts.outcomes import Outcome
from contracts.run import CaptureRef, RunManifest, SealedFile, is_run_id
from crawler.archive.reader import ArchivedCapture, open_record
from crawler.archive.runs import LEDGER_NAME, MANIFEST_NAME, OPEN_SUFFIX, is_being_written, iter_fetches, read_manifest
from crawler.errors import ArchiveError, DamagedRecordError, PayloadError
from crawler.warc.members import Damage, Record, iter_records


class ArchiveDamage(Struct, frozen=True):
    """One thing that is not as it was sealed. ``file`` and ``offset`` are None where the run as a whole is meant.

    ``code`` is one of ``folder``, ``manifest``, ``missing``, ``orphan_file``, ``size``, ``digest``, ``record``,
    ``count``, ``ledger``, ``original``, ``conflict``, ``left_open``.
    """

    run_id: str
    code: str
    message: str
    file: str | None = None
    offset: int | None = None


class _Standing(NamedTuple):
    """What a record that is a capture says of itself: what a ledger line must say too."""

    capture_id: str
    warc_type: str
    length: int
    digest: str


_Places = dict[tuple[str, int], _Standing]
"""File and offset of every capture of one run."""


@dataclass(slots=True)
class _Seen:
    """What is known once all runs were read: captures with a body of their own, and who refers to which.

    ``declared`` has the charset that the first record of a capture declares, and its run.
    """

    bodies: set[str] = field(default_factory=set)
    declared: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    referring: list[tuple[str, str]] = field(default_factory=list)
    n_unknown: int = 0

    def iter_dangling(self) -> Iterator[ArchiveDamage]:
        """The revisits whose original is nowhere; not asked while runs whose manifest is gone may hold them."""
        if self.n_unknown:
            return
        for run_id, original in self.referring:
            if original not in self.bodies:
                yield ArchiveDamage(
                    run_id, "original", f"a revisit refers to {original}, which no run of the archive holds"
                )


def check_archive(archive: Path, report: Callable[[str], None] | None = None) -> list[ArchiveDamage]:
    """All damage in an archive, in the order of its runs; an empty list proves every record in it.

    An archive that is not there yet is whole. Unfinished runs are reported as ``left_open``, except those that are
    being written now. ``report`` is called with the name of each run before it is read.
    """
    if not archive.is_dir():
        return []
    seen = _Seen()
    damages: list[ArchiveDamage] = []
    for entry in sorted(archive.iterdir()):
        if report is not None:
            report(entry.name)
        damages += _iter_entry(entry, seen)
    return [*damages, *seen.iter_dangling()]


def check_run(run_folder: Path) -> Iterator[ArchiveDamage]:
    """All damage in one sealed run, taken alone: whether the originals of its revisits are elsewhere is not checked."""
    return _iter_run(run_folder, _Seen())


def _iter_entry(entry: Path, seen: _Seen) -> Iterator[ArchiveDamage]:
    run_id = entry.name.removesuffix(OPEN_SUFFIX)
    if not entry.is_dir() or not is_run_id(run_id):
        yield ArchiveDamage(entry.name, "folder", f"{entry} is no run: move it out of the archive")
    elif run_id == entry.name:
        yield from _iter_run(entry, seen)
    elif not is_being_written(entry):
        words = "the run was not finished: call its crawl or import again, or remove the folder"
        yield ArchiveDamage(run_id, "left_open", words)


def _iter_run(run_folder: Path, seen: _Seen) -> Iterator[ArchiveDamage]:
    run_id = run_folder.name
    try:
        manifest = read_manifest(run_folder.parent, run_id)
    except ArchiveError as error:
        is_there = (run_folder / MANIFEST_NAME).exists()
        yield ArchiveDamage(
            run_id, "manifest", str(error) if is_there else f"{MANIFEST_NAME} is missing", MANIFEST_NAME
        )
        seen.n_unknown += 1
        return
    if manifest.run_id != run_id:
        yield ArchiveDamage(run_id, "manifest", f"the manifest is of the run {manifest.run_id}", MANIFEST_NAME)
    sealed = {file.name: file for file in manifest.files}
    for path in sorted(run_folder.iterdir()):
        if path.name not in sealed and path.name != MANIFEST_NAME:
            yield ArchiveDamage(run_id, "orphan_file", "the manifest does not name this file", path.name)
    places: _Places = {}
    for name in sorted(sealed):
        yield from _check_file(run_folder, sealed[name], places, seen)
    yield from _check_ledger(run_folder, manifest, places, seen)


def _check_file(run_folder: Path, sealed: SealedFile, places: _Places, seen: _Seen) -> Iterator[ArchiveDamage]:
    run_id, path = run_folder.name, run_folder / sealed.name
    if path.parent != run_folder or not path.is_file():
        yield ArchiveDamage(run_id, "missing", "the manifest names a file that is not there", sealed.name)
        return
    size = path.stat().st_size
    if size != sealed.bytes:
        yield ArchiveDamage(run_id, "size", f"the file has {size} bytes, was sealed with {sealed.bytes}", sealed.name)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != sealed.sha256:
            yield ArchiveDamage(run_id, "digest", f"the file has the sha256 {digest}, not {sealed.sha256}", sealed.name)
        if sealed.name != LEDGER_NAME:
            yield from _check_records(run_id, sealed, file, places, seen)


def _check_records(
    run_id: str, sealed: SealedFile, file: BinaryIO, places: _Places, seen: _Seen
) -> Iterator[ArchiveDamage]:
    n_records = 0
    for found in iter_records(file):
        if isinstance(found, Damage):
            yield ArchiveDamage(run_id, "record", found.reason, sealed.name, found.offset)
            continue
        n_records += 1
        capture = _open_record(found)
        if isinstance(capture, str):
            yield ArchiveDamage(run_id, "record", capture, sealed.name, found.offset)
        elif conflict := _find_conflict(run_id, capture, seen):
            yield ArchiveDamage(run_id, "conflict", conflict, sealed.name, found.offset)
        digest = found.decoded_digest
        if digest is not None:
            places[sealed.name, found.offset] = _Standing(found.record_id, found.warc_type, found.length, digest)
    if n_records != sealed.records:
        yield ArchiveDamage(run_id, "count", f"{n_records} whole records, {sealed.records} were sealed", sealed.name)


def _open_record(record: Record) -> ArchivedCapture | str:
    """A record whose bytes are whole; or what is wrong with it: no date, no id, a payload that it does not describe."""
    missing = [name for name in ("warc-type", "warc-record-id", "warc-date") if not record.headers.get(name)]
    if missing:
        return f"the record has no {', '.join(missing)}"
    try:
        return open_record(record)
    except (DamagedRecordError, PayloadError) as error:
        return str(error)


def _find_conflict(run_id: str, capture: ArchivedCapture, seen: _Seen) -> str | None:
    """How another run has the same capture and reads it otherwise, or None: one id must be one reading."""
    if capture.record.decoded_digest is None or capture.record.warc_type == "revisit":
        return None
    declared, first = seen.declared.setdefault(capture.record.record_id, (capture.charset, run_id))
    if declared == capture.charset or decode_page(capture.payload, declared) == decode_page(
        capture.payload, capture.charset
    ):
        return None
    return (
        f"the capture {capture.record.record_id} declares {capture.charset or 'no charset'}, "
        f"and {declared or 'none'} in {first}: it is read as in the crawl, else as in the first run that has it"
    )


def _check_ledger(run_folder: Path, manifest: RunManifest, places: _Places, seen: _Seen) -> Iterator[ArchiveDamage]:
    run_id = run_folder.name
    counts: Counter[str] = Counter()
    try:
        for number, fetch in enumerate(iter_fetches(run_folder)):
            counts[str(fetch.outcome)] += 1
            if fetch.outcome is Outcome.CONFLICTING:
                words = f"line {number + 1}: {fetch.url} at {fetch.fetched_at.isoformat()}: {fetch.detail}"
                yield ArchiveDamage(run_id, "conflict", words, LEDGER_NAME)
            if fetch.seq != number:
                yield ArchiveDamage(run_id, "ledger", f"line {number + 1} has seq {fetch.seq}", LEDGER_NAME)
            place = fetch.capture
            if place is None:
                continue
            fault = _find_line_fault(place, places)
            if fault is not None:
                yield ArchiveDamage(run_id, "ledger", f"line {number + 1}: {fault}", LEDGER_NAME)
            if place.warc_type == "revisit":
                seen.referring.append((run_id, place.content_capture_id))
            else:
                seen.bodies.add(place.capture_id)
    except (DamagedRecordError, OSError) as error:
        yield ArchiveDamage(run_id, "ledger", str(error), LEDGER_NAME)
        return
    if dict(counts) != manifest.counts:
        yield ArchiveDamage(
            run_id, "count", f"outcomes {dict(sorted(counts.items()))}, sealed {manifest.counts}", LEDGER_NAME
        )


def _find_line_fault(place: CaptureRef, places: _Places) -> str | None:
    stands = places.get((place.file, place.offset))
    if stands is None:
        return f"no whole capture is in {place.file} at {place.offset}"
    said = _Standing(place.capture_id, place.warc_type, place.length, f"sha256:{place.payload_sha256}")
    wrong = [name for name in _Standing._fields if getattr(said, name) != getattr(stands, name)]
    return f"{', '.join(wrong)} is not that of the record in {place.file} at {place.offset}" if wrong else None
