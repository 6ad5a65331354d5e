"""WARC 1.1 records as bytes: their ids, their headers, their digests, made and checked; one gzip member each.

Belongs here: the form of a record. Does not belong here: files and durability (``crawler.archive.volumes``), reading
(``members``).
"""

import base64
import binascii
import hashlib
import re
import struct
import uuid
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

from isal import isal_zlib

from contracts.run import WarcType
from crawler.errors import PayloadError
from crawler.warc.http import decode_body, parse_response_head, split_head, undo_chunks

CAPTURE_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:iomdb:capture")
_RECORD_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:iomdb:record")

RECORD_END = b"\r\n\r\n"
"""What follows the block of every record."""

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # RFC 1952: deflate, no flags, no time, system unknown
_GZIP_TAIL = struct.Struct("<II")
_STORED_BLOCK = struct.Struct("<BHH")  # RFC 1951, 3.2.4, where it begins at a whole byte
_LONGEST_STORED = 0xFFFF

DECODED_DIGEST = "X-Decoded-Payload-Digest"
"""Our extension header: the digest of the payload with transfer and content coding undone, which is what readers get.
WARC-Payload-Digest is of the payload as it is in the record, which is what other WARC software checks."""

TIME_RECEIVED = b"time-basis: received\r\n"
"""The block of a metadata record of ours: the date of the capture that it refers to is that of a hand-over."""

_DATE = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?Z)?$")
_COMPACT_DATE = re.compile(r"^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()$")
_FIRST_YEAR = 1996
"""The Wayback Machine's first; earlier dates in WARC files are clocks that were not set."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Speed = Literal["fast", "portable"]
"""``fast``: ISA-L, for crawls. ``portable``: zlib, whose bytes do not hang on the processor, for runs that another
machine must be able to make again byte for byte (folders, imported WARCs)."""


def warc_date(instant: datetime) -> str:
    """An instant as WARC 1.1 writes it: UTC, fractions of a second only where there are any.

    >>> warc_date(datetime(2026, 11, 21, tzinfo=UTC)), warc_date(datetime(2026, 11, 21, 0, 0, 0, 500000, tzinfo=UTC))
    ('2026-11-21T00:00:00Z', '2026-11-21T00:00:00.500000Z')
    """
    assert instant.tzinfo is not None, "an instant has a zone"
    return instant.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def parse_warc_date(text: str) -> datetime | None:
    """A WARC date in UTC, cut to the microsecond; None when it is no date of the web's time.

    WARC 1.1 allows a coarser one, down to the day: it means its first instant. Old records converted from ARC bear
    fourteen digits instead of ISO 8601.

    >>> parse_warc_date("2024-11-26T10:00:00.123456789Z").isoformat()
    '2024-11-26T10:00:00.123456+00:00'
    >>> parse_warc_date("2024-11-26").isoformat()
    '2024-11-26T00:00:00+00:00'
    """
    match = _DATE.match(text.strip()) or _COMPACT_DATE.match(text.strip())
    if match is None:
        return None
    try:
        parts = [int(part or 0) for part in match.groups()[:6]]
        fraction = int((match[7] or "0").ljust(6, "0")[:6])
        found = datetime(*parts[:6], fraction, tzinfo=UTC)  # type: ignore[misc,arg-type]  # six ints, then the fraction
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR else None


def capture_id_of(url: str, fetched_at: datetime, payload_sha256: str) -> str:
    """The id of a capture: a UUIDv5 of target URI, date and payload, so equal in whatever run the capture is."""
    return str(uuid.uuid5(CAPTURE_NAMESPACE, f"{url}\n{warc_date(fetched_at)}\n{payload_sha256}"))


def record_id_of(warc_type: str, url: str, fetched_at: datetime, block: bytes) -> str:
    """The id of a record that is no capture (request, warcinfo, metadata): a UUIDv5 of what it says."""
    digest = hashlib.sha256(block).hexdigest()
    return str(uuid.uuid5(_RECORD_NAMESPACE, f"{warc_type}\n{url}\n{warc_date(fetched_at)}\n{digest}"))


def parse_record_id(value: str) -> str:
    """The UUID in a WARC-Record-ID or WARC-Refers-To, or the value itself, bare, when it is no UUID.

    >>> parse_record_id("<urn:uuid:0e5b0d2c-3a3e-5e5f-8c4e-1f8c6a0d8a11>")
    '0e5b0d2c-3a3e-5e5f-8c4e-1f8c6a0d8a11'
    """
    return value.strip().removeprefix("<").removesuffix(">").removeprefix("urn:uuid:")


def sha256_hex(content: bytes | memoryview) -> str:
    """The sha256 of bytes, as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def close_head(head: bytes) -> bytes:
    """An HTTP head that ends as it must, in an empty line."""
    return head.rstrip(b"\r\n") + b"\r\n\r\n"


def encode_record(
    warc_type: WarcType | Literal["request", "warcinfo", "metadata"],
    record_id: str,
    fetched_at: datetime,
    block: bytes,
    headers: tuple[tuple[str, str | None], ...] = (),
    *,
    payload_start: int | None = None,
) -> bytes:
    """One whole record, not yet compressed. Headers whose value is None are left out.

    ``payload_start`` is where the payload begins in the block (after an HTTP head); None when the block has no payload
    of its own. Control characters in a value (a URL from a hostile page) are dropped: they would end the header.
    """
    lines = [
        "WARC/1.1",
        f"WARC-Type: {warc_type}",
        f"WARC-Record-ID: <urn:uuid:{record_id}>",
        f"WARC-Date: {warc_date(fetched_at)}",
    ]
    lines += [f"{name}: {_CONTROL.sub('', value)}" for name, value in headers if value is not None]
    block_digest = sha256_hex(block)
    lines.append(f"WARC-Block-Digest: sha256:{block_digest}")
    if payload_start is not None:
        payload_digest = block_digest if payload_start == 0 else sha256_hex(memoryview(block)[payload_start:])
        lines.append(f"WARC-Payload-Digest: sha256:{payload_digest}")
    lines.append(f"Content-Length: {len(block)}")
    head = "\r\n".join(lines).encode("utf-8", "backslashreplace")
    return b"".join((head, b"\r\n\r\n", block, RECORD_END))


