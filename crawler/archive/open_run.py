"""An open run's one writer, what it must remember over a kill, and the last steps of its seal.

Belongs here: the lock that a writer holds, ``state.json`` (sealing takes it into run.json), finishing a seal that a
kill cut short. Does not belong here: records and rows (``writer``), mending them (``salvage``).
"""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from contracts.run import Discovery, Instant, RobotsAnswer, RunManifest, Source
from crawler.archive.runs import MANIFEST_NAME, OPEN_SUFFIX, check_run_id
from crawler.durable import sync_folder, try_lock, write_durably
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


class RunState(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The part of the manifest that is known before the end. ``site_config`` is the site file's text, or None."""

    run_id: str
    source: Source
    site: str | None
    started_at: Instant
    site_config: str | None
    software: dict[str, str]
    robots: list[RobotsAnswer] = []
    discovery: list[Discovery] = []
    listed: dict[str, int] = {}
    resumed: int = 0
    notes: list[str] = []


def write_state(folder: Path, state: RunState) -> None:
    """Write the state so that it is whole or the old one."""
    write_durably(folder / STATE_NAME, msgspec.json.encode(state))


def find_state(folder: Path) -> RunState | None:
    """The state of an open run; of one that was sealed but not yet renamed when it was killed, out of its manifest.

    None when the folder is not there, or was killed before the state was first written.

    Raises:
        ArchiveError: the state is there and cannot be read.
    """
    path = folder / STATE_NAME
    try:
        if path.exists():
            return msgspec.json.decode(path.read_bytes(), type=RunState)
        if (folder / MANIFEST_NAME).exists():
            manifest = msgspec.json.decode((folder / MANIFEST_NAME).read_bytes(), type=RunManifest)
            return msgspec.convert(manifest, RunState, from_attributes=True)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ArchiveError(f"{folder} cannot be resumed, its state is damaged: {error}; move it away") from error
    return None
