"""From a published value back to the archived bytes: find the record, prove it, read it again, compare.

Belongs here: the way back and the verdict. Does not belong here: printing, or reading itself (``pipeline.extraction``).
A proof trusts nothing between the archive and the table: the digest is worked out anew, the page is read anew, and each
range of bytes is looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.archive.ledger import Fetch, iter_fetches
from crawler.archive.reader import Capture, read_fetched
from crawler.errors import DamagedRecordError
from pipeline.clean.records import CountryEntry, Evidence, Extraction, Mention
from pipeline.errors import ReadingError, WrongUseError
from pipeline.extraction import interpret_capture
from pipeline.extractor import current_release
from pipeline.printable import format_value
from warehouse.analysis.answers import as_objects
from warehouse.analysis.naming import Named, find_documents
from warehouse.query import fetch_query, open_published

_TABLES = {"project": ("v1.projects", "project_id"), "news": ("v1.news", "news_id")}
Ask = Callable[[str, str], list[dict[str, Any]]]
"""A question to the published file: SQL with one bound value, to rows."""

_COMPARED_BESIDE_RECORD = ("title", "lang", "content_sha256")


@dataclass(frozen=True, slots=True)
class ProvedValue:
    """One published value beside what the archived page gives now; each as text, None for NULL.

    ``evidence`` are the rows of the reading that stand behind it (a list of countries has one a country). ``fault``
    says what does not agree; None where all does.
    """

    field: str
    published: str | None
    reread: str | None
    evidence: tuple[Evidence, ...]
    fault: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """One document's published version and its archived capture.

    ``observed_at`` is a capture time, or, where ``time_basis`` is ``received``, the day the bytes were handed over.
    ``published_release`` read the page for the tables, ``reread_release`` read it now.
    """

    kind: str
    document_id: str
    title: str
    url: str
    site: str
    observed_at: datetime
    time_basis: str
    capture_id: str
    archive_file: str
    archive_offset: int
    payload_sha256: str
    published_release: int
    reread_release: int
    values: tuple[ProvedValue, ...]

    @property
    def faults(self) -> tuple[ProvedValue, ...]:
        """Values that do not agree."""
        return tuple(value for value in self.values if value.fault)


def prove(published: Path, archive: Path, name: str, field: str | None = None) -> Proof:
    """Prove the current version of the document that ``name`` names: one field, or every field that is published.

    Raises:
        NotFoundError: no document has the name.
        WrongUseError: several have it, or the document has no such field.
        DamagedRecordError: the archived record does not hold.
        ReadingError: the archive no longer has the record, or its bytes are not the ones that the table names.
    """
    with open_published(published) as connection:

        def ask(sql: str, value: str) -> list[dict[str, Any]]:
            return as_objects(fetch_query(connection, sql, [value]))

        kind, document = _find_published(find_documents(connection, name), name, ask)
        document = {**document, **_find_parts(kind, str(document[_TABLES[kind][1]]), ask)}
        capture_row = _find_capture(str(document["capture_id"]), ask)
    fetch, capture = _read_archived(archive, capture_row)
    release = current_release().number
    row = interpret_capture(capture, str(capture_row["run_id"]), release).extraction
    values = _compare(document, row, capture.payload, field)
    return Proof(
        kind=kind,
        document_id=str(document[_TABLES[kind][1]]),
        title=str(document["title"]),
        url=fetch.url,
        site=str(document["site"]),
        observed_at=fetch.fetched_at.astimezone(UTC),
        time_basis=fetch.time_basis,
        capture_id=capture.capture_id,
        archive_file=str(capture_row["archive_file"]),
        archive_offset=int(capture_row["archive_offset"]),
        payload_sha256=str(capture_row["payload_sha256"]),
        published_release=int(document["extractor"]),
        reread_release=release,
        values=values,
    )


def _find_published(found: list[Named], name: str, ask: Ask) -> tuple[str, dict[str, Any]]:
    named, *others = found
    if others:
        ids = ", ".join(one.document_id for one in found)
        raise WrongUseError(f"{name} names several documents: {ids}; give one of these")
    table, key = _TABLES[named.kind]
    rows = ask(f"SELECT * FROM {table} WHERE {key} = ?", named.document_id)
    if not rows:
        raise WrongUseError(f"{named.document_id} is no longer on its site: no current version; see `iomdb history`")
    return named.kind, rows[0]


def _find_parts(kind: str, document_id: str, ask: Ask) -> dict[str, list[str]]:
    """Countries with their roles, and mentions, as lines of words, in the order of the page."""
    key, countries = _TABLES[kind][1], {"project": "v1.project_countries", "news": "v1.news_countries"}[kind]
    roles = ask(f"SELECT role, country_code FROM {countries} WHERE {key} = ? ORDER BY place", document_id)
    mentions = ask(f"SELECT kind, name, value FROM v1.mentions WHERE {key} = ? ORDER BY place", document_id)
    return {
        "country_roles": [f"{row['role']} {row['country_code']}" for row in roles],
        "mentions": [" ".join(str(word) for word in row.values() if word is not None) for row in mentions],
    }


def _find_capture(capture_id: str, ask: Ask) -> dict[str, Any]:
    """The row of ``v1.captures``; of a revisit, that of the capture which has the body."""
    rows: list[dict[str, Any]] = []
    for _ in range(2):
        rows = ask("SELECT * FROM v1.captures WHERE capture_id = ? ORDER BY run_id LIMIT 1", capture_id)
        if not rows:
            raise ReadingError(f"capture {capture_id} is not in v1.captures; run `iomdb rebuild`")
        if rows[0]["content_capture_id"] == capture_id:
            break
        capture_id = str(rows[0]["content_capture_id"])
    return rows[0]


def _read_archived(archive: Path, row: Mapping[str, Any]) -> tuple[Fetch, Capture]:
    """The ledger's line and the record of a capture, each checked against the other and against the table."""
    run_folder = archive / str(row["run_id"])
    try:
        fetches = [
            one for one in iter_fetches(run_folder) if one.capture and one.capture.capture_id == row["capture_id"]
        ]
    except OSError as error:
        raise ReadingError(f"run {row['run_id']} is not in the archive any more; run `iomdb fsck`") from error
    if not fetches or fetches[0].capture is None:
        raise ReadingError(f"the ledger of run {row['run_id']} does not name capture {row['capture_id']}")
    capture = read_fetched(run_folder, fetches[0], fetches[0].capture)
    digest = hashlib.sha256(capture.payload).hexdigest()
    if digest != row["payload_sha256"]:
        raise DamagedRecordError(
            f"capture {row['capture_id']}: the archived payload has sha256 {digest}, the table says "
            f"{row['payload_sha256']}; "
            "run `iomdb fsck`"
        )
    return fetches[0], capture


