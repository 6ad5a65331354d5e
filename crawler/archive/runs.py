"""The runs of the archive: which there are, their manifests and ledgers, and what an open one has before its seal.

Belongs here: which folder is a run, sealed or open; the form of a ledger's line; of an open run the lock of its one
writer, ``state.json`` (sealing takes it into run.json) and finishing a seal that a kill cut short. Does not belong
here: the shapes of a manifest and of a fetch (``contracts``), the records inside a run and the order in which lines and
records reach the disk (``writer``, ``reader``), mending them (``salvage``).
"""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from contracts.run import Discovery, Fetch, Instant, RobotsAnswer, RunManifest, Source, is_run_id, source_of
from crawler.disk import sync_folder, try_lock, write_durably
from crawler.errors import ArchiveError, DamagedRecordError

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


def _list_folders(archive: Path) -> list[str]:
    """The names of the archive's folders that are named as runs, sealed or open, in order."""
    if not archive.is_dir():
        return []
    names = (entry.name for entry in os.scandir(archive) if entry.is_dir(follow_symlinks=False))
    return sorted(name for name in names if is_run_id(name.removesuffix(OPEN_SUFFIX)))


def iter_run_ids(archive: Path) -> Iterator[str]:
    """The ids of all sealed runs, in order. A folder named ``*.open`` is not in the archive."""
    for name in _list_folders(archive):
        if not name.endswith(OPEN_SUFFIX) and (archive / name / MANIFEST_NAME).is_file():
            yield name


def iter_unsealed_folders(archive: Path) -> Iterator[str]:
    """The names of folders that are named as sealed runs and lack their ``run.json``: damaged, not unfinished."""
    for name in _list_folders(archive):
        if not name.endswith(OPEN_SUFFIX) and not (archive / name / MANIFEST_NAME).exists():
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
    return (name.removesuffix(OPEN_SUFFIX) for name in _list_folders(archive) if name.endswith(OPEN_SUFFIX))


def find_open_run(archive: Path, source: str, day: date) -> str | None:
    """The newest unfinished run of this source (a site id) that began on this UTC day, to be resumed; or None."""
    mine = (run_id for run_id in iter_open_runs(archive) if source_of(run_id) == source.lower())
    return max((run_id for run_id in mine if run_id.startswith(f"{day:%Y%m%d}T")), default=None)


def has_run(archive: Path, run_id: str) -> bool:
    """Whether the run is in the archive: sealed, and under its final name."""
    return (archive / check_run_id(run_id) / MANIFEST_NAME).is_file()


LEDGER_NAME = "fetches.jsonl"

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Fetch)


def encode_fetch(fetch: Fetch) -> bytes:
    """The fetch as one line of JSON, its line feed included."""
    return _ENCODER.encode(fetch) + b"\n"


def parse_fetch(line: bytes) -> Fetch:
    """The fetch of one line.

    Raises:
        DamagedRecordError: the line is cut, is no JSON, or does not keep to docs/contracts.md.
    """
    try:
        fetch = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedRecordError(f"a line of {LEDGER_NAME} cannot be read: {error}") from error
    if fetch.effect is not fetch.outcome.effect:
        due = fetch.outcome.effect
        raise DamagedRecordError(
            f"seq {fetch.seq}: the outcome {fetch.outcome} has the effect {due}, not {fetch.effect}"
        )
    return fetch


class Line(NamedTuple):
    """A line of a ledger: the byte at which it begins, and the fetch that it says."""

    offset: int
    fetch: Fetch


def iter_lines(run_folder: Path) -> Iterator[Line]:
    """The lines of a run's ledger in order; a damaged line raises :class:`DamagedRecordError` with its number."""
    path = run_folder / LEDGER_NAME
    offset = 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield Line(offset, parse_fetch(line))
            except DamagedRecordError as error:
                raise DamagedRecordError(f"{run_folder.name}/{LEDGER_NAME} line {number}: {error}") from error
            offset += len(line)


def iter_fetches(run_folder: Path) -> Iterator[Fetch]:
    """What the lines of a run's ledger say, in order; raises as :func:`iter_lines` does."""
    for line in iter_lines(run_folder):
        yield line.fetch


def read_fetch(run_folder: Path, offset: int) -> Fetch:
    """The fetch of the line that begins at this byte.

    Raises:
        DamagedRecordError: no whole line begins there.
    """
    with (run_folder / LEDGER_NAME).open("rb") as lines:
        lines.seek(offset)
        return parse_fetch(lines.readline())


STATE_NAME = "state.json"


def lock_open_run(folder: Path) -> int:
    """Take the lock of an open run's one writer; the descriptor returned holds it until it is closed.

    The folder itself is locked: a lock file in it would have to go before the seal, and between its going and the
    folder's new name a second writer could make another and hold that. (NFS cannot lock a folder.)

    Raises:
        ArchiveError: another process holds it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    if not try_lock(descriptor):
        os.close(descriptor)
        raise ArchiveError(f"another process is writing {folder}: let it end, or stop it")
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


class RunState(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The part of the manifest that is known before the end. ``site_config`` is the site file's text, or None."""

    run_id: str
    source: Source
    site: str | None
    started_at: Instant
    site_config: str | None
    software: dict[str, str]
    robots: list[RobotsAnswer] = []
    discovery: list[Discovery] = []
    listed: dict[str, int] = {}
    resumed: int = 0
    notes: list[str] = []


def write_state(folder: Path, state: RunState) -> None:
    """Write the state so that it is whole or the old one."""
    write_durably(folder / STATE_NAME, msgspec.json.encode(state))


def find_state(folder: Path) -> RunState | None:
    """The state of an open run; of one that was sealed but not yet renamed when it was killed, out of its manifest.

    None when the folder is not there, or was killed before the state was first written.

    Raises:
        ArchiveError: the state is there and cannot be read.
    """
    path = folder / STATE_NAME
    try:
        if path.exists():
            return msgspec.json.decode(path.read_bytes(), type=RunState)
        if (folder / MANIFEST_NAME).exists():
            manifest = msgspec.json.decode((folder / MANIFEST_NAME).read_bytes(), type=RunManifest)
            return msgspec.convert(manifest, RunState, from_attributes=True)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ArchiveError(f"{folder} cannot be resumed, its state is damaged: {error}; move it away") from error
    return None
