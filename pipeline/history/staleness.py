"""Whether a site has gone unseen for longer than it should.

Belongs here: the rhythm a site is expected to keep. Does not belong here: starting crawls
(``pipeline.history.crawl_due``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from crawler.site.site import Site

LONGEST_UNSEEN: Mapping[str, timedelta] = {"news": timedelta(days=2), "project": timedelta(days=8)}
"""News is looked at daily, projects at least weekly; a day more leaves room for one missed day and its catch-up."""


def find_longest_unseen(site: Site) -> timedelta:
    """How long the site may go unseen: by the kinds its file names, as news where it names none."""
    named = {str(kind) for kind in site.file.expect} | {listing.kind for listing in site.file.start.listings}
    return min(LONGEST_UNSEEN[kind] for kind in named or {"news"})


def is_stale(site: Site, last_success_at: datetime | None, now: datetime) -> bool:
    """Whether the site was seen once, and too long ago. A site that was never crawled is not stale."""
    return last_success_at is not None and now - last_success_at > find_longest_unseen(site)
