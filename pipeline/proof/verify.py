"""From a published value back to the archived bytes: find the record, prove it, read it again, compare.

Belongs here: the way back and the verdict. Does not belong here: what is published (:mod:`warehouse.read.claims`),
printing, citing, or reading itself (``pipeline.stages.extract``). A proof trusts nothing between the archive and the
table: the digest is worked out anew, the page is read anew, and each range of bytes is looked at.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.extraction import CountryEntry, Evidence, Extraction, Mention
from contracts.fields import columns_beside, wording_column
from contracts.run import Fetch, Source, source_of
from crawler.archive.reader import ArchivedCapture, read_fetched
from crawler.archive.runs import iter_fetches, read_manifest
from crawler.errors import DamagedRecordError
from pipeline.ground.errors import ReadingError, WrongUseError, propose
from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import format_value
from pipeline.stages.extract import interpret_capture
from pipeline.stages.frames import find_used
from pipeline.stages.releases import current_release
from warehouse.read.captures import Capture
from warehouse.read.claims import Claim, VersionMark, find_claim
from warehouse.read.published import open_published, read_notice

_COMPARED_BESIDE_RECORD = ("title", "lang", "content_sha256")


@dataclass(frozen=True, slots=True)
class ProvedValue:
    """One published value beside what the archived page gives now; each as text, None for NULL.

    ``raw`` are the page's words for it, None where it has none: a NULL with words is stated and was not understood.
    ``is_unread`` says that the page states it, in these bytes or now, in a way that no rule reads: what is published is
    the last value that was read, and these bytes may not prove it.
    ``evidence`` are the rows of the reading that support it (a list of countries has one a country). ``fault``
    says what does not agree; None where all does.
    """

    field: str
    published: str | None
    raw: str | None
    reread: str | None
    evidence: tuple[Evidence, ...]
    fault: str | None
    is_unread: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What is published of one document by one capture, proved by the archived bytes.

    ``observed_at`` is a capture time, or, where ``time_basis`` is ``received``, the day the bytes were handed over.
    ``published_release`` read the page for the tables, ``reread_release`` read it now (None: it was not read again).
    ``version`` is None for a capture that no version is based on; ``is_accepted`` is False where the gate rejected its
    run. ``source`` says how the bytes came to us (``crawl``, ``folder``, ``warc``), ``origin`` says it in words, with
    the file. ``gone_from`` is since when the document is gone; ``others`` are further documents that the name is or was
    a name of. ``tables_sha256`` names the content of the published tables. ``notice`` is what must be said of all of
    them (they are invented), or None. Instants are UTC, without a zone.
    """

    notice: str | None
    kind: str
    document_id: str
    title: str
    url: str
    site: str
    observed_at: datetime
    time_basis: str
    version: VersionMark | None
    gone_from: datetime | None
    is_accepted: bool
    capture_id: str
    archive_file: str
    archive_offset: int
    payload_sha256: str
    content_sha256: str
    tables_sha256: str
    published_release: int
    reread_release: int | None
    values: tuple[ProvedValue, ...]
    others: tuple[str, ...]
    source: Source = "crawl"
    origin: str = ""

    @property
    def faults(self) -> tuple[ProvedValue, ...]:
        """Values that do not agree."""
        return tuple(value for value in self.values if value.fault)


def prove(
    folder: DataFolder, name: str, field: str | None = None, at: str | None = None, *, published: Path | None = None
) -> Proof:
    """Prove what is published under a name: one field, or every field that is published.

    ``name`` is any name of a document, or a capture_id. ``at`` is the number of a version (``v3``) or an instant at
    which it was valid; without it the current version is proved. ``published`` are the tables of a data release that
    is kept; None for those that are published now.

    Raises:
        As :func:`prove_capture` does.
    """
    return prove_capture(folder, name, field, at, published=published)[0]


