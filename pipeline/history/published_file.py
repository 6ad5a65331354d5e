"""Whether the published file is the one that a publish put there, by its bytes.

Belongs here: the mark that a publish leaves of the file, and comparing the two. Does not belong here: what the file was
made of (:mod:`pipeline.history.publish_inputs`), whether it can be read (``warehouse.read.published``).

Not by time or inode: a copied or moved data folder, and the true file put back, are what they were.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from crawler.durable import write_durably
from pipeline.ground.folders import DataFolder

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
    with path.open("rb") as file:
        return FileMark(path.stat().st_size, hash_samples(path), hashlib.file_digest(file, "sha256").hexdigest())


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


def find_marks(folder: DataFolder) -> Path:
    """Where the marks are."""
    return folder.extracted / "published-file.json"


def _read_marks(folder: DataFolder) -> Sequence[FileMark]:
    try:
        return msgspec.json.decode(find_marks(folder).read_bytes(), type=FileMarks).files
    except (FileNotFoundError, msgspec.DecodeError):
        return ()


def _write_marks(folder: DataFolder, marks: Sequence[FileMark]) -> None:
    folder.extracted.mkdir(parents=True, exist_ok=True)
    write_durably(find_marks(folder), msgspec.json.encode(FileMarks(tuple(marks))))
