"""The first day of a daemon: every site that ships is due at its first tick, is crawled, and one publish follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contracts.run import source_of, start_of
from crawler.archive.runs import iter_run_ids
from pipeline.ground.folders import PROJECT_ROOT, find_site_ids
from pipeline.history.due import find_slot
from tests.pipeline.daemons import Copy, copy_code, count_runs, find_ticks, have_all_ended
from tests.replay.world import make_world
from tests.site.server import WebServer

SHIPPED = PROJECT_ROOT / "crawler" / "sites"


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    """A copy of the code, and of each site file that ships, its hosts replaced by a small site of its own."""
    sites = tmp_path / "sites"
    sites.mkdir()
    world = make_world(seed=7, n_days=40, n_projects=2, n_news=2)
    with ExitStack() as servers:
        for path in sorted(SHIPPED.glob("*.toml")):
            server = servers.enter_context(WebServer())
            world.serve(server, 0)
            (sites / path.name).write_text(point_to(server.host, path.read_text(encoding="utf-8")), encoding="utf-8")
        yield copy_code(tmp_path, sites)


def point_to(host: str, text: str) -> str:
    """A site file for ``host``, otherwise as it was; at loopback nobody has to be spared."""
    text = re.sub(r"https://[a-z.]+", f"http://{host}", text)
    text = re.sub(r"^hosts = .*$", f'hosts = ["{host}"]\nprivate_addresses = ["127.0.0.1"]', text, flags=re.MULTILINE)
    return text + "\n[politeness]\ndelay_seconds = 0\n"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_daemon_crawls_all_sites_of_one_tick_each_once_and_publishes_once(copy: Copy) -> None:
    sites = find_site_ids(SHIPPED)
    with copy.run_daemon():
        copy.wait_until(lambda: len(list(iter_run_ids(copy.folder.archive))) >= len(sites), 600, "all are crawled")
        copy.wait_until(copy.folder.published.exists, 90, "it is published")
        with copy.open_instance() as instance:
            copy.wait_until(
                lambda: bool(find_ticks(instance, "crawl_due_sites")[0].skip_reason), 90, "a tick finds nothing due"
            )
            copy.wait_until(lambda: have_all_ended(instance), 90, "every run has ended")
            runs = count_runs(instance)
            first = find_ticks(instance, "crawl_due_sites")[-1]
    crawls = [(source_of(run_id), start_of(run_id)) for run_id in iter_run_ids(copy.folder.archive)]
    assert {site for site, _ in crawls} == set(sites)
    n_again = len(crawls) - len(sites)  # sites whose own hour began while the daemon was at work
    assert len({(site, find_slot(site, at)) for site, at in crawls}) == len(crawls), "once in each of its hours"
    assert 1 <= runs.pop(("publish", "SUCCESS")) <= 1 + n_again
    assert runs == {("crawl_site", "SUCCESS"): len(crawls)}
    assert len(first.run_keys) == len(sites), "one tick asked for all of them"
