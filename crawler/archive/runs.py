"""Runs: their names, their sealed manifest ``run.json``, and finding them in the archive.

Belongs here: docs/contracts.md, section 1. Does not belong here: the records inside a run (``writer``, ``reader``).
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from crawler.archive.ledger import Instant, Sha256
from crawler.errors import ArchiveError

MANIFEST_NAME = "run.json"
STATE_NAME = "state.json"
OPEN_SUFFIX = ".open"
_RUN_ID = re.compile(r"^\d{8}T\d{6}Z-[a-z0-9][a-z0-9._-]*-[0-9a-f]{8}$")

Source = Literal["crawl", "folder", "warc"]


class SealedFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a run: ``bytes`` on disk, and how many WARC records (or ledger lines) it holds."""

    name: str
    bytes: Annotated[int, Meta(ge=0)]
    sha256: Sha256
    records: Annotated[int, Meta(ge=0)]


class Discovery(Struct, frozen=True, forbid_unknown_fields=True):
    """One source of URLs: how many it named, and whether it was read to its end."""

    source: str
    url: str
    found: Annotated[int, Meta(ge=0)]
    complete: bool


class Robots(Struct, frozen=True, forbid_unknown_fields=True):
    """A host's robots.txt as fetched; ``status`` is None when no answer came, ``body`` when there was none."""

    host: str
    status: int | None
    body: str | None
    fetched_at: Instant


class RunManifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``run.json``: what a sealed run holds. ``site`` is None for a run of many sites; every instant is UTC.

    ``complete`` says that discovery was whole: only then does a page that was not met mean anything. ``listed`` is by
    kind how many distinct pages the sources named; a kind of which that is not known is not in it.
    """

    format: Literal[1] = 1
    run_id: str
    source: Source
    site: str | None
    started_at: Instant
    ended_at: Instant
    sealed_at: Instant
    complete: bool
    discovery: list[Discovery] = []
    listed: dict[str, Annotated[int, Meta(ge=0)]] = {}
    files: list[SealedFile]
    counts: dict[str, int]
    software: dict[str, str]
    site_config_sha256: Sha256 | None = None
    site_config: str | None = None
    robots: list[Robots] = []
    resumed: Annotated[int, Meta(ge=0)] = 0
    notes: list[str] = []


def make_run_id(started_at: datetime, source: str, identity: bytes) -> str:
    """The id of a run: its start in UTC, its source, and eight hex digits of ``identity``'s sha256.

    >>> make_run_id(datetime(2026, 11, 21, tzinfo=UTC), "seeds", b"x")
    '20261121T000000Z-seeds-2d711642'
    """
    name = re.sub(r"[^a-z0-9._-]+", "-", source.lower()).strip("-._") or "run"
    stamp = started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{stamp}-{name[:64]}-{hashlib.sha256(identity).hexdigest()[:8]}"


def is_run_id(name: str) -> bool:
    """Whether a name is a run id."""
    return _RUN_ID.match(name) is not None


def check_run_id(run_id: str) -> str:
    """The run id itself, when it is one: it becomes the name of a folder.

    Raises:
        ArchiveError: it is none.
    """
    if not _RUN_ID.match(run_id):
        raise ArchiveError(f"{run_id!r} is no run id (20261121T000000Z-<source>-<8 hex>)")
    return run_id


def iter_run_ids(archive: Path) -> Iterator[str]:
    """The ids of all sealed runs, in order. A folder named ``*.open`` is not in the archive."""
    if not archive.is_dir():
        return
    for name in sorted(entry.name for entry in os.scandir(archive) if entry.is_dir(follow_symlinks=False)):
        if _RUN_ID.match(name) and (archive / name / MANIFEST_NAME).is_file():
            yield name


def iter_unsealed_folders(archive: Path) -> Iterator[str]:
    """The names of folders that are named as sealed runs and lack their ``run.json``: damaged, not unfinished."""
    if not archive.is_dir():
        return
    for name in sorted(entry.name for entry in os.scandir(archive) if entry.is_dir(follow_symlinks=False)):
        if _RUN_ID.match(name) and not name.endswith(OPEN_SUFFIX) and not (archive / name / MANIFEST_NAME).exists():
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
        if name.endswith(OPEN_SUFFIX) and _RUN_ID.match(run_id):
            yield run_id


def lock_open_run(folder: Path) -> int:
    """Take the lock of an open run's one writer; the descriptor returned holds it until it is closed.

    Raises:
        ArchiveError: another process holds it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise ArchiveError(f"another process is writing {folder}: let it end, or stop it") from error
    return descriptor


def finish_seal(archive: Path, run_id: str) -> bool:
    """Give an open run its final name whose manifest is written: the kill fell between the seal's two last steps.

    False when there is no manifest, so that the run must be taken up (``writer``).

    Raises:
        ArchiveError: another process is writing the run.
    """
    folder = archive / (check_run_id(run_id) + OPEN_SUFFIX)
    if not (folder / MANIFEST_NAME).is_file():
        return False
    lock = lock_open_run(folder)
    try:
        (folder / STATE_NAME).unlink(missing_ok=True)
        sync_folder(folder)
        folder.rename(archive / run_id)
        sync_folder(archive)
    finally:
        os.close(lock)
    return True


def is_being_written(folder: Path) -> bool:
    """Whether a process that lives is writing this open run."""
    try:
        os.close(lock_open_run(folder))
    except ArchiveError:
        return True
    return False


def find_open_run(archive: Path, source: str, day: date) -> str | None:
    """The newest unfinished run of this source (a site id) that began on this UTC day, to be resumed; or None."""
    prefix = f"{day:%Y%m%d}T"
    mine = [
        run_id for run_id in iter_open_runs(archive) if run_id.startswith(prefix) and run_id[17:-9] == source.lower()
    ]
    return mine[-1] if mine else None


def write_durably(path: Path, content: bytes) -> None:
    """Write a small file so that it is whole or not there: temporary name, fsync, rename, fsync of the folder."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and new names in a folder survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def software_versions(*distributions: str) -> dict[str, str]:
    """Name to version of the installed distributions named; one that is not installed is left out."""
    found: dict[str, str] = {}
    for name in distributions:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def has_run(archive: Path, run_id: str) -> bool:
    """Whether the run is in the archive: sealed, and under its final name."""
    return (archive / check_run_id(run_id) / MANIFEST_NAME).is_file()
