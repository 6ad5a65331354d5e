"""WARC and WACZ files that others made (wget, browsertrix, the Wayback Machine's downloads), made a run of the archive.

Belongs here: the run that comes of a foreign file: its captures at their own times, each with an outcome, and in notes
what was left out or damaged. Does not belong here: what one record says (``foreign_records``).

Request records are not taken over: they may bear the cookies and the names of whoever crawled.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from crawler.archive.exchanges import Exchange, HandedOver, Original
from crawler.archive.http import bare_media_type
from crawler.archive.ledger import READER_OF, CaptureRef, Fetch, iter_fetches
from crawler.archive.members import Damage, Record
from crawler.archive.records import capture_id_of, sha256_hex
from crawler.archive.runs import has_run, iter_run_ids, make_run_id, read_manifest, software_versions
from crawler.archive.streams import Limits
from crawler.archive.writer import RunWriter
from crawler.errors import BrokenZipError, ForeignArchiveError
from crawler.folder import IngestedRun
from crawler.foreign_records import LARGEST_PAYLOAD, Answer, LeftOut, find_date, is_candidate, read_answer
from crawler.outcomes import Effect, Outcome
from crawler.site import SHIPPED_SITES, Sites, load_sites
from crawler.wacz import Member, iter_warcs

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

    A damaged record costs itself alone and is named in the notes, so is a cut end. ``sites`` tell site and kind by URL
    (None: those that ship with the crawler); ``latest`` is the newest date that is believed (None: any); ``report`` is
    told in words how far the work is.

    Raises:
        ForeignArchiveError: no WARC or WACZ, or no page in it; nothing is written.
        ArchiveError: the archive cannot be written.
    """
    sites = sites or load_sites(SHIPPED_SITES)
    archive.mkdir(parents=True, exist_ok=True)
    newest, digest = _survey(path, archive, latest)
    run_id = make_run_id(newest, "warc", digest.encode())
    if has_run(archive, run_id):
        manifest = read_manifest(archive, run_id)
        return IngestedRun(run_id, sum(manifest.counts.values()), already_present=True, notes=manifest.notes)
    intake = _Intake(archive, run_id, newest, sites, latest, report)
    try:
        for member in _iter_members(path, archive):
            intake.take_member(member)
        return intake.finish(path, digest)
    finally:
        intake.close()


def _iter_members(path: Path, scratch: Path) -> Iterator[Member]:
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            yield Member(path.name, file, None)
            return
        try:
            yield from iter_warcs(path, scratch)
        except BrokenZipError as error:
            # WARC files stand uncompressed in a WACZ, so the records of a cut one can be found without its directory.
            yield Member(path.name, file, f"{error}; its records were looked for in its bytes")


