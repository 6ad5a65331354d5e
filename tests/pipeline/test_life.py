"""A run lives while it gives signs of life, whoever asks; only the daemon ends what is dead."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.tags import GRPC_INFO_TAG

from pipeline.defs.automation import publish_new_captures, watch
from pipeline.defs.instance import open_instance
from pipeline.defs.life import LONGEST_SILENCE, LONGEST_START, PROCESS_TAG, Recovery, beat, beating
from pipeline.defs.service import place_migrations
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import DataFolder
from pipeline.ground.process import identify_process

FAILURE, STARTED = dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTED


class Clock:
    """A clock that stands until it is set."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    (tmp_path / "sites").mkdir()
    monkeypatch.setenv("IOMDB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IOMDB_SITES", str(tmp_path / "sites"))
    monkeypatch.setenv("DAGSTER_HOME", "restored by monkeypatch")
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    with open_instance(DataFolder(tmp_path / "data"), now=read_clock()) as instance:
        yield instance


def add_run(instance: dg.DagsterInstance, process: str | None, status: dg.DagsterRunStatus = STARTED) -> dg.DagsterRun:
    """A run that is worked on by this process, or by nobody who said so."""
    tags = {} if process is None else {PROCESS_TAG: process}
    return instance.add_run(dg.DagsterRun(job_name="publish", tags=tags, status=status))


def find_status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def find_dead_process() -> str:
    """The name of a process of this machine that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        name = identify_process(child.pid)
        child.kill()
    return name


def see_from_elsewhere(process: str) -> str:
    """The same process as another container names it."""
    boot, _, pid, ticks = process.split(":")
    return f"{boot}:1:{pid}:{ticks}"


def test_a_run_whose_process_died_here_is_marked_failed_at_the_first_look(instance: dg.DagsterInstance) -> None:
    dead, living = add_run(instance, find_dead_process()), add_run(instance, identify_process())
    beat(instance, dead.run_id)
    assert Recovery(instance).end_dead_runs() == [dead.run_id]
    assert (find_status(instance, dead), find_status(instance, living)) == (FAILURE, STARTED)


def test_a_run_killed_before_its_start_does_not_stay_not_started(instance: dg.DagsterInstance) -> None:
    run = add_run(instance, find_dead_process(), dg.DagsterRunStatus.NOT_STARTED)
    unnamed = add_run(instance, None, dg.DagsterRunStatus.NOT_STARTED)
    clock = Clock()
    recovery = Recovery(instance, monotonic=clock)
    assert recovery.end_dead_runs() == [run.run_id]
    clock.now += LONGEST_SILENCE + 1
    assert recovery.end_dead_runs() == [unnamed.run_id]


def test_a_run_killed_with_its_daemon_before_it_named_itself_is_ended_soon_after_the_next_start(
    instance: dg.DagsterInstance,
) -> None:
    of_a_socket = {GRPC_INFO_TAG: '{"host": "localhost", "socket": "/tmp/socket"}'}
    of_a_port = {GRPC_INFO_TAG: '{"host": "worker-2", "port": 4000}'}
    run = instance.add_run(dg.DagsterRun(job_name="publish", tags=of_a_socket, status=STARTED))
    elsewhere = instance.add_run(dg.DagsterRun(job_name="publish", tags=of_a_port, status=STARTED))
    clock = Clock()
    recovery = Recovery(instance, monotonic=clock)
    own = instance.add_run(dg.DagsterRun(job_name="publish", tags=of_a_socket, status=STARTED))
    assert recovery.end_dead_runs() == []
    clock.now += LONGEST_START + 1
    assert recovery.end_dead_runs() == [run.run_id]
    clock.now += LONGEST_SILENCE
    assert set(recovery.end_dead_runs()) == {elsewhere.run_id, own.run_id}


def test_a_run_of_another_machine_lives_while_its_heartbeat_changes(instance: dg.DagsterInstance) -> None:
    run = add_run(instance, see_from_elsewhere(identify_process()))
    clock = Clock()
    recovery = Recovery(instance, monotonic=clock)
    for second in range(5):
        # Whatever its clock says: only that it changes counts.
        instance.daemon_cursor_storage.set_cursor_values({f"iomdb/heartbeat/{run.run_id}": f"1999-01-01 {second}"})
        clock.now += LONGEST_SILENCE
        assert recovery.end_dead_runs() == []
    clock.now += LONGEST_SILENCE + 1
    assert recovery.end_dead_runs() == [run.run_id]


def test_a_run_of_another_machine_that_never_gave_a_sign_stays_unknown(instance: dg.DagsterInstance) -> None:
    run = add_run(instance, "another-boot:4026531836:1:1")
    clock = Clock()
    recovery = Recovery(instance, monotonic=clock)
    for _ in range(3):
        assert recovery.end_dead_runs() == []
        clock.now += 10 * LONGEST_SILENCE
    assert find_status(instance, run) == STARTED


def test_looking_at_sensors_and_opening_the_instance_changes_no_run(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    run = add_run(instance, find_dead_process())
    publish_new_captures(dg.build_sensor_context(instance=instance))
    watch(dg.build_sensor_context(instance=instance))
    with open_instance(DataFolder(tmp_path / "data"), now=read_clock()):
        pass
    assert find_status(instance, run) == STARTED


def test_work_names_its_process_and_gives_a_sign_before_it_begins(instance: dg.DagsterInstance) -> None:
    run = add_run(instance, None)
    with beating(instance, run.run_id):
        named = instance.get_run_by_id(run.run_id)
        assert named is not None
        assert named.tags[PROCESS_TAG] == identify_process()
        (sign,) = instance.daemon_cursor_storage.get_cursor_values({f"iomdb/heartbeat/{run.run_id}"}).values()
        assert sign <= read_clock().isoformat()


def test_opening_the_instance_again_and_again_leaves_nothing_behind(instance: dg.DagsterInstance) -> None:
    """As the code server does at each tick, for as long as the daemon lives."""
    place_migrations()
    kept = []
    for _ in range(4):
        with dg.DagsterInstance.from_ref(instance.get_ref()):
            kept.append(atexit._ncallbacks())
    assert kept[1:] == kept[:1] * 3
