"""What a run of one site and kind is compared with: a crawl with the crawls before it, an import with its own time.

Belongs here: the last good reading of each page, which pages are absent, the sizes of earlier listings, the readings
that are no baseline, and what was known of each page when an import was captured. Does not belong here: what follows
from a comparison (rules), the rejected crawls that wait (judge).
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from statistics import median_low

from contracts.verdict import JudgedPage, SiteRun

N_EARLIER_LISTINGS = 5


@dataclass(frozen=True, slots=True)
class Restated:
    """One thing that an imported page states otherwise than crawls do; ``after`` is None where it states none."""

    url: str
    field: str
    before: str
    after: str | None


@dataclass(slots=True)
class Baseline:
    """What the accepted runs of one (site, kind) say.

    ``pages`` has the last good reading of each page, ``absent`` those of them that answered 404 or 410 since. ``aside``
    keeps, by run and page, what was read that is no baseline: in rejected crawls, in imports, and the pages that an
    accepted crawl could not read. ``doubted`` are pages that a crawl found in a state that is not settled, with that
    run: gone, where it was rejected, or with a text that is nobody's. ``tolerated`` are pages with such a text in a run
    that a person accepted. ``restated`` is what an import states otherwise than the crawls around it.
    """

    pages: dict[str, JudgedPage] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    restated: list[Restated] = field(default_factory=list)
    listed: deque[int] = field(default_factory=lambda: deque(maxlen=N_EARLIER_LISTINGS))
    aside: dict[str, dict[str, JudgedPage]] = field(default_factory=dict)
    doubted: dict[str, str] = field(default_factory=dict)
    tolerated: set[str] = field(default_factory=set)

    def copy(self) -> "Baseline":
        """The same, to try what would follow from another verdict."""
        return Baseline(**{one.name: copy(getattr(self, one.name)) for one in fields(self)})

    def find_usual_listing(self) -> int | None:
        """The (lower) median of the last accepted listings, or None where there is none."""
        return median_low(self.listed) if self.listed else None

    def measure_fill(self, name: str) -> float:
        """The share of known pages that fill the field; 0 where no page is known."""
        if not self.pages:
            return 0.0
        return sum(name in page.filled for page in self.pages.values()) / len(self.pages)

    def find_gone(self, run: SiteRun) -> list[str]:
        """The known pages that a run found absent and that were there until then, in order."""
        return sorted((run.absent & self.pages.keys()) - self.absent)

    def restate(self, run: SiteRun) -> SiteRun:
        """The run with the pages that still say what was set aside when it was read.

        Unchanged garbage is garbage; and what the site still says of an imported page, the crawl has seen today.
        """
        carried = []
        unchanged = dict(run.unchanged)
        for run_id, page_keys in run.unchanged.items():
            readings = self.aside.get(run_id)
            if readings is not None:
                unchanged[run_id] = page_keys - readings.keys()
                carried += [readings[page_key] for page_key in sorted(page_keys & readings.keys())]
        return replace(run, unchanged=unchanged, pages=(*run.pages, *carried)) if carried else run

    def set_aside(self, run: SiteRun, *, only_unread: bool = False) -> None:
        """Keep what a run read that is no baseline, to know it again; or only the pages that it could not read.

        Of an accepted run they are too few to reject it, but they may become more.
        """
        self.aside[run.run_id] = {page.page_key: page for page in run.pages if not (only_unread and page.is_read)}

    def accept(self, run: SiteRun, *, by_gate: bool, has_lasting_listing: bool) -> None:
        """Make an accepted crawl part of the baseline; what is unread keeps its value, and may still be lost.

        What a person accepted is good when it is answered unchanged. ``has_lasting_listing`` says that its listing was
        strange and was accepted all the same: it is what later ones are held to.
        """
        for page in run.pages:
            before = self.pages.get(page.page_key, page)
            if page.is_read:
                self.pages[page.page_key] = replace(page, filled=page.filled | (page.unread & before.filled))
        self.absent = (
            self.absent - (run.answered - {page.page_key for page in run.pages if not page.is_read})
        ) | run.absent
        if has_lasting_listing:
            self.listed.clear()
        if run.n_listed is not None:
            self.listed.append(run.n_listed)
        if by_gate:
            self.set_aside(run, only_unread=True)
        else:
            self.aside.pop(run.run_id, None)
            self.tolerated |= {page.page_key for page in run.pages if page.is_nobodys}
        self._settle(run)

    def doubt(self, run: SiteRun, page_keys: Iterable[str]) -> None:
        """Remember pages whose state in this run is not settled: they must be asked again."""
        for page_key in page_keys:
            self.doubted.setdefault(page_key, run.run_id)

    def _settle(self, run: SiteRun) -> None:
        """What an accepted run learnt of a page settles it; a text that is nobody's tells nothing of its page."""
        nobodys = {page.page_key for page in run.pages if page.is_nobodys} - self.tolerated
        for page_key in run.answered - nobodys:
            self.doubted.pop(page_key, None)
        self.doubt(run, sorted(nobodys))


