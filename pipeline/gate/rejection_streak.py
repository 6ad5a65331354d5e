"""Open rejections: the crawls of a site and kind that the gate rejected since it last accepted one.

Belongs here: finding them among verdicts, of this publish or as published. Does not belong here: judging, words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Judged(Protocol):
    """A verdict, fresh or published."""

    @property
    def site(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def is_accepted(self) -> bool: ...  # noqa: D102
    @property
    def by(self) -> str: ...  # noqa: D102


V = TypeVar("V", bound=Judged)


@dataclass(frozen=True, slots=True)
class RejectionStreak(Generic[V]):
    """The crawls rejected in a row, oldest first; ``has_good_state`` says that an earlier one was accepted.

    Accepting the first makes it what the later ones are judged against, so where a site really changed that
    one decision ends the streak.
    """

    rejected: tuple[V, ...]
    has_good_state: bool

    @property
    def first(self) -> V:
        """The crawl that began it."""
        return self.rejected[0]

    @property
    def newest(self) -> V:
        """The newest crawl."""
        return self.rejected[-1]


def find_streaks(verdicts: Iterable[V]) -> list[RejectionStreak[V]]:
    """The open streaks, of verdicts that come oldest run first: nobody decided on the newest crawl.

    An import ends none: it says nothing of how the site is now.
    """
    crawls: dict[tuple[str, str], list[V]] = {}
    for verdict in verdicts:
        if verdict.source == "crawl":
            crawls.setdefault((verdict.site, verdict.kind), []).append(verdict)
    streaks = []
    for judged in crawls.values():
        since = next((n for n in range(len(judged), 0, -1) if judged[n - 1].is_accepted), 0)
        rejected = tuple(verdict for verdict in judged[since:] if verdict.by == "gate")
        if rejected and rejected[-1] is judged[-1]:
            streaks.append(RejectionStreak(rejected, has_good_state=since > 0))
    return streaks
