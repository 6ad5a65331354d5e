"""The bytes of WARC records out of a file, unpacked where they are packed, within limits.

Belongs here: reading so many bytes or a head, and knowing where in the file they ended. Does not belong here: records.
"""

import zlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import BinaryIO

from crawler.errors import DamagedRecordError

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes: of a record's head, of a block that is kept, and of what one gzip member may unpack to."""

    head: int = 1 << 18
    block: int = 1 << 27
    member: int = 1 << 33


LIMITS = Limits()


class Stream(ABC):
    """A run of bytes that begins at an offset of a file. ``end`` is the file's offset after what was taken.

    Every method raises :class:`DamagedRecordError` when the bytes end too early or cannot be unpacked.
    """

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file = file
        self._position = offset
        self._buffer = bytearray()

    @property
    @abstractmethod
    def end(self) -> int:
        """Where in the file what was taken ends; of a gzip member where the member ends, once it is at its end."""

    @abstractmethod
    def _next_chunk(self) -> bytes:
        """The next bytes; empty at the end of the stream."""

    def _read_file(self) -> bytes:
        """The next bytes of the file, wherever another stream over it has left off."""
        self._file.seek(self._position)
        chunk = self._file.read(_CHUNK)
        self._position += len(chunk)
        return chunk

    def read_head(self, limit: int) -> bytes:
        """The bytes before the next empty line, which is taken too."""
        searched = 0
        while (found := self._buffer.find(b"\r\n\r\n", searched)) < 0:
            searched = max(0, len(self._buffer) - 3)
            if len(self._buffer) > limit:
                raise DamagedRecordError(f"its head is longer than {limit} bytes")
            self._fill()
        return self.read(found + 4)[:-4]

    def read(self, size: int) -> bytes:
        """Exactly so many bytes."""
        while len(self._buffer) < size:
            self._fill()
        taken = bytes(memoryview(self._buffer)[:size])
        del self._buffer[:size]
        return taken

    def skip(self, size: int) -> None:
        """Take so many bytes and forget them."""
        while len(self._buffer) < size:
            size -= len(self._buffer)
            self._buffer.clear()
            self._fill()
        del self._buffer[:size]

    def skip_all(self) -> None:
        """Take the rest and forget it."""
        self._buffer.clear()
        while self._next_chunk():
            pass

    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        if not self._buffer:
            self._buffer += self._next_chunk()
        return not self._buffer

    def _fill(self) -> None:
        chunk = self._next_chunk()
        if not chunk:
            raise DamagedRecordError("it is cut short")
        self._buffer += chunk


class PlainStream(Stream):
    """The bytes of an uncompressed file as they are."""

    @property
    def end(self) -> int:
        """Where, in the file, what was taken so far ends."""
        return self._position - len(self._buffer)

    def _next_chunk(self) -> bytes:
        return self._read_file()


class GzipStream(Stream):
    """The bytes of one gzip member, unpacked; it is at its end only when its checksum holds."""

    def __init__(self, file: BinaryIO, offset: int, limits: Limits) -> None:
        super().__init__(file, offset)
        self._decoder = zlib.decompressobj(31)
        self._left = limits.member

    @property
    def end(self) -> int:
        """Where the member ends, once it is at its end; before that, how far it was read."""
        return self._position - len(self._decoder.unused_data)

    def _next_chunk(self) -> bytes:
        while not self._decoder.eof:
            packed = self._decoder.unconsumed_tail or self._read_file()
            if not packed:
                raise DamagedRecordError("its gzip member is cut short")
            try:
                chunk = self._decoder.decompress(packed, 1 << 20)
            except zlib.error as error:
                raise DamagedRecordError(f"its gzip member is damaged: {error}") from error
            self._left -= len(chunk)
            if self._left < 0:
                raise DamagedRecordError("its gzip member unpacks to more than the limit")
            if chunk:
                return chunk
        return b""
