"""Whether the daemon lives: what has stopped cannot say so itself.

Belongs here: the heartbeats that Dagster's daemon leaves in its SQLite file. Does not belong here: Dagster, its runs.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.ground.finding import Finding
from pipeline.ground.folders import DataFolder
from pipeline.health.look import Look
from pipeline.health.machine import quote

LONGEST_SILENCE = timedelta(minutes=30)
"""Heartbeats come every 30 seconds; Dagster itself calls a daemon unhealthy after so long."""

NEEDED = ("SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR")


def check_daemon(look: Look) -> list[Finding] | None:
    """A daemon that once ran and gives no sign of life, where sites are being crawled.

    On a machine where nothing was ever crawled it is somebody who looked at the UI and closed it.
    """
    path = find_runs(look.folder)
    try:
        beat = find_heartbeat(path)
    except sqlite3.Error:
        return None
    has_crawled = any(run.source == "crawl" for run in look.history.runs)
    if beat is None or not has_crawled or is_alive(beat, look.now):
        return []
    what = f"no sign of life of the daemon since {beat:%Y-%m-%d %H:%M} UTC: nothing is crawled or published"
    remedy = f"systemctl start iomdb (or iomdb daemon); if it is stopped for good: rm -r {quote(look.folder.dagster)}"
    return [Finding("daemon:heartbeat", "problem", what, str(path), remedy)]


def is_alive(heartbeat: datetime, now: datetime) -> bool:
    """Whether a daemon that was last alive then counts as alive now."""
    return now - heartbeat <= LONGEST_SILENCE


def find_runs(folder: DataFolder) -> Path:
    """Where Dagster's SQLite instance keeps runs and heartbeats."""
    return folder.dagster / "history" / "runs.db"


def find_heartbeat(path: Path) -> datetime | None:
    """When the last of the daemon's needed parts was last alive, UTC; None where there was never a daemon.

    Raises:
        sqlite3.Error: the file cannot be read now.
    """
    if not path.exists():
        return None
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1.0)) as connection:
        rows = connection.execute(
            "SELECT timestamp FROM daemon_heartbeats WHERE daemon_type IN (?, ?, ?) ORDER BY timestamp LIMIT 1", NEEDED
        ).fetchall()
    return datetime.fromisoformat(rows[0][0]).replace(tzinfo=UTC) if rows else None
