"""Files that survive a power loss, and locks that end with their process.

Belongs here: fsync in the right order, replacing and appending, flock. Does not belong here: what is written, and
what a lock is for (crawler.archive.open_run).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO


def write_durably(path: Path, content: bytes) -> None:
    """Write a small file so that it is whole or the old one."""
    with replace_durably(path) as file:
        file.write(content)


@contextmanager
def replace_durably(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of ``path`` once the block ends: the old one stays until it is whole.

    Temporary name, fsync, rename, fsync of the folder. When the block fails, the old file stays.
    """
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        yield file
        sync_file(file)
    temporary.replace(path)
    sync_folder(path.parent)


def append_durably(path: Path, content: bytes) -> None:
    """Add to the end of a file; it is made where it is missing."""
    is_new = not path.exists()
    with path.open("ab") as file:
        file.write(content)
        sync_file(file)
    if is_new:
        sync_folder(path.parent)


def sync_file(file: IO[bytes]) -> None:
    """Force what was written to the disk, with all that is known of the file."""
    file.flush()
    os.fsync(file.fileno())


def sync_appended(file: IO[bytes]) -> None:
    """Force what was appended to an unbuffered file to the disk: its bytes and its length, which costs less."""
    os.fdatasync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames and new names in a folder survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Take the lock of an open file or folder, held until it is closed; False where another holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
