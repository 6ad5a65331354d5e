"""Is this answer a page? From status, headers and bytes to an outcome of the closed list.

Belongs here: pure functions over one answer; free of Scrapy and of the network. Does not belong here: following
redirects, retrying (crawler.engine), what the page says (extractor), whether its payload is known already
(crawler.engine.ledger_middleware).

The marks of block pages are the vendors' own titles and error texts, matched in the title and the first visible words
only: an article that writes *about* captchas or missing pages is a page.
"""

import codecs
import html
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from contracts.charset import decode_page, find_charset
from contracts.outcomes import Outcome, outcome_of_status
from contracts.page_signs import says_not_found
from crawler.errors import PayloadError, PayloadTooLargeError, UnknownCodingError
from crawler.warc.http import bare_media_type, decode_payload

Cut = Literal["length", "time", "disconnect"]
"""Why a body is not whole, in the words of WARC-Truncated."""

PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_SOURCE_TYPE = re.compile(
    r"application/(?:octet-stream|(?:x-)?gzip)|text/(?:html|plain|(?:x-)?(?:xml|rss|atom|rdf))|"
    r"application/(?:x-)?(?:xml|rss|atom|rdf)|(?:application|text)/[a-z0-9.-]+\+xml"
)
"""Media types under which sitemaps, feeds, listings and robots.txt come: text, any XML, gzip, and what says nothing."""
_FRAMED = frozenset({"content-length", "transfer-encoding", "x-archive-orig-transfer-encoding"})
_HEAD_LOOKED_AT = 65536
_GZIP = b"\x1f\x8b"
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP"),
    (b"\x89PNG", "a PNG"),
    (b"\xff\xd8\xff", "a JPEG"),
    (b"GIF8", "a GIF"),
)


@dataclass(frozen=True, slots=True)
class Received:
    """One answer as it came.

    ``headers`` has lower-case names, the last of repeated ones; ``body`` is as on the wire.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Classification:
    """``payload`` is the decoded body, b"" where it cannot be decoded.

    ``detail`` says why where the outcome is no success. ``is_refusal`` marks a 403 that has no page of the site: the
    host, and not the page, refuses. (Drupal answers 403 for a page that was withdrawn, in the site's full boilerplate.)
    ``is_garbled`` marks a body that was due and was lost or spoilt on its way: it may come whole when asked again.
    """

    outcome: Outcome
    payload: bytes
    detail: str | None = None
    is_refusal: bool = False
    is_garbled: bool = False


def classify_page(received: Received, largest: int) -> Classification:
    """The outcome of an answer to a page's URL; ``largest`` is the limit in bytes, before and after decoding."""
    return _classify(received, largest, is_page=True)


def classify_source(received: Received, largest: int, *, may_be_packed: bool = True) -> Classification:
    """The outcome of an answer to the URL of a sitemap, a feed, a listing or robots.txt.

    ``may_be_packed`` says that what comes may be a gzip file itself, as sitemaps are, whatever coding is around it.
    """
    return _classify(received, largest, is_page=False, may_be_packed=may_be_packed)


def _classify(received: Received, largest: int, *, is_page: bool, may_be_packed: bool = False) -> Classification:
    by_status = outcome_of_status(received.status)
    if by_status is Outcome.RATE_LIMITED or (received.status == 503 and "retry-after" in received.headers):
        return Classification(Outcome.RATE_LIMITED, b"", f"status {received.status}")
    payload, broken = _decode(received, largest)
    if by_status not in {Outcome.REDIRECTED, Outcome.UNCHANGED} and (block := find_block_page(payload)):
        return Classification(Outcome.BLOCKED, payload, f"status {received.status}: {block}")
    if by_status is not Outcome.FETCHED:
        is_refusal = received.status == 403 and len(payload) < _SMALLEST_FRAME
        return Classification(by_status, payload, f"status {received.status}", is_refusal)
    if broken is not None:
        return broken
    fault = _find_fault(received, payload, is_page=is_page, may_be_packed=may_be_packed)
    if fault is None:
        return Classification(Outcome.FETCHED, payload)
    return Classification(fault[0], payload, fault[1], is_garbled=fault[0] is Outcome.TRUNCATED)


def _decode(received: Received, largest: int) -> tuple[bytes, Classification | None]:
    """The decoded payload; where the body as it came is broken, b"" and what is wrong with it.

    A coded body proves its own end: one that unpacks whole is whole, though the head declared more bytes (servers that
    compress have been seen to declare the length of before).
    """
    coding = received.headers.get("content-encoding", "").strip().lower()
    lost = None if received.cut is None else _describe_cut(received.cut, largest)
    if lost is not None and (received.cut == "length" or coding in {"", "identity"}):
        return b"", lost
    try:
        return decode_payload(received.body, coding, largest), None
    except PayloadTooLargeError as error:
        return b"", Classification(Outcome.TOO_LARGE, b"", str(error))
    except PayloadError as error:
        is_garbled = not isinstance(error, UnknownCodingError)
        return b"", lost or Classification(Outcome.BAD_ENCODING, b"", str(error), is_garbled=is_garbled)


def _describe_cut(cut: Cut, largest: int) -> Classification:
    match cut:
        case "length":
            return Classification(Outcome.TOO_LARGE, b"", f"more than {largest} bytes on the wire")
        case "time":
            why = "the body did not end before the deadline"
            return Classification(Outcome.TIMEOUT, b"", why, is_garbled=True)
        case "disconnect":
            why = "the connection ended before the body"
            return Classification(Outcome.TRUNCATED, b"", why, is_garbled=True)


def _find_fault(
    received: Received, payload: bytes, *, is_page: bool, may_be_packed: bool
) -> tuple[Outcome, str] | None:
    """The first reason for which a decoded payload is not what was asked for, or None."""
    content_type = received.headers.get("content-type")
    if not payload or payload.isspace():
        return Outcome.EMPTY, "no body, or nothing but white space"
    if payload.startswith(_GZIP) and not may_be_packed:
        return Outcome.BAD_ENCODING, "gzip within the declared coding, or undeclared"
    if strange := find_strange_type(payload, bare_media_type(content_type), is_page=is_page):
        return Outcome.NOT_A_PAGE, strange
    return _find_page_fault(received, payload, content_type) if is_page else None


def _find_page_fault(received: Received, payload: bytes, content_type: str | None) -> tuple[Outcome, str] | None:
    if decode_page(payload, declared := find_charset(content_type)) is None:
        return Outcome.BAD_CHARSET, f"declared {declared and declared[:40]!r} by the server, but the bytes are not"
    if missing := find_soft_not_found(payload):
        return Outcome.SOFT_NOT_FOUND, missing
    # Where only the end of the connection marks the end of the body, a cut one looks whole: the markup has to show it.
    if not received.headers.keys() & _FRAMED and b"</html" not in payload[-2048:].lower():
        return Outcome.TRUNCATED, "no declared length, and the markup does not end"
    return None


def find_strange_type(payload: bytes, media_type: str | None, *, is_page: bool) -> str | None:
    """What is here instead of text, by its first bytes or its declared type, or None."""
    for magic, name in _MAGIC:
        if payload.startswith(magic):
            return name
    is_expected = media_type is None or (media_type in PAGE_TYPES if is_page else _SOURCE_TYPE.fullmatch(media_type))
    if not is_expected:
        return f"media type {media_type}"
    if b"\x00" in payload[:1024] and not payload.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE, _GZIP)):
        return "binary content"
    return None


