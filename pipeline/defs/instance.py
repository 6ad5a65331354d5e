"""The Dagster instance on this machine, made once and alone, freed of what dead processes left, and its own services.

Belongs here: DAGSTER_HOME, first use, recovery; becoming the UI with its daemon, or the daemon alone. Does not belong
here: assets, jobs, schedules.
"""

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

from dagster import DagsterInstance, DagsterRunStatus, RunRecord, RunsFilter
from dagster._utils.interrupts import capture_interrupts, pop_captured_interrupt

from crawler.durable import write_durably
from pipeline.ground.folders import PROJECT_ROOT, DataFolder
from pipeline.ground.lock import hold_lock, keep_lock
from pipeline.ground.process import identify_process, is_alive

PROCESS_TAG = "iomdb/process"
"""Run tag naming the process that does the run's work; see :mod:`pipeline.ground.process`."""

INSTANCE_VARIABLE = "IOMDB_INSTANCE"
"""Names a PostgreSQL that holds Dagster's instance for several machines: postgresql://user:password@host/database."""

POSTGRES_SETTINGS = b"""
# Of several machines, in PostgreSQL (docs/cluster.md).
storage:
  postgres:
    postgres_url: {env: IOMDB_INSTANCE}
"""

SILENCE = timedelta(seconds=60)

UNFINISHED = [
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


def set_environment(folder: DataFolder) -> dict[str, str]:
    """The variables every process of ours that loads Dagster needs; also set in this one."""
    environment = {
        "DAGSTER_HOME": str(folder.dagster),
        "IOMDB_DATA": str(folder.root),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        # dg finds programs by PATH; ours are beside this Python.
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)]),  # noqa: PTH120 - the venv's own folder, links not followed
    }
    if address := os.environ.get(INSTANCE_VARIABLE):
        # SQLAlchemy takes another driver for the plain scheme than the one that dagster-postgres brings.
        environment[INSTANCE_VARIABLE] = re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", address)
    os.environ.update(environment)
    return environment


@contextmanager
def uninterrupted() -> Iterator[None]:
    """What is written to the instance is written to its end: a Ctrl-C that comes meanwhile is raised behind it.

    Dagster raises one in the middle of a step wherever it is, also while a step's words are written to its database.
    """
    with capture_interrupts():
        yield
        has_come = pop_captured_interrupt()
    if has_come:
        signal.raise_signal(signal.SIGINT)


def open_instance(folder: DataFolder, *, now: datetime) -> DagsterInstance:
    """Open the instance under ``folder``, made where missing, with the runs of dead processes marked failed.

    The first use of a SQLite instance races (two first runs at once: one dies), so it happens under a lock.
    """
    set_environment(folder)
    folder.dagster.mkdir(parents=True, exist_ok=True)
    task = "preparing the Dagster instance"
    with hold_lock(folder.dagster / "setup.lock", task=task, since=now, wait_seconds=120), uninterrupted():
        _copy_settings(folder)
        instance = DagsterInstance.get()
        instance.get_runs_count()
        instance.all_instigator_state()
        instance.get_asset_keys()
        recover_dead_runs(instance, now=now)
    return instance


def recover_dead_runs(instance: DagsterInstance, *, now: datetime) -> list[str]:
    """Mark failed, and free the slots of, every run whose process is gone; the ids of those runs.

    After a SIGKILL Dagster leaves a run STARTED for ever, and its pool slot taken. A run names its process within its
    first second of work; one that reported nothing for :data:`SILENCE` without naming any died before it could.
    """
    records = instance.get_run_records(RunsFilter(statuses=UNFINISHED))
    dead = [record.dagster_run for record in records if _is_dead(record, now)]
    for run in dead:
        instance.report_run_failed(run, "The process of this run ended without a word (killed, or power lost).")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return [run.run_id for run in dead]


def mark_process(instance: DagsterInstance, run_id: str) -> None:
    """Write into the run's tags which process does its work, so that its death can be noticed."""
    with uninterrupted():
        instance.add_run_tags(run_id, {PROCESS_TAG: identify_process()})


def _is_dead(record: RunRecord, now: datetime) -> bool:
    process = record.dagster_run.tags.get(PROCESS_TAG)
    if process is not None:
        return not is_alive(process)
    return now - record.update_timestamp > SILENCE


def _copy_settings(folder: DataFolder) -> None:
    wanted, target = (PROJECT_ROOT / "dagster.yaml").read_bytes(), folder.dagster / "dagster.yaml"
    if os.environ.get(INSTANCE_VARIABLE):
        wanted += POSTGRES_SETTINGS
    if not target.exists() or target.read_bytes() != wanted:
        write_durably(target, wanted)


def serve_ui(folder: DataFolder, *, port: int, now: datetime) -> NoReturn:
    """Become web server, daemon and code server; see :func:`_become`."""
    _become(folder, "dg", ["dev", "--host", "127.0.0.1", "--port", str(port)], now=now)


def serve_daemon(folder: DataFolder, *, now: datetime) -> NoReturn:
    """Become the daemon with its code server; see :func:`_become`."""
    _become(folder, "dagster-daemon", ["run"], now=now)


def _become(folder: DataFolder, program: str, words: list[str], *, now: datetime) -> NoReturn:
    """Replace this process by one of Dagster's programs, so that signals and exit codes are its own.

    Two daemons on one instance would start everything twice: a lock, kept by the program, allows one.

    Raises:
        LockedError: a daemon runs on this instance already.
    """
    open_instance(folder, now=now).dispose()
    keep_lock(folder.dagster / "daemon.lock", task=f"Dagster's daemon, by {program}", since=now)
    workspace = folder.dagster / "workspace.yaml"
    location = {"module_name": "pipeline.defs", "location_name": "iomdb"}
    workspace.write_text(json.dumps({"load_from": [{"python_module": location}]}), encoding="utf-8")
    # Started in its own home, Dagster finds the settings it uses, and does not warn of those in the project's root.
    os.chdir(folder.dagster)
    path = _find_program(program)
    os.execve(path, [path, *words, "--workspace", str(workspace)], {**os.environ, **set_environment(folder)})  # noqa: S606 - our own words, no shell


def _find_program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