def _survey(path: Path, scratch: Path, latest: datetime | None) -> tuple[datetime, str]:
    """The newest believable date of any capture, and the file's digest: what the run's id is made of."""
    newest: datetime | None = None
    for member in _iter_members(path, scratch):
        for record in member.iter_records(LIMITS):
            date = find_date(record) if isinstance(record, Record) and is_candidate(record) else None
            if date is not None and (latest is None or date <= latest):
                newest = date if newest is None else max(newest, date)
    if newest is None:
        raise ForeignArchiveError(f"{path} holds no whole WARC record of a page: nothing was taken over")
    with path.open("rb") as file:
        return newest, hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class _Intake:
    """One foreign file on its way into a run, which is begun at the first page: no page leaves nothing behind."""

    archive: Path
    run_id: str
    newest: datetime
    sites: Sites
    latest: datetime | None
    report: Callable[[str], None] | None = None
    writer: RunWriter | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    n_faults: int = 0
    originals: dict[object, tuple[Original, Outcome]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def take_member(self, member: Member) -> None:
        """Take every page of one WARC file."""
        if member.fault is not None:
            self._note_fault(member.fault)
        for number, found in enumerate(member.iter_records(LIMITS), start=1):
            if self.report is not None and number % _REPORT_EVERY == 0:
                self.report(f"{member.name}: {number} records")
            if isinstance(found, Damage):
                tail = " (nothing readable follows)" if found.is_tail else ""
                self._note_fault(f"{member.name}: a record at offset {found.offset} is damaged: {found.reason}{tail}")
                continue
            answer = read_answer(found, self.sites, self.latest)
            if isinstance(answer, LeftOut):
                self.left_out[answer.reason] += 1
            else:
                self._take(answer)

    def finish(self, path: Path, digest: str) -> IngestedRun:
        """Seal the run.

        Raises:
            ForeignArchiveError: not one page was found.
        """
        notes = [f"made from {path.name}, sha256 {digest}"]
        notes += [f"{count} left out: {reason}" for reason, count in sorted(self.left_out.items())]
        notes += self.faults
        if self.n_faults > len(self.faults):
            notes.append(f"{self.n_faults - len(self.faults)} more places are damaged")
        if self.writer is None:
            raise ForeignArchiveError(f"{path} holds no page: {'; '.join(notes[1:])}")
        n_pages = self.writer.n_fetches
        self.writer.seal(ended_at=self.newest, sealed_at=self.newest, complete=False, notes=notes)
        return IngestedRun(self.run_id, n_pages, already_present=False, notes=notes)

    def close(self) -> None:
        """Let go of the run, sealed or not."""
        if self.writer is not None:
            self.writer.close()

    def _note_fault(self, words: str) -> None:
        self.n_faults += 1
        if len(self.faults) < _MOST_DAMAGES:
            self.faults.append(words)

    def _begin(self) -> RunWriter:
        if self.writer is None:
            self.writer = RunWriter.open(
                self.archive,
                self.run_id,
                source="warc",
                site=None,
                started_at=self.newest,
                software=software_versions("iomdb"),
                start_over=True,
            )
        return self.writer

    def _take(self, answer: Answer) -> None:
        known = self._find_original(answer) if answer.warc_type == "revisit" else None
        digest = known[0].payload_sha256 if known else sha256_hex(answer.payload)
        capture_id = capture_id_of(answer.url, answer.fetched_at, digest)
        if capture_id in self.seen:
            self.left_out["captures met twice"] += 1
            return
        self.seen.add(capture_id)
        writer = self._begin()
        outcome = _revisit_outcome(answer, known) if answer.warc_type == "revisit" else answer.outcome
        capture = self._write(writer, answer, outcome, known[0] if known else None)
        if capture is not None and known is None:
            original = Original(capture.capture_id, answer.url, answer.fetched_at, capture.payload_sha256)
            known = (original, outcome)
        if known is not None:
            for key in _names_of(answer):
                self.originals.setdefault(key, known)
        writer.write_fetch(self._fetch(answer, outcome, capture))

    def _find_original(self, answer: Answer) -> tuple[Original, Outcome] | None:
        """The capture that a revisit refers to, in this file before it, or in the archive; and how its fetch ended."""
        record_id, url, date = answer.refers_to
        keys = (("id", record_id), ("place", url, date), ("digest", answer.digest))
        found = next((self.originals[key] for key in keys if None not in key and key in self.originals), None)
        if found is None and url is not None and date is not None:
            found = self._archived.get((url, date))
        return found

    @cached_property
    def _archived(self) -> dict[tuple[str, datetime], tuple[Original, Outcome]]:
        """Every capture of the archive that has a body of its own; read only when a revisit needs it."""
        found: dict[tuple[str, datetime], tuple[Original, Outcome]] = {}
        for run_id in iter_run_ids(self.archive):
            for fetch in iter_fetches(self.archive / run_id):
                place = fetch.capture
                if place is not None and place.capture_id == place.content_capture_id:
                    original = Original(place.capture_id, fetch.url, fetch.fetched_at, place.payload_sha256)
                    found[fetch.url, fetch.fetched_at] = (original, fetch.outcome)
        return found

    def _write(
        self, writer: RunWriter, answer: Answer, outcome: Outcome, original: Original | None
    ) -> CaptureRef | None:
        """Archive the answer; None where there is nothing to archive: a body over the limit, an unknown original."""
        media_type = bare_media_type(answer.content_type)
        reader = READER_OF.get(media_type or "text/html") if outcome.effect is Effect.SEEN else None
        if answer.http is None:
            return writer.write_content(
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
            return writer.write_revisit(exchange, original, not_modified=not_modified) if original else None
        return None if outcome is Outcome.TOO_LARGE else writer.write_exchange(exchange)

    def _fetch(self, answer: Answer, outcome: Outcome, capture: CaptureRef | None) -> Fetch:
        headers = answer.http.headers if answer.http else {}
        return Fetch(
            site=self.sites.site_id(answer.url),
            url=answer.url,
            page_key=self.sites.page_key(answer.url),
            kind=self.sites.kind_of(answer.url),
            outcome=outcome,
            fetched_at=answer.fetched_at,
            http_status=answer.http.status if answer.http else None,
            final_url=answer.final_url,
            capture=capture,
            discovered_by="warc",
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            bytes_received=len(answer.body or answer.payload),
            detail=answer.detail,
        )


def _names_of(answer: Answer) -> Iterator[object]:
    """The keys under which a later revisit may refer to this answer."""
    if answer.record_id:
        yield ("id", answer.record_id)
    yield ("place", answer.url, answer.fetched_at)
    if answer.digest:
        yield ("digest", answer.digest)


def _revisit_outcome(answer: Answer, known: tuple[Original, Outcome] | None) -> Outcome:
    """What a revisit says: as much as its own status and the original together."""
    if answer.outcome not in {Outcome.FETCHED, Outcome.UNCHANGED}:
        return answer.outcome
    if known is None:
        return Outcome.UNRESOLVED_REVISIT
    if known[1].effect is not Effect.SEEN:
        return known[1]
    return Outcome.UNCHANGED if answer.outcome is Outcome.UNCHANGED else Outcome.IDENTICAL
