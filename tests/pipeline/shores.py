"""A site at loopback that is crawled and published day by day, from an empty folder: real requests, real tables.

Belongs here: the site, its days, asking the tables and the doctor. Does not belong here: any assertion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.run import RunManifest
from crawler.site.site import parse_site
from pipeline.ground.finding import Finding
from pipeline.ground.folders import DataFolder
from pipeline.health.diagnosis import examine
from pipeline.history.run_history import find_unsettled
from pipeline.stages.publish import Publication, publish
from tests.crawler.crawling import crawl
from tests.site.pages import Look, NewsContent, ProjectContent, make_news, make_project, render_page
from tests.site.routes import page, site_file, sitemap, xml
from tests.site.server import Answer, Asked, Route, WebServer
from warehouse.read.published import run_query

FIRST_DAY = datetime(2026, 1, 1, 6, tzinfo=UTC)
MONTHLY = "[recrawl]\nages = []\nolder_every_days = 30\n"
DAILY = "[recrawl]\nages = []\nolder_every_days = 1\n"
NOT_THERE = Answer(b"<h1>Not found</h1>", status=404)


def wall(title: str, words: str, *more: str) -> Answer:
    """What stands in front of a site: one text, whatever was asked for."""
    text = "".join(f"<p>{one}</p>" for one in (words, *more))
    body = (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1>{text}</body></html>'
    )
    return Answer(body.encode(), headers=(("Content-Type", "text/html; charset=utf-8"),))


WALL = wall(
    "The harbour office asks you to wait at the gate",
    "Every visitor of this house is counted at the gate before the office opens its books to them today.",
    "Please keep this window open for a little while; the clerk will lead you to the page in a moment.",
)
"""In words that no list knows."""


@dataclass
class Shore:
    """One site and the data folder that it is taken into."""

    root: Path
    server: WebServer
    more: str = DAILY
    pages: dict[str, Route] = field(default_factory=dict)
    listed: list[str] | None = None
    publications: list[Publication] = field(default_factory=list)

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.root / "data")

    def url(self, path: str) -> str:
        return self.server.root + path

    def add_news(self, n_pages: int, first: int = 0) -> list[str]:
        """So many readable pages of news; their paths."""
        return [self.add(make_news(number)) for number in range(first, first + n_pages)]

    def add_projects(self, n_pages: int) -> list[str]:
        """So many readable projects; their paths."""
        return [self.add(make_project(number)) for number in range(n_pages)]

    def add(self, content: NewsContent | ProjectContent, path: str = "") -> str:
        kind = "project" if isinstance(content, ProjectContent) else "news"
        path = path or f"/{kind}/{content.slug}"
        self.pages[path] = page(render_page(content, Look(n_bytes=3_000, has_metadata=False)))
        return path

    def write_site_file(self) -> str:
        start = f'[start]\nsitemaps = ["{self.server.root}/sitemap.xml"]\n'
        text = site_file(self.server.host, self.more, start=start)
        sites = self.root / "sites"
        sites.mkdir(exist_ok=True)
        (sites / "loop.toml").write_text(text)
        return text

    def serve(self, overlay: Mapping[str, Route]) -> None:
        listed = [self.url(path) for path in self.pages] if self.listed is None else self.listed
        self.server.routes.clear()
        self.server.routes.update(
            {"/robots.txt": Answer(b"", status=404), "/sitemap.xml": xml(sitemap(listed))} | self.pages | dict(overlay)
        )

    def crawl(self, day: float, overlay: Mapping[str, Route] | None = None) -> RunManifest:
        """A crawl of that day; ``overlay`` answers in place of some of the pages."""
        self.serve(overlay or {})
        self.folder.root.mkdir(exist_ok=True)
        site = parse_site("loop", self.write_site_file(), "loop.toml")
        return crawl(site, self.folder.archive, find_day(day), unsettled=find_unsettled(self.folder.published, "loop"))

    def publish(self, day: float) -> Publication:
        published = publish(self.folder, now=find_day(day) + timedelta(hours=1), threads=1)
        self.publications.append(published)
        return published

    def live(self, day: float, overlay: Mapping[str, Route] | None = None) -> Publication:
        """A crawl and the publish that follows it."""
        self.crawl(day, overlay)
        return self.publish(day)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in run_query(self.folder.published, sql).rows]

    def ask_one(self, sql: str) -> Any:
        ((value,),) = self.ask(sql)
        return value

    def find_gate(self, day: float) -> list[Finding]:
        """What the doctor says of the gate."""
        diagnosis = examine(self.folder, self.root / "sites", now=find_day(day) + timedelta(hours=2))
        return [one for one in diagnosis.findings if one.key.startswith("gate:")]

    def find_rings(self, day: float) -> list[str]:
        """The keys of what rings: findings of the gate that need a person."""
        return [one.key for one in self.find_gate(day) if one.severity == "problem"]

    def count_states(self) -> dict[str, int]:
        return dict(
            self.ask(
                "SELECT state, count(*) FROM (SELECT state FROM v1.news UNION ALL SELECT state FROM v1.projects) "
                "GROUP BY ALL"
            )
        )

    def list_changes(self) -> list[tuple[str, str]]:
        """Every change of a document after its first version: (path, kind), in order."""
        rows = self.ask(
            "SELECT page_key, change_kind FROM (SELECT page_key, change_kind, valid_from FROM v1.news_versions "
            "UNION ALL SELECT page_key, change_kind, valid_from FROM v1.project_versions) "
            "WHERE change_kind <> 'created' ORDER BY page_key, valid_from"
        )
        return [(key[key.index("/") :], kind) for key, kind in rows]


def find_day(day: float) -> datetime:
    """When the crawl of a day begins."""
    return FIRST_DAY + timedelta(days=day)


def redirect_to(target: str) -> Callable[[Asked], Answer]:
    """A redirect."""
    return lambda _asked: Answer(status=301, headers=(("Location", target),))


@contextmanager
def open_shore(root: Path, more: str = DAILY) -> Iterator[Shore]:
    """An empty folder and a site without pages."""
    with WebServer() as server:
        yield Shore(root, server, more)
