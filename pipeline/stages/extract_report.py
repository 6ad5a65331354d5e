"""What reading came to: by run, by call, and over all readings of a release.

Belongs here: numbers and their words. Does not belong here: reading (``pipeline.stages.extract``).
"""

from dataclasses import dataclass

from pipeline.ground.printable import count


@dataclass(frozen=True, slots=True)
class RunExtraction:
    """One run read by one extractor release. ``n_rows`` counts quarantined pages and answers that were no page too."""

    run_id: str
    n_rows: int
    n_quarantined: int
    n_contacts: int
    n_no_pages: int = 0


@dataclass(frozen=True, slots=True)
class ReadingCounts:
    """Rows of all extractions of one extractor release: pages read, pages not read, answers that were no page."""

    n_rows: int
    n_quarantined: int
    n_no_pages: int

    @property
    def n_pages(self) -> int:
        """Rows of pages, read or not."""
        return self.n_rows - self.n_no_pages


@dataclass(frozen=True, slots=True)
class ExtractionReport:
    """What one call read, and what all runs of the extractor release now hold."""

    release: int
    runs: tuple[RunExtraction, ...]
    held: ReadingCounts

    @property
    def n_runs(self) -> int:
        """Runs read by this call."""
        return len(self.runs)

    @property
    def n_rows(self) -> int:
        """All rows."""
        return self.held.n_rows

    @property
    def n_quarantined(self) -> int:
        """Pages that no layout fits."""
        return self.held.n_quarantined

    @property
    def n_read(self) -> int:
        """Rows that have a record."""
        return self.held.n_pages - self.held.n_quarantined

    def describe(self) -> str:
        """The same for a person, on one line."""
        held = self.held
        text = describe_rows(held.n_rows, held.n_quarantined, held.n_no_pages)
        return f"extractor release {self.release}: {count(self.n_runs, 'run')} read now; in all {text}"


def describe_rows(n_rows: int, n_quarantined: int, n_no_pages: int) -> str:
    """What was read, in words; answers that were no page (404 and the like) are counted separately.

    >>> describe_rows(7, 1, 4)
    '3 pages, 1 quarantined, 4 answers were no page'
    """
    text = f"{count(n_rows - n_no_pages, 'page')}, {n_quarantined} quarantined"
    if not n_no_pages:
        return text
    return f"{text}, {count(n_no_pages, 'answer')} {'was' if n_no_pages == 1 else 'were'} no page"
