"""Judging all runs in their order, each against the accepted ones before it.

Belongs here: order, memory, decisions. Does not belong here: what makes a run bad (rules).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from pipeline.gate.memory import AcceptedPast
from pipeline.gate.model import Decision, Expectations, SiteRun, Verdict
from pipeline.gate.rules import REJECTING, WARNING


def judge_runs(
    runs: Iterable[SiteRun],
    expect: Callable[[str, str], Expectations],
    decisions: Sequence[Decision] = (),
) -> list[Verdict]:
    """A verdict for every (run, site, kind), in the order given.

    Args:
        runs: in the order in which they started; verdicts depend on it.
        expect: the site file's expectations for a site id and kind.
        decisions: of persons, oldest first; the newest that covers a run overrules the gate.
    """
    pasts: defaultdict[tuple[str, str], AcceptedPast] = defaultdict(AcceptedPast)
    verdicts = []
    for run in runs:
        past = pasts[run.site, run.kind]
        restated = past.restate(run)
        verdict = judge_run(restated, past, expect(run.site, run.kind), decisions)
        if verdict.is_accepted:
            past.accept(restated)
        else:
            past.reject(restated)
        verdicts.append(verdict)
    return verdicts


def judge_run(run: SiteRun, past: AcceptedPast, expectations: Expectations, decisions: Sequence[Decision]) -> Verdict:
    """The verdict on one run. What a person handed in (a folder, foreign archives) is not judged: it was chosen."""
    rejecting = REJECTING if run.source == "crawl" else ()
    reasons = tuple(reason for rule in rejecting if (reason := rule(run, past, expectations)))
    warnings = tuple(reason for rule in WARNING if (reason := rule(run, past, expectations)))
    for decision in reversed(decisions):
        if decision.covers(run):
            return Verdict(run.run_id, run.site, run.kind, decision.accept, "decision", reasons, warnings)
    return Verdict(run.run_id, run.site, run.kind, not reasons, "gate", reasons, warnings)
