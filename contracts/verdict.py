"""A verdict on a run, its reasons, and what people decided (docs/contracts.md, sections 4 and 5).

Belongs here: their shapes, and which part of a run a decision is about. Does not belong here: judging
(``pipeline.gate``), the file of decisions (``pipeline.gate.decisions``), SQL over verdicts (``warehouse.build``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

Judge = Literal["gate", "import", "decision"]
"""Who judged: the gate's rules, nobody (what was handed in is accepted as it is), or a person."""


class Reason(Struct, frozen=True):
    """Why a run was rejected, or what a person should see of it: a field, before, after, an example, the words."""

    field: str
    before: str
    after: str
    first_url: str | None
    message: str


class Verdict(Struct, frozen=True, kw_only=True):
    """What was judged of one site and kind of page of one run."""

    run_id: str
    site: str
    kind: str
    verdict: Literal["accepted", "rejected"]
    by: Judge
    reasons: tuple[Reason, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Whether the record is derived from that part of the run."""
        return self.verdict == "accepted"


class Decision(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of ``decisions.jsonl``. ``site`` and ``kind`` None: all of the run; ``url`` is set for a purge only."""

    decided_at: datetime
    decision: Literal["accept", "reject", "purge"]
    why: str
    who: str
    run_id: str | None = None
    site: str | None = None
    kind: str | None = None
    url: str | None = None

    def overrules(self, run_id: str, site: str, kind: str) -> bool:
        """Whether it says how this part of a run is judged; a purge says nothing of that."""
        return (
            self.decision != "purge"
            and self.run_id == run_id
            and self.site in {None, site}
            and self.kind in {None, kind}
        )
