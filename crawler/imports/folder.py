"""A folder of pages with its manifest.toml, made a run of the archive like any other.

Belongs here: the manifest's form (the README shows one), its strict checking, and the records that pages become.
Does not belong here: what is on a page, which files are opened at all (``crawler.imports.door``), or WARC files made by
others (``crawler.imports.warc``).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from contracts.outcomes import Outcome
from contracts.run import Fetch, Instant, Reader, Sha256, make_run_id
from crawler.archive.runs import has_run
from crawler.archive.volumes import HandedOver
from crawler.archive.writer import RunWriter
from crawler.errors import CrawlerError, FolderError, UrlError
from crawler.imports.door import describe_cut, read_address, read_member
from crawler.site.site import SHIPPED_SITES, Sites, load_sites
from crawler.site.urls import check_written
from crawler.strict import find_toml_fault, parse_toml
from crawler.warc.records import sha256_hex

MANIFEST = "manifest.toml"
FIRST_YEAR, LAST_YEAR = 1991, 9998
"""The web's first year; the last that every time zone can be converted from."""
LARGEST_MANIFEST = 16_000_000
"""Bytes of a manifest.toml: some fifty thousand pages."""
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


class _Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole manifest.toml."""

    page: Annotated[list[FolderPage], Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages that a manifest names, as they may be kept; ``cut`` counts what was cut from their addresses."""

    pages: list[FolderPage]
    cut: Counter[str]


@dataclass(frozen=True, slots=True)
class IngestedRun:
    """What ingesting gave: ``already_present`` says that the archive had all of the input, and nothing changed.

    ``run_id`` is then a run that has it. ``notes`` say what was left out, and why; a folder leaves nothing out.
    ``damages`` are the places of the input that could not be read, in words.
    """

    run_id: str
    n_pages: int
    already_present: bool
    notes: Sequence[str] = ()
    damages: Sequence[str] = ()


def ingest_folder(
    folder: Path,
    archive: Path,
    sites: Sites | None = None,
    latest: datetime | None = None,
    withhold: Callable[[str], str] = str,
) -> IngestedRun:
    """Check a folder of pages and make it a sealed run; nothing is written unless all of it is right.

    ``sites`` give site and kind by URL (None: those that ship with the crawler); ``latest`` is the newest date that is
    believed (None: any); ``withhold`` takes contacts out of the notes that a person wrote, which are published.

    Raises:
        FolderError: the manifest or a page is not as it must be; the text names file and key.
        ArchiveError: the archive cannot be written.
    """
    sites = sites or load_sites(SHIPPED_SITES)
    read = read_manifest(folder, latest, withhold)
    pages = read.pages
    for number, page in enumerate(pages):
        read_page(folder, number, page)
    newest = max(page.received_at for page in pages).astimezone(UTC)
    run_id = make_run_id(newest, folder.resolve().name, _identity(pages))
    notes = [*(f"{page.file}: {page.notes}" for page in pages if page.notes), *describe_cut(read.cut)]
    if has_run(archive, run_id):
        return IngestedRun(run_id, len(pages), already_present=True, notes=notes)
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
        except CrawlerError:
            writer.discard()  # a page was changed since it was proved, or the disk is full
            raise
        writer.seal(ended_at=newest, sealed_at=newest, complete=False, notes=notes)
    return IngestedRun(run_id, len(pages), already_present=False, notes=notes)


def read_manifest(folder: Path, latest: datetime | None = None, withhold: Callable[[str], str] = str) -> Pages:
    """The pages that a folder's manifest names, checked against each other; the rest as of :func:`ingest_folder`.

    Raises:
        FolderError: the manifest is not there, is not TOML, or a key is not as it must be.
    """
    path = folder / MANIFEST
    try:
        content = read_member(folder, MANIFEST, LARGEST_MANIFEST)
        if len(content) > LARGEST_MANIFEST:
            raise FolderError(f"{path} has more than {LARGEST_MANIFEST} bytes")
        written = msgspec.convert(parse_toml(content.decode("utf-8")), _Manifest).page
    except OSError as error:
        raise FolderError(
            f"{path} cannot be read: {error.strerror}; a folder of pages has one; WARC files are named themselves"
        ) from error
    except UnicodeDecodeError as error:
        raise FolderError(f"{path}: not UTF-8: {error}") from error
    except msgspec.ValidationError as error:
        raise FolderError(f"{path}: {_short(find_toml_fault(error))}") from error
    except ValueError as error:
        raise FolderError(f"{path}: not TOML: {_short(str(error))}") from error
    read = Pages([], Counter())
    files: dict[str, int] = {}
    moments: dict[tuple[str, datetime], int] = {}
    for number, page in enumerate(written):
        where = f"{path}: page[{number}]"
        _check_dates(page, where, latest)
        try:
            address = read_address(check_written(page.url))
        except UrlError as error:
            raise FolderError(f"{where}.url: {_short(str(error))}") from error
        read.cut.update(address.cut)
        notes = withhold(page.notes) if page.notes else page.notes
        read.pages.append(msgspec.structs.replace(page, url=address.url, notes=notes))
        moment = (address.url, page.observed_at)
        for key, first in (("file", files.setdefault(page.file, number)), ("url", moments.setdefault(moment, number))):
            if first != number:
                again = page.file if key == "file" else f"{address.url} at {page.observed_at.isoformat()}"
                raise FolderError(f"{where}.{key}: {_short(again)} is page[{first}] already")
    return read


def _check_dates(page: FolderPage, where: str, latest: datetime | None) -> None:
    for key in ("received_at", "captured_at"):
        date = getattr(page, key)
        if date is None:
            continue
        if not FIRST_YEAR <= date.year <= LAST_YEAR:
            raise FolderError(f"{where}.{key}: {date.isoformat()} is no date of the web's time")
        if latest is not None and date > latest:
            raise FolderError(f"{where}.{key}: {date.isoformat()} is after tomorrow: no page was fetched then")


def _short(text: str) -> str:
    """A text of others for a message: in one line, and not without end."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"


_LONGEST_QUOTE = 300


def read_page(folder: Path, number: int, page: FolderPage) -> bytes:
    """The bytes of one page of the manifest, proved.

    Raises:
        FolderError: the file is not in the folder, is empty or too large, has another digest, or is not UTF-8.
    """
    where = f"{folder / MANIFEST}: page[{number}].file: {_short(repr(page.file))}"
    name = PurePosixPath(page.file)
    if name.is_absolute() or ".." in name.parts or "\\" in page.file or "\0" in page.file:
        raise FolderError(f"{where} leads out of the folder")
    try:
        content = read_member(folder, page.file, LARGEST_PAGE)
    except OSError as error:
        raise FolderError(f"{where} cannot be read: {error.strerror}") from error
    if not content.strip():
        raise FolderError(f"{where} is empty")
    if len(content) > LARGEST_PAGE:
        raise FolderError(f"{where} has more than {LARGEST_PAGE} bytes")
    digest = sha256_hex(content)
    if digest != page.sha256:
        raise FolderError(f"{folder / MANIFEST}: page[{number}].sha256: {_short(page.file)} has the sha256 {digest}")
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
        time_basis="captured" if page.captured_at else "received",
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
