"""WARC and WACZ files that others made (wget, browsertrix, the Wayback Machine's downloads), made a run of the archive.

Belongs here: the run that comes of an imported WARC: its captures at their own times, each with an outcome, and in
notes what was left out or damaged. Does not belong here: what one record says (``crawler.imports.warc_records``).

Request records are not taken over: they may have the cookies and the names of whoever crawled.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from contracts.fetch import READER_OF, CaptureRef, Fetch
from contracts.outcomes import Effect, Outcome
from contracts.run import make_run_id
from crawler.archive.runs import has_run, read_manifest
from crawler.archive.volumes import Exchange, HandedOver, Original
from crawler.archive.writer import RunWriter
from crawler.errors import BrokenZipError, ImportedWarcError
from crawler.imports.door import describe_cut
from crawler.imports.folder import IngestedRun
from crawler.imports.wacz import WarcMember, iter_warcs
from crawler.imports.warc_originals import Originals, Referred
from crawler.imports.warc_records import LARGEST_PAYLOAD, Answer, LeftOut, is_candidate, read_answer
from crawler.scratch import Scratch
from crawler.site.site import SHIPPED_SITES, Sites, load_sites
from crawler.warc.http import bare_media_type
from crawler.warc.members import Damage, Record
from crawler.warc.records import TIME_RECEIVED, capture_id_of, parse_warc_date, sha256_hex
from crawler.warc.streams import Limits

LIMITS = Limits(block=LARGEST_PAYLOAD + (1 << 20))
_REPORT_EVERY = 1000
_MOST_DAMAGES = 50
"""More damaged places than this are counted, not listed."""


def ingest_archive(
    path: Path,
    archive: Path,
    sites: Sites | None = None,
    latest: datetime | None = None,
    report: Callable[[str], None] | None = None,
) -> IngestedRun:
    """Take the pages of a WARC or WACZ file into the archive as one sealed run, at their own capture times.

    A damaged record costs itself alone and is named in the notes, so is a cut end. ``sites`` give site and kind by URL
    (None: those that ship with the crawler); ``latest`` is the newest date that is believed (None: any); ``report`` is
    called with the progress in words.

    Raises:
        ImportedWarcError: no WARC or WACZ, or no page in it; nothing is written.
        ArchiveError: the archive cannot be written.
    """
    sites = sites or load_sites(SHIPPED_SITES)
    archive.mkdir(parents=True, exist_ok=True)
    newest, digest, received = _survey(path, archive, latest)
    run_id = make_run_id(newest, "warc", digest.encode())
    if has_run(archive, run_id):
        manifest = read_manifest(archive, run_id)
        return IngestedRun(run_id, sum(manifest.counts.values()), already_present=True, notes=manifest.notes)
    writer = RunWriter.open(
        archive,
        run_id,
        source="warc",
        site=None,
        started_at=newest,
        software={"iomdb": version("iomdb")},
        start_over=True,
    )
    with writer, Scratch(writer.folder) as scratch:
        intake = _Intake(writer, scratch, newest=newest, sites=sites, latest=latest, report=report, received=received)
        for member in _iter_members(path, archive):
            intake.take_pages(member)
        if intake.n_revisits:
            # A revisit may come before its original, in its own file or in one of an earlier member.
            for member in _iter_members(path, archive):
                intake.take_revisits(member)
        return intake.finish(path, digest)


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


def _survey(path: Path, scratch: Path, latest: datetime | None) -> tuple[datetime, str, frozenset[str]]:
    """The newest believable date of any capture, and the file's digest: what the run's id is made of.

    And the records whose date is that of a hand-over, where a file of ours says so (``iomdb export --format wacz``).
    """
    newest: datetime | None = None
    received: set[str] = set()
    for member in _iter_members(path, scratch):
        for record in member.iter_records(LIMITS):
            if isinstance(record, Record) and record.block == TIME_RECEIVED and record.refers_to:
                received.add(record.refers_to)
            if not isinstance(record, Record) or not is_candidate(record):
                continue
            date = parse_warc_date(record.headers.get("warc-date", ""))
            if date is not None and (latest is None or date <= latest):
                newest = date if newest is None else max(newest, date)
    if newest is None:
        what = _find_format(path)
        raise ImportedWarcError(f"{path} {what or 'holds no whole WARC record of a page'}: nothing was taken over")
    with path.open("rb") as file:
        return newest, hashlib.file_digest(file, "sha256").hexdigest(), frozenset(received)


class _Intake:
    """One imported WARC on its way into a run; where there is no page in it, nothing is left behind."""

    def __init__(
        self,
        writer: RunWriter,
        scratch: Scratch,
        *,
        newest: datetime,
        sites: Sites,
        latest: datetime | None,
        report: Callable[[str], None] | None,
        received: frozenset[str],
    ) -> None:
        self.n_revisits = 0
        self._writer = writer
        self._scratch = scratch
        self._newest = newest
        self._sites = sites
        self._latest = latest
        self._report = report
        self._received = received
        self._left_out: Counter[str] = Counter()
        self._cut: Counter[str] = Counter()
        self._faults: list[str] = []
        self._n_faults = 0
        self._originals = Originals(writer.archive, scratch)
        scratch.write("CREATE TABLE taken (capture_id TEXT PRIMARY KEY) WITHOUT ROWID")

    def take_pages(self, member: WarcMember) -> None:
        """Take every page of one WARC file that has a body of its own; revisits are counted."""
        if member.fault is not None:
            self._note_fault(member.fault)
        for number, found in enumerate(member.iter_records(LIMITS), start=1):
            if self._report is not None and number % _REPORT_EVERY == 0:
                self._report(f"{member.name}: {number} records")
            if isinstance(found, Damage):
                tail = " (nothing readable follows)" if found.is_tail else ""
                self._note_fault(f"{member.name}: a record at offset {found.offset} is damaged: {found.reason}{tail}")
            elif found.warc_type == "revisit":
                self.n_revisits += 1
            else:
                self._take(found)

    def take_revisits(self, member: WarcMember) -> None:
        """Take the revisits of one WARC file, when every page that they may refer to is known."""
        for found in member.iter_records(LIMITS):
            if isinstance(found, Record) and found.warc_type == "revisit":
                self._take(found)

    def finish(self, path: Path, digest: str) -> IngestedRun:
        """Seal the run.

        Raises:
            ImportedWarcError: not one page was found.
        """
        notes = [f"made from {path.name}, sha256 {digest}"]
        notes += [f"{count} left out: {reason}" for reason, count in sorted(self._left_out.items())]
        notes += [*describe_cut(self._cut), *self._faults]
        if self._n_faults > len(self._faults):
            notes.append(f"{self._n_faults - len(self._faults)} more places are damaged")
        n_pages = self._writer.n_fetches
        if n_pages == 0:
            self._writer.discard()
            raise ImportedWarcError(f"{path} holds no page: {'; '.join(notes[1:])}")
        self._writer.seal(ended_at=self._newest, sealed_at=self._newest, complete=False, notes=notes)
        return IngestedRun(self._writer.run_id, n_pages, already_present=False, notes=notes)

    def _note_fault(self, words: str) -> None:
        self._n_faults += 1
        if len(self._faults) < _MOST_DAMAGES:
            self._faults.append(words)

    def _take(self, record: Record) -> None:
        answer = read_answer(record, self._sites, self._latest)
        if isinstance(answer, LeftOut):
            self._left_out[answer.reason] += 1
            return
        self._cut.update(answer.cut)
        referred = self._originals.find(answer) if answer.warc_type == "revisit" else None
        digest = referred.original.payload_sha256 if referred else sha256_hex(answer.payload)
        capture_id = capture_id_of(answer.url, answer.fetched_at, digest)
        if not self._scratch.write("INSERT OR IGNORE INTO taken VALUES (?)", [capture_id]):
            self._left_out["captures met twice"] += 1
            return
        outcome = _revisit_outcome(answer, referred) if answer.warc_type == "revisit" else answer.outcome
        capture = self._write(answer, outcome, referred.original if referred else None)
        if capture is not None and referred is None:
            original = Original(capture.capture_id, answer.url, answer.fetched_at, capture.payload_sha256)
            referred = Referred(original, outcome)
        if referred is not None:
            self._originals.remember(answer, referred)
        self._writer.write_fetch(self._fetch(answer, outcome, capture))

    def _write(self, answer: Answer, outcome: Outcome, original: Original | None) -> CaptureRef | None:
        """Archive the answer; None where there is nothing to archive: a body over the limit, an unknown original."""
        media_type = bare_media_type(answer.content_type)
        reader = READER_OF.get(media_type or "text/html") if outcome.effect is Effect.SEEN else None
        if answer.http is None:
            return self._writer.write_content(
                HandedOver(
                    warc_type="conversion" if answer.warc_type == "conversion" else "resource",
                    url=answer.url,
                    fetched_at=answer.fetched_at,
                    content=answer.payload,
                    content_type=answer.content_type or "text/html",
                    reader=reader,
                    source_record_id=answer.record_id or None,
                )
            )
        exchange = Exchange(
            url=answer.url,
            fetched_at=answer.fetched_at,
            response_head=answer.head,
            body=answer.body,
            payload_sha256=sha256_hex(answer.payload),
            media_type=media_type,
            reader=reader,
            ip_address=answer.ip_address,
            truncated=answer.truncated,
            source_record_id=answer.record_id or None,
        )
        if answer.warc_type == "revisit":
            not_modified = outcome is Outcome.UNCHANGED
            return self._writer.write_revisit(exchange, original, not_modified=not_modified) if original else None
        return None if outcome is Outcome.TOO_LARGE else self._writer.write_exchange(exchange)

    def _fetch(self, answer: Answer, outcome: Outcome, capture: CaptureRef | None) -> Fetch:
        headers = answer.http.headers if answer.http else {}
        return Fetch(
            site=self._sites.site_id(answer.url),
            url=answer.url,
            page_key=self._sites.page_key(answer.url),
            kind=self._sites.kind_of(answer.url),
            outcome=outcome,
            fetched_at=answer.fetched_at,
            time_basis="received" if answer.record_id in self._received else "captured",
            http_status=answer.http.status if answer.http else None,
            final_url=answer.final_url,
            capture=capture,
            discovered_by="warc",
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            bytes_received=len(answer.body or answer.payload),
            detail=answer.detail,
        )


def _revisit_outcome(answer: Answer, referred: Referred | None) -> Outcome:
    """What a revisit says: as much as its own status and the original together."""
    if answer.outcome not in {Outcome.FETCHED, Outcome.UNCHANGED}:
        return answer.outcome
    if referred is None:
        return Outcome.UNRESOLVED_REVISIT
    if referred.outcome.effect is not Effect.SEEN:
        return referred.outcome
    return Outcome.UNCHANGED if answer.outcome is Outcome.UNCHANGED else Outcome.IDENTICAL
