"""The WARC files of an open run: appending whole records, rotation, and forcing them to the disk.

Belongs here: file names, offsets, what a failed write leaves behind. Does not belong here: what a record says.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from crawler.durable import sync_appended, sync_folder
from crawler.errors import ArchiveError
from crawler.warc.records import Speed, compress_record, encode_record, record_id_of

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
