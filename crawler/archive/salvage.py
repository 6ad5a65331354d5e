"""Mending an open run that was killed: what is whole stays, what is cut goes, and the ledger agrees with the records.

Belongs here: everything between a kill and the next record. Does not belong here: damage in sealed runs, which is never
mended but reported (``check``).

Which records there are is kept in scratch tables, so that a run of a million pages is taken up in as little memory as
one of ten.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from contracts.outcomes import Outcome
from contracts.run import READER_OF, CaptureRef, Fetch, WarcType
from crawler.archive.reader import find_media_type
from crawler.archive.runs import LEDGER_NAME, encode_fetch, parse_fetch
from crawler.archive.volumes import VOLUME_PATTERN
from crawler.disk import Scratch, replace_durably
from crawler.errors import DamagedRecordError
from crawler.warc.members import Damage, Record, iter_records

_CAPTURES: dict[str, WarcType] = {
    "response": "response",
    "revisit": "revisit",
    "conversion": "conversion",
    "resource": "resource",
}

_NAMED = """
CREATE TABLE named (         -- the captures that whole lines of the ledger name
    file TEXT NOT NULL, offset INTEGER NOT NULL, capture_id TEXT NOT NULL, PRIMARY KEY (file, offset)
) WITHOUT ROWID
"""
_RECORDS = """
CREATE TABLE records (       -- the whole records of the run, in the order of the file
    file TEXT NOT NULL,
    offset INTEGER NOT NULL, -- where it was
    length INTEGER NOT NULL,
    mended INTEGER NOT NULL, -- where it is in the mended file
    url TEXT NOT NULL,
    capture_id TEXT,         -- NULL: no capture, but a request or the like
    capture BLOB,            -- CaptureRef as JSON, at its place in the mended file
    PRIMARY KEY (file, offset)
) WITHOUT ROWID
"""

_IS_NAMED = "SELECT 1 FROM named WHERE file = ? AND offset = ? AND capture_id = ?"
_UNNAMED = """
SELECT url, capture FROM records AS r WHERE capture IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM named AS n WHERE n.file = r.file AND n.offset = r.offset AND n.capture_id = r.capture_id)
ORDER BY file, offset
"""
_UNPROVED = "a record after damage that no line of the ledger names"


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What was found in an open run. ``notes`` say in words what was dropped; empty when all was whole.

    ``outcomes`` counts the lines of the ledger by outcome, ``records_by_file`` the records of each WARC file.
    ``orphans`` are archived captures that no ledger line names, by target URL: the kill fell between record and line.
    A resumed crawl classifies them again (``reader.read_capture``) rather than fetching them again.
    """

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    records_by_file: Mapping[str, int] = field(default_factory=dict)
    orphans: Mapping[str, CaptureRef] = field(default_factory=dict)
    notes: Sequence[str] = ()


def salvage_run(folder: Path) -> Salvaged:
    """Mend the open run in ``folder`` in place; an empty folder gives an empty result.

    Raises:
        OSError: the folder cannot be read or written.
        ArchiveError: the disk is full.
    """
    notes: list[str] = []
    counts: dict[str, int] = {}
    with Scratch(folder) as records:
        records.write(_NAMED)
        records.write(_RECORDS)
        for capture in _iter_named(folder / LEDGER_NAME):
            place = (capture.file, capture.offset, capture.capture_id)
            records.write("INSERT OR IGNORE INTO named VALUES (?, ?, ?)", place)
        for path in sorted(folder.glob(VOLUME_PATTERN)):
            n_records = _mend_volume(path, records, notes)
            if n_records:
                counts[path.name] = n_records
            else:
                path.unlink()
        outcomes = _mend_ledger(folder / LEDGER_NAME, records, notes)
        orphans = {url: msgspec.json.decode(capture, type=CaptureRef) for url, capture in records.iter(_UNNAMED)}
    return Salvaged(outcomes, counts, orphans, notes)


def _iter_named(ledger: Path) -> Iterator[CaptureRef]:
    if not ledger.exists():
        return
    with ledger.open("rb") as lines:
        for line in lines:
            with suppress(DamagedRecordError):
                if (capture := parse_fetch(line).capture) is not None:
                    yield capture


