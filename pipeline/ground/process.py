"""Which process is this, in a way that outlives it: used to distinguish a running owner from one that died.

Belongs here: naming a process and asking whether it still lives. Does not belong here: what to do about the dead.
"""

import os
from pathlib import Path

PROC = Path("/proc")


def identify_process(pid: int | None = None) -> str:
    """A name for a process that no later process can have: boot id, process id and start time in clock ticks.

    Raises:
        FileNotFoundError: the process does not exist.
    """
    pid = os.getpid() if pid is None else pid
    return f"{_read_boot_id()}:{pid}:{_read_start_ticks(pid)}"


def is_alive(identity: str) -> bool:
    """Whether the process so named still runs (a zombie does not; nor does anything from before the last boot).

    >>> is_alive(identify_process())
    True
    >>> is_alive("another-boot:1:1")
    False
    """
    boot, _, rest = identity.partition(":")
    pid, _, ticks = rest.partition(":")
    try:
        return boot == _read_boot_id() and int(ticks) == _read_start_ticks(int(pid)) and not _is_zombie(int(pid))
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return False


def _read_boot_id() -> str:
    return (PROC / "sys/kernel/random/boot_id").read_text().strip()


def _read_fields_after_name(pid: int) -> list[str]:
    # The second field is the program's name in parentheses and may hold blanks and parentheses itself: proc(5).
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _read_start_ticks(pid: int) -> int:
    return int(_read_fields_after_name(pid)[19])


def _is_zombie(pid: int) -> bool:
    return _read_fields_after_name(pid)[0] == "Z"
