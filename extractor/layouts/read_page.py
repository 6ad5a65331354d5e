"""One page, from bytes to what it says: the way through the other modules.

Belongs here: the order of the steps and the account of every block. Does not belong here: any rule about pages.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Final, Literal

from contracts.extraction import BlockCounts
from contracts.fields import DocumentKind
from contracts.run import Reader
from extractor.blocks.document import Document, UnplacedError, from_text
from extractor.blocks.markup import Markup
from extractor.blocks.reference import read_whole
from extractor.blocks.source import Source, decode_html, decode_text, keeping_garbage
from extractor.codebooks import list_key_labels
from extractor.head.metadata import read_metadata
from extractor.head.printed_date import settle_published
from extractor.layouts.layout import Laid, may_be_project_address, read_layout
from extractor.layouts.repeated import NO_TEXTS, Frame, PageTexts, leave_out, list_texts
from extractor.raw import NO_METADATA, PageMetadata, PageReading
from extractor.roles.boilerplate import find_frame_facts

MAX_BYTES: Final = 2_000_000
"""No page of these sites comes near (the largest met is 130 KB); larger ones are not searched for one."""

MAX_LINES: Final = 20_000
"""No page of these sites has a tenth of these lines or blocks."""

MAX_TEXT: Final = 500_000
"""No page of these sites has a fifth of these characters of text."""

_KEY: Final = re.compile("|".join(map(re.escape, list_key_labels())))
_FRAME_ROLES: Final = frozenset(["frame", "aside", "related", "teaser"])
_LEFT_OUT: Final = frozenset([*_FRAME_ROLES, "caption", "byline"])
"""Roles of blocks that leave no text in the reading."""


@keeping_garbage()
def read_page(
    payload: bytes, *, reader: Reader, url: str, declared_charset: str | None = None, frame: Frame | None = None
) -> PageReading:
    r"""Read one page, whatever its bytes are.

    ``payload`` is decoded (no transfer or content coding); all spans of the reading are offsets in it.
    ``declared_charset`` is what the server said, or None; ``frame`` what repeats on the pages of its site and language,
    or None: then the page is read by rules alone. Never raises for what a page holds: what cannot be read
    rightly is quarantined with a reason.

    >>> page = "Fire drill\nNairobi - Everybody left the building in four minutes, the fire brigade said."
    >>> reading = read_page(page.encode(), reader="text", url="https://www.iom.int/news/fire-drill")
    >>> reading.layout, reading.title.value, reading.title.span()
    ('news/1', 'Fire drill', (0, 10))
    """
    source = _decode(payload, reader, declared_charset)
    if isinstance(source, str):
        return _quarantine(source)
    if reader == "text":
        return _read_document(from_text(source), NO_METADATA, url, frame)
    markup = Markup(source)
    metadata = read_metadata(markup)
    document = markup.read_document(partial(_may_be_project, url))
    if document is not None:
        try:
            return _read_document(document, metadata, url, frame)
        except UnplacedError:
            pass
    return read_page_whole(source, url, frame)


def read_texts(payload: bytes, *, reader: Reader, url: str, declared_charset: str | None = None) -> PageTexts:
    """The texts of a page that may be its site's frame, for ``learn_frame``; none of what cannot be read."""
    source = _decode(payload, reader, declared_charset)
    if isinstance(source, str):
        return NO_TEXTS
    if reader == "text":
        return list_texts(from_text(source), NO_METADATA)
    markup, may_be_project = Markup(source), partial(_may_be_project, url)
    document = markup.read_document(may_be_project) or read_whole(source, may_be_project)
    return list_texts(document, read_metadata(markup)) if document is not None else NO_TEXTS


def _decode(payload: bytes, reader: Reader, declared_charset: str | None) -> Source | str:
    """The text of a payload, or why it is not read."""
    if len(payload) > MAX_BYTES:
        return f"{len(payload)} bytes: more than the {MAX_BYTES} of any page"
    source = decode_text(payload) if reader == "text" else decode_html(payload, declared_charset)
    if source is None:
        return "not UTF-8" if reader == "text" else f"bytes whose charset cannot be told: {declared_charset}"
    if reader == "text" and source.text.count("\n") + source.text.count("\r") > MAX_LINES:
        return f"more lines than the {MAX_LINES} of any page"
    return source


def read_page_whole(source: Source, url: str, frame: Frame | None = None) -> PageReading:
    """The same for the source of an HTML page, without the short cut: what ``read_page`` must agree with."""
    document = read_whole(source, partial(_may_be_project, url))
    if document is None:
        return _quarantine("markup that cannot be parsed")
    return _read_document(document, read_metadata(Markup(source)), url, frame)


def _may_be_project(url: str, text: str) -> bool:
    """Whether a page holds a project's fields, by its address or the label of a key in its text."""
    return may_be_project_address(url) or _KEY.search(text) is not None


def _read_document(document: Document, metadata: PageMetadata, url: str, frame: Frame | None) -> PageReading:
    total = len(document.blocks)
    if total > MAX_LINES or document.n_characters > MAX_TEXT:
        size = f"{total} blocks of text with {document.n_characters} characters"
        return _quarantine(f"{size}: more than the {MAX_LINES} or {MAX_TEXT} of any page", n_blocks=total)
    laid = read_layout(document, metadata, url)
    if frame is not None and (own := leave_out(document, metadata, laid, frame, url)):
        document, metadata = own
        was_read = not isinstance(laid, str)
        laid = read_layout(document, metadata, url)
        if was_read and isinstance(laid, str):
            laid = f"{laid}; other pages of the site say the rest too"
    facts = find_frame_facts(document.source, is_markup=document.is_markup)
    if isinstance(laid, str):
        return _quarantine(laid, metadata, n_blocks=total)
    if laid.news is not None:
        metadata = replace(metadata, published=settle_published(document, laid.roles, metadata.published))
    for index, role in laid.roles.items():
        if role not in _LEFT_OUT:
            document.blocks[index].find_ranges(0, 0)  # raises where they can't be proved
    if laid.title is not None:
        laid.title.span()
    unexplained = [block.text for block in document.blocks if block.index not in laid.roles]
    n_frame = sum(1 for role in laid.roles.values() if role in _FRAME_ROLES) + total - len(document.blocks)
    lang, lang_basis = _find_lang(laid, metadata)
    kind: DocumentKind = "project" if laid.project is not None else "news"
    return PageReading(
        status="read",
        kind=kind,
        layout=laid.layout,
        title=laid.title,
        lang=lang,
        lang_basis=lang_basis,
        metadata=metadata,
        project=laid.project,
        news=laid.news,
        blocks=BlockCounts(
            total=total, frame=n_frame, explained=total - n_frame - len(unexplained), unexplained=len(unexplained)
        ),
        unexplained=tuple(unexplained),
        frame_facts=facts,
    )


def _quarantine(reason: str, metadata: PageMetadata = NO_METADATA, n_blocks: int = 0) -> PageReading:
    counts = BlockCounts(total=n_blocks, frame=0, explained=0, unexplained=n_blocks)
    return PageReading("quarantined", reason, metadata=metadata, blocks=counts)


def _find_lang(laid: Laid, metadata: PageMetadata) -> tuple[str | None, Literal["labels", "markup"] | None]:
    langs = Counter(label.lang for label in laid.labels if label.lang is not None)
    if langs:
        return langs.most_common(1)[0][0], "labels"
    if metadata.html_lang:
        return metadata.html_lang.replace("_", "-").split("-")[0].lower(), "markup"
    return None, None
