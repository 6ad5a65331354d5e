"""Verdicts beside each other: open rejections, and what a publish says of verdicts that nobody expects.

Belongs here: finding crawls rejected in a row, comparing verdicts with those of the last publication, and the words.
Does not belong here: judging.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from contracts.verdict import Judge, Verdict
from pipeline.gate.judgement import Judgement
from pipeline.gate.rules import find_unsettled
from pipeline.history.run_history import PublishedVerdict

V = TypeVar("V", bound=Judgement | PublishedVerdict)
"""A verdict, fresh or published."""


@dataclass(frozen=True, slots=True)
class RejectionStreak(Generic[V]):
    """The crawls rejected in a row, oldest first; ``has_good_state`` says that an earlier one was accepted.

    One decision to accept one of them is about all that were rejected for the same, and the later crawls are judged
    against what they read: where a site really changed it ends the streak.
    """

    rejected: tuple[V, ...]
    has_good_state: bool

    @property
    def first(self) -> V:
        """The crawl that began it."""
        return self.rejected[0]

    @property
    def newest(self) -> V:
        """The newest crawl."""
        return self.rejected[-1]


def find_streaks(verdicts: Iterable[V]) -> list[RejectionStreak[V]]:
    """The open streaks, of verdicts that come oldest run first: nobody decided on the newest crawl.

    An import ends none: it says nothing of how the site is now. Nor does an accepted crawl that leaves open what the
    rejected ones found.
    """
    crawls: dict[tuple[str, str], list[V]] = {}
    for verdict in verdicts:
        if verdict.source == "crawl":
            crawls.setdefault((verdict.site, verdict.kind), []).append(verdict)
    streaks = []
    for judged in crawls.values():
        since = next((n for n in range(len(judged), 0, -1) if _is_settling(judged[n - 1])), 0)
        rejected = tuple(one for one in judged[since:] if one.by == "gate" and not one.is_accepted)
        if rejected and (rejected[-1] is judged[-1] or judged[-1].is_accepted):
            streaks.append(RejectionStreak(rejected, has_good_state=since > 0))
    return streaks


def _is_settling(verdict: Verdict) -> bool:
    return verdict.is_accepted and find_unsettled(verdict.reasons) is None


MOST_LINES = 20
"""Changed verdicts and strange imports that are named to a person; a program gets all."""

TOLD = frozenset({"nobodys_text", "few_nobodys", "unsettled", "confirmed"})
"""Rules whose word on an accepted crawl is told when it is published."""

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

    def describe(self) -> str:
        """The same for a person, in one line."""
        verdict = self.after if self.before is None else f"{self.before} → {self.after or 'no longer in the archive'}"
        return f"{self.run_id}, {self.site} {self.kind}: {verdict}" + "".join(f"; {text}" for text in self.reasons)


def compare_verdicts(published: Iterable[Verdict], verdicts: Iterable[Verdict]) -> list[VerdictNotice]:
    """Every verdict that differs from the one that was published, and every strange import not yet noticed.

    A run that is new has no verdict to differ from: what the gate says of a new crawl is its rejection, or that it is
    accepted although something of it is told.
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
        is_told = before is None and verdict.is_accepted and any(reason.rule in TOLD for reason in verdict.reasons)
        if is_changed or is_strange or is_told:
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
            f"  and {len(notices) - MOST_LINES} more: `iomdb publish --json` names all, v1.verdicts has the reasons"
        )
    return lines


def _name_verdict(verdict: Verdict) -> str:
    return f"{verdict.verdict} {_BY[verdict.by]}"


def _messages(verdict: Verdict) -> tuple[str, ...]:
    return tuple(reason.message for reason in verdict.reasons)
