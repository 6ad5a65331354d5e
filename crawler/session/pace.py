"""When a host may be asked next, and when it is given up for this run.

Belongs here: delays, holds, the circuit breaker. Free of Scrapy; time comes from an injected clock of seconds.
Does not belong here: what an answer means, which URL is asked for.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

BLOCKS_UNTIL_GIVEN_UP = 3
"""Block pages in a row: a host that says no is believed sooner than one that is ill."""


class HostClosedError(Exception):
    """Raised by :meth:`HostPace.turn` when the host has been given up; the text says why."""


@dataclass(slots=True)
class HostPace:
    """The pace of one host: one request at a time is let through, no two sent closer than ``delay`` seconds.

    ``now`` gives seconds of a clock that never goes back. ``failures_until_given_up`` counts different URLs in a row.
    ``reason`` is None while the host is served, else why it was given up. ``places`` are the requests that may be on
    the wire at once; a place is taken before the turn, for whoever has had a turn no longer sees a hold.
    """

    host: str
    delay: float
    now: Callable[[], float]
    failures_until_given_up: int = 5
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    longest_hold: float = 600.0
    reason: str | None = None
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    _next_at: float = 0.0
    _failures: int = 0
    _blocks: int = 0
    _door: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def turn(self) -> None:
        """Wait until this host may be asked again, and take that turn.

        Raises:
            HostClosedError: the host was given up before the turn came.
        """
        async with self._door:
            # A hold may be set while we sleep (another answer said Retry-After): look again after each sleep.
            while self.reason is None and (wait := self._next_at - self.now()) > 0:
                await self.sleep(wait)
            if self.reason is not None:
                raise HostClosedError(self.reason)
            self._next_at = max(self._next_at, self.now() + self.delay)

    def sent(self) -> None:
        """A request is on the wire: the delay counts from here, for connecting may take long after the turn."""
        self._next_at = max(self._next_at, self.now() + self.delay)

    def waits(self) -> float:
        """Seconds until this host may be asked again; 0 when it may be now, or never."""
        return 0.0 if self.reason is not None else max(0.0, self._next_at - self.now())

    def slow_down(self, delay: float) -> None:
        """Keep at least ``delay`` seconds from now on (Crawl-delay); never less than before.

        A delay longer than ``longest_hold`` gives the host up: hardly a page a run would be fetched.
        """
        if delay > self.longest_hold:
            self.give_up(f"it asks for {delay:.0f} s between requests, longer than this run waits")
        if delay > self.delay:
            self._next_at += delay - self.delay
            self.delay = delay

    def hold(self, seconds: float, why: str) -> None:
        """Ask nothing for ``seconds``; a hold longer than ``longest_hold`` gives the host up instead."""
        if seconds > self.longest_hold:
            self.give_up(f"{why}: {seconds:.0f} s is longer than this run waits ({self.longest_hold:.0f} s)")
        self._next_at = max(self._next_at, self.now() + seconds)

    def give_up(self, reason: str) -> None:
        """Ask this host nothing more in this run. The first reason counts."""
        self.reason = self.reason or reason

    def answered(self) -> None:
        """The host answered as hosts should: forget its failures."""
        self._failures = self._blocks = 0

    def failed(self, what: str) -> None:
        """One URL failed for good; too many in a row open the breaker."""
        self._failures += 1
        if self._failures >= self.failures_until_given_up:
            self.give_up(f"{self._failures} URLs in a row failed, the last with: {what}")

    def blocked(self, what: str) -> None:
        """One URL showed a block page; a few in a row open the breaker."""
        self._blocks += 1
        self._failures = 0
        if self._blocks >= BLOCKS_UNTIL_GIVEN_UP:
            self.give_up(f"{self._blocks} block pages in a row, the last: {what}")


def backoff(attempt: int, delay: float, rng: random.Random) -> float:
    """Seconds to wait before attempt ``attempt`` + 1: doubling, jittered by half, at most two minutes.

    >>> backoff(2, 1.0, random.Random(0)) == 4 * random.Random(0).uniform(0.5, 1.5)
    True
    """
    return min(120.0, float(delay * 2**attempt * rng.uniform(0.5, 1.5)))


def parse_retry_after(value: str, now: datetime) -> float | None:
    """Seconds to stay away, from either form of Retry-After (RFC 9110, 10.2.3); None where it says nothing usable.

    ``now`` is the Date of the answer where it has one (the two then come from one clock), else ours.

    >>> parse_retry_after("120", datetime(2026, 11, 22, tzinfo=UTC))
    120.0
    >>> parse_retry_after("Sun, 22 Nov 2026 00:00:30 GMT", datetime(2026, 11, 22, tzinfo=UTC))
    30.0
    >>> parse_retry_after("soon", datetime(2026, 11, 22, tzinfo=UTC)) is None
    True
    """
    if value.strip().isdecimal():
        return float(value)
    until = find_http_date(value)
    return None if until is None else max(0.0, (until - now).total_seconds())


def find_http_date(value: str | None) -> datetime | None:
    """An HTTP date in UTC, or None.

    >>> find_http_date("Sun, 22 Nov 2026 00:00:30 GMT")
    datetime.datetime(2026, 11, 22, 0, 0, 30, tzinfo=datetime.timezone.utc)
    """
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
