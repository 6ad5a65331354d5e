"""The archive and what is around it: damage, unfinished runs, leftovers of killed processes.

Belongs here: the quick look (sizes and manifests) and the deep one (every byte). Does not belong here: mending.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from contracts.run import source_of
from crawler.archive.check import check_archive
from crawler.archive.runs import OPEN_SUFFIX, is_being_written, iter_open_runs, iter_run_ids
from crawler.archive.volumes import VOLUME_PATTERN
from pipeline.ground.finding import Finding, merge_likes
from pipeline.ground.folders import is_shared
from pipeline.ground.printable import count
from pipeline.health.look import Look
from pipeline.health.machine import quote
from pipeline.history.published_file import iter_readings, iter_release_folders
from pipeline.stages.releases import current_release
from warehouse.extracted.reader import find_unreadable
from warehouse.files import PRIVATE_MARK, STAGING_MARK

RESTORE = "iomdb fsck, then restore this run's folder from a copy: docs/operating.md, restore"


def check_sizes(look: Look) -> list[Finding]:
    """Manifests that cannot be read, and sealed files that are missing or have another size."""
    found = [
        Finding(f"archive:{run_id}", "problem", f"the run cannot be read: {fault}", run_id, RESTORE)
        for run_id, fault in look.history.faults.items()
    ]
    for run in look.history.runs:
        folder = look.folder.archive / run.run_id
        wrong = [fault for file in run.files if (fault := _find_fault(folder / file.name, file.bytes))]
        if wrong:
            what = wrong[0] + (f" (and {len(wrong) - 1} more files)" if len(wrong) > 1 else "")
            found.append(Finding(f"archive:{run.run_id}", "problem", what, run.run_id, RESTORE))
    return found


def _find_fault(path: Path, size: int) -> str | None:
    try:
        there = os.stat(path).st_size  # noqa: PTH116 - a year of runs has many files, and this is asked every minute
    except FileNotFoundError as error:
        # A machine that crawls for others keeps ledgers alone: the pages are in the store.
        return None if is_shared() and path.match(VOLUME_PATTERN) else f"{path.name} cannot be read: {error.strerror}"
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror}"
    return None if there == size else f"{path.name} has {there} bytes, was sealed with {size}"


def check_imports(look: Look) -> list[Finding] | None:
    """Runs made from a damaged file, until somebody decides on them: what the file held is not all in the archive."""
    if look.decisions is None:
        return None
    decided = {decision.run_id for decision in look.decisions}
    return [
        Finding(
            f"import:{run.run_id}",
            "notice",
            f"{count(run.damaged, 'place')} of the file could not be read, and what was there is missing: "
            + next(iter(run.notes), ""),
            run.run_id,
            f"ingest a whole copy; or, where there is none: iomdb decide accept {run.run_id} --why '…'",
        )
        for run in look.history.runs
        if run.damaged and run.run_id not in decided
    ]


def check_records(look: Look) -> list[Finding]:
    """Every record of every run, read and proved: one finding a damaged run. Slow: it reads the whole archive."""
    damages: dict[str, list[str]] = {}
    for damage in check_archive(look.folder.archive):
        if damage.code != "left_open":
            place = f"{damage.file or 'run'}{'' if damage.offset is None else f' at {damage.offset}'}"
            damages.setdefault(damage.run_id, []).append(f"{place}: {damage.message}")
    return [
        Finding(
            f"record:{'-'.join(run_id.split())}",
            "problem",
            f"{len(told)} faults; the first: {told[0]}",
            run_id,
            RESTORE,
        )
        for run_id, told in sorted(damages.items())
    ]


def check_readings(look: Look) -> list[Finding]:
    """Readings whose footer cannot be read: nothing can be published until they are made again."""
    return [
        Finding(
            f"reading:{path.parent.name}/{path.stem}",
            "problem",
            f"a reading cannot be read: {fault}",
            str(path),
            f"rm {quote(path)} && iomdb extract" if path.parent.name == str(current_release().number) else RESTORE,
        )
        for path, fault in find_unreadable(list(iter_readings(look.folder))).items()
    ]


def check_orphans(look: Look) -> list[Finding]:
    """What killed processes left, runs that no crawl will resume, readings of runs that are not there."""
    unfinished, leftovers = list(_find_unfinished(look)), list(_find_leftovers(look))
    return [
        *merge_likes(unfinished, "orphan:unfinished", "runs were never finished"),
        *merge_likes(leftovers, "orphan:leftovers", "killed processes left something behind"),
        *_find_unknown_readings(look),
    ]


def _find_unfinished(look: Look) -> Iterator[Finding]:
    """Open runs of past days that nobody writes: the next crawl of their site seals what they have."""
    today = f"{look.now.astimezone(UTC):%Y%m%d}"
    for run_id in iter_open_runs(look.folder.archive):
        folder = look.folder.archive / (run_id + OPEN_SUFFIX)
        if run_id[:8] >= today or is_being_written(folder):
            continue
        site = source_of(run_id)
        crawls = look.sites is not None and site in look.sites
        remedy = f"iomdb crawl --site {site}" if crawls else f"import it again, or: rm -r {quote(folder)}"
        what = f"a run of {_write_day(run_id)} was never finished; the next crawl of {site} seals what it has"
        if not crawls:
            what = f"an import of {_write_day(run_id)} was never finished; it is made anew from its input"
        yield Finding(f"orphan:{run_id}", "notice", what, str(folder), remedy)


def _find_leftovers(look: Look) -> Iterator[Finding]:
    if look.holder is not None:
        return
    root = look.folder.root
    places = (root, look.folder.extracted, *iter_release_folders(look.folder), look.folder.releases)
    for place in places:
        for path in sorted(place.glob(".*")) if place.is_dir() else ():
            if path.name.startswith((PRIVATE_MARK, STAGING_MARK)):
                flag = "-r " if path.is_dir() else ""
                what = "a process that was killed left this behind; the next publish or extraction removes most"
                yield Finding(f"orphan:{path.name}", "notice", what, str(path), f"rm {flag}{quote(path)}")


def _find_unknown_readings(look: Look) -> Iterator[Finding]:
    known = set(iter_run_ids(look.folder.archive))
    for folder in iter_release_folders(look.folder):
        unknown = [path for path in sorted(folder.glob("*.parquet")) if path.stem not in known]
        if unknown:
            what = (
                f"{len(unknown)} readings of extractor release {folder.name} are of runs that the archive lacks: "
                "nothing is published"
            )
            remedy = f"restore the runs from a copy; of each that is gone for good: rm {quote(unknown[0])}"
            yield Finding(f"orphan:extracted-{folder.name}", "problem", what, str(unknown[0]), remedy)


def _write_day(run_id: str) -> str:
    return f"{datetime.strptime(run_id[:8], '%Y%m%d').replace(tzinfo=UTC):%Y-%m-%d}"
