"""How far the clock may run ahead of the daemon: it goes fast while nothing is under way and the daemon keeps up.

Belongs here: what the daemon has done, by its own databases, and the pace that follows. Does not belong here: the
clock (``clock``), what the daemon should have done. Nothing is written, and Dagster is not imported: a look is taken
many times a second.

While a run is under way the clock goes as the machine's does, for what works is not made quicker. Else it may run to
the next quarter of an hour, and only so far ahead of the newest heartbeat and the newest look of each sensor as a real
daemon may be late too: so a busy machine takes longer, and sees the same week.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.ground.folders import DataFolder
from pipeline.health.daemon import HEARTBEATS
from tests.week.clock import Clock

FAST = 3000.0
LONGEST_AHEAD = {"crawl_due_sites": 905.0, "publish_new_captures": 905.0, "watch": 1800.0}
"""Seconds by which the clock may pass the newest finished tick of each."""

LONGEST_AHEAD_OF_PUBLISH = 150.0
"""The same after a crawl, when a publish will be asked for: what is asked for between two looks has three minutes to
start."""

LONGEST_BEAT = 900.0
UNFINISHED = """
SELECT pipeline_name, status FROM runs WHERE status IN ('QUEUED', 'NOT_STARTED', 'STARTING', 'STARTED', 'CANCELING')
"""
NEWEST_RUN = "SELECT pipeline_name, status FROM runs ORDER BY id DESC LIMIT 1"
NEWEST_TICKS = """
SELECT tick_body, timestamp FROM job_ticks
WHERE id IN (SELECT max(id) FROM job_ticks WHERE status != 'STARTED' GROUP BY selector_id)
"""


@dataclass
class Leash:
    """Holds the clock of the daemon whose data folder this is. ``n_looks`` counts how often it looked."""

    clock: Clock
    folder: DataFolder
    n_looks: int = field(default=0)

    def now(self) -> datetime:
        """What the daemon's clock shows."""
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def hold(self) -> None:
        """One look, and the pace until the next."""
        self.n_looks += 1
        n_unfinished = self.count_unfinished_runs()
        limit = None if n_unfinished else self.find_limit()
        if limit is None:
            self.clock.set(1.0)
        else:
            self.clock.set(FAST, limit)

    def pass_time(self, is_over: Callable[[], bool]) -> None:
        """Let time pass until it is over, at the daemon's own pace."""
        while not is_over():
            self.hold()
            time.sleep(0.05)

    def pass_time_unwatched(self, until: datetime) -> None:
        """Let time pass while there is no daemon that could keep up."""
        self.clock.set(FAST, until.timestamp())
        while self.now() < until:
            time.sleep(0.05)
        self.clock.set(1.0)

    def count_unfinished_runs(self) -> int:
        """Runs that are queued or under way."""
        return len(_read(self.folder.dagster_runs, UNFINISHED))

    def is_working(self, job: str) -> bool:
        """Whether a run of the job works."""
        return (job, "STARTED") in _read(self.folder.dagster_runs, UNFINISHED)

    def find_limit(self) -> float | None:
        """How far the clock may go, in seconds since 1970; None while the daemon has not begun."""
        beats = _read(self.folder.dagster_runs, HEARTBEATS)
        if not beats:
            return None
        ticks = {json.loads(body)["job_name"]: at for body, at in _read(self.folder.dagster_schedules, NEWEST_TICKS)}
        if ticks.keys() != LONGEST_AHEAD.keys():
            return self.clock.now()
        ahead = dict(LONGEST_AHEAD)
        if any(job == "crawl_site" for job, _ in _read(self.folder.dagster_runs, NEWEST_RUN)):
            ahead["publish_new_captures"] = LONGEST_AHEAD_OF_PUBLISH
        limits = [_find_seconds(at) + ahead[name] for name, at in ticks.items()]
        return min(*limits, _find_seconds(beats[0][0]) + LONGEST_BEAT)


def _read(path: Path, question: str) -> list[tuple[str, str]]:
    """The answer; none from a file that is not there yet, or has no tables yet."""
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        try:
            return connection.execute(question).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            return []


def _find_seconds(said: str) -> float:
    return datetime.fromisoformat(said).replace(tzinfo=UTC).timestamp()
