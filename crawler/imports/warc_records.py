"""One record of a WARC that others made, taken as a capture of a page, or left out for a reason.

Belongs here: what other tools write, each in its way, and what it means here. Does not belong here: files
(``crawler.imports.wacz``, ``crawler.warc.members``), the run that comes of it (``crawler.imports.warc``), classifying a
page's body (``crawler.answers.classification``).
"""

import re
from dataclasses import dataclass
from datetime import datetime

from contracts.outcomes import Outcome, outcome_of_status
from contracts.run import READER_OF
from crawler.answers.classification import Received, classify_page
from crawler.archive.volumes import Truncation
from crawler.errors import PayloadError, PayloadTooLargeError, UrlError
from crawler.imports.door import Address, find_replay, is_replayed, original_head, read_address
from crawler.site.site import Sites
from crawler.site.urls import host_of, join_url, path_of
from crawler.warc.http import ResponseHead, bare_media_type, decode_body, parse_response_head, split_head
from crawler.warc.members import Record
from crawler.warc.records import parse_warc_date

LARGEST_PAYLOAD = 40_000_000
"""Bytes of a page, decoded; the same as a site file's default."""
_ASSET = re.compile(
    r"\.(css|js|mjs|map|json|xml|txt|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|eot|mp[34]|webm|ogg|wav|pdf|zip|gz|"
    r"docx?|xlsx?|pptx?|csv)$",
    re.IGNORECASE,
)
_TRUNCATIONS: dict[str, Truncation] = {"length": "length", "time": "time", "disconnect": "disconnect"}
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d\b")
_TAKEN_TYPES = frozenset({"response", "revisit", "resource", "conversion"})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is no capture of a page: ``reason`` in words, to be counted."""

    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A capture of a page as a record of an imported WARC gives it, classified.

    ``payload`` is decoded, or as it came where it cannot be. ``head`` and ``body`` are the stored HTTP message; both
    are empty for a resource or conversion, whose content is ``payload``. ``refers_to`` is the record id, URL and date
    by which a revisit names its original. ``cut`` names the credentials that its addresses had in their queries.
    """

    warc_type: str
    record_id: str
    url: str
    fetched_at: datetime
    outcome: Outcome
    payload: bytes
    head: bytes = b""
    body: bytes = b""
    http: ResponseHead | None = None
    content_type: str | None = None
    detail: str | None = None
    final_url: str | None = None
    truncated: Truncation | None = None
    ip_address: str | None = None
    digest: str | None = None
    refers_to: tuple[str | None, str | None, datetime | None] = (None, None, None)
    cut: tuple[str, ...] = ()


def is_candidate(record: Record) -> bool:
    """Whether the record could be a capture at all, by its type."""
    return record.warc_type in _TAKEN_TYPES


def read_answer(record: Record, sites: Sites, latest: datetime | None = None) -> Answer | LeftOut:
    """The capture that a record is, or why it is none. Nothing is raised for what a record says.

    ``latest`` is the newest believable date (None: any): a capture from the future would be the newest for ever.
    """
    fetched_at = parse_warc_date(record.headers.get("warc-date", ""))
    address = _read_address(record.url)
    if not is_candidate(record):
        return LeftOut("requests, metadata and the like")
    if fetched_at is None or (latest is not None and fetched_at > latest):
        return LeftOut("records without a believable date")
    if record.block is None:
        return LeftOut("records over the size limit")
    if fault := _find_url_fault(address.url):
        return LeftOut(fault)
    if record.warc_type in {"resource", "conversion"}:
        return _read_content(record, address, fetched_at, record.block)
    return _read_http(record, address, fetched_at, record.block, sites)


