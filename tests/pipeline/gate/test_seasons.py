"""Real crawls of a quiet site, day after day by the default rhythm: what is normal is never rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.archive.runs import iter_manifests
from pipeline.ground.folders import DataFolder
from pipeline.stages.extract import extract_missing
from pipeline.stages.publish import Publication, publish
from tests.crawler.crawling import crawl, site_of
from tests.site.pages import Look, make_news, render_page
from tests.site.routes import page, site_file, sitemap, xml
from tests.site.server import Answer, WebServer
from warehouse.read.published import run_query

FIRST_DAY = datetime(2026, 1, 1, 6, tzinfo=UTC)


class Season:
    """One site of news and its archive. ``listed`` are the stories that the sitemap names."""

    def __init__(self, server: WebServer, root: Path, n_stories: int) -> None:
        self.server, self.folder = server, DataFolder(root / "data")
        self.sites = root / "sites"
        self.sites.mkdir()
        text = site_file(server.host, start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n')
        (self.sites / "loop.toml").write_text(text)
        self.site = site_of(text)
        server.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow:\n", headers=(("Content-Type", "text/plain"),))
        self.listed = list[int]()
        self.add(*range(n_stories))

    def add(self, *stories: int) -> None:
        """Stories appear, or say something new of themselves."""
        for story in stories:
            self.server.routes[f"/news/{story}"] = page(render_page(make_news(story), Look(n_bytes=3_000)))
        self.list_only({*self.listed, *stories})

    def list_only(self, stories: set[int]) -> None:
        """Let the sitemap name these."""
        self.listed = sorted(stories)
        urls = [f"{self.server.root}/news/{story}" for story in self.listed]
        self.server.routes["/sitemap.xml"] = xml(sitemap(urls))

    def answer(self, answer: Answer | Callable[[int], Answer], *stories: int) -> None:
        """Let these stories answer otherwise."""
        for story in stories:
            self.server.routes[f"/news/{story}"] = answer(story) if callable(answer) else answer

    def crawl(self, day: int) -> None:
        """One day's crawl."""
        crawl(self.site, self.folder.archive, FIRST_DAY + timedelta(days=day, minutes=day))

    def publish(self) -> Publication:
        """Read and publish."""
        extract_missing(self.folder)
        return publish(self.folder, now=FIRST_DAY, threads=1)

    def count_states(self) -> Counter[str]:
        """News by state."""
        return Counter(dict(run_query(self.folder.published, "SELECT state, count(*) FROM v1.news GROUP BY 1").rows))


def find_rejected(publication: Publication) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (verdict.run_id[:8], tuple(reason.message for reason in verdict.reasons))
        for verdict in publication.verdicts
        if not verdict.is_accepted
    ]


@pytest.mark.slow
def test_a_hundred_quiet_days_with_some_news_and_a_removal_have_no_rejection(tmp_path: Path) -> None:
    with WebServer() as server:
        season = Season(server, tmp_path, 30)
        for day in range(100):
            if day in {16, 17, 45, 46, 80}:
                season.add(100 + day)
            if day == 30:
                season.answer(Answer(b"<h1>Gone</h1>", status=410), 0, 1, 2, 3)
                season.list_only(set(season.listed) - {0, 1, 2, 3})
            season.crawl(day)
        listed = [manifest.listed for manifest in iter_manifests(season.folder.archive)]
        assert listed[0] == {"news": 30, "project": 0}
        assert listed[-1] == {"news": 31, "project": 0}
        assert find_rejected(season.publish()) == []
        assert season.count_states() == {"live": 31, "gone": 4}


@pytest.mark.slow
@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("body", [b"<html><body><h1>Gone</h1><p>Nothing is here.</p></body></html>", b""])
def test_a_few_pages_that_vanish_are_removals_and_no_layout(tmp_path: Path, status: int, body: bytes) -> None:
    with WebServer() as server:
        season = Season(server, tmp_path, 20)
        season.crawl(0)
        season.answer(Answer(body, status=status), 0, 1, 2)
        for day in (1, 2, 3):
            season.crawl(day)
        assert find_rejected(season.publish()) == []
        assert season.count_states() == {"live": 17, "gone": 3}


@pytest.mark.slow
def test_a_few_pages_that_move_are_redirects_and_no_layout(tmp_path: Path) -> None:
    with WebServer() as server:
        season = Season(server, tmp_path, 20)
        season.crawl(0)
        for story in range(3):
            server.routes[f"/news/moved-{story}"] = page(render_page(make_news(story), Look(n_bytes=3_000)))
        moved = [("Location", f"/news/moved-{story}") for story in range(3)]
        season.answer(lambda story: Answer(b"moved", status=301, headers=(moved[story],)), 0, 1, 2)
        season.crawl(1)
        assert find_rejected(season.publish()) == []
        assert season.count_states() == {"live": 20}


@pytest.mark.slow
def test_three_broken_pages_among_unchanged_ones_are_three_of_all(tmp_path: Path) -> None:
    shell = Answer(b"<html><body><div id=app></div></body></html>", headers=(("Content-Type", "text/html"),))
    with WebServer() as server:
        season = Season(server, tmp_path, 20)
        season.crawl(0)
        season.answer(shell, 0, 1, 2)
        season.crawl(1)
        assert find_rejected(season.publish()) == []
        season.answer(shell, 3)
        season.crawl(2)
        ((_, (message,)),) = find_rejected(season.publish())
        assert message.startswith("layout: news/"), message
        assert "4 of 20 unreadable" in message


@pytest.mark.slow
def test_half_a_sitemap_is_rejected_although_no_page_was_due(tmp_path: Path) -> None:
    with WebServer() as server:
        season = Season(server, tmp_path, 20)
        for day in range(18):
            season.crawl(day)
        season.list_only(set(range(8)))
        season.add(100)
        season.crawl(18)
        ((_, (message,)),) = find_rejected(season.publish())
        assert message == "pages listed: 20 → 9"
