"""The scheduler: a queue a host, so that a host that waits does not keep the others waiting.

Belongs here: order. Does not belong here: which URLs are scheduled (crawler.spiders), duplicates (crawler.visit),
delays.

Scrapy's scheduler filters by fingerprint, sorts by priority and knows nothing of a host on hold; here one URL is
claimed once by the visit, the spiders yield in the order wanted, and nothing is kept over a crash but the ledger.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from scrapy.core.scheduler import BaseScheduler

from crawler.urls import host_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.visit import Visit

_LONG_WAIT = 6.0
"""Seconds. A host that waits longer is passed over; the engine asks again at least every five seconds."""


class HostScheduler(BaseScheduler):
    """First in, first out for each host; the hosts take turns."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._queues: dict[str, deque[Request]] = {}
        self._length = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HostScheduler:
        """Scrapy's constructor."""
        return cls(crawler.spider.visit)  # type: ignore[union-attr]  # our spiders have one; Scrapy can't know

    def has_pending_requests(self) -> bool:
        """Whether anything waits."""
        return self._length > 0

    def enqueue_request(self, request: Request) -> bool:
        """Always True: what must not be asked is refused before, or ends as a row."""
        self._queues.setdefault(host_of(request.url), deque()).append(request)
        self._length += 1
        return True

    def next_request(self) -> Request | None:
        """The oldest request of the next host that need not wait long, or None."""
        for host, queue in self._queues.items():
            if self._visit.stopped is None and self._visit.pace_of(queue[0].url).waits() > _LONG_WAIT:
                continue
            request = queue.popleft()
            del self._queues[host]
            if queue:
                self._queues[host] = queue  # to the end of the line
            self._length -= 1
            return request
        return None
