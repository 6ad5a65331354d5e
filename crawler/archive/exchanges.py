"""What passed between us and a server, or was handed over, as WARC records.

Belongs here: which records and headers an exchange becomes. Does not belong here: the form of a record
(``crawler.warc.records``), files (``volumes``), classifying an answer (``crawler.answers.classification``).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.fetch import CaptureRef, Reader
from crawler.archive.volumes import Volumes
from crawler.warc.records import (
    DECODED_DIGEST,
    RECORD_END,
    capture_id_of,
    close_head,
    encode_record,
    record_id_of,
    sha256_hex,
    warc_date,
)

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

    ``content_type`` is a media type with its parameters (``text/plain; charset=utf-8``).
    """

    warc_type: Literal["conversion", "resource"]
    url: str
    fetched_at: datetime
    content: bytes
    content_type: str
    reader: Reader | None
    source_record_id: str | None = None


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
    place = volumes.append(
        record, exchange.fetched_at, n_stored=len(exchange.body) + len(RECORD_END) if _CODED.search(head) else 0
    )
    return CaptureRef(
        capture_id=capture_id,
        warc_type="response",
        file=place.file,
        offset=place.offset,
        length=place.length,
        payload_sha256=payload_sha256,
        media_type=exchange.media_type,
        reader=exchange.reader,
        content_capture_id=capture_id,
    )


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
    return CaptureRef(
        capture_id=capture_id,
        warc_type="revisit",
        file=place.file,
        offset=place.offset,
        length=place.length,
        payload_sha256=original.payload_sha256,
        media_type=exchange.media_type,
        reader=exchange.reader,
        content_capture_id=original.capture_id,
    )


def append_content(volumes: Volumes, handed: HandedOver) -> CaptureRef:
    """Append a conversion or resource record: the content alone, for there was no HTTP."""
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
    return CaptureRef(
        capture_id=capture_id,
        warc_type=handed.warc_type,
        file=place.file,
        offset=place.offset,
        length=place.length,
        payload_sha256=digest,
        media_type=handed.content_type.partition(";")[0].strip().lower(),
        reader=handed.reader,
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