def _read_address(value: str) -> Address:
    """A URI of a record as a crawl of ours would have asked for it; an empty one for what is no http(s) URL.

    Whoever crawled may have asked with a fragment, a blank, or a name and a password: none is a page's address. Wget
    writes it between angle brackets up to 1.20, as the grammar of WARC 1.0 could be read.

    >>> _read_address("<http://user:secret@www.IOM.int/x/../news/é à#top>").url
    'http://www.iom.int/news/%C3%A9%20%C3%A0'
    """
    bare = value.strip().removeprefix("<").removesuffix(">")
    try:
        return read_address(bare) if bare.isprintable() else Address("")
    except UrlError:
        return Address("")


def _find_url_fault(url: str) -> str | None:
    if not url:
        return "records of other than http(s) URLs"
    if "__wb_method=" in url:  # how pywb and Browsertrix name the answer to a POST
        return "answers to other than GET requests"
    return "responses that are no pages" if _ASSET.search(path_of(url)) else None


def _read_content(record: Record, address: Address, fetched_at: datetime, block: bytes) -> Answer | LeftOut:
    """A resource is taken when it is HTML; a conversion when it is the text of a page (a WET file's records)."""
    content_type = record.headers.get("content-type", "")
    reader = READER_OF.get(bare_media_type(content_type) or "")
    if reader is None or (reader == "text") != (record.warc_type == "conversion"):
        return LeftOut("responses that are no pages")
    outcome, detail = Outcome.FETCHED if block.strip() else Outcome.EMPTY, None
    if "warc-truncated" in record.headers:
        outcome = Outcome.TRUNCATED
    elif reader == "html":
        classification = classify_page(Received(200, {"content-type": content_type}, block), LARGEST_PAYLOAD)
        # Nobody says how long a resource was; that its markup does not end is no sign that it was cut.
        if classification.outcome is not Outcome.TRUNCATED:
            outcome, detail = classification.outcome, classification.detail
    elif not _is_utf8(block):
        outcome = Outcome.BAD_CHARSET
    return Answer(
        record.warc_type,
        record.record_id,
        address.url,
        fetched_at,
        outcome,
        block,
        content_type=content_type.strip(),
        detail=detail,
        cut=address.cut,
    )


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Origin:
    """Whose answer a stored message is: of the page itself, or of the page that the Wayback Machine has replayed."""

    address: Address
    fetched_at: datetime
    http: ResponseHead
    note: str | None = None


def _find_origin(address: Address, fetched_at: datetime, http: ResponseHead) -> _Origin | LeftOut:
    replay = find_replay(address.url)
    if replay is None:
        return _Origin(address, fetched_at, http)
    if not replay.is_verbatim:
        return LeftOut("replays that the Wayback Machine has rewritten (ask it with id_ after the time)")
    if not is_replayed(http, replay):
        return LeftOut("answers of the Wayback Machine itself")
    replayed = _read_address(replay.url)
    if fault := _find_url_fault(replayed.url):
        return LeftOut(fault)
    both = Address(replayed.url, address.cut + replayed.cut)
    return _Origin(both, replay.captured_at, original_head(http), f"replayed by {address.url}")


def _read_http(record: Record, address: Address, fetched_at: datetime, block: bytes, sites: Sites) -> Answer | LeftOut:
    head, body = split_head(block)
    while _INTERIM.match(head) and body.startswith(b"HTTP/"):
        head, body = split_head(body)  # some tools keep the 100 Continue that came before the answer
    http = _find_head(record, head, block)
    origin = _find_origin(address, fetched_at, http) if http else LeftOut("responses that are not HTTP")
    if isinstance(origin, LeftOut):
        return origin
    http = origin.http
    if http.status == 200 and http.media_type is not None and READER_OF.get(http.media_type) != "html":
        return LeftOut("responses that are no pages")
    payload, outcome, detail = body, outcome_of_status(http.status), None
    truncated = record.headers.get("warc-truncated")
    if record.warc_type == "response":
        payload, outcome, detail = _classify(http, body, truncated=truncated is not None)
    target = Address("")
    if outcome is Outcome.REDIRECTED:
        outcome, target = classify_redirect(origin.address.url, http.headers.get("location"), sites)
    return Answer(
        warc_type=record.warc_type,
        record_id=record.record_id,
        url=origin.address.url,
        fetched_at=origin.fetched_at,
        outcome=outcome,
        payload=payload,
        head=head,
        body=body,
        http=http,
        content_type=http.headers.get("content-type"),
        detail="; ".join(words for words in (detail, origin.note) if words) or None,
        final_url=target.url or None,
        truncated=_TRUNCATIONS.get((truncated or "").lower(), "unspecified") if outcome is Outcome.TRUNCATED else None,
        ip_address=record.headers.get("warc-ip-address"),
        digest=record.headers.get("warc-payload-digest"),
        refers_to=_refers_to(record),
        cut=origin.address.cut + target.cut,
    )


