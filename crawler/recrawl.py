"""Which pages are asked for in this run, in which order, and which of them with validators.

Belongs here: the site file's rule for young and old pages, as functions of what was found and what is known.
Does not belong here: finding (crawler.discovering), knowing (crawler.known), asking (crawler.spiders).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from crawler.archive.ledger import DiscoveredBy, Kind
from crawler.frontier import Found, Frontier, Planned
from crawler.known import KnownPage, KnownPages
from crawler.site import Site
from crawler.site_file import Recrawl, Removal


def iter_due(
    site: Site, kind: Kind, frontier: Frontier, known: KnownPages, *, is_wanted: Callable[[str], bool], now: datetime
) -> Iterator[Planned]:
    """The pages of a kind to ask for now: those found that no earlier run knows, and those known that are due.

    A known page that no source named is due like any other: it is how a removal is noticed. Only addresses that are
    wanted count; of several known ones of a page, the one that was checked last.
    """
    for number, key, found in frontier.iter_found(kind):
        if _find_known(known, kind, key, is_wanted) is None:
            yield Planned(found, is_known=False, place=number)
    for key in known.iter_keys(kind):
        page = _find_known(known, kind, key, is_wanted)
        if page is None or not is_due(page, site.file.recrawl, site.file.removal, now):
            continue
        named = frontier.find_found(kind, key)
        source: DiscoveredBy = "known" if named is None else named.discovered_by
        date = named.listing_date if named and named.listing_date else page.listing_date
        yield Planned(Found(page.url, source, date), is_known=True, place=page.checked_at.timestamp())


def _find_known(known: KnownPages, kind: Kind, page_key: str, is_wanted: Callable[[str], bool]) -> KnownPage | None:
    pages = (page for page in known.find_all(kind, page_key) if is_wanted(page.url))
    return max(pages, key=lambda page: (page.checked_at, page.url), default=None)


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
