"""What a reader's query may take of the machine: memory, temporary disk, rows.

Belongs here: the bounds, how people write them, holding a process to them. Does not belong here: which statements run
(:mod:`warehouse.read.door`).
"""

import os
import re
import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from secrets import token_hex

from warehouse.errors import QueryError

MIB = 1 << 20
LEAST_MEMORY = 64 * MIB
MOST_ROWS = 10_000_000
"""Several times the rows of the longest table after years; a query that gives more has most likely lost a condition."""

SPILL_FACTOR = 4
"""How much more temporary disk than memory a query may take, where the disk has twice that room."""

_HEADROOM = 256 * MIB
"""For Python, its rows in flight and DuckDB's threads, beside what DuckDB counts as its memory."""
_CGROUP = Path("/sys/fs/cgroup/memory.max")
_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """``memory`` and ``spill`` in bytes; ``rows`` is how many a query may give."""

    memory: int
    spill: int
    rows: int = MOST_ROWS

    @property
    def settings(self) -> dict[str, str]:
        """The same as DuckDB's settings."""
        return {
            "memory_limit": f"{self.memory // 1000}KB",
            "max_temp_directory_size": f"{self.spill // 1000}KB",
            "temp_directory": str(find_spill_folder()),
        }


@cache
def make_limits(memory: int | None = None, rows: int | None = None) -> QueryLimits:
    """The limits of a query: a quarter of the machine's memory, or ``memory`` bytes; :data:`MOST_ROWS`, or ``rows``.

    The same at each call: DuckDB opens one file twice in one process with equal settings only.
    """
    memory = memory or max(LEAST_MEMORY, find_memory() // 4)
    free = shutil.disk_usage(find_spill_folder().parent).free
    return QueryLimits(memory, min(SPILL_FACTOR * memory, free // 2), MOST_ROWS if rows is None else rows)


def parse_size(text: str) -> int:
    """A size as people write it, in bytes; KB is 1,000 and KiB 1,024 as in DuckDB.

    Raises:
        QueryError: it is no size, or too small to work in.

    >>> parse_size("2GB"), parse_size("512 MiB")
    (2000000000, 536870912)
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise QueryError(f"{text!r} is no size; write 500MB, 2GB")
    unit = 1024 if match[3] else 1000
    size = int(float(match[1]) * unit ** " kmgt".index(match[2].lower() or " "))
    if size < LEAST_MEMORY:
        raise QueryError(f"{text!r} is too little memory for any query; give {LEAST_MEMORY // MIB}MiB or more")
    return size


def format_size(size: int) -> str:
    """A size for a sentence.

    >>> format_size(1_500_000_000), format_size(80_000_000)
    ('1.5 GB', '80 MB')
    """
    return f"{size / 1e9:.1f} GB" if size >= 1_000_000_000 else f"{size // 1_000_000} MB"


def find_memory() -> int:
    """The machine's memory in bytes, or the container's where that is less."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(machine, int(_CGROUP.read_text("ascii")))
    except (OSError, ValueError):
        return machine


@cache
def find_spill_folder() -> Path:
    """Where this process's queries spill: a name of its own, not beside the data; DuckDB makes and removes it.

    ``/tmp`` is often memory, which is what a query that spills has too little of.
    """
    stated = os.environ.get("TMPDIR")
    places = (path for path in (stated, "/var/tmp") if path and os.access(path, os.W_OK))  # noqa: S108 - its name cannot be guessed
    return Path(next(places, tempfile.gettempdir())).absolute() / f"iomdb-spill-{token_hex(8)}"


@contextmanager
def hold_memory(limits: QueryLimits) -> Iterator[None]:
    """Hold this process to the memory of the limits, and what it had before, for as long as the block lasts.

    DuckDB's own limit does not count what functions make in passing: ``repeat('x', 3000000000)`` took 11 GB under a
    limit of 300 MB (1.5.6 and 2.0.1). The system's limit on a process's data is kept by every allocation, and DuckDB
    reports it as any other want of memory.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = _read_data() + limits.memory + limits.memory // 4 + _HEADROOM
    resource.setrlimit(resource.RLIMIT_DATA, (min([wanted, *(one for one in (soft, hard) if one >= 0)]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _read_data() -> int:
    """Bytes of data that this process has now (proc(5), VmData)."""
    lines = Path("/proc/self/status").read_text("ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))
