"""What a publish is made of: the runs and readings that there are, and what the published file was made of.

Belongs here: refusing while runs that were read are lost, the fingerprint of a publish's inputs, kept beside the
readings. Does not belong here: what is damaged inside a run (``crawler.archive.check``), whether a publish is due
(``due``), publishing.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from crawler.archive.runs import iter_run_ids, iter_unsealed_folders
from crawler.durable import write_durably
from pipeline.ground.errors import PipelineError
from pipeline.ground.folders import DataFolder, is_shared
from pipeline.ground.printable import count


class LostRunsError(PipelineError):
    """Raised by publishing and rebuilding while runs that were read are not in the archive; nothing was changed."""


def require_whole_archive(folder: DataFolder) -> tuple[str, ...]:
    """The ids of all sealed runs, in order, where none is known to be lost.

    Raises:
        LostRunsError: there is no run at all, or a run is lost; the text names the first.
    """
    run_ids = tuple(iter_run_ids(folder.archive))
    if not run_ids:
        raise LostRunsError(
            f"{folder.archive} holds no run, so nothing is published. Is its disk mounted, and IOMDB_DATA the right "
            "folder? To begin: `iomdb run`, `iomdb crawl` or `iomdb ingest`"
        )
    if lost := find_lost_runs(folder, run_ids):
        raise LostRunsError(
            f"{count(len(lost), 'run')} of which readings or parts are there {'is' if len(lost) == 1 else 'are'} not "
            f"in the archive, the first {lost[0]}: nothing is published without what they hold. Restore them from a "
            "copy; for those that are gone for good: docs/operating.md, restore"
        )
    return run_ids


def find_lost_runs(folder: DataFolder, run_ids: tuple[str, ...]) -> list[str]:
    """Runs that were read, or have a folder, and are not among the sealed ``run_ids``; in order."""
    known = {path.stem for path in iter_readings(folder)} | set(iter_unsealed_folders(folder.archive))
    return sorted(known - set(run_ids))


def iter_readings(folder: DataFolder) -> Iterator[Path]:
    """The Parquet files of all releases, by release and run."""
    for release in iter_release_folders(folder):
        yield from sorted(release.glob("*.parquet"))


def iter_release_folders(folder: DataFolder) -> list[Path]:
    """The folders ``extracted/<release>/``, in the order of their releases."""
    if not folder.extracted.is_dir():
        return []
    return sorted((path for path in folder.extracted.iterdir() if path.name.isdecimal()), key=lambda p: int(p.name))


class PublishedInputs(msgspec.Struct, frozen=True):
    """The note a publish leaves: what it was made of, and when it ended, in UTC."""

    inputs_sha256: str
    published_at: datetime


def fingerprint_inputs(folder: DataFolder, release: int, *, run_ids: Iterable[str] | None = None) -> str:
    """A sha256 over all that a publish is made of: runs, readings, decisions and the extractor's release.

    Today's site files are no input: what a run was held to is recorded in it.

    ``run_ids`` are the sealed runs that count; None: all. A reading counts by name, size and time: it is replaced whole
    or not at all. Where machines share the archive its bytes count: each machine wrote its copy at a time of its own.
    """
    identify = _digest_reading if is_shared() else _date_reading
    digest = hashlib.sha256(f"release {release}\n".encode())
    for run_id in iter_run_ids(folder.archive) if run_ids is None else run_ids:
        digest.update(f"run {run_id}\n".encode())
    for path in iter_readings(folder):
        status = path.stat()
        mark = identify(path, status.st_size, status.st_mtime_ns)
        digest.update(f"reading {path.parent.name}/{path.name} {mark}\n".encode())
    if folder.decisions.exists():
        digest.update(f"decisions {hashlib.sha256(folder.decisions.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _date_reading(_: Path, size: int, mtime_ns: int) -> str:
    return f"{size} {mtime_ns}"


@lru_cache(maxsize=100_000)
def _digest_reading(path: Path, _size: int, _mtime_ns: int) -> str:
    """The sha256 of a reading, worked out once a process while its size and time are the same."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
