"""Archived pages handed on as one WACZ 1.1.1 file, which opens in ReplayWeb.page and comes back by ``iomdb ingest``.

Belongs here: choosing captures, and the file's members. Does not belong here: the index (:mod:`pipeline.proof.cdxj`),
reading such a file (``crawler.imports.wacz``).

Records go in byte for byte as they are archived. The file is whole by itself: where a chosen capture says that the
page was as before, the capture with the page goes in too. The standard's own tool leaves records of texts that were
handed over out of its index; here they are in it, and are pages.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from contracts.outcomes import Effect
from contracts.run import PAGE_KINDS, CaptureRef, Fetch
from crawler.archive.runs import iter_fetches, iter_run_ids
from crawler.errors import DamagedRecordError
from crawler.warc.members import Record, parse_record
from crawler.warc.records import TIME_RECEIVED, compress_record, encode_record, record_id_of, sha256_hex
from pipeline.ground.errors import NothingToWriteError
from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import write_instant
from pipeline.proof.cdxj import compress_index, make_line
from warehouse.read.documents import find_documents
from warehouse.read.published import Tables, fetch_query, open_published

WARC, INDEX, PAGES = "archive/data.warc.gz", "indexes/index.cdx.gz", "pages/pages.jsonl"

_STAMP = (1980, 1, 1, 0, 0, 0)
_PAGE_KEYS = """
SELECT page_key FROM v1.coverage WHERE kind = $kind AND document_id = $id
UNION SELECT page_key FROM v1.aliases WHERE kind = $kind AND document_id = $id AND page_key IS NOT NULL
"""
_TITLES = """
SELECT content_capture_id, any_value(title ORDER BY valid_from) FROM (
    SELECT content_capture_id, title, valid_from FROM v1.project_versions
    UNION ALL SELECT content_capture_id, title, valid_from FROM v1.news_versions)
