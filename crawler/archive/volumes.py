"""The WARC files of an open run: the records that an exchange becomes, appended whole, rotated, forced to the disk.

Belongs here: which records and headers what passed between us and a server, or was handed over, becomes; file names,
offsets, what a failed write leaves behind. Does not belong here: the form of a record (``crawler.warc.records``),
classifying an answer (``crawler.answers.classification``).
"""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from contracts.run import CaptureRef, Reader, TimeBasis, WarcType
from crawler.disk import sync_appended, sync_folder
from crawler.errors import ArchiveError
from crawler.warc.http import bare_media_type
from crawler.warc.records import (
    DECODED_DIGEST,
    RECORD_END,
    Speed,
    capture_id_of,
    close_head,
    compress_record,
    encode_received,
    encode_record,
    record_id_of,
    sha256_hex,
    warc_date,
)

VOLUME_PATTERN = "pages-[0-9][0-9][0-9][0-9][0-9].warc.gz"


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where a record is: file name, and offset and length in bytes of its gzip member."""

    file: str
    offset: int
    length: int


def append_whole(file: BinaryIO, content: bytes) -> int:
    """Append to an unbuffered file, whole or not at all; returns the offset.

    Raises:
        ArchiveError: the disk is full or failed; what was written of ``content`` has been taken back where possible.
    """
    offset = file.seek(0, os.SEEK_END)
    view = memoryview(content)
    try:
        while view:
            view = view[file.write(view) or 0 :]
    except OSError as error:
        try:
            file.truncate(offset)
        except OSError as second:
            error.add_note(f"nor could the cut tail be taken back ({second}); the salvage will do it")
        raise ArchiveError(f"{file.name} cannot be written: {error}; free the disk and call again to resume") from error
    return offset


def _next_name(names: Collection[str]) -> str:
    """The name after the last; one that a salvage has given up is not used again while there are later ones."""
    number = int(max(names).removeprefix("pages-").partition(".")[0]) + 1 if names else 0
    return f"pages-{number:05d}.warc.gz"


@dataclass(slots=True)
class Volumes:
    """The files ``pages-00000.warc.gz`` … of one folder. ``records`` counts the records in each, by name."""

    folder: Path
    run_id: str
    speed: Speed
    max_file_bytes: int
    records: dict[str, int] = field(default_factory=dict)
    bytes_written: int = 0
    _file: BinaryIO | None = None
    _name: str = ""

    def append(self, record: bytes, recorded_at: datetime, n_stored: int = 0) -> RecordPlace:
        """Append one record as a gzip member, its last ``n_stored`` bytes as they are.

        A new file is begun, with its warcinfo, when the last one is full.
        """
        member = compress_record(record, self.speed, n_stored)
        file = self._writable(recorded_at)
        offset = append_whole(file, member)
        self.records[self._name] += 1
        self.bytes_written += len(member)
        return RecordPlace(self._name, offset, len(member))

    def sync(self) -> None:
        """Force the current file to the disk."""
        if self._file is not None:
            sync_appended(self._file)

    def close(self) -> None:
        """Force the current file to the disk and close it."""
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None

    def _writable(self, recorded_at: datetime) -> BinaryIO:
        if self._file is None and self.records:
            self._begin(max(self.records))
        if self._file is None or self._file.seek(0, os.SEEK_END) >= self.max_file_bytes:
            self.close()
            self._begin(_next_name(self.records))
            self._write_warcinfo(recorded_at)
        assert self._file is not None
        return self._file

    def _begin(self, name: str) -> None:
        try:
            self._file = (self.folder / name).open("ab", buffering=0)
            sync_folder(self.folder)
        except OSError as error:
            raise ArchiveError(f"{self.folder / name} cannot be written: {error}") from error
        self._name = name
        self.records.setdefault(name, 0)

    def _write_warcinfo(self, recorded_at: datetime) -> None:
        fields = (
            "software: iomdb\r\nformat: WARC File Format 1.1\r\n"
            "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
            f"isPartOf: {self.run_id}\r\n"
        ).encode()
        record_id = record_id_of("warcinfo", self._name, recorded_at, fields)
        headers = (("WARC-Filename", self._name), ("Content-Type", "application/warc-fields"))
        record = encode_record("warcinfo", record_id, recorded_at, fields, headers)
        assert self._file is not None
        append_whole(self._file, compress_record(record, self.speed))
        self.records[self._name] += 1


SERVER_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
SOURCE_RECORD = "X-Source-Record-ID"
"""Our extension header: the record of an imported WARC that this one was made from."""

_CODED = re.compile(rb"^content-encoding:", re.IGNORECASE | re.MULTILINE)

Truncation = Literal["length", "time", "disconnect", "unspecified"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer of a server, as sent and received.

    ``request_head`` and ``response_head`` are the start line and headers; the closing empty line is added when missing.
    ``body`` is as on the wire: content coding kept. ``payload_sha256`` is of the decoded body; None says that no coding
    was applied, so that it is the body's own. ``truncated`` says why the body is not whole, or None.
    ``source_record_id`` names the record of an imported WARC that this one was made from.
    """

    url: str
    fetched_at: datetime
    response_head: bytes
    body: bytes
    payload_sha256: str | None = None
    request_head: bytes | None = None
    media_type: str | None = None
    reader: Reader | None = None
    ip_address: str | None = None
    truncated: Truncation | None = None
    source_record_id: str | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """The archived capture that a revisit refers to; it may be in another run."""

    capture_id: str
    url: str
    fetched_at: datetime
    payload_sha256: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Content that came without its HTTP head: a ``resource``, or a ``conversion`` made out of one (a text extraction).

    ``content_type`` is a media type with its parameters (``text/plain; charset=utf-8``). ``time_basis`` says whether
    ``fetched_at`` is a capture time or that of a hand-over.
    """

    warc_type: Literal["conversion", "resource"]
    url: str
    fetched_at: datetime
    content: bytes
    content_type: str
    reader: Reader | None
    source_record_id: str | None = None
    time_basis: TimeBasis = "captured"

    @property
    def media_type(self) -> str | None:
        """The bare media type."""
        return bare_media_type(self.content_type)


def append_exchange(volumes: Volumes, exchange: Exchange) -> CaptureRef:
    """Append a request (when its head is given) and its response; returns where the response is."""
    payload_sha256 = exchange.payload_sha256 or sha256_hex(exchange.body)
    capture_id = capture_id_of(exchange.url, exchange.fetched_at, payload_sha256)
    headers = (
        *_exchange_headers(volumes, exchange, capture_id),
        ("WARC-Truncated", exchange.truncated),
        (DECODED_DIGEST, f"sha256:{payload_sha256}"),
        ("Content-Type", "application/http;msgtype=response"),
    )
    head = close_head(exchange.response_head)
    block = head + exchange.body
    record = encode_record("response", capture_id, exchange.fetched_at, block, headers, payload_start=len(head))
    n_stored = len(exchange.body) + len(RECORD_END) if _CODED.search(head) else 0
    place = volumes.append(record, exchange.fetched_at, n_stored)
    return _refer(place, "response", capture_id, payload_sha256, exchange)


def append_revisit(volumes: Volumes, exchange: Exchange, original: Original, *, not_modified: bool) -> CaptureRef:
    """Append a revisit: the response's head alone, and where its body is."""
    capture_id = capture_id_of(exchange.url, exchange.fetched_at, original.payload_sha256)
    headers = (
        *_exchange_headers(volumes, exchange, capture_id),
        ("WARC-Profile", SERVER_NOT_MODIFIED if not_modified else IDENTICAL_PAYLOAD),
        ("WARC-Refers-To", f"<urn:uuid:{original.capture_id}>"),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", warc_date(original.fetched_at)),
        ("WARC-Truncated", "length"),
        (DECODED_DIGEST, f"sha256:{original.payload_sha256}"),
        ("Content-Type", "application/http;msgtype=response"),
    )
    head = close_head(exchange.response_head)
    place = volumes.append(
        encode_record("revisit", capture_id, exchange.fetched_at, head, headers), exchange.fetched_at
    )
    found = _refer(place, "revisit", capture_id, original.payload_sha256, exchange)
    return msgspec.structs.replace(found, content_capture_id=original.capture_id)


