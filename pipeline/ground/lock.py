"""One writer at a time: an operating-system lock that ends with its process, however it dies.

Belongs here: taking the lock and saying who holds it. Does not belong here: what is done under it.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from crawler.durable import try_lock
from pipeline.ground.errors import LockedError

WAIT_SECONDS = 4.0
"""With the start of a command, a second writer knows within five seconds that it may not write, and why."""

POLL_SECONDS = 0.1


@contextmanager
def hold_lock(
    path: Path,
    *,
    task: str,
    since: datetime,
    wait_seconds: float = WAIT_SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the lock at ``path`` while the block runs; the kernel frees it when this process ends, also by SIGKILL.

    The lock file is made where missing and never removed: else two processes could hold "the" lock. ``task`` and
    ``since`` are for those who find the lock taken.

    Raises:
        LockedError: another process still holds it after ``wait_seconds``; the text names its task and process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        deadline = monotonic() + wait_seconds
        while not try_lock(file.fileno()):
            if monotonic() >= deadline:
                raise LockedError(_describe_refusal(path, file))
            sleep(POLL_SECONDS)
        _name_holder(file, task, since)
        yield


def keep_lock(path: Path, *, task: str, since: datetime) -> None:
    """Take the lock at ``path`` for the rest of this process's life, also when it becomes another program (execve).

    Raises:
        LockedError: another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644), "r+", encoding="utf-8", closefd=False)
    if not try_lock(file.fileno()):
        raise LockedError(_describe_refusal(path, file))
    _name_holder(file, task, since)
    os.set_inheritable(file.fileno(), True)


def find_holder(path: Path) -> str | None:
    """Who holds the lock at ``path`` now, in words, or None when nobody does."""
    try:
        with path.open(encoding="utf-8") as file:
            return None if try_lock(file.fileno()) else _describe_holder(file)
    except FileNotFoundError:
        return None


def _name_holder(file: IO[str], task: str, since: datetime) -> None:
    file.truncate(0)
    # Naming the holder is a courtesy: on a full disk the lock holds without, so that room can be made under it.
    with suppress(OSError):
        os.write(file.fileno(), json.dumps({"pid": os.getpid(), "since": since.isoformat(), "task": task}).encode())


def _describe_refusal(path: Path, file: IO[str]) -> str:
    return (
        f"{path} is held by {_describe_holder(file)}. Wait until it ends, or stop that process; "
        "the lock frees itself when the process is gone."
    )


def _describe_holder(file: IO[str]) -> str:
    file.seek(0)
    try:
        holder = json.loads(file.read())
        return f"process {int(holder['pid'])} ({holder['task']!s}, since {holder['since']!s})"
    except (ValueError, KeyError, TypeError):
        return "another process"
