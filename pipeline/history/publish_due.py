"""Whether the published file is made of all that there is now: a fingerprint of its inputs, kept beside it.

Belongs here: fingerprint, note of the last publish, and whether a publish is due. Does not belong here: publishing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from crawler.archive.runs import iter_run_ids
from crawler.durable import write_durably
from pipeline.ground.folders import DataFolder
from pipeline.history.completeness import iter_readings
from pipeline.history.crawl_due import Due

LONGEST_WAIT = timedelta(hours=6)
"""New captures wait for crawls that still run, so that one publish follows them all, but not longer than this."""

MAX_ATTEMPTS = 3
"""A publish that dies this often on the same inputs waits for a person: by then alerts were sent."""


class PublishedInputs(msgspec.Struct, frozen=True):
    """The note a publish leaves: what it was made of, and when it ended, in UTC."""

    inputs_sha256: str
    published_at: datetime


def fingerprint_inputs(folder: DataFolder, release: int, *, run_ids: Iterable[str] | None = None) -> str:
    """A sha256 over all that a publish is made of: runs, readings, decisions and the extractor's release.

    Today's site files are no input: what a run was held to is recorded in it.

    Args:
        folder: the data folder.
        release: the extractor's release.
        run_ids: the sealed runs that count; all of them where it is None. A reading counts by name, size and time:
            it is replaced whole or not at all.
    """
    digest = hashlib.sha256(f"release {release}\n".encode())
    for run_id in iter_run_ids(folder.archive) if run_ids is None else run_ids:
        digest.update(f"run {run_id}\n".encode())
    for path in iter_readings(folder):
        status = path.stat()
        digest.update(f"reading {path.parent.name}/{path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    if folder.decisions.exists():
        digest.update(f"decisions {hashlib.sha256(folder.decisions.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def note_publish(folder: DataFolder, inputs_sha256: str, *, now: datetime) -> None:
    """Write down what the published file is made of."""
    write_durably(find_note(folder), msgspec.json.encode(PublishedInputs(inputs_sha256, now)))


def find_published_inputs(folder: DataFolder) -> PublishedInputs | None:
    """What the published file is made of; None where that is not known: never published, or the note is damaged."""
    try:
        return msgspec.json.decode(find_note(folder).read_bytes(), type=PublishedInputs)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def find_note(folder: DataFolder) -> Path:
    """Where the note stands."""
    return folder.extracted / "published.json"


def judge_publish_due(
    inputs_sha256: str,
    published: PublishedInputs | None,
    *,
    now: datetime,
    n_crawls_active: int,
    n_publishes_active: int,
    n_attempts: int,
) -> Due:
    """Whether to publish now.

    Args:
        inputs_sha256: of what there is now.
        published: what the last publish was made of.
        now: UTC.
        n_crawls_active: crawls queued or running.
        n_publishes_active: publishes queued or running.
        n_attempts: publishes already started on these very inputs.
    """
    if published is not None and published.inputs_sha256 == inputs_sha256:
        return Due(is_due=False, reason="nothing new since the last publish")
    if n_publishes_active:
        return Due(is_due=False, reason="a publish is already queued or running")
    if n_attempts >= MAX_ATTEMPTS:
        return Due(
            is_due=False, reason=f"{n_attempts} publishes of these inputs failed; `iomdb doctor` says what to do"
        )
    waited = None if published is None else now - published.published_at
    if n_crawls_active and (waited is None or waited < LONGEST_WAIT):
        return Due(is_due=False, reason=f"waiting for {n_crawls_active} crawls, to publish once for all of them")
    return Due(is_due=True, reason="there are new captures or decisions")