def append_content(volumes: Volumes, handed: HandedOver) -> CaptureRef:
    """Append a conversion or resource record: the content alone, for there was no HTTP; beside it, what its date is."""
    digest = sha256_hex(handed.content)
    capture_id = capture_id_of(handed.url, handed.fetched_at, digest)
    headers = (
        ("WARC-Target-URI", handed.url),
        (DECODED_DIGEST, f"sha256:{digest}"),
        (SOURCE_RECORD, handed.source_record_id),
        ("Content-Type", handed.content_type),
    )
    record = encode_record(handed.warc_type, capture_id, handed.fetched_at, handed.content, headers, payload_start=0)
    place = volumes.append(record, handed.fetched_at)
    if handed.time_basis == "received":
        volumes.append(encode_received(handed.url, handed.fetched_at, capture_id), handed.fetched_at)
    return _refer(place, handed.warc_type, capture_id, digest, handed)


def _refer(
    place: RecordPlace, warc_type: WarcType, capture_id: str, payload_sha256: str, of: Exchange | HandedOver
) -> CaptureRef:
    """The place of a capture with a body of its own."""
    return CaptureRef(
        capture_id=capture_id,
        warc_type=warc_type,
        file=place.file,
        offset=place.offset,
        length=place.length,
        payload_sha256=payload_sha256,
        media_type=of.media_type,
        reader=of.reader,
        content_capture_id=capture_id,
    )


def _exchange_headers(volumes: Volumes, exchange: Exchange, capture_id: str) -> tuple[tuple[str, str | None], ...]:
    """The headers that responses and revisits share; appends the request's own record first, when there is one."""
    request_id = None
    if exchange.request_head is not None:
        block = close_head(exchange.request_head)
        request_id = record_id_of("request", exchange.url, exchange.fetched_at, block)
        headers = (
            ("WARC-Target-URI", exchange.url),
            ("WARC-Concurrent-To", f"<urn:uuid:{capture_id}>"),
            ("Content-Type", "application/http;msgtype=request"),
        )
        volumes.append(encode_record("request", request_id, exchange.fetched_at, block, headers), exchange.fetched_at)
    return (
        ("WARC-Target-URI", exchange.url),
        ("WARC-IP-Address", exchange.ip_address),
        ("WARC-Concurrent-To", f"<urn:uuid:{request_id}>" if request_id else None),
        (SOURCE_RECORD, exchange.source_record_id),
    )
