"""What the gate remembers of one site and kind: its accepted crawls, and what the other runs read.

Belongs here: the last good reading of each page, the sizes of past listings, the readings that are no past.
Does not belong here: what follows from it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from statistics import median_low

from pipeline.gate.model import PageReading, SiteRun

N_PAST_LISTINGS = 5


@dataclass(slots=True)
class AcceptedPast:
    """The accepted past of one (site, kind).

    ``aside`` keeps, by run and page, what was read that is no past: in rejected crawls, in imports, and the pages that
    an accepted crawl could not read.
    """

    pages: dict[str, PageReading] = field(default_factory=dict)
    listed: deque[int] = field(default_factory=lambda: deque(maxlen=N_PAST_LISTINGS))
    aside: dict[str, dict[str, PageReading]] = field(default_factory=dict)

    def find_page(self, page_key: str) -> PageReading | None:
        """The last good reading of the page, or None where it was never read."""
        return self.pages.get(page_key)

    def find_usual_listing(self) -> int | None:
        """The (lower) median of the last accepted listings, or None where there is no past."""
        return median_low(self.listed) if self.listed else None

    def measure_fill(self, name: str) -> float:
        """The share of known pages that fill the field; 0 where no page is known."""
        if not self.pages:
            return 0.0
        return sum(name in page.filled for page in self.pages.values()) / len(self.pages)

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

    def set_aside(self, run: SiteRun) -> None:
        """Keep what a run read that is no past, to know it again."""
        self.aside[run.run_id] = {page.page_key: page for page in run.pages}

    def set_aside_unread(self, run: SiteRun) -> None:
        """Keep the pages that an accepted run could not read: too few to reject it, but they may become more."""
        self.aside[run.run_id] = {page.page_key: page for page in run.pages if not page.is_read}

    def accept(self, run: SiteRun) -> None:
        """Make an accepted crawl part of the past."""
        self.pages.update((page.page_key, page) for page in run.pages if page.is_read)
        if run.n_listed is not None:
            self.listed.append(run.n_listed)
