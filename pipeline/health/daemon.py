"""Dagster's daemon, by what it leaves in its database: whether it lives, and the evaluations that failed.

What has stopped cannot say so itself, and where a schedule or sensor fails nothing is started, so that no run fails
either. Belongs here: heartbeats, ticks, the schedule's state. Does not belong here: Dagster, its runs.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from pipeline.ground.errors import PipelineError
from pipeline.ground.finding import Finding
from pipeline.ground.folders import DataFolder
from pipeline.health.look import Look, find_daemon_start
from pipeline.health.machine import quote

LONGEST_SILENCE = timedelta(minutes=30)
"""Heartbeats come every 30 seconds; Dagster itself calls a daemon unhealthy after so long."""

FRESH = timedelta(minutes=3)
"""What a health check goes by: six beats in a row are missing."""

NEEDED = ("SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR")
HEARTBEATS = f"SELECT timestamp FROM daemon_heartbeats WHERE daemon_type IN {NEEDED} ORDER BY timestamp LIMIT 1"

INSTANCE_VARIABLE = "IOMDB_INSTANCE"
"""Names a PostgreSQL that holds Dagster's instance for several machines: postgresql://user:password@host/database."""

LONGEST_WAIT_SECONDS = 10
"""For PostgreSQL: a health check is asked every half minute."""


class InstanceAwayError(PipelineError):
    """Raised when the PostgreSQL of several machines does not answer."""


def check_daemon(look: Look) -> list[Finding] | None:
    """A daemon that once ran and gives no sign of life, where sites are being crawled.

    On a machine where nothing was ever crawled it is somebody who looked at the UI and closed it.
    """
    where = str(look.folder.dagster_runs)
    try:
        beat = find_heartbeat(look.folder)
    except sqlite3.Error:
        return None
    except InstanceAwayError as error:
        remedy = "start it: the daemon goes on by itself (docs/cluster.md, When something is away)"
        return [Finding("daemon:heartbeat", "problem", f"{error}: nothing is crawled or published", where, remedy)]
    has_crawled = any(run.source == "crawl" for run in look.history.runs)
    if beat is None or not has_crawled or is_alive(beat, look.now):
        return []
    what = f"no sign of life of the daemon since {beat:%Y-%m-%d %H:%M} UTC: nothing is crawled or published"
    remedy = f"systemctl start iomdb (or iomdb daemon); if it is stopped for good: rm -r {quote(look.folder.dagster)}"
    return [Finding("daemon:heartbeat", "problem", what, where, remedy)]


@dataclass(frozen=True, slots=True)
class DaemonLife:
    """When the daemon was last alive (None: never, or it cannot be read), and whether that is fresh."""

    last_alive_at: datetime | None
    is_alive: bool
    why: str = "no sign of life of it can be read here"

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return asdict(self)

    def describe(self) -> str:
        """The same for a person, on one line."""
        if self.last_alive_at is None:
            return f"the daemon is not alive: {self.why}"
        said = f"last sign of life at {self.last_alive_at:%Y-%m-%d %H:%M:%S} UTC"
        return f"the daemon is {'alive' if self.is_alive else 'not alive'}: {said}"


def read_life(folder: DataFolder, now: datetime) -> DaemonLife:
    """Whether the daemon of this folder is alive, for health checks. What cannot be read is no sign of life."""
    try:
        return judge_life(find_heartbeat(folder), now)
    except sqlite3.Error:
        return judge_life(None, now)
    except InstanceAwayError as error:
        return DaemonLife(None, is_alive=False, why=str(error))


def judge_life(beat: datetime | None, now: datetime) -> DaemonLife:
    """The life of a daemon that was last alive then; None for never."""
    return DaemonLife(beat, beat is not None and now - beat <= FRESH)


def is_alive(heartbeat: datetime, now: datetime) -> bool:
    """Whether a daemon that was last alive then counts as alive now."""
    return now - heartbeat <= LONGEST_SILENCE


def find_heartbeat(folder: DataFolder) -> datetime | None:
    """When the last of the daemon's needed parts was last alive, UTC; None where there was never a daemon.

    Raises:
        sqlite3.Error: the file cannot be read now.
        InstanceAwayError: the PostgreSQL of several machines does not answer.
    """
    if address := os.environ.get(INSTANCE_VARIABLE):
        return _find_shared_heartbeat(address)
    path = folder.dagster_runs
    if not path.exists():
        return None
    with _open(path) as connection:
        rows = connection.execute(HEARTBEATS).fetchall()
    return datetime.fromisoformat(rows[0][0]).replace(tzinfo=UTC) if rows else None


