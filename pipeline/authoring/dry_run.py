"""A dry run of the extractor on one page, for whoever adds a site or a layout: nothing is stored, nothing is published.

Belongs here: finding the page's bytes (a file, or the newest archived capture of a URL) and reading them as a run is
read. Does not belong here: any rule of reading, printing, fetching.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from contracts.extraction import Extraction, PageInput
from contracts.outcomes import Effect
from contracts.run import Fetch, Reader
from crawler.archive.reader import read_fetched
from crawler.archive.runs import iter_fetches, iter_run_ids
from crawler.errors import FolderError, UrlError
from crawler.imports.folder import LARGEST_PAGE, read_manifest
from crawler.site.site import Sites
from crawler.site.urls import page_key
from crawler.warc.records import capture_id_of, sha256_hex
from extractor.layouts.read_page import read_page
from extractor.meaning.interpret import interpret_page
from pipeline.ground.errors import WrongUseError
from pipeline.stages.extract import page_input

DRY_RUN_ID = "trial"
"""Stands where a stored row names its run."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """One page as it would be read. ``unexplained`` has every block that no rule accounts for, whole."""

    source: str
    url: str
    site: str
    url_kind: str
    url_lang: str | None
    extraction: Extraction
    unexplained: tuple[str, ...]


def dry_run_page(source: str, *, url: str | None, sites: Sites, archive: Path, release: int, now: datetime) -> DryRun:
    """Read a file, or the newest archived capture of a URL.

    ``url`` is what a file was fetched from, where known; a file of a folder with a manifest.toml has it there.

    Raises:
        WrongUseError: there is no such file, and no such page in the archive.
        DamagedRecordError: the archived record does not hold.
    """
    path = Path(source)
    if path.is_file():
        return _read_file(path, url or _find_url(path) or unknown_url(path), sites, release, now)
    run_id, fetch, saved = find_newest(source, archive)
    return _dry_run(saved, page_input(fetch, archive / run_id, release), sites)


def _find_url(path: Path) -> str | None:
    """The URL that the manifest beside a file gives it, or None."""
    try:
        pages = read_manifest(path.parent).pages
    except FolderError:
        return None
    return next((page.url for page in pages if page.file == path.name), None)


def unknown_url(path: Path) -> str:
    """The address of a page of which none is known: it tells neither site nor kind."""
    return f"https://unknown.invalid/{quote(path.name, errors='replace')}"


def _read_file(path: Path, url: str, sites: Sites, release: int, now: datetime) -> DryRun:
    if path.stat().st_size > LARGEST_PAGE:
        raise WrongUseError(f"{path} has more than {LARGEST_PAGE} bytes: that is no page")
    saved = SavedPage(str(path), path.read_bytes(), url, find_reader(path))
    return dry_run_saved(saved, sites=sites, release=release, now=now)


def find_reader(path: Path) -> Reader:
    """How a saved page is read, by the ending of its name.

    >>> find_reader(Path("page.txt")), find_reader(Path("page.htm"))
    ('text', 'html')
    """
    return "text" if path.suffix == ".txt" else "html"


@dataclass(frozen=True, slots=True)
class SavedPage:
    """The bytes of a page, and where they are from; ``charset`` is what its server declared, or None."""

    source: str
    payload: bytes
    url: str
    reader: Reader
    charset: str | None = None


def dry_run_saved(saved: SavedPage, *, sites: Sites, release: int, now: datetime) -> DryRun:
    """Read bytes as a run would read them, received now.

    Raises:
        UrlError: the address is none.
    """
    page = PageInput(
        capture_id=capture_id_of(saved.url, now, sha256_hex(saved.payload)),
        run_id=DRY_RUN_ID,
        site=sites.site_id(saved.url),
        url=saved.url,
        page_key=sites.page_key(saved.url),
        observed_at=now,
        time_basis="received",
        release=release,
    )
    return _dry_run(saved, page, sites)


def _dry_run(saved: SavedPage, page: PageInput, sites: Sites) -> DryRun:
    reading = read_page(saved.payload, reader=saved.reader, url=saved.url, declared_charset=saved.charset)
    extraction = interpret_page(page, reading).extraction
    unexplained = tuple(text.value for text in reading.unexplained)
    kind, lang = sites.kind_of(page.url), sites.find_language(page.url)
    return DryRun(saved.source, page.url, page.site, kind, lang, extraction, unexplained)


def find_newest(url: str, archive: Path) -> tuple[str, Fetch, SavedPage]:
    """The newest capture of a page that showed it and has a body of its own: its run, its row, its bytes.

    Raises:
        WrongUseError: it is no URL, or its page is not in the archive.
        DamagedRecordError: the archived record does not hold.
    """
    try:
        key = page_key(url)
    except UrlError as error:
        raise WrongUseError(f"{url} is neither a file nor a URL") from error
    newest: tuple[str, Fetch] | None = None
    for run_id in iter_run_ids(archive):
        for fetch in iter_fetches(archive / run_id):
            place = fetch.capture
            if fetch.page_key != key or fetch.effect is not Effect.SEEN or place is None:
                continue
            has_body = place.content_capture_id == place.capture_id
            if has_body and (newest is None or fetch.fetched_at >= newest[1].fetched_at):
                newest = (run_id, fetch)
    if newest is None:
        raise WrongUseError(
            f"{url} is not in the archive {archive}: crawl its site, or save the page and give the file with --url"
        )
    run_id, fetch = newest
    capture = read_fetched(archive / run_id, fetch)
    reader: Reader = (fetch.capture and fetch.capture.reader) or "html"
    return run_id, fetch, SavedPage(f"run {run_id}", capture.payload, fetch.url, reader, capture.charset)
