"""What reading came to: while it goes on, by run, by call, and over all readings of a release.

Belongs here: numbers and their words. Does not belong here: reading (``pipeline.stages.extract``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from contracts.outcomes import Outcome
from crawler.archive.runs import read_manifest
from pipeline.ground.printable import count
from pipeline.ground.watch import Watch


class PageCount:
    """How many pages of some runs are read, for who watches; answers that were no page count too, so it ends early."""

    def __init__(self, archive: Path, run_ids: Iterable[str], watch: Watch) -> None:
        self._of = sum(read_manifest(archive, run_id).counts.get(Outcome.FETCHED, 0) for run_id in run_ids)
        self._done, self._watch = 0, watch

    def add_page(self) -> None:
        """One more."""
        self._done += 1
        self._watch.count("reading pages", min(self._done, self._of), self._of)


@dataclass(frozen=True, slots=True)
class ReadingCounts:
    """Rows of extractions: all of them, pages that no layout fits, answers that were no page."""

    n_rows: int
    n_quarantined: int
    n_no_pages: int

    @property
    def n_pages(self) -> int:
        """Rows of pages, read or not."""
        return self.n_rows - self.n_no_pages

    @property
    def n_read(self) -> int:
        """Rows that have a record."""
        return self.n_pages - self.n_quarantined

    def describe(self) -> str:
        """The same in words; answers that were no page (404 and the like) are counted separately.

        >>> ReadingCounts(7, 1, 4).describe()
        '3 pages, 1 quarantined, 4 answers were no page'
        """
        text = f"{count(self.n_pages, 'page')}, {self.n_quarantined} quarantined"
        if not self.n_no_pages:
            return text
        return f"{text}, {count(self.n_no_pages, 'answer')} {'was' if self.n_no_pages == 1 else 'were'} no page"


@dataclass(frozen=True, slots=True)
class RunExtraction(ReadingCounts):
    """One run read by one extractor release; ``damages`` are the records that did not hold, and were left out."""

    run_id: str
    n_contacts: int
    damages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtractionReport:
    """What one call read, and what all runs of the extractor release now hold."""

    release: int
    runs: tuple[RunExtraction, ...]
    held: ReadingCounts

    @property
    def damages(self) -> list[str]:
        """The archived records that do not hold, in words."""
        return [damage for run in self.runs for damage in run.damages]

    def describe(self) -> str:
        """The same for a person, on one line."""
        runs = count(len(self.runs), "run")
        return f"extractor release {self.release}: {runs} read now; in all {self.held.describe()}"
