"""The report's folder: built beside the one that people read, sharing every file that did not change, then swapped.

Belongs here: files and names. Does not belong here: their content. Whoever kills a build leaves the last report whole;
a file that did not change keeps its time, so that a copy of the folder (rsync, a web host) sends what changed alone.
"""

import ctypes
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG

from crawler.disk import sync_folder, try_lock
from pipeline.ground.target import mark_folder
from warehouse.files import private_beside

PROOFS = ".iomdb-inputs.json"
"""By the first of some files a digest of what they were made of and of their content."""
_EXCHANGE = 2
"""RENAME_EXCHANGE of renameat2(2): two names swap what they name, in one step."""
_HERE = -100


class OpenFolder:
    """A folder that is being written. ``written`` and ``kept`` count files that differ from the last one's and not."""

    def __init__(self, path: Path, last: Path) -> None:
        self.path = path
        self._last = last
        self._made: set[Path] = set()
        self._last_proofs = _read_proofs(last / PROOFS)
        self._proofs: dict[str, str] = {}
        self.names: list[str] = []
        self.written = 0
        self.kept = 0

    def write(self, name: str, content: bytes) -> None:
        """Write a file under its path from the folder; of equal content it is the last one's."""
        self._place(name, content, is_same=_read(self._last / name, len(content)) == content)

    def write_made(self, names: Sequence[str], inputs: bytes, make: Callable[[], Iterable[tuple[str, bytes]]]) -> None:
        """Write the files of these names, which ``make`` makes of ``inputs`` alone, a digest.

        They are not made where the last folder's were made of the same, and still are as they were made.
        """
        kept = [(name, _read(self._last / name)) for name in names] if names[0] in self._last_proofs else []
        files = [(name, content) for name, content in kept if content is not None]
        is_same = len(files) == len(names) and _prove(inputs, files) == self._last_proofs[names[0]]
        if is_same:
            for name, content in files:
                self._place(name, content, is_same=True)
        else:
            files = list(make())
            for name, content in files:
                self.write(name, content)
        self._proofs[names[0]] = _prove(inputs, files)

    def write_proofs(self) -> None:
        """Write down what was made of what, for the next folder."""
        self.write(PROOFS, json.dumps(self._proofs, indent=0, sort_keys=True).encode())

    def _place(self, name: str, content: bytes, *, is_same: bool) -> None:
        target, last = self.path / name, self._last / name
        if target.parent not in self._made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(target.parent)
        self.names.append(name)
        if is_same:
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
            folder.write_proofs()
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


def _read(path: Path, size: int | None = None) -> bytes | None:
    """The content of a regular file, of the size where one is given; None of anything else."""
    try:
        about = path.lstat()
        return path.read_bytes() if S_ISREG(about.st_mode) and size in {None, about.st_size} else None
    except OSError:
        return None


def _read_proofs(path: Path) -> dict[str, str]:
    try:
        stated = json.loads(_read(path) or b"{}")
    except ValueError:
        return {}
    return stated if isinstance(stated, dict) else {}


def _prove(inputs: bytes, files: Iterable[tuple[str, bytes]]) -> str:
    contents = b"".join(hashlib.sha256(content).digest() for _, content in files)
    return hashlib.sha256(inputs + contents).hexdigest()[:32]


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
