"""What the gate is given and what it answers.

Belongs here: plain values. Does not belong here: any rule; the verdict as others read it (``contracts.verdict``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from contracts.verdict import Reason, Verdict

BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)
"""The time of what bears none."""


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """One page with a body of its own in a run, as read.

    ``key`` is the project's id on the page, or None. ``filled`` names the fields that have a value, ``unread`` those
    that the page states in a way that no rule reads: they keep the last read value. ``layout`` is None when the page
    was quarantined: then nothing else is known of it. ``observed_at`` is when it was captured.
    """

    page_key: str
    url: str
    layout: str | None
    key: str | None = None
    filled: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
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
        n_answered: fetches that said something of their page.
        last_fetched_at: when the last of them was made.
        unchanged: earlier run to the pages that still answer with what was archived then.
        unknown: outcome to number of fetches that say nothing of their page.
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
    pages: tuple[JudgedPage, ...] = ()
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


class RuleReason(Reason, frozen=True, kw_only=True):
    """A reason with the name of the rule that gave it."""

    rule: str


class Judgement(Verdict, frozen=True, kw_only=True):
    """A verdict with what the gate knows beside it: the run's source, and which of the reasons reject.

    The rejecting ones come first, in the order of the rules; the others are warnings, and reject nothing.
    """

    source: str
    reasons: tuple[RuleReason, ...] = ()
    n_rejecting: int = 0

    @property
    def rejecting(self) -> tuple[RuleReason, ...]:
        """Why the gate rejects, or would: a decision or a hand-in may have accepted all the same."""
        return self.reasons[: self.n_rejecting]

    @property
    def warnings(self) -> tuple[RuleReason, ...]:
        """What a person should see and what rejects nothing."""
        return self.reasons[self.n_rejecting :]

    def as_verdict(self) -> Verdict:
        """What passes to the warehouse."""
        return msgspec.convert(self, Verdict, from_attributes=True)
