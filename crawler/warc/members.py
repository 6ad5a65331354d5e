"""Reading WARC files record by record, ours or others', whole or damaged, compressed or not.

Belongs here: finding the records in a file, and proving each by its gzip checksum and its own digests. A damaged record
costs itself alone: the reading goes on at the next one. Does not belong here: what a record's block says (``http``).
Nothing that a file says makes this code use more memory than ``Limits`` allow.
"""

import os
import re
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from isal import isal_zlib
from isal.igzip_lib import IsalError

from crawler.errors import DamagedRecordError
from crawler.warc.http import find_fields
from crawler.warc.records import DECODED_DIGEST, RECORD_END, find_digest_fault, parse_record_id
from crawler.warc.streams import LIMITS, GzipStream, Limits, PlainStream, Stream

_GZIP = rb"\x1f\x8b\x08"
_PLAIN = rb"WARC/\d\.\d+\r\n[A-Za-z]"
_STARTS = {True: re.compile(_GZIP), False: re.compile(_PLAIN), None: re.compile(_GZIP + b"|" + _PLAIN)}
_LONGEST_START = 2048
"""Bytes that show what begins there: more than any table of a deflate block that comes before its first word."""
_WINDOW = 1 << 20
_LARGEST_AT_ONCE = 1 << 24
"""Bytes of a block that are unpacked without a look in between; larger ones are read piece by piece."""
_VERSION = re.compile(rb"^WARC/\d\.\d+(?=\r\n|\Z)")


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record. ``offset`` and ``length`` are of its gzip member (or of its bytes, in an uncompressed file).

    ``headers`` has lower-case names, the first of repeated ones. ``block`` is None when it is larger than the limit.
    """

    offset: int
    length: int
    headers: dict[str, str]
    block: bytes | None

    @property
    def warc_type(self) -> str:
        """``response``, ``request`` … in lower case; empty when the record does not say."""
        return self.headers.get("warc-type", "").lower()

    @property
    def record_id(self) -> str:
        """Its id; of a capture the capture's own."""
        return parse_record_id(self.headers.get("warc-record-id", ""))

    @property
    def url(self) -> str:
        """The target URI; empty where there is none."""
        return self.headers.get("warc-target-uri", "")

    @property
    def refers_to(self) -> str | None:
        """The id of the record that it refers to, or None: of a revisit, the capture with the body."""
        value = self.headers.get("warc-refers-to")
        return parse_record_id(value) if value else None

    @property
    def asked_for(self) -> str | None:
        """Of a request, the id of the capture that answered it."""
        return parse_record_id(self.headers.get("warc-concurrent-to", "")) if self.warc_type == "request" else None

    @property
    def decoded_digest(self) -> str | None:
        """The labelled digest of its decoded payload, in records of ours; else None."""
        return self.headers.get(DECODED_DIGEST.lower())


@dataclass(frozen=True, slots=True)
class Damage:
    """A place in a file where no whole record could be read. ``is_tail`` says that nothing readable follows it."""

    offset: int
    reason: str
    is_tail: bool = False


def iter_records(file: BinaryIO, limits: Limits = LIMITS, *, is_doubtful: bool = False) -> Iterator[Record | Damage]:
    """The records of an open, seekable WARC file, in order, and the damage between them.

    A record is given only when it is whole: its gzip checksum and its digests, where it has any, hold. Of a file that
    ``is_doubtful``, known to be damaged somewhere, an uncompressed record is given only when a block digest proves it.
    """
    size = file.seek(0, os.SEEK_END)
    start = _find_start(file, 0, compressed=None)
    if start is None:
        if size:
            yield Damage(0, "there is no WARC record in the file", is_tail=True)
        return
    offset, compressed = start
    if offset:
        yield Damage(0, f"{offset} bytes before the first record are no record")
    while offset < size:
        try:
            offset = yield from _iter_at(file, offset, limits, compressed=compressed, is_doubtful=is_doubtful)
        except DamagedRecordError as error:
            following = _find_start(file, offset + 1, compressed=compressed)
            yield Damage(offset, str(error), is_tail=following is None)
            offset = size if following is None else following[0]


def parse_record(member: bytes, limits: Limits = LIMITS) -> Record:
    """The one record of a gzip member's bytes; its ``offset`` is 0.

    Raises:
        DamagedRecordError: it is not exactly one whole record, or is larger than the limits.
    """
    whole = _unpack_whole(member, limits)
    if whole is not None:
        given, _ = _proved(Record(0, len(member), *whole))
        if isinstance(given, Record):
            return given
    # Whatever is not as it should be is told by the one reader that knows all that can be wrong.
    found = list(_iter_at(BytesIO(member), 0, limits, compressed=True))
    if len(found) != 1:
        raise DamagedRecordError("the bytes hold more than one record")
    only = found[0]
    if isinstance(only, Damage):
        raise DamagedRecordError(only.reason)
    if only.length != len(member):
        raise DamagedRecordError(f"the record ends after {only.length} of {len(member)} bytes")
    return only


