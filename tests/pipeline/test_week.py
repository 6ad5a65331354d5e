"""A week of the daemon on a clock that is set: its schedule and sensors, evaluated by Dagster, over five sites.

What a worker does is done here: a crawl leaves its run in the archive, a publish (each tenth is one) its note, and both
their end in the instance. The daemon itself, with real crawls and publishes, is in ``tests/week``.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from dagster import (
    DagsterEvent,
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    RepositoryDefinition,
    RunRequest,
    build_schedule_context,
    build_sensor_context,
)
from dagster._core.test_utils import freeze_time

from contracts.outcomes import Outcome
from pipeline.defs import defs
from pipeline.defs.instance import open_instance
from pipeline.ground.folders import DataFolder
from pipeline.history.published_file import fingerprint_inputs, note_publish
from pipeline.stages.releases import current_release
from tests.pipeline.health.instances import SCHEDULE, SENSOR, add_state, beat
from tests.pipeline.houses import SITE as HOST
from tests.pipeline.houses import SITE_FILE, START, House
from tests.site.pages import Look, make_news, render_page

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOURS = {f"{name}.{HOST}": hour for name, hour in {"kappa": 8, "one": 8, "theta": 9, "iota": 9, "beta": 12}.items()}
"""The sites, each with the hour of its crawls."""

DOWN, DOWN_DAYS = f"theta.{HOST}", range(2, 5)
KILLED, KILLED_AT = f"beta.{HOST}", BEGIN + 5 * DAY + 12 * HOUR
CRAWL, PUBLISH = "crawl_site", "publish"
SUCCESS, FAILURE = DagsterEventType.RUN_SUCCESS, DagsterEventType.RUN_FAILURE


class SetClock:
    """The machine's clock, in the place of ``datetime``: it stands where it was set."""

    at = BEGIN

    @classmethod
    def now(cls, _zone: tzinfo) -> datetime:
        return cls.at


@dataclass
class Week:
    """The instance as time passes. ``asked`` is every run that was asked for, and when; ``told`` what a person was."""

    root: Path
    houses: dict[str, House]
    instance: DagsterInstance
    repository: RepositoryDefinition
    asked: list[tuple[datetime, DagsterRun]] = field(default_factory=list)
    under_way: dict[str, tuple[datetime, DagsterRun]] = field(default_factory=dict)
    """By what may not be done twice at once: the site, or ``publish``."""

    @property
    def told(self) -> list[str]:
        path = self.root / "told"
        return path.read_text().splitlines() if path.exists() else []

    def pass_hour(self, at: datetime) -> None:
        """What was begun an hour ago ends; then ticks of the schedule and the sensor, each second hour the watch."""
        SetClock.at = at
        with freeze_time(at):
            for name, (since, run) in list(self.under_way.items()):
                if since < at:
                    del self.under_way[name]
                    self.end(name, since, run)
            beat(self.instance, at)
            ticks = build_schedule_context(self.instance, at, repository_def=self.repository)
            # Else Dagster opens the instance anew at each tick: half of all the time.
            ticks._instance = self.instance  # type: ignore[assignment]
            self.begin(at, CRAWL, self.repository.get_schedule_def(SCHEDULE).evaluate_tick(ticks).run_requests)
            for name in (SENSOR, "watch") if at.hour % 2 else (SENSOR,):
                looks = build_sensor_context(self.instance, repository_def=self.repository)
                self.begin(at, PUBLISH, self.repository.get_sensor_def(name).evaluate_tick(looks).run_requests)

    def begin(self, at: datetime, job: str, requests: Sequence[RunRequest] | None) -> None:
        """What the daemon makes of requests: runs that bear their keys and who asked for them."""
        for request in requests or ():
            starter = {"dagster/schedule_name": SCHEDULE} if job == CRAWL else {"dagster/sensor_name": SENSOR}
            tags = {**request.tags, **starter, **({"dagster/run_key": request.run_key} if request.run_key else {})}
            name = request.partition_key or job
            assert name not in self.under_way, f"two of {name} at once"
            run = DagsterRun(job_name=job, tags=tags, status=DagsterRunStatus.STARTED)
            self.instance.run_storage.add_historical_run(run, at)
            self.asked.append((at, run))
            self.under_way[name] = at, run

    def end(self, name: str, since: datetime, run: DagsterRun) -> None:
        is_down, is_killed = name == DOWN and (since - BEGIN).days in DOWN_DAYS, (name, since) == (KILLED, KILLED_AT)
        house = self.houses.get(name) or self.houses[DOWN]
        if name == PUBLISH and len(self.find_times(PUBLISH)) % 10 == 1:
            assert not house.publish(SetClock.at).rejected
        elif name == PUBLISH:
            note_publish(house.folder, fingerprint_inputs(house.folder, current_release().number), now=SetClock.at)
        elif not is_killed:
            outcomes = dict.fromkeys(house.pages, Outcome.CONNECTION_ERROR) if is_down else {}
            house.crawl((since - START) / DAY, outcomes=outcomes, robots=None if is_down else 200)
        event = FAILURE if is_down or is_killed else SUCCESS
        self.instance.run_storage.handle_run_event(run.run_id, DagsterEvent(event.value, run.job_name), SetClock.at)

    def find_times(self, name: str) -> list[datetime]:
        """When runs of a site, or a job, were asked for."""
        return [at for at, run in self.asked if name in {run.tags.get("iomdb/site"), run.job_name}]

    def list_files(self) -> list[str]:
        """What lies in the data folder, less what grows with the archive."""
        data = self.root / "data"
        inside = (path.relative_to(data) for path in data.rglob("*"))
        return sorted(str(path) for path in inside if path.parts[0] not in {"archive", "extracted", "private"})