def prove_capture(
    folder: DataFolder, name: str, field: str | None = None, at: str | None = None, *, published: Path | None = None
) -> tuple[Proof, ArchivedCapture]:
    """As :func:`prove`; the proof, and the archived capture whose bytes prove it: of a revisit, its original's.

    Raises:
        NotFoundError: no document, version or capture has the name, or nothing was read from it.
        AmbiguousNameError: several documents have it.
        WrongUseError: the document has no such field.
        DamagedRecordError: the archived record does not hold.
        ReadingError: the archive no longer has the record, or its bytes are not the ones that the table names.
    """
    with open_published(published or folder.published) as connection:
        claim = find_claim(connection, folder.extracted, name, at)
        notice = read_notice(connection)
    fetch, capture = read_archived(folder.archive, claim.capture)
    release = current_release().number
    run_id = claim.capture.content_run_id
    frames = find_used(folder.extracted / str(release), run_id)
    row = interpret_capture(capture, folder.archive / run_id, release, frames).extraction
    run = read_manifest(folder.archive, run_id)
    values = _compare(claim, row, capture.payload, field)
    origin = describe_origin(run.source, run_id, run.notes)
    return _make_proof(notice, claim, values, (fetch.site, run.source, origin), release), capture


def state_title(notice: str | None, claim: Claim, site: str, source: Source, notes: Sequence[str]) -> Proof:
    """The title of a document as published, for a citation of what the tables say: no byte is read, nothing proved."""
    title = as_text(claim.values["title"])
    value = ProvedValue("title", title, None, None, (), None, "title" in claim.unread_fields)
    origin = describe_origin(source, claim.capture.content_run_id, notes)
    return _make_proof(notice, claim, (value,), (site, source, origin), None)


def describe_origin(source: Source, run_id: str, notes: Sequence[str]) -> str:
    """How the captures of a run came to us: by a crawl of ours, or handed over, as what."""
    if source == "crawl":
        return "crawled by iomdb"
    if source == "folder":
        return f"handed over in the folder {source_of(run_id)}"
    return f"imported, {next(iter(notes), 'of a file without a name')}"


def _make_proof(
    notice: str | None,
    claim: Claim,
    values: tuple[ProvedValue, ...],
    came: tuple[str, Source, str],
    reread_release: int | None,
) -> Proof:
    found, (site, source, origin) = claim.capture, came
    return Proof(
        notice=notice,
        kind=claim.named.kind,
        document_id=claim.named.document_id,
        title=str(claim.values["title"]),
        url=found.url,
        site=site,
        observed_at=found.captured_at,
        time_basis=found.time_basis,
        version=claim.version,
        gone_from=claim.gone_from,
        is_accepted=found.is_accepted,
        capture_id=found.capture_id,
        archive_file=found.archive_file,
        archive_offset=found.archive_offset,
        payload_sha256=found.payload_sha256,
        content_sha256=str(claim.values["content_sha256"]),
        tables_sha256=claim.tables_sha256,
        published_release=int(claim.values["extractor"]),
        reread_release=reread_release,
        values=values,
        others=tuple(one.document_id for one in claim.others),
        source=source,
        origin=origin,
    )


def read_archived(archive: Path, published: Capture) -> tuple[Fetch, ArchivedCapture]:
    """The ledger's line and the record of a capture's body, each checked against the other and against the table.

    Raises:
        ReadingError, DamagedRecordError: as :func:`prove_capture`.
    """
    run_id, body_id = published.content_run_id, published.content_capture_id
    run_folder = archive / run_id
    try:
        fetches = [one for one in iter_fetches(run_folder) if one.capture and one.capture.capture_id == body_id]
    except OSError as error:
        raise ReadingError(f"run {run_id} is not in the archive any more; run `iomdb fsck`") from error
    if not fetches:
        raise ReadingError(f"the ledger of run {run_id} does not name capture {body_id}")
    capture = read_fetched(run_folder, fetches[0])
    digest = hashlib.sha256(capture.payload).hexdigest()
    if digest != published.payload_sha256:
        raise DamagedRecordError(
            f"capture {body_id}: the archived payload has sha256 {digest}, the table says "
            f"{published.payload_sha256}; run `iomdb fsck`"
        )
    return fetches[0], capture


