"""What is not asked at all: other hosts, and whatever a spent budget or a stop leaves over.

Belongs here: refusing a request before anything is sent. Does not belong here: robots.txt (robots), pace (pace).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.outcomes import Outcome
from crawler.engine.download_handler import WireError
from crawler.session.session import ERRAND, Errand, Visit

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class LimitsMiddleware:
    """Keeps a crawl on its site and within its budgets."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._budget = visit.site.file.budget

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LimitsMiddleware:
        """Scrapy's constructor."""
        return cls(crawler.spider.visit)  # type: ignore[union-attr]  # our spiders have one; Scrapy can't know

    def process_request(self, request: Request) -> None:
        """Let the request pass, or raise the :class:`WireError` whose outcome its row gets."""
        visit = self._visit
        errand: Errand = request.meta[ERRAND]
        if not visit.site.allows(request.url):
            raise WireError(Outcome.OFF_SITE, "the site file does not name this host")
        self._stop_when_spent()
        if visit.stopped is not None:
            raise WireError(*visit.stopped)
        if reason := visit.pace_of(request.url).reason:
            raise WireError(Outcome.CIRCUIT_OPEN, reason)
        if errand.is_page and errand.sent == 0:
            self._spend_page()

    def _spend_page(self) -> None:
        """Count a page. Those counted before are still fetched when the budget ends, and so are all sources."""
        if self._visit.pages_asked >= self._budget.pages:
            why = f"the budget of {self._budget.pages} pages a run is spent"
            self._visit.note(why)
            raise WireError(Outcome.BUDGET_SPENT, why)
        self._visit.pages_asked += 1

    def _stop_when_spent(self) -> None:
        budget, visit = self._budget, self._visit
        if visit.stopped is not None:
            return
        if visit.bytes_received >= budget.bytes:
            visit.stop(Outcome.BUDGET_SPENT, f"the budget of {budget.bytes} bytes a run is spent")
        elif visit.clock.elapsed() >= budget.minutes * 60:
            visit.stop(Outcome.BUDGET_SPENT, f"the budget of {budget.minutes} minutes a run is spent")
