"""Which pages are asked for in this run, in which order, and which of them with validators.

Belongs here: the site file's rule for young and old pages, as functions of what was found and of the crawl history.
Does not belong here: finding (crawler.answers.link_sources), the history (crawler.session.history), asking
(crawler.engine).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from contracts.fetch import Kind
from crawler.session.frontier import Found, Frontier, Planned
from crawler.session.history import PageHistories, PageHistory
from crawler.site.file import Recrawl, RemovalConfirmation
from crawler.site.site import Site
from crawler.site.urls import normal_url, without_query

FORGIVEN_SHARE = 0.1
"""Of an interval: a daily crawl that starts a few minutes early still counts as a day later."""


def iter_due(
    site: Site, kind: Kind, frontier: Frontier, pages: PageHistories, *, is_wanted: Callable[[str], bool], now: datetime
) -> Iterator[Planned]:
    """The pages of a kind to ask for now: those found that no earlier run knows, and those known that are due.

    A known page that no source named is due like any other: it is how a removal is noticed. It is asked at the address
    that a source names now, for a page that moved to https, or lost its slash, answers 404 at the old one; else at the
    known one that was checked last. Only addresses that are wanted count.
    """
    for number, key, found in frontier.iter_found(kind):
        if _find_latest(pages, kind, key, is_wanted) is None:
            yield Planned(found, is_known=False, place=number)
    for key in pages.iter_keys(kind):
        page = _find_latest(pages, kind, key, is_wanted)
        named = frontier.find_found(kind, key)
        is_named = named is not None and named.discovered_by != "start"  # a line in the site file is no news of a page
        if page is None or not is_due(page, site.file.recrawl, site.file.removal, now, is_named=is_named):
            continue
        if named is None:
            found = Found(normal_url(without_query(page.url, site.file.keep_query)), "known", page.listing_date)
        else:
            found = Found(named.url, named.discovered_by, named.listing_date or page.listing_date)
        yield Planned(found, is_known=True, place=page.checked_at.timestamp())


def _find_latest(
    pages: PageHistories, kind: Kind, page_key: str, is_wanted: Callable[[str], bool]
) -> PageHistory | None:
    wanted = (page for page in pages.find_all(kind, page_key) if is_wanted(page.url))
    return max(wanted, key=lambda page: (page.checked_at, page.url), default=None)


def is_due(page: PageHistory, recrawl: Recrawl, removal: RemovalConfirmation, now: datetime, *, is_named: bool) -> bool:
    """Whether a known page is asked for again; ``is_named`` says that a source names it now.

    Its age counts from when it was first seen or last changed, whichever is later. A page that answered 404 or 410 is
    asked again as soon as the answer can confirm the removal. Once it is confirmed, a page that a source still names
    (it may be back) has the age of its absence, any other is an old page. Of each interval but the one that confirms a
    removal, :data:`FORGIVEN_SHARE` is forgiven.
    """
    age = now - max(page.first_seen_at, page.changed_at)
    if page.absent_at:
        apart = timedelta(hours=removal.hours_apart)
        is_confirmed = len(page.absent_at) >= removal.answers and page.absent_at[-1] - page.absent_at[0] >= apart
        if not is_confirmed:
            return now - page.checked_at >= apart
        age = now - page.absent_at[0]
    is_old = page.absent_at and not is_named
    every_days = recrawl.older_every_days if is_old else recrawl.interval_days(age / timedelta(days=1))
    return now - page.checked_at >= timedelta(days=every_days) * (1 - FORGIVEN_SHARE)


def may_validate(page: PageHistory | None, full_every: timedelta, now: datetime) -> bool:
    """Whether to ask with validators: there are some, and a whole body came less than ``full_every`` ago."""
    if page is None or page.body is None or page.last_whole_at is None or page.absent_at:
        return False
    return bool(page.etag or page.last_modified) and now - page.last_whole_at < full_every
