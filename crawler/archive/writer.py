"""Writing a run: records, then the ledger lines that name them, then the seal.

Belongs here: the order in which bytes reach the disk, rotation, and the folder's life from ``.open`` to sealed.
Does not belong here: the form of a record (``crawler.warc.records``), mending after a kill (``salvage``, which ``open``
calls).

A record is handed to the operating system whole before the ledger line that names it, so a killed process loses
neither. Both are forced to the disk in groups, records first: a power loss costs at most the last group, and a ledger
line whose record did not survive is dropped by the salvage.
"""

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Self

import msgspec

from contracts.outcomes import Outcome
from contracts.run import CaptureRef, Discovery, Fetch, RobotsAnswer, RunManifest, SealedFile, Source
from crawler.archive.runs import (
    LEDGER_NAME,
    MANIFEST_NAME,
    OPEN_SUFFIX,
    Line,
    RunState,
    check_run_id,
    encode_fetch,
    find_state,
    finish_seal,
    lock_open_run,
    write_state,
)
from crawler.archive.salvage import Salvaged, salvage_run
from crawler.archive.volumes import (
    Exchange,
    HandedOver,
    Original,
    Volumes,
    append_content,
    append_exchange,
    append_revisit,
    append_whole,
)
from crawler.disk import sync_appended, sync_folder, write_durably
from crawler.errors import ArchiveError
from crawler.warc.records import Speed, sha256_hex

MAX_FILE_BYTES = 1_000_000_000
"""A WARC file is closed and the next begun past this size: what the WARC specification recommends."""
SYNC_BYTES = 16_000_000
SYNC_EVERY = timedelta(seconds=5)
"""Records and lines are forced to the disk after so many bytes, or when the fetches' own times have moved so far."""


