"""What was known of each page at a time: every accepted reading of a site and kind, crawled or handed in.

Belongs here: finding what an import is compared with, whenever it arrived. Does not belong here: what a crawl is
compared with (memory), what follows (rules).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline.gate.memory import AcceptedPast
from pipeline.gate.model import PageReading, SiteRun


@dataclass(slots=True)
class Witnesses:
    """The accepted readings of one (site, kind), by page, each with the run that made it."""

    readings: defaultdict[str, list[tuple[str, PageReading]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, run: SiteRun) -> None:
        """Take in what an accepted run read."""
        for page in run.pages:
            if page.is_read:
                self.readings[page.page_key].append((run.run_id, page))

    def recall(self, run: SiteRun) -> tuple[SiteRun, AcceptedPast]:
        """An import with its newest reading of each page, and what other runs had read of every page before that."""
        newest = _take_newest(run.pages)
        past = AcceptedPast()
        for page_key in self.readings:
            moment = newest[page_key].observed_at if page_key in newest else run.last_fetched_at
            before = self._find_before(page_key, run.run_id, moment)
            if before is not None:
                past.pages[page_key] = before
        return replace(run, pages=tuple(newest.values())), past

    def _find_before(self, page_key: str, run_id: str, moment: datetime) -> PageReading | None:
        others = (page for by, page in self.readings[page_key] if by != run_id and page.observed_at < moment)
        return max(others, key=_age, default=None)


def _take_newest(pages: Iterable[PageReading]) -> dict[str, PageReading]:
    newest: dict[str, PageReading] = {}
    for page in pages:
        before = newest.get(page.page_key)
        if before is None or _age(page) > _age(before):
            newest[page.page_key] = page
    return newest


def _age(page: PageReading) -> tuple[datetime, str, str]:
    return page.observed_at, page.url, page.content_sha256 or ""