@pytest.fixture
def week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Week]:
    houses = {}
    for site in HOURS:
        pages = {f"https://{site}/news/{n}": render_page(make_news(n), Look(n_bytes=2_000)) for n in range(2)}
        houses[site] = House(tmp_path, pages, SITE_FILE.replace(HOST, site), site)
    os.utime(tmp_path / "sites" / "contact.txt", (0, 0))
    folder = DataFolder(tmp_path / "data")
    folder.root.mkdir()
    words = ["/bin/sh", "-c", f'echo "$IOMDB_PHASE $IOMDB_KEY" >> {tmp_path / "told"}']
    (folder.root / "alerts.toml").write_text(f"[[command]]\nname = 'file'\nwords = {words}\n")
    monkeypatch.setenv("IOMDB_DATA", str(folder.root))
    monkeypatch.setenv("IOMDB_SITES", str(tmp_path / "sites"))
    monkeypatch.setenv("DAGSTER_HOME", "restored by monkeypatch")
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    monkeypatch.setattr("pipeline.ground.clock.datetime", SetClock)
    with open_instance(folder, now=BEGIN) as instance:
        add_state(instance, SCHEDULE, BEGIN)
        yield Week(tmp_path, houses, instance, defs.get_repository_def())


@pytest.mark.slow
def test_a_week_of_ticks_asks_each_site_once_a_day_publishes_once_and_tells_each_trouble_once(week: Week) -> None:
    for number in range(2 * 24):
        week.pass_hour(BEGIN + number * HOUR)
    calm = week.list_files()
    for number in range(2 * 24, 7 * 24):
        week.pass_hour(BEGIN + number * HOUR)
    for site, hour in HOURS.items():
        daily = [BEGIN + day * DAY + hour * HOUR for day in range(7)]
        again = [KILLED_AT + HOUR] if site == KILLED else []
        assert week.find_times(site) == sorted([BEGIN, *daily, *again]), (
            "at once, in its hour, and after a killed crawl"
        )
    runs = [run for _, run in week.asked]
    assert max(Counter(run.tags["dagster/run_key"] for run in runs if run.job_name == CRAWL).values()) == 1
    assert max(Counter(run.tags["iomdb/inputs"] for run in runs if run.job_name == PUBLISH).values()) == 1
    # One publish a batch, when its last crawl has ended: the crawls of 8 and 9, then that of 12.
    batches = {BEGIN + HOUR, *(BEGIN + day * DAY + hour * HOUR for day in range(7) for hour in (10, 13))}
    assert week.find_times(PUBLISH) == sorted(batches - {KILLED_AT + HOUR} | {KILLED_AT + 2 * HOUR})
    troubles = [f"run:crawl_site:{site}" for site in (DOWN, KILLED)]
    assert week.told == [f"{phase} {key}" for key in troubles for phase in ("open", "over")]
    assert week.list_files() == calm, "nothing grows but the archive, its readings and the lists of runs"
    incidents = json.loads((week.root / "data" / "incidents.json").read_bytes())
    assert (incidents["incidents"], incidents["ended"]) == ([], {})
    assert week.instance.get_runs_count() == len(week.asked)
