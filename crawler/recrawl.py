"""Which pages are asked for in this run, in which order, and which of them with validators.

Belongs here: the site file's rule for young and old pages, pure functions of what was found and what is known.
Does not belong here: finding (crawler.discovering), knowing (crawler.known), asking (crawler.spiders).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.archive.ledger import DiscoveredBy
from crawler.known import KnownPage
from crawler.site import Site
from crawler.site_file import Recrawl, Removal
from crawler.urls import host_of


@dataclass(frozen=True, slots=True)
class Found:
    """A page that discovery named; ``listing_date`` is what a listing or feed printed beside it, verbatim, or None."""

    url: str
    discovered_by: DiscoveredBy
    listing_date: str | None = None


def merge_found(site: Site, named: Iterable[Found]) -> dict[str, Found]:
    """One entry a page key, in the order of first mention.

    Of a page's several addresses https is taken before http and the site's first host before its others; of the dates
    the first one printed; of the sources the first.
    """
    merged: dict[str, Found] = {}
    for found in named:
        key = site.page_key(found.url)
        before = merged.get(key)
        if before is None:
            merged[key] = found
            continue
        url = min(before.url, found.url, key=lambda url: _preference(site, url))
        merged[key] = Found(url, before.discovered_by, before.listing_date or found.listing_date)
    return merged


def _preference(site: Site, url: str) -> tuple[bool, int, int, str]:
    return (urlsplit(url).scheme != "https", site.file.hosts.index(host_of(url)), len(url), url)


def plan_pages(
    site: Site, found: Mapping[str, Found], known: Mapping[str, KnownPage], now: datetime
) -> list[tuple[Found, KnownPage | None]]:
    """The pages to ask for now: new ones in the order found, then known ones that are due, the longest unchecked first.

    ``found`` is by page key, ``known`` by URL. A known page that no source named is due like any other: it is how a
    removal is noticed.
    """
    by_key: dict[str, KnownPage] = {}
    for page in sorted(known.values(), key=lambda page: (page.checked_at, page.url)):
        by_key[page.page_key] = page
    new = [(page, None) for key, page in found.items() if key not in by_key]
    due: list[tuple[Found, KnownPage | None]] = []
    for page in sorted(by_key.values(), key=lambda page: (page.checked_at, page.url)):
        named = found.get(page.page_key)
        if is_due(page, site.file.recrawl, site.file.removal, now):
            source: DiscoveredBy = "known" if named is None else named.discovered_by
            date = named.listing_date if named and named.listing_date else page.listing_date
            due.append((Found(page.url, source, date), page))
    return [*new, *due]


def is_due(page: KnownPage, recrawl: Recrawl, removal: Removal, now: datetime) -> bool:
    """Whether a known page is asked for again.

    Its age counts from when it was first seen or last changed, whichever is later. A page that answered 404 or 410 is
    asked again as soon as the answer can confirm the removal, and like an old page once it is confirmed. A tenth of the
    interval is forgiven, so that a daily crawl that starts a few minutes early still counts as a day later.
    """
    if page.absent_at:
        apart = timedelta(hours=removal.hours_apart)
        is_confirmed = len(page.absent_at) >= removal.answers and page.absent_at[-1] - page.absent_at[0] >= apart
        interval = timedelta(days=recrawl.older_every_days) if is_confirmed else apart
        return now - page.checked_at >= interval
    age = now - max(page.first_seen_at, page.changed_at)
    interval = timedelta(days=recrawl.interval_days(age / timedelta(days=1)))
    return now - page.checked_at >= interval * 0.9


def may_validate(page: KnownPage | None, full_every: timedelta, now: datetime) -> bool:
    """Whether to ask with validators: there are some, and a whole body came less than ``full_every`` ago."""
    if page is None or page.body is None or page.last_whole_at is None or page.absent_at:
        return False
    return bool(page.etag or page.last_modified) and now - page.last_whole_at < full_every
