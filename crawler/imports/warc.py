"""WARC and WACZ files that others made (wget, browsertrix, the Wayback Machine's downloads), made a run of the archive.

Belongs here: the file as a whole: what it is, its damage, the run that comes of it. Does not belong here: taking one
record into the run (``crawler.imports.intake``), what it says (``crawler.imports.warc_records``).

Request records are not taken over: they may have the cookies and the names of whoever crawled.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from contracts.run import make_run_id
from crawler.archive.runs import has_run, read_manifest
from crawler.archive.writer import RunWriter
from crawler.disk import Scratch
from crawler.errors import BrokenZipError, CrawlerError, ImportedWarcError
from crawler.imports.folder import IngestedRun
from crawler.imports.intake import Intake
from crawler.imports.wacz import WarcMember, iter_warcs
from crawler.imports.warc_records import LARGEST_PAYLOAD, is_candidate
from crawler.site.site import SHIPPED_SITES, Sites, load_sites
from crawler.warc.members import Damage, Record
from crawler.warc.records import TIME_RECEIVED, parse_warc_date
from crawler.warc.streams import Limits

LIMITS = Limits(block=LARGEST_PAYLOAD + (1 << 20))
_REPORT_EVERY = 1000
_MOST_DAMAGES = 50
"""More damaged places than this are counted, not listed."""
_MOST_REASONS, _LONGEST_REASON = 3, 300
"""A refusal is read by a person."""


def ingest_archive(
    path: Path,
    archive: Path,
    sites: Sites | None = None,
    latest: datetime | None = None,
    report: Callable[[str], None] | None = None,
) -> IngestedRun:
    """Take the pages of a WARC or WACZ file into the archive as one sealed run, at their own capture times.

    A damaged record costs itself alone and is named in the notes, so is a cut end. What the archive has already is not
    taken again: a file of which it has all makes no run. ``sites`` give site and kind by URL
    (None: those that ship with the crawler); ``latest`` is the newest date that is believed (None: any); ``report`` is
    called with the progress in words.

    Raises:
        ImportedWarcError: no WARC or WACZ, or no page in it; nothing is written.
        ArchiveError: the archive cannot be written.
    """
    sites = sites or load_sites(SHIPPED_SITES)
    if not path.is_file():
        raise ImportedWarcError(f"{path} is no regular file: a WARC is read several times")
    archive.mkdir(parents=True, exist_ok=True)
    survey = _survey(path, archive, latest)
    run_id = make_run_id(survey.newest, "warc", survey.digest.encode())
    if has_run(archive, run_id):
        manifest = read_manifest(archive, run_id)
        n_pages = sum(manifest.counts.values())
        return IngestedRun(run_id, n_pages, already_present=True, notes=manifest.notes, damages=survey.damages)
    writer = RunWriter.open(
        archive,
        run_id,
        source="warc",
        site=None,
        started_at=survey.newest,
        software={"iomdb": version("iomdb")},
        start_over=True,
    )
    with writer, Scratch(writer.folder) as scratch:
        try:
            intake = Intake(writer, scratch, sites=sites, latest=latest, received=survey.received)
            _take_all(intake, path, archive, report)
            return _finish(intake, writer, path, survey)
        except CrawlerError:
            writer.discard()  # nothing is left open of what could not be taken
            raise


def _take_all(intake: Intake, path: Path, scratch: Path, report: Callable[[str], None] | None) -> None:
    for member in _iter_members(path, scratch):
        _take_pages(intake, member, report)
    if intake.n_revisits:
        # A revisit may come before its original, in its own file or in one of an earlier member.
        for member in _iter_members(path, scratch):
            _take_revisits(intake, member)
    intake.settle_earlier()


def _take_pages(intake: Intake, member: WarcMember, report: Callable[[str], None] | None) -> None:
    """Take every page of one WARC file that has a body of its own; revisits are counted."""
    for number, found in enumerate(member.iter_records(LIMITS), start=1):
        if report is not None and number % _REPORT_EVERY == 0:
            report(f"{member.name}: {number} records")
        if isinstance(found, Record) and found.warc_type == "revisit":
            intake.n_revisits += 1
        elif isinstance(found, Record):
            intake.take(found)


def _take_revisits(intake: Intake, member: WarcMember) -> None:
    """Take the revisits of one WARC file, when every page that they may refer to is known."""
    for found in member.iter_records(LIMITS):
        if isinstance(found, Record) and found.warc_type == "revisit":
            intake.take(found)


def _finish(intake: Intake, writer: RunWriter, path: Path, survey: _Survey) -> IngestedRun:
    """Seal the run; where all that the file holds is in the archive already, there is none.

    Raises:
        ImportedWarcError: not one page was found.
    """
    notes = [f"made from {path.name}, sha256 {survey.digest}", *intake.describe_left_out(), *survey.damages]
    n_pages = writer.n_fetches
    if n_pages == 0 and intake.known_run_id is not None:
        writer.discard()
        return IngestedRun(
            intake.known_run_id, intake.n_known, already_present=True, notes=notes[1:], damages=survey.damages
        )
    if n_pages == 0:
        raise ImportedWarcError(f"{path} holds no page{_list_reasons(notes[1:])}")
    newest, damaged = survey.newest, survey.n_damaged
    writer.seal(ended_at=newest, sealed_at=newest, complete=False, notes=notes, damaged=damaged)
    return IngestedRun(writer.run_id, n_pages, already_present=False, notes=notes, damages=survey.damages)


def _list_reasons(reasons: Sequence[str]) -> str:
    """Why, in a few lines of their own."""
    lines = [f"  {reason[:_LONGEST_REASON]}" for reason in reasons[:_MOST_REASONS]]
    if len(reasons) > _MOST_REASONS:
        lines.append(f"  and {len(reasons) - _MOST_REASONS} more")
    return ":\n" + "\n".join(lines) if lines else ": nothing was taken over"


_FORMATS: tuple[tuple[bytes, str], ...] = (
    (b"\x28\xb5\x2f\xfd", "is compressed with Zstandard; unpack it first (`zstd -d`)"),
    (b"\x5d\x2a\x4d\x18", "is compressed with Zstandard and a dictionary; unpack it first (`zstd -d`)"),
    (b"filedesc://", "is an ARC file; make a WARC of it first (`warcio recompress`)"),
    (b" CDX ", "is a CDX index, which names captures and holds none; ingest the WARC files that it names"),
    (b"<", "is markup, no archive; for a saved page make a folder with a manifest.toml (docs/archive.md)"),
)


def _find_format(path: Path) -> str | None:
    """What a file is that is no WARC, and what to do with it, by its first bytes; None for what is not known."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"\x1f\x8b"):
        with suppress(zlib.error):
            start = zlib.decompressobj(31).decompress(start, 64)
    return next((words for mark, words in _FORMATS if start.startswith(mark)), None)


