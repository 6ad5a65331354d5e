"""An open run's one writer, and the last steps of its seal.

Belongs here: the lock that a writer holds, finishing a seal that a kill cut short.
Does not belong here: what is written (``writer``), mending records (``salvage``).
"""

import os
from pathlib import Path

from crawler.archive.runs import MANIFEST_NAME, OPEN_SUFFIX, check_run_id
from crawler.durable import sync_folder, try_lock
from crawler.errors import ArchiveError

STATE_NAME = "state.json"


def lock_open_run(folder: Path) -> int:
    """Take the lock of an open run's one writer; the descriptor returned holds it until it is closed.

    The folder itself is locked: a lock file in it would have to go before the seal, and between its going and the
    folder's new name a second writer could make another and hold that. (NFS cannot lock a folder.)

    Raises:
        ArchiveError: another process holds it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    if not try_lock(descriptor):
        os.close(descriptor)
        raise ArchiveError(f"another process is writing {folder}: let it end, or stop it")
    return descriptor


def finish_seal(archive: Path, run_id: str) -> bool:
    """Give an open run its final name whose manifest is written: the kill fell between the seal's two last steps.

    False when there is no manifest, so that the run must be taken up (``writer``).

    Raises:
        ArchiveError: another process is writing the run.
    """
    folder = archive / (check_run_id(run_id) + OPEN_SUFFIX)
    if not (folder / MANIFEST_NAME).is_file():
        return False
    lock = lock_open_run(folder)
    try:
        (folder / STATE_NAME).unlink(missing_ok=True)
        sync_folder(folder)
        folder.rename(archive / run_id)
        sync_folder(archive)
    finally:
        os.close(lock)
    return True


def is_being_written(folder: Path) -> bool:
    """Whether a process that lives is writing this open run."""
    try:
        os.close(lock_open_run(folder))
    except ArchiveError:
        return True
    return False
