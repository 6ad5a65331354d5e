"""Two runs at once: both end well, or one says within seconds who holds the lock; many in a row lock nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pipeline.ground.folders import WAIT_SECONDS
from tests.costs import costing_at_most
from tests.pipeline.commands import Caller
from tests.replay.world import make_world
from tests.site.routes import site_file
from tests.site.server import WebServer

HOLD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline.ground.folders import hold_lock
with hold_lock(Path(sys.argv[1]), task="publishing", since=datetime(2026, 11, 22, tzinfo=UTC)):
    print("held", flush=True)
    input()
"""


@pytest.mark.slow
def test_two_first_runs_at_once_on_an_empty_folder_both_end_well(tmp_path: Path) -> None:
    caller = Caller(tmp_path / "data")
    with caller.start("run") as first, caller.start("run") as second:
        ended = [(process.communicate(timeout=240), process.returncode) for process in (first, second)]
    assert 0 in {code for _, code in ended}
    for (_, err), code in ended:
        assert code == 0 or "writer.lock is held by process" in err
    assert "QU8-805" in caller.succeed("sql", "SELECT projects_id FROM v1.projects")
    caller.succeed("run")


@pytest.mark.slow
def test_a_second_writer_is_refused_within_seconds_and_told_who_holds_the_lock(tmp_path: Path) -> None:
    caller = Caller(tmp_path / "data")
    caller.succeed("ingest", "seeds")
    with caller.start_python(HOLD, str(caller.data / "writer.lock")) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        # The patience is a constant under five seconds; on top comes the start of the program.
        assert WAIT_SECONDS < 5
        with costing_at_most(5):
            answer = caller.call("publish")
        assert answer.code == 1
        assert f"held by process {holder.pid} (publishing, since 2026-11-22T00:00:00+00:00)" in answer.err
        holder.communicate("\n")
    caller.succeed("extract")
    caller.succeed("publish")


@pytest.mark.slow
def test_of_crawls_of_one_site_that_start_together_one_asks_its_host(tmp_path: Path) -> None:
    caller, sites = Caller(tmp_path / "data"), tmp_path / "sites"
    sites.mkdir()
    with WebServer() as server:
        make_world(seed=7, n_days=40, n_projects=4, n_news=4).serve(server, 0, delay=3)
        start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
        (sites / "slow.toml").write_text(site_file(server.host, start=start))
        started = [caller.start("crawl", "--site", "slow", IOMDB_SITES=str(sites)) for _ in range(3)]
        ended = [(process.communicate(timeout=240)[1], process.returncode) for process in started]
        asked = Counter(server.paths())
    assert sorted(code for _, code in ended) == [0, 1, 1]
    refused = [err for err, code in ended if code == 1]
    assert all("slow.lock is held by process" in err and "(crawling slow, since " in err for err in refused)
    assert set(asked.values()) == {1}
