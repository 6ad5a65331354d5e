"""Judging all runs: each crawl against the accepted crawls before it, each import against what was known at its time.

Belongs here: order, memory, decisions. Does not belong here: what makes a run bad (rules).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from pipeline.gate.import_baseline import Witnesses
from pipeline.gate.memory import AcceptedPast
from pipeline.gate.model import Decision, Expectations, Reason, SiteRun, Verdict
from pipeline.gate.rules import REJECTING, WARNING, Rule

Part = tuple[str, str]
"""Site and kind: what has a past of its own."""


def judge_runs(
    runs: Iterable[SiteRun],
    expect: Callable[[SiteRun], Expectations],
    decisions: Sequence[Decision] = (),
) -> list[Verdict]:
    """A verdict for every (run, site, kind), in the order given.

    What is imported is never part of the past that a crawl is judged against: an old capture that arrives late changes
    no verdict on a crawl.

    Args:
        runs: in the order in which they started; verdicts on crawls depend on it.
        expect: what the site file that a crawl used expects of it.
        decisions: of persons, oldest first; the newest that covers a run overrules the gate.
    """
    ordered = list(runs)
    verdicts: dict[int, Verdict] = {}
    pasts: defaultdict[Part, AcceptedPast] = defaultdict(AcceptedPast)
    witnesses: defaultdict[Part, Witnesses] = defaultdict(Witnesses)
    for run in ordered:
        if run.is_import:
            pasts[run.site, run.kind].set_aside(run)
    for number, run in enumerate(ordered):
        if run.is_import:
            continue
        past = pasts[run.site, run.kind]
        restated = past.restate(run)
        verdict = verdicts[number] = judge_crawl(restated, past, expect(run), decisions)
        if verdict.is_accepted:
            past.accept(restated)
            if verdict.by == "gate":  # what a person accepted is good when it is answered unchanged
                past.set_aside_unread(restated)
            witnesses[run.site, run.kind].add(run)
        else:
            past.set_aside(restated)
    imports = [(number, run) for number, run in enumerate(ordered) if run.is_import]
    for _, run in imports:
        decision = find_decision(run, decisions)
        if decision is None or decision.accept:
            witnesses[run.site, run.kind].add(run)
    for number, run in imports:
        verdicts[number] = judge_import(run, witnesses[run.site, run.kind], decisions)
    return [verdicts[number] for number in range(len(ordered))]


def judge_crawl(run: SiteRun, past: AcceptedPast, expectations: Expectations, decisions: Sequence[Decision]) -> Verdict:
    """The verdict on one crawl."""
    reasons = _apply(REJECTING, run, past, expectations)
    warnings = _apply(WARNING, run, past, expectations)
    decision = find_decision(run, decisions)
    if decision is not None:
        return Verdict(run.run_id, run.source, run.site, run.kind, decision.accept, "decision", reasons, warnings)
    return Verdict(run.run_id, run.source, run.site, run.kind, not reasons, "gate", reasons, warnings)


def judge_import(run: SiteRun, witnesses: Witnesses, decisions: Sequence[Decision]) -> Verdict:
    """The verdict on what a person handed in: accepted, for it was chosen, but never in silence.

    The same rules speak, of its newest reading of each page beside what others read of that page before. No site file
    expects anything of it.
    """
    newest, past = witnesses.recall(run)
    reasons = _apply(REJECTING, newest, past, Expectations())
    warnings = _apply(WARNING, newest, past, Expectations())
    decision = find_decision(run, decisions)
    if decision is not None:
        return Verdict(run.run_id, run.source, run.site, run.kind, decision.accept, "decision", reasons, warnings)
    return Verdict(run.run_id, run.source, run.site, run.kind, True, "import", reasons, warnings)


def find_decision(run: SiteRun, decisions: Sequence[Decision]) -> Decision | None:
    """The newest decision that covers the run, or None."""
    return next((decision for decision in reversed(decisions) if decision.covers(run)), None)


def _apply(rules: Iterable[Rule], run: SiteRun, past: AcceptedPast, expectations: Expectations) -> tuple[Reason, ...]:
    return tuple(reason for rule in rules if (reason := rule(run, past, expectations)))
