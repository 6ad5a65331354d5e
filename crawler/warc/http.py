"""HTTP messages as they are in WARC records: head, body, chunks, content codings, all undone within a limit.

Belongs here: taking a stored message apart, also when a tool has stored it a little differently than it was sent. What
is cut short is an error, never a page. Does not belong here: what an answer means (``crawler.answers.classification``).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]  # it ships no types, and nobody publishes stubs
from isal import isal_zlib
from isal.igzip_lib import IsalError

from crawler.errors import PayloadError, PayloadTooLargeError, UnknownCodingError

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
        raise UnknownCodingError(f"{len(codings)} content codings are declared: {content_encoding[:80]!r}")
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
    raise UnknownCodingError(f"the content coding {coding[:40]!r} is not known here")


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


_STATUS_LINE = re.compile(rb"^HTTP/\d(?:\.\d)? +(\d{3})(?= |\r?\n|\Z)")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")
_FIELD = re.compile(r"\r\n([!-9;-~]+):([\t -~]*)(?=\r\n|\Z)")
_GZIP_NAMES = frozenset({"gzip", "x-gzip"})


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """Status and headers as :func:`fold_headers` gives them."""

    status: int
    headers: dict[str, str]

    @property
    def media_type(self) -> str | None:
        """The bare media type in lower case, or None where none is declared."""
        return bare_media_type(self.headers.get("content-type"))


def find_fields(head: bytes) -> list[tuple[str, str]] | None:
    r"""Name and value of each header line after the first, where all are plain ASCII on one line each; else None.

    Nearly all heads are so, and at one go they are read twice as fast.

    >>> find_fields(b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 7")
    [('warc-type', 'response'), ('content-length', '7')]
    """
    if not head.isascii():
        return None
    text = head.decode("ascii")
    found = _FIELD.findall(text)
    return [(name.lower(), value.strip()) for name, value in found] if len(found) == text.count("\r\n") else None


def bare_media_type(content_type: str | None) -> str | None:
    """A Content-Type without its parameters, or None.

    >>> bare_media_type("Text/HTML; charset=utf-8")
    'text/html'
    """
    return (content_type or "").partition(";")[0].strip().lower() or None


def split_head(block: bytes) -> tuple[bytes, bytes]:
    """Head (its empty line included) and body; all is head when there is no empty line."""
    end = block.find(b"\n\r\n")
    bare = block.find(b"\n\n", 0, end + 1 if end >= 0 else None)
    start = bare + 2 if bare >= 0 else end + 3 if end >= 0 else len(block)
    return block[:start], block[start:]


def parse_response_head(head: bytes) -> ResponseHead:
    """Status and headers of a response's head.

    Raises:
        PayloadError: it does not begin with an HTTP status line.
    """
    head = head.rstrip(b"\r\n")
    match = _STATUS_LINE.match(head)
    if match is None:
        first = head.partition(b"\n")[0].rstrip()[:40]
        raise PayloadError(f"no HTTP status line: {first!r}")
    if (named := find_fields(head)) is not None:
        return ResponseHead(int(match[1]), _fold(named))
    split = (line.partition(b":") for line in re.split(rb"\r?\n", head)[1:])
    return ResponseHead(int(match[1]), fold_headers((name, value) for name, colon, value in split if colon))


def fold_headers(raw_headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name, white space at the ends taken off: of repeated ones the first.

    Values of Content-Encoding add up, for codings were applied one after the other (RFC 9110, 8.4). One rule for an
    answer as it comes and as it is read back: a body must be decoded the same way both times.

    >>> fold_headers([(b"Content-Encoding", b"gzip"), (b"ETag", b"a"), (b"content-encoding", b" br"), (b"etag", b"b")])
    {'content-encoding': 'gzip, br', 'etag': 'a'}
    """
    return _fold((name.strip().decode("latin-1").lower(), _decode_value(value.strip())) for name, value in raw_headers)


def _fold(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    folded: dict[str, str] = {}
    for name, value in headers:
        if name == "content-encoding" and name in folded:
            folded[name] += f", {value}"
        folded.setdefault(name, value)
    return folded


def _decode_value(value: bytes) -> str:
    """Header values are ISO 8859-1 by history; servers that write others write UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def undo_chunks(body: bytes) -> bytes:
    r"""The body without its chunked transfer coding.

    >>> undo_chunks(b"4\r\npage\r\n0\r\n\r\n")
    b'page'

    Raises:
        PayloadError: it is not chunked, or ends before its last chunk.
    """
    parts: list[bytes] = []
    position = 0
    while match := _CHUNK_SIZE.match(body, position):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts)
        position = match.end() + size + 2
        if position > len(body):
            raise PayloadError("the chunked body ends too early")
        parts.append(body[match.end() : position - 2])
    raise PayloadError("the chunked body ends too early" if parts else "the body is not chunked")


def decode_body(head: ResponseHead, body: bytes, largest: int) -> bytes:
    """The payload of a stored response: transfer and content coding undone.

    Tools that stored a body with its codings undone have often kept the headers that declare them (downloads from the
    Wayback Machine do): a body that does not begin as declared is taken as it is. One that begins so must also end so.

    Raises:
        PayloadTooLargeError: more than ``largest`` bytes come out.
        PayloadError: a coding is broken, cut short or unknown.
    """
    if "chunked" in head.headers.get("transfer-encoding", "").lower() and _CHUNK_SIZE.match(body):
        body = undo_chunks(body)
    encoding = head.headers.get("content-encoding", "").strip().lower()
    if encoding in _GZIP_NAMES and body and not body.startswith(b"\x1f\x8b"):
        encoding = ""
    if not body:
        return body
    try:
        return decode_payload(body, encoding, largest)
    except PayloadTooLargeError:
        raise
    except PayloadError:
        # Brotli and deflate have no mark at their beginning; markup in the clear has.
        if encoding not in {"br", "deflate"} or not body.lstrip().startswith(b"<"):
            raise
        return body
