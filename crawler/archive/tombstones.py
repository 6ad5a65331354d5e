"""Taking captures out of sealed runs: the one change that a sealed run ever suffers, for a removal request.

Belongs here: a run written anew beside itself, with a tombstone where each removed record was, and put in its place.
Does not belong here: which pages are removed and why (``pipeline.purge.purge``), anything derived from the archive.

A tombstone is a ``metadata`` record that names what was there, its digest and the reason; the ledger's line stays,
with the outcome ``purged`` and no capture. Every other record keeps its bytes, every other line its meaning.
"""

import os
import shutil
import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from contracts.outcomes import Effect, Outcome
from contracts.run import Fetch, RunManifest, SealedFile
from crawler.archive.runs import LEDGER_NAME, MANIFEST_NAME, encode_fetch, iter_fetches, read_manifest
from crawler.archive.writer import seal_file
from crawler.disk import sync_file, sync_folder, write_durably
from crawler.errors import ArchiveError
from crawler.warc.members import Damage, Record, iter_records
from crawler.warc.records import encode_record, record_id_of, warc_date

BODIES = frozenset({"response", "resource", "conversion", "revisit"})
"""Types of the records that a purge removes; a request or a warcinfo holds nothing of a page."""

STAGING = ".purging"
"""Name of the folder, beside the archive, in which runs are written anew."""

READY, OLD, NEW = ".ready", ".old", ".new"


@dataclass(frozen=True, slots=True)
class CaptureRemoval:
    """What is removed, when, and why. ``capture_ids`` are removed wherever they are."""

    capture_ids: Collection[str]
    removed_at: datetime
    reason: str


def remove_captures(archive: Path, run_id: str, removal: CaptureRemoval, staging: Path) -> int:
    """Write the run anew without these captures and put it in its place; how many records were removed.

    ``staging`` is a folder on the same disk; :func:`finish_removals` completes there what a kill left half done.
    A run that holds none of the captures is left as it is.

    Raises:
        ArchiveError: the run is damaged, so that what it holds is unknown: restore it, or remove its folder.
        OSError: the disk failed; the run is as it was.
    """
    run = archive / run_id
    manifest = read_manifest(archive, run_id)
    new = staging / (run_id + NEW)
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    moved: dict[tuple[str, int], int] = {}
    n_removed = 0
    for file in manifest.files:
        if file.name != LEDGER_NAME:
            n_removed += _rewrite_volume(run / file.name, new / file.name, removal, moved)
    fetches = [_rewrite_line(fetch, removal, moved) for fetch in iter_fetches(run)]
    if n_removed == 0 and fetches == list(iter_fetches(run)):
        shutil.rmtree(new)
        return 0
    write_durably(new / LEDGER_NAME, b"".join(encode_fetch(fetch) for fetch in fetches))
    sealed = [seal_file(new / file.name, file.records) for file in manifest.files]
    write_durably(new / MANIFEST_NAME, _encode(_reseal(manifest, sealed, fetches, removal, n_removed)))
    new.rename(staging / (run_id + READY))
    sync_folder(staging)
    finish_removals(archive, staging)
    return n_removed


def finish_removals(archive: Path, staging: Path) -> None:
    """Put in its place every run that is ready, also those that a kill left in the middle; then clear the staging."""
    for name in sorted(path.name for path in staging.iterdir()) if staging.is_dir() else ():
        run_id, dot, state = name.rpartition(".")
        if dot + state != READY:
            continue
        if (archive / run_id).exists():
            shutil.rmtree(staging / (run_id + OLD), ignore_errors=True)
            (archive / run_id).rename(staging / (run_id + OLD))
        (staging / name).rename(archive / run_id)
        sync_folder(archive)
    shutil.rmtree(staging, ignore_errors=True)


def find_removed(record: Record) -> str | None:
    """The id of the capture that this record is the tombstone of; None where it is none."""
    return record.refers_to if record.warc_type == "metadata" else None


def iter_whole_records(volume: Path) -> Iterator[Record]:
    """The records of a WARC file.

    Raises:
        ArchiveError: one is damaged.
    """
    with volume.open("rb") as file:
        for found in iter_records(file):
            if isinstance(found, Damage):
                raise ArchiveError(
                    f"{volume.parent.name}/{volume.name} is damaged at {found.offset} ({found.reason}): what it holds "
                    "there cannot be told. Restore the run from a copy, or remove its folder, and call again"
                )
            yield found


def _rewrite_volume(old: Path, new: Path, removal: CaptureRemoval, moved: dict[tuple[str, int], int]) -> int:
    """Copy a volume with tombstones in place; fills ``moved`` with the new offset of each record by its old one."""
    n_removed = 0
    with old.open("rb") as source, new.open("wb") as target:
        for record in iter_whole_records(old):
            moved[old.name, record.offset] = target.tell()
            if record.warc_type in BODIES and record.record_id in removal.capture_ids:
                target.write(_make_tombstone(record, removal))
                n_removed += 1
            else:
                source.seek(record.offset)
                target.write(source.read(record.length))
        sync_file(target)
    if not n_removed:
        new.unlink()
        os.link(old, new)
    return n_removed


def _make_tombstone(record: Record, removal: CaptureRemoval) -> bytes:
    headers = record.headers
    block = (
        f"removed: {warc_date(removal.removed_at)}\r\nreason: {removal.reason}\r\ntype: {record.warc_type}\r\n"
        f"date: {headers.get('warc-date', 'unknown')}\r\npayload-digest: {record.decoded_digest or 'unknown'}\r\n"
    ).encode()
    record_id = record_id_of("metadata", record.url, removal.removed_at, block)
    fields = (
        ("WARC-Target-URI", record.url),
        ("WARC-Refers-To", headers.get("warc-record-id")),
        ("Content-Type", "application/warc-fields"),
    )
    packer = zlib.compressobj(wbits=31)
    return packer.compress(encode_record("metadata", record_id, removal.removed_at, block, fields)) + packer.flush()


def _rewrite_line(fetch: Fetch, removal: CaptureRemoval, moved: dict[tuple[str, int], int]) -> Fetch:
    place = fetch.capture
    if place is None:
        return fetch
    if {place.capture_id, place.content_capture_id}.isdisjoint(removal.capture_ids):
        offset = moved.get((place.file, place.offset))
        if offset is None:
            raise ArchiveError(f"line {fetch.seq} names no record at {place.file} {place.offset}: run `iomdb fsck`")

        return msgspec.structs.replace(fetch, capture=msgspec.structs.replace(place, offset=offset))
    return msgspec.structs.replace(
        fetch,
        outcome=Outcome.PURGED,
        effect=Effect.UNKNOWN,
        capture=None,
        etag=None,
        last_modified=None,
        detail=f"removed {warc_date(removal.removed_at)}: {removal.reason}",
    )


def _reseal(
    manifest: RunManifest, sealed: list[SealedFile], fetches: list[Fetch], removal: CaptureRemoval, n_removed: int
) -> RunManifest:
    note = f"{n_removed} records removed {warc_date(removal.removed_at)}: {removal.reason}"
    return msgspec.structs.replace(
        manifest,
        files=sealed,
        counts=dict(sorted(Counter(str(fetch.outcome) for fetch in fetches).items())),
        notes=[*manifest.notes, note],
    )


def _encode(manifest: RunManifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)
