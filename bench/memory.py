"""The most memory that a process has held.

Belongs here: one way to read it, for every stage. Does not belong here: what other programs held (``bench.crawl``).
"""

from __future__ import annotations

from pathlib import Path


def read_peak() -> float:
    """The peak of this very program, in MB, as Linux counts it.

    ``ru_maxrss`` of a process begins at what its parent held when it was started; ``VmHWM`` does not.

    >>> 1 < read_peak() < 100_000
    True
    """
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
