"""What work may cost, in processor time: a busy machine lengthens the wait for a result, never the work for it.

Belongs here: measuring this process and the children it has waited for. Does not belong here: any bound.
"""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def costing_at_most(seconds: float) -> Iterator[None]:
    """Fail when the block takes more seconds of a processor, its ended children included."""
    with _counting() as spent:
        yield
    assert spent() <= seconds, f"took {spent():.1f} s of a processor, not {seconds:.1f}"


def measure_cost(work: Callable[[], object]) -> float:
    """The seconds of a processor that some work takes."""
    with _counting() as spent:
        work()
        return spent()


@contextmanager
def _counting() -> Iterator[Callable[[], float]]:
    """Gives what was spent since; what earlier tests left in this process is not searched for garbage meanwhile."""
    gc.freeze()
    before = _find_spent()
    try:
        yield lambda: _find_spent() - before
    finally:
        gc.unfreeze()


def _find_spent() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
