"""Payloads as sources: texts that know the byte of each of their characters.

Belongs here: making a source of what was decoded. Does not belong here: choosing the charset (``contracts.charset``),
the way back to bytes (``source``).
"""

from __future__ import annotations

import codecs

from contracts.charset import decode_page
from extractor.blocks.source import Source


def decode_text(payload: bytes) -> Source | None:
    """The source of a text page, which must be UTF-8 (a byte order mark is skipped); None when it is not."""
    start = len(codecs.BOM_UTF8) if payload.startswith(codecs.BOM_UTF8) else 0
    try:
        return Source(payload[start:].decode("utf-8"), base=start, is_exact=True)
    except UnicodeDecodeError:
        return None


def decode_html(payload: bytes, declared_charset: str | None) -> Source | None:
    """The source of an HTML page; None where its charset, or its bytes in it, cannot be told."""
    decoded = decode_page(payload, declared_charset)
    if decoded is None:
        return None
    text, charset, start, n_broken = decoded
    errors = "surrogatepass" if charset.startswith("utf-16") else "surrogateescape"
    return Source(text, encoding=charset, errors=errors, base=start, is_exact=n_broken == 0)