def as_text(value: object) -> str | None:
    """A published value as citations print it; None for NULL and an empty list."""
    if value is None or value in ([], ()):
        return None
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return str(value)


def _read_values(row: Extraction) -> dict[str, str | None]:
    """Every comparable field of a reading, as text."""
    record = row.project or row.news
    if row.status != "read" or record is None:
        return {}
    fields = {name: getattr(record, name) for name in record.__struct_fields__}
    fields |= {name: getattr(row, name) for name in _COMPARED_BESIDE_RECORD}
    fields["country_roles"] = [f"{one.role} {one.country_code}" for one in row.countries]
    fields["mentions"] = [" ".join(filter(None, (one.kind, one.name, one.value))) for one in row.mentions]
    return {name: as_text(value) for name, value in fields.items()}


def _compare(claim: Claim, row: Extraction, payload: bytes, field: str | None) -> tuple[ProvedValue, ...]:
    document, reread = claim.values, _read_values(row)
    comparable = [name for name in document if name in reread] if reread else list(document)
    if field is not None and field not in comparable:
        near = propose(field, comparable) or f"its fields are {', '.join(comparable)}"
        raise WrongUseError(f"{field!r} is no field of this document; {near}")
    chosen = [field] if field else [name for name in comparable if as_text(document[name]) or reread.get(name)]
    return tuple(_compare_field(name, claim, reread.get(name), row, payload) for name in chosen)


def _list_unread(kind: str, names: Iterable[str]) -> frozenset[str]:
    """What is unread with these fields: all that stands under their labels."""
    found = {beside for name in names for beside in columns_beside(kind, name)}
    return frozenset(found | ({"country_roles"} if "countries" in found else set()))


def _compare_field(name: str, claim: Claim, reread: str | None, row: Extraction, payload: bytes) -> ProvedValue:
    published, raw = as_text(claim.values[name]), _find_words(name, claim.values, row)
    is_unread = name in _list_unread(claim.named.kind, row.unread_fields)
    evidence = _find_evidence(name, row)
    fault = None
    if row.status != "read":
        fault = f"the archived page cannot be read: {row.reason}"
    elif published != reread and not is_unread:
        fault = f"published {format_value(published)}, but the archived page gives {format_value(reread)}"
    else:
        outside = [one for one in evidence if one.end is not None and one.end > len(payload)]
        fault = f"bytes {outside[0].start}-{outside[0].end} lie outside the page" if outside else None
    is_unread = is_unread or name in _list_unread(claim.named.kind, claim.unread_fields)
    return ProvedValue(name, published, raw, reread, evidence, fault, is_unread)


def _find_words(name: str, document: Mapping[str, Any], row: Extraction) -> str | None:
    """The page's words for a field as published, or None where it has none."""
    column = wording_column(row.kind, name) if row.kind else f"{name}_raw"
    return as_text(document.get(column)) if column else None


def _find_evidence(name: str, row: Extraction) -> tuple[Evidence, ...]:
    """What supports a field: its rows of evidence; of roles and mentions, one row each."""
    if name == "country_roles":
        return tuple(_as_evidence(name, f"{one.role} {one.country_code}", one) for one in row.countries)
    if name == "mentions":
        return tuple(_as_evidence(name, f"{one.kind} {one.name}", one) for one in row.mentions)
    return tuple(one for one in row.evidence if one.field == name)


def _as_evidence(name: str, value: str, one: CountryEntry | Mention) -> Evidence:
    return Evidence(
        field=name, value=value, raw=one.raw, rule=one.rule, certainty=one.certainty, start=one.start, end=one.end
    )
