"""What earlier runs came to: their manifests in short, verdicts, open pages, and the disk that the next run may need.

Fast enough to look every minute. Belongs here: reading them, also when some cannot be read; refusing work for which the
disk has too little room, before it starts. Does not belong here: what follows (status, doctor), which pages are open
(the build's step 84), when they are asked again (``crawler.session.frontier``), what happens when a disk fills all the
same (each writer takes back what it began; a crawl is resumed, a private file is thrown away).
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

from contracts.outcomes import OUTCOMES, Effect
from contracts.run import Discovery, SealedFile, Source
from contracts.verdict import Verdict
from crawler.archive.runs import MANIFEST_NAME, iter_run_ids, iter_unsealed_folders
from crawler.site.site import Site
from pipeline.ground.errors import PipelineError
from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import write_bytes
from warehouse.errors import WarehouseError
from warehouse.read.published import as_objects, fetch_query, open_published, run_query


class RobotsRow(Struct, frozen=True):
    """What a host's robots.txt answered; None where nothing did."""

    host: str
    status: int | None


class SealedRun(Struct, frozen=True):
    """The part of ``run.json`` that says how a run went, without what is long (robots.txt bodies, site files)."""

    run_id: str
    source: str
    site: str | None
    started_at: datetime
    sealed_at: datetime
    complete: bool
    counts: dict[str, int]
    files: list[SealedFile]
    robots: list[RobotsRow] = []
    discovery: list[Discovery] = []
    damaged: int = 0
    notes: list[str] = []

    @property
    def saw_something(self) -> bool:
        """Whether the content of any page was known after this run."""
        seen = (outcome for outcome in OUTCOMES.values() if outcome.effect is Effect.SEEN)
        return any(self.counts.get(outcome) for outcome in seen)

    @property
    def n_bytes(self) -> int:
        """Bytes of its sealed files."""
        return sum(file.bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class RunHistory:
    """All sealed runs, oldest first, and by run id what is wrong with the manifests that cannot be read."""

    runs: Sequence[SealedRun]
    faults: Mapping[str, str]

    def iter_crawls(self, site: str) -> Iterator[SealedRun]:
        """The site's sealed crawls, newest first."""
        return (run for run in reversed(self.runs) if run.source == "crawl" and run.site == site)

    def find_newest_crawl(self, site: str) -> SealedRun | None:
        """The site's newest sealed crawl, or None."""
        return next(self.iter_crawls(site), None)

    def find_last_success(self, site: str) -> SealedRun | None:
        """The site's newest sealed crawl that saw any page, or None."""
        return next((run for run in self.iter_crawls(site) if run.saw_something), None)

    def find_waiting_since(self, published_at: datetime | None) -> datetime | None:
        """When the first run was sealed that came after the last publish (None: there was none); None without one."""
        return min(
            (run.sealed_at for run in self.runs if published_at is None or run.sealed_at > published_at), default=None
        )


def read_run_history(archive: Path) -> RunHistory:
    """The manifests of all sealed runs; one that cannot be read is a fault and not an error."""
    decoder = msgspec.json.Decoder(SealedRun)
    runs = []
    faults = dict.fromkeys(iter_unsealed_folders(archive), f"{MANIFEST_NAME} is missing")
    for run_id in iter_run_ids(archive):
        try:
            runs.append(decoder.decode((archive / run_id / MANIFEST_NAME).read_bytes()))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            faults[run_id] = f"{MANIFEST_NAME}: {error}"
    return RunHistory(sorted(runs, key=lambda run: (run.started_at, run.run_id)), faults)


class PublishedVerdict(Verdict, frozen=True, kw_only=True):
    """A verdict as v1.verdicts has it, with the source of its run."""

    source: Source


def read_verdicts(published: Path) -> list[PublishedVerdict]:
    """The published verdicts, oldest run first.

    Raises:
        WarehouseError: there is no published file, or it cannot be read.
    """
    with open_published(published) as connection:
        result = fetch_query(
            connection,
            'SELECT run_id, source, v.site, v.kind, v.verdict, judged_by AS "by", v.reasons '
            "FROM v1.verdicts AS v JOIN v1.runs AS r USING (run_id) ORDER BY started_at, run_id, v.site, v.kind",
        )
    return [msgspec.convert(row | {"reasons": row["reasons"] or ()}, PublishedVerdict) for row in as_objects(result)]


def find_unsettled(published: Path, site: str) -> frozenset[tuple[str, str]]:
    """Kind and key of each such page of a site; none where nothing is published, or the file cannot be read."""
    try:
        result = run_query(published, "SELECT kind, page_key FROM internal.unsettled WHERE site = ?", [site])
    except WarehouseError:
        return frozenset()
    return frozenset((str(kind), str(page_key)) for kind, page_key in result.rows)


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
