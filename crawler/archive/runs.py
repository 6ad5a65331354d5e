"""Finding the runs of the archive, and reading their sealed manifests.

Belongs here: which folder is a run, sealed or open. Does not belong here: the shape of a manifest (``contracts.run``),
the records inside a run (``writer``, ``reader``), locks and seals (``open_run``).
"""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from contracts.run import RunManifest, is_run_id, source_of
from crawler.errors import ArchiveError

MANIFEST_NAME = "run.json"
OPEN_SUFFIX = ".open"


def check_run_id(run_id: str) -> str:
    """The run id itself, when it is one: it becomes the name of a folder.

    Raises:
        ArchiveError: it is none.
    """
    if not is_run_id(run_id):
        raise ArchiveError(f"{run_id!r} is no run id (20261121T000000Z-<source>-<8 hex>)")
    return run_id


def iter_run_ids(archive: Path) -> Iterator[str]:
    """The ids of all sealed runs, in order. A folder named ``*.open`` is not in the archive."""
    if not archive.is_dir():
        return
    for name in sorted(entry.name for entry in os.scandir(archive) if entry.is_dir(follow_symlinks=False)):
        if is_run_id(name) and (archive / name / MANIFEST_NAME).is_file():
            yield name


def iter_unsealed_folders(archive: Path) -> Iterator[str]:
    """The names of folders that are named as sealed runs and lack their ``run.json``: damaged, not unfinished."""
    if not archive.is_dir():
        return
    for name in sorted(entry.name for entry in os.scandir(archive) if entry.is_dir(follow_symlinks=False)):
        if is_run_id(name) and not name.endswith(OPEN_SUFFIX) and not (archive / name / MANIFEST_NAME).exists():
            yield name


def read_manifest(archive: Path, run_id: str) -> RunManifest:
    """The manifest of a sealed run.

    Raises:
        ArchiveError: the run is not in the archive, or its manifest cannot be read.
    """
    path = archive / check_run_id(run_id) / MANIFEST_NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunManifest)
    except FileNotFoundError as error:
        raise ArchiveError(f"the archive {archive} has no run {run_id}: see `iomdb status`") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ArchiveError(f"{path} cannot be read: {error}; run `iomdb fsck`") from error


def iter_manifests(archive: Path) -> Iterator[RunManifest]:
    """The manifests of all sealed runs, in the order of their ids, which is the order of their starts."""
    for run_id in iter_run_ids(archive):
        yield read_manifest(archive, run_id)


def iter_open_runs(archive: Path) -> Iterator[str]:
    """The ids of the runs that are being written or were left unfinished, in order."""
    if not archive.is_dir():
        return
    for name in sorted(entry.name for entry in os.scandir(archive) if entry.is_dir(follow_symlinks=False)):
        run_id = name.removesuffix(OPEN_SUFFIX)
        if name.endswith(OPEN_SUFFIX) and is_run_id(run_id):
            yield run_id


def find_open_run(archive: Path, source: str, day: date) -> str | None:
    """The newest unfinished run of this source (a site id) that began on this UTC day, to be resumed; or None."""
    prefix = f"{day:%Y%m%d}T"
    mine = [
        run_id
        for run_id in iter_open_runs(archive)
        if run_id.startswith(prefix) and source_of(run_id) == source.lower()
    ]
    return mine[-1] if mine else None


def has_run(archive: Path, run_id: str) -> bool:
    """Whether the run is in the archive: sealed, and under its final name."""
    return (archive / check_run_id(run_id) / MANIFEST_NAME).is_file()
