"""The report's folder: built beside the one that people read, sharing every file that did not change, then swapped.

Belongs here: files and names. Does not belong here: their content. Whoever kills a build leaves the last report whole;
a file that did not change keeps its time, so that a copy of the folder (rsync, a web host) sends what changed alone.
"""

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG

from crawler.disk import sync_folder, try_lock
from pipeline.ground.target import mark_folder
from warehouse.files import private_beside

_EXCHANGE = 2
"""RENAME_EXCHANGE of renameat2(2): two names swap what they name, in one step."""
_HERE = -100


class OpenFolder:
    """A folder that is being written. ``written`` and ``kept`` count files that differ from the last one's and not."""

    def __init__(self, path: Path, last: Path) -> None:
        self.path = path
        self._last = last
        self._made: set[Path] = set()
        self.names: list[str] = []
        self.written = 0
        self.kept = 0

    def write(self, name: str, content: bytes) -> None:
        """Write a file under its path from the folder; of equal content it is the last one's."""
        target, last = self.path / name, self._last / name
        if target.parent not in self._made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(target.parent)
        self.names.append(name)
        if _holds(last, content):
            with suppress(OSError):
                target.hardlink_to(last)
                self.kept += 1
                return
        target.write_bytes(content)
        self.written += 1


@contextmanager
def build_folder(target: Path) -> Iterator[OpenFolder]:
    """A folder to write that takes the place of ``target`` when the block ends well; else that stays as it was."""
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    private = _open_private(target)
    try:
        with _locked(private):
            folder = OpenFolder(private, target)
            yield folder
            mark_folder(private)
            _swap(private, target)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _open_private(target: Path) -> Path:
    """A new folder beside the target; those that killed builds left go, one that a living build locks stays."""
    mark = private_beside(target)
    for left in sorted(target.parent.glob(f"{mark.name}*")):
        with suppress(BlockingIOError, OSError), _locked(left):
            shutil.rmtree(left, ignore_errors=True)
    private = mark.with_name(f"{mark.name}-{os.getpid()}")
    private.mkdir()
    return private


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not try_lock(descriptor):
            raise BlockingIOError(f"{folder} is being written")
        yield
    finally:
        os.close(descriptor)


def _holds(path: Path, content: bytes) -> bool:
    try:
        about = path.lstat()
        return S_ISREG(about.st_mode) and about.st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def _swap(private: Path, target: Path) -> None:
    """Give the new folder the name; the old one, where there is one, gets the private name."""
    if not target.exists():
        private.rename(target)
    elif not _exchange(private, target):
        # Where no system call swaps two names the target is without a folder for a moment.
        aside = private.with_name(f"{private.name}-last")
        shutil.rmtree(aside, ignore_errors=True)
        target.rename(aside)
        private.rename(target)
        shutil.rmtree(aside, ignore_errors=True)
    sync_folder(target.parent)


def _exchange(one: Path, other: Path) -> bool:
    try:
        swap = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError):
        return False
    return bool(swap(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)
