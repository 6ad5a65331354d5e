"""One judgement: a crawl or an import against its baseline, by the rules, unless a person decided otherwise.

Belongs here: the verdict with what the gate knows beside it; the rules for imports alone, none of which rejects, for
what is handed in was chosen; ``decisions.jsonl``, one line a decision, only ever appended to. Does not belong here: the
rules for crawls (``rules``), the order of runs and what a later one says of an earlier (``judge``), the shape of a
decision (``contracts.verdict``).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from contracts.run import is_run_id
from contracts.verdict import Decision, Judge, Reason, SiteRun, Verdict
from crawler.archive.runs import has_run, iter_fetches
from crawler.disk import append_durably
from pipeline.gate.baseline import Baseline, ImportBaseline
from pipeline.gate.rules import REJECTING, WARNING, Expectations, Rule
from pipeline.ground.errors import PipelineError, WrongUseError
from pipeline.ground.folders import DataFolder, hold_lock


def warn_conflict(run: SiteRun, _baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """An import has answers that the archive had already, and that would be read otherwise: the first reading stays."""
    if not run.conflicts:
        return None
    after = f"{len(run.conflicts)} handed in to be read otherwise (another charset or status); the first reading stays"
    return _reason("conflict", "capture", "answers that are archived", after, run.conflicts[0])


def warn_restated(_run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """An import states a budget, a date, a status or a title otherwise than the crawls of that page around it."""
    if not baseline.restated:
        return None
    first = baseline.restated[0]
    names = ", ".join(sorted({one.field for one in baseline.restated}))
    n_pages = len({one.url for one in baseline.restated})
    others = f", the first of {n_pages} pages that crawls read otherwise" if n_pages > 1 else ""
    after = "nothing" if first.after is None else first.after
    before = f"{first.field} {_shorten(first.before)} as crawled"
    return _reason("restated", names, before, f"{_shorten(after)} as handed in{others}", first.url)


def _reason(rule: str, field: str, before: str, after: str, first_url: str) -> Reason:
    return Reason(field, before, after, first_url, f"{field}: {before} → {after}; first: {first_url}", rule=rule)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


_LONGEST_VALUE = 80

OF_IMPORTS: tuple[Rule, ...] = (warn_conflict, warn_restated)


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


class DecisionsError(PipelineError):
    """Raised when the file of decisions cannot be read; nothing is published without it."""


def read_decisions(path: Path) -> list[Decision]:
    """All decisions in the order in which they were made; none where the file is missing.

    Raises:
        DecisionsError: a line is not a decision; the text gives its number.
    """
    if not path.exists():
        return []
    decoder = msgspec.json.Decoder(Decision)
    decisions = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            decisions.append(decoder.decode(line))
        except msgspec.DecodeError as error:
            raise DecisionsError(f"{path}, line {number} is no decision ({error}); restore it from a copy") from error
    return decisions


def append_decision(path: Path, decision: Decision) -> None:
    """Add one decision, durably, as a line of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    append_durably(path, msgspec.json.encode(decision) + b"\n")


def find_parts(folder: DataFolder, run_id: str) -> set[tuple[str, str]]:
    """The sites and kinds of page of a sealed run.

    Raises:
        WrongUseError: there is no such run.
    """
    if not is_run_id(run_id) or not has_run(folder.archive, run_id):
        raise WrongUseError(
            f"the archive has no run {run_id!r}; `iomdb doctor` names the runs that wait for a decision"
        )
    return {(fetch.site, fetch.kind) for fetch in iter_fetches(folder.archive / run_id)}


def decide_run(
    folder: DataFolder,
    run_id: str,
    *,
    accept: bool,
    why: str,
    who: str,
    now: datetime,
    site: str | None = None,
    kind: str | None = None,
) -> Decision:
    """Record the decision and return it; the same decision twice is recorded once.

    ``accept`` takes the run although the gate rejected it; else it is left out although the gate accepted it. ``site``
    and ``kind`` name a part of the run; None for all.

    Raises:
        WrongUseError: there is no such run, or it has no such part.
        DecisionsError: the file of decisions cannot be read: nothing is added to it.
        LockedError: another process writes.
    """
    parts = find_parts(folder, run_id)
    if (site or kind) and not any(site in {None, known} and kind in {None, named} for known, named in parts):
        there = ", ".join(f"{known} {named}" for known, named in sorted(parts))
        raise WrongUseError(f"run {run_id} has nothing of {' '.join(filter(None, (site, kind)))}: it has {there}")
    decision = Decision(now, "accept" if accept else "reject", why, who, run_id=run_id, site=site, kind=kind)
    with hold_lock(folder.lock, task="recording a decision", since=now):
        about = [d for d in read_decisions(folder.decisions) if (d.run_id, d.site, d.kind) == (run_id, site, kind)]
        if not about or (about[-1].decision, about[-1].why) != (decision.decision, why):
            append_decision(folder.decisions, decision)
    return decision
