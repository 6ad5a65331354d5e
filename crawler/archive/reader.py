"""Captures out of the archive: by the ledger of a run, or by the place of one record; proved before they are given.

Belongs here: the way from a place in a WARC file to the bytes that a page reader is given. Does not belong here: what a
page says, or damage as a list (``check``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from contracts.charset import find_charset
from contracts.run import CaptureRef, Fetch
from crawler.archive.runs import iter_fetches
from crawler.errors import DamagedRecordError, PayloadError, UnreadableFileError
from crawler.warc.http import ResponseHead, bare_media_type, decode_body, parse_response_head, split_head
from crawler.warc.members import Record, parse_record, read_record_at
from crawler.warc.records import is_digest_of

LARGEST_PAYLOAD = 1 << 27
"""Bytes of a decoded payload that are ever given; what a crawl accepts is far smaller (a site file's budget)."""


@dataclass(frozen=True)
class ArchivedCapture:
    """One archived record and its decoded payload. ``ledger`` is its row, or None when it was read by its place alone.

    ``http`` is None for a conversion or resource. A revisit's payload is empty: its record's ``refers_to`` names the
    capture with the body.
    """

    record: Record
    payload: bytes
    http: ResponseHead | None
    ledger: Fetch | None

    @property
    def content_type(self) -> str | None:
        """The Content-Type of the content itself, with its parameters, or None where none is declared."""
        return self.record.headers.get("content-type") if self.http is None else self.http.headers.get("content-type")

    @property
    def charset(self) -> str | None:
        """The charset that its Content-Type declares, or None."""
        return find_charset(self.content_type)


class _Volumes:
    """The files of a run, the last one kept open: its captures lie in a row."""

    def __init__(self, run_folder: Path) -> None:
        self.run_folder = run_folder
        self.name = ""
        self.file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()

    def open(self, name: str) -> BinaryIO:
        """The file of that name; the one before it is closed.

        Raises:
            DamagedRecordError: it is no file of a run.
        """
        if self.file is None or name != self.name:
            if "/" in name or name in {"", ".", ".."}:
                raise DamagedRecordError(f"{name!r} is no file of a run")
            self.__exit__()
            self.file, self.name = (self.run_folder / name).open("rb"), name
        return self.file

    def name_place(self, file: str, offset: int) -> str:
        """A place of the run in words."""
        return f"{self.run_folder.name}/{file} at {offset}"


def read_capture(archive: Path, run_id: str, file: str, offset: int, length: int | None = None) -> ArchivedCapture:
    """The capture at a place of a run, as ``v1.captures`` names it; ``length`` may be left out.

    Raises:
        DamagedRecordError: there is no whole record there, or its digests do not hold.
    """
    with _Volumes(archive / run_id) as volumes:
        return _read(volumes, file, offset, length)


def iter_captures(run_folder: Path) -> Iterator[ArchivedCapture]:
    """The captures of a run in the order of its ledger; fetches without one are left out.

    Raises:
        DamagedRecordError: a line or a record does not hold; the text says which.
    """
    with _Volumes(run_folder) as volumes:
        for fetch in iter_fetches(run_folder):
            if fetch.capture is not None:
                yield _read_fetched(volumes, fetch, fetch.capture)


def read_fetched(run_folder: Path, fetch: Fetch) -> ArchivedCapture:
    """The capture that a ledger line names (it must name one), checked against the line.

    Raises:
        DamagedRecordError: the record is not what the line says.
    """
    assert fetch.capture is not None, f"line {fetch.seq} names no capture"
    with _Volumes(run_folder) as volumes:
        return _read_fetched(volumes, fetch, fetch.capture)


def _read_fetched(volumes: _Volumes, fetch: Fetch, place: CaptureRef) -> ArchivedCapture:
    capture = _read(volumes, place.file, place.offset, place.length, fetch)
    if capture.record.record_id != place.capture_id or capture.record.warc_type != place.warc_type:
        where = volumes.name_place(place.file, place.offset)
        raise DamagedRecordError(f"{where} is not the {place.warc_type} {place.capture_id} that line {fetch.seq} names")
    if capture.record.decoded_digest != f"sha256:{place.payload_sha256}":
        where = volumes.name_place(place.file, place.offset)
        raise DamagedRecordError(f"{where}: the payload is not the one whose digest line {fetch.seq} gives")
    return capture


def _read(volumes: _Volumes, file: str, offset: int, length: int | None, fetch: Fetch | None = None) -> ArchivedCapture:
    try:
        return open_record(_read_record(volumes.open(file), offset, length), fetch)
    except (DamagedRecordError, PayloadError) as error:
        raise DamagedRecordError(f"{volumes.name_place(file, offset)}: {error}; run `iomdb fsck`") from error
    except OSError as error:
        raise UnreadableFileError(f"{volumes.name_place(file, offset)} cannot be read: {error}") from error


def _read_record(volume: BinaryIO, offset: int, length: int | None) -> Record:
    if length is None:
        return read_record_at(volume, offset)
    volume.seek(offset)
    return parse_record(volume.read(length))


def open_record(record: Record, fetch: Fetch | None = None) -> ArchivedCapture:
    """The capture of a record that has been read: its HTTP head parsed, its payload decoded and proved.

    Raises:
        DamagedRecordError: the record was too large to be kept, or its payload is not the one it declares.
        PayloadError: its payload cannot be decoded.
    """
    if record.block is None:
        raise DamagedRecordError("the record is larger than any that is read")
    if record.warc_type not in {"response", "revisit"}:
        return ArchivedCapture(record, record.block, None, fetch)
    head, body = split_head(record.block)
    http = parse_response_head(head)
    payload = b"" if record.warc_type == "revisit" else _decoded(http, body, record.decoded_digest)
    return ArchivedCapture(record, payload, http, fetch)


def find_media_type(record: Record) -> str | None:
    """The bare media type of the record's content, or None where none is declared or its head cannot be read."""
    if record.block is None or record.warc_type not in {"response", "revisit"}:
        return bare_media_type(record.headers.get("content-type"))
    try:
        return parse_response_head(split_head(record.block)[0]).media_type
    except PayloadError:
        return None


def _decoded(http: ResponseHead, body: bytes, declared: str | None) -> bytes:
    """The payload that the record declares: of a body that could not be decoded (cut, broken), the body as it came."""
    try:
        payload = decode_body(http, body, LARGEST_PAYLOAD)
    except PayloadError:
        if declared is not None and is_digest_of(declared, body):
            return body
        raise
    if declared is None or is_digest_of(declared, payload):
        return payload
    if payload is not body and is_digest_of(declared, body):
        return body
    raise DamagedRecordError(f"its payload does not have the digest {declared}")
