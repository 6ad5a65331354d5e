"""What reading came to: by run, by call, and over all readings of a release.

Belongs here: numbers and their words. Does not belong here: reading (``pipeline.stages.extract``).
"""

from dataclasses import dataclass

from pipeline.ground.printable import count


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
