"""The last stages in their order: judge every run, derive the tables, check them, swap the published file.

Belongs here: the order and its outcome. Does not belong here: judging, SQL, Dagster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.site import load_sites
from pipeline.decisions import read_decisions
from pipeline.disk import require_publish_room
from pipeline.errors import GateError
from pipeline.extractor import current_release, read_releases
from pipeline.folders import DataFolder
from pipeline.freshness import fingerprint_inputs, note_publish
from pipeline.gate import Verdict
from pipeline.judging import judge_archive, make_verdict_rows
from pipeline.lock import hold_lock
from pipeline.relations import build_relate
from pipeline.summary import count
from warehouse.build import build_database
from warehouse.publish import publish_database
from warehouse.sources import ExtractorRelease, Sources


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: where, how many rows a table, the content's hash, and the verdict on every run."""

    path: Path
    rows: Mapping[str, int]
    content_sha256: str
    verdicts: Sequence[Verdict]

    @property
    def rejected(self) -> list[Verdict]:
        """The gate's standing rejections: no later run of that site and kind was accepted, and nobody decided."""
        latest = {(verdict.site, verdict.kind): verdict for verdict in self.verdicts}
        return [verdict for verdict in latest.values() if not verdict.is_accepted and verdict.by == "gate"]

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "database": str(self.path),
            "content_sha256": self.content_sha256,
            "rows": dict(self.rows),
            "rejected": make_verdict_rows(self.rejected),
        }

    def describe(self) -> str:
        """The same for a person, in a few lines."""
        documents = f"{count(self.rows['projects'], 'project')}, {count(self.rows['news'], 'news page')}"
        return f"published {self.path}: {documents}\ncontent sha256 {self.content_sha256}"

    def raise_if_rejected(self) -> None:
        """Raise for the gate's standing rejections, after everything else is published.

        Raises:
            GateError: names each run, the field, before, after and the first page.
        """
        if self.rejected:
            raise GateError("\n".join(describe_rejection(verdict) for verdict in self.rejected))


def publish(folder: DataFolder, sites_folder: Path, *, now: datetime, threads: int | None = None) -> Publication:
    """Publish what the archive and its extractions give. Rejected runs are left out; the caller decides the rest.

    ``now`` only says since when this process holds the writer's lock; nothing published depends on it.

    Raises:
        DiskError: there is too little room on the disk; nothing was begun.
        LockedError: another process writes.
        DecisionsError, SiteFileError, SourceError, BuildError, PublishError: nothing was changed; the text says why.
    """
    require_publish_room(folder)
    with hold_lock(folder.lock, task="publishing", since=now):
        inputs = fingerprint_inputs(folder, sites_folder, current_release().number)
        sources = Sources(
            archive=folder.archive,
            extracted=folder.extracted,
            releases=[ExtractorRelease(r.number, r.released_on, r.summary) for r in read_releases()],
        )
        verdicts = judge_archive(sources, load_sites(sites_folder), read_decisions(folder.decisions))
        report = build_database(
            sources,
            make_verdict_rows(verdicts),
            folder.published,
            relate=build_relate(folder.extracted / "sketches.bin"),
            threads=threads,
        )
        published = publish_database(report.path, folder.published)
        note_publish(folder, inputs, now=now)
    return Publication(published.path, published.rows, published.content_sha256, verdicts)


def describe_rejection(verdict: Verdict) -> str:
    """Which run was rejected, why, and what a person can do: one line a reason."""
    lines = [f"the gate rejected {verdict.run_id}, {verdict.site} {verdict.kind}; the last good state stays"]
    lines += [f"  {reason.message}" for reason in verdict.reasons]
    lines.append(f"  look at it with `iomdb doctor`; overrule with `iomdb decide accept {verdict.run_id} --why …`")
    return "\n".join(lines)
