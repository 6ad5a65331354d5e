"""A folder of pages with its manifest.toml, made a run of the archive like any other.

Belongs here: the manifest's form (the README shows one), its strict checking, and the records that pages become.
Does not belong here: what is on a page, or WARC files made by others (``crawler.imports.warc``).
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from contracts.fetch import Fetch, Instant, Reader, Sha256
from contracts.outcomes import Outcome
from contracts.run import make_run_id
from crawler.archive.runs import has_run
from crawler.archive.volumes import HandedOver
from crawler.archive.writer import RunWriter
from crawler.errors import FolderError, UrlError
from crawler.site.site import SHIPPED_SITES, Sites, load_sites
from crawler.site.urls import check_written, normal_url
from crawler.strict import find_toml_fault
from crawler.warc.records import sha256_hex

MANIFEST = "manifest.toml"
FIRST_YEAR, LAST_YEAR = 1991, 9998
"""The web's first year; the last that every time zone can be converted from."""
LARGEST_PAGE = 40_000_000
"""Bytes of one page; the same as a site file's default for a decoded body."""


class FolderPage(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One ``[[page]]``: ``received_at`` is a hand-over date, ``captured_at`` when the page was fetched, where known."""

    file: Annotated[str, Meta(min_length=1)]
    sha256: Sha256
    url: str
    reader: Reader
    received_at: Instant
    captured_at: Instant | None = None
    notes: str | None = None

    @property
    def observed_at(self) -> datetime:
        """The time of the page, in UTC: captured, else received."""
        return (self.captured_at or self.received_at).astimezone(UTC)


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole manifest.toml."""

    page: Annotated[list[FolderPage], Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class IngestedRun:
    """What ingesting gave: ``already_present`` says that the same input had been ingested before, and nothing changed.

    ``notes`` say what was left out, and why; a folder leaves nothing out.
    """

    run_id: str
    n_pages: int
    already_present: bool
    notes: Sequence[str] = ()


def ingest_folder(folder: Path, archive: Path, sites: Sites | None = None) -> IngestedRun:
    """Check a folder of pages and make it a sealed run; nothing is written unless all of it is right.

    ``sites`` give site and kind by URL; None: those that ship with the crawler.

    Raises:
        FolderError: the manifest or a page is not as it must be; the text names file and key.
        ArchiveError: the archive cannot be written.
    """
    sites = sites or load_sites(SHIPPED_SITES)
    pages = read_manifest(folder)
    for number, page in enumerate(pages):
        read_page(folder, number, page)
    newest = max(page.received_at for page in pages).astimezone(UTC)
    run_id = make_run_id(newest, folder.resolve().name, _identity(pages))
    if has_run(archive, run_id):
        return IngestedRun(run_id, len(pages), already_present=True)
    ids = {sites.site_id(page.url) for page in pages}
    site = ids.pop() if len(ids) == 1 else None
    with RunWriter.open(
        archive,
        run_id,
        source="folder",
        site=site,
        started_at=newest,
        software={"iomdb": version("iomdb")},
        start_over=True,
    ) as writer:
        try:
            for number, page in enumerate(pages):
                _write_page(writer, page, read_page(folder, number, page), sites)
        except FolderError:
            writer.discard()  # a page was changed since it was proved
            raise
        notes = [f"{page.file}: {page.notes}" for page in pages if page.notes]
        writer.seal(ended_at=newest, sealed_at=newest, complete=False, notes=notes)
    return IngestedRun(run_id, len(pages), already_present=False)


def read_manifest(folder: Path) -> list[FolderPage]:
    """The pages that a folder's manifest names, checked against each other.

    Raises:
        FolderError: the manifest is not there, is not TOML, or a key is not as it must be.
    """
    path = folder / MANIFEST
    try:
        pages = msgspec.convert(tomllib.loads(path.read_bytes().decode("utf-8")), Manifest).page
    except OSError as error:
        raise FolderError(
            f"{path} cannot be read: {error.strerror}; a folder of pages has one; WARC files are named themselves"
        ) from error
    except UnicodeDecodeError as error:
        raise FolderError(f"{path}: not UTF-8: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise FolderError(f"{path}: not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise FolderError(f"{path}: {find_toml_fault(error)}") from error
    files: dict[str, int] = {}
    moments: dict[tuple[str, datetime], int] = {}
    for number, page in enumerate(pages):
        where = f"{path}: page[{number}]"
        for key in ("received_at", "captured_at"):
            date = getattr(page, key)
            if date is not None and not FIRST_YEAR <= date.year <= LAST_YEAR:
                raise FolderError(f"{where}.{key}: {date.isoformat()} is no date of the web's time")
        try:
            moment = (normal_url(check_written(page.url)), page.observed_at)
        except UrlError as error:
            raise FolderError(f"{where}.url: {error}") from error
        for key, first in (("file", files.setdefault(page.file, number)), ("url", moments.setdefault(moment, number))):
            if first != number:
                again = page.file if key == "file" else f"{page.url} at {page.observed_at.isoformat()}"
                raise FolderError(f"{where}.{key}: {again} is page[{first}] already")
    return pages


def read_page(folder: Path, number: int, page: FolderPage) -> bytes:
    """The bytes of one page of the manifest, proved.

    Raises:
        FolderError: the file is not in the folder, is empty or too large, has another digest, or is not UTF-8.
    """
    where = f"{folder / MANIFEST}: page[{number}].file: {page.file!r}"
    name = PurePosixPath(page.file)
    path = folder / name
    if name.is_absolute() or ".." in name.parts or "\\" in page.file or "\0" in page.file:
        raise FolderError(f"{where} leads out of the folder")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise FolderError(f"{where} is a link out of the folder")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_PAGE + 1)
    except OSError as error:
        raise FolderError(f"{where} cannot be read: {error.strerror}") from error
    if not content.strip():
        raise FolderError(f"{where} is empty")
    if len(content) > LARGEST_PAGE:
        raise FolderError(f"{where} has more than {LARGEST_PAGE} bytes")
    digest = sha256_hex(content)
    if digest != page.sha256:
        raise FolderError(f"{folder / MANIFEST}: page[{number}].sha256: {page.file} has the sha256 {digest}")
    if page.reader == "text":
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FolderError(f"{where} is not UTF-8, as the reader `text` needs: {error}") from error
    return content


def _identity(pages: Sequence[FolderPage]) -> bytes:
    """What makes a folder the same folder: its pages and their order, not the manifest's wording."""
    return b"\n".join(msgspec.json.encode(page) for page in pages)


def _write_page(writer: RunWriter, page: FolderPage, content: bytes, sites: Sites) -> None:
    is_text = page.reader == "text"
    handed = HandedOver(
        warc_type="conversion" if is_text else "resource",
        url=page.url,
        fetched_at=page.observed_at,
        content=content,
        content_type="text/plain; charset=utf-8" if is_text else "text/html",
        reader=page.reader,
    )
    writer.write_fetch(
        Fetch(
            site=sites.site_id(page.url),
            url=page.url,
            page_key=sites.page_key(page.url),
            kind=sites.kind_of(page.url),
            outcome=Outcome.FETCHED,
            fetched_at=page.observed_at,
            time_basis="captured" if page.captured_at else "received",
            capture=writer.write_content(handed),
            discovered_by="folder",
            attempts=0,
            bytes_received=len(content),
            detail=page.notes,
        )
    )
