"""The clock of one run.

Belongs here: the present instant of a run. Does not belong here: waiting for a host (crawler.session.pace).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta


class Clock:
    """UTC from a given start, moved on by the monotonic clock: a run's times never jump with the machine's clock."""

    def __init__(self, started_at: datetime, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.started_at = started_at
        self.monotonic = monotonic
        self._began = monotonic()

    def now(self) -> datetime:
        """The present instant in UTC, cut to the second."""
        return (self.started_at + timedelta(seconds=self.elapsed())).replace(microsecond=0)

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self.monotonic() - self._began