def _find_shared_heartbeat(address: str) -> datetime | None:
    """The same, in PostgreSQL: by one question: to open Dagster's instance takes a busy machine half a minute."""
    import psycopg2  # type: ignore[import-untyped]  # noqa: PLC0415 - of the extra iomdb[cluster]; it ships no types

    try:
        with closing(psycopg2.connect(address, connect_timeout=LONGEST_WAIT_SECONDS)) as connection:
            cursor = connection.cursor()
            cursor.execute(HEARTBEATS)
            row = cursor.fetchone()
    except psycopg2.errors.UndefinedTable:
        return None
    except psycopg2.Error as error:
        told = str(error).strip().partition("\n")[0]
        raise InstanceAwayError(f"the PostgreSQL of {INSTANCE_VARIABLE} does not answer ({told})") from error
    return None if row is None else row[0].replace(tzinfo=UTC)


LONGEST_WITHOUT_STATE = timedelta(days=1)
"""A tick of what Dagster keeps no state of (an older iomdb had it) no longer counts: no later tick will follow it."""

STATES = "SELECT selector_id, status FROM instigators"
SCHEDULES = "SELECT status, instigator_body FROM instigators WHERE instigator_type = 'SCHEDULE'"
NEWEST_TICK = """
SELECT status, timestamp, tick_body FROM job_ticks WHERE selector_id = ? AND status != 'STARTED'
ORDER BY id DESC LIMIT 1
"""


class _Error(msgspec.Struct):
    message: str
    cause: "_Error | None" = None


class _Tick(msgspec.Struct):
    """The part of a tick that is looked at, as Dagster 1.13 writes it."""

    job_name: str
    error: _Error | None = None


class _Schedule(msgspec.Struct):
    start_timestamp: float


class _State(msgspec.Struct):
    """The part of a schedule's state that is looked at, as Dagster 1.13 writes it."""

    job_specific_data: _Schedule


def check_ticks(look: Look) -> list[Finding] | None:
    """One finding for each schedule and sensor that is on and whose newest finished tick failed."""
    path = look.folder.dagster_schedules
    if not path.exists():
        return []
    try:
        with _open(path) as connection:
            return list(_find_failed(connection, look.now, str(path)))
    except (sqlite3.Error, msgspec.DecodeError):
        return None


def find_crawling_since(folder: DataFolder) -> datetime | None:
    """Since when the schedule has been on, UTC; None where it is off, or never was on.

    Of a daemon that has not come as far as its first look at the schedule it is the daemon's own start.

    Raises:
        sqlite3.Error: the file cannot be read now.
        msgspec.DecodeError: Dagster writes something else by now.
    """
    path = folder.dagster_schedules
    if not path.exists():
        return None
    with _open(path) as connection:
        states = connection.execute(SCHEDULES).fetchall()
    if not states:
        return find_daemon_start(folder)
    on = [msgspec.json.decode(body, type=_State).job_specific_data for status, body in states if status != "STOPPED"]
    return min((datetime.fromtimestamp(int(data.start_timestamp), UTC) for data in on), default=None)


def _open(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1.0))


def _find_failed(connection: sqlite3.Connection, now: datetime, where: str) -> Iterator[Finding]:
    states = dict(connection.execute(STATES).fetchall())
    for (selector,) in connection.execute("SELECT DISTINCT selector_id FROM job_ticks").fetchall():
        newest = connection.execute(NEWEST_TICK, [selector]).fetchone()
        if newest is None or newest[0] != "FAILURE" or states.get(selector) == "STOPPED":
            continue
        at = datetime.fromisoformat(newest[1]).replace(tzinfo=UTC)
        if selector in states or now - at <= LONGEST_WITHOUT_STATE:
            yield _tell(msgspec.json.decode(newest[2], type=_Tick), at, where)


def _tell(tick: _Tick, at: datetime, where: str) -> Finding:
    error = tick.error
    while error is not None and error.cause is not None:
        error = error.cause
    why = " ".join(error.message.split()) if error else "no reason was recorded"
    what = f"{tick.job_name} failed at {at:%Y-%m-%d %H:%M} UTC, so it started nothing: {why}"
    remedy = f"journalctl -u iomdb has all of it; it is over when {tick.job_name} is next evaluated without an error"
    return Finding(f"tick:{tick.job_name}", "problem", what, where, remedy)
