"""Where things live, and who may write there: the variables of the environment, the layout of a data folder, its lock.

Belongs here: paths; one writer at a time, by an operating-system lock that ends with its process, however it dies, and
saying who holds it. Does not belong here: reading or writing what is there, what is done under the lock.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from crawler.disk import try_lock
from pipeline.ground.errors import LockedError

ARCHIVE_VARIABLE, STORE_VARIABLE = "IOMDB_ARCHIVE", "IOMDB_STORE"
"""Of several machines: the object stores that they share (:mod:`pipeline.cluster`)."""

PROJECT_ROOT = Path(__file__).resolve().parents[2]


class _Place:
    """A place below the root of a data folder, by its path from there."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __get__(self, folder: "DataFolder", _: object) -> Path:
        return folder.root / self._path


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The layout of one data folder.

    >>> DataFolder(Path("data")).published.as_posix()
    'data/iomdb.duckdb'
    """

    root: Path

    archive = _Place("archive")
    """One folder a run: the truth."""
    extracted = _Place("extracted")
    """``<release>/<run_id>.parquet``: one reading of one run, immutable."""
    inputs_note = _Place("extracted/published.json")
    """What the published file was made of, as its publish noted."""
    file_marks = _Place("extracted/published-file.json")
    """What the published file is by its bytes."""
    sketches = _Place("extracted/sketches.bin")
    """What is kept of texts for finding similar ones."""
    published = _Place("iomdb.duckdb")
    """The DuckDB file that people open; only ever replaced by a rename."""
    search_index = _Place("iomdb.search")
    """The index of the published file's texts, made anew with it."""
    releases = _Place("releases")
    """``<id>/``: ordered Parquet, datapackage.json, checksums."""
    private = _Place("private")
    """Personal contacts cut from published text. Mode 0700."""
    decisions = _Place("decisions.jsonl")
    """``decisions.jsonl``: what people decided, as recorded input."""
    alert_settings = _Place("alerts.toml")
    """Whom to tell of trouble, as the operator wrote it."""
    incidents = _Place("incidents.json")
    """The open incidents, and who was told of them."""
    invented = _Place("INVENTED.txt")
    """There where the archive is invented (``iomdb demo``); whatever is shown of it must say so."""
    report = _Place("report")
    """Pages for people."""
    dagster = _Place("dagster")
    """The Dagster instance: DAGSTER_HOME of every process we start."""
    dagster_runs = _Place("dagster/history/runs.db")
    """Where Dagster's SQLite instance keeps runs and heartbeats."""
    dagster_schedules = _Place("dagster/schedules/schedules.db")
    """Where it keeps ticks and states."""
    daemon_lock = _Place("dagster/daemon.lock")
    """Held by the one daemon for as long as it lives."""
    ui_port = _Place("dagster/ui-port")
    """The port at which Dagster's UI was last served."""
    lock = _Place("writer.lock")
    """The file whose operating-system lock the one writer holds."""
    crawl_locks = _Place("crawling")
    """One lock file a site: its host is never asked by two crawls at once."""


def find_data_folder(environ: Mapping[str, str] = os.environ) -> DataFolder:
    """The data folder named by ``IOMDB_DATA``, else ``data`` in the current folder; absolute, not created."""
    return DataFolder(Path(environ.get("IOMDB_DATA") or "data").absolute())


def find_sites_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of site files named by ``IOMDB_SITES``, else the one that ships with the crawler; absolute."""
    return Path(environ.get("IOMDB_SITES") or PROJECT_ROOT / "crawler" / "sites").absolute()


def is_shared(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the archive is an object store that other machines use too."""
    return bool(environ.get(ARCHIVE_VARIABLE))


def find_site_ids(sites_folder: Path) -> list[str]:
    """The ids of all sites, by the names of their files; the files are not read."""
    return sorted(path.stem for path in sites_folder.glob("*.toml"))


WAIT_SECONDS = 4.0
"""With the start of a command, a second writer knows within five seconds that it may not write, and why."""

POLL_SECONDS = 0.1


@contextmanager
def hold_lock(
    path: Path,
    *,
    task: str,
    since: datetime,
    wait_seconds: float = WAIT_SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the lock at ``path`` while the block runs; the kernel frees it when this process ends, also by SIGKILL.

    The lock file is made where missing and never removed: else two processes could hold "the" lock. ``task`` and
    ``since`` are for those who find the lock taken.

    Raises:
        LockedError: another process still holds it after ``wait_seconds``; the text names its task and process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        deadline = monotonic() + wait_seconds
        while not try_lock(file.fileno()):
            if monotonic() >= deadline:
                raise LockedError(_describe_refusal(path, file))
            sleep(POLL_SECONDS)
        _name_holder(file, task, since)
        yield


def keep_lock(path: Path, *, task: str, since: datetime) -> None:
    """Take the lock at ``path`` for the rest of this process's life, also when it becomes another program (execve).

    Raises:
        LockedError: another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644), "r+", encoding="utf-8", closefd=False)
    if not try_lock(file.fileno()):
        raise LockedError(_describe_refusal(path, file))
    _name_holder(file, task, since)
    os.set_inheritable(file.fileno(), True)


def find_holder(path: Path) -> str | None:
    """Who holds the lock at ``path`` now, in words, or None when nobody does."""
    try:
        with path.open(encoding="utf-8") as file:
            return None if try_lock(file.fileno()) else _describe_holder(file)
    except FileNotFoundError:
        return None


def _name_holder(file: IO[str], task: str, since: datetime) -> None:
    file.truncate(0)
    # Naming the holder is a courtesy: on a full disk the lock holds without, so that room can be made under it.
    with suppress(OSError):
        os.write(file.fileno(), json.dumps({"pid": os.getpid(), "since": since.isoformat(), "task": task}).encode())


def _describe_refusal(path: Path, file: IO[str]) -> str:
    return (
        f"{path} is held by {_describe_holder(file)}. Wait until it ends, or stop that process; "
        "the lock frees itself when the process is gone."
    )


def _describe_holder(file: IO[str]) -> str:
    file.seek(0)
    try:
        holder = json.loads(file.read())
        return f"process {int(holder['pid'])} ({holder['task']!s}, since {holder['since']!s})"
    except (ValueError, KeyError, TypeError):
        return "another process"
