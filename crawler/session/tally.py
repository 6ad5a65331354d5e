"""What a run has done so far, in numbers.

Belongs here: counts of rows, pages and bytes, those of before a kill included. Does not belong here: budgets, which
compare with them (crawler.engine.budget_middleware); the rows (crawler.session.open_ledger).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from contracts.fetch import PAGE_KINDS, Fetch
from contracts.outcomes import Effect


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
