"""What the gate remembers of one site and kind: its accepted past, and what the rejected runs read.

Belongs here: the last good reading of each page, the sizes of past listings, readings that were rejected.
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
    """The accepted past of one (site, kind). ``rejected`` keeps what rejected runs read, by run and page."""

    pages: dict[str, PageReading] = field(default_factory=dict)
    listed: deque[int] = field(default_factory=lambda: deque(maxlen=N_PAST_LISTINGS))
    rejected: dict[str, dict[str, PageReading]] = field(default_factory=dict)

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
        """The run with the pages that still say what a rejected run read of them: unchanged garbage is garbage."""
        carried = []
        unchanged = dict(run.unchanged)
        for run_id, page_keys in run.unchanged.items():
            readings = self.rejected.get(run_id)
            if readings is not None:
                del unchanged[run_id]
                carried += [readings[page_key] for page_key in sorted(page_keys) if page_key in readings]
        return replace(run, unchanged=unchanged, pages=(*run.pages, *carried)) if carried else run

    def reject(self, run: SiteRun) -> None:
        """Keep what a rejected run read, to know it again."""
        self.rejected[run.run_id] = {page.page_key: page for page in run.pages}

    def accept(self, run: SiteRun) -> None:
        """Make an accepted run part of the past."""
        self.pages.update((page.page_key, page) for page in run.pages if page.is_read)
        if run.n_listed is not None:
            self.listed.append(run.n_listed)
