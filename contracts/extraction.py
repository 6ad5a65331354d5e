"""What the extractor gives: one reading of one capture, its releases, and the types of project that it knows.

A reading is a row of ``extracted/<release>/<run_id>.parquet`` (docs/contracts.md, 3). Belongs here: shapes. Does not
belong here: the fields of a record (``contracts.fields``), how a value is found, reading ``releases.toml``
(``pipeline.stages.releases``), the codebooks (``extractor.codebooks``).

None always means that the page does not state the value, or states it in a form that no rule reads (the ``_raw``
beside it is then set). Dates are EDTF text with the page's own precision. ``start`` and ``end`` are byte offsets in the
decoded payload.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from msgspec import Struct

from contracts.fields import DocumentKind, NewsRecord, Number, ProjectRecord
from contracts.run import Instant, TimeBasis


class ExtractorRelease(Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """One extractor release. ``released_on`` never falls as ``number`` grows; ``code_sha256`` is of its sources."""

    number: int
    released_on: date
    summary: str = ""
    code_sha256: str = ""


class ProjectType(Struct, frozen=True, kw_only=True):
    """A type of project: a row of ``v1.project_types``."""

    type_code: str
    name: str
    wordings: tuple[str, ...]


Certainty = Literal["stated", "interpreted", "inferred"]
"""``stated``: the page's own words; ``interpreted``: read through a codebook or gazetteer; ``inferred``.

Concluded from several places.
"""

CountryRole = Literal["benefiting", "other_benefiting", "primary", "dateline", "participant", "funder", "mention"]

MentionKind = Literal[
    "acronym",
    "activity",
    "date",
    "duration",
    "funder",
    "office",
    "organisation",
    "person",
    "programme",
    "project",
    "project_country",
]


class Alternate(Struct, frozen=True, kw_only=True):
    """A translation of the page that the page itself names. ``lang`` is as written in ``hreflang``."""

    lang: str
    url: str


class CountryEntry(Struct, frozen=True, kw_only=True):
    """One country in one role. ``country_code`` is ISO 3166-1 alpha-2, plus XK for Kosovo as CLDR has it."""

    role: CountryRole
    country_code: str
    raw: str
    rule: str
    certainty: Certainty
    start: Number | None
    end: Number | None


class Mention(Struct, frozen=True, kw_only=True):
    """One thing that the text names. What ``name`` and ``value`` hold for each kind: ``extractor.mentions``."""

    kind: MentionKind
    name: str
    value: str | None
    rule: str
    certainty: Certainty
    raw: str
    start: Number | None
    end: Number | None


class Evidence(Struct, frozen=True, kw_only=True):
    """Where one published value is in the payload. ``value`` is the published value as text."""

    field: str
    value: str
    raw: str
    rule: str
    certainty: Certainty
    start: Number | None
    end: Number | None


class Unmapped(Struct, frozen=True, kw_only=True):
    """A label that no rule knows (``field`` is None), or a value that no codebook has."""

    field: str | None
    label: str | None
    value: str


class Issue(Struct, frozen=True, kw_only=True):
    """An inconsistency of the publisher's own, seen on this page alone. Codes: ``docs/issues.md``."""

    code: str
    field: str | None
    detail: str


class BlockCounts(Struct, frozen=True, kw_only=True):
    """How the blocks of the page were accounted for: ``total = frame + explained + unexplained``."""

    total: Number
    frame: Number
    explained: Number
    unexplained: Number


class PageOrigin(Struct, frozen=True, kw_only=True):
    """Which answer is read, as its line of the ledger has it, and by which extractor release."""

    capture_id: str
    run_id: str
    site: str
    url: str
    page_key: str
    observed_at: Instant
    time_basis: TimeBasis
    release: Number

    def as_fields(self) -> dict[str, Any]:
        """These fields alone, for a row of the same origin."""
        return {name: getattr(self, name) for name in PageOrigin.__struct_fields__}


class Extraction(PageOrigin, frozen=True, kw_only=True):
    """One row of ``extracted/<release>/<run_id>.parquet``.

    ``unread_fields`` are fields that the page states in a way that no rule reads.
    """

    status: Literal["read", "quarantined"]
    reason: str | None = None
    kind: DocumentKind | None = None
    layout: str | None = None
    lang: str | None = None
    lang_basis: Literal["labels", "markup", "url", "detected"] | None = None
    title: str | None = None
    canonical_url: str | None = None
    alternates: tuple[Alternate, ...] = ()
    content_sha256: str | None = None
    project: ProjectRecord | None = None
    news: NewsRecord | None = None
    countries: tuple[CountryEntry, ...] = ()
    mentions: tuple[Mention, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unmapped: tuple[Unmapped, ...] = ()
    issues: tuple[Issue, ...] = ()
    blocks: BlockCounts | None = None
    unexplained: tuple[str, ...] = ()
    unread_fields: tuple[str, ...] = ()


class Contact(Struct, frozen=True, kw_only=True):
    """Personal data, for ``private/`` only. ``phones`` are E.164 where they can be read as numbers, else as printed."""

    capture_id: str
    url: str
    name: str | None
    organisation: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    start: Number | None
    end: Number | None


class PageInput(PageOrigin, frozen=True, kw_only=True):
    """What the fetch ledger says of a page; with its bytes, all that its record depends on.

    ``listing_date`` is verbatim, from the listing or feed that named the page, or None. ``listing_order`` says which of
    its numbers stands first, where the other rows of the listing tell.
    """

    listing_date: str | None = None
    listing_order: Literal["day", "month"] | None = None


class Interpretation(Struct, frozen=True, kw_only=True):
    """One page read: what may be published, and the contacts that may not."""

    extraction: Extraction
    contacts: tuple[Contact, ...]