def _as_text(value: object) -> str | None:
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
    return {name: _as_text(value) for name, value in fields.items()}


def _compare(
    document: Mapping[str, Any], row: Extraction, payload: bytes, field: str | None
) -> tuple[ProvedValue, ...]:
    reread = _read_values(row)
    comparable = [name for name in document if name in reread] if reread else list(document)
    if field is not None and field not in comparable:
        raise WrongUseError(f"{field!r} is no field of this document; its fields are {', '.join(comparable)}")
    chosen = [field] if field else [name for name in comparable if _as_text(document[name]) or reread.get(name)]
    return tuple(_compare_field(name, _as_text(document[name]), reread.get(name), row, payload) for name in chosen)


def _compare_field(
    name: str, published: str | None, reread: str | None, row: Extraction, payload: bytes
) -> ProvedValue:
    evidence = _find_evidence(name, row)
    fault = None
    if row.status != "read":
        fault = f"the archived page cannot be read: {row.reason}"
    elif published != reread:
        fault = f"published {format_value(published)}, but the archived page gives {format_value(reread)}"
    else:
        outside = [one for one in evidence if one.end is not None and one.end > len(payload)]
        fault = f"bytes {outside[0].start}-{outside[0].end} lie outside the page" if outside else None
    return ProvedValue(name, published, reread, evidence, fault)


def _find_evidence(name: str, row: Extraction) -> tuple[Evidence, ...]:
    """What stands behind a field: its rows of evidence; of roles and mentions, one row each."""
    if name == "country_roles":
        return tuple(_as_evidence(name, f"{one.role} {one.country_code}", one) for one in row.countries)
    if name == "mentions":
        return tuple(_as_evidence(name, f"{one.kind} {one.name}", one) for one in row.mentions)
    return tuple(one for one in row.evidence if one.field == name)


def _as_evidence(name: str, value: str, one: CountryEntry | Mention) -> Evidence:
    return Evidence(
        field=name, value=value, raw=one.raw, rule=one.rule, certainty=one.certainty, start=one.start, end=one.end
    )


def cite(proof: Proof) -> str:
    """One line that says who states it, where, when, and by which bytes it can be proved.

    The same for the same proof: no clock, no locale.
    """
    when = f"{proof.observed_at:%Y-%m-%dT%H:%M:%SZ}"
    stated = "".join(f" {value.field} = {_quote(value)};" for value in proof.values if value.published is not None)
    time = f"captured {when}" if proof.time_basis == "captured" else f"received {when} (capture time not known)"
    return (
        f"International Organization for Migration, “{proof.title}”, {proof.document_id}, {proof.url}, {time};{stated} "
        f"{proof.archive_file} at {proof.archive_offset}, payload sha256:{proof.payload_sha256}, "
        f"capture {proof.capture_id}, read by iomdb extractor release {proof.published_release}."
    )


def _quote(value: ProvedValue) -> str:
    ranges = [f"{one.start}-{one.end}" for one in value.evidence if one.start is not None]
    short = value.published or ""
    short = short if len(short) <= 120 else short[:119] + "…"
    return f"“{short}”" + (f" (bytes {', '.join(ranges)})" if ranges else "")