# Bounded, for a page of nothing but opening tags would otherwise be searched from each of them to its end.
_TITLE = re.compile(rb"<title[^>]{0,300}>([^<]{0,1000})", re.IGNORECASE)
_HEADING = re.compile(rb"<h1[^>]{0,300}>(.{0,1000}?)</h1", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_BLOCK_PAGES = tomllib.loads((Path(__file__).parent / "block_pages.toml").read_text("utf-8"))
_BLOCK_TITLES = re.compile(f"^({'|'.join(_BLOCK_PAGES['titles'])})", re.IGNORECASE)
_BLOCK_BYTES = [(mark.encode(), name) for mark, name in _BLOCK_PAGES["marks"].items()]
_SMALLEST_FRAME = 4_000
"""Bytes. A page of a site has menus and footers; what a proxy or a firewall writes of itself is shorter."""
_LARGEST_BLOCK_PAGE = 40_000
"""Challenge and denial pages are small; above this only a title convicts."""


def _visible(pattern: re.Pattern[bytes], payload: bytes) -> str:
    match = pattern.search(payload[:_HEAD_LOOKED_AT])
    if match is None:
        return ""
    return " ".join(html.unescape(_TAG.sub(" ", match[1].decode("utf-8", "replace"))).split())


def find_block_page(payload: bytes) -> str | None:
    """The mark of a block page or challenge, whatever the status it came with, or None.

    >>> find_block_page(b"<title>Just a moment...</title>")
    'title "Just a moment..."'
    >>> find_block_page(b"<title>Access denied to asylum: a study | IOM</title>") is None
    True
    """
    title = _visible(_TITLE, payload)
    if _BLOCK_TITLES.search(title):
        return f'title "{title[:80]}"'
    if len(payload) <= _LARGEST_BLOCK_PAGE:
        return next((name for mark, name in _BLOCK_BYTES if mark in payload), None)
    return None


def find_soft_not_found(payload: bytes) -> str | None:
    """The title or heading that says that the page is not there, or None.

    >>> find_soft_not_found(b"<title>Page not found | IOM</title>")
    'title "Page not found | IOM"'
    """
    for name, pattern in (("title", _TITLE), ("heading", _HEADING)):
        text = _visible(pattern, payload)
        if says_not_found(text):
            return f'{name} "{text[:80]}"'
    return None