def _iter_members(path: Path, scratch: Path) -> Iterator[WarcMember]:
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            yield WarcMember(path.name, file, None)
            return
        try:
            yield from iter_warcs(path, scratch)
        except BrokenZipError as error:
            # WARC files are uncompressed in a WACZ, so the records of a cut one can be found without its directory.
            yield WarcMember(path.name, file, f"{error}; its records were looked for in its bytes")


@dataclass(slots=True)
class _Survey:
    """What a first reading of a file gives: ``newest`` believable date of a capture and ``digest``, the run's id.

    ``received`` are the records whose date is that of a hand-over, where a file of ours says so
    (``iomdb export --format wacz``). ``damages`` are the places that cannot be read, in words, the first of
    ``n_damaged``.
    """

    newest: datetime
    digest: str
    received: frozenset[str]
    damages: list[str]
    n_damaged: int


def _survey(path: Path, scratch: Path, latest: datetime | None) -> _Survey:
    newest: datetime | None = None
    received: set[str] = set()
    damages: list[str] = []
    for member in _iter_members(path, scratch):
        if member.fault is not None:
            damages.append(member.fault)
        for record in member.iter_records(LIMITS):
            if isinstance(record, Damage):
                tail = " (nothing readable follows)" if record.is_tail else ""
                where = f"{member.name}: a record at offset {record.offset}"
                damages.append(f"{where} is damaged: {record.reason}{tail}")
                continue
            if record.block == TIME_RECEIVED and record.refers_to:
                received.add(record.refers_to)
            date = parse_warc_date(record.headers.get("warc-date", "")) if is_candidate(record) else None
            if date is not None and (latest is None or date <= latest):
                newest = date if newest is None else max(newest, date)
    if newest is None:
        words = _find_format(path)
        if words is not None:
            raise ImportedWarcError(f"{path} {words}: nothing was taken over")
        raise ImportedWarcError(f"{path} holds no whole WARC record of a page{_list_reasons(damages)}")
    n_damaged = len(damages)
    if n_damaged > _MOST_DAMAGES:
        damages = [*damages[:_MOST_DAMAGES], f"{n_damaged - _MOST_DAMAGES} more places are damaged"]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return _Survey(newest, digest, frozenset(received), damages, n_damaged)
