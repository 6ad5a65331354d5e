"""What earlier runs came to: their manifests in short, the published verdicts, the pages that are open.

Fast enough to look every minute. Belongs here: reading them, also when some cannot be read. Does not belong here: what
follows (status, doctor), which pages are open (the build's step 84), when they are asked again
(``crawler.session.frontier``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from contracts.outcomes import OUTCOMES, Effect
from contracts.run import Discovery, SealedFile, Source
from contracts.verdict import Verdict
from crawler.archive.runs import MANIFEST_NAME, iter_run_ids, iter_unsealed_folders
from warehouse.errors import WarehouseError
from warehouse.read.published import fetch_query, open_published, run_query


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
    """A verdict as v1.runs has it, with the source of its run."""

    source: Source


def read_verdicts(published: Path) -> list[PublishedVerdict]:
    """The published verdicts, oldest run first.

    Raises:
        WarehouseError: there is no published file, or it cannot be read.
    """
    with open_published(published) as connection:
        result = fetch_query(
            connection,
            'SELECT run_id, source, site, kind, verdict, judged_by AS "by", reasons FROM v1.runs '
            "WHERE verdict IS NOT NULL ORDER BY started_at, run_id, site, kind",
        )
    rows = (dict(zip(result.columns, row, strict=True)) for row in result.rows)
    return [msgspec.convert(row | {"reasons": row["reasons"] or ()}, PublishedVerdict) for row in rows]


def find_unsettled(published: Path, site: str) -> frozenset[tuple[str, str]]:
    """Kind and key of each such page of a site; none where nothing is published, or the file cannot be read."""
    try:
        result = run_query(published, "SELECT kind, page_key FROM internal.unsettled WHERE site = ?", [site])
    except WarehouseError:
        return frozenset()
    return frozenset((str(kind), str(page_key)) for kind, page_key in result.rows)
