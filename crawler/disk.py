"""Files that survive a power loss, locks that end with their process, and scratch tables that leave nothing behind.

Belongs here: fsync in the right order, replacing and appending, flock; SQLite for what a crawl must look up and would
not like to hold in memory, and what a failing disk is called. Does not belong here: what is written, what a lock is for
(crawler.archive.runs), any table.

The file of scratch tables loses its name as soon as it is open, so it goes with its process, however that ends, and a
run that is sealed or taken up again never meets it. It lies beside the run's own files: ``/tmp`` is often small, or
memory.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Self

from crawler.errors import ArchiveError


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


_NAME = "scratch.sqlite"
_SETTINGS = """
PRAGMA cache_size = -1000;  -- KiB of memory; what is more goes to the disk
PRAGMA journal_mode = OFF;  -- nothing is ever rolled back, or read again after a crash
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
"""

Row = tuple[Any, ...]
"""One row as SQLite gives it; whoever asks knows the columns it named."""


class Scratch:
    """A few tables on disk that live as long as this object. Use it as a context manager, or :meth:`close` it.

    ``tell`` is called with each failure before it is raised, so that a crawl can end at once.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Scratch(Path(folder)) as tables:
    ...     _ = tables.write("CREATE TABLE met (url TEXT PRIMARY KEY)")
    ...     tables.write("INSERT OR IGNORE INTO met VALUES (?)", ["https://iom.int/news/a"])
    ...     tables.write("INSERT OR IGNORE INTO met VALUES (?)", ["https://iom.int/news/a"])
    1
    0
    """

    def __init__(self, folder: Path) -> None:
        self.tell: Callable[[ArchiveError], None] = _say_nothing
        self._folder = folder
        path = folder / _NAME
        try:
            path.unlink(missing_ok=True)  # of a process that was killed before it could take the name away
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.executescript(_SETTINGS + "BEGIN EXCLUSIVE")
            path.unlink()
        except (sqlite3.Error, OSError) as error:
            raise self._failed(error) from error

    def write(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run a statement that adds a table or changes rows; returns how many rows it changed.

        Raises:
            ArchiveError: the disk is full or failed.
        """
        try:
            return self._connection.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def find(self, query: str, values: Sequence[object] = ()) -> Row | None:
        """The first row of a query, or None."""
        return next(self.iter(query, values), None)

    def iter(self, query: str, values: Sequence[object] = ()) -> Iterator[Row]:
        """The rows of a query, as they are asked for. Other tables may be written meanwhile, not those it reads."""
        try:
            yield from self._connection.execute(query, values)
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Let the tables go."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _failed(self, error: Exception) -> ArchiveError:
        failure = ArchiveError(
            f"scratch tables in {self._folder} cannot be kept: {error}; free the disk and call again to resume"
        )
        self.tell(failure)
        return failure


def _say_nothing(failure: ArchiveError) -> None:
    """Whoever catches the failure hears of it anyway."""
