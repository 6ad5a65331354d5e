"""The daemon, its code server and a run's worker killed together: the next start goes on without a human."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.pipeline.commands import IOMDB, Caller

PATIENCE_SECONDS = 150


@pytest.fixture
def caller(tmp_path: Path) -> Caller:
    (tmp_path / "sites").mkdir()
    caller = Caller(tmp_path / "data")
    caller.succeed("ingest", "seeds")
    return caller


@contextmanager
def start_daemon(caller: Caller) -> Iterator[subprocess.Popen[bytes]]:
    """The daemon on no sites: nothing outside is ever asked. It and all it started are killed at the end."""
    # Dagster's services warn of Dagster's own deprecated properties when they serialise any schedule.
    environment = {"PYTHONWARNINGS": "default", "IOMDB_SITES": str(caller.data.parent / "sites")}
    with (
        (caller.data.parent / "daemon.log").open("ab") as log,
        subprocess.Popen(
            [*IOMDB, "daemon"], stdout=log, stderr=log, env={**caller.environment, **environment}
        ) as daemon,
    ):
        try:
            yield daemon
        finally:
            kill_family(daemon)


def read_runs(caller: Caller) -> list[tuple[str, str]]:
    path = caller.data / "dagster" / "history" / "runs.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("SELECT run_id, status FROM runs ORDER BY id").fetchall()
        except sqlite3.OperationalError:
            return []  # the instance is being made


def wait_until(condition: Callable[[], bool], daemon: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert daemon.poll() is None, "the daemon ended by itself"
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def kill_family(daemon: subprocess.Popen[bytes]) -> None:
    family = [*psutil.Process(daemon.pid).children(recursive=True), psutil.Process(daemon.pid)]
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=10)


@pytest.mark.slow
def test_after_a_power_loss_the_next_start_publishes_without_a_human(caller: Caller) -> None:
    with start_daemon(caller) as daemon:
        wait_until(lambda: any(status == "STARTED" for _, status in read_runs(caller)), daemon)
    (killed, status), *_ = read_runs(caller)
    assert status == "STARTED"
    assert not (caller.data / "iomdb.duckdb").exists()

    with start_daemon(caller) as daemon:
        wait_until(lambda: any(status == "SUCCESS" for _, status in read_runs(caller)), daemon)
        assert dict(read_runs(caller))[killed] == "FAILURE"
    assert "QU8-805" in caller.succeed("sql", "SELECT projects_id FROM v1.projects")
