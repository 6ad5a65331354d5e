"""Eight weeks of crawls of the invented sites, written as a crawl writes: records, ledgers, sealed runs.

Belongs here: what each answer becomes in the archive. Does not belong here: which answer that is (``script``).
A page that has not changed since it was last archived answers 304, so it costs a revisit record and no body.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final

from contracts.outcomes import Outcome
from contracts.run import CaptureRef, Fetch, RobotsAnswer, make_run_id
from crawler.archive.volumes import Exchange, Original
from crawler.archive.writer import RunWriter
from crawler.site.site import Site, load_sites
from pipeline.demo.content import DemoPage, host_of_site
from pipeline.demo.event import N_WEEKS, PageEvent, day_of
from pipeline.demo.markup import NOT_FOUND, SHELL, render
from pipeline.demo.script import BLOCKED, REDESIGNED, Web

SITES: Final = Path(__file__).parent / "sites"
"""The site files of the invented sites: each run records its own, as a crawl does."""

_STATUS: Final = {Outcome.NOT_FOUND: 404, Outcome.GONE: 410, Outcome.SERVER_ERROR: 500, Outcome.REDIRECTED: 301}
_NO_ANSWER: Final = frozenset({Outcome.TIMEOUT, Outcome.DNS_ERROR})
_PHRASES: Final = {200: "OK", 301: "Moved Permanently", 304: "Not Modified", 404: "Not Found", 410: "Gone"}
_ROBOTS: Final = "# Invented: a demonstration of iomdb.\nUser-agent: *\nCrawl-delay: 1\n"


@dataclass(slots=True)
class DemoCrawler:
    """Writes the crawls of every week into an archive, and knows what it has archived of each address."""

    archive: Path
    originals: dict[str, Original] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)

    def crawl(self, site: Site, web: Web, week: int, hour: int) -> str:
        """Seal the crawl of one site in one week; its run id."""
        started = datetime.combine(day_of(week), time(hour), UTC)
        run_id = make_run_id(started, site.id, site.text.encode())
        with RunWriter.open(
            self.archive,
            run_id,
            source="crawl",
            site=site.id,
            started_at=started,
            site_config=site.text,
            software={"iomdb": "demonstration"},
            start_over=True,
        ) as writer:
            robots = RobotsAnswer(host=host_of_site(site.id), status=200, body=_ROBOTS, fetched_at=started)
            writer.record_robots(robots)
            pages = web.list_pages(site.id)
            for number, page in enumerate(pages, start=1):
                self._fetch(writer, site, page, web.answers.get(page.url), started + timedelta(seconds=number))
            for kind in sorted({page.kind for page in pages}):
                writer.record_listed(kind, sum(page.kind == kind for page in pages))
            ended = started + timedelta(minutes=10)
            writer.seal(ended_at=ended, sealed_at=ended, complete=True, notes=["Invented: a demonstration of iomdb."])
        return run_id

    def _fetch(self, writer: RunWriter, site: Site, page: DemoPage, event: PageEvent | None, at: datetime) -> None:
        week = (at.date() - day_of(1)).days // 7 + 1
        answer = event.answer if event else Outcome.FETCHED
        if BLOCKED.get(site.id) == week:
            answer = Outcome.BLOCKED
        capture, body = None, b""
        if answer is Outcome.FETCHED:
            is_shell = event is not None and event.is_shell
            body = SHELL if is_shell else render(page, redesigned=week >= REDESIGNED.get(site.id, N_WEEKS + 1))
            answer, capture = self._archive_page(writer, page.url, body, at)
        elif answer.effect in {"absent", "moved"}:
            target, body = event.target if event else None, NOT_FOUND
            location = f"Location: {target}\r\n" if target else ""
            capture = writer.write_exchange(_exchange(page.url, at, _STATUS[answer], body, location))
        status = 304 if answer is Outcome.UNCHANGED else _STATUS.get(answer, 200)
        if answer is Outcome.BLOCKED:
            status = 403
        writer.write_fetch(
            Fetch(
                site=site.id,
                url=page.url,
                page_key=site.page_key(page.url),
                kind=site.kind_of(page.url),
                outcome=answer,
                fetched_at=at,
                http_status=None if answer in _NO_ANSWER else status,
                final_url=event.target if event and answer is Outcome.REDIRECTED else None,
                capture=capture,
                discovered_by="sitemap" if week == 1 else "known",
                attempts=3 if answer in _NO_ANSWER else 1,
                bytes_received=0 if answer is Outcome.UNCHANGED else len(body),
            )
        )

    def _archive_page(self, writer: RunWriter, url: str, body: bytes, at: datetime) -> tuple[Outcome, CaptureRef]:
        known = self.originals.get(url)
        if known is not None and self.bodies[url] == body:
            return Outcome.UNCHANGED, writer.write_revisit(_exchange(url, at, 304, b""), known, not_modified=True)
        capture = writer.write_exchange(_exchange(url, at, 200, body))
        self.bodies[url] = body
        self.originals[url] = Original(capture.capture_id, url, at, capture.payload_sha256)
        return Outcome.FETCHED, capture


def write_archive(archive: Path) -> Iterator[str]:
    """Write the whole archive, run after run; yields each run's id once it is sealed."""
    crawler, web, sites = DemoCrawler(archive), Web.open(), load_sites(SITES).by_id
    for week in range(1, N_WEEKS + 1):
        web.turn(week)
        for hour, site in enumerate(sites.values(), start=6):
            yield crawler.crawl(site, web, week, hour)


def _exchange(url: str, at: datetime, status: int, body: bytes, headers: str = "") -> Exchange:
    host, _, path = url.removeprefix("https://").partition("/")
    return Exchange(
        url=url,
        fetched_at=at,
        request_head=f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
        response_head=(
            f"HTTP/1.1 {status} {_PHRASES[status]}\r\nContent-Type: text/html; charset=utf-8\r\n{headers}"
            f"X-Invented: a demonstration of iomdb\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode(),
        body=body,
        media_type="text/html",
        reader="html",
    )
