"""Finding the runs of the archive, and reading their sealed manifests and their ledgers, ``fetches.jsonl``.

Belongs here: which folder is a run, sealed or open; the form of a ledger's line. Does not belong here: the shapes of a
manifest and of a fetch (``contracts``), the records inside a run (``writer``, ``reader``), locks and seals
(``open_run``), the order in which lines and records reach the disk (``writer``).
"""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from contracts.run import Fetch, RunManifest, is_run_id, source_of
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
