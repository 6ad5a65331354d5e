"""A data folder that grows crawl by crawl, written with the archive's own writer: real records, ledgers and pages.

Belongs here: what a crawl leaves on disk, without a network. Does not belong here: any assertion.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contracts.outcomes import Outcome
from contracts.run import CaptureRef, Fetch, RobotsAnswer, RunManifest, make_run_id
from crawler.archive.runs import iter_fetches
from crawler.archive.volumes import Exchange, Original
from crawler.archive.writer import RunWriter
from crawler.errors import ArchiveError
from crawler.imports.warc import ingest_archive
from crawler.site.site import load_sites, parse_site
from pipeline.ground.folders import DataFolder
from pipeline.stages.extract import extract_missing
from pipeline.stages.publish import Publication, publish
from tests.crawler.runs import ImportedWarc
from tests.site.pages import Look, make_news, make_project, render_page

SITE = "example.org"
SITE_FILE = """
name = "Example"
hosts = ["example.org"]

[[start.listings]]
url = "https://example.org/news?page={page}"
kind = "news"
"""
ARCHIVED = frozenset({Outcome.FETCHED, Outcome.NOT_FOUND})
"""Of these a crawl archives the body."""

START = datetime(2026, 11, 1, 6, tzinfo=UTC)


@dataclass
class House:
    """A data folder and its site files. ``pages`` are URL to body, as the site has them now."""

    root: Path
    pages: dict[str, bytes] = field(default_factory=dict)
    site_file: str = SITE_FILE
    site: str = SITE
    """Its id, and its host: houses of several sites may have one root."""

    def __post_init__(self) -> None:
        self.sites.mkdir(parents=True, exist_ok=True)
        (self.sites / "contact.txt").write_text("data@example.org\n")
        self.scope = parse_site(self.site, self.site_file, "a test")
        """What the site's pages are, as of its first file: a later one may be none that can be read."""
        self.write_site_file()

    def write_site_file(self, more: str = "") -> None:
        """Add to the site file; crawls record it as it is when they start."""
        self.site_file += more
        (self.sites / f"{self.site}.toml").write_text(self.site_file)

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.root / "data")

    @property
    def sites(self) -> Path:
        return self.root / "sites"

    def crawl(
        self,
        day: float = 0,
        *,
        outcomes: Mapping[str, Outcome] | None = None,
        robots: int | None = 200,
        urls: Sequence[str] | None = None,
        listed: Mapping[str, int] | None = None,
    ) -> str:
        """Seal one crawl of every page (or of ``urls``), ``day`` days after the first; its run id.

        ``listed`` is how many pages of each kind the sources named; by default that is not recorded.
        """
        with self.open_crawl(day, outcomes=outcomes, robots=robots, urls=urls) as writer:
            for kind, n_pages in (listed or {}).items():
                writer.record_listed(kind, n_pages)
            return self.seal(writer, day).run_id

    def crawl_unchanged(self, day: float, *, since: str) -> str:
        """Seal a crawl in which every page answers 304 to what the run ``since`` has archived; its run id."""
        with self.open_crawl(day, urls=[]) as writer:
            for number, fetch in enumerate(iter_fetches(self.folder.archive / since)):
                assert fetch.capture is not None
                original = Original(fetch.capture.capture_id, fetch.url, fetch.fetched_at, fetch.capture.payload_sha256)
                at = START + timedelta(days=day, seconds=number)
                exchange = Exchange(
                    url=fetch.url,
                    fetched_at=at,
                    # Many servers' ETag is a digest of the page.
                    request_head=b'GET / HTTP/1.1\r\nIf-None-Match: "%s"\r\n\r\n'
                    % fetch.capture.payload_sha256.encode(),
                    response_head=b"HTTP/1.1 304 Not Modified\r\n\r\n",
                    body=b"",
                    media_type="text/html",
                    reader="html",
                )
                capture = writer.write_revisit(exchange, original, not_modified=True)
                writer.write_fetch(self._fetch(fetch.url, at, Outcome.UNCHANGED, capture))
            return self.seal(writer, day).run_id

    def seal(self, writer: RunWriter, day: float) -> RunManifest:
        ended = START + timedelta(days=day, hours=1)
        return writer.seal(ended_at=ended, sealed_at=ended, complete=True)

    def open_crawl(
        self,
        day: float = 0,
        *,
        outcomes: Mapping[str, Outcome] | None = None,
        robots: int | None = 200,
        urls: Sequence[str] | None = None,
    ) -> RunWriter:
        """As :meth:`crawl`, but the run is left open."""
        started = START + timedelta(days=day)
        writer = RunWriter.open(
            self.folder.archive,
            make_run_id(started, self.site, self.site_file.encode()),
            source="crawl",
            site=self.site,
            started_at=started,
            site_config=self.site_file,
            software={"iomdb": "0"},
        )
        try:
            self._fill(writer, started, outcomes or {}, robots, list(self.pages if urls is None else urls))
        except BaseException:
            with suppress(OSError, ArchiveError):
                writer.close()
            raise
        return writer

    def _fill(
        self, writer: RunWriter, started: datetime, outcomes: Mapping[str, Outcome], robots: int | None, urls: list[str]
    ) -> None:
        writer.record_robots(RobotsAnswer(host=self.site, status=robots, body=None, fetched_at=started))
        for number, url in enumerate(urls):
            at = started + timedelta(seconds=number)
            outcome = outcomes.get(url, Outcome.FETCHED)
            capture = writer.write_exchange(self._exchange(url, at)) if outcome in ARCHIVED else None
            writer.write_fetch(self._fetch(url, at, outcome, capture))

    def _exchange(self, url: str, at: datetime) -> Exchange:
        return Exchange(
            url=url,
            fetched_at=at,
            request_head=b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
            response_head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
            body=self.pages[url],
            media_type="text/html",
            reader="html",
        )

    def _fetch(self, url: str, at: datetime, outcome: Outcome, capture: CaptureRef | None) -> Fetch:
        return Fetch(
            site=self.site,
            url=url,
            page_key=self.scope.page_key(url),
            kind=self.scope.kind_of(url),
            outcome=outcome,
            fetched_at=at,
            http_status=200 if capture else None,
            capture=capture,
            discovered_by="listing",
            bytes_received=len(self.pages.get(url, b"")),
        )

    def take_in(self, day: datetime, pages: Mapping[str, bytes], *, status: str = "200 OK") -> str:
        """Ingest a WARC of others: these pages, captured on that day, one a second; its run id."""
        warc = ImportedWarc()
        for number, (url, body) in enumerate(pages.items()):
            at = (day + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
            warc.add_response(url, at, body, status=status)
        path = self.root / f"{day:%Y%m%dT%H%M%S}.warc.gz"
        path.write_bytes(warc.content)
        return ingest_archive(path, self.folder.archive, load_sites(self.sites)).run_id

    def publish(self, now: datetime | None = None) -> Publication:
        """Read what was not read, judge, and publish."""
        extract_missing(self.folder)
        return publish(self.folder, now=now or at_day(0), threads=1)


def copy_house(house: House, root: Path) -> House:
    """The same house elsewhere, to be changed."""
    shutil.copytree(house.root, root)
    return House(root, dict(house.pages))


def at_day(day: float) -> datetime:
    """An instant: so many days after the first crawl."""
    return START + timedelta(days=day)


def project_url(number: int) -> str:
    return f"https://{SITE}/project/grant-{number}"


def news_url(number: int) -> str:
    return f"https://{SITE}/news/story-{number}"


def build_house(root: Path, *, projects: int = 0, news: int = 0, theme: str = "drupal9") -> House:
    """A house whose site has so many pages of each kind."""
    house = House(root)
    for number in range(projects):
        house.pages[project_url(number)] = render_page(make_project(number), Look(theme=theme, n_bytes=4_000))
    for number in range(news):
        house.pages[news_url(number)] = render_page(make_news(number), Look(theme=theme, n_bytes=4_000))
    return house
