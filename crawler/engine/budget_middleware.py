"""What is not asked at all: other hosts, and whatever a spent budget or a stop leaves over.

Belongs here: refusing a request before anything is sent. Does not belong here: robots.txt
(crawler.engine.robots_middleware), the pace of a host (crawler.session.politeness).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.outcomes import Outcome
from crawler.engine.download_handler import WireError
from crawler.session.request_context import REQUEST_CONTEXT, RequestContext
from crawler.session.session import CrawlSession, session_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class BudgetMiddleware:
    """Keeps a crawl on its site and within its budgets."""

    def __init__(self, session: CrawlSession) -> None:
        self._session = session
        self._budget = session.site.file.budget

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BudgetMiddleware:
        """Scrapy's constructor."""
        return cls(session_of(crawler.spider))

    def process_request(self, request: Request) -> None:
        """Let the request pass, or raise the :class:`WireError` whose outcome its row gets."""
        session = self._session
        context: RequestContext = request.meta[REQUEST_CONTEXT]
        if not session.site.allows(request.url):
            raise WireError(Outcome.OFF_SITE, "the site file does not name this host")
        self._stop_when_spent()
        if session.stop.reason is not None:
            raise WireError(*session.stop.reason)
        if reason := session.politeness.pace_of(request.url).reason:
            raise WireError(Outcome.CIRCUIT_OPEN, reason)
        if context.is_page and context.sent == 0:
            self._spend_page()

    def _spend_page(self) -> None:
        """Count a page. Those counted before are still fetched when the budget ends, and so are all sources."""
        if self._session.ledger.tally.pages_asked >= self._budget.pages:
            why = f"the budget of {self._budget.pages} pages a run is spent"
            self._session.notes.add(why)
            raise WireError(Outcome.BUDGET_SPENT, why)
        self._session.ledger.tally.pages_asked += 1

    def _stop_when_spent(self) -> None:
        budget, session = self._budget, self._session
        if session.stop.reason is not None:
            return
        if session.ledger.tally.bytes_received >= budget.bytes:
            session.stop.order(Outcome.BUDGET_SPENT, f"the budget of {budget.bytes} bytes a run is spent")
        elif session.clock.elapsed() >= budget.minutes * 60:
            session.stop.order(Outcome.BUDGET_SPENT, f"the budget of {budget.minutes} minutes a run is spent")
