"""The daemon as a process: one, without warnings; it sees new sites; what was killed under it, it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter

from pipeline.defs.life import PROCESS_TAG
from tests.patience import wait_until
from tests.pipeline.daemons import Copy, copy_code, list_processes
from tests.replay.world import make_world
from tests.site.routes import site_file
from tests.site.server import WebServer

LOOK = """
from datetime import UTC, datetime
import dagster as dg
from pipeline.defs.automation import crawl_due_sites, publish_new_captures, watch
with dg.DagsterInstance.get() as instance:
    publish_new_captures(dg.build_sensor_context(instance=instance))
    watch(dg.build_sensor_context(instance=instance))
    crawl_due_sites(dg.build_schedule_context(instance=instance, scheduled_execution_time=datetime.now(UTC)))
"""
FAILED, STARTED = DagsterRunStatus.FAILURE, DagsterRunStatus.STARTED


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        make_world(seed=7, n_days=40, n_projects=8, n_news=8).serve(server, 0, delay=2)
        yield server


@pytest.fixture
def copy(tmp_path: Path, server: WebServer) -> Copy:
    """A copy of the code and one site that takes its time to be crawled."""
    (tmp_path / "sites").mkdir()
    start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
    (tmp_path / "sites" / "slow.toml").write_text(site_file(server.host, start=start))
    return copy_code(tmp_path, tmp_path / "sites")


def find_worker(instance: DagsterInstance) -> tuple[DagsterRun, int] | None:
    """A crawl that is under way, and the process that does it."""
    for run in instance.get_runs(RunsFilter(job_name="crawl_site", statuses=[STARTED])):
        if PROCESS_TAG in run.tags:
            return run, int(run.tags[PROCESS_TAG].split(":")[2])
    return None


def find_status(instance: DagsterInstance, run: DagsterRun) -> DagsterRunStatus:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def wait_for_worker(copy: Copy, instance: DagsterInstance) -> tuple[DagsterRun, int]:
    found: list[tuple[DagsterRun, int]] = []

    def is_under_way() -> bool:
        found.extend(filter(None, [find_worker(instance)]))
        return bool(found)

    copy.wait_until(is_under_way, 240, "a crawl is under way")
    return found[0]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_worker_is_ended_by_the_daemon_alone_and_its_site_is_crawled_again(copy: Copy) -> None:
    with copy.open_instance() as instance:
        with copy.run_daemon():
            run, worker = wait_for_worker(copy, instance)
            assert copy.call("status", "--alive").returncode == 0
            os.kill(worker, signal.SIGKILL)
            copy.wait_until(lambda: find_status(instance, run) == FAILED, 120, "the daemon marks it failed")
            again, _ = wait_for_worker(copy, instance)
            assert again.run_id != run.run_id
        wait_until(lambda: not list_processes(copy), "what was under way to end with the daemon")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_daemon_and_worker_killed_together_are_found_at_the_next_start(copy: Copy) -> None:
    with copy.open_instance() as instance:
        with suppress(AssertionError), copy.run_daemon():
            run, _ = wait_for_worker(copy, instance)
            for pid, _ in list_processes(copy):
                os.kill(pid, signal.SIGKILL)
        assert find_status(instance, run) == STARTED
        with copy.open_instance():
            assert find_status(instance, run) == STARTED, "who only opens it changes nothing"
        with copy.run_daemon():
            copy.wait_until(lambda: find_status(instance, run) == FAILED, 120, "the next daemon marks it failed")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(shutil.which("unshare") is None or os.geteuid() != 0, reason="needs unshare, as root")
def test_a_look_from_another_container_changes_no_live_run(copy: Copy) -> None:
    environment = copy.environment | {"DAGSTER_HOME": str(copy.folder.dagster)}
    with copy.open_instance() as instance, copy.run_daemon():
        run, _ = wait_for_worker(copy, instance)
        looked = subprocess.run(
            ["unshare", "--fork", "--pid", "--mount-proc", sys.executable, "-c", LOOK],
            cwd=copy.code, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert looked.returncode == 0, looked.stderr
        assert find_status(instance, run) in {STARTED, DagsterRunStatus.SUCCESS}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_idle_daemon_is_one_process_without_warnings_and_sees_a_new_site_file(copy: Copy, server: WebServer) -> None:
    (copy.sites / "slow.toml").unlink()
    with copy.open_instance() as instance, copy.run_daemon():
        copy.wait_until(lambda: copy.call("status", "--alive").returncode == 0, 120, "it lives")
        copy.wait_until(lambda: "there is no site file" in copy.read_log(), 180, "a tick finds no site")
        assert [words for _, words in list_processes(copy)] == [f"{sys.executable} -m pipeline.defs.service "]
        start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
        (copy.sites / "new.toml").write_text(site_file(server.host, start=start))
        copy.wait_until(
            lambda: instance.get_runs_count(RunsFilter(tags={"iomdb/site": "new"})) > 0, 180, "the new site is crawled"
        )
        log = copy.read_log()
    assert re.findall(r"WARNING|ERROR|Traceback", log) == []
