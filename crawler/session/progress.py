"""How far a run has come: the rows of its ledger, its counts, its sources, its notes, and how it ends before its time.

Belongs here: entering rows through the run's writer, the completeness of what is found, the order to send nothing more.
Does not belong here: the form of a row (crawler.archive.runs), reading the sources, when a budget is spent
(crawler.engine), giving up a single host (crawler.session.politeness).
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from contracts.outcomes import Effect, Outcome
from contracts.run import PAGE_KINDS, Discovery, Fetch
from crawler.archive.runs import iter_lines, read_fetch
from crawler.archive.writer import RunWriter
from crawler.errors import ArchiveError
from crawler.session.frontier import Frontier


@dataclass(slots=True)
class RunNotes:
    """What a run says of itself in run.json, in words."""

    texts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Say something, once."""
        if text not in self.texts:
            self.texts.append(text)


@dataclass(slots=True)
class Stop:
    """Whether a crawl goes on.

    ``reason`` is None while requests may be sent, else the outcome and the words for what was not fetched. ``broken``
    is set when nothing can be written any more, ``broken_by`` says why.
    """

    notes: RunNotes
    reason: tuple[Outcome, str] | None = None
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    broken_by: ArchiveError | None = None

    def order(self, outcome: Outcome, why: str) -> None:
        """Send nothing more; what is still scheduled ends as ``outcome``. The first reason counts."""
        if self.reason is None:
            self.reason = (outcome, why)
            self.notes.add(why)

    def break_off(self, error: ArchiveError) -> None:
        """End the crawl at once, for nothing can be written any more. The first failure counts."""
        self.broken_by = self.broken_by or error
        self.broken.set()


MOST_DEAD_IN_A_ROW = 200
"""So many addresses of one source, none seen before, that answer 404 or 410 one after the other: it names no pages."""


@dataclass(slots=True)
class DiscoveryProgress:
    """The sources read so far, written down as they are read. ``finished`` are the kinds of page all found by now.

    ``passed_over`` counts by source the addresses that are not asked for today, since it named too many dead ones.
    """

    writer: RunWriter
    finished: set[str] = field(default_factory=set)
    passed_over: Counter[str] = field(default_factory=Counter)
    _sources: dict[tuple[str, str], Discovery] = field(default_factory=dict)
    _dead_in_a_row: Counter[str] = field(default_factory=Counter)

    def record_source(self, source: str, url: str, n_found: int, *, complete: bool) -> None:
        """Keep how many pages a source named and whether it was read to its end; both spiders may read the same one."""
        before = self._sources.get((source, url))
        if before is not None:
            n_found, complete = n_found + before.found, complete and before.complete
        self._sources[source, url] = Discovery(source, url, n_found, complete)
        self.writer.record_discovery(list(self._sources.values()))

    def note_answer(self, source: str, effect: Effect) -> None:
        """What an address answered that a source names and that nobody had seen before."""
        if self.is_dead(source):
            return
        if effect is Effect.ABSENT:
            self._dead_in_a_row[source] += 1
        elif effect is not Effect.UNKNOWN:
            self._dead_in_a_row[source] = 0

    def is_dead(self, source: str) -> bool:
        """Whether a source is done with for the day."""
        return self._dead_in_a_row[source] >= MOST_DEAD_IN_A_ROW

    def pass_over(self, source: str) -> bool:
        """Whether an address that nobody had seen is left unasked, since its source named too many dead ones."""
        self.passed_over[source] += self.is_dead(source)
        return self.is_dead(source)

    def tell_passed_over(self, notes: RunNotes) -> bool:
        """Say which sources named dead addresses; whether any did: how many pages they name is then not known."""
        told = {source: n_pages for source, n_pages in sorted(self.passed_over.items()) if n_pages}
        for source, n_pages in told.items():
            notes.add(
                f"{source} names addresses that are not there, {MOST_DEAD_IN_A_ROW} in a row that nobody had seen: "
                f"the {n_pages} after them are not asked for today"
            )
        return bool(told)

    @property
    def is_complete(self) -> bool:
        """Whether both spiders read every source to its end."""
        return self.finished >= {"project", "news"} and all(source.complete for source in self._sources.values())


@dataclass(slots=True)
class RunTally:
    """The counts of one run.

    ``n_gaps`` counts the URLs that an error of the crawler left without an outcome. Rows are counted by what they say
    of a page and of a source too (robots.txt is neither).
    """

    n_rows: int = 0
    n_gaps: int = 0
    pages_asked: int = 0
    bytes_received: int = 0
    _effects: Counter[tuple[bool, Effect]] = field(default_factory=Counter)

    def count(self, fetch: Fetch) -> None:
        """Count a row."""
        self.n_rows += 1
        self.bytes_received += fetch.bytes_received
        if fetch.kind != "robots":
            self._effects[fetch.kind in PAGE_KINDS, fetch.effect] += 1

    @property
    def has_failed(self) -> bool:
        """Whether nothing is known of anything that was asked for. Pages decide; where none was due, the sources do."""
        effects = {effect for is_page, effect in self._effects if is_page} or {effect for _, effect in self._effects}
        return effects == {Effect.UNKNOWN}


Written = TypeVar("Written")


@dataclass(slots=True)
class OpenLedger:
    """The rows of an open run. Those that a killed process has written are taken in first.

    ``frontier`` knows where the row of a URL is; ``stop`` is called when the disk fails.
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
