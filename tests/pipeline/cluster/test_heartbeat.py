"""A health check of a worker: whether the daemon lives, by the PostgreSQL that holds Dagster's instance."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("psycopg2", reason="the extra iomdb[cluster] is not installed (make test-all installs it)")

from dagster._daemon.types import DaemonHeartbeat

from pipeline.defs.instance import open_instance
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import DataFolder
from pipeline.health.daemon import NEEDED
from tests.pipeline.cluster.services import run_postgres
from tests.pipeline.commands import Caller

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """Opening an instance sets variables; the caller's are as they were afterwards."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def beat(folder: Path, seconds_ago: float) -> None:
    """What each part of a daemon writes down every half minute."""
    with open_instance(DataFolder(folder), now=read_clock()) as instance:
        for part in NEEDED:
            instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - seconds_ago, part, "one", []))


def test_any_worker_tells_whether_the_daemon_lives_and_which_server_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Caller(tmp_path / "two")
    with run_postgres() as address:
        shared = {"IOMDB_INSTANCE": address}
        none = worker.call("status", "--alive", **shared)
        assert (none.code, none.err) == (1, "")
        assert none.out == "the daemon is not alive: no sign of life of it can be read here\n"

        monkeypatch.setenv("IOMDB_INSTANCE", address)
        beat(tmp_path / "one", 600)
        silent = worker.call("status", "--alive", **shared)
        assert silent.code == 1
        assert silent.out.startswith("the daemon is not alive: last sign of life at ")

        beat(tmp_path / "one", 0)
        alive = worker.call("status", "--alive", **shared)
        assert alive.code == 0, alive
        assert alive.out.startswith("the daemon is alive: last sign of life at ")
    away = worker.call("status", "--alive", **shared)
    assert (away.code, away.err) == (1, "")
    assert away.out.startswith("the daemon is not alive: the PostgreSQL of IOMDB_INSTANCE does not answer (")
    assert away.out.count("\n") == 1
