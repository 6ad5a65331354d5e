"""When a layout vanishes: the structure of a page as it was last read, beside the structure of today's.

Belongs here: finding the two captures, their outlines, and setting them side by side.
Does not belong here: noticing that a layout vanished (the gate), reading a page's meaning.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePosixPath
from typing import Any

from crawler.archive.reader import ArchivedCapture, read_capture
from crawler.errors import CrawlerError
from extractor.blocks.document import Block, Document, from_text
from extractor.blocks.reference import read_whole
from extractor.blocks.source import decode_html, decode_text
from pipeline.ground.finding import one_line
from pipeline.ground.folders import DataFolder
from warehouse.errors import WarehouseError
from warehouse.read.published import run_query

MOST_BLOCKS = 400
TEXT_WIDTH = 30
DEEPEST_TAGS = 3

_AFTER = """
SELECT archive_file, archive_offset, archive_length, reader, page_key, captured_at FROM v1.captures
WHERE run_id = ? AND url = ? AND content_capture_id = capture_id AND reader IS NOT NULL
ORDER BY captured_at DESC, capture_id LIMIT 1
"""
_BEFORE = """
SELECT c.archive_file, c.archive_offset, c.archive_length, c.reader, c.page_key, c.captured_at
FROM v1.captures AS c JOIN v1.verdicts AS r ON r.run_id = c.run_id AND r.site = c.site AND r.kind = c.kind
WHERE c.page_key = ? AND c.captured_at < ? AND r.verdict = 'accepted'
  AND c.content_capture_id = c.capture_id AND c.reader IS NOT NULL
ORDER BY c.captured_at DESC, c.capture_id LIMIT 1
"""
_CONTACT = re.compile(r"\S+@\S+|\+\d[\d ().-]{6,}\d|\(?\d{2,4}\)?[ -]\d{2,4}[ -]\d{2,5}")
"""E-mail addresses and telephone numbers, recognised generously: an outline does not need them."""


@dataclass(frozen=True, slots=True)
class StructureChange:
    """The outlines of one page, one line a block: the tags around it and how its text begins. Contacts are left out.

    ``before`` is None where no accepted capture of the page is archived.
    """

    url: str
    before: Sequence[str] | None
    after: Sequence[str]

    def iter_rows(self) -> Iterator[tuple[str, str, str]]:
        """Both sides aligned: left, a mark (``=`` the same, ``<`` gone, ``>`` new, ``|`` another), right."""
        old = list(self.before or ())
        matcher = SequenceMatcher(None, old, list(self.after), autojunk=False)
        for code, a, b, c, d in matcher.get_opcodes():
            for n in range(max(b - a, d - c)):
                left = old[a + n] if a + n < b else ""
                right = self.after[c + n] if c + n < d else ""
                mark = "=" if code == "equal" else "|" if left and right else "<" if left else ">"
                yield left, mark, right

    def describe(self, *, width: int = 110, most_rows: int = 40) -> str:
        """Side by side, for a terminal: what is the same is cut short, what differs is shown first to last."""
        half = max(20, (width - 3) // 2)
        lines = [f"{'last accepted':<{half}}   this run", f"{'-' * half}   {'-' * half}"]
        if self.before is None:
            lines.append("no accepted capture of this page is archived; its structure now:")
        n_same = 0
        for left, mark, right in self.iter_rows():
            n_same = n_same + 1 if mark == "=" else 0
            if n_same > 2:
                continue
            lines.append(f"{left[:half]:<{half}} {mark} {right[:half]}".rstrip())
            if len(lines) >= most_rows:
                lines.append("…")
                break
        return "\n".join(lines)


def compare_structures(folder: DataFolder, run_id: str, url: str) -> StructureChange | None:
    """The page's structure in the run, and in its last accepted capture before it.

    None where the run has no readable capture of the page, or what is published does not know of it.
    """
    try:
        after = run_query(folder.published, _AFTER, [run_id, url]).rows
        if not after:
            return None
        before = run_query(folder.published, _BEFORE, [after[0][4], after[0][5]]).rows
        new = outline_capture(folder, after[0])
        old = outline_capture(folder, before[0]) if before else None
    except (WarehouseError, CrawlerError):
        return None
    return StructureChange(url, old, new)


def outline_capture(folder: DataFolder, place: Sequence[Any]) -> list[str]:
    """The outline of an archived page, by its row of v1.captures (file, offset, length, reader).

    Raises:
        DamagedRecordError: there is no whole record there.
    """
    file, offset, length, reader = place[:4]
    _, run_id, name = PurePosixPath(file).parts
    capture = read_capture(folder.archive, run_id, name, offset, length)
    document = read_document(capture, reader)
    return [] if document is None else outline(document)


def read_document(capture: ArchivedCapture, reader: str) -> Document | None:
    """The blocks of a capture, or None where its bytes are no text."""
    if reader == "text":
        source = decode_text(capture.payload)
        return None if source is None else from_text(source)
    source = decode_html(capture.payload, capture.charset)
    return None if source is None else read_whole(source)


def outline(document: Document) -> list[str]:
    """One line a block, at most :data:`MOST_BLOCKS`."""
    return [_describe(block) for block in document.blocks[:MOST_BLOCKS]]


def _describe(block: Block) -> str:
    tags = [box.tag for box in block.box.iter_up()][:-1][:DEEPEST_TAGS]
    text = _CONTACT.sub("…", one_line(block.text.value, 200))
    return f"{'/'.join(reversed(tags)) or 'line'}  {text[:TEXT_WIDTH]}".rstrip()
