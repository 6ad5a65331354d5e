"""How a crawl ends before its time, and what is said of it in run.json.

Belongs here: the order to send nothing more, the failure of the disk, the notes of the run. Does not belong here: when
a budget is spent (crawler.engine.budget_middleware), giving up a single host (crawler.session.pace).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from contracts.outcomes import Outcome
from crawler.errors import ArchiveError


@dataclass(slots=True)
class RunNotes:
    """What a run says of itself in run.json, in words."""

    texts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Say something, once."""
        if text not in self.texts:
            self.texts.append(text)


@dataclass(slots=True)
class Stop:
    """Whether a crawl goes on.

    ``reason`` is None while requests may be sent, else the outcome and the words for what was not fetched. ``broken``
    is set when nothing can be written any more, ``broken_by`` says why.
    """

    notes: RunNotes
    reason: tuple[Outcome, str] | None = None
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    broken_by: ArchiveError | None = None

    def order(self, outcome: Outcome, why: str) -> None:
        """Send nothing more; what is still scheduled ends as ``outcome``. The first reason counts."""
        if self.reason is None:
            self.reason = (outcome, why)
            self.notes.add(why)

    def break_off(self, error: ArchiveError) -> None:
        """End the crawl at once, for nothing can be written any more. The first failure counts."""
        self.broken_by = self.broken_by or error
        self.broken.set()
