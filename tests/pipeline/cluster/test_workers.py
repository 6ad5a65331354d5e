"""Two workers, one PostgreSQL, one object store: what one leaves when it is killed, the other goes on with."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("obstore", reason="the extra iomdb[cluster] is not installed (make test-all installs it)")

from tests.pipeline.cluster.services import run_postgres, run_s3
from tests.pipeline.commands import Caller
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
        postgres = stack.enter_context(run_postgres(tmp_path / "postgres"))
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


def kill_whole(process: object) -> None:
    pid = process.pid  # type: ignore[attr-defined]
    os.kill(pid, signal.SIGKILL)


def test_a_worker_killed_in_mid_crawl_and_in_mid_extraction_is_taken_over(machines: Machines) -> None:
    first, second = machines.workers
    slow = machines.servers["loop0"]
    crawl = first.start("crawl", "--site", "loop0", **machines.shared)
    wait_until(lambda: len(slow.asked) > 35, 120)
    refused = second.call("crawl", "--site", "loop0", **machines.shared)
    assert refused.code == 1
    assert "the crawl of loop0 is under way on the worker" in refused.err
    kill_whole(crawl)
    crawl.communicate()
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
    gaps = [later - earlier for earlier, later in zip(starts, starts[1:], strict=False)]
    assert min(gaps) > SLOW_DELAY * 0.9
    assert len(slow.asked) - n_before < 60 + 10

    third = Caller(machines.root / "three")
    extract = third.start("extract", **machines.shared)
    wait_until(lambda: any((third.data / "archive").glob("2*/run.json")), 120)
    kill_whole(extract)
    extract.communicate()
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
    code = (
        "from pipeline.defs.instance import open_instance\n"
        "from pipeline.ground.clock import read_clock\n"
        "from pipeline.ground.folders import find_data_folder\n"
        "with open_instance(find_data_folder(), now=read_clock()) as instance:\n"
        "    print(sorted(run.tags['dagster/partition'] for run in instance.get_runs() if run.job_name == 'crawl_site'))\n"
    )
    looker = Caller(machines.root / "looker")
    with looker.start_python(code) if False else _start(looker, code, machines.shared) as process:
        out, _ = process.communicate(timeout=120)
    assert out.strip().endswith("['loop1', 'loop2']")


def _start(caller: Caller, code: str, environment: dict[str, str]):  # type: ignore[no-untyped-def]
    import subprocess
    import sys

    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**caller.environment, **environment},
    )


def wait_until(is_so, seconds: float) -> None:  # type: ignore[no-untyped-def]
    patience = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < patience
        time.sleep(0.2)
