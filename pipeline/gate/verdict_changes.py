"""What a publish says of verdicts that nobody expects: old ones that changed, and imports that look strange.

Belongs here: comparing verdicts with those of the last publication, and the words. Does not belong here: judging.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.verdict import Judge, Verdict

MOST_LINES = 20
"""Changed verdicts and strange imports that are named to a person; a program gets all."""

_BY: Mapping[Judge, str] = {"gate": "by the gate", "import": "as handed in", "decision": "by a decision"}


@dataclass(frozen=True, slots=True)
class VerdictNotice:
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


def compare_verdicts(published: Iterable[Verdict], verdicts: Iterable[Verdict]) -> list[VerdictNotice]:
    """Every verdict that differs from the one that was published, and every strange import not yet noticed.

    A run that is new has no verdict to differ from: what the gate says of a new crawl is its rejection.
    """
    old = {(verdict.run_id, verdict.site, verdict.kind): verdict for verdict in published}
    notices = []
    for verdict in verdicts:
        key = (verdict.run_id, verdict.site, verdict.kind)
        before = old.pop(key, None)
        reasons = _messages(verdict)
        words = _name_verdict(verdict)
        was = None if before is None else _name_verdict(before)
        is_changed = was is not None and was != words
        is_strange = verdict.by == "import" and bool(reasons) and (before is None or reasons != _messages(before))
        if is_changed or is_strange:
            notices.append(VerdictNotice(*key, was if is_changed else None, words, reasons))
    gone = [VerdictNotice(*key, _name_verdict(before), None) for key, before in old.items()]
    return notices + gone


def describe_notices(notices: Sequence[VerdictNotice]) -> list[str]:
    """A heading and a line for each of the first; nothing where there is no notice."""
    if not notices:
        return []
    lines = ["verdicts that are not what the last publication said, and imports that look strange:"]
    lines += [f"  {notice.describe()}" for notice in notices[:MOST_LINES]]
    if len(notices) > MOST_LINES:
        lines.append(
            f"  and {len(notices) - MOST_LINES} more: `iomdb publish --json` names all, v1.runs has the reasons"
        )
    return lines


def _name_verdict(verdict: Verdict) -> str:
    return f"{verdict.verdict} {_BY[verdict.by]}"


def _messages(verdict: Verdict) -> tuple[str, ...]:
    return tuple(reason.message for reason in verdict.reasons)
