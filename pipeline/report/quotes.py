"""The quoted words in the archived page: its text as archived, with the bytes of each value marked.

Belongs here: the way from a capture and byte ranges to blocks of marked text. Does not belong here: how they look
(``templates/quote.html``), finding evidence (the reader did), proofs (``pipeline.proof``).

Addresses of persons are withheld here as everywhere. A capture whose record is not at hand, or is not what the table
says, gives the reason in words.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from crawler.archive.reader import read_capture
from crawler.errors import CrawlerError
from extractor.blocks.document import Document, UnplacedError, from_text
from extractor.blocks.markup import Markup
from extractor.blocks.reference import read_whole
from extractor.blocks.source import decode_html, decode_text
from extractor.blocks.text import SourceText
from extractor.values.contact_patterns import find_reaches
from extractor.values.contacts import withhold_contacts
from pipeline.ground.printable import escape

SHOWN_CHARACTERS = 60_000
"""Of a page's text so much is shown; what is marked beyond it is shown by itself."""
WITHHELD = "[contact withheld]"
CONTACTS = "[a line with contacts, withheld]"
NO_ARCHIVE = "the archive is not beside these tables"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A range of bytes that values were read from: its number on the page and what was read from it."""

    number: int
    start: int
    end: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Some characters, and the number of the innermost quotation they are in, or None."""

    text: str
    number: int | None


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A block of the page: ``level`` is 1 to 6 for a heading, else 0."""

    level: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    """A page's text with its marks. ``beside`` are quoted bytes that are no text of it: of its head, its attributes.

    ``missing`` says why there is no text; None where there is.
    """

    lines: tuple[QuotedLine, ...] = ()
    beside: tuple[tuple[int, str], ...] = ()
    is_cut: bool = False
    missing: str | None = None


@dataclass(slots=True)
class _Marks:
    """The ranges of a page, and those that were met in its text."""

    quoted: Sequence[Quoted]
    met: set[int] = field(default_factory=set)

    def find(self, start: int, end: int) -> list[Quoted]:
        return [one for one in self.quoted if one.start < end and one.end > start]


def number_evidence(rows: Iterable[Mapping[str, Any]]) -> list[Quoted]:
    """The distinct ranges of rows of ``v1.evidence`` in page order, numbered from 1; rows without a place have none."""
    fields: dict[tuple[int, int], dict[str, None]] = {}
    for row in rows:
        if row["start_byte"] is not None and row["end_byte"] is not None and row["end_byte"] > row["start_byte"]:
            fields.setdefault((row["start_byte"], row["end_byte"]), {})[row["field"]] = None
    ordered = sorted(fields.items(), key=lambda one: (one[0][0], -one[0][1]))
    return [Quoted(n, start, end, tuple(names)) for n, ((start, end), names) in enumerate(ordered, 1)]


def quote_capture(data: Path, place: Mapping[str, Any], quoted: Sequence[Quoted]) -> Quotation:
    """The text of one capture, a row of ``v1.captures`` whose bytes are its own, with its marks.

    ``data`` is the data folder that the row's ``archive_file`` is relative to.
    """
    volume = _find_volume(data, place)
    if volume is None:
        return Quotation(missing="the table names no file of an archive")
    if not volume.is_file():
        return Quotation(missing=NO_ARCHIVE)
    try:
        capture = read_capture(
            volume.parents[1], volume.parent.name, volume.name, place["archive_offset"], place["archive_length"]
        )
    except CrawlerError:
        return Quotation(missing="the archived record does not hold; iomdb fsck says why")
    if hashlib.sha256(capture.payload).hexdigest() != place["payload_sha256"]:
        return Quotation(missing="the archived bytes are not those whose digest the table has; iomdb fsck says why")
    return quote_payload(capture.payload, str(place["reader"]), capture.charset, quoted)


def read_record(data: Path, place: Mapping[str, Any]) -> bytes | None:
    """The bytes of a row's record as they lie in the archive; None where they cannot be read."""
    volume = _find_volume(data, place)
    if volume is None or not volume.is_file():
        return None
    try:
        with volume.open("rb") as opened:
            opened.seek(place["archive_offset"])
            return opened.read(place["archive_length"])
    except OSError:
        return None


