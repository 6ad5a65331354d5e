"""The last stages in their order: read what was not read, judge each run, derive, check, swap the published file.

Belongs here: the order and its outcome; the two files of relations that a build takes in (``clusters.ndjson``,
``links.ndjson``); making all of it anew from the archive, which proves that the archive is enough. Does not belong
here: judging, SQL, Dagster.
"""

import shutil
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from contracts.extraction import ProjectType
from extractor.codebooks import read_codebook
from pipeline.gate.judge import judge_archive
from pipeline.gate.judgement import Judgement, read_decisions
from pipeline.gate.verdicts import RejectionStreak, VerdictNotice, compare_verdicts, describe_notices, find_streaks
from pipeline.ground.errors import GateError
from pipeline.ground.finding import one_line
from pipeline.ground.folders import DataFolder, hold_lock
from pipeline.ground.printable import UNWATCHED, Watch, count
from pipeline.history.published_file import (
    fingerprint_inputs,
    note_file,
    note_publish,
    note_swap,
    require_whole_archive,
)
from pipeline.history.run_history import PublishedVerdict, estimate_publish, read_verdicts, require_room
from pipeline.relations.clusters import build_clusters
from pipeline.relations.documents import read_documents
from pipeline.relations.links import find_links
from pipeline.relations.pairs import find_pairs
from pipeline.relations.similar import NOTHING_KEPT, read_kept, write_kept
from pipeline.stages.extract import clear_extraction_leftovers, extract_runs, extract_unread, extraction_path
from pipeline.stages.frames import find_frames_file
from pipeline.stages.releases import current_release, find_notice, list_releases, write_older_readings
from warehouse.build.database import build_database
from warehouse.build.sources import Sources
from warehouse.errors import WarehouseError
from warehouse.files import private_beside, put_in_place
from warehouse.publish.swap import publish_database
from warehouse.read.captures import read_captured_again
from warehouse.read.published import open_published
from warehouse.read.search import build_index, drop_index


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: where, how many rows a table, the content's hash, and the verdict on every run.

    ``notices`` are the verdicts that differ from the last publication's, and imports that look strange. ``damages`` are
    archived records that do not hold: what they held is left out, and all else is published. ``captured_again`` are
    addresses of purged pages, each with its run: they are left out until somebody decides.
    """

    path: Path
    rows: Mapping[str, int]
    content_sha256: str
    verdicts: Sequence[Judgement]
    notices: Sequence[VerdictNotice] = ()
    damages: Sequence[str] = ()
    captured_again: Sequence[tuple[str, str]] = ()

    @property
    def streaks(self) -> list[RejectionStreak[Judgement]]:
        """The gate's open rejections: no later crawl of that site and kind was accepted, and nobody decided."""
        return find_streaks(self.verdicts)

    @property
    def rejected(self) -> list[Judgement]:
        """The newest verdict of each open rejection."""
        return [streak.newest for streak in self.streaks]

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "database": str(self.path),
            "content_sha256": self.content_sha256,
            "rows": dict(self.rows),
            "rejected": [msgspec.to_builtins(judgement.as_verdict()) for judgement in self.rejected],
            "notices": [asdict(one) for one in self.notices],
            "damages": list(self.damages),
            "captured_again": [{"url": url, "run_id": run_id} for url, run_id in self.captured_again],
        }

    def describe(self) -> str:
        """The same for a person, in a few lines."""
        documents = f"{count(self.rows['projects'], 'project')}, {count(self.rows['news'], 'news page')}"
        unread = f"; {count(self.rows['quarantine'], 'page')} could not be read (v1.quarantine)"
        documents += unread if self.rows["quarantine"] else ""
        lines = [f"published {self.path}: {documents}", f"content sha256 {self.content_sha256}"]
        lines += [
            f"left out, for it was purged: {one_line(url)}; purge it again, or `iomdb decide accept {run_id} --why …`"
            for url, run_id in self.captured_again
        ]
        return "\n".join([*lines, *describe_notices(self.notices)])

    def raise_if_rejected(self) -> None:
        """Raise for what is left out, after everything else is published: open rejections, damaged records.

        Raises:
            GateError: names each run, the field, before, after and the first page; each damaged record.
        """
        lines = [describe_rejection(streak) for streak in self.streaks]
        lines += [f"left out, for its archived record does not hold: {damage}" for damage in self.damages]
        if lines:
            raise GateError("\n".join(lines))


