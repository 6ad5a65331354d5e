"""The whole job on a live site: a supervised crawl, then a publish, as Dagster runs, against a server on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.commands import Caller
from tests.replay.world import Weather, World, make_world
from tests.site.routes import site_file
from tests.site.server import WebServer


@pytest.fixture
def world() -> World:
    return make_world(seed=7, n_days=40, n_projects=6, n_news=6)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
def caller(tmp_path: Path, server: WebServer) -> Caller:
    (tmp_path / "sites").mkdir()
    start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
    (tmp_path / "sites" / "loop.toml").write_text(site_file(server.host, start=start))
    return Caller(tmp_path / "data")


def run_live(caller: Caller) -> tuple[int, str]:
    answer = caller.call("run", "--source", "live", "--site", "loop", IOMDB_SITES=str(caller.data.parent / "sites"))
    return answer.code, answer.out + answer.err


@pytest.mark.slow
def test_a_live_run_crawls_reads_judges_and_publishes(caller: Caller, server: WebServer, world: World) -> None:
    world.serve(server, 0)
    code, said = run_live(caller)
    assert code == 0, said
    assert "12 documents (6 projects, 6 news pages)" in said
    tables = ("runs", "verdicts", "fetches", "coverage", "captures")
    counts = {
        table: json.loads(caller.succeed("sql", "--format", "json", f"SELECT count(*) AS n FROM v1.{table}"))[0]["n"]
        for table in tables
    }
    assert counts["fetches"] >= 12 + 2
    assert counts["captures"] >= 12
    assert counts["coverage"] == 12
    assert counts["runs"] == 1
    assert counts["verdicts"] == 2, "of the projects and of the news"


@pytest.mark.slow
def test_a_blocked_site_fails_the_run_and_says_which_page_and_why(
    caller: Caller, server: WebServer, world: World
) -> None:
    world.weather[0] = Weather.BLOCKED
    world.serve(server, 0)
    code, said = run_live(caller)
    assert code == 1, said
    assert "6 of 6 pages said nothing: " in said
    assert " blocked" in said
    assert f"first: {server.root}/" in said
    assert "Traceback" not in said


def test_an_unknown_site_is_wrong_use(caller: Caller) -> None:
    answer = caller.call("run", "--source", "live", "--site", "nowhere", IOMDB_SITES=str(caller.data.parent / "sites"))
    assert answer.code == 2
    assert "nowhere" in answer.err
    assert "iomdb site list" in answer.err
