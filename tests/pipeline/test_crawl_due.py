"""When a crawl is due: once a day in its own hour, and once after any number of missed days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.history.due import MAX_ATTEMPTS_A_DAY, Due, find_hour, find_last_crawl, find_slot, judge_crawl_due

START = datetime(2026, 1, 1, tzinfo=UTC)
SITES = st.from_regex(r"[a-z]{1,12}", fullmatch=True)


def judge(site: str, now: datetime, last: datetime | None = None, *, n_active: int = 0, n_failed_today: int = 0) -> Due:
    return judge_crawl_due(site, now=now, last_started_at=last, n_active=n_active, n_failed_today=n_failed_today)


def test_a_site_that_was_never_crawled_is_due_at_once() -> None:
    assert judge("liberia", START).is_due


@given(SITES, st.sets(st.integers(0, 90 * 24 - 1), max_size=400))
def test_ninety_days_of_ticks_crawl_once_a_day_and_once_after_a_gap(site: str, down: set[int]) -> None:
    last: datetime | None = None
    crawls = []
    for hour in range(90 * 24):
        now = START + timedelta(hours=hour)
        if hour not in down and judge(site, now, last).is_due:
            crawls.append(now)
            last = now
    slots = [find_slot(site, crawl) for crawl in crawls]
    assert len(slots) == len(set(slots))
    last_tick = max((hour for hour in range(90 * 24) if hour not in down), default=None)
    assert last_tick is not None
    assert last == crawls[-1] >= find_slot(site, START + timedelta(hours=last_tick))


@given(SITES)
def test_crawls_start_in_the_sites_own_hour(site: str) -> None:
    now = START + timedelta(days=3)
    times = [now + timedelta(minutes=15 * step) for step in range(96 * 2)]
    last = find_slot(site, now)
    started = []
    for tick in times:
        if judge(site, tick, last).is_due:
            started.append(tick)
            last = tick
    assert {tick.hour for tick in started} == {find_hour(site)}


def test_a_running_crawl_is_let_be() -> None:
    due = judge("liberia", START, n_active=1)
    assert not due.is_due
    assert "already" in due.reason


def test_a_crawl_that_keeps_failing_waits_for_tomorrow() -> None:
    assert judge("liberia", START, n_failed_today=MAX_ATTEMPTS_A_DAY - 1).is_due
    assert not judge("liberia", START, n_failed_today=MAX_ATTEMPTS_A_DAY).is_due


def test_a_clock_that_was_set_back_does_not_stop_a_site_for_ever() -> None:
    due = judge("liberia", START, START + timedelta(days=400))
    assert due.is_due
    assert "set back" in due.reason


def test_only_crawls_of_the_site_itself_count() -> None:
    runs = [
        "20261120T060000Z-niger-2d711642",
        "20261121T060000Z-nigeria-2d711642",
        "20261119T060000Z-niger-ffffffff",
        "20261121T000000Z-seeds-2d711642",
    ]
    assert find_last_crawl("niger", runs) == datetime(2026, 11, 20, 6, tzinfo=UTC)
    assert find_last_crawl("haiti", runs) is None
