"""What one reading of one capture is, field by field, as ``docs/contracts.md`` section 3 fixes it.

Belongs here: shapes. Does not belong here: how a value is found. None always means that the page does not state the
value, or states it in a form that no rule reads (the ``_raw`` beside it is then set). Dates are EDTF text with the
page's own precision. ``start`` and ``end`` are byte offsets in the decoded payload.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

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


class Alternate(msgspec.Struct, frozen=True, kw_only=True):
    """A translation of the page that the page itself names. ``lang`` is as written in ``hreflang``."""

    lang: str
    url: str


class CountryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One country in one role. ``country_code`` is ISO 3166-1 alpha-2, plus XK for Kosovo as CLDR has it."""

    role: CountryRole
    country_code: str
    raw: str
    rule: str
    certainty: Certainty
    start: int | None
    end: int | None


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the text names. What ``name`` and ``value`` hold for each kind: ``extractor.mentions``."""

    kind: MentionKind
    name: str
    value: str | None
    rule: str
    certainty: Certainty
    raw: str
    start: int | None
    end: int | None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Where one published value stands in the payload. ``value`` is the published value as text."""

    field: str
    value: str
    raw: str
    rule: str
    certainty: Certainty
    start: int | None
    end: int | None


class Unmapped(msgspec.Struct, frozen=True, kw_only=True):
    """A label that no rule knows (``field`` is None), or a value that no codebook has."""

    field: str | None
    label: str | None
    value: str


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """An inconsistency of the publisher's own, seen on this page alone. Codes: ``docs/issues.md``."""

    code: str
    field: str | None
    detail: str


class BlockCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How the blocks of the page were accounted for: ``total = frame + explained + unexplained``."""

    total: int
    frame: int
    explained: int
    unexplained: int


class ProjectRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What an IDF project page states."""

    projects_id: str | None = None
    projects_id_scheme: str | None = None
    prima_id: str | None = None
    start_date: str | None = None
    start_date_raw: str | None = None
    start_year: int | None = None
    end_date: str | None = None
    end_date_raw: str | None = None
    end_year: int | None = None
    status: str | None = None
    status_raw: str | None = None
    type_code: str | None = None
    type_name: str | None = None
    type_raw: str | None = None
    budget_amount: Decimal | None = None
    budget_currency: str | None = None
    budget_raw: str | None = None
    coverage: str | None = None
    coverage_raw: str | None = None
    funding_year: int | None = None
    funding_year_raw: str | None = None
    idf_region: str | None = None
    idf_region_raw: str | None = None
    countries: tuple[str, ...] = ()
    countries_raw: str | None = None
    other_countries: tuple[str, ...] = ()
    other_countries_raw: str | None = None
    description: str | None = None


class NewsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a news page states. ``body`` has its paragraphs divided by an empty line, contacts withheld."""

    published_date: str | None = None
    published_source: Literal["metadata", "listing", "dateline"] | None = None
    published_raw: str | None = None
    dateline_raw: str | None = None
    dateline_place: str | None = None
    dateline_place_kind: Literal["city", "country", "region"] | None = None
    dateline_country: str | None = None
    event_start: str | None = None
    event_end: str | None = None
    event_raw: str | None = None
    event_place: str | None = None
    event_country: str | None = None
    event_duration: str | None = None
    relative_date: str | None = None
    sdg_targets: tuple[str, ...] = ()
    body: str | None = None
    word_count: int | None = None


class Extraction(msgspec.Struct, frozen=True, kw_only=True):
    """One row of ``extracted/<release>/<run_id>.parquet``."""

    capture_id: str
    run_id: str
    site: str
    url: str
    page_key: str
    observed_at: datetime
    time_basis: str
    release: int
    status: Literal["read", "quarantined"]
    reason: str | None = None
    kind: Literal["project", "news"] | None = None
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


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Personal data, for ``private/`` only. ``phones`` are E.164 where they can be read as numbers, else as printed."""

    capture_id: str
    url: str
    name: str | None
    organisation: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    start: int | None
    end: int | None


class PageInput(msgspec.Struct, frozen=True, kw_only=True):
    """What the fetch ledger says of a page; with its bytes, all that its record depends on.

    ``listing_date`` is verbatim, from the listing or feed that named the page, or None.
    """

    capture_id: str
    run_id: str
    site: str
    url: str
    page_key: str
    observed_at: datetime
    time_basis: str
    release: int
    listing_date: str | None = None


class Interpretation(msgspec.Struct, frozen=True, kw_only=True):
    """One page read: what may be published, and the contacts that may not."""

    extraction: Extraction
    contacts: tuple[Contact, ...]
