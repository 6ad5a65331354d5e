"""A call to read: which runs it takes, what it came to, and the contacts that pages print, kept apart.

Belongs here: the choice of runs; numbers and their words, by run, by call and over all readings of a release; the
switch for contacts, and the files of ``private/``. Does not belong here: reading (``pipeline.stages.extract``), finding
contacts (``extractor.values``).
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from contracts.extraction import Contact
from contracts.outcomes import Outcome
from contracts.run import RunManifest
from crawler.archive.runs import read_manifest
from crawler.disk import write_durably
from pipeline.ground.folders import PROJECT_ROOT, DataFolder
from pipeline.ground.printable import Watch, count


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
class Scope:
    """Which runs are read: those of one site, those that started in a period of UTC days (both ends included).

    ``again`` reads also what the release has read, and replaces it: a backfill, offline, from the archive alone. A run
    of many sites (a folder, imported WARCs) belongs to each of them.
    """

    site: str | None = None
    since: date | None = None
    until: date | None = None
    again: bool = False

    def covers(self, manifest: RunManifest) -> bool:
        """Whether the run is one of those."""
        day = manifest.started_at.date()
        return (
            (self.site is None or manifest.site in (None, self.site))
            and (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
        )


EVERYTHING = Scope()


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


def keeps_contacts(path: Path = PROJECT_ROOT / "pipeline" / "privacy.toml") -> bool:
    """The switch of ``privacy.toml``: whether contacts are kept in ``private/`` at all.

    They are never published either way.
    """
    return bool(tomllib.loads(path.read_text(encoding="utf-8"))["keep_contacts"])


def write_contacts(folder: DataFolder, release: int, run_id: str, contacts: list[Contact]) -> None:
    """One line a contact in ``private/<release>/<run_id>.jsonl``; the folders can be entered by their owner only."""
    target = folder.private / str(release)
    folder.private.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.mkdir(mode=0o700, exist_ok=True)
    path = target / f"{run_id}.jsonl"
    if contacts:
        write_durably(path, b"".join(msgspec.json.encode(contact) + b"\n" for contact in contacts))
        path.chmod(0o600)
    else:
        path.unlink(missing_ok=True)
