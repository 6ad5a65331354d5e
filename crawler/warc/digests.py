"""The digests that WARC records carry about themselves, checked.

Belongs here: algorithms and their spellings. Does not belong here: what to do about a digest that does not hold.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping

from crawler.errors import PayloadError
from crawler.warc.http import decode_body, parse_response_head, split_head, undo_chunks

_CHUNKED = re.compile(rb"(?i)^transfer-encoding:.*chunked", re.MULTILINE)
_LARGEST_DECODED = 1 << 26
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