def _find_volume(data: Path, place: Mapping[str, Any]) -> Path | None:
    parts = Path(str(place["archive_file"])).parts
    return data.joinpath(*parts) if len(parts) == 3 and not {"..", "/"} & {*parts} else None


def quote_payload(payload: bytes, reader: str, charset: str | None, quoted: Sequence[Quoted]) -> Quotation:
    """The text of a payload with its marks; for HTML that of the region of its content."""
    source = decode_text(payload) if reader == "text" else decode_html(payload, charset)
    if source is None:
        return _quote_document(None, payload, _Marks(quoted))
    try:
        document = from_text(source) if reader == "text" else Markup(source).read_document(_is_shown)
        return _quote_document(document, payload, _Marks(quoted))
    except UnplacedError:
        return _quote_document(read_whole(source, _is_shown), payload, _Marks(quoted))


def _quote_document(document: Document | None, payload: bytes, marks: _Marks) -> Quotation:
    if document is None:
        return Quotation(
            beside=_show_beside(payload, marks), missing=None if marks.quoted else "no text was found in it"
        )
    lines: list[QuotedLine] = []
    shown = 0
    for block in document.blocks:
        if shown > SHOWN_CHARACTERS:
            break
        # Asked for once: each such text finds its places anew.
        if text := block.text:
            lines.append(QuotedLine(block.heading_level, tuple(_mark(text, text.value[:SHOWN_CHARACTERS], marks))))
            shown += len(text)
    return Quotation(tuple(lines), _show_beside(payload, marks), shown > SHOWN_CHARACTERS)


def _is_shown(_: str) -> bool:
    """The whole area is shown, whatever stands in it: a value may have been read from any part of it."""
    return True


def _mark(placed: SourceText, text: str, marks: _Marks) -> list[Run]:
    """The text of a block as runs: at each of its characters the shortest range over it counts."""
    start, end = placed.span()
    found = marks.find(start, end)
    private = find_reaches(text)
    if not found:
        return [Run(CONTACTS if private else escape(text), None)]
    cuts = {0, len(text), *(one.first for one in private), *(one.last for one in private)}
    spans: list[tuple[int, int, int]] = []
    for one in found:
        marks.met.add(one.number)
        first = 0 if one.start <= start else _find_character(placed, text, one.start, is_end=False)
        last = len(text) if one.end >= end else _find_character(placed, text, one.end, is_end=True)
        if first < last:
            spans.append((first, last, one.number))
            cuts |= {first, last}
    spans.sort(key=lambda span: span[1] - span[0])
    ordered = sorted(cuts)
    runs: list[Run] = []
    for first, last in pairwise(ordered):
        number = next((n for a, b, n in spans if a <= first and last <= b), None)
        if any(one.first <= first and last <= one.last for one in private):
            runs.append(Run(WITHHELD, None))
        else:
            runs.append(Run(escape(text[first:last]), number))
    return runs


def _find_character(placed: SourceText, text: str, byte: int, *, is_end: bool) -> int:
    """The first character that begins at a byte or after it; with ``is_end`` the one after the last that ends by it."""
    places = range(len(text))
    if is_end:
        return bisect_right(places, byte, key=lambda index: placed.span(index, index + 1)[1])
    return bisect_left(places, byte, key=lambda index: placed.span(index, index + 1)[0])


def _show_beside(payload: bytes, marks: _Marks) -> tuple[tuple[int, str], ...]:
    return tuple(
        (
            one.number,
            escape(withhold_contacts(payload[one.start : min(one.end, one.start + 600)].decode("utf-8", "replace"))),
        )
        for one in marks.quoted
        if one.number not in marks.met
    )
