"""Two workers, one PostgreSQL, one object store: what one leaves when it is killed, the other goes on with."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("obstore", reason="the extra iomdb[cluster] is not installed (make test-all installs it)")

from pipeline.defs.instance import POSTGRES_SETTINGS, name_driver
from tests.pipeline.cluster.services import find_port, run_postgres, run_s3
from tests.pipeline.commands import IOMDB, Caller
from tests.pipeline.daemons import copy_code, kill_group
from tests.replay.world import make_world
from tests.site.routes import site_file
from tests.site.server import WebServer

pytestmark = pytest.mark.slow
N_SITES = 4
SLOW_DELAY = 1.0


@dataclass
class Machines:
    """Two workers with data folders of their own, and the sites that they crawl."""

    workers: tuple[Caller, Caller]
    shared: dict[str, str]
    servers: dict[str, WebServer]
    root: Path


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    with ExitStack() as stack:
        s3 = stack.enter_context(run_s3())
        postgres = stack.enter_context(run_postgres())
        sites, servers = tmp_path / "sites", {}
        sites.mkdir()
        for number in range(N_SITES):
            server = stack.enter_context(WebServer())
            make_world(
                seed=number, n_days=40, n_projects=30 if number == 0 else 3, n_news=30 if number == 0 else 3
            ).serve(server, 0)
            text = site_file(server.host, start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n')
            if number == 0:
                text = text.replace("delay_seconds = 0", f"delay_seconds = {SLOW_DELAY}")
            (sites / f"loop{number}.toml").write_text(text)
            servers[f"loop{number}"] = server
        shared = {
            **s3.environment,
            "IOMDB_ARCHIVE": "s3://iom/record",
            "IOMDB_INSTANCE": postgres,
            "IOMDB_SITES": str(sites),
        }
        workers = (Caller(tmp_path / "one"), Caller(tmp_path / "two"))
        yield Machines(workers, shared, servers, tmp_path)


def test_a_worker_killed_in_mid_crawl_and_in_mid_extraction_is_taken_over(machines: Machines) -> None:
    first, second = machines.workers
    slow = machines.servers["loop0"]
    crawl = first.start("crawl", "--site", "loop0", **machines.shared)
    wait_until(lambda: len(slow.asked) > 35, 120)
    refused = second.call("crawl", "--site", "loop0", **machines.shared)
    assert refused.code == 1
    assert "the crawl of loop0 is under way on the worker" in refused.err
    kill(crawl)
    n_before = len(slow.asked)
    for site in ("loop1", "loop2"):
        second.succeed("crawl", "--site", site, **machines.shared)
    first.succeed("crawl", "--site", "loop3", **machines.shared)
    shutil.rmtree(first.data)  # the machine is gone with its disk
    patience = time.monotonic() + 240
    while (answer := second.call("crawl", "--site", "loop0", "--json", **machines.shared)).code != 0:
        assert "under way" in answer.err, answer.err
        assert time.monotonic() < patience
        time.sleep(10)
    report = json.loads(answer.out)
    assert sum(report["counts"].values()) >= 60
    times = Counter(asked.target for asked in slow.asked if asked.path.startswith(("/project", "/news")))
    asked_twice = [target for target, n in times.items() if n > 1]
    assert set(times.values()) <= {1, 2}
    assert len(asked_twice) <= 25, "a beat is twenty seconds, a request a second"
    starts = sorted(asked.at for asked in slow.asked if asked.path != "/robots.txt")
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert min(gaps) > SLOW_DELAY * 0.9
    assert len(slow.asked) - n_before < 60 + 10

    third = Caller(machines.root / "three")
    extract = third.start("extract", **machines.shared)
    wait_until(lambda: any((third.data / "archive").glob("2*/run.json")), 120)
    kill(extract)
    published = json.loads(second.succeed("publish", "--json", **machines.shared))
    alone = Caller(machines.root / "alone")
    shutil.copytree(second.data / "archive", alone.data / "archive", ignore=shutil.ignore_patterns(".*"))
    assert json.loads(alone.succeed("publish", "--json"))["content_sha256"] == published["content_sha256"]
    read = Caller(machines.root / "reader")
    counted = read.succeed(
        "sql", "SELECT site, count(*) FROM v1.coverage GROUP BY 1 ORDER BY 1", "--format", "csv", **machines.shared
    )
    assert counted.splitlines()[1:] == ["loop0,60", "loop1,6", "loop2,6", "loop3,6"]


def test_dagsters_instance_in_postgres_has_the_runs_of_both_workers(machines: Machines) -> None:
    first, second = machines.workers
    for worker, site in ((first, "loop1"), (second, "loop2")):
        worker.succeed("run", "--source", "live", "--site", site, **machines.shared)
    answer = subprocess.run(
        [sys.executable, "-c", LOOK],
        capture_output=True,
        text=True,
        check=True,
        env={**Caller(machines.root / "looker").environment, "PYTHONWARNINGS": "", **machines.shared},
    )
    assert answer.stdout.strip().endswith("['loop1', 'loop2']")


LOOK = """
from pipeline.defs.instance import open_instance
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import find_data_folder

with open_instance(find_data_folder(), now=read_clock()) as instance:
    runs = [run for run in instance.get_runs() if run.job_name == "crawl_site"]
    print(sorted(run.tags["dagster/partition"] for run in runs))
"""


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    patience = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < patience
        time.sleep(0.2)


def test_one_daemon_starts_crawls_on_two_workers_and_the_first_publishes_once(machines: Machines) -> None:
    for site in ("loop0", "loop3"):
        (machines.root / "sites" / f"{site}.toml").unlink()
    code = copy_code(machines.root / "copy", machines.root / "sites")
    first, second = (root / "data" for root in (machines.root / "one", machines.root / "two"))
    port = find_port()
    other = {**code.environment, **machines.shared, "IOMDB_DATA": str(second), "IOMDB_SHARE": "2/2"}
    (second / "dagster").mkdir(parents=True)
    (second / "dagster" / "dagster.yaml").write_bytes((code.code / "dagster.yaml").read_bytes() + POSTGRES_SETTINGS)
    other |= {"DAGSTER_HOME": str(second / "dagster"), "IOMDB_INSTANCE": name_driver(machines.shared["IOMDB_INSTANCE"])}
    server = subprocess.Popen(
        [sys.executable, "-m", "dagster", "code-server", "start", "-m", "pipeline.defs", "-h", "127.0.0.1",
         "-p", str(port)],
        cwd=code.code, env=other, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    daemon = subprocess.Popen(
        [*IOMDB, "daemon"], cwd=code.code, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env={**code.environment, **machines.shared, "IOMDB_DATA": str(first), "IOMDB_SHARE": "1/2",
             "IOMDB_WORKERS": f"127.0.0.1:{port}"},
    )  # fmt: skip
    try:
        wait_until((first / "iomdb.duckdb").exists, 400)
        wait_until(lambda: len(list((first / "archive").glob("2*/run.json"))) == 2, 200)
    finally:
        for process in (daemon, server):
            kill_group(process.pid)
            process.wait(30)
    assert {path.parent.name.split("-")[1] for path in (second / "archive").glob("2*/run.json")} >= {"loop2"}
    for site in ("loop1", "loop2"):
        times = Counter(asked.target for asked in machines.servers[site].asked if asked.path.startswith("/project"))
        assert set(times.values()) == {1}, f"{site} was crawled by both workers"
