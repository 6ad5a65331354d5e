"""The message to a person that an incident opened or is over.

Belongs here: text. Does not belong here: sending it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.ground.finding import Finding, one_line

Phase = Literal["open", "over"]

LARGEST_TEXT = 8_000
"""Characters of a message's text; what a finding says is far shorter."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. ``id`` is the same at every attempt, so that a receiver can drop a repeat."""

    id: str
    phase: Phase
    key: str
    at: datetime
    subject: str
    text: str


def make_message(
    number: int, finding: Finding, phase: Phase, *, opened_at: datetime, over_at: datetime | None
) -> Message:
    """The message of one phase of incident ``number``. Instants are UTC."""
    what = one_line(finding.what)
    at = opened_at if phase == "open" or over_at is None else over_at
    lines = [what, *map(one_line, finding.lines), f"Where: {one_line(finding.where)}"]
    if phase == "open":
        lines += [f"Since: {_write_instant(opened_at)}", f"Next step: {one_line(finding.remedy)}"]
    else:
        lines.append(f"Over: open from {_write_instant(opened_at)} to {_write_instant(at)}.")
    lines.append(f"Incident {number} ({finding.key}). `iomdb doctor` shows all that is open.")
    return Message(
        id=f"iomdb-{opened_at:%Y%m%dT%H%M%SZ}-{number}-{phase}",
        phase=phase,
        key=finding.key,
        at=at,
        subject=one_line(f"iomdb: {'over: ' if phase == 'over' else ''}{what}", 150),
        text="\n".join(lines)[:LARGEST_TEXT] + "\n",
    )


def _write_instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
