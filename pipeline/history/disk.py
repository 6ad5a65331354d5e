"""Free disk: how much a step of work may need, and refusing before it starts rather than failing in its middle.

Belongs here: measuring and estimating bytes. Does not belong here: what happens when a disk fills all the same (each
writer takes back what it began; a crawl is resumed, a private file is thrown away).
"""

import os
import shutil
from itertools import islice
from pathlib import Path

from crawler.site.site import Site
from pipeline.ground.errors import PipelineError
from pipeline.ground.folders import DataFolder
from pipeline.history.run_history import read_run_history

RESERVE_BYTES = 200_000_000
"""Left free after any step: for Dagster's record of runs, logs, and the state of alerts."""

CRAWL_GROWTH = 3
"""A crawl may need this many times the largest of the site's last five crawls (a full sweep after conditional ones)."""

PUBLISH_GROWTH = 3
"""A publish beside a published file may need this many times its size: staging, spilling, and the new file.

Measured at 1.1 (40 pages), 1.8 (600) and 2.2 (3,000 pages in two runs): docs/operating.md, disk arithmetic.
"""
FIRST_PUBLISH_FACTOR = 40
"""The first publish, per byte of extracted Parquet beyond the least. Measured at 11 to 35: made-up texts pack well."""
PUBLISH_LEAST = 50_000_000


class DiskError(PipelineError):
    """Raised before a step starts when the disk has less room than the step may need. Nothing was begun."""


def read_free_bytes(path: Path) -> int:
    """Bytes that this process may still write on the disk of ``path``, or of its nearest folder that exists."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free


def estimate_crawl(archive: Path, site: Site) -> int:
    """Bytes that a crawl of the site may write: its own past times :data:`CRAWL_GROWTH`, never over its budget.

    A site without a past may spend its whole budget.
    """
    sizes = [run.n_bytes for run in islice(read_run_history(archive).iter_crawls(site.id), 5)]
    budget = site.file.budget.bytes
    return min(budget, CRAWL_GROWTH * max(sizes)) if sizes else budget


def estimate_publish(folder: DataFolder) -> int:
    """Bytes that a publish may write: by the published file's size, or before the first publish by the extractions'."""
    if folder.published.exists():
        return PUBLISH_LEAST + PUBLISH_GROWTH * folder.published.stat().st_size
    return PUBLISH_LEAST + FIRST_PUBLISH_FACTOR * measure(folder.extracted)


def require_room(folder: Path, needed: int, task: str) -> None:
    """Refuse ``task`` where it could fill the disk.

    Raises:
        DiskError: fewer than ``needed`` bytes and the reserve are free; the text gives all three numbers.
    """
    free = read_free_bytes(folder)
    if free < needed + RESERVE_BYTES:
        raise DiskError(
            f"{task} may need {write_bytes(needed)} and {write_bytes(RESERVE_BYTES)} are kept in reserve, but "
            f"{folder} has {write_bytes(free)} free. Nothing was begun. Free some disk, or move the data folder "
            "to a larger one (docs/operating.md)"
        )


def require_crawl_room(archive: Path, site: Site) -> None:
    """Refuse a crawl of the site where it could fill the disk.

    Raises:
        DiskError: see :func:`require_room`.
    """
    require_room(archive, estimate_crawl(archive, site), f"a crawl of {site.id}")


def require_publish_room(folder: DataFolder) -> None:
    """Refuse a publish where it could fill the disk.

    Raises:
        DiskError: see :func:`require_room`.
    """
    require_room(folder.root, estimate_publish(folder), "a publish")


def measure(folder: Path) -> int:
    """Bytes of all files under a folder; 0 where it is not there. Links are not followed."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 - a year of runs has many files
            except FileNotFoundError:
                continue
    return total


def write_bytes(n: int) -> str:
    """A size for people, in powers of ten.

    >>> write_bytes(999), write_bytes(1_530_000), write_bytes(79_000_000_000)
    ('999 bytes', '1.5 MB', '79.0 GB')
    """
    if n < 1_000:
        return f"{n} bytes"
    for size, unit in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "KB")):
        if n >= size:
            return f"{n / size:.1f} {unit}"
    raise AssertionError("every size of a thousand bytes or more has a unit")
