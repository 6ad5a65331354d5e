"""Discovery: the union of sitemaps, listings, feeds and the pages of earlier runs, and then the pages that are due.

Belongs here: the walk through the sources, in Scrapy's terms. Does not belong here: reading a source's bytes
(crawler.answers.link_sources), which pages are due (crawler.session.frontier), archiving, politeness.

All sources are read before the first page is asked for: the dates that listings print must travel with the pages, and
the budget must go to the pages that matter most.
"""

from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest

from contracts.fields import DocumentKind
from contracts.outcomes import Effect, Outcome, Trait
from contracts.run import DiscoveredBy, Fetch, Kind
from crawler.answers.link_sources import Feed, Sitemap, SourceEntry, describe_refused, iter_listing
from crawler.archive.runs import iter_fetches
from crawler.engine.request import Wanted, fetch_pages, make_request
from crawler.engine.request_middlewares import RobotsMiddleware
from crawler.errors import PayloadError
from crawler.session.frontier import Found, Waiting, iter_due
from crawler.session.politeness import origin_of
from crawler.session.session import CrawlSession, RequestContext
from crawler.site.file import Listing
from crawler.site.urls import find_trap, normal_url, without_query
from crawler.warc.http import decode_payload

MOST_SITEMAPS = 500
"""Sitemap documents read in a run.

One holds up to 50,000 addresses, and the largest iom.int host has a few thousand.
"""
MOST_TRAP_ROWS = 100
"""Rows for addresses of an endless kind; beyond this they are only counted."""
_NO_REQUESTS: tuple[Request, ...] = ()


