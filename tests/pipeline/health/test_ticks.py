"""A tick that failed is a problem, told once, until the same schedule or sensor is evaluated well again."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.ground.clock import read_clock
from pipeline.ground.folders import DataFolder
from pipeline.health.diagnosis import examine
from tests.pipeline.commands import Caller
from tests.pipeline.health.instances import DECLARED, SCHEDULE, SENSOR, STOPPED, add_state, add_tick, open_alone

MINUTE = timedelta(minutes=1)


@pytest.fixture
def caller(tmp_path: Path) -> Caller:
    """A data folder whose one channel writes phase and key of each message into ``told``."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "data").mkdir()
    words = ["/bin/sh", "-c", f'echo "$IOMDB_PHASE $IOMDB_KEY" >> {tmp_path / "told"}']
    (tmp_path / "data" / "alerts.toml").write_text(f'[[command]]\nname = "log"\nwords = {json.dumps(words)}\n')
    return Caller(tmp_path / "data")


def ask_doctor(caller: Caller) -> dict[str, dict[str, Any]]:
    """Problems of ticks, by key, as `iomdb doctor --alert` finds and tells them."""
    answer = caller.call("doctor", "--json", "--alert", IOMDB_SITES=str(caller.data.parent / "sites"))
    findings = json.loads(answer.out)["findings"]
    found = {finding["key"]: finding for finding in findings if finding["key"].startswith("tick:")}
    assert answer.code == (1 if found else 0), answer.err
    return found


def read_told(caller: Caller) -> list[str]:
    return (caller.data.parent / "told").read_text().splitlines()


def test_a_failed_tick_is_told_once_and_is_over_when_a_later_one_skips(caller: Caller) -> None:
    now = read_clock()
    with open_alone(DataFolder(caller.data)) as instance:
        add_state(instance, SCHEDULE, now - 60 * MINUTE)
        add_state(instance, SENSOR, now - 60 * MINUTE)
        add_tick(instance, SENSOR, now - 20 * MINUTE)
        add_tick(instance, SCHEDULE, now - 15 * MINUTE, "each needs a run key")
        found = ask_doctor(caller)
        assert list(found) == [f"tick:{SCHEDULE}"]
        assert found[f"tick:{SCHEDULE}"]["severity"] == "problem"
        assert "each needs a run key" in found[f"tick:{SCHEDULE}"]["what"]
        add_tick(instance, SCHEDULE, now - 10 * MINUTE, "and still does")
        add_tick(instance, SENSOR, now - MINUTE)
        assert list(ask_doctor(caller)) == [f"tick:{SCHEDULE}"]
        add_tick(instance, SCHEDULE, now)
        assert ask_doctor(caller) == {}
    assert read_told(caller) == [f"open tick:{SCHEDULE}", f"over tick:{SCHEDULE}"]


@pytest.mark.parametrize(("status", "n_found"), [(DECLARED, 1), (STOPPED, 0)])
def test_what_a_person_turned_off_is_no_problem_any_more(caller: Caller, status: Any, n_found: int) -> None:
    now, folder = read_clock(), DataFolder(caller.data)
    with open_alone(folder) as instance:
        add_state(instance, SENSOR, now, status)
        add_tick(instance, SENSOR, now - 3000 * MINUTE, "no such table")
    assert len(find_ticks(folder)) == n_found


def test_what_no_release_has_any_more_counts_for_a_day(caller: Caller) -> None:
    now, folder = read_clock(), DataFolder(caller.data)
    with open_alone(folder) as instance:
        add_tick(instance, "a_sensor_of_old", now - 1430 * MINUTE, "no such table")
    assert find_ticks(folder) == ["tick:a_sensor_of_old"]
    assert find_ticks(folder, after=20 * MINUTE) == []


def test_a_file_that_cannot_be_read_tells_nothing(caller: Caller) -> None:
    folder = DataFolder(caller.data)
    (folder.dagster / "schedules").mkdir(parents=True)
    (folder.dagster / "schedules" / "schedules.db").write_bytes(b"no database at all, only some text that is long")
    assert "tick" not in examine(folder, caller.data.parent / "sites", now=read_clock()).families


def find_ticks(folder: DataFolder, after: timedelta = timedelta(0)) -> list[str]:
    found = examine(folder, folder.root.parent / "sites", now=read_clock() + after).problems
    return [finding.key for finding in found if finding.family == "tick"]
