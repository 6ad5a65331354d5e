"""What is due, and since when: a site's daily crawl, a publish of what is new, a look at a site that went unseen.

Belongs here: functions of time, the site, its earlier runs, the published file's inputs and ``contact.txt``: which
sites no crawl can ask because nobody says who asks. Does not belong here: Dagster's schedules, crawling, finding out
what the published file is made of (``published_file``), the form of ``contact.txt`` (``crawler.session.politeness``).

A site is crawled in its own hour of the day, once a day, with one catch-up for any number of missed days. Which of the
site's pages a crawl asks for is the site file's own rule of ages (``[recrawl]``): new and young pages at every crawl,
old ones seldom, each at least once in ``full_every_days`` without validators.
"""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from contracts.run import source_of, start_of
from crawler.errors import SiteFileError
from crawler.session.politeness import CONTACT_FILE, find_contact
from crawler.site.site import Site, load_sites
from pipeline.history.published_file import PublishedInputs

DAY = timedelta(days=1)

MAX_ATTEMPTS_A_DAY = 3
"""A crawl that fails this often on one day is left alone until the next: by then a person was alerted."""

LONGEST_WAIT = timedelta(hours=6)
"""New captures wait for crawls that still run, so that one publish follows them all, but not longer than this."""

MAX_ATTEMPTS_ON_INPUTS = 3
"""A publish that dies this often on the same inputs waits for a person: by then alerts were sent."""

LONGEST_UNSEEN: Mapping[str, timedelta] = {"news": timedelta(days=2), "project": timedelta(days=8)}
"""News is looked at daily, projects at least weekly; a day more leaves room for one missed day and its catch-up."""


@dataclass(frozen=True, slots=True)
class Due:
    """Whether to crawl, or to publish, now; and why or why not, in words for the schedule's log."""

    is_due: bool
    reason: str


def find_hour(site: str) -> int:
    """The UTC hour in which a site's daily crawl starts: spread over the day by its id, the same on every machine.

    >>> find_hour("liberia") == find_hour("liberia")
    True
    """
    return int.from_bytes(hashlib.sha256(site.encode()).digest()[:4], "big") % 24


def judge_crawl_due(
    site: str, *, now: datetime, last_started_at: datetime | None, n_active: int, n_failed_today: int
) -> Due:
    """Whether the site's daily crawl is due at ``now``.

    A slot that was missed (machine off, clock jumped) makes one crawl at the next look, however many days were missed.

    ``last_started_at`` is when the newest sealed crawl of the site started, None where there is none; ``n_active``
    counts its crawls that are queued or running, ``n_failed_today`` those that failed since 00:00 UTC.
    """
    if n_active:
        return Due(is_due=False, reason=f"{site}: a crawl is already queued or running")
    slot = find_slot(site, now)
    if last_started_at is not None and slot <= last_started_at <= now:
        return Due(
            is_due=False,
            reason=f"{site}: crawled at {last_started_at:%Y-%m-%d %H:%M}, next after {slot + DAY:%Y-%m-%d %H:%M}",
        )
    if n_failed_today >= MAX_ATTEMPTS_A_DAY:
        return Due(is_due=False, reason=f"{site}: failed {n_failed_today} times today; tried again tomorrow")
    if last_started_at is not None and last_started_at > now:
        return Due(
            is_due=True,
            reason=f"{site}: newest crawl dated {last_started_at:%Y-%m-%d %H:%M}, after now: the clock was set back",
        )
    since = "never crawled" if last_started_at is None else f"last crawled {last_started_at:%Y-%m-%d %H:%M}"
    return Due(is_due=True, reason=f"{site}: {since}, due since {slot:%Y-%m-%d %H:%M}")


