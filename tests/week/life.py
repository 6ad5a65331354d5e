"""The daemon's life over days: started, killed, started again, and all that it left behind.

Belongs here: letting it live by a plan, and the record of it. Does not belong here: what the record should say.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from dagster import DagsterInstance, RunRecord
from dagster._core.scheduler.instigation import InstigatorTick

from contracts.run import source_of, start_of
from crawler.archive.runs import iter_run_ids
from tests.pipeline.daemons import Copy, find_ticks, list_processes
from tests.replay.world import Weather
from tests.week import clock
from tests.week.leash import Leash
from tests.week.town import NAMES, open_town

SENSORS = ("crawl_due_sites", "publish_new_captures", "watch")
DAEMON = "-m pipeline.defs.service"
DEAD_FOR = timedelta(minutes=35)
TOLD = 'echo "$IOMDB_PHASE $IOMDB_KEY $IOMDB_INCIDENT" >> {}'


@dataclass(frozen=True)
class Kill:
    """From ``since`` on, as soon as a run of the job is under way: the daemon alone, or all that it started too."""

    since: datetime
    job: str
    everything: bool


@dataclass(frozen=True)
class Plan:
    """What is to happen. ``weather`` is by site and day, the first day being 0."""

    begin: datetime
    end: datetime
    names: tuple[str, ...] = NAMES
    weather: Mapping[str, Mapping[int, Weather]] = field(default_factory=dict)
    kills: tuple[Kill, ...] = ()


@dataclass
class Record:
    """What came of it, by its clock. ``deaths``: from when to when there was no daemon. ``resident``: its memory."""

    ticks: dict[str, list[InstigatorTick]] = field(default_factory=dict)
    runs: list[RunRecord] = field(default_factory=list)
    crawls: dict[str, list[datetime]] = field(default_factory=dict)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    deaths: list[tuple[datetime, datetime]] = field(default_factory=list)
    resident: list[tuple[datetime, int]] = field(default_factory=list)
    log: str = ""


class KilledError(Exception):
    """Raised where the daemon was killed: what follows on its end needs no good end of its own."""


@dataclass
class Life:
    """One life of a daemon after the other, in the folder ``copy`` and on one clock."""

    copy: Copy
    plan: Plan
    leash: Leash
    begin_day: Callable[[int], None]
    record: Record = field(default_factory=Record)
    day: int = 0

    def live(self) -> Record:
        """All of the plan."""
        for kill in self.plan.kills:
            self.live_until(kill)
        with self.copy.run_daemon() as daemon:
            self.leash.pass_time(lambda: self.follow(daemon) >= self.plan.end)
            self.leash.pass_time(lambda: self.leash.count_unfinished_runs() == 0)
        return self.read()

    def live_until(self, kill: Kill) -> None:
        """Until the daemon is killed; where all is, it stays so for a while, and the doctor's timer sees that."""
        with suppress(KilledError), self.copy.run_daemon() as daemon:
            self.leash.pass_time(lambda: self.follow(daemon) >= kill.since)
            self.leash.pass_time(lambda: self.is_under_way(kill.job))
            self.kill(everything=kill.everything)
            raise KilledError
        killed_at = self.leash.now()
        if kill.everything:
            self.leash.pass_time_unwatched(killed_at + DEAD_FOR)
            assert self.copy.call("doctor", "--alert").returncode == 1
        self.record.deaths.append((killed_at, self.leash.now()))

    def follow(self, daemon: subprocess.Popen[bytes]) -> datetime:
        """What time it is; the sites and the measurement of memory go with it."""
        assert daemon.poll() is None, self.copy.read_log()[-3000:]
        now = self.leash.now()
        if (day := (now.date() - self.plan.begin.date()).days) != self.day:
            self.day = day
            self.begin_day(day)
        measured_at = self.record.resident[-1][0] if self.record.resident else self.plan.begin
        if now - measured_at >= timedelta(hours=1):
            self.record.resident.append((now, psutil.Process(daemon.pid).memory_info().rss))
        return now

    def is_under_way(self, job: str) -> bool:
        """Whether a run of the job is in the middle of its work: of a crawl, some of it is in the archive."""
        is_open = job != "crawl_site" or any(self.copy.folder.archive.rglob("*.open"))
        return is_open and self.leash.is_working(job)

    def kill(self, *, everything: bool) -> None:
        for pid, words in list_processes(self.copy):
            if not everything and DAEMON not in words:
                continue
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def read(self) -> Record:
        """What is left of it on disk."""
        told = self.copy.data.parent / "told"
        with self.copy.open_instance() as instance:
            self.record.ticks = {name: sorted(find_ticks(instance, name), key=_find_time) for name in SENSORS}
            self.record.runs = _read_runs(instance)
        for run_id in iter_run_ids(self.copy.folder.archive):
            self.record.crawls.setdefault(source_of(run_id), []).append(start_of(run_id))
        lines = told.read_text().splitlines() if told.exists() else []
        self.record.told = [(phase, key, incident) for phase, key, incident in (line.split() for line in lines)]
        self.record.log = self.copy.read_log()
        return self.record


def _find_time(tick: InstigatorTick) -> float:
    return tick.timestamp


def _read_runs(instance: DagsterInstance) -> list[RunRecord]:
    return sorted(instance.get_run_records(), key=lambda record: record.create_timestamp)


def lay_clock(folder: Path, start: datetime) -> clock.Clock:
    """The clock of every Python process that has the folder first in PYTHONPATH."""
    shutil.copy(clock.__file__, folder / "accelerated_clock.py")
    (folder / "sitecustomize.py").write_text("import accelerated_clock\n\naccelerated_clock.install()\n")
    return clock.make_clock(folder / "clock", start)


@contextmanager
def open_life(root: Path, plan: Plan) -> Iterator[Life]:
    """The sites, the clock and an empty data folder, on which the plan is lived while the block runs."""
    code = root / "code"
    code.mkdir()
    copy = Copy(code, root / "data", root / "sites")
    copy.data.mkdir()
    words = ["/bin/sh", "-c", TOLD.format(root / "told")]
    (copy.data / "alerts.toml").write_text(f"free_bytes = 1_000_000\n[[command]]\nname = 'file'\nwords = {words}\n")
    with open_town(copy.sites, plan.names, plan.weather) as town:
        leash = Leash(lay_clock(code, plan.begin), copy.folder)
        yield Life(copy, plan, leash, town.begin_day)
