"""What the published file is made of, and what there is now: a fingerprint of its inputs, kept beside it.

Belongs here: the fingerprint and the note of the last publish. Does not belong here: whether a publish is due
(``due``), publishing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec

from crawler.archive.runs import iter_run_ids
from crawler.durable import write_durably
from pipeline.ground.folders import DataFolder
from pipeline.history.completeness import iter_readings


class PublishedInputs(msgspec.Struct, frozen=True):
    """The note a publish leaves: what it was made of, and when it ended, in UTC."""

    inputs_sha256: str
    published_at: datetime


def fingerprint_inputs(folder: DataFolder, release: int, *, run_ids: Iterable[str] | None = None) -> str:
    """A sha256 over all that a publish is made of: runs, readings, decisions and the extractor's release.

    Today's site files are no input: what a run was held to is recorded in it.

    Args:
        folder: the data folder.
        release: the extractor's release.
        run_ids: the sealed runs that count; all of them where it is None. A reading counts by name, size and time:
            it is replaced whole or not at all.
    """
    digest = hashlib.sha256(f"release {release}\n".encode())
    for run_id in iter_run_ids(folder.archive) if run_ids is None else run_ids:
        digest.update(f"run {run_id}\n".encode())
    for path in iter_readings(folder):
        status = path.stat()
        digest.update(f"reading {path.parent.name}/{path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    if folder.decisions.exists():
        digest.update(f"decisions {hashlib.sha256(folder.decisions.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def note_publish(folder: DataFolder, inputs_sha256: str, *, now: datetime) -> None:
    """Write down what the published file is made of."""
    write_durably(find_note(folder), msgspec.json.encode(PublishedInputs(inputs_sha256, now)))


def find_published_inputs(folder: DataFolder) -> PublishedInputs | None:
    """What the published file is made of; None where that is not known: never published, or the note is damaged."""
    try:
        return msgspec.json.decode(find_note(folder).read_bytes(), type=PublishedInputs)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def find_note(folder: DataFolder) -> Path:
    """Where the note is."""
    return folder.extracted / "published.json"
