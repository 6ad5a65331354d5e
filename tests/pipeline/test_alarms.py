"""What is told by the watch of a real instance: one trouble is one message when it comes and one when it goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from contracts.outcomes import Outcome
from pipeline.defs import defs
from pipeline.defs.automation import watch
from pipeline.defs.instance import open_instance
from pipeline.gate.judgement import decide_run
from pipeline.ground.clock import read_clock
from tests.pipeline.houses import START, House, build_house, project_url

SHELL = b"<html><body><div id=app><section><p>Loading</p></section></div><script>start()</script></body></html>"
BY_SENSOR = {"dagster/sensor_name": "publish_new_captures"}


@dataclass
class Watched:
    """A house with a channel, and the instance that watches it."""

    house: House
    instance: dg.DagsterInstance

    @property
    def told(self) -> list[str]:
        path = self.house.root / "told"
        return path.read_text().splitlines() if path.exists() else []

    def look(self) -> list[str]:
        """Three looks, as the daemon makes them; all that was told until now."""
        for _ in range(3):
            watch(dg.build_sensor_context(instance=self.instance))
        return self.told

    def publish(self) -> bool:
        """The publish that the sensor asks for; whether it succeeded."""
        job = defs.resolve_job_def("publish")
        return job.execute_in_process(instance=self.instance, tags=BY_SENSOR, raise_on_error=False).success


def today(hour: float = 0) -> float:
    """Days since the first crawl of houses."""
    return (read_clock() - START) / timedelta(days=1) - 0.5 + hour / 24


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    house = build_house(tmp_path / "house", projects=6, news=4)
    monkeypatch.setenv("IOMDB_DATA", str(house.folder.root))
    monkeypatch.setenv("IOMDB_SITES", str(house.sites))
    monkeypatch.setenv("DAGSTER_HOME", "restored by monkeypatch")
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    house.crawl(today())
    with open_instance(house.folder, now=read_clock()) as instance:
        watched = Watched(house, instance)
        words = ["/bin/sh", "-c", f'echo "$IOMDB_PHASE $IOMDB_KEY" >> {house.root / "told"}']
        (house.folder.root / "alerts.toml").write_text(f"[[command]]\nname = 'file'\nwords = {words}\n")
        assert watched.publish()
        yield watched


def add_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    named = {key.replace("__", "/"): value for key, value in tags.items()}
    return instance.add_run(dg.DagsterRun(job_name="publish", tags=named, status=status))


@pytest.mark.slow
def test_a_rejected_site_is_one_message_though_its_publish_fails_too(watched: Watched) -> None:
    assert watched.look() == []
    watched.house.pages.update({project_url(number): SHELL for number in range(6)})
    run_id = watched.house.crawl(today(1))
    assert not watched.publish()
    assert watched.look() == ["open gate:example.org:project"]
    decide_run(watched.house.folder, run_id, accept=False, why="a broken day", who="me", now=read_clock())
    assert watched.publish()
    assert watched.look()[1:] == ["over gate:example.org:project"]


@pytest.mark.slow
def test_a_site_of_which_no_page_can_be_read_any_more_is_one_message(watched: Watched) -> None:
    watched.house.pages.update(dict.fromkeys(watched.house.pages, SHELL))
    watched.house.crawl(today(1))
    assert not watched.publish()
    assert watched.look() == ["open gate:example.org:news"]


@pytest.mark.slow
def test_a_wall_is_told_once_and_once_when_the_pages_are_back(watched: Watched) -> None:
    watched.house.crawl(today(1), outcomes=dict.fromkeys(watched.house.pages, Outcome.BLOCKED))
    watched.publish()
    failed = dg.DagsterRun(
        job_name="crawl_site",
        tags={"iomdb/site": "example.org", "dagster/schedule_name": "crawl_due_sites"},
        status=dg.DagsterRunStatus.FAILURE,
    )
    watched.instance.add_run(failed)
    assert watched.look() == ["open run:crawl_site:example.org"]
    watched.house.crawl(today(2))
    assert watched.publish()
    watched.instance.add_run(dg.DagsterRun(job_name="crawl_site", tags=failed.tags, status=dg.DagsterRunStatus.SUCCESS))
    assert watched.look()[1:] == ["over run:crawl_site:example.org"]


@pytest.mark.slow
def test_a_damaged_record_is_one_message_though_no_publish_succeeds(watched: Watched) -> None:
    (path,) = watched.house.folder.archive.glob("*/pages-*.warc.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    for reading in watched.house.folder.extracted.glob("*/*.parquet"):
        reading.unlink()
    assert not watched.publish()
    assert watched.look() == [f"open archive:{path.parent.name}"]
    path.write_bytes(whole)
    assert watched.publish()
    assert watched.look()[1:] == [f"over archive:{path.parent.name}"]


@pytest.mark.slow
def test_a_full_disk_is_one_message(watched: Watched) -> None:
    alerts = watched.house.folder.root / "alerts.toml"
    calm = alerts.read_text()
    alerts.write_text("free_bytes = 900_000_000_000_000_000\n" + calm)
    add_run(watched.instance, dg.DagsterRunStatus.FAILURE, iomdb__cause="disk", dagster__sensor_name="x")
    assert watched.look() == ["open disk:data"]
    alerts.write_text(calm)
    add_run(watched.instance, dg.DagsterRunStatus.SUCCESS)
    assert watched.look()[1:] == ["over disk:data"]


@pytest.mark.slow
def test_site_files_that_cannot_be_read_are_one_message(watched: Watched) -> None:
    path = watched.house.sites / "example.org.toml"
    whole = path.read_text()
    path.write_text("hosts = 3\n")
    assert watched.look() == ["open settings:sites"]
    path.write_text(whole)
    assert watched.look()[1:] == ["over settings:sites"]


@pytest.mark.slow
def test_a_run_started_by_hand_is_told_for_a_day(watched: Watched) -> None:
    run = add_run(watched.instance, dg.DagsterRunStatus.FAILURE)
    assert watched.look() == ["open run:publish"]
    with watched.instance.run_storage.connect() as connection:  # type: ignore[attr-defined]  # SQL storages have it
        connection.exec_driver_sql(
            "UPDATE runs SET update_timestamp = datetime('now', '-2 days') WHERE run_id = ?", (run.run_id,)
        )
    assert watched.look()[1:] == ["over run:publish"]
