"""A folder of this machine and a folder of the store, kept alike file by file.

Belongs here: what is fetched or sent because it differs, and the index that remembers it. Does not belong here: which
files matter (:mod:`pipeline.cluster.shared`), the store itself.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from crawler.disk import write_durably
from pipeline.cluster.objects import ObjectStore, StoredObject


class MirroredFile(msgspec.Struct, frozen=True):
    """A file as it was when it and its object were last alike: the object's tag, the file's size and its time."""

    etag: str
    size: int
    mtime_ns: int


@dataclass
class Mirror:
    """One folder, the objects that it mirrors, and the index of both. Keys are paths below the folder."""

    store: ObjectStore
    folder: Path
    index: Path
    _known: dict[str, MirroredFile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take up the index; one that is lost or damaged costs fetching everything once more."""
        try:
            self._known = msgspec.json.decode(self.index.read_bytes(), type=dict[str, MirroredFile])
        except (FileNotFoundError, msgspec.DecodeError):
            self._known = {}

    def choose_missing(self, objects: Iterable[StoredObject]) -> list[StoredObject]:
        """Those of a listing of which this machine has no file, or another one."""
        return [one for one in objects if not self._is_alike(one)]

    def fetch(self, objects: Iterable[StoredObject], place: Callable[[str], Path] | None = None) -> None:
        """Bring objects here, each whole or not at all; ``place`` says where to, for what is put together elsewhere."""
        for one in objects:
            target = self.folder / one.key if place is None else place(one.key)
            target.parent.mkdir(parents=True, exist_ok=True)
            self.store.download(one.key, target)
            status = target.stat()
            self._known[one.key] = MirroredFile(one.etag, status.st_size, status.st_mtime_ns)
        self._keep()

    def create(self, path: Path) -> None:
        """Put a file into the store where no object of its key is.

        Raises:
            TakenError: there is one.
        """
        key, status = path.relative_to(self.folder).as_posix(), path.stat()
        self._known[key] = MirroredFile(self.store.create(key, path), status.st_size, status.st_mtime_ns)
        self._keep()

    def adopt(self, objects: Iterable[StoredObject]) -> None:
        """Take objects for alike that the index does not know, where a file of their size is here already."""
        for one in objects:
            path = self.folder / one.key
            if one.key not in self._known and path.is_file() and path.stat().st_size == one.size:
                self._known[one.key] = MirroredFile(one.etag, one.size, path.stat().st_mtime_ns)
        self._keep()

    def send(self, paths: Iterable[Path]) -> int:
        """Put files into the store that differ from what it was known to hold; how many they were."""
        n_sent = 0
        for path in sorted(paths):
            key, status = path.relative_to(self.folder).as_posix(), path.stat()
            known = self._known.get(key)
            if known is None or (known.size, known.mtime_ns) != (status.st_size, status.st_mtime_ns):
                etag = self.store.replace(key, path)
                self._known[key] = MirroredFile(etag, status.st_size, status.st_mtime_ns)
                n_sent += 1
        self._keep()
        return n_sent

    def drop_removed(self) -> None:
        """Take from the store what was alike and is not here any more: the work that has just ended removed it.

        Only after :meth:`fetch` of all that was missing: what is not here then is gone on purpose (a purge, mostly).
        """
        gone = sorted(key for key in self._known if not (self.folder / key).exists())
        self.store.delete(gone)
        for key in gone:
            del self._known[key]
        self._keep()

    def _is_alike(self, one: StoredObject) -> bool:
        known = self._known.get(one.key)
        if known is None or known.etag != one.etag:
            return False
        try:
            status = (self.folder / one.key).stat()
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (known.size, known.mtime_ns)

    def _keep(self) -> None:
        self.index.parent.mkdir(parents=True, exist_ok=True)
        write_durably(self.index, msgspec.json.encode(dict(sorted(self._known.items()))))
