"""A verdict on a run, what it is judged by, its reasons, and what people decided (docs/contracts.md, sections 4, 5).

Belongs here: their shapes, and which part of a run a decision is about. Does not belong here: judging
(``pipeline.gate``), the file of decisions (``pipeline.gate.judgement``), SQL over verdicts (``warehouse.build``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from contracts.run import Source

Judge = Literal["gate", "import", "decision"]
"""Who judged: the gate's rules, nobody (what was handed in is accepted as it is), or a person."""


class Reason(Struct, frozen=True):
    """Why a run was rejected, or what a person should see of it: a field, before, after, an example, the words.

    ``rule`` is the rule of the gate that says so; empty in what was published before rules were named.
    """

    field: str
    before: str
    after: str
    first_url: str | None
    message: str
    rule: str = ""


class Verdict(Struct, frozen=True, kw_only=True):
    """What was judged of one site and kind of page of one run."""

    run_id: str
    site: str
    kind: str
    verdict: Literal["accepted", "rejected"]
    by: Judge
    reasons: tuple[Reason, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Whether the record is derived from that part of the run."""
        return self.verdict == "accepted"


class Decision(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of ``decisions.jsonl``. ``site`` and ``kind`` None: all of the run; ``url`` is set for a purge only."""

    decided_at: datetime
    decision: Literal["accept", "reject", "purge"]
    why: str
    who: str
    run_id: str | None = None
    site: str | None = None
    kind: str | None = None
    url: str | None = None

    def overrules(self, run_id: str, site: str, kind: str) -> bool:
        """Whether it says how this part of a run is judged; a purge says nothing of that."""
        return (
            self.decision != "purge"
            and self.run_id == run_id
            and self.site in {None, site}
            and self.kind in {None, kind}
        )


BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)
"""The time of what bears none."""


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """One page with a body of its own in a run, as read.

    ``key`` is the project's id on the page, or None. ``filled`` names the fields that have a value, ``unread`` those
    that the page states in a way that no rule reads: they keep the last read value. ``layout`` is None when the page
    was quarantined, or its text is nobody's (``is_nobodys``: one text under many addresses): then nothing else is known
    of it. ``observed_at`` is when it was captured. ``stated`` has, as text, the title and what matters most, of pages
    that were also handed in; else nothing.
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
    is_nobodys: bool = False
    stated: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_read(self) -> bool:
        """Whether a layout matched."""
        return self.layout is not None


@dataclass(frozen=True, slots=True)
class SiteRun:
    """One run's part for one site and kind of page, in the order in which the runs started.

    Crawls are judged, what comes of another ``source`` was chosen by a person. ``site_config`` is the text of the site
    file that the run used, or None. ``n_listed`` counts the distinct pages that the site's sources named, whether they
    were due or not; None: not known. ``last_fetched_at`` is the time of its last answer. Pages are known by their keys,
    each with its last word alone: ``unchanged`` maps earlier runs to the pages that still answer with what was archived
    then, ``unknown`` outcomes to the pages of which nothing was learnt, with an address each; ``absent`` were answered
    404 or 410, ``moved`` redirect to another page, ``pages`` have a body. ``conflicts`` are addresses whose answer the
    archive had already, and that would be read otherwise here.
    """

    run_id: str
    source: Source
    site: str
    kind: str
    site_config: str | None = None
    n_listed: int | None = None
    last_fetched_at: datetime = BEFORE_ALL
    unchanged: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unknown: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    pages: tuple[JudgedPage, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def is_import(self) -> bool:
        """Whether a person handed it in, rather than that the site was asked."""
        return self.source != "crawl"

    @property
    def n_unchanged(self) -> int:
        """Pages answered as unchanged (no body)."""
        return sum(len(page_keys) for page_keys in self.unchanged.values())

    @property
    def answered(self) -> frozenset[str]:
        """The pages of which something was learnt."""
        return (
            self.absent
            | self.moved
            | frozenset[str]().union(*self.unchanged.values(), (p.page_key for p in self.pages))
        )
