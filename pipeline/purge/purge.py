"""A removal request, executed: the page leaves the archive, its readings, the tables, the data releases, and stays out.

Belongs here: which captures go, and the order of the steps. Does not belong here: WARC
(``crawler.archive.tombstones``), Parquet (``warehouse.extracted.reader``), SQLite (``scrubbing``).

What was derived goes first and the archive last, so that a purge that was killed finds its captures again and ends what
it began. The decision is recorded before anything else; the URL of what was removed stays, neither its text
nor a digest of it does.
"""

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from contracts.verdict import Decision
from crawler.archive.tombstones import STAGING, CaptureRemoval, finish_removals, remove_captures
from crawler.disk import write_durably
from crawler.site.site import Sites, load_sites
from crawler.site.urls import normal_url
from pipeline.gate.judgement import append_decision, read_decisions
from pipeline.ground.errors import WrongUseError
from pipeline.ground.finding import one_line
from pipeline.ground.folders import DataFolder, hold_lock
from pipeline.ground.printable import count, write_instant
from pipeline.purge.occurrences import Occurrences, find_occurrences, find_page_key, is_page_at, refuse_open_runs
from pipeline.purge.scrub import scrub_folder
from pipeline.report.build import write_report
from pipeline.stages.frames import forget_frames
from pipeline.stages.publish import publish
from warehouse.extracted.reader import drop_captures, holds_captures, read_traces
from warehouse.files import private_beside
from warehouse.publish.data_release import find_releases
from warehouse.publish.package import DESCRIPTION

NOTICE = "withdrawn.json"
MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class Purged:
    """What was done. ``runs`` maps run ids to the records removed from each; addresses are for a person to look at."""

    url: str
    decision: Decision
    runs: dict[str, int]
    withdrawn_releases: list[str]
    same_bytes_at: list[str]
    quoted_by: list[str]

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        names = ("url", "runs", "withdrawn_releases", "same_bytes_at", "quoted_by")
        return {"decided_at": self.decision.decided_at} | {name: getattr(self, name) for name in names}

    def describe(self) -> str:
        """The same for a person."""
        n_records = sum(self.runs.values())
        lines = [f"{count(n_records, 'record')} of {count(len(self.runs), 'run')} removed: {one_line(self.url)}"]
        lines += [
            f"withdrawn: data release {release}; `iomdb release` makes another" for release in self.withdrawn_releases
        ]
        lines += [f"the same bytes are archived at {one_line(address)}" for address in self.same_bytes_at]
        lines += [f"still linked from {one_line(address)}" for address in self.quoted_by]
        return "\n".join(lines)


def purge(folder: DataFolder, sites_folder: Path, url: str, *, why: str, who: str, now: datetime) -> Purged:
    """Remove a page from everything under ``folder``, for good; calling it again changes nothing more.

    ``url`` is any address of the page; the site files say which are the same page. ``why`` is kept with the decision
    and in each tombstone: no personal data.

    Raises:
        WrongUseError: no such page is archived, or a crawl that is not finished holds it.
        ArchiveError, SourceError: a file that may hold the page is damaged; what was done so far stays done.
        LockedError: another process writes.
        PublishError, BuildError, SourceError: all is removed but from the published file; publish it again.
    """
    sites = load_sites(sites_folder)
    key = find_page_key(sites, url)
    staging = folder.root / STAGING
    with hold_lock(folder.lock, task="purging a page", since=now):
        finish_removals(folder.archive, staging)
        refuse_open_runs(folder, sites, key)
        occurrences = find_occurrences(folder, sites, url)
        decision = _record(folder, sites, Decision(now, "purge", why, who, url=normal_url(url)), occurrences)
        ids = occurrences.capture_ids
        readings = sorted(folder.extracted.glob("*/*.parquet"))
        traces = read_traces(readings, ids)
        addresses = {url, decision.url or url, key}
        scrub_folder(folder.dagster, traces.titles, traces.digests | occurrences.digests | addresses)
        for path in readings:
            drop_captures(path, ids)
        forget_frames(folder.extracted, occurrences.bodies)
        drop_contacts(folder, ids)
        withdrawn = withdraw_releases(folder, ids, decision)
        has_report = folder.report.exists()
        for path in (folder.report, *folder.root.glob(f"{private_beside(folder.report).name}*")):
            shutil.rmtree(path, ignore_errors=True)
        for path in (folder.sketches, folder.search_index):
            path.unlink(missing_ok=True)
        removal = CaptureRemoval(ids, decision.decided_at, decision.why)
        runs = {run: remove_captures(folder.archive, run, removal, staging) for run in sorted(occurrences.bodies)}
        shutil.rmtree(staging, ignore_errors=True)
    if folder.published.exists():
        publish(folder, now=now)
        if has_report:
            write_report(folder, folder.report)
    return Purged(
        url,
        decision,
        runs,
        withdrawn,
        sorted(occurrences.copies)[:MOST_NAMED],
        sorted(occurrences.quoting)[:MOST_NAMED],
    )


def _record(folder: DataFolder, sites: Sites, wanted: Decision, occurrences: Occurrences) -> Decision:
    """The decision on record: the same page and reason once, so that a purge that was killed goes on under its own."""
    key = find_page_key(sites, wanted.url or "")
    past = [
        decision
        for decision in read_decisions(folder.decisions)
        if decision.decision == "purge" and decision.url and is_page_at(sites, decision.url, key)
    ]
    if not past and not occurrences.capture_ids:
        raise WrongUseError(f"nothing is archived under {wanted.url} (page {key}): see `iomdb sql` on v1.captures")
    if same := [decision for decision in past if decision.why == wanted.why]:
        return same[-1]
    if past and not occurrences.bodies:
        return past[-1]
    append_decision(folder.decisions, wanted)
    return wanted


def drop_contacts(folder: DataFolder, capture_ids: Collection[str]) -> int:
    """Take the contacts of these captures out of ``private/``; how many went."""
    n_dropped = 0
    for path in sorted(folder.private.glob("*/*.jsonl")):
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if msgspec.json.decode(line)["capture_id"] not in capture_ids]
        if len(kept) == len(lines):
            continue
        n_dropped += len(lines) - len(kept)
        if kept:
            write_durably(path, b"".join(kept))
            path.chmod(0o600)
        else:
            path.unlink()
    return n_dropped


def withdraw_releases(folder: DataFolder, capture_ids: Collection[str], decision: Decision) -> list[str]:
    """Replace every data release that holds these captures by a notice; the ids of those withdrawn now.

    A data release is cited by the hash of its content, so it is never rewritten under its id: `iomdb release` makes
    another.
    """
    holding = [release for release in find_releases(folder.releases) if holds_captures(release.path, capture_ids)]
    for release in holding:
        notice = {
            "release": release.id,
            "withdrawn_at": write_instant(decision.decided_at),
            "why": f"it held a page that was removed: {decision.why}",
            "instead": "make a data release of the present tables with `iomdb release`",
        }
        write_durably(release.path / NOTICE, msgspec.json.format(msgspec.json.encode(notice), indent=1) + b"\n")
        (release.path / DESCRIPTION).rename(release.path / f"{DESCRIPTION}.withdrawn")
    for path in folder.releases.glob(f"*/{NOTICE}"):
        for other in sorted(path.parent.iterdir()):
            if other.is_dir():
                shutil.rmtree(other)
            elif other != path:
                other.unlink()
    return [release.id for release in holding]
