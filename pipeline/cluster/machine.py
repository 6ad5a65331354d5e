"""This machine among several: its data folder, the two stores behind it, its name.

Belongs here: what the variables name. Does not belong here: what is fetched and sent (:mod:`pipeline.cluster.shared`).
"""

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler.disk import write_durably
from pipeline.cluster.mirror import Mirror
from pipeline.cluster.objects import ObjectStore
from pipeline.ground.folders import ARCHIVE_VARIABLE, STORE_VARIABLE, DataFolder


@dataclass(frozen=True)
class Cluster:
    """A data folder of this machine, the two stores behind it, and the name of this machine among the others."""

    folder: DataFolder
    archive: ObjectStore
    derived: ObjectStore
    worker: str

    @property
    def runs(self) -> Mirror:
        """The archive and its mirror here."""
        return Mirror(self.archive, self.folder.archive, self.locks / "runs.json")

    @property
    def readings(self) -> Mirror:
        """The readings and contacts and their mirror here."""
        return Mirror(self.derived, self.folder.root, self.locks / "derived.json")

    @property
    def locks(self) -> Path:
        """The folder of the local locks beside the leases, and of what the mirrors remember."""
        return self.folder.root / "cluster"


def find_cluster(folder: DataFolder, environ: Mapping[str, str] = os.environ) -> Cluster:
    """What ``IOMDB_ARCHIVE`` and ``IOMDB_STORE`` name; the second is by default the first with ``-derived`` behind.

    Raises:
        WrongUseError: an address is none, or the extra is not installed.
    """
    archive = environ[ARCHIVE_VARIABLE].rstrip("/")
    derived = environ.get(STORE_VARIABLE) or f"{archive}-derived"
    return Cluster(folder, ObjectStore(archive), ObjectStore(derived), _find_worker(folder))


def _find_worker(folder: DataFolder) -> str:
    """The name of this machine's data folder among the others: made once, kept in it."""
    path = folder.root / "cluster" / "worker"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, uuid.uuid4().hex[:12].encode())
    return path.read_text(encoding="ascii").strip()
