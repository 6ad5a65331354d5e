"""Evaluations of the schedule and the sensors that failed: then nothing is started, so that no run fails either.

Belongs here: what Dagster's daemon leaves of its ticks in its SQLite file. Does not belong here: Dagster, its runs,
whether the daemon lives (``daemon``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from pipeline.ground.finding import Finding
from pipeline.ground.folders import DataFolder
from pipeline.health.look import Look, find_daemon_start

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
    cause: _Error | None = None


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
    path = find_schedules(look.folder)
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
    path = find_schedules(folder)
    if not path.exists():
        return None
    with _open(path) as connection:
        states = connection.execute(SCHEDULES).fetchall()
    if not states:
        return find_daemon_start(folder)
    on = [msgspec.json.decode(body, type=_State).job_specific_data for status, body in states if status != "STOPPED"]
    return min((datetime.fromtimestamp(int(data.start_timestamp), UTC) for data in on), default=None)


def find_schedules(folder: DataFolder) -> Path:
    """Where Dagster's SQLite instance keeps ticks and states."""
    return folder.dagster / "schedules" / "schedules.db"


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
