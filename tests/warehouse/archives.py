"""Run folders and extraction files written from a scripted history, as docs/contracts.md fixes them.

Belongs here: what a crawl and a reading leave on disk, without either. Every record's words are ours.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from contracts.extraction import Extraction, ExtractorRelease
from contracts.fields import RECORDS, list_fields
from contracts.verdict import Verdict
from extractor.meaning.findings import content_sha256
from warehouse.build.database import build_database
from warehouse.build.sources import Sources
from warehouse.extracted.writer import write_extraction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

Record = dict[str, Any]
RELEASE_1 = ExtractorRelease(1, date(2026, 1, 1), "first")


@dataclass(frozen=True)
class Answer:
    """What one URL answered in one run. ``record`` is what a reader would read; None where nothing can be read."""

    url: str
    effect: str = "seen"
    record: Record | None = None
    kind: str = "project"
    outcome: str = ""
    final_url: str | None = None
    at: str | None = None
    site: str = "iom"
    noise: str = ""
    time_basis: str = "captured"

    @property
    def page_key(self) -> str:
        """The ledger's key, for the plain addresses that tests use."""
        bare = self.url.split("://", 1)[1].removeprefix("www.").split("#")[0].split("?")[0]
        return bare.rstrip("/")


def project(url: str, *, title: str = "A border project", noise: str = "", **fields: Any) -> Answer:
    """A project page that reads well. ``fields`` are columns of the contract's ``project`` and of the row itself."""
    return Answer(url, record={"kind": "project", "title": title, **fields}, noise=noise)


def news(url: str, *, title: str = "A news page", noise: str = "", **fields: Any) -> Answer:
    """A news page that reads well."""
    return Answer(url, record={"kind": "news", "title": title, **fields}, kind="news", noise=noise)


def absent(url: str, *, kind: str = "project", outcome: str = "not_found") -> Answer:
    return Answer(url, "absent", kind=kind, outcome=outcome)


def moved(url: str, to: str, *, kind: str = "project") -> Answer:
    return Answer(url, "moved", kind=kind, outcome="redirected", final_url=to)


def unknown(url: str, *, kind: str = "project", outcome: str = "timeout") -> Answer:
    return Answer(url, "unknown", kind=kind, outcome=outcome)


def unreadable(url: str, *, kind: str = "project") -> Answer:
    """A page that answered with a body in which no reader finds a record."""
    return Answer(url, record=None, kind=kind)


def at(answer: Answer, instant: str) -> Answer:
    return replace(answer, at=instant)


def received(answer: Answer, instant: str) -> Answer:
    """The same page as a text that somebody handed over, without a capture time."""
    return replace(answer, at=instant, time_basis="received")


