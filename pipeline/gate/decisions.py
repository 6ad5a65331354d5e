"""What people decided, as recorded input: ``decisions.jsonl``, one line a decision, only ever appended to.

Belongs here: reading and appending, and checking that a decision on a run can mean something. Does not belong here:
the shape of a decision (``contracts.verdict``), what follows from it (``judge``, the build).
"""

from datetime import datetime
from pathlib import Path

import msgspec

from contracts.run import is_run_id
from contracts.verdict import Decision
from crawler.archive.runs import has_run, iter_fetches
from crawler.durable import append_durably
from pipeline.ground.errors import PipelineError, WrongUseError
from pipeline.ground.folders import DataFolder
from pipeline.ground.lock import hold_lock


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
