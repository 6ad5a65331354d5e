"""What Dagster's daemon leaves behind, written by Dagster itself into a real instance.

Belongs here: states, ticks and heartbeats. Does not belong here: running a daemon (``tests.pipeline.daemons``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from dagster import DagsterInstance
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    ScheduleInstigatorData,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._daemon.types import DaemonHeartbeat
from dagster_shared.error import SerializableErrorInfo

from pipeline.defs.instance import open_instance
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import DataFolder
from pipeline.health.daemon import NEEDED

SCHEDULE, SENSOR = "crawl_due_sites", "publish_new_captures"
DECLARED, STOPPED = InstigatorStatus.DECLARED_IN_CODE, InstigatorStatus.STOPPED


@contextmanager
def open_alone(folder: DataFolder) -> Iterator[DagsterInstance]:
    """The instance of a folder; the environment is as it was afterwards."""
    before = dict(os.environ)
    try:
        with open_instance(folder, now=read_clock()) as instance:
            yield instance
    finally:
        os.environ.clear()
        os.environ.update(before)


def find_origin(name: str) -> RemoteInstigatorOrigin:
    return RemoteInstigatorOrigin(RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("iomdb"), "__repository__"), name)


def add_state(
    instance: DagsterInstance, name: str, since: datetime, status: InstigatorStatus = DECLARED
) -> InstigatorState:
    """The schedule or a sensor is on, or off, since then."""
    is_schedule = name == SCHEDULE
    return instance.add_instigator_state(
        InstigatorState(
            find_origin(name),
            InstigatorType.SCHEDULE if is_schedule else InstigatorType.SENSOR,
            status,
            ScheduleInstigatorData("*/15 * * * *", since.timestamp()) if is_schedule else SensorInstigatorData(),
        )
    )


def add_tick(instance: DagsterInstance, name: str, at: datetime, error: str | None = None) -> None:
    """One finished evaluation: failed by this error, in Dagster's own wrapping, or skipped."""
    cause = None if error is None else SerializableErrorInfo(f"ValueError: {error}\n", [], "ValueError")
    wrapped = "dagster._core.errors.ScheduleExecutionError: Error occurred during the execution of the evaluation\n"
    instance.create_tick(
        TickData(
            find_origin(name).get_id(),
            name,
            InstigatorType.SCHEDULE if name == SCHEDULE else InstigatorType.SENSOR,
            TickStatus.SKIPPED if cause is None else TickStatus.FAILURE,
            at.timestamp(),
            error=cause and SerializableErrorInfo(wrapped, [], "ScheduleExecutionError", cause),
            selector_id=find_origin(name).get_selector().get_id(),
        )
    )


def beat(instance: DagsterInstance, at: datetime) -> None:
    """All parts of the daemon are alive at that instant."""
    for part in NEEDED:
        instance.add_daemon_heartbeat(DaemonHeartbeat(at.timestamp(), part, None))