def publish(folder: DataFolder, *, now: datetime, threads: int | None = None, watch: Watch = UNWATCHED) -> Publication:
    """Publish what the archive gives; what no release has read yet is read first.

    Rejected runs are left out; the caller decides the rest. Runs that are sealed meanwhile wait for the next publish.

    ``now`` only says since when this process holds the writer's lock; nothing published depends on it.

    Raises:
        DiskError: there is too little room on the disk; nothing was begun.
        LockedError: another process writes.
        LostRunsError, DamagedRecordError: runs, files or ledgers are missing or damaged; nothing published was changed.
        DecisionsError, SourceError, BuildError, PublishError: nothing was changed; the text says why.
    """
    require_room(folder.root, estimate_publish(folder), "a publish")
    with hold_lock(folder.lock, task="publishing", since=now):
        run_ids = require_whole_archive(folder)
        damages = extract_unread(folder, run_ids, watch=watch)
        inputs = fingerprint_inputs(folder, current_release().number, run_ids=run_ids)
        sources = Sources(
            archive=folder.archive,
            extracted=folder.extracted,
            releases=list_releases(folder),
            run_ids=frozenset(run_ids),
            project_types=list_project_types(),
        )
        verdicts = judge_archive(sources, read_decisions(folder.decisions))
        notices = compare_verdicts(_read_last_verdicts(folder.published), verdicts)
        report = build_database(
            sources,
            [judgement.as_verdict() for judgement in verdicts],
            folder.published,
            relate=partial(write_relations, sketches=folder.sketches),
            threads=threads,
            notice=find_notice(folder),
            on_step=partial(watch.count, "deriving tables"),
        )
        # What it holds may be gone from the next file; and one that is missing is made again by who asks.
        drop_index(folder.published)
        published = publish_database(report.path, folder.published, before_swap=partial(note_swap, folder))
        note_file(folder)
        note_publish(folder, inputs, now=now)
        with suppress(OSError, WarehouseError):
            build_index(folder.published)
    with open_published(published.path) as connection:
        again = read_captured_again(connection)
    return Publication(published.path, published.rows, published.content_sha256, verdicts, notices, damages, again)


def list_project_types() -> list[ProjectType]:
    """The extractor's codebook of project types, in its order."""
    entries = read_codebook("type")["entry"]
    return [
        ProjectType(type_code=entry["code"], name=entry["name"], wordings=tuple(entry["values"])) for entry in entries
    ]


def describe_rejection(streak: RejectionStreak[Judgement]) -> str:
    """Which crawl was rejected, why, and what a person can do: one line a reason."""
    newest = streak.newest
    lines = [f"the gate rejected {newest.run_id}, {newest.site} {newest.kind}; {describe_stand(streak)}"]
    lines += [f"  {reason.message}" for reason in newest.rejecting]
    accept = f"iomdb decide accept {streak.first.run_id} --site {newest.site} --kind {newest.kind} --why …"
    n_after = len(streak.rejected) - 1
    heals = f"; that is about the {n_after} after it too, where they say the same" if n_after else ""
    lines.append(f"  look at it with `iomdb doctor`; overrule with `{accept}`{heals}")
    return "\n".join(lines)


def describe_stand(streak: RejectionStreak[Any]) -> str:
    """What is published of that site and kind meanwhile."""
    stand = "the last good state stays" if streak.has_good_state else "nothing of it was ever accepted"
    n_before = len(streak.rejected) - 1
    return stand if n_before == 0 else f"{stand}; {count(n_before, 'crawl')} before it rejected too"


def _read_last_verdicts(published: Path) -> Sequence[PublishedVerdict]:
    """The verdicts of the file that is about to be replaced; none where there is no such file, or it can't be read."""
    try:
        return read_verdicts(published)
    except WarehouseError:
        return ()


def write_relations(documents_file: Path, folder: Path, sketches: Path | None = None) -> None:
    """Judge the documents of a file and write both files into a folder that exists.

    ``sketches`` is the file of kept sketches, read and replaced; None keeps nothing. The result never depends on it.

    Raises:
        RelationsError: ``documents_file`` breaks docs/contracts.md, section 7.
    """
    documents = read_documents(documents_file)
    kept = read_kept(sketches) if sketches else NOTHING_KEPT
    pairs, known = find_pairs(documents, kept)
    if sketches and known != kept:
        write_kept(sketches, known)
    _write_lines(folder / "clusters.ndjson", build_clusters(documents, pairs))
    _write_lines(folder / "links.ndjson", find_links(documents))


def _write_lines(path: Path, rows: Sequence[msgspec.Struct]) -> None:
    encoder = msgspec.json.Encoder()
    path.write_bytes(b"".join(encoder.encode(row) + b"\n" for row in rows))


def rebuild(folder: DataFolder, *, now: datetime, threads: int | None = None, watch: Watch = UNWATCHED) -> Publication:
    """Read every archived page again with the current release, derive, judge and publish.

    Readings are made aside and put in the place of the old ones once all are there: a rebuild that is killed, or meets
    a damaged run, loses none. What older releases of the extractor read stays: only their own code could read it again
    (an invented archive's older readings are made anew).
    The published file stays in place until the new one replaces it.

    Raises:
        LockedError: another process writes.
        LostRunsError: runs that were read are not in the archive.
        DamagedRecordError, SourceError, BuildError, PublishError: the published file is as it was; the text says why.
    """
    with hold_lock(folder.lock, task="rebuilding", since=now):
        run_ids = require_whole_archive(folder)
        extract_anew(folder, run_ids, watch=watch)
        write_older_readings(folder)
    return publish(folder, now=now, threads=threads, watch=watch)


def extract_anew(folder: DataFolder, run_ids: Collection[str], *, watch: Watch = UNWATCHED) -> None:
    """Read every run aside by the current release, then put the readings in the place of the old. Under the lock.

    Raises:
        DamagedRecordError: ledgers do not hold, or files are not there; every old reading stays.
    """
    release = current_release().number
    clear_extraction_leftovers(folder)
    aside = private_beside(folder.extracted / str(release))
    try:
        done = extract_runs(folder, run_ids, aside, watch=watch)
        (folder.extracted / str(release)).mkdir(exist_ok=True)
        for run in done:
            target = extraction_path(folder, release, run.run_id)
            put_in_place(aside / target.name, target)
            put_in_place(find_frames_file(aside, run.run_id), find_frames_file(target.parent, run.run_id))
    finally:
        shutil.rmtree(aside, ignore_errors=True)