@dataclass(slots=True)
class ImportBaseline:
    """What was known at any time: the accepted readings of one (site, kind), by page, each with the run that made it.

    Crawled or handed in, whenever they arrived; ``crawled`` are those of crawls alone.
    """

    readings: defaultdict[str, list[tuple[str, JudgedPage]]] = field(default_factory=lambda: defaultdict(list))
    crawled: defaultdict[str, list[JudgedPage]] = field(default_factory=lambda: defaultdict(list))

    def add(self, run: SiteRun) -> None:
        """Take in what an accepted run read."""
        for page in run.pages:
            if page.is_read:
                self.readings[page.page_key].append((run.run_id, page))
                if not run.is_import:
                    self.crawled[page.page_key].append(page)

    def recall(self, run: SiteRun) -> tuple[SiteRun, Baseline]:
        """An import with its newest reading of each page, and what other runs had read of every page before that."""
        newest = _take_newest(run.pages)
        baseline = Baseline()
        for page_key in self.readings:
            moment = newest[page_key].observed_at if page_key in newest else run.last_fetched_at
            before = self._find_before(page_key, run.run_id, moment)
            if before is not None:
                baseline.pages[page_key] = before
        for page in run.pages:
            baseline.restated += self._find_restated(page)
        return replace(run, pages=tuple(newest.values())), baseline

    def _find_restated(self, page: JudgedPage) -> Iterator[Restated]:
        """What a page of an import states otherwise than the last crawl before it and the first one after it did.

        A change that the next crawl saw too is the site's own.
        """
        if not page.is_read:
            return
        crawled = self.crawled.get(page.page_key, [])
        before = max((one for one in crawled if one.observed_at <= page.observed_at), key=_age, default=None)
        after = min((one for one in crawled if one.observed_at > page.observed_at), key=_age, default=None)
        nearest = before or after
        if nearest is None:
            return
        for name, value in nearest.stated.items():
            here = page.stated.get(name)
            if here != value and name not in page.unread and (after is None or here != after.stated.get(name)):
                yield Restated(page.url, name, value, here)

    def _find_before(self, page_key: str, run_id: str, moment: datetime) -> JudgedPage | None:
        others = (page for by, page in self.readings[page_key] if by != run_id and page.observed_at < moment)
        return max(others, key=_age, default=None)


def _take_newest(pages: Iterable[JudgedPage]) -> dict[str, JudgedPage]:
    newest: dict[str, JudgedPage] = {}
    for page in pages:
        before = newest.get(page.page_key)
        if before is None or _age(page) > _age(before):
            newest[page.page_key] = page
    return newest


def _age(page: JudgedPage) -> tuple[datetime, str, str]:
    return page.observed_at, page.url, page.content_sha256 or ""
