"""Politeness to each host of a site: its pace in this run, and what its robots.txt allows.

Belongs here: the hosts met so far and what holds of each. Does not belong here: how one pace works
(crawler.session.pace), what a robots.txt means (crawler.session.robots), the site's own rules (crawler.site.file).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from crawler.session.pace import HostPace, backoff
from crawler.session.robots import Robots
from crawler.site.file import Politeness
from crawler.site.urls import host_of


@dataclass(slots=True)
class HostPoliteness:
    """What is kept to with each host met. ``robots`` are by origin; ``monotonic`` is the clock of the paces."""

    rules: Politeness
    monotonic: Callable[[], float]
    rng: random.Random
    robots: dict[str, Robots] = field(default_factory=dict)
    _paces: dict[str, HostPace] = field(default_factory=dict)

    def pace_of(self, url: str) -> HostPace:
        """The pace of the URL's host."""
        host = host_of(url)
        if host not in self._paces:
            self._paces[host] = HostPace(
                host,
                self.rules.delay_seconds,
                self.monotonic,
                failures_until_given_up=self.rules.breaker_failures,
                places=asyncio.Semaphore(self.rules.concurrent_requests),
            )
        return self._paces[host]

    def backoff(self, attempt: int) -> float:
        """Seconds to wait after this attempt, before the next."""
        return backoff(attempt, self.rules.delay_seconds, self.rng)

    def iter_given_up(self) -> Iterator[tuple[str, str]]:
        """The hosts that were given up, in the order of their names, and why."""
        for host, pace in sorted(self._paces.items()):
            if pace.reason is not None:
                yield host, pace.reason
