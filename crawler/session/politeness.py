"""Politeness to each host of a site: who asks, how often, what its robots.txt allows, and when it is given up.

Belongs here: ``contact.txt`` and the User-Agent, delays, holds, the circuit breaker, and what holds of each host met so
far. Free of Scrapy; time comes from an injected clock of seconds.
Does not belong here: fetching (crawler.engine), what an answer or a robots.txt means (crawler.session.robots), the
site's own rules (crawler.site.file).
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path

from crawler.errors import SiteFileError
from crawler.session.robots import PRODUCT_TOKEN, Robots
from crawler.site.file import Politeness
from crawler.site.urls import host_of

CONTACT_FILE = "contact.txt"
_CONTACT = re.compile(r"https?://[!-~]{4,190}|(?:mailto:)?[!-?A-~]{1,60}@[A-Za-z0-9.-]{3,120}")


def find_contact(sites: Path) -> str | None:
    """The address in the ``contact.txt`` of a folder of site files; None where there is no such file.

    It is the operator's, not this project's: whoever is asked too often must reach the one who can stop it. So there is
    no default, and without one only a site of private addresses is crawled.

    Raises:
        SiteFileError: the file is there, but is not one line with an e-mail address or the URL of a page.
    """
    path = sites / CONTACT_FILE
    try:
        contact = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SiteFileError(f"{path} cannot be read: {error}") from error
    if not _CONTACT.fullmatch(contact):
        raise SiteFileError(
            f"{path}: write one line there, an e-mail address or the URL of a page that says who crawls"
        )
    return contact


def build_user_agent(contact: str | None) -> str:
    """The User-Agent: a product token that robots.txt can name, the version, and where to complain.

    >>> build_user_agent("https://example.org/crawler")
    'iomdb/0.1.0 (+https://example.org/crawler)'
    """
    return f"{PRODUCT_TOKEN}/{version('iomdb')}" + (f" (+{contact})" if contact else "")


def origin_of(url: str) -> str:
    """Scheme and host with port: what one robots.txt speaks for.

    >>> origin_of("https://www.iom.int/news/x")
    'https://www.iom.int'
    """
    return f"{url.partition(':')[0].lower()}://{host_of(url)}"


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
