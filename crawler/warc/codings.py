"""Content codings undone, within a limit: gzip, deflate, br. What is cut short is an error, never a page.

Belongs here: bytes in, bytes out. Does not belong here: HTTP heads, chunks (``crawler.warc.http``).
"""

import brotli  # type: ignore[import-untyped]  # it ships no types, and nobody publishes stubs
from isal import isal_zlib
from isal.igzip_lib import IsalError

from crawler.errors import PayloadError, PayloadTooLargeError

_CHUNK = 1 << 20
_MOST_CODINGS = 3
"""More codings on one body than this is an attack; one is usual."""


def decode_payload(body: bytes, content_encoding: str, largest: int) -> bytes:
    """The body with its content codings undone; ``content_encoding`` is the header's value, empty for none.

    >>> decode_payload(isal_zlib.compress(b"page"), "deflate", 100)
    b'page'

    Raises:
        PayloadTooLargeError: more than ``largest`` bytes come out; no more than that is ever unpacked.
        PayloadError: the coding is unknown, the bytes are not of that coding, or they end too early.
    """
    codings = [name for name in (part.strip().lower() for part in content_encoding.split(",")) if name]
    if len(codings) > _MOST_CODINGS:
        raise PayloadError(f"{len(codings)} content codings are declared: {content_encoding[:80]!r}")
    for coding in reversed(codings):
        body = _undo(coding, body, largest)
    if len(body) > largest:
        raise PayloadTooLargeError(f"the body has {len(body)} bytes, more than {largest}")
    return body


def _undo(coding: str, body: bytes, largest: int) -> bytes:
    match coding:
        case "identity":
            return body
        case "gzip" | "x-gzip":
            return _gunzip(body, largest)
        case "deflate":
            return _inflate(body, largest)
        case "br":
            return _unbrotli(body, largest)
    raise PayloadError(f"the content coding {coding[:40]!r} is not known here")


def _gunzip(body: bytes, largest: int) -> bytes:
    """All gzip members; what follows the last one is left out, as browsers do, for it has no meaning."""
    parts: list[bytes] = []
    rest, left = body, largest
    while rest.startswith(b"\x1f\x8b") or not parts:
        decoder = isal_zlib.decompressobj(31)
        unpacked = _unpack(decoder, rest, left, "gzip")
        parts.append(unpacked)
        left -= len(unpacked)
        rest = decoder.unused_data
    return b"".join(parts)


def _inflate(body: bytes, largest: int) -> bytes:
    """``deflate`` means zlib (RFC 9110, 8.4.1.2); some servers send it without zlib's frame, as browsers accept."""
    framed = len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _unpack(isal_zlib.decompressobj(15 if framed else -15), body, largest, "deflate")


def _unpack(decoder: "isal_zlib.Decompress", body: bytes, largest: int, coding: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        while not decoder.eof:
            part = decoder.decompress(body, min(_CHUNK, largest - size + 1))
            size += len(part)
            if size > largest:
                raise PayloadTooLargeError(f"the {coding} body unpacks to more than {largest} bytes")
            body = decoder.unconsumed_tail
            if not part and not body and not decoder.eof:
                raise PayloadError(f"the {coding} body ends too early, after {size} unpacked bytes")
            parts.append(part)
    except IsalError as error:  # type: ignore[misc]  # the stubs give the class as a value
        raise PayloadError(f"the body is not whole {coding}: {error}") from error
    return b"".join(parts)


def _unbrotli(body: bytes, largest: int) -> bytes:
    decoder = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        while not decoder.is_finished():
            part = decoder.process(body, output_buffer_limit=_CHUNK)
            body = b""
            size += len(part)
            if size > largest:
                raise PayloadTooLargeError(f"the br body unpacks to more than {largest} bytes")
            if not part and not decoder.is_finished():
                raise PayloadError(f"the br body ends too early, after {size} unpacked bytes")
            parts.append(part)
    except brotli.error as error:
        raise PayloadError(f"the body is not whole br: {error}") from error
    return b"".join(parts)