WHERE title IS NOT NULL GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which captures: of these pages, of this site, from this instant on; None is any."""

    page_keys: Collection[str] | None = None
    site: str | None = None
    since: datetime | None = None

    def takes(self, fetch: Fetch) -> bool:
        """Whether a fetch, which has a capture, is chosen."""
        return (
            (self.page_keys is None or fetch.page_key in self.page_keys)
            and (self.site is None or fetch.site == self.site)
            and (self.since is None or fetch.fetched_at >= self.since)
        )


@dataclass(frozen=True, slots=True)
class WaczReport:
    """What was written: captures chosen, further ones that they refer to, and pages that are listed."""

    n_captures: int
    n_originals: int
    n_pages: int


def list_sites(folder: DataFolder) -> list[str]:
    """The sites of which there are fetches in the tables."""
    with open_published(folder.published) as connection:
        return [row[0] for row in fetch_query(connection, "SELECT DISTINCT site FROM v1.fetches ORDER BY ALL").rows]


def find_page_keys(connection: Tables, names: Iterable[str]) -> frozenset[str] | None:
    """The pages of documents, by any of their names; None where none is named.

    Raises:
        NotFoundError: there is no such document.
    """
    named = {one for name in names for one in find_documents(connection, name)}
    found: set[str] = set()
    for one in named:
        rows = fetch_query(connection, _PAGE_KEYS, {"kind": one.kind, "id": one.document_id}).rows
        found |= {row[0] for row in rows}
    return frozenset(found) if named else None


def write_wacz(
    folder: DataFolder,
    target: Path,
    names: Collection[str] = (),
    site: str | None = None,
    since: datetime | None = None,
) -> WaczReport:
    """Write what is archived of these documents, of this site, since this instant (UTC); without any of them, all.

    Raises:
        NothingToWriteError: nothing that is archived was asked for.
        NotFoundError: there is no such document. PublishedFileError: nothing is published.
        DamagedRecordError: a record of the archive does not hold.
    """
    with open_published(folder.published) as connection:
        page_keys = find_page_keys(connection, names)
        titles = dict(fetch_query(connection, _TITLES).rows)
    choice = Choice(page_keys, site, None if since is None else since.replace(tzinfo=UTC))
    chosen = _choose(folder.archive, choice.takes)
    if not chosen:
        raise NothingToWriteError("nothing of what was asked for is archived: no WACZ is written")
    wanted = {place.content_capture_id for _, fetch in chosen.values() for place in [_place(fetch)]} - chosen.keys()
    originals = _choose(folder.archive, lambda fetch: _place(fetch).capture_id in wanted) if wanted else {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as bundle:
        return _Wacz(bundle, folder.archive, titles).write(chosen, originals)


_Captures = dict[str, tuple[str, Fetch]]
"""By its id, the run that a capture is in and its fetch: the first of each, in the order of the archive."""


def _choose(archive: Path, takes: Callable[[Fetch], bool]) -> _Captures:
    found: _Captures = {}
    for run_id in iter_run_ids(archive):
        for fetch in iter_fetches(archive / run_id):
            if fetch.capture is not None and fetch.capture.capture_id not in found and takes(fetch):
                found[fetch.capture.capture_id] = (run_id, fetch)
    return found


def _place(fetch: Fetch) -> CaptureRef:
    assert fetch.capture is not None, "only fetches with a capture are chosen"
    return fetch.capture


@dataclass
class _Wacz:
    """One file being written."""

    bundle: zipfile.ZipFile
    archive: Path
    titles: dict[str, str]
    resources: list[dict[str, Any]] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    """By capture, the digest of its payload as its record declares it."""

    def write(self, chosen: _Captures, originals: _Captures) -> WaczReport:
        """Write every member: the WARC file first, since the others tell of it."""
        newest = max(fetch.fetched_at for _, fetch in chosen.values())
        both = [*originals.values(), *chosen.values()]
        # Pages before those that say "as before".
        both.sort(key=lambda one: _place(one[1]).warc_type == "revisit")
        lines = self._write_warc(both, newest)
        index, blocks = compress_index(lines, "index.cdx.gz")
        pages = [self._describe_page(fetch) for _, fetch in chosen.values()
                 if fetch.effect is Effect.SEEN and fetch.kind in PAGE_KINDS]  # fmt: skip
        head = {"format": "json-pages-1.0", "id": "pages", "title": "Archived pages", "hasText": False}
        self._add("index.cdx.gz", INDEX, index)
        self._add("index.idx", "indexes/index.idx", blocks)
        self._add("pages.jsonl", PAGES, "".join(json.dumps(page) + "\n" for page in (head, *pages)).encode())
        self._write_package(newest, pages)
        return WaczReport(len(chosen), len(originals), len(pages))

    def _write_warc(self, captures: list[tuple[str, Fetch]], newest: datetime) -> list[str]:
        """Copy the records, each as it is; the lines of the index."""
        lines, offset, digest = [], 0, hashlib.sha256()
        with self.bundle.open(zipfile.ZipInfo(WARC, _STAMP), "w", force_zip64=True) as file:
            for line, members in self._iter_members(captures, newest):
                if line is not None:
                    url, at, fields = line
                    place = {"length": len(members[0]), "offset": offset, "filename": "data.warc.gz"}
                    lines.append(make_line(url, at, **fields, **place))
                for member in members:
                    file.write(member)
                    digest.update(member)
                    offset += len(member)
        self._list("data.warc.gz", WARC, offset, digest.hexdigest())
        return lines

    def _iter_members(
        self, captures: list[tuple[str, Fetch]], newest: datetime
    ) -> Iterator[tuple[tuple[str, datetime, dict[str, Any]] | None, list[bytes]]]:
        """What the index says of a capture (None of what is none), and its records, compressed, its own the first."""
        told = f"software: iomdb {version('iomdb')}\r\nformat: WARC File Format 1.1\r\n".encode()
        yield None, [_make_record("warcinfo", "", newest, told)]
        for run_id, fetch in captures:
            place = _place(fetch)
            with (self.archive / run_id / place.file).open("rb") as volume:
                volume.seek(place.offset)
                member = volume.read(place.length)
            try:
                record = parse_record(member)
            except DamagedRecordError as error:
                where = f"{run_id}/{place.file} at {place.offset}"
                raise DamagedRecordError(f"{where}: {error}; nothing is written; run `iomdb fsck`") from error
            members = [member]
            if fetch.time_basis == "received":
                members.append(_make_record("metadata", fetch.url, fetch.fetched_at, TIME_RECEIVED, record.record_id))
            yield (fetch.url, fetch.fetched_at, self._describe_capture(record, fetch)), members

    def _describe_capture(self, record: Record, fetch: Fetch) -> dict[str, Any]:
        place = _place(fetch)
        own = record.headers.get("warc-payload-digest")
        digest = own or self.digests.get(place.content_capture_id, f"sha256:{place.payload_sha256}")
        self.digests[place.capture_id] = digest
        is_revisit = place.warc_type == "revisit"
        mime = "warc/revisit" if is_revisit else place.media_type or "application/octet-stream"
        return {"mime": mime, "status": fetch.http_status or 200, "digest": digest}

    def _describe_page(self, fetch: Fetch) -> dict[str, str]:
        place = _place(fetch)
        title = self.titles.get(place.content_capture_id, fetch.url)
        at = write_instant(fetch.fetched_at, timespec="seconds")
        return {"id": place.capture_id, "url": fetch.url, "ts": at, "title": title}

    def _write_package(self, newest: datetime, pages: list[dict[str, str]]) -> None:
        first = {"mainPageUrl": pages[0]["url"], "mainPageDate": pages[0]["ts"]} if pages else {}
        package = {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": "Archived pages of the International Organization for Migration (IOM)",
            "created": write_instant(newest, timespec="seconds"),
            "software": f"iomdb {version('iomdb')}",
            **first,
            "resources": self.resources,
        }
        content = json.dumps(package, indent=2).encode()
        self._put("datapackage.json", content)
        told = {"path": "datapackage.json", "hash": f"sha256:{sha256_hex(content)}"}
        self._put("datapackage-digest.json", json.dumps(told, indent=2).encode())

    def _add(self, name: str, path: str, content: bytes) -> None:
        self._put(path, content)
        self._list(name, path, len(content), sha256_hex(content))

    def _put(self, path: str, content: bytes) -> None:
        self.bundle.writestr(zipfile.ZipInfo(path, _STAMP), content)

    def _list(self, name: str, path: str, size: int, digest: str) -> None:
        self.resources.append({"name": name, "path": path, "hash": f"sha256:{digest}", "bytes": size})


def _make_record(warc_type: Any, url: str, at: datetime, block: bytes, refers_to: str | None = None) -> bytes:
    headers = (
        ("WARC-Target-URI", url or None),
        ("WARC-Refers-To", f"<urn:uuid:{refers_to}>" if refers_to else None),
        ("Content-Type", "application/warc-fields"),
    )
    record_id = record_id_of(warc_type, url, at, block + (refers_to or "").encode())
    return compress_record(encode_record(warc_type, record_id, at, block, headers), "portable")
