"""Whether a run lives: it gives a sign of life while it works, and the daemon alone ends what gives none any more.

Belongs here: the heartbeat of a run, telling the living from the dead, marking the dead failed. Does not belong here:
the daemon's own process (``service``), the instance (``instance``), processes (``pipeline.ground.process``).

A run's process is looked at where it can be seen. Another machine, another container, another boot cannot: there a run
lives while its heartbeat changes, measured by the asker's own unset clock, so that no two clocks need agree.
"""

import json
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event, Thread

from dagster import DagsterError, DagsterInstance, DagsterRunStatus, RunRecord, RunsFilter
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._utils.interrupts import capture_interrupts, pop_captured_interrupt
from sqlalchemy.exc import SQLAlchemyError

from pipeline.ground.clock import read_clock
from pipeline.ground.process import find_life, identify_process

PROCESS_TAG = "iomdb/process"
"""Run tag naming the process that does the run's work; see :mod:`pipeline.ground.process`."""

BEAT_SECONDS = 15.0

LONGEST_SILENCE = 120.0
"""Seconds without a sign of life after which a run that cannot be seen counts as dead."""

LONGEST_START = 30.0
"""Seconds in which a process whose daemon is gone has named itself, if it still lives at all."""

UNFINISHED = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
"""States that only a living process brings to an end. A queued run is the daemon's own, and may wait for long."""

LAST_WORDS = "The process of this run ended without a word (killed, or power lost)."


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


@contextmanager
def beating(instance: DagsterInstance, run_id: str) -> Iterator[None]:
    """While the block works, its run bears the name of this process and gives a sign of life every few seconds."""
    with uninterrupted():
        instance.add_run_tags(run_id, {PROCESS_TAG: identify_process()})
        beat(instance, run_id)
    is_done = Event()
    heart = Thread(target=_keep_beating, args=(instance, run_id, is_done), name="heartbeat", daemon=True)
    heart.start()
    try:
        yield
    finally:
        is_done.set()
        with uninterrupted():
            heart.join()


def _keep_beating(instance: DagsterInstance, run_id: str, is_done: Event) -> None:
    while not is_done.wait(BEAT_SECONDS):
        # A beat that is missed (a full disk, a busy database) costs nothing: the next one comes.
        with suppress(DagsterError, SQLAlchemyError, sqlite3.Error, OSError):
            beat(instance, run_id)


def beat(instance: DagsterInstance, run_id: str) -> None:
    """One sign of life of a run, which need not be there yet."""
    instance.daemon_cursor_storage.set_cursor_values({_name_beat(run_id): read_clock().isoformat()})


def _name_beat(run_id: str) -> str:
    return f"iomdb/heartbeat/{run_id}"


class Recovery:
    """Ends runs whose process is gone: marks them failed and frees their slots. One daemon holds one, and nobody else.

    After a SIGKILL Dagster leaves a run as it was for ever, and its pool slot taken.
    """

    def __init__(self, instance: DagsterInstance, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.instance = instance
        self.monotonic = monotonic
        self.signs: dict[str, tuple[str, float]] = {}
        """By run: its last sign of life, and since when it has been the last."""
        self.orphans = self._find_orphans()

    def end_dead_runs(self) -> list[str]:
        """One look; the ids of the runs that it marked failed."""
        records = self.instance.get_run_records(RunsFilter(statuses=UNFINISHED))
        beats = self._read_beats(records)
        self.signs = {
            record.dagster_run.run_id: self._follow_sign(record, beats.get(record.dagster_run.run_id))
            for record in records
        }
        dead = [record.dagster_run for record in records if self._is_dead(record, beats.get(record.dagster_run.run_id))]
        for run in dead:
            self.instance.report_run_failed(run, LAST_WORDS)
            self.instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        return [run.run_id for run in dead]

    def _find_orphans(self) -> frozenset[str]:
        """Runs that an earlier daemon of this machine started, by its code server's socket, and that have no name yet.

        That daemon is gone, since this one is here, and so is nearly always what it had just started.
        """
        runs = [record.dagster_run for record in self.instance.get_run_records(RunsFilter(statuses=UNFINISHED))]
        return frozenset(
            run.run_id
            for run in runs
            if PROCESS_TAG not in run.tags and "socket" in json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
        )

    def _read_beats(self, records: Sequence[RunRecord]) -> dict[str, str]:
        names = {_name_beat(record.dagster_run.run_id): record.dagster_run.run_id for record in records}
        if not names:
            return {}
        found = self.instance.daemon_cursor_storage.get_cursor_values(set(names))
        return {names[name]: beat for name, beat in found.items()}

    def _follow_sign(self, record: RunRecord, beat: str | None) -> tuple[str, float]:
        sign = beat or record.update_timestamp.isoformat()
        before = self.signs.get(record.dagster_run.run_id)
        return before if before and before[0] == sign else (sign, self.monotonic())

    def _is_dead(self, record: RunRecord, beat: str | None) -> bool:
        """A run that can be seen is as its process is. One that named itself and never gave a sign stays unknown."""
        process = record.dagster_run.tags.get(PROCESS_TAG)
        life = find_life(process) if process else None
        if life is not None:
            return not life
        if process is not None and beat is None:
            return False
        run_id = record.dagster_run.run_id
        patience = LONGEST_START if process is None and run_id in self.orphans else LONGEST_SILENCE
        return self.monotonic() - self.signs[run_id][1] > patience
