"""One judgement: a crawl or an import against its baseline, by the rules, unless a person decided otherwise.

Belongs here: the verdict with what the gate knows beside it. Does not belong here: the rules, the order of runs and
what a later one says of an earlier (``series``), the file of decisions.
"""

from collections.abc import Iterable, Sequence

import msgspec

from contracts.verdict import Decision, Judge, Reason, SiteRun, Verdict
from pipeline.gate.baseline import Baseline, ImportBaseline
from pipeline.gate.import_rules import OF_IMPORTS
from pipeline.gate.rules import REJECTING, WARNING, Expectations, Rule


class Judgement(Verdict, frozen=True, kw_only=True):
    """A verdict with what the gate knows beside it: the run's source, and which of the reasons reject.

    The rejecting ones come first, in the order of the rules; the others are warnings, and reject nothing.
    """

    source: str
    n_rejecting: int = 0

    @property
    def rejecting(self) -> tuple[Reason, ...]:
        """Why the gate rejects, or would: a decision, a later crawl or a hand-in may have accepted all the same."""
        return self.reasons[: self.n_rejecting]

    @property
    def warnings(self) -> tuple[Reason, ...]:
        """What a person should see and what rejects nothing."""
        return self.reasons[self.n_rejecting :]

    def as_verdict(self) -> Verdict:
        """What passes to the warehouse."""
        return msgspec.convert(self, Verdict, from_attributes=True)

    def accepted(self, by: Judge, *more: Reason) -> "Judgement":
        """Accepted all the same, with more reasons to tell of."""
        return msgspec.structs.replace(self, verdict="accepted", by=by, reasons=(*self.reasons, *more))


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
    rejecting: tuple[Reason, ...],
    warnings: tuple[Reason, ...],
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


def _apply(rules: Iterable[Rule], run: SiteRun, baseline: Baseline, expectations: Expectations) -> tuple[Reason, ...]:
    return tuple(reason for rule in rules if (reason := rule(run, baseline, expectations)))
