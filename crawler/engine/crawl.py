"""One crawl of one site, from its history in the archive to a sealed run; and how Scrapy is set for it.

Belongs here: the order of a crawl (open or resume, both spiders, what is left over, seal), and Scrapy's settings, by
``settings.toml``. Does not belong here: the process around it (crawler.__main__), what a site wants (its file), what
the spiders and middlewares do.
"""

import asyncio
import platform
import random
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import get_args

from scrapy.crawler import AsyncCrawlerRunner

from contracts.fields import DocumentKind
from contracts.outcomes import Outcome
from contracts.run import RunManifest, make_run_id, source_of
from crawler.archive.runs import find_open_run, finish_seal, iter_open_runs
from crawler.archive.writer import RunWriter
from crawler.disk import Scratch
from crawler.engine.discovery_spider import DiscoverySpider
from crawler.errors import ArchiveError, SiteFileError
from crawler.session.frontier import Frontier
from crawler.session.history import CrawlHistory, read_history
from crawler.session.politeness import CONTACT_FILE, HostPoliteness, build_user_agent
from crawler.session.progress import DiscoveryProgress, OpenLedger, RunNotes, Stop
from crawler.session.session import Clock, CrawlSession, PendingRequests, Report
from crawler.site.site import Site, Sites

SPIDER_MODULES = ["crawler.engine.discovery_spider"]
"""For `scrapy list` and `scrapy check` only: a crawl is started by ``python -m crawler``."""

_SETTINGS: Mapping[str, object] = tomllib.loads(Path(__file__).with_name("settings.toml").read_text("utf-8"))


def build_settings(site: Site, user_agent: str) -> dict[str, object]:
    """The settings of a crawl of one site, in a new dict."""
    politeness, budget = site.file.politeness, site.file.budget
    return {
        **_SETTINGS,
        "USER_AGENT": user_agent,
        "DOWNLOAD_TIMEOUT": politeness.timeout_seconds,  # for the whole exchange, not for each pause
        "DOWNLOAD_MAXSIZE": budget.body_bytes,  # Scrapy's default is 1 GiB
        "CONCURRENT_REQUESTS_PER_DOMAIN": politeness.concurrent_requests,
        "CONCURRENT_REQUESTS": politeness.concurrent_requests * len(site.file.hosts),
    }


@dataclass(frozen=True, slots=True)
class Crawled:
    """A sealed run.

    ``has_failed`` says that pages were asked for and nothing is known of any, or no source answered.
    """

    manifest: RunManifest
    has_failed: bool


async def crawl_site(
    site: Site,
    archive: Path,
    now: datetime,
    report: Report,
    contact: str | None = None,
    *,
    contact_file: Path = Path(CONTACT_FILE),
    sites: Sites | None = None,
    unsettled: frozenset[tuple[str, str]] = frozenset(),
) -> Crawled:
    """Crawl a site to a sealed run; one that was begun on this UTC day and not sealed is finished instead.

    Runs of earlier days that were never finished are sealed first, as incomplete: what they had scheduled and not
    fetched gets the outcome ``interrupted``.

    ``contact`` is the operator's address (crawler.session.politeness), in the User-Agent of each request,
    ``contact_file`` where it should be. ``sites`` are all sites that are crawled (None: this one alone): a page
    that redirects to another of them has moved there. ``unsettled`` are kind and key of pages whose newest answer is no
    part of the record: they are asked again after a day.

    Raises:
        SiteFileError: there is no contact, and the site is one of the public internet.
        ArchiveError: the run cannot be written, or another process is writing it.
    """
    if contact is None and not site.is_private:
        raise SiteFileError(
            f"{site.id} is a public site: write into {contact_file} where its operators can reach you, one line"
        )
    today = find_open_run(archive, site.id, now.date())
    for run_id in [r for r in iter_open_runs(archive) if source_of(r) == site.id and r != today]:
        if finish_seal(archive, run_id):
            continue
        with open_session(site, archive, run_id, now) as session:
            session.stop.order(Outcome.INTERRUPTED, f"not finished on its day; sealed by the crawl of {now:%Y-%m-%d}")
            await _finish(session, contact)
    run_id = today or make_run_id(now, site.id, site.text.encode())
    with open_session(site, archive, run_id, now, unsettled) as session:
        session.report = report
        session.sites = sites or session.sites
        writer, n_rows = session.ledger.writer, session.ledger.tally.n_rows
        report({"event": "started", "run_id": writer.run_id, "resumed": writer.resumed, "rows": n_rows})
        manifest = await _finish(session, contact)
        return Crawled(manifest, session.ledger.tally.has_failed)


