"""Judging all runs: each crawl against the accepted crawls before it, each import against what was known at its time.

Belongs here: order, what is compared with what, what a run's own site file expects, decisions. Does not belong here:
what makes a run bad (rules), reading what the runs saw (warehouse).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from contracts.fields import RECORDS
from contracts.verdict import Decision, Judge, SiteRun, Verdict
from crawler.errors import SiteFileError
from crawler.site.file import Expectation
from crawler.site.site import find_unknown_fields, parse_expectations
from pipeline.gate.baseline import Baseline, ImportBaseline
from pipeline.gate.rules import OF_IMPORTS, REJECTING, WARNING, Expectations, Rule, RuleReason
from warehouse.build.site_runs import read_site_runs
from warehouse.build.sources import Sources


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
    baselines: defaultdict[Part, Baseline] = defaultdict(Baseline)
    import_baselines: defaultdict[Part, ImportBaseline] = defaultdict(ImportBaseline)
    for run in ordered:
        if run.is_import:
            baselines[run.site, run.kind].set_aside(run)
    for number, run in enumerate(ordered):
        if run.is_import:
            continue
        baseline = baselines[run.site, run.kind]
        restated = baseline.restate(run)
        verdict = verdicts[number] = judge_crawl(restated, baseline, expect(run), decisions)
        if verdict.is_accepted:
            baseline.accept(restated)
            if verdict.by == "gate":  # what a person accepted is good when it is answered unchanged
                baseline.set_aside(restated, only_unread=True)
            import_baselines[run.site, run.kind].add(run)
        else:
            baseline.set_aside(restated)
    imports = [(number, run) for number, run in enumerate(ordered) if run.is_import]
    for _, run in imports:
        decision = find_decision(run, decisions)
        if decision is None or decision.decision == "accept":
            import_baselines[run.site, run.kind].add(run)
    for number, run in imports:
        verdicts[number] = judge_import(run, import_baselines[run.site, run.kind], decisions)
    return [verdicts[number] for number in range(len(ordered))]


def judge_crawl(
    run: SiteRun, baseline: Baseline, expectations: Expectations, decisions: Sequence[Decision]
) -> Judgement:
    """The verdict on one crawl."""
    rejecting = _apply(REJECTING, run, baseline, expectations)
    warnings = _apply(WARNING, run, baseline, expectations)
    return _conclude(run, rejecting, warnings, decisions, is_accepted=not rejecting, by="gate")


def judge_import(run: SiteRun, import_baseline: ImportBaseline, decisions: Sequence[Decision]) -> Judgement:
    """The verdict on what a person handed in: accepted, for it was chosen, and always with a notice.

    The same rules speak, of its newest reading of each page beside what others read of that page before. No site file
    expects anything of it.
    """
    newest, baseline = import_baseline.recall(run)
    rejecting = _apply(REJECTING, newest, baseline, Expectations())
    warnings = _apply((*WARNING, *OF_IMPORTS), newest, baseline, Expectations())
    return _conclude(run, rejecting, warnings, decisions, is_accepted=True, by="import")


def find_decision(run: SiteRun, decisions: Sequence[Decision]) -> Decision | None:
    """The newest decision that overrules the gate on the run, or None."""
    return next((one for one in reversed(decisions) if one.overrules(run.run_id, run.site, run.kind)), None)


def _conclude(
    run: SiteRun,
    rejecting: tuple[RuleReason, ...],
    warnings: tuple[RuleReason, ...],
    decisions: Sequence[Decision],
    *,
    is_accepted: bool,
    by: Judge,
) -> Judgement:
    """The verdict, unless a person decided otherwise; the reasons are kept either way."""
    decision = find_decision(run, decisions)
    if decision is not None:
        is_accepted, by = decision.decision == "accept", "decision"
    return Judgement(
        run_id=run.run_id,
        site=run.site,
        kind=run.kind,
        verdict="accepted" if is_accepted else "rejected",
        by=by,
        reasons=(*rejecting, *warnings),
        source=run.source,
        n_rejecting=len(rejecting),
    )


def _apply(
    rules: Iterable[Rule], run: SiteRun, baseline: Baseline, expectations: Expectations
) -> tuple[RuleReason, ...]:
    return tuple(reason for rule in rules if (reason := rule(run, baseline, expectations)))


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
