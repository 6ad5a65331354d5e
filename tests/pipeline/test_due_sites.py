"""Many sites due at one tick: judged as the daemon does, by Dagster's own evaluation of the schedule."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipeline.defs import defs
from pipeline.defs.failures import find_failed_runs
from pipeline.defs.instance import open_instance
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import PROJECT_ROOT, DataFolder, find_site_ids, find_sites_folder

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHIPPED = PROJECT_ROOT / "crawler" / "sites"
QUARTER = timedelta(minutes=15)


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("IOMDB_DATA", str(tmp_path / "data"))
    shutil.copytree(SHIPPED, tmp_path / "sites", ignore=shutil.ignore_patterns("contact.txt"))
    monkeypatch.setenv("IOMDB_SITES", str(tmp_path / "sites"))
    monkeypatch.setenv("DAGSTER_HOME", "restored by monkeypatch")
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    with open_instance(DataFolder(tmp_path / "data"), now=read_clock()) as instance:
        yield instance


def tick(instance: dg.DagsterInstance, at: datetime) -> list[dg.RunRequest]:
    """What Dagster makes of one tick: partitions resolved, run keys checked."""
    repository = defs.get_repository_def()
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=at, repository_def=repository)
    return list(repository.get_schedule_def("crawl_due_sites").evaluate_tick(context).run_requests or ())


def fail(instance: dg.DagsterInstance, request: dg.RunRequest) -> None:
    run = dg.DagsterRun(job_name="crawl_site", tags=dict(request.tags), status=dg.DagsterRunStatus.NOT_STARTED)
    instance.add_run(run)
    instance.report_run_failed(run)


def test_all_sites_that_ship_are_due_on_an_empty_folder_and_dagster_takes_the_tick(
    instance: dg.DagsterInstance,
) -> None:
    requests = tick(instance, NOON)
    assert [request.partition_key for request in requests] == find_site_ids(SHIPPED)
    assert len(requests) >= 17
    assert len({request.run_key for request in requests}) == len(requests)


def test_one_tick_evaluated_twice_asks_for_the_same_runs(instance: dg.DagsterInstance) -> None:
    assert [request.run_key for request in tick(instance, NOON)] == [
        request.run_key for request in tick(instance, NOON)
    ]


def fail_all_day(instance: dg.DagsterInstance, site: str) -> list[str | None]:
    """The keys under which a site is asked for today while each of its crawls fails."""
    today = read_clock().replace(hour=0, minute=0) + timedelta(hours=1)
    keys = []
    for number in range(5):
        requests = {request.partition_key: request for request in tick(instance, today + number * QUARTER)}
        if site in requests:
            keys.append(requests[site].run_key)
            fail(instance, requests[site])
    return keys


def test_a_crawl_that_failed_is_asked_for_twice_more_that_day_each_time_under_a_new_key(
    instance: dg.DagsterInstance,
) -> None:
    keys = fail_all_day(instance, "liberia.iom.int")
    assert len(keys) == len(set(keys)) == 3


def test_what_failed_for_want_of_a_contact_is_not_told_of_each_site_and_is_no_attempt(
    instance: dg.DagsterInstance,
) -> None:
    fail_all_day(instance, "liberia.iom.int")
    assert find_failed_runs(instance, now=read_clock()) == []
    (find_sites_folder() / "contact.txt").write_text("data@example.org\n")
    assert find_failed_runs(instance, now=read_clock()) == []
    keys = fail_all_day(instance, "liberia.iom.int")
    assert len(keys) == 3
    assert [finding.key for finding in find_failed_runs(instance, now=read_clock())] == [
        "run:crawl_site:liberia.iom.int"
    ]