def _unpack_whole(member: bytes, limits: Limits) -> tuple[dict[str, str], bytes] | None:
    """Headers and block of a member that is exactly one whole record within the limits, unpacked at one go; else None.

    Most of an archive is so, and read three times as fast.
    """
    unpacker = isal_zlib.decompressobj(31)
    try:
        content = unpacker.decompress(member, limits.head + min(limits.block, _LARGEST_AT_ONCE))
    except IsalError:  # type: ignore[misc]  # the stubs give the class as a value
        return None
    end = content.find(b"\r\n\r\n", 0, limits.head)
    if end < 0 or not unpacker.eof or unpacker.unused_data or not content.endswith(RECORD_END):
        return None
    headers = _parse_headers(content[:end])
    length, start = headers.get("content-length", ""), end + 4
    if length != str(len(content) - start - len(RECORD_END)):
        return None
    return headers, content[start : -len(RECORD_END)]


def read_record_at(file: BinaryIO, offset: int, limits: Limits = LIMITS) -> Record:
    """The record whose gzip member begins at an offset of an open file.

    Raises:
        DamagedRecordError: there is no whole record there.
    """
    found = next(_iter_at(file, offset, limits, compressed=True))
    if isinstance(found, Damage):
        raise DamagedRecordError(found.reason)
    return found


def _iter_at(
    file: BinaryIO, offset: int, limits: Limits, *, compressed: bool, is_doubtful: bool = False
) -> Generator[Record | Damage, None, int]:
    """The records that begin at ``offset``: one, or all of a gzip member that holds many. Returns where they end."""
    stream = GzipStream(file, offset, limits) if compressed else PlainStream(file, offset)
    headers, block = _read_record(stream, limits)
    if not compressed or stream.is_at_end():
        given, is_proved = _proved(Record(offset, stream.end - offset, headers, block))
        if is_doubtful and not compressed and not is_proved and isinstance(given, Record):
            given = Damage(offset, "nothing proves it, and the file is damaged")
        yield given
        return stream.end
    is_sound = _is_sound(file, offset, limits)
    while True:
        given, is_proved = _proved(Record(offset, stream.end - offset, headers, block))
        if is_sound or is_proved:
            yield given
        if stream.is_at_end():
            return stream.end
        headers, block = _read_record(stream, limits)


def _is_sound(file: BinaryIO, offset: int, limits: Limits) -> bool:
    """Whether a gzip member that holds many records unpacks to its end and has its checksum."""
    stream = GzipStream(file, offset, limits)
    try:
        stream.skip_all()
    except DamagedRecordError:
        return False
    return True


def _proved(record: Record) -> tuple[Record | Damage, bool]:
    """The record, or the damage that its digests show; and whether a digest covered its whole block."""
    if record.block is None:
        return record, False
    fault, is_proved = find_digest_fault(record.headers, record.block)
    return (record if fault is None else Damage(record.offset, fault)), is_proved


def _read_record(stream: Stream, limits: Limits) -> tuple[dict[str, str], bytes | None]:
    headers = _parse_headers(stream.read_head(limits.head))
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) <= 15):
        raise DamagedRecordError(f"its Content-Length is {length[:40]!r}")
    block = None
    if int(length) > limits.block:
        stream.skip(int(length))
    else:
        block = stream.read(int(length))
    if stream.read(4) != b"\r\n\r\n":
        raise DamagedRecordError("two empty lines do not follow its block")
    return headers, block


def _parse_headers(head: bytes) -> dict[str, str]:
    if not _VERSION.match(head):
        first = head.partition(b"\r\n")[0][:20]
        raise DamagedRecordError(f"it begins with {first!r}, not with a WARC version")
    if (fields := find_fields(head)) is not None:
        return dict(reversed(fields))  # of repeated names the first counts
    headers: dict[str, str] = {}
    name = ""
    for line in head.split(b"\r\n")[1:]:
        if line[:1] in {b" ", b"\t"} and name:
            headers[name] += " " + line.strip().decode("utf-8", "replace")
            continue
        raw_name, colon, value = line.partition(b":")
        if not colon:
            raise DamagedRecordError(f"its header {line[:40]!r} has no colon")
        name = raw_name.strip().decode("latin-1").lower()
        headers.setdefault(name, value.strip().decode("utf-8", "replace"))
    return headers


def _find_start(file: BinaryIO, offset: int, *, compressed: bool | None) -> tuple[int, bool] | None:
    """Where the next record at or after ``offset`` seems to begin, and whether it is compressed. None: nowhere.

    ``compressed`` says what to look for (None: either). What looks like a gzip member must unpack to a WARC version.
    """
    pattern = _STARTS[compressed]
    while True:
        file.seek(offset)
        window = file.read(_WINDOW)
        for match in pattern.finditer(window):
            is_member = match[0][:1] == b"\x1f"
            if not is_member or _unpacks_to_warc(window[match.start() : match.start() + _LONGEST_START]):
                return offset + match.start(), is_member
        if len(window) < _WINDOW:
            return None
        offset += _WINDOW - _LONGEST_START


def _unpacks_to_warc(member: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(member, 5) == b"WARC/"
    except zlib.error:
        return False
