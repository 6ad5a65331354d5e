"""Whether the archive still holds every run that was read from it: nothing is published in place of what is lost.

Belongs here: which runs are there, which are lost, and refusing. Does not belong here: what is damaged inside a run
(``crawler.archive.check``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crawler.archive.runs import iter_run_ids, iter_unsealed_folders
from pipeline.ground.errors import PipelineError
from pipeline.ground.folders import DataFolder
from pipeline.history.summary import count


class LostRunsError(PipelineError):
    """Raised by publishing and rebuilding while runs that were read are not in the archive; nothing was changed."""


def require_whole_archive(folder: DataFolder) -> tuple[str, ...]:
    """The ids of all sealed runs, in order, where none is known to be lost.

    Raises:
        LostRunsError: there is no run at all, or a run is lost; the text names the first.
    """
    run_ids = tuple(iter_run_ids(folder.archive))
    if not run_ids:
        raise LostRunsError(
            f"{folder.archive} holds no run, so nothing is published. Is its disk mounted, and IOMDB_DATA the right "
            "folder? To begin: `iomdb run`, `iomdb crawl` or `iomdb ingest`"
        )
    if lost := find_lost_runs(folder, run_ids):
        raise LostRunsError(
            f"{count(len(lost), 'run')} of which readings or parts are there {'is' if len(lost) == 1 else 'are'} not "
            f"in the archive, the first {lost[0]}: nothing is published without what they hold. Restore them from a "
            "copy; for those that are gone for good: docs/operating.md, restore"
        )
    return run_ids


def find_lost_runs(folder: DataFolder, run_ids: tuple[str, ...]) -> list[str]:
    """Runs that were read, or have a folder, and are not among the sealed ``run_ids``; in order."""
    known = {path.stem for path in iter_readings(folder)} | set(iter_unsealed_folders(folder.archive))
    return sorted(known - set(run_ids))


def iter_readings(folder: DataFolder) -> Iterator[Path]:
    """The Parquet files of all releases, by release and run."""
    for release in iter_release_folders(folder):
        yield from sorted(release.glob("*.parquet"))


def iter_release_folders(folder: DataFolder) -> list[Path]:
    """The folders ``extracted/<release>/``, in the order of their releases."""
    if not folder.extracted.is_dir():
        return []
    return sorted((path for path in folder.extracted.iterdir() if path.name.isdecimal()), key=lambda p: int(p.name))
