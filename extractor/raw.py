"""What reading one page gives: raw, positioned texts under the names of what they are, or the reason why not.

Belongs here: the shapes. Does not belong here: how they are found, and what their texts mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contracts.extraction import BlockCounts
from contracts.fields import DocumentKind, FieldName
from extractor.blocks.text import SourceText

Status = Literal["read", "quarantined"]


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """One label of a project page with what stands under it.

    ``field`` is None for a label that is in no vocabulary of ours: it is kept as it stands. ``label`` is empty where
    the page prints values without labels (rule ``shape:…``). ``values`` are in page order and never empty: a label
    without a value is not a field of the page (see ``ProjectPage.empty_labels``).
    """

    field: FieldName | None
    label: SourceText
    values: tuple[SourceText, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """A project page: at most one ``LabelledValue`` a field, in page order; ``description`` by paragraphs, or none.

    ``unread`` are the fields that the page states in a way that no rule reads: a value under words that nobody knows,
    two values, a label that lost its value.
    """

    fields: tuple[LabelledValue, ...]
    description: tuple[SourceText, ...] = ()
    empty_labels: tuple[SourceText, ...] = ()
    unread: tuple[FieldName, ...] = ()


@dataclass(frozen=True, slots=True)
class NewsPage:
    """A news page: unwrapped paragraphs without frame, captions, share links, related items and contact block.

    ``contact_block`` holds the lines that name staff with e-mail and telephone, as they stand: personal data, never
    published and never logged.
    """

    paragraphs: tuple[SourceText, ...]
    contact_block: tuple[SourceText, ...] = ()


@dataclass(frozen=True, slots=True)
class MetadataText:
    """A raw value from a page's markup and where it stood: ``article:published_time``, ``json-ld:datePublished``."""

    text: SourceText
    name: str


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What the markup states about the page; all of it optional, none of it needed. A text page has none.

    ``alternates`` are (language tag, URL) of ``link rel=alternate hreflang``. URLs are as written (maybe relative).
    ``published`` is the first of its sources in the order of trust in ``metadata`` that is a date, else the first.
    """

    html_lang: str | None = None
    canonical_url: str | None = None
    alternates: tuple[tuple[str, str], ...] = ()
    published: MetadataText | None = None
    og_title: SourceText | None = None
    headline: SourceText | None = None
    site_name: SourceText | None = None
    page_title: SourceText | None = None


NO_METADATA = PageMetadata()
NO_BLOCKS = BlockCounts(total=0, frame=0, explained=0, unexplained=0)


@dataclass(frozen=True, slots=True)
class FrameFact:
    """Something the frame of the page says of IOM or of its country office; never part of the record.

    ``name`` is ``member_states`` (``175``), ``presence_countries`` (``171``, ``over 100``), ``present_since``
    (``2003``), ``office_country`` (``Liberia``) or ``thematic_areas`` (the list as one text). ``evidence`` is the
    phrase around ``value``.
    """

    name: str
    value: SourceText
    evidence: SourceText


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page, read or quarantined: exactly one layout matched, or ``reason`` says what is wrong.

    ``kind``, ``layout``, ``title``, ``project`` and ``news`` are None when quarantined. ``lang`` is the language (BCP
    47 primary tag) of the labels or the markup, with its basis; None where neither says. ``unexplained`` are texts of
    content blocks that no rule of the layout knows.
    """

    status: Status
    reason: str | None = None
    kind: DocumentKind | None = None
    layout: str | None = None
    title: SourceText | None = None
    lang: str | None = None
    lang_basis: Literal["labels", "markup"] | None = None
    metadata: PageMetadata = NO_METADATA
    project: ProjectPage | None = None
    news: NewsPage | None = None
    blocks: BlockCounts = NO_BLOCKS
    unexplained: tuple[SourceText, ...] = ()
    frame_facts: tuple[FrameFact, ...] = ()
