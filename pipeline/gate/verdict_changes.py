"""What a publish says of verdicts that nobody expects: old ones that changed, and imports that look strange.

Belongs here: comparing verdicts with those of the last publication, and the words. Does not belong here: judging.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.gate import Verdict
from pipeline.history.run_history import PublishedVerdict

MOST_LINES = 20
"""Changed verdicts and strange imports that are told by name to a person; a program gets all."""

_BY = {"gate": "by the gate", "import": "as handed in", "decision": "by a decision"}
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One verdict worth a line: ``before`` is None for one that was not published before, ``after`` where it is gone.

    ``reasons`` are the messages of the verdict as it is now.
    """

    run_id: str
    site: str
    kind: str
    before: str | None
    after: str | None
    reasons: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {name: getattr(self, name) for name in ("run_id", "site", "kind", "before", "after")} | {
            "reasons": list(self.reasons)
        }

    def describe(self) -> str:
        """The same for a person, in one line."""
        verdict = self.after if self.before is None else f"{self.before} → {self.after or 'no longer in the archive'}"
        return f"{self.run_id}, {self.site} {self.kind}: {verdict}" + "".join(f"; {text}" for text in self.reasons)


def compare_verdicts(published: Sequence[PublishedVerdict], verdicts: Sequence[Verdict]) -> list[Told]:
    """Every verdict that differs from the one that was published, and every strange import that was not told yet.

    A run that is new has no verdict to differ from: what the gate says of a new crawl is told as its rejection.
    """
    old = {(verdict.run_id, verdict.site, verdict.kind): verdict for verdict in published}
    told = []
    for verdict in verdicts:
        key = (verdict.run_id, verdict.site, verdict.kind)
        before = old.pop(key, None)
        reasons = tuple(reason.message for reason in (*verdict.reasons, *verdict.warnings))
        words = _name_verdict(verdict.is_accepted, verdict.by)
        was = None if before is None else _name_verdict(before.is_accepted, before.by)
        is_changed = was is not None and was != words
        is_strange = verdict.by == "import" and bool(reasons) and reasons != _messages(before)
        if is_changed or is_strange:
            told.append(Told(*key, was if is_changed else None, words, reasons))
    gone = [Told(*key, _name_verdict(before.is_accepted, before.by), None) for key, before in old.items()]
    return told + gone


def describe_told(told: Sequence[Told]) -> list[str]:
    """A heading and a line for each of the first; nothing where there is nothing to tell."""
    if not told:
        return []
    lines = ["verdicts that are not what the last publication said, and imports that look strange:"]
    lines += [f"  {one.describe()}" for one in told[:MOST_LINES]]
    if len(told) > MOST_LINES:
        lines.append(f"  and {len(told) - MOST_LINES} more: `iomdb publish --json` names all, v1.runs has the reasons")
    return lines


def _name_verdict(is_accepted: bool, by: str) -> str:
    return f"{'accepted' if is_accepted else 'rejected'} {_BY.get(by, by)}"


def _messages(verdict: PublishedVerdict | None) -> tuple[str, ...]:
    return () if verdict is None else tuple(str(reason.get("message")) for reason in verdict.reasons)
