"""Running real crawls of loopback sites inside a test."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from contracts.run import Fetch, RunManifest
from crawler.archive.reader import ArchivedCapture, read_fetched
from crawler.archive.runs import iter_fetches
from crawler.engine.crawl import crawl_site
from crawler.site.site import Site, parse_site

MORNING = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def site_of(text: str) -> Site:
    """A checked site of a site file's text."""
    return parse_site("loop", text, "loop.toml")


def crawl(
    site: Site,
    archive: Path,
    now: datetime = MORNING,
    events: list[Mapping[str, object]] | None = None,
    unsettled: frozenset[tuple[str, str]] = frozenset(),
) -> RunManifest:
    """One whole crawl; the events of its progress are added to ``events``."""
    taken: list[Mapping[str, object]] = [] if events is None else events
    contact = "https://example.org/who"
    return asyncio.run(crawl_site(site, archive, now, taken.append, contact, unsettled=unsettled)).manifest


def rows(archive: Path, manifest: RunManifest) -> dict[str, Fetch]:
    """The ledger of a sealed run by URL; fails when a URL has two rows."""
    fetches = list(iter_fetches(archive / manifest.run_id))
    by_url = {fetch.url: fetch for fetch in fetches}
    assert len(by_url) == len(fetches), "a URL has two rows"
    return by_url


def capture_of(archive: Path, manifest: RunManifest, fetch: Fetch) -> ArchivedCapture:
    """The archived record of a row, proved."""
    return read_fetched(archive / manifest.run_id, fetch)
