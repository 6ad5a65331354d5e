"""The published file: what it is made of, and whether it still is the one that a publish put there.

Belongs here: refusing while runs that were read are lost; the fingerprint of a publish's inputs, kept beside the
readings; the mark that a publish leaves of the file's bytes, and comparing the two. Does not belong here: what is
damaged inside a run (``crawler.archive.check``), whether a publish is due (``due``), publishing, whether the file can
be read (``warehouse.read.published``).

Not by time or inode: a copied or moved data folder, and the true file put back, are what they were.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from crawler.archive.runs import iter_run_ids, iter_unsealed_folders
from crawler.disk import write_durably
from pipeline.ground.errors import PipelineError
from pipeline.ground.folders import DataFolder, is_shared
from pipeline.ground.printable import count
from warehouse.files import hash_file


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
    identify = _digest_reading if is_shared() else lambda _, size, mtime_ns: f"{size} {mtime_ns}"
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


@lru_cache(maxsize=100_000)
def _digest_reading(path: Path, _size: int, _mtime_ns: int) -> str:
    """The sha256 of a reading, worked out once a process while its size and time are the same."""
    return hash_file(path)


def note_publish(folder: DataFolder, inputs_sha256: str, *, now: datetime) -> None:
    """Write down what the published file is made of."""
    write_durably(folder.inputs_note, msgspec.json.encode(PublishedInputs(inputs_sha256, now)))


def find_published_inputs(folder: DataFolder) -> PublishedInputs | None:
    """What the published file is made of; None where that is not known: never published, or the note is damaged."""
    try:
        return msgspec.json.decode(folder.inputs_note.read_bytes(), type=PublishedInputs)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


SAMPLE_BYTES = 64 * 1024
N_SAMPLES = 64
"""Four megabytes at most are read for a quick look. The first has DuckDB's header, which each change rewrites."""


class FileMark(msgspec.Struct, frozen=True):
    """A file by its bytes: ``sample_sha256`` is of parts of them, for a quick look, ``sha256`` of all."""

    size: int
    sample_sha256: str
    sha256: str


class FileMarks(msgspec.Struct, frozen=True):
    """What the published file may be: the one before and the new one while a publish swaps them, else one."""

    files: tuple[FileMark, ...]


def mark_file(path: Path) -> FileMark:
    """The mark of a file; reads all of it."""
    return FileMark(path.stat().st_size, hash_samples(path), hash_file(path))


def hash_samples(path: Path) -> str:
    """A sha256 over the file's size and over evenly spaced parts of it, its beginning and its end among them."""
    size = path.stat().st_size
    digest = hashlib.sha256(f"{size}\n".encode())
    with path.open("rb") as file:
        for number in range(N_SAMPLES):
            file.seek(max(0, size - SAMPLE_BYTES) * number // (N_SAMPLES - 1))
            digest.update(file.read(SAMPLE_BYTES))
    return digest.hexdigest()


def note_swap(folder: DataFolder, built: Path) -> None:
    """Write down, before ``built`` is swapped in, that the published file is it or what it was.

    A process that is killed around the swap leaves one of the two.
    """
    before = [mark for mark in _read_marks(folder) if folder.published.exists()][-1:]
    _write_marks(folder, [*before, mark_file(built)])


def note_file(folder: DataFolder) -> None:
    """Write down that the published file is as it is now: after the swap, or where another machine's was fetched."""
    marks = _read_marks(folder)
    sample = hash_samples(folder.published)
    known = [mark for mark in marks if mark.sample_sha256 == sample and len(marks) > 1]
    _write_marks(folder, known[-1:] or [mark_file(folder.published)])


def describe_change(folder: DataFolder, *, whole: bool = False) -> str | None:
    """What is wrong with the published file's bytes, in words; None where they are known, or nothing is known of them.

    ``whole`` reads all of it; else it is a quick look.
    """
    path, marks = folder.published, _read_marks(folder)
    if not marks or not path.exists():
        return None
    beside = path.with_name(path.name + ".wal")
    if beside.exists():
        return f"{beside.name} lies beside it: another program opened it for writing, and readers see what it wrote"
    sample = hash_samples(path)
    alike = [mark for mark in marks if mark.sample_sha256 == sample]
    if alike and whole:
        actual = mark_file(path)
        alike = [mark for mark in alike if mark == actual]
    return None if alike else "something else than a publish changed it: its bytes are not those that were published"


def _read_marks(folder: DataFolder) -> Sequence[FileMark]:
    try:
        return msgspec.json.decode(folder.file_marks.read_bytes(), type=FileMarks).files
    except (FileNotFoundError, msgspec.DecodeError):
        return ()


def _write_marks(folder: DataFolder, marks: Sequence[FileMark]) -> None:
    folder.extracted.mkdir(parents=True, exist_ok=True)
    write_durably(folder.file_marks, msgspec.json.encode(FileMarks(tuple(marks))))
