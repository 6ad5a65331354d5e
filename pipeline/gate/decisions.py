"""What people decided, as recorded input: ``decisions.jsonl``, one line a decision, only ever appended to.

Belongs here: reading and appending. Does not belong here: what follows from a decision (the gate, the build).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from crawler.durable import append_durably
from pipeline.gate import Decision
from pipeline.ground.errors import PipelineError


class DecisionsError(PipelineError):
    """Raised when the file of decisions cannot be read; nothing is published without it."""


class RecordedDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line. ``site`` and ``kind`` null mean the whole run; ``url`` is set for a purge only."""

    decided_at: datetime
    decision: Literal["accept", "reject", "purge"]
    why: str
    who: str
    run_id: str | None = None
    site: str | None = None
    kind: str | None = None
    url: str | None = None


def read_decisions(path: Path) -> list[RecordedDecision]:
    """All decisions in the order in which they were made; none where the file is missing.

    Raises:
        DecisionsError: a line is not a decision; the text gives its number.
    """
    if not path.exists():
        return []
    decoder = msgspec.json.Decoder(RecordedDecision)
    decisions = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            decisions.append(decoder.decode(line))
        except msgspec.DecodeError as error:
            raise DecisionsError(f"{path}, line {number} is no decision ({error}); restore it from a copy") from error
    return decisions


def append_decision(path: Path, decision: RecordedDecision) -> None:
    """Add one decision, durably, as a line of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    append_durably(path, msgspec.json.encode(decision) + b"\n")


def gate_decisions(decisions: list[RecordedDecision]) -> list[Decision]:
    """Those that overrule the gate."""
    return [
        Decision(decision.run_id, decision.decision == "accept", decision.why, decision.site, decision.kind)
        for decision in decisions
        if decision.decision != "purge" and decision.run_id is not None
    ]
