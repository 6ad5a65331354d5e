"""Days of the daemon as shipped, with real runs, on a clock that runs ahead: one day, and by ``make week`` seven."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import DagsterRunStatus, RunRecord
from dagster._core.scheduler.instigation import TickStatus

from pipeline.defs.assets import CAUSE_TAG
from pipeline.defs.automation import INPUTS_TAG
from pipeline.defs.specs import GATE
from tests.replay.world import Weather
from tests.week.life import Kill, Plan, Record, open_life
from tests.week.town import HOURS

BEGIN = datetime(2026, 11, 2, 5, 58, tzinfo=UTC)
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)


def at(day: int, hour: int) -> datetime:
    """An hour of a day of the plan."""
    return BEGIN.replace(hour=hour, minute=0) + day * DAY


FIRST = at(0, 6)
"""The first tick: all sites are due, for nobody crawled them yesterday."""

ONE_DAY = Plan(
    begin=BEGIN,
    end=at(1, 8),
    names=("abelmoor", "brenine", "brenara", "caldmere"),
    weather={"brenine": {0: Weather.DOWN}, "abelmoor": {1: Weather.FIELD_LOST}},
    kills=(Kill(at(0, 13), "crawl_site", everything=True),),
)
SEVEN_DAYS = Plan(
    begin=BEGIN,
    end=at(7, 6) - QUARTER,
    weather={"brenine": dict.fromkeys((1, 2), Weather.DOWN), "estine": {2: Weather.FIELD_LOST}},
    kills=(Kill(at(0, 13), "crawl_site", everything=True), Kill(at(2, 19), "publish", everything=False)),
)


def find_slots(plan: Plan, site: str) -> list[datetime]:
    """When the site is to be crawled: at the first tick, then in its own hour of each day."""
    own = [at(day, HOURS[site]) for day in range(8)]
    return [FIRST, *(slot for slot in own if FIRST < slot <= plan.end)]


def is_whole(run: RunRecord) -> bool:
    """Whether a publish did its work: it succeeded, or failed for what the gate left out of what it published."""
    made = run.dagster_run
    return made.status == DagsterRunStatus.SUCCESS or made.tags.get(CAUSE_TAG) == GATE.name


def check_no_tick_failed_and_none_was_left_out(plan: Plan, record: Record) -> None:
    """Of the ticks that came while there was no daemon, the next one evaluates the newest.

    The end may come while a tick is being evaluated.
    """
    done = {TickStatus.SUCCESS, TickStatus.SKIPPED}
    for name, (*ticks, last) in record.ticks.items():
        assert {tick.status for tick in ticks} <= done, name
        assert last.status in done | {TickStatus.STARTED}, name
    quarters = [FIRST + number * QUARTER for number in range((plan.end - FIRST) // QUARTER)]
    missed = {each for since, until in record.deaths for each in quarters if since < each <= until - QUARTER}
    evaluated = [datetime.fromtimestamp(tick.timestamp, UTC) for tick in record.ticks["crawl_due_sites"]]
    assert [each for each in evaluated if each < plan.end] == [each for each in quarters if each not in missed]


def check_each_site_was_crawled_once_a_day(plan: Plan, record: Record) -> None:
    hours = {site: [start.replace(minute=0, second=0) for start in starts] for site, starts in record.crawls.items()}
    assert hours == {site: find_slots(plan, site) for site in plan.names}


def check_one_publish_followed_each_batch(plan: Plan, record: Record) -> None:
    batches = sorted({slot for site in plan.names for slot in find_slots(plan, site)})
    publishes = [run for run in record.runs if run.dagster_run.job_name == "publish"]
    whole = [run for run in publishes if is_whole(run)]
    assert [max(batch for batch in batches if batch <= run.create_timestamp) for run in whole] == batches
    assert len({run.dagster_run.tags[INPUTS_TAG] for run in whole}) == len(batches)
    for run in whole:
        for crawl in record.runs:
            is_beside = crawl.create_timestamp <= run.create_timestamp < crawl.update_timestamp
            assert crawl.dagster_run.job_name != "crawl_site" or not is_beside, "a publish waits for the crawls"


def check_each_incident_was_told_once_and_when_it_was_over(
    plan: Plan, record: Record, expected: dict[str, list[str]]
) -> None:
    """What was killed may have been done again before anybody looked: told or not, it is told once."""
    told = {key: [phase for phase, each, _ in record.told if each == key] for _, key, _ in record.told}
    hours = {kill.since.hour for kill in plan.kills if kill.everything}
    killed = {f"run:crawl_site:{site}": ["open", "over"] for site in plan.names if HOURS[site] in hours}
    if any(kill.job == "publish" for kill in plan.kills):
        killed["run:publish"] = ["open", "over"]
    assert expected.items() <= told.items()
    assert told.items() <= (expected | killed).items()


def _count(names: Iterable[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(Counter(names).items()))


def tell(record: Record) -> str:
    """What a person wants to know of it."""
    lines = [f"ticks {name}: {_count(tick.status.value for tick in ticks)}" for name, ticks in record.ticks.items()]
    for job in ("crawl_site", "publish"):
        ends = _count(run.dagster_run.status.value for run in record.runs if run.dagster_run.job_name == job)
        lines.append(f"runs {job}: {ends}")
    lines.append(f"crawls in the archive: {_count(f'{len(starts)} of a site' for starts in record.crawls.values())}")
    lines += [f"told {phase} {key}" for phase, key, _ in record.told]
    lines += [
        f"memory at {when:%a %H:%M}: {size / 1e6:.0f} MB"
        for when, size in record.resident[:: len(record.resident) // 7]
    ]
    return "\n".join(lines)


def check(plan: Plan, root: Path, expected: dict[str, list[str]]) -> None:
    """Live the plan, tell what came of it, and hold it to all that was promised."""
    with open_life(root, plan) as life:
        record = life.live()
    print(tell(record))
    check_no_tick_failed_and_none_was_left_out(plan, record)
    check_each_site_was_crawled_once_a_day(plan, record)
    check_one_publish_followed_each_batch(plan, record)
    check_each_incident_was_told_once_and_when_it_was_over(plan, record, expected)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_day_of_the_daemon_on_a_quick_clock_with_one_kill(tmp_path: Path) -> None:
    check(
        ONE_DAY,
        tmp_path,
        {
            "run:crawl_site:brenine": ["open", "over"],
            "daemon:heartbeat": ["open", "over"],
            "gate:abelmoor:project": ["open"],
        },
    )


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.skipif("IOMDB_WEEK" not in os.environ, reason="an hour of work: `make week` does it")
def test_a_week_of_the_daemon_on_a_quick_clock_with_two_kills(tmp_path: Path) -> None:
    keys = ("run:crawl_site:brenine", "daemon:heartbeat", "gate:estine:project")
    check(SEVEN_DAYS, tmp_path, {key: ["open", "over"] for key in keys})
