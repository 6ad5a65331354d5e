"""Pace, holds, the breaker and Retry-After, with a clock of our own: to the second, without waiting."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.session.politeness import (
    HostClosedError,
    HostPace,
    backoff,
    find_http_date,
    parse_retry_after,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class FakeClock:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


def pace_of(clock: FakeClock, delay: float = 1.0) -> HostPace:
    return HostPace("iom.int", delay, clock.now, sleep=clock.sleep)


async def take_turns(pace: HostPace, clock: FakeClock, n: int) -> list[float]:
    """The times at which ``n`` requests that all wait at once are let through."""
    times: list[float] = []

    async def one() -> None:
        await pace.turn()
        times.append(clock.now())

    await asyncio.gather(*(one() for _ in range(n)))
    return times


@given(st.integers(1, 20), st.floats(0.1, 30))
def test_no_two_requests_are_closer_than_the_delay_however_many_wait(n: int, delay: float) -> None:
    clock = FakeClock()
    times = asyncio.run(take_turns(pace_of(clock, delay), clock, n))
    assert all(later - earlier >= delay - 1e-6 for earlier, later in pairwise(times))


def test_the_delay_counts_from_when_the_request_left_not_from_its_turn() -> None:
    clock = FakeClock()
    pace = pace_of(clock)

    async def run() -> float:
        await pace.turn()
        await clock.sleep(0.75)  # connecting took so long
        pace.sent()
        await pace.turn()
        return clock.now()

    assert asyncio.run(run()) == 1001.75


def test_a_hold_delays_also_those_who_wait_already() -> None:
    clock = FakeClock()
    pace = pace_of(clock)

    async def run() -> list[float]:
        await pace.turn()
        waiting = asyncio.ensure_future(take_turns(pace, clock, 2))
        pace.hold(30, "asked to")
        return await waiting

    assert asyncio.run(run()) == [1030.0, 1031.0]


def test_a_hold_that_is_too_long_gives_the_host_up_and_says_why() -> None:
    clock = FakeClock()
    pace = pace_of(clock)
    pace.hold(3600, "status 429 with Retry-After '3600'")
    with pytest.raises(HostClosedError, match="3600 s is longer than this run waits"):
        asyncio.run(pace.turn())


def test_those_who_wait_when_a_host_is_given_up_are_refused() -> None:
    clock = FakeClock()
    pace = pace_of(clock, 5.0)

    async def run() -> None:
        await pace.turn()
        waiting = asyncio.ensure_future(pace.turn())
        await asyncio.sleep(0)
        pace.give_up("it is ill")
        await waiting

    with pytest.raises(HostClosedError, match="it is ill"):
        asyncio.run(run())


def test_crawl_delay_only_ever_slows_down() -> None:
    clock = FakeClock()
    pace = pace_of(clock, 2.0)
    asyncio.run(pace.turn())
    pace.slow_down(10)
    pace.slow_down(1)
    assert pace.waits() == 10
    assert pace.delay == 10


def test_a_crawl_delay_of_a_day_gives_the_host_up() -> None:
    pace = pace_of(FakeClock())
    pace.slow_down(86400)
    assert pace.reason == "it asks for 86400 s between requests, longer than this run waits"


def test_failures_in_a_row_open_the_breaker_and_an_answer_between_does_not() -> None:
    pace = pace_of(FakeClock())
    for _ in range(4):
        pace.failed("timeout")
    pace.answered()
    for _ in range(4):
        pace.failed("timeout")
    assert pace.reason is None
    pace.failed("timeout at /x")
    assert pace.reason == "5 URLs in a row failed, the last with: timeout at /x"


def test_three_block_pages_open_the_breaker() -> None:
    pace = pace_of(FakeClock())
    for _ in range(3):
        pace.blocked("a challenge")
    assert pace.reason is not None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 30 ", 30.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sunday, 22-Nov-26 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 13:00:30 +0100", 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("Sun, 99 Nov 2026 12:00:30 GMT", None),
    ],
)
def test_retry_after_in_both_forms(value: str, seconds: float | None) -> None:
    assert parse_retry_after(value, NOON) == seconds


@given(st.text(max_size=60))
def test_no_header_breaks_the_reading_of_dates(text: str) -> None:
    find_http_date(text)
    seconds = parse_retry_after(text, NOON)
    assert seconds is None or seconds >= 0


def test_backoff_doubles_jitters_and_has_a_bound() -> None:
    rng = random.Random(1)
    waits = [backoff(attempt, 1.0, rng) for attempt in range(1, 12)]
    assert all(2**n * 0.5 <= wait <= 2**n * 1.5 for n, wait in enumerate(waits[:5], start=1))
    assert max(waits) == 120
    assert len({backoff(1, 1.0, rng) for _ in range(20)}) == 20