@dataclass(slots=True)
class RunWriter:
    """The one writer of one run: :meth:`open` it, then :meth:`seal` it, or :meth:`close` it to go on later.

    ``outcomes`` counts the ledger lines so far by outcome, those of before a kill included; the lines themselves are on
    the disk (``ledger.iter_lines``).
    """

    archive: Path
    state: RunState
    salvaged: Salvaged
    outcomes: Counter[Outcome]
    _volumes: Volumes
    _ledger: BinaryIO
    _lock: int
    _is_resumable: bool
    _synced_bytes: int = 0
    _synced_at: datetime | None = None

    @classmethod
    def open(
        cls,
        archive: Path,
        run_id: str,
        *,
        source: Source,
        site: str | None,
        started_at: datetime,
        site_config: str | None = None,
        software: Mapping[str, str] | None = None,
        max_file_bytes: int = MAX_FILE_BYTES,
        start_over: bool = False,
    ) -> Self:
        """Begin the run, or go on with it when ``<run_id>.open`` is there: it is salvaged first.

        Of a resumed run ``started_at``, ``site_config`` and ``software`` stay those it began with. ``start_over``
        throws away what was left instead: for runs that are made from their input alone.

        Raises:
            ArchiveError: the run is sealed already, another process writes it, or the folder cannot be written.
        """
        if (archive / check_run_id(run_id)).exists():
            raise ArchiveError(f"the run {run_id} is sealed in {archive}: nothing is added to it")
        folder = archive / (run_id + OPEN_SUFFIX)
        fresh = RunState(
            run_id=run_id,
            source=source,
            site=site,
            started_at=started_at,
            site_config=site_config,
            software=dict(software or {}),
        )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with ExitStack() as on_failure:
                lock = lock_open_run(folder)
                on_failure.callback(os.close, lock)
                state, salvaged = _take_up(folder, fresh, start_over=start_over)
                ledger = (folder / LEDGER_NAME).open("ab", buffering=0)
                sync_folder(folder)
                sync_folder(archive)
                on_failure.pop_all()
        except OSError as error:
            raise ArchiveError(f"the run {run_id} cannot be written in {archive}: {error}") from error
        is_resumable = source == "crawl" and not start_over
        speed: Speed = "fast" if is_resumable else "portable"
        volumes = Volumes(folder, run_id, speed, max_file_bytes, dict(salvaged.records_by_file))
        return cls(archive, state, salvaged, Counter(salvaged.outcomes), volumes, ledger, lock, is_resumable)

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.state.run_id

    @property
    def folder(self) -> Path:
        """The folder of the open run."""
        return self.archive / (self.run_id + OPEN_SUFFIX)

    @property
    def n_fetches(self) -> int:
        """Lines in the ledger."""
        return self.outcomes.total()

    @property
    def resumed(self) -> int:
        """How many times this run was taken up again."""
        return self.state.resumed

    @property
    def orphans(self) -> Mapping[str, CaptureRef]:
        """Captures found by the salvage that no ledger line names, by target URL."""
        return self.salvaged.orphans

    def write_exchange(self, exchange: Exchange) -> CaptureRef:
        """Write a request and its response: :func:`crawler.archive.volumes.append_exchange`."""
        return append_exchange(self._volumes, exchange)

    def write_revisit(self, exchange: Exchange, original: Original, *, not_modified: bool) -> CaptureRef:
        """Write a revisit: ``not_modified`` for a 304, else for a body that is equal to the original's.

        Only the response's head is kept; ``exchange.body`` and ``exchange.payload_sha256`` are not looked at.
        """
        return append_revisit(self._volumes, exchange, original, not_modified=not_modified)

    def write_content(self, handed: HandedOver) -> CaptureRef:
        """Write content that was handed over: :func:`crawler.archive.volumes.append_content`."""
        return append_content(self._volumes, handed)

    def write_fetch(self, fetch: Fetch) -> Line:
        """Write the ledger line of a scheduled URL, after its record; returns where it is and what was stored."""
        stored = fetch.numbered(self.n_fetches)
        offset = append_whole(self._ledger, encode_fetch(stored))
        self.outcomes[stored.outcome] += 1
        self._synced_at = self._synced_at or stored.fetched_at
        n_unsynced = self._volumes.bytes_written - self._synced_bytes
        # What is begun anew when it is cut, like an import, whose times are its captures': its size alone counts.
        is_late = self._is_resumable and abs(stored.fetched_at - self._synced_at) >= SYNC_EVERY
        if n_unsynced >= SYNC_BYTES or is_late:
            self.sync()
            self._synced_at = stored.fetched_at
        return Line(offset, stored)

    def record_robots(self, robots: RobotsAnswer) -> None:
        """Keep a host's robots.txt as fetched, also over a kill; a later one of the same host takes its place."""
        others = [known for known in self.state.robots if known.host != robots.host]
        self._change_state(robots=[*others, robots])

    def record_discovery(self, discovery: Sequence[Discovery]) -> None:
        """Keep how whole discovery was, also over a kill; takes the place of what was recorded before."""
        self._change_state(discovery=list(discovery))

    def record_listed(self, kind: str, n_pages: int | None) -> None:
        """Keep how many distinct pages of a kind the sources named, also over a kill; a later word counts.

        None: that is not known.
        """
        others = {name: number for name, number in self.state.listed.items() if name != kind}
        self._change_state(listed=others if n_pages is None else {**others, kind: n_pages})

    def sync(self) -> None:
        """Force what was written to the disk: records first, then the ledger lines that name them."""
        self._volumes.sync()
        sync_appended(self._ledger)
        self._synced_bytes = self._volumes.bytes_written

    def close(self) -> None:
        """Leave the run open on disk, to be resumed. Calling it twice does nothing."""
        if self._ledger.closed:
            return
        self._volumes.close()
        sync_appended(self._ledger)
        self._ledger.close()
        os.close(self._lock)

    def discard(self) -> None:
        """Throw the open run away: for an import that found its input to be bad after all."""
        self.close()
        shutil.rmtree(self.folder)

    def seal(
        self, *, ended_at: datetime, sealed_at: datetime, complete: bool, notes: Sequence[str] = (), damaged: int = 0
    ) -> RunManifest:
        """End the run: write ``run.json`` durably, and give the folder its final name. The writer is closed.

        ``damaged`` counts the places of an imported file that could not be read.

        Raises:
            ArchiveError: the disk failed; the run stays open and can be resumed.
        """
        try:
            self.close()
            manifest = msgspec.structs.replace(self._manifest(ended_at, sealed_at, complete, notes), damaged=damaged)
            write_durably(self.folder / MANIFEST_NAME, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
            finish_seal(self.archive, self.run_id)
        except OSError as error:
            raise ArchiveError(f"the run {self.run_id} could not be sealed in {self.archive}: {error}") from error
        return manifest

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _change_state(self, **changes: object) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)
        if self._is_resumable:
            write_state(self.folder, self.state)

    def _manifest(self, ended_at: datetime, sealed_at: datetime, complete: bool, notes: Sequence[str]) -> RunManifest:
        state, config = self.state, self.state.site_config
        records = {**self._volumes.records, LEDGER_NAME: self.n_fetches}
        known = msgspec.structs.asdict(state) | {
            "listed": dict(sorted(state.listed.items())),
            "software": dict(sorted(state.software.items())),
            "notes": [*state.notes, *notes],
        }
        return RunManifest(
            **known,
            ended_at=ended_at,
            sealed_at=sealed_at,
            complete=complete,
            files=[seal_file(self.folder / name, n) for name, n in sorted(records.items())],
            counts={str(outcome): n for outcome, n in sorted(self.outcomes.items())},
            site_config_sha256=None if config is None else sha256_hex(config.encode()),
        )


def _take_up(folder: Path, fresh: RunState, *, start_over: bool) -> tuple[RunState, Salvaged]:
    """The state to go on with, written down, and what was salvaged; for a new run, ``fresh`` and nothing."""
    if start_over:
        for path in folder.iterdir():
            path.unlink()
    known = find_state(folder)
    salvaged = salvage_run(folder)
    state = fresh
    if known is not None:
        state = msgspec.structs.replace(known, resumed=known.resumed + 1, notes=[*known.notes, *salvaged.notes])
    write_state(folder, state)
    (folder / MANIFEST_NAME).unlink(missing_ok=True)
    return state, salvaged


def seal_file(path: Path, records: int) -> SealedFile:
    """The manifest's entry of a finished file that holds so many records or lines."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return SealedFile(path.name, path.stat().st_size, digest, records)
