"""How far long work has come, for whoever watches it.

Belongs here: what is told. Does not belong here: how it is shown (``pipeline.cli.format.terminal``), the work.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watch:
    """Who watches: ``tell`` gets a line for what is done; ``count`` the work, how much is done, of how much."""

    tell: Callable[[str], object] = lambda _: None
    count: Callable[[str, int, int], object] = lambda *_: None


UNWATCHED = Watch()
