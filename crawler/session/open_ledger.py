"""The ledger of the run that is being written: one row for each URL, found again by its URL, and counted.

Belongs here: entering rows through the run's writer. Does not belong here: the form of a row (crawler.archive.runs),
what it says (crawler.session.session).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from contracts.fetch import PAGE_KINDS, Fetch
from crawler.archive.runs import iter_lines, read_fetch
from crawler.archive.writer import RunWriter
from crawler.errors import ArchiveError
from crawler.session.frontier import Frontier
from crawler.session.stop import Stop
from crawler.session.tally import RunTally

Written = TypeVar("Written")


@dataclass(slots=True)
class OpenLedger:
    """The rows of an open run. Those that a killed process has written are taken in first.

    ``frontier`` knows where the row of a URL is; ``stop`` is told when the disk fails.
    """

    writer: RunWriter
    frontier: Frontier
    stop: Stop
    tally: RunTally = field(default_factory=RunTally)

    def __post_init__(self) -> None:
        if self.writer.n_fetches == 0:
            return
        for line, fetch in iter_lines(self.writer.folder):
            self._count(line, fetch)
            self.tally.pages_asked += fetch.kind in PAGE_KINDS and fetch.attempts > 0

    def find_row(self, url: str) -> Fetch | None:
        """The row of a URL in this run, or None while it has none."""
        line = self.frontier.find_line(url)
        return None if line is None else read_fetch(self.writer.folder, line)

    def enter(self, fetch: Fetch) -> Fetch:
        """Write the one row of a URL; returns it as it was stored."""
        if self.frontier.find_line(fetch.url) is not None:
            raise AssertionError(f"{fetch.url} has a row already")
        line, stored = self.write(lambda writer: writer.write_fetch(fetch))
        self._count(line, stored)
        return stored

    def write(self, act: Callable[[RunWriter], Written]) -> Written:
        """Let the writer act; a failure of the disk ends the crawl."""
        try:
            return act(self.writer)
        except ArchiveError as error:
            self.stop.break_off(error)
            raise

    def _count(self, line: int, fetch: Fetch) -> None:
        self.frontier.enter(fetch.url, line)
        self.tally.count(fetch)
