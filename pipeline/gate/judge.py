"""Judging all runs: each crawl against the accepted crawls before it, each import against what was known at its time.

Belongs here: order, what is compared with what, what a run's own site file expects, and what becomes of a rejected
crawl when a later one finds the same, or a person decides on one of them. Does not belong here: what makes a run bad
(``rules``), the one verdict (``judgement``), reading what the runs saw (warehouse).

A rejected crawl waits. Where a crawl a day later finds the same pages gone, or the same listing, on a site that is
otherwise as it was, both are accepted: it was the site. A decision to accept a crawl is about all crawls of its streak
that were rejected for nothing else.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from contracts.fields import RECORDS
from contracts.run import FORGIVEN_SHARE
from contracts.verdict import Decision, Reason, SiteRun
from crawler.errors import SiteFileError
from crawler.site.file import Expectation
from crawler.site.site import find_unknown_fields, parse_expectations
from pipeline.gate.baseline import Baseline, ImportBaseline
from pipeline.gate.judgement import Judgement, find_decision, judge_crawl, judge_import
from pipeline.gate.rules import CONFIRMABLE, Expectations, find_unsettled, is_clearance
from warehouse.build.database import read_site_runs
from warehouse.build.sources import Sources

APART = timedelta(days=1) * (1 - FORGIVEN_SHARE)
"""So much later a crawl must be to confirm what one found."""

Cause = frozenset[tuple[str, str]]
"""The rules, each with its field, that rejected a crawl."""


@dataclass(frozen=True, slots=True)
class Case:
    """A crawl, what its site file expects of it, and its place among all runs."""

    number: int
    run: SiteRun
    expectations: Expectations


@dataclass(slots=True)
class CrawlSeries:
    """The crawls of one site and kind so far. ``verdicts`` are by the place of the run, ``accepted`` in their order."""

    decisions: Sequence[Decision]
    baseline: Baseline = field(default_factory=Baseline)
    verdicts: dict[int, Judgement] = field(default_factory=dict)
    accepted: list[SiteRun] = field(default_factory=list)
    _waiting: list[Case] = field(default_factory=list)
    _covered: tuple[Cause, datetime] | None = None

    def judge(self, case: Case) -> None:
        """Judge the next crawl; what it settles of the earlier ones is judged anew."""
        verdict = self._judge(case, self.baseline)
        if verdict.is_accepted:
            if verdict.by == "decision" and verdict.n_rejecting:
                self._cover(case, verdict)
                verdict = self._judge(case, self.baseline)
            self._accept(case, verdict)
            if verdict.by == "decision" or not find_unsettled(verdict.reasons):
                self._waiting = []
                self._covered = self._covered if verdict.by == "decision" else None
        elif verdict.by == "decision":
            self._set_aside(case, verdict)
        elif self._covered is not None and (
            name_cause(verdict) <= self._covered[0] and case.run.last_fetched_at <= self._covered[1]
        ):
            self._accept(case, verdict.accepted("decision"))
        elif (first := self._find_confirmed(case, verdict)) is not None:
            self._settle(first, case)
        else:
            self.baseline.doubt(case.run, self.baseline.find_gone(case.run))
            self._set_aside(case, verdict)
            self._waiting.append(case)

    def _judge(self, case: Case, baseline: Baseline) -> Judgement:
        return judge_crawl(baseline.restate(case.run), baseline, case.expectations, self.decisions)

    def _set_aside(self, case: Case, verdict: Judgement) -> None:
        self.verdicts[case.number] = verdict
        self.baseline.set_aside(self.baseline.restate(case.run))

    def _accept(self, case: Case, verdict: Judgement) -> None:
        self.verdicts[case.number] = verdict
        self.accepted.append(case.run)
        self._take(case, verdict, self.baseline)

    def _take(self, case: Case, verdict: Judgement, baseline: Baseline) -> None:
        is_strange = any(reason.rule in CONFIRMABLE for reason in verdict.rejecting)
        restated = baseline.restate(case.run)
        baseline.accept(restated, by_gate=verdict.by == "gate", has_lasting_listing=is_strange)

    def _cover(self, case: Case, verdict: Judgement) -> None:
        """A decision accepts a crawl that the gate rejects: so are those before it that were rejected for the same."""
        decision = find_decision(case.run, self.decisions)
        assert decision is not None, "the verdict is by a decision"
        cause = name_cause(verdict)
        for one in self._waiting:
            if name_cause(self.verdicts[one.number]) <= cause:
                self._accept(one, self.verdicts[one.number].accepted("decision"))
        self._covered = cause, decision.decided_at

    def _find_confirmed(self, case: Case, verdict: Judgement) -> Case | None:
        """The first waiting crawl that this one confirms: had it been accepted, nothing would reject this one.

        One that did not get to see again what was found gone confirms nothing.
        """
        if find_unsettled(verdict.reasons) or not {reason.rule for reason in verdict.rejecting} <= CONFIRMABLE:
            return None
        for one in self._waiting:
            first = self.verdicts[one.number]
            is_apart = case.run.last_fetched_at - one.run.last_fetched_at >= APART
            if is_apart and {reason.rule for reason in first.rejecting} <= CONFIRMABLE:
                if is_clearance(one.run, self.baseline):
                    continue
                trial = self.baseline.copy()
                self._take(one, first.accepted("gate"), trial)
                if self._judge(case, trial).is_accepted:
                    return one
        return None

    def _settle(self, first: Case, case: Case) -> None:
        """Accept a waiting crawl, those after it of which nothing is strange any more, and the one that confirms it."""
        waiting, self._waiting = self._waiting[self._waiting.index(first) :], []
        self._accept(first, self.verdicts[first.number].accepted("gate", _tell(case.run, "found so again by")))
        for one in waiting[1:]:
            verdict = self._judge(one, self.baseline)
            if verdict.is_accepted:
                self._accept(one, verdict)
        found = _tell(first.run, "as found by", self.verdicts[first.number].rejecting)
        self._accept(case, self._judge(case, self.baseline).accepted("gate", found))


def name_cause(verdict: Judgement) -> Cause:
    """What rejected a crawl."""
    return frozenset((reason.rule, reason.field) for reason in verdict.rejecting)


def _tell(run: SiteRun, words: str, rejecting: Sequence[Reason] = ()) -> Reason:
    what = "; ".join(f"{reason.after}" for reason in rejecting)
    after = f"accepted, {words} {run.run_id}" + (f" ({what})" if what else "")
    return Reason("verdict", "rejected", after, None, f"verdict: rejected → {after}", rule="confirmed")


Part = tuple[str, str]
"""Site and kind: what has a baseline of its own."""


def judge_runs(
    runs: Iterable[SiteRun],
    expect: Callable[[SiteRun], Expectations],
    decisions: Sequence[Decision] = (),
) -> list[Judgement]:
    """A verdict for every (run, site, kind), in the order given.

    What is imported is never part of the baseline that a crawl is judged against: an old capture that arrives late
    changes no verdict on a crawl.

    ``runs`` are in the order in which they started; verdicts on crawls depend on it. ``expect`` says what the site file
    that a crawl used expects of it. ``decisions`` are the oldest first; the newest that covers a run overrules the
    gate.
    """
    ordered = list(runs)
    verdicts: dict[int, Judgement] = {}
    every_series: defaultdict[Part, CrawlSeries] = defaultdict(lambda: CrawlSeries(decisions))
    imports = [(number, run) for number, run in enumerate(ordered) if run.is_import]
    for _, run in imports:
        every_series[run.site, run.kind].baseline.set_aside(run)
    for number, run in enumerate(ordered):
        if not run.is_import:
            every_series[run.site, run.kind].judge(Case(number, run, expect(run)))
    import_baselines: defaultdict[Part, ImportBaseline] = defaultdict(ImportBaseline)
    for part, series in every_series.items():
        verdicts |= series.verdicts
        for run in series.accepted:
            import_baselines[part].add(run)
    for _, run in imports:
        decision = find_decision(run, decisions)
        if decision is None or decision.decision == "accept":
            import_baselines[run.site, run.kind].add(run)
    for number, run in imports:
        verdicts[number] = judge_import(run, import_baselines[run.site, run.kind], decisions)
    return [verdicts[number] for number in range(len(ordered))]


def judge_archive(sources: Sources, decisions: list[Decision]) -> list[Judgement]:
    """A verdict for every (run, site, kind) of the archive, oldest run first.

    Each crawl is held to the site file that it has recorded, not to today's: what is expected from now on says nothing
    of the past. To see a past run otherwise is a decision.
    """
    return judge_runs(read_site_runs(sources), lambda run: find_expectations(run.site_config, run.kind), decisions)


def find_expectations(site_config: str | None, kind: str) -> Expectations:
    """What a run's recorded site file expects of pages of a kind; nothing where it recorded none or names none.

    Where the text cannot be read (it was written for another version), nothing is expected and the fault is reported:
    today's file in its place would let today's edits change old verdicts.
    """
    return Expectations() if site_config is None else _read_expectations(site_config).get(kind, Expectations())


@lru_cache(maxsize=64)
def _read_expectations(site_config: str) -> Mapping[str, Expectations]:
    try:
        found = parse_expectations(site_config)
    except SiteFileError as error:
        return dict.fromkeys(RECORDS, Expectations(fault=str(error)))
    return {str(kind): _expect(kind, one) for kind, one in found.items()}


def _expect(kind: str, recorded: Expectation) -> Expectations:
    """What was recorded, without the names that are no field: another version's, which no page can meet."""
    unknown = find_unknown_fields(kind, recorded)
    return Expectations(
        minimum_pages=recorded.pages_min,
        fill_rates={name: share for name, share in recorded.fill.items() if name not in unknown},
        fault=f"no field of a {kind} page: {', '.join(unknown)}" if unknown else None,
    )
