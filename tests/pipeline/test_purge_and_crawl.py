"""A purged page stays out: later crawls of the living site never ask for it again, and go on with all others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from contracts.outcomes import Outcome
from crawler.archive.check import check_archive
from pipeline.ground.folders import DataFolder
from pipeline.purge.purge import purge
from tests.crawler.crawling import MORNING, crawl, rows, site_of
from tests.site.routes import NEWS, PROJECTS, iom_like, site_file
from tests.site.server import WebServer

ALWAYS = "[recrawl]\nages = []\nolder_every_days = 0\n"
DAY = timedelta(days=1)


def test_a_purged_page_is_never_asked_for_again_and_all_others_are(tmp_path: Path) -> None:
    folder, sites = DataFolder(tmp_path / "data"), tmp_path / "sites"
    sites.mkdir()
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        text = site_file(server.host, ALWAYS)
        (sites / "loop.toml").write_text(text)
        site, target = site_of(text), NEWS[0]
        first = rows(folder.archive, crawl(site, folder.archive))
        crawl(site, folder.archive, MORNING + DAY)
        purge(folder, sites, server.root + target, why="asked for", who="me", now=MORNING + DAY)
        server.asked.clear()
        third = rows(folder.archive, crawl(site, folder.archive, MORNING + 2 * DAY))
        asked = set(server.paths())
    assert first[server.root + target].outcome is Outcome.FETCHED
    assert target not in asked
    assert {*PROJECTS, *NEWS} - {target} <= asked
    assert server.root + target not in third
    assert check_archive(folder.archive) == []
