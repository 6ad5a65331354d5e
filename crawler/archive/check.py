"""Proving the archive: every record, every ledger line and every manifest read back against each other.

Belongs here: finding damage and naming it with its place. Does not belong here: mending; a sealed run is never changed.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from crawler.archive.ledger import LEDGER_NAME, CaptureRef, iter_fetches
from crawler.archive.members import Damage as BrokenBytes
from crawler.archive.members import Record, iter_records
from crawler.archive.reader import open_record
from crawler.archive.records import DECODED_DIGEST, parse_record_id
from crawler.archive.runs import (
    MANIFEST_NAME,
    OPEN_SUFFIX,
    RunManifest,
    SealedFile,
    is_run_id,
    read_manifest,
)
from crawler.errors import ArchiveError, DamagedRecordError, PayloadError


class Damage(Struct, frozen=True):
    """One thing that is not as it was sealed. ``file`` and ``offset`` are None where the run as a whole is meant.

    ``code`` is one of ``folder``, ``manifest``, ``missing``, ``orphan_file``, ``size``, ``digest``, ``record``,
    ``count``, ``ledger``, ``left_open``.
    """

    run_id: str
    code: str
    message: str
    file: str | None = None
    offset: int | None = None


def check_archive(archive: Path) -> list[Damage]:
    """All damage in an archive, in the order of its runs; an empty list proves every record in it.

    An archive that is not there yet is whole. Unfinished runs (``*.open``) are reported as ``left_open``.
    """
    if not archive.is_dir():
        return []
    return [damage for entry in sorted(archive.iterdir()) for damage in _iter_entry(entry)]


def _iter_entry(entry: Path) -> Iterator[Damage]:
    if entry.is_dir() and entry.name.endswith(OPEN_SUFFIX) and is_run_id(entry.name.removesuffix(OPEN_SUFFIX)):
        words = "the run was not finished: call its crawl or import again the same day, or remove the folder"
        yield Damage(entry.name.removesuffix(OPEN_SUFFIX), "left_open", words)
    elif entry.is_dir() and is_run_id(entry.name):
        yield from check_run(entry)
    else:
        yield Damage(entry.name, "folder", f"{entry} is no run: move it out of the archive")


def check_run(run_folder: Path) -> Iterator[Damage]:
    """All damage in one sealed run."""
    run_id = run_folder.name
    try:
        manifest = read_manifest(run_folder.parent, run_id)
    except ArchiveError as error:
        yield Damage(run_id, "manifest", str(error), MANIFEST_NAME)
        return
    if manifest.run_id != run_id:
        yield Damage(run_id, "manifest", f"the manifest is of the run {manifest.run_id}", MANIFEST_NAME)
    sealed = {file.name: file for file in manifest.files}
    for path in sorted(run_folder.iterdir()):
        if path.name not in sealed and path.name != MANIFEST_NAME:
            yield Damage(run_id, "orphan_file", "the manifest does not name this file", path.name)
    captures: dict[tuple[str, int], Record] = {}
    for name in sorted(sealed):
        yield from _check_file(run_folder, sealed[name], captures)
    yield from _check_ledger(run_folder, manifest, captures)


def _check_file(run_folder: Path, sealed: SealedFile, captures: dict[tuple[str, int], Record]) -> Iterator[Damage]:
    run_id, path = run_folder.name, run_folder / sealed.name
    if path.parent != run_folder or not path.is_file():
        yield Damage(run_id, "missing", "the manifest names a file that is not there", sealed.name)
        return
    size = path.stat().st_size
    if size != sealed.bytes:
        yield Damage(run_id, "size", f"the file has {size} bytes, was sealed with {sealed.bytes}", sealed.name)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != sealed.sha256:
            yield Damage(run_id, "digest", f"the file has the sha256 {digest}, not {sealed.sha256}", sealed.name)
        if sealed.name == LEDGER_NAME:
            return
        records = 0
        for found in iter_records(file):
            if isinstance(found, BrokenBytes):
                yield Damage(run_id, "record", found.reason, sealed.name, found.offset)
                continue
            records += 1
            fault = _find_fault(found)
            if fault is not None:
                yield Damage(run_id, "record", fault, sealed.name, found.offset)
            if DECODED_DIGEST.lower() in found.headers:
                captures[sealed.name, found.offset] = _without_block(found)
    if records != sealed.records:
        yield Damage(run_id, "count", f"{records} whole records, {sealed.records} were sealed", sealed.name)


def _find_fault(record: Record) -> str | None:
    """What is wrong with a record whose bytes are whole: no date, no id, a payload that its headers do not describe."""
    missing = [name for name in ("warc-type", "warc-record-id", "warc-date") if not record.headers.get(name)]
    if missing:
        return f"the record has no {', '.join(missing)}"
    try:
        open_record(record)
    except (DamagedRecordError, PayloadError) as error:
        return str(error)
    return None


def _without_block(record: Record) -> Record:
    """The record's place and headers: a run has more blocks than memory."""
    return Record(record.offset, record.length, record.headers, None)


def _check_ledger(run_folder: Path, manifest: RunManifest, captures: dict[tuple[str, int], Record]) -> Iterator[Damage]:
    run_id = run_folder.name
    counts: Counter[str] = Counter()
    try:
        for number, fetch in enumerate(iter_fetches(run_folder)):
            counts[str(fetch.outcome)] += 1
            if fetch.seq != number:
                yield Damage(run_id, "ledger", f"line {number + 1} has seq {fetch.seq}", LEDGER_NAME)
            fault = _find_line_fault(fetch.capture, captures) if fetch.capture else None
            if fault is not None:
                yield Damage(run_id, "ledger", f"line {number + 1}: {fault}", LEDGER_NAME)
    except (DamagedRecordError, OSError) as error:
        yield Damage(run_id, "ledger", str(error), LEDGER_NAME)
        return
    if dict(counts) != manifest.counts:
        yield Damage(run_id, "count", f"outcomes {dict(sorted(counts.items()))}, sealed {manifest.counts}", LEDGER_NAME)


def _find_line_fault(place: CaptureRef, captures: dict[tuple[str, int], Record]) -> str | None:
    record = captures.get((place.file, place.offset))
    if record is None:
        return f"no whole capture stands in {place.file} at {place.offset}"
    pairs = {
        "capture_id": (place.capture_id, parse_record_id(record.headers.get("warc-record-id", ""))),
        "warc_type": (place.warc_type, record.warc_type),
        "length": (place.length, record.length),
        "payload_sha256": (f"sha256:{place.payload_sha256}", record.headers[DECODED_DIGEST.lower()]),
    }
    wrong = [name for name, (said, stands) in pairs.items() if said != stands]
    return f"{', '.join(wrong)} is not that of the record in {place.file} at {place.offset}" if wrong else None