class DiscoverySpider(Spider):
    """Reads the sources of a site and asks for the pages of one kind."""

    name = "discovery"

    def __init__(self, session: CrawlSession, kind: DocumentKind, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.session = session
        self.kind = kind
        self.site = session.site
        start = self.site.file.start
        self._sources = {normal_url(url) for url in (*start.sitemaps, *start.feeds)}
        self._traps = 0
        self._is_counted = True

    async def start(self) -> AsyncIterator[Request]:
        """Read every source, then ask for all pages that are due. Nothing is yielded (crawler.engine.request)."""
        frontier = self.session.frontier
        async for page in self._iter_found():
            frontier.add_found(self.kind, page)
        self._add_unfollowed()
        n_due = self._plan()
        self.session.discovery.finished.add(self.kind)
        n_found = frontier.count_found(self.kind)
        if self._is_counted and self.session.stop.reason is None:
            self.session.ledger.writer.record_listed(self.kind, n_found)
        self.session.report({"event": "discovered", "kind": self.kind, "found": n_found, "due": n_due})
        queues = [self._take_wanted(host) for host in frontier.find_hosts()]
        await fetch_pages(self.crawler.engine, queues, 4 * self.site.file.politeness.concurrent_requests)
        if self.session.discovery.tell_passed_over(self.session.notes):
            self.session.ledger.writer.record_listed(self.kind, None)
        for request in _NO_REQUESTS:  # Scrapy asks for a generator
            yield request

    def _plan(self) -> int:
        """Let the pages that are due wait in their order; returns how many are."""
        session, most = self.session, 2 * self.site.file.budget.pages
        started_at, is_wanted = session.clock.started_at, self._is_wanted
        due = iter_due(self.site, self.kind, session.frontier, session.history, is_wanted=is_wanted, now=started_at)
        n_due = session.frontier.plan(self.kind, (page for page in due if not session.is_purged(page.found.url)), most)
        if n_due > most:
            session.notes.add(f"{n_due} {self.kind} pages were due: {most}, twice the budget, were scheduled")
        return n_due

    def _take_wanted(self, host: str) -> Iterator[Wanted]:
        for page in self.session.frontier.take_waiting(host):
            named_by = None if page.is_known else page.named_by
            if named_by is not None and self.session.discovery.pass_over(named_by):
                continue
            history = self.session.history.pages.find(page.url) if page.is_known else None
            chain = () if page.led_from is None else (page.led_from,)
            about = (page.kind, page.discovered_by, page.listing_date, history)
            context = RequestContext(*about, chain=chain, named_by=named_by)
            self.session.pending.add(page.url, context)
            yield page.url, context

    def parse(self, response: Any, **kwargs: Any) -> None:
        """Nothing: a page is archived by the time it gets here, and read from the archive (extractor)."""

    async def _iter_found(self) -> AsyncIterator[Found]:
        start = self.site.file.start
        async for found in self._read_sitemaps():
            yield found
        for listing in start.listings:
            if listing.kind == self.kind:
                async for found in self._read_listing(listing):
                    yield found
        for url in start.feeds:
            for found in await self._read_feed(url):
                yield found
        for found in self._choose((SourceEntry(url) for url in start.pages), "start"):
            yield found

    async def _read_sitemaps(self) -> AsyncIterator[Found]:
        """The pages of all sitemaps, those that robots.txt names too.

        Each top one is a source with its own completeness.
        """
        read: set[str] = set()
        budget = self.site.file.budget
        for top in [*self.site.file.start.sitemaps, *await self._sitemaps_of_robots()]:
            waiting = deque([(top, 0)])
            n_found, complete = 0, top not in read
            while waiting:
                url, depth = waiting.popleft()
                if url in read:
                    continue
                if len(read) >= MOST_SITEMAPS or depth > budget.depth or n_found > 2 * budget.pages:
                    complete = self._is_counted = False
                    self.session.notes.add(f"{top}: sitemaps without end, left off at {url}")
                    break
                read.add(url)
                fetch, payload = await self._ask(url, "sitemap", "sitemap" if depth else "start")
                sitemap = Sitemap(payload, url)
                for entry in sitemap:
                    if entry.is_sitemap and self.site.allows(entry.url):
                        waiting.append((entry.url, depth + 1))
                    elif not entry.is_sitemap and (found := self._find_chosen(entry, "sitemap", url)) is not None:
                        n_found += 1
                        yield found
                complete = _is_seen(fetch) and self._note_reading(url, sitemap) and complete
            self.session.discovery.record_source("sitemap", top, n_found, complete=complete)

    async def _sitemaps_of_robots(self) -> list[str]:
        """Sitemaps on the site's hosts that a robots.txt names and the site file does not."""
        start = self.site.file.start
        named = [*start.sitemaps, *(listing.url for listing in start.listings), *start.feeds, *start.pages]
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        assert robots is not None, "the settings of this project name it"
        if self.session.stop.reason is not None:
            return []
        sitemaps: list[str] = []
        for origin in dict.fromkeys(origin_of(url.replace("{page}", "0")) for url in named):
            sitemaps += (await robots.read(origin)).sitemaps
        return [url for url in dict.fromkeys(sitemaps) if self.site.allows(url) and url not in start.sitemaps]

    async def _read_listing(self, listing: Listing) -> AsyncIterator[Found]:
        """The pages of a listing, page by page until its end, or until nothing new has come for ``overlap`` pages.

        Entries known from earlier runs count as nothing new only when an earlier run has read this listing to its end:
        else what lies behind them would never be reached.
        """
        was_read = listing.url in self.session.history.listings_read
        met: set[str] = set()
        n_found, quiet, misses, complete = 0, 0, 0, False
        last = listing.first_page + (listing.max_pages if "{page}" in listing.url else 1) - 1
        for number in range(listing.first_page, last + 1):
            url = listing.url.replace("{page}", str(number))
            fetch, payload = await self._ask(url, "listing", "start")
            if not _is_seen(fetch):
                misses += 1
                complete = (
                    fetch is not None and Trait.ENDS_PAGER in fetch.outcome.traits and misses == 1 and n_found > 0
                )
                if complete or misses == 2:
                    break
                continue
            chosen = list(self._choose(iter_listing(payload, url, self._is_wanted), "listing", listing.url))
            keys = {self.site.page_key(found.url) for found in chosen} - met
            met |= keys
            is_new = any(not was_read or not self.session.history.pages.find_all(self.kind, key) for key in keys)
            quiet = 0 if is_new else quiet + 1
            for found in chosen:
                n_found += 1
                yield found
            complete = misses == 0
            if not chosen:
                break
            if quiet >= listing.overlap:
                self._is_counted = self._is_counted and number == last  # how many lie behind is not known
                break
        else:
            if "{page}" in listing.url:
                complete = False
                self.session.notes.add(
                    f"{listing.url}: still new entries after {listing.max_pages} pages, left off there"
                )
        self.session.discovery.record_source("listing", listing.url, n_found, complete=complete)

    async def _read_feed(self, url: str) -> list[Found]:
        fetch, payload = await self._ask(url, "feed", "start")
        feed = Feed(payload, url)
        found = list(self._choose(feed, "feed", url))
        is_whole = _is_seen(fetch) and self._note_reading(url, feed)
        self.session.discovery.record_source("feed", url, len(found), complete=is_whole)
        return found

    def _note_reading(self, url: str, source: Sitemap | Feed) -> bool:
        """Say in run.json what was wrong with a source that came; whether it was read whole.

        An entry that gives no address names no page, and leaves the source whole.
        """
        if source.fault is not None:
            self.session.notes.add(f"{url} was not read whole: {source.fault}")
        if (words := describe_refused(source.refused)) is not None:
            self.session.notes.add(f"{url}: {words}")
        return source.fault is None

    async def _ask(self, url: str, kind: Kind, discovered_by: DiscoveredBy) -> tuple[Fetch | None, bytes]:
        """The row and the decoded payload of a source, redirects followed.

        No payload where there was no good answer.
        """
        url = normal_url(url)
        context = RequestContext(kind, discovered_by, history=self.session.history.pages.find(url))
        self.session.claim(url, context)
        payload = b""
        try:
            response = await self.crawler.engine.download_async(make_request(url, context))
        except IgnoreRequest:
            fetch = self.session.ledger.find_row(url)
        else:
            fetch = self.session.ledger.find_row(response.url)
            payload = _unpack(response.body, self.site.file.budget.decoded_bytes) if _is_seen(fetch) else b""
        if fetch is None or fetch.outcome.effect is Effect.UNKNOWN:
            self._is_counted = False  # how many it names is not known
        return fetch, payload

    def _is_wanted(self, url: str) -> bool:
        return self.site.allows(url) and url not in self._sources and self.site.kind_of(url) == self.kind

    def _choose(
        self, entries: Iterable[SourceEntry], source: DiscoveredBy, named_by: str | None = None
    ) -> Iterator[Found]:
        """The entries that are pages of this kind on this site; traps get a row that says so."""
        chosen = (self._find_chosen(entry, source, named_by) for entry in entries)
        return (found for found in chosen if found is not None)

    def _find_chosen(self, entry: SourceEntry, source: DiscoveredBy, named_by: str | None) -> Found | None:
        if not self._is_wanted(entry.url):
            return None
        url = normal_url(without_query(entry.url, self.site.file.keep_query))
        if trap := find_trap(url):
            self._refuse_trap(url, source, trap)
            return None
        return Found(url, source, entry.date, named_by)

    def _refuse_trap(self, url: str, source: DiscoveredBy, trap: str) -> None:
        self._traps += 1
        context = RequestContext(self.kind, source)
        if self._traps <= MOST_TRAP_ROWS and self.session.claim(url, context):
            self.session.refuse(url, context, Outcome.TRAP, trap)
        elif self._traps == MOST_TRAP_ROWS + 1:
            self.session.notes.add(f"more than {MOST_TRAP_ROWS} addresses of an endless kind, the last: {url}")

    def _add_unfollowed(self) -> None:
        """Let the targets of redirects wait whose following a kill prevented."""
        if not self.session.ledger.writer.resumed:
            return
        for row in iter_fetches(self.session.ledger.writer.folder):
            target = row.final_url
            if row.outcome not in {Outcome.REDIRECTED, Outcome.SAME_PAGE_REDIRECT} or target is None:
                continue
            kind = self.site.kind_of(target)
            if row.kind != self.kind or not self.site.allows(target):
                continue
            if not self.session.is_purged(target):
                self.session.frontier.add_waiting(
                    Waiting(target, kind, row.discovered_by, row.listing_date, led_from=row.url, is_known=True)
                )


def _is_seen(fetch: Fetch | None) -> bool:
    return fetch is not None and fetch.outcome.effect is Effect.SEEN


def _unpack(payload: bytes, largest: int) -> bytes:
    """A source that may be a gzip file itself (``sitemap.xml.gz``); as it came where it cannot be unpacked."""
    try:
        return decode_payload(payload, "gzip", largest) if payload.startswith(b"\x1f\x8b") else payload
    except PayloadError:
        return payload