def is_overdue(site: str, *, now: datetime, last_started_at: datetime | None, crawling_since: datetime) -> bool:
    """Whether two slots of the site went by whole and uncrawled, both since sites are being crawled at all.

    One missed slot is made up for within the next; behind two there is something that does not pass by itself.

    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 22, tzinfo=UTC)
    >>> [is_overdue("niger", now=start + n * DAY, last_started_at=None, crawling_since=start) for n in (1, 2, 3)]
    [False, False, True]
    """
    since = crawling_since if last_started_at is None else max(crawling_since, last_started_at)
    return find_slot(site, now) - 2 * DAY >= since


def find_slot(site: str, now: datetime) -> datetime:
    """The start of the newest slot of the site that is not after ``now``.

    >>> from datetime import UTC
    >>> slot = find_slot("liberia", datetime(2026, 11, 22, 12, tzinfo=UTC))
    >>> slot.hour == find_hour("liberia") and slot <= datetime(2026, 11, 22, 12, tzinfo=UTC)
    True
    """
    today = datetime.combine(now.date(), time(find_hour(site)), tzinfo=now.tzinfo)
    return today if today <= now else today - DAY


def find_last_crawl(site: str, run_ids: Iterable[str]) -> datetime | None:
    """When the newest of these runs that is a crawl of the site started, UTC; None where there is none.

    >>> find_last_crawl("niger", ["20261120T060000Z-niger-2d711642", "20261121T000000Z-seeds-2d711642"])
    datetime.datetime(2026, 11, 20, 6, 0, tzinfo=datetime.timezone.utc)
    """
    return max((start_of(run_id) for run_id in run_ids if source_of(run_id) == site), default=None)


def judge_publish_due(
    inputs_sha256: str,
    published: PublishedInputs | None,
    *,
    now: datetime,
    waiting_since: datetime | None,
    n_crawls_active: int,
    n_publishes_active: int,
    n_attempts: int,
) -> Due:
    """Whether to publish now.

    ``inputs_sha256`` is of what there is now, ``published`` what the last publish was made of; ``waiting_since`` is
    when the first run ended that no publish has taken in, None where there is none; ``n_attempts`` counts the publishes
    already started on these very inputs, the others what is queued or running.
    """
    if published is not None and published.inputs_sha256 == inputs_sha256:
        return Due(is_due=False, reason="nothing new since the last publish")
    if n_publishes_active:
        return Due(is_due=False, reason="a publish is already queued or running")
    if n_attempts >= MAX_ATTEMPTS_ON_INPUTS:
        return Due(
            is_due=False, reason=f"{n_attempts} publishes of these inputs failed; `iomdb doctor` says what to do"
        )
    if n_crawls_active and (waiting_since is None or now - waiting_since < LONGEST_WAIT):
        return Due(is_due=False, reason=f"waiting for {n_crawls_active} crawls, to publish once for all of them")
    return Due(is_due=True, reason="there are new captures or decisions")


def find_longest_unseen(site: Site) -> timedelta:
    """How long the site may go unseen: by the kinds its file names, as news where it names none."""
    named = {str(kind) for kind in site.file.expect} | {listing.kind for listing in site.file.start.listings}
    return min(LONGEST_UNSEEN[kind] for kind in named or {"news"})


def is_stale(site: Site, last_success_at: datetime | None, now: datetime) -> bool:
    """Whether the site was seen once, and too long ago. A site that was never crawled is not stale."""
    return last_success_at is not None and now - last_success_at > find_longest_unseen(site)


def find_unaskable(sites_folder: Path) -> frozenset[str]:
    """The public sites, while there is no contact; none where the site files cannot be read."""
    with suppress(SiteFileError):
        if find_contact(sites_folder) is not None:
            return frozenset()
    with suppress(SiteFileError):
        return frozenset(site.id for site in load_sites(sites_folder).by_id.values() if not site.is_private)
    return frozenset()


def find_contact_time(sites_folder: Path) -> datetime | None:
    """When the operator's address was last written, UTC; None where there is none.

    A crawl that failed before may have failed for want of it, and says nothing of the site.
    """
    try:
        return datetime.fromtimestamp((sites_folder / CONTACT_FILE).stat().st_mtime, UTC)
    except OSError:
        return None