@contextmanager
def open_session(
    site: Site, archive: Path, run_id: str, now: datetime, unsettled: frozenset[tuple[str, str]] = frozenset()
) -> Iterator[CrawlSession]:
    """Begin or take up a run, with all that earlier runs know; it is left open unless it was sealed meanwhile."""
    with _open_writer(site, archive, run_id, now) as writer, Scratch(writer.folder) as scratch:
        try:
            history = read_history(archive, site.id, scratch, now, unsettled)
        except ArchiveError:
            if not writer.resumed:
                writer.discard()  # nothing was asked: a run of nothing would look like a site that lost its pages
            raise
        session = _make_session(site, writer, scratch, history, now)
        scratch.tell = session.stop.break_off
        if history.n_future:
            session.notes.add(
                f"{history.n_future} answers in the archive are dated after now, and were passed over: "
                "is the clock right?"
            )
        yield session


def _make_session(
    site: Site, writer: RunWriter, scratch: Scratch, history: CrawlHistory, now: datetime
) -> CrawlSession:
    rng = random.Random(writer.run_id)  # noqa: S311 - jitter needs no secrecy, and the run's id makes it repeatable
    frontier, notes = Frontier(scratch, site), RunNotes()
    stop = Stop(notes)
    clock, rules = Clock(now), site.file.politeness
    return CrawlSession(
        site=site,
        clock=clock,
        history=history,
        frontier=frontier,
        pending=PendingRequests(rules.deadline_seconds),
        ledger=OpenLedger(writer, frontier, stop),
        politeness=HostPoliteness(rules, clock.monotonic, rng),
        discovery=DiscoveryProgress(writer),
        stop=stop,
        notes=notes,
    )


def _open_writer(site: Site, archive: Path, run_id: str, now: datetime) -> RunWriter:
    return RunWriter.open(
        archive,
        run_id,
        source="crawl",
        site=site.id,
        started_at=now,
        site_config=site.text,
        software={
            "aiohttp": version("aiohttp"),
            "iomdb": version("iomdb"),
            "python": platform.python_version(),
            "scrapy": version("scrapy"),
        },
    )


async def _finish(session: CrawlSession, contact: str | None) -> RunManifest:
    """Run both spiders; then every URL that still has no row gets one, and the run is sealed."""
    for kind in get_args(DocumentKind):
        await _run_spider(kind, session, contact)
    for url, context in session.pending.list_all():
        session.refuse(url, context, Outcome.INTERRUPTED, "no outcome was reached; the log of the crawl says why")
        session.ledger.tally.n_gaps += 1
        session.notes.add("URLs were left without an outcome by an error of the crawler: see its log")
    for host, reason in session.politeness.iter_given_up():
        session.notes.add(f"{host} was given up: {reason}")
    ended_at, notes = session.clock.now(), session.notes.texts
    return session.ledger.writer.seal(ended_at=ended_at, sealed_at=ended_at, complete=session.is_complete, notes=notes)


async def _run_spider(kind: DocumentKind, session: CrawlSession, contact: str | None) -> None:
    """Run one spider to its end; a failing disk ends it at once, and the run stays open.

    Raises:
        ArchiveError: records or rows could not be written.
    """
    settings = build_settings(session.site, build_user_agent(contact))
    crawl = AsyncCrawlerRunner(settings).crawl(DiscoverySpider, session=session, kind=kind)
    broken = asyncio.ensure_future(session.stop.broken.wait())
    await asyncio.wait({crawl, broken}, return_when=asyncio.FIRST_COMPLETED)
    broken.cancel()
    if session.stop.broken_by is not None:
        crawl.cancel()
        raise session.stop.broken_by
    await crawl
