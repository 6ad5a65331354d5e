"""Which process is this, in a way that outlives it: used to distinguish a running owner from one that died.

Belongs here: naming a process and asking whether it still lives. Does not belong here: what to do about the dead.
"""

import os
from pathlib import Path

PROC = Path("/proc")


def identify_process(pid: int | None = None) -> str:
    """A name for a process that no later process can have: boot id, process namespace, process id, start time in ticks.

    Raises:
        FileNotFoundError: the process does not exist.
    """
    pid = os.getpid() if pid is None else pid
    return f"{_find_horizon()}:{pid}:{_read_start_ticks(pid)}"


def find_life(identity: str) -> bool | None:
    """Whether the process so named still runs (a zombie does not); None where that cannot be seen from here.

    Another boot (of this machine, or another one) and another process namespace (a container) are out of sight: what
    lives there is told by its heartbeat alone.

    >>> find_life(identify_process())
    True
    >>> find_life("another-boot:4026531836:1:1") is None
    True
    """
    horizon, _, rest = identity.rpartition(":")[0].rpartition(":")
    ticks = identity.rpartition(":")[2]
    if horizon != _find_horizon() or not (rest.isdecimal() and ticks.isdecimal()):
        return None
    try:
        return int(ticks) == _read_start_ticks(int(rest)) and not _is_zombie(int(rest))
    except (FileNotFoundError, ProcessLookupError):
        return False


def _find_horizon() -> str:
    """What a process can see: the processes of its boot, in its process namespace (``pid:[4026531836]``)."""
    boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{(PROC / 'self/ns/pid').readlink().name.strip('pid:[]')}"


def _read_fields_after_name(pid: int) -> list[str]:
    # The second field is the program's name in parentheses and may hold blanks and parentheses itself: proc(5).
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _read_start_ticks(pid: int) -> int:
    return int(_read_fields_after_name(pid)[19])


def _is_zombie(pid: int) -> bool:
    return _read_fields_after_name(pid)[0] == "Z"