def _mend_volume(path: Path, records: Scratch, notes: list[str]) -> int:
    """Cut from a file all that is no whole record, a tail by shortening it, a middle by copying; returns what is left.

    The whole records enter the table.
    """
    damages: list[Damage] = []
    n_records, kept, is_shifted = 0, 0, False
    with path.open("rb") as file:
        for found in _iter_trusted(iter_records(file), path.name, records):
            if isinstance(found, Damage):
                damages.append(found)
                continue
            _keep_record(records, path.name, found, kept)
            is_shifted = is_shifted or found.offset != kept
            n_records += 1
            kept += found.length
    if path.stat().st_size != kept:
        if is_shifted:
            _copy_records(path, records)
        else:
            os.truncate(path, kept)
        notes.append(f"{path.name}: cut away what no whole record was: {'; '.join(d.reason for d in damages)}")
    return n_records


def _iter_trusted(found: Iterable[Record | Damage], file: str, records: Scratch) -> Iterator[Record | Damage]:
    """What was found in a file; after damage only captures that the ledger names, and the requests before them.

    Where a record is cut, the next beginning of one may be in its body: what a server sent is then no record.
    """
    is_sound, before = True, None
    for each in found:
        if isinstance(each, Damage):
            is_sound, before = False, None
            yield each
        elif is_sound:
            yield each
        elif records.find(_IS_NAMED, (file, each.offset, each.record_id)):
            if before is not None:
                yield before
            yield each
            before = None
        else:
            if before is not None:
                yield Damage(before.offset, _UNPROVED)
            before = each
    if before is not None:
        yield Damage(before.offset, _UNPROVED)


def _keep_record(records: Scratch, file: str, record: Record, mended: int) -> None:
    capture = _find_capture(record, file, mended)
    records.write(
        "INSERT INTO records (file, offset, length, mended, url, capture_id, capture) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            file,
            record.offset,
            record.length,
            mended,
            record.url,
            capture and capture.capture_id,
            capture and msgspec.json.encode(capture),
        ),
    )


def _copy_records(path: Path, records: Scratch) -> None:
    query = "SELECT offset, length FROM records WHERE file = ? ORDER BY offset"
    with path.open("rb") as old, replace_durably(path) as new:
        for offset, length in records.iter(query, [path.name]):
            old.seek(offset)
            new.write(old.read(length))


def _find_capture(record: Record, file: str, offset: int) -> CaptureRef | None:
    """The record as a capture at ``offset``; None for requests and the like."""
    warc_type = _CAPTURES.get(record.warc_type)
    digest = (record.decoded_digest or "").removeprefix("sha256:")
    if warc_type is None or not digest:
        return None
    media_type = find_media_type(record)
    return CaptureRef(
        capture_id=record.record_id,
        warc_type=warc_type,
        file=file,
        offset=offset,
        length=record.length,
        payload_sha256=digest,
        media_type=media_type,
        reader=READER_OF.get(media_type or ""),
        content_capture_id=record.refers_to or record.record_id,
    )


def _mend_ledger(path: Path, records: Scratch, notes: list[str]) -> Counter[Outcome]:
    """Keep the lines that are whole and whose records are there, numbered anew; the file is rewritten when it must be.

    Returns the outcomes of the lines that are left.
    """
    outcomes: Counter[Outcome] = Counter()
    n_lines, is_whole = 0, True
    if not path.exists():
        return outcomes
    for line, fetch in _iter_mended(path, records):
        n_lines += 1
        is_whole = is_whole and fetch is not None and encode_fetch(fetch) == line
        if fetch is not None:
            outcomes[fetch.outcome] += 1
    if not is_whole:
        with replace_durably(path) as mended:
            mended.writelines(encode_fetch(fetch) for _, fetch in _iter_mended(path, records) if fetch is not None)
        notes.append(f"{path.name}: dropped {n_lines - outcomes.total()} lines that were cut or whose record was")
    return outcomes


def _iter_mended(path: Path, records: Scratch) -> Iterator[tuple[bytes, Fetch | None]]:
    """Each line as it is, and the fetch as it should be: numbered, at its mended place. None: to be dropped."""
    seq = 0
    with path.open("rb") as lines:
        for line in lines:
            fetch = _find_fetch(line, records)
            yield line, None if fetch is None else fetch.numbered(seq)
            seq += fetch is not None


def _find_fetch(line: bytes, records: Scratch) -> Fetch | None:
    try:
        fetch = parse_fetch(line)
    except DamagedRecordError:
        return None
    if fetch.capture is None:
        return fetch
    place = (fetch.capture.file, fetch.capture.offset, fetch.capture.capture_id)
    row = records.find("SELECT mended FROM records WHERE file = ? AND offset = ? AND capture_id = ?", place)
    if row is None:
        return None
    return msgspec.structs.replace(fetch, capture=msgspec.structs.replace(fetch.capture, offset=row[0]))
