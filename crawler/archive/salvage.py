"""Mending an open run that was killed: what is whole stays, what is cut goes, and the ledger agrees with the records.

Belongs here: everything between a kill and the next record. Does not belong here: damage in sealed runs, which is never
mended but reported (``check``).
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from crawler.archive.ledger import LEDGER_NAME, READER_OF, CaptureRef, Fetch, WarcType, encode_fetch, parse_fetch
from crawler.archive.members import Damage, Record, iter_records
from crawler.archive.reader import find_media_type
from crawler.archive.records import DECODED_DIGEST, parse_record_id
from crawler.archive.runs import sync_folder, write_durably
from crawler.archive.volumes import VOLUME_PATTERN
from crawler.errors import DamagedRecordError

_CAPTURES: dict[str, WarcType] = {
    "response": "response",
    "revisit": "revisit",
    "conversion": "conversion",
    "resource": "resource",
}


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What was found in an open run. ``notes`` say in words what was dropped; empty when all was whole.

    ``orphans`` are archived captures that no ledger line names, by target URL: the kill fell between record and line.
    A resumed crawl judges them again (``reader.read_capture``) rather than fetching them again.
    """

    fetches: Sequence[Fetch] = ()
    records_by_file: Mapping[str, int] = field(default_factory=dict)
    orphans: Mapping[str, CaptureRef] = field(default_factory=dict)
    notes: Sequence[str] = ()


def salvage_run(folder: Path) -> Salvaged:
    """Mend the open run in ``folder`` in place; an empty folder gives an empty result.

    Raises:
        OSError: the folder cannot be read or written.
    """
    notes: list[str] = []
    found: list[_Span] = []
    counts: dict[str, int] = {}
    for path in sorted(folder.glob(VOLUME_PATTERN)):
        spans = _mend_volume(path, notes)
        found += spans
        if spans:
            counts[path.name] = len(spans)
        else:
            path.unlink()
    captures = {(span.file, span.offset): span.mended() for span in found if span.capture is not None}
    fetches = _mend_ledger(folder / LEDGER_NAME, captures, notes)
    named = {fetch.capture.capture_id for fetch in fetches if fetch.capture is not None}
    orphans = {
        span.url: captures[span.file, span.offset]
        for span in found
        if span.capture is not None and span.capture.capture_id not in named
    }
    return Salvaged(fetches, counts, orphans, notes)


@dataclass(slots=True)
class _Span:
    """A whole record: where it stood, and where it stands in the mended file."""

    file: str
    offset: int
    length: int
    url: str
    capture: CaptureRef | None
    mended_offset: int

    def mended(self) -> CaptureRef:
        """The capture where it stands in the mended file."""
        assert self.capture is not None
        return msgspec.structs.replace(self.capture, offset=self.mended_offset)


def _mend_volume(path: Path, notes: list[str]) -> list[_Span]:
    """The whole records of a file, from which all else has been cut: a tail by shortening it, a middle by copying."""
    spans: list[_Span] = []
    damages: list[Damage] = []
    kept = 0
    with path.open("rb") as file:
        for found in iter_records(file):
            if isinstance(found, Damage):
                damages.append(found)
                continue
            url = found.headers.get("warc-target-uri", "")
            spans.append(_Span(path.name, found.offset, found.length, url, _find_capture(found, path.name), kept))
            kept += found.length
    if path.stat().st_size != kept:
        if any(span.offset != span.mended_offset for span in spans):
            _copy_spans(path, spans)
        else:
            os.truncate(path, kept)
        notes.append(f"{path.name}: cut away what no whole record was: {'; '.join(d.reason for d in damages)}")
    return spans


def _copy_spans(path: Path, spans: Sequence[_Span]) -> None:
    temporary = path.with_name(path.name + ".tmp")
    with path.open("rb") as old, temporary.open("wb") as new:
        for span in spans:
            old.seek(span.offset)
            new.write(old.read(span.length))
        new.flush()
        os.fsync(new.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def _find_capture(record: Record, file: str) -> CaptureRef | None:
    """The place of a record that is a capture; None for requests and the like."""
    warc_type = _CAPTURES.get(record.warc_type)
    digest = record.headers.get(DECODED_DIGEST.lower(), "").removeprefix("sha256:")
    if warc_type is None or not digest:
        return None
    media_type = find_media_type(record)
    capture_id = parse_record_id(record.headers.get("warc-record-id", ""))
    refers_to = record.headers.get("warc-refers-to")
    return CaptureRef(
        capture_id=capture_id,
        warc_type=warc_type,
        file=file,
        offset=record.offset,
        length=record.length,
        payload_sha256=digest,
        media_type=media_type,
        reader=READER_OF.get(media_type or ""),
        content_capture_id=parse_record_id(refers_to) if refers_to else capture_id,
    )


def _mend_ledger(path: Path, captures: Mapping[tuple[str, int], CaptureRef], notes: list[str]) -> list[Fetch]:
    """The lines that are whole and whose records are there, numbered anew; the file is rewritten when it must be."""
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    kept: list[Fetch] = []
    for line in lines:
        fetch = _find_fetch(line, captures)
        if fetch is not None:
            kept.append(fetch.numbered(len(kept)))
    mended = b"".join(encode_fetch(fetch) for fetch in kept)
    if mended != b"".join(lines):
        write_durably(path, mended)
        notes.append(f"{path.name}: dropped {len(lines) - len(kept)} lines that were cut or whose record was")
    return kept


def _find_fetch(line: bytes, captures: Mapping[tuple[str, int], CaptureRef]) -> Fetch | None:
    try:
        fetch = parse_fetch(line)
    except DamagedRecordError:
        return None
    if fetch.capture is None:
        return fetch
    place = captures.get((fetch.capture.file, fetch.capture.offset))
    if place is None or place.capture_id != fetch.capture.capture_id:
        return None
    return msgspec.structs.replace(fetch, capture=msgspec.structs.replace(fetch.capture, offset=place.offset))