def _find_head(record: Record, head: bytes, block: bytes) -> ResponseHead | None:
    """The stored head; of a revisit that was stored without one, what its profile says; else None."""
    try:
        return parse_response_head(head)
    except PayloadError:
        if record.warc_type != "revisit" or block.strip():
            return None
    return ResponseHead(304 if "not-modified" in record.headers.get("warc-profile", "") else 200, {})


def _refers_to(record: Record) -> tuple[str | None, str | None, datetime | None]:
    return (
        record.refers_to,
        _read_address(record.headers.get("warc-refers-to-target-uri", "")).url or None,
        parse_warc_date(record.headers.get("warc-refers-to-date", "")),
    )


def _classify(http: ResponseHead, body: bytes, *, truncated: bool) -> tuple[bytes, Outcome, str | None]:
    """Payload, outcome and why. What cannot be decoded stays as it came; a status that needs no body counts without."""
    if outcome_of_status(http.status) is Outcome.FETCHED and (why := _find_cut(http, body, truncated=truncated)):
        return body, Outcome.TRUNCATED, why
    try:
        payload = decode_body(http, body, LARGEST_PAYLOAD)
    except PayloadTooLargeError as error:
        return body, Outcome.TOO_LARGE, str(error)
    except PayloadError as error:
        return body, Outcome.BAD_ENCODING, str(error)
    if http.status == 304:
        return payload, Outcome.UNRESOLVED_REVISIT, "a 304 that does not say what it refers to"
    decoded = {name: value for name, value in http.headers.items() if name != "content-encoding"}
    classification = classify_page(Received(http.status, decoded, payload), LARGEST_PAYLOAD)
    return payload, classification.outcome, classification.detail


def _find_cut(http: ResponseHead, body: bytes, *, truncated: bool) -> str | None:
    """How a stored body shows that it is not whole, or None.

    Content-Length counts what was sent: of a chunked body nothing, of a coded one, which proves its own end, not the
    bytes of a tool that has stored it decoded.
    """
    if truncated:
        return "the archive says so"
    declared = http.headers.get("content-length", "")
    if not (declared.isascii() and declared.isdigit() and len(body) < int(declared)):
        return None
    return (
        None if {"transfer-encoding", "content-encoding"} & http.headers.keys() else f"{len(body)} of {declared} bytes"
    )


def classify_redirect(url: str, location: str | None, sites: Sites) -> tuple[Outcome, Address]:
    """The outcome of a redirect, and its target, empty where it is of no use. A page may move between sites of ours."""
    try:
        target = read_address(join_url(url, location or ""))
    except UrlError:
        return Outcome.REDIRECT_LOOP, Address("")
    if not location or url == target.url:
        return Outcome.REDIRECT_LOOP, Address("")
    if sites.page_key(url) == sites.page_key(target.url):
        return Outcome.SAME_PAGE_REDIRECT, target
    is_one_host = host_of(url).removeprefix("www.") == host_of(target.url).removeprefix("www.")
    is_known = sites.for_url(url) is not None and sites.for_url(target.url) is not None
    return (Outcome.REDIRECTED if is_one_host or is_known else Outcome.REDIRECTED_OFF_SITE), target