def encode_received(url: str, at: datetime, capture_id: str) -> bytes:
    """The record that says of a capture that its date is that of a hand-over: for a file without its ledger."""
    headers = (
        ("WARC-Target-URI", url),
        ("WARC-Refers-To", f"<urn:uuid:{capture_id}>"),
        ("Content-Type", "application/warc-fields"),
    )
    record_id = record_id_of("metadata", url, at, TIME_RECEIVED + capture_id.encode())
    return encode_record("metadata", record_id, at, TIME_RECEIVED, headers)


def compress_record(record: bytes, speed: Speed, n_stored: int = 0) -> bytes:
    """One gzip member: no name, no time (mtime 0), so that the same record gives the same bytes.

    The last ``n_stored`` bytes are stored as they are: a body that is compressed already does not get smaller, and
    trying costs more than all the rest of writing it (80 of 200 microseconds a page).
    """
    if not n_stored:
        packer = isal_zlib.compressobj(2, wbits=31) if speed == "fast" else zlib.compressobj(6, wbits=31)
        return b"".join((packer.compress(record), packer.flush()))
    raw = isal_zlib.compressobj(2, wbits=-15) if speed == "fast" else zlib.compressobj(6, wbits=-15)
    view = memoryview(record)
    parts: list[bytes | memoryview] = [_GZIP_HEAD, raw.compress(view[:-n_stored]), raw.flush(zlib.Z_SYNC_FLUSH)]
    for start in range(len(record) - n_stored, len(record), _LONGEST_STORED):
        piece = view[start : start + _LONGEST_STORED]
        is_last = start + _LONGEST_STORED >= len(record)
        parts += (_STORED_BLOCK.pack(is_last, len(piece), len(piece) ^ 0xFFFF), piece)
    parts.append(_GZIP_TAIL.pack(isal_zlib.crc32(record), len(record) & 0xFFFFFFFF))
    return b"".join(parts)


_CHUNKED = re.compile(rb"(?i)^transfer-encoding:.*chunked", re.MULTILINE)
_LARGEST_DECODED = 1 << 26
_LABELLED_SHA256 = len("sha256:") + 64
_SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
"""Algorithms met in WARC files and the length of their digests in bytes; others are not checked."""

NO_PAYLOAD_OF_ITS_OWN = frozenset({"revisit"})
"""The payload digest of a revisit is that of the record it refers to."""


def parse_digest(label: str) -> tuple[str, bytes] | None:
    """Algorithm and digest of ``sha1:<base32>`` or ``sha256:<hex>``; None when the algorithm is not known.

    What is no label at all gives an empty digest, which is that of nothing.

    >>> parse_digest("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")[0]
    'sha1'
    >>> parse_digest("xxh3:00") is None
    True
    """
    algorithm, colon, text = label.strip().partition(":")
    name = algorithm.lower().replace("-", "")
    size = _SIZES.get(name)
    if not colon:
        return name, b""
    if size is None:
        return None
    try:
        digest = bytes.fromhex(text) if len(text) == 2 * size else base64.b32decode(text + "=" * (-len(text) % 8), True)
    except (ValueError, binascii.Error):
        return name, b""
    return name, digest


def is_digest_of(label: str, content: bytes | memoryview) -> bool | None:
    """Whether the labelled digest is that of the content; None when its algorithm is not known."""
    if label.startswith("sha256:") and len(label) == _LABELLED_SHA256:
        return sha256_hex(content) == label[7:].lower()
    parsed = parse_digest(label)
    if parsed is None or not parsed[1]:
        return None if parsed is None else False
    return hashlib.new(parsed[0], content, usedforsecurity=False).digest() == parsed[1]


def find_digest_fault(headers: Mapping[str, str], block: bytes) -> tuple[str | None, bool]:
    """What is wrong with the record's digests, in words or None, and whether any of them covered the whole block.

    A block digest is exact. Tools differ in what they take the payload of a response to be (with its chunks, without
    them), so a payload digest counts against a record only when there is no block digest and no reading of it holds.
    """
    block_digest = headers.get("warc-block-digest")
    is_revisit = headers.get("warc-type", "").lower() in NO_PAYLOAD_OF_ITS_OWN
    if is_revisit and block and block_digest is not None and is_digest_of(block_digest, b""):
        block_digest = None  # what wget --warc-dedup writes for every revisit
    if block_digest is not None and (holds := is_digest_of(block_digest, block)) is not None:
        return (None if holds else f"its block does not have the digest {block_digest}"), holds
    payload_digest = headers.get("warc-payload-digest")
    if payload_digest is None or is_revisit:
        return None, False
    if "warc-truncated" in headers or parse_digest(payload_digest) is None:
        return None, False
    if any(is_digest_of(payload_digest, payload) for payload in _iter_payloads(headers, block)):
        return None, False
    return f"no reading of its payload has the digest {payload_digest}", False


def _iter_payloads(headers: Mapping[str, str], block: bytes) -> Iterator[bytes]:
    if not headers.get("content-type", "").lower().startswith("application/http"):
        yield block
        return
    head, body = split_head(block)
    yield body
    try:
        if _CHUNKED.search(head):
            yield undo_chunks(body)
        yield decode_body(parse_response_head(head), body, _LARGEST_DECODED)
    except PayloadError:
        return
