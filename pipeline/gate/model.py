"""What the gate is given and what it answers.

Belongs here: plain values. Does not belong here: any rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)
"""The time of what bears none."""


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page with a body of its own in a run, as read.

    ``key`` is the project's id on the page, or None. ``filled`` names the fields that have a value. ``layout`` is None
    when the page was quarantined: then nothing else is known of it. ``observed_at`` is when it was captured.
    """

    page_key: str
    url: str
    layout: str | None
    key: str | None = None
    filled: frozenset[str] = frozenset()
    content_sha256: str | None = None
    n_unmapped: int = 0
    observed_at: datetime = BEFORE_ALL

    @property
    def is_read(self) -> bool:
        """Whether a layout matched."""
        return self.layout is not None


@dataclass(frozen=True, slots=True)
class SiteRun:
    """One run's part for one site and kind of page, in the order in which the runs started.

    Attributes:
        run_id: the run.
        source: ``crawl``, ``folder`` or ``warc``; crawls are judged, the others were chosen by a person.
        site: site id.
        kind: ``project`` or ``news``.
        n_listed: distinct pages of this kind that the site's sitemaps, listings and feeds named, whether they were due
            or not; None: not known.
        n_answered: fetches that told something of their page.
        last_fetched_at: when the last of them was made.
        unchanged: earlier run to the pages that still answer with what was archived then.
        unknown: outcome to number of fetches that tell nothing of their page.
        absent: page keys answered 404 or 410.
        pages: those with a body.
        first_unknown_url: an example, or None.
    """

    run_id: str
    source: str
    site: str
    kind: str
    n_listed: int | None = None
    n_answered: int = 0
    last_fetched_at: datetime = BEFORE_ALL
    unchanged: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    pages: tuple[PageReading, ...] = ()
    first_unknown_url: str | None = None

    @property
    def is_import(self) -> bool:
        """Whether a person handed it in, rather than that the site was asked."""
        return self.source != "crawl"

    @property
    def n_unchanged(self) -> int:
        """Pages answered as unchanged (no body)."""
        return sum(len(page_keys) for page_keys in self.unchanged.values())


@dataclass(frozen=True, slots=True)
class Expectations:
    """What its site file expects of a run: the fewest pages listed, and by field the least share of pages with it.

    ``fault`` says what of the expectations that the run has recorded cannot be read: of that, nothing is expected.
    """

    minimum_pages: int = 0
    fill_rates: Mapping[str, float] = field(default_factory=dict)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a run was rejected (or, as a warning, what a person should see): a field, before, after, an example."""

    rule: str
    field: str
    before: str
    after: str
    first_url: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of a run; ``site`` and ``kind`` None mean all of it. The newest wins."""

    run_id: str
    accept: bool
    why: str
    site: str | None = None
    kind: str | None = None

    def covers(self, run: SiteRun) -> bool:
        """Whether this decision speaks of that part of the run."""
        return self.run_id == run.run_id and self.site in (None, run.site) and self.kind in (None, run.kind)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer for one site and kind of one run.

    ``by`` is ``gate``, ``import`` (accepted as handed in, whatever the reasons) or ``decision``.
    """

    run_id: str
    source: str
    site: str
    kind: str
    is_accepted: bool
    by: Literal["gate", "import", "decision"]
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