@dataclass
class Archive:
    """A data folder that grows run by run, and its readings.

    With ``shares_bodies`` an answer with the bytes of any page before it is a revisit, as in WARC files deduplicated by
    digest; else of its own page alone, as our crawls have it.
    """

    root: Path
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, list[tuple[dict[str, Any], Answer]]] = field(default_factory=dict)
    bodies: dict[tuple[str, str], str] = field(default_factory=dict)
    shares_bodies: bool = False

    def run(
        self,
        started: str,
        answers: Sequence[Answer],
        *,
        name: str = "iom",
        accepted: bool = True,
        site_config: str | None = None,
        source: str = "crawl",
        reasons: Sequence[dict[str, Any]] = (),
    ) -> str:
        """Seal one run that starts at ``started`` (a day or an instant) and asks one URL a second."""
        start = datetime.fromisoformat(started).replace(tzinfo=UTC)
        run_id = f"{start:%Y%m%dT%H%M%SZ}-{name}-{hashlib.sha256(f'{started}{name}'.encode()).hexdigest()[:8]}"
        lines = [self._line(seq, answer, start + timedelta(seconds=seq)) for seq, answer in enumerate(answers)]
        self.answers[run_id] = list(zip(lines, answers, strict=True))
        folder = self.root / "archive" / run_id
        folder.mkdir(parents=True)
        (folder / "fetches.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        manifest = {
            "format": 1, "run_id": run_id, "source": source, "site": name, "started_at": instant(start),
            "ended_at": instant(start + timedelta(hours=1)), "sealed_at": instant(start + timedelta(hours=1)),
            "complete": True, "discovery": [], "files": [], "counts": {"fetched": len(lines)}, "software": {},
            "site_config_sha256": None, "site_config": site_config, "robots": [], "resumed": 0, "notes": [],
        }  # fmt: skip
        (folder / "run.json").write_text(json.dumps(manifest))
        judged = sorted({(answer.site, answer.kind) for answer in answers})
        verdict = "accepted" if accepted else "rejected"
        self.verdicts += [
            {"run_id": run_id, "site": site, "kind": kind, "verdict": verdict, "by": "gate", "reasons": list(reasons)}
            for site, kind in judged
        ]
        return run_id

    def _line(self, seq: int, answer: Answer, when: datetime) -> dict[str, Any]:
        fetched_at = answer.at or instant(when)
        return {
            "seq": seq, "site": answer.site, "url": answer.url, "page_key": answer.page_key, "kind": answer.kind,
            "outcome": answer.outcome or "fetched", "effect": answer.effect, "fetched_at": fetched_at,
            "time_basis": answer.time_basis, "http_status": 404 if answer.effect == "absent" else 200,
            "final_url": answer.final_url, "capture": self._capture(answer, fetched_at, seq), "listing_date": None,
            "discovered_by": "known", "etag": None, "last_modified": None, "attempts": 1, "bytes_received": 100,
            "detail": None,
        }  # fmt: skip

    def _capture(self, answer: Answer, fetched_at: str, seq: int) -> dict[str, Any] | None:
        if answer.effect != "seen":
            return None
        digest = sha256({"record": answer.record, "noise": answer.noise})
        capture_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{answer.url} {fetched_at} {digest}"))
        content_id = self.bodies.setdefault(("" if self.shares_bodies else answer.page_key, digest), capture_id)
        return {
            "capture_id": capture_id, "warc_type": "response" if content_id == capture_id else "revisit",
            "file": "pages-00000.warc.gz", "offset": seq * 1000, "length": 1000, "payload_sha256": digest,
            "media_type": "text/html", "reader": "html", "content_capture_id": content_id,
        }  # fmt: skip

    def extract(
        self, release: int = 1, reader: Callable[[Record], Record | None] = dict, runs: Iterable[str] | None = None
    ) -> None:
        """Read every run (or ``runs``) with one release; a ``reader`` that returns None cannot read the page."""
        for run_id in self.answers if runs is None else runs:
            rows = [
                json.dumps(extraction_row(run_id, line, answer, release, reader)).encode()
                for line, answer in self.answers[run_id]
                if line["capture"] and line["capture"]["warc_type"] != "revisit"
            ]
            write_extraction(rows, self.root / "extracted" / str(release) / f"{run_id}.parquet")

    def sources(self, releases: Sequence[ExtractorRelease] = (RELEASE_1,)) -> Sources:
        return Sources(self.root / "archive", self.root / "extracted", releases)

    def build(self, releases: Sequence[ExtractorRelease] = (RELEASE_1,), **how: Any) -> Path:
        """Build the private file and return its path."""
        target: Path = self.root / "iomdb.duckdb"
        how.setdefault("threads", 1)  # tiny tables: a second thread costs more than it brings
        verdicts = msgspec.convert(self.verdicts, list[Verdict])
        return build_database(self.sources(releases), verdicts, target, **how).path


def build(archive: Archive) -> Path:
    """The private file of an archive that one release has read."""
    archive.extract()
    return archive.build()


def extraction_row(
    run_id: str, line: dict[str, Any], answer: Answer, release: int, reader: Callable[[Record], Record | None]
) -> dict[str, Any]:
    """One row of the contract's section 3 for one capture."""
    record = None if answer.record is None else reader(answer.record)
    row: dict[str, Any] = {
        "capture_id": line["capture"]["capture_id"], "run_id": run_id, "site": line["site"], "url": line["url"],
        "page_key": line["page_key"], "observed_at": line["fetched_at"], "time_basis": line["time_basis"],
        "release": release, "status": "read", "reason": None, "kind": None, "layout": "project/1", "lang": "en",
        "lang_basis": "labels",
        "title": None, "canonical_url": None, "alternates": [], "content_sha256": None, "project": None, "news": None,
        "countries": [], "mentions": [], "evidence": [], "unmapped": [], "issues": [],
        "blocks": {"total": 10, "frame": 2, "explained": 8, "unexplained": 0}, "unexplained": [],
        "unread_fields": [],
    }  # fmt: skip
    if record is None:
        return row | {"status": "quarantined", "reason": "no known layout", "layout": None}
    row |= {key: value for key, value in record.items() if key in row and key != "status"}
    lists = list_fields(record["kind"])
    values: Record = {key: ([] if key in lists else None) for key in RECORDS[record["kind"]].__struct_fields__}
    values |= {key: value for key, value in record.items() if key in values}
    if record["kind"] == "project":
        row["countries"] = record.get("roles") or [country("benefiting", code) for code in values["countries"]]
    row[record["kind"]] = values
    read = msgspec.convert(row, Extraction)
    stated = read.project or read.news
    assert read.kind is not None
    assert stated is not None
    digest = content_sha256(
        kind=read.kind, title=read.title, record=stated, countries=read.countries, mentions=read.mentions
    )
    return row | {"content_sha256": digest}


def country(role: str, code: str) -> dict[str, Any]:
    return {
        "role": role, "country_code": code, "raw": code, "rule": "test", "certainty": "stated", "start": 0, "end": 2,
    }  # fmt: skip


def sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def instant(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
