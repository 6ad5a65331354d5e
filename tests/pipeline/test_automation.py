"""The schedule and the sensors, evaluated on a real instance as the daemon does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from crawler.imports.folder import ingest_folder
from pipeline.defs import defs
from pipeline.defs.automation import crawl_due_sites, publish_new_captures, watch
from pipeline.defs.failures import find_failed_runs
from pipeline.defs.instance import open_instance
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import PROJECT_ROOT, DataFolder
from pipeline.history.due import find_slot

SITE = """
name = "A test site"
hosts = ["127.0.0.1:{port}"]
private_addresses = ["127.0.0.1"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    (tmp_path / "sites").mkdir()
    for port, name in enumerate(("alpha", "beta"), start=9):
        (tmp_path / "sites" / f"{name}.toml").write_text(SITE.format(port=port))
    monkeypatch.setenv("IOMDB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IOMDB_SITES", str(tmp_path / "sites"))
    monkeypatch.setenv("DAGSTER_HOME", "restored by monkeypatch")
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    return DataFolder(tmp_path / "data")


@pytest.fixture
def instance(folder: DataFolder) -> Iterator[dg.DagsterInstance]:
    with open_instance(folder, now=read_clock()) as instance:
        yield instance


def tick(instance: dg.DagsterInstance, at: datetime) -> list[str | None]:
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=at)
    answer = crawl_due_sites(context)
    return [request.partition_key for request in answer] if isinstance(answer, list) else []


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_sites_that_were_never_crawled_are_requested_once_each(instance: dg.DagsterInstance) -> None:
    assert tick(instance, NOW) == ["alpha", "beta"]


def test_a_site_with_a_crawl_under_way_is_skipped_with_a_reason(instance: dg.DagsterInstance) -> None:
    instance.add_run(
        dg.DagsterRun(job_name="crawl_site", tags={"iomdb/site": "alpha"}, status=dg.DagsterRunStatus.STARTED)
    )
    assert tick(instance, NOW) == ["beta"]


def test_a_site_crawled_since_its_hour_is_left_until_the_next_day(
    instance: dg.DagsterInstance, folder: DataFolder
) -> None:
    slot = find_slot("alpha", NOW)
    run = folder.archive / f"{slot:%Y%m%dT%H%M%SZ}-alpha-2d711642"
    run.mkdir(parents=True)
    (run / "run.json").write_text("{}")
    assert tick(instance, NOW) == ["beta"]
    assert tick(instance, slot + timedelta(days=1)) == ["alpha", "beta"]


def test_an_empty_archive_is_not_published_and_a_new_run_in_it_is_once(
    instance: dg.DagsterInstance, folder: DataFolder
) -> None:
    assert isinstance(publish_new_captures(dg.build_sensor_context(instance=instance)), dg.SkipReason)
    ingest_folder(PROJECT_ROOT / "seeds", folder.archive)
    request = publish_new_captures(dg.build_sensor_context(instance=instance))
    assert isinstance(request, dg.RunRequest)
    result = defs.resolve_job_def("publish").execute_in_process(instance=instance, tags=request.tags)
    assert result.success
    assert isinstance(publish_new_captures(dg.build_sensor_context(instance=instance)), dg.SkipReason)


def test_a_failed_run_is_found_until_the_next_one_succeeds(instance: dg.DagsterInstance, folder: DataFolder) -> None:
    tags = {"iomdb/site": "alpha"}
    instance.add_run(dg.DagsterRun(job_name="crawl_site", tags=tags, status=dg.DagsterRunStatus.FAILURE))
    (finding,) = find_failed_runs(instance, now=read_clock())
    assert finding.key == "run:crawl_site:alpha"
    assert finding.remedy.startswith("its log: http://127.0.0.1:3000/runs/")
    folder.ui_port.write_text("4567")
    (finding,) = find_failed_runs(instance, now=read_clock())
    assert finding.remedy.startswith("its log: http://127.0.0.1:4567/runs/")
    instance.add_run(dg.DagsterRun(job_name="crawl_site", tags=tags, status=dg.DagsterRunStatus.SUCCESS))
    assert find_failed_runs(instance, now=read_clock()) == []


def test_the_watch_tells_of_a_failed_run_once_and_when_it_is_over(
    instance: dg.DagsterInstance, folder: DataFolder, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    command = ["/bin/sh", "-c", f"cat >> {told}"]
    (folder.root / "alerts.toml").write_text(f"[[command]]\nname = 'file'\nwords = {command}\n")
    tags = {"iomdb/site": "alpha"}
    for status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS):
        instance.add_run(dg.DagsterRun(job_name="crawl_site", tags=tags, status=status))
        for _ in range(3):
            watch(dg.build_sensor_context(instance=instance))
    subjects = [line for line in told.read_text().splitlines() if line.startswith("iomdb: ")]
    what = "the newest run of crawl_site:alpha failed"
    assert subjects == [f"iomdb: {what}", f"iomdb: over: {what}"]
