"""Reading archived runs: bytes to records, each run once by each release of the extractor.

Belongs here: which captures are read, and where the results go. Does not belong here: how a page is read
(``extractor``), what it means (``extractor``), the form of the Parquet file (``warehouse.extracted.writer``).
"""

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from contracts.extraction import Contact, Extraction, Interpretation, PageInput
from contracts.outcomes import Effect
from contracts.run import PAGE_KINDS, Fetch
from crawler.archive.reader import ArchivedCapture, read_fetched
from crawler.archive.runs import iter_fetches, iter_manifests
from crawler.errors import DamagedRecordError, UnreadableFileError
from extractor.layouts.read_page import read_page
from extractor.layouts.repeated import Frame
from extractor.meaning.interpret import interpret_page
from extractor.values.dates import Order, find_order, find_readings
from extractor.values.language import find_in_url
from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import UNWATCHED, Watch
from pipeline.history.published_file import iter_readings, iter_release_folders
from pipeline.stages.extract_report import (
    EVERYTHING,
    ExtractionReport,
    PageCount,
    ReadingCounts,
    RunExtraction,
    Scope,
    keeps_contacts,
    write_contacts,
)
from pipeline.stages.frames import BY_RULES, Frames, Group, find_group
from pipeline.stages.releases import current_release
from warehouse.extracted.reader import NO_PAGE, count_rows
from warehouse.extracted.writer import write_extraction
from warehouse.files import PRIVATE_MARK, STAGING_MARK

DAMAGED = "damaged: "
"""The beginning of the reason for which a capture is quarantined whose archived record does not hold."""


@lru_cache(maxsize=64)
def _find_listing_order(run_folder: Path, site: str, lang: str | None) -> Order | None:
    """The order of day and month in which one site's listings print dates of pages of one language."""
    fetches = (fetch for fetch in iter_fetches(run_folder) if fetch.listing_date and fetch.site == site)
    return find_order(str(fetch.listing_date) for fetch in fetches if find_in_url(fetch.url) == lang)


def page_input(fetch: Fetch, run_folder: Path, release: int) -> PageInput:
    """What the ledger's line of a capture says of its page, and the other lines of its listing's dates.

    Raises:
        ValueError: the line has no capture.
    """
    if fetch.capture is None:
        raise ValueError(f"line {fetch.seq} of run {run_folder.name} has no capture to read")
    is_ambiguous = fetch.listing_date is not None and len(find_readings(fetch.listing_date)) > 1
    order = _find_listing_order(run_folder, fetch.site, find_in_url(fetch.url)) if is_ambiguous else None
    return PageInput(
        capture_id=fetch.capture.capture_id,
        run_id=run_folder.name,
        site=fetch.site,
        url=fetch.url,
        page_key=fetch.page_key,
        observed_at=fetch.fetched_at,
        time_basis=fetch.time_basis,
        release=release,
        listing_date=fetch.listing_date,
        listing_order=order,
    )


def interpret_capture(
    capture: ArchivedCapture, run_folder: Path, release: int, frames: Mapping[Group, Frame] = BY_RULES
) -> Interpretation:
    """Read one capture that its run's ledger names. What is no page of content is quarantined and says why.

    ``frames`` are those with which its run is read.
    """
    fetch = capture.ledger
    if fetch is None or fetch.capture is None:
        raise ValueError(f"capture {capture.record.record_id} was read without its line of the ledger")
    page = page_input(fetch, run_folder, release)
    reader = fetch.capture.reader
    if fetch.effect is not Effect.SEEN:
        return _quarantine(page, f"{NO_PAGE}{fetch.outcome}: the bytes are not the page's content")
    if reader is None:
        return _quarantine(page, f"no page reader takes {fetch.capture.media_type or 'content without a media type'}")
    frame = frames.get(find_group(fetch))
    reading = read_page(capture.payload, reader=reader, url=fetch.url, declared_charset=capture.charset, frame=frame)
    return interpret_page(page, reading)


def _quarantine(page: PageInput, reason: str) -> Interpretation:
    row = Extraction(**page.as_fields(), status="quarantined", reason=reason)
    return Interpretation(extraction=row, contacts=())


def iter_interpretations(
    run_folder: Path, release: int, frames: Mapping[Group, Frame] = BY_RULES
) -> Iterator[Interpretation]:
    """Each capture of a page, once, that has a body of its own, in the order of the ledger.

    One whose archived record does not hold is quarantined: what was known of its page stays.

    Raises:
        DamagedRecordError: the ledger does not hold, or a file of the run is not there.
    """
    seen: set[str] = set()
    for fetch in iter_fetches(run_folder):
        place = fetch.capture
        if place is None or fetch.kind not in PAGE_KINDS or place.warc_type == "revisit" or place.capture_id in seen:
            continue
        seen.add(place.capture_id)
        try:
            capture = read_fetched(run_folder, fetch)
        except UnreadableFileError:
            raise
        except DamagedRecordError as error:
            yield _quarantine(page_input(fetch, run_folder, release), f"{DAMAGED}{error}")
        else:
            yield interpret_capture(capture, run_folder, release, frames)


def extraction_path(folder: DataFolder, release: int, run_id: str) -> Path:
    """The path of the reading of a run by an extractor release."""
    return folder.extracted / str(release) / f"{run_id}.parquet"


def extract_run(
    folder: DataFolder,
    run_id: str,
    release: int,
    *,
    frames: Mapping[Group, Frame] = BY_RULES,
    keep_contacts: bool | None = None,
    place: Path | None = None,
    on_page: Callable[[], object] = lambda: None,
) -> RunExtraction:
    """Read one run and write ``<run_id>.parquet`` into ``place``; by default ``extracted/<release>/``.

    Contacts to ``private/``, unless the switch is off. The Parquet file appears last: a run is read when it is there.

    Raises:
        DamagedRecordError: as :func:`iter_interpretations`; nothing is written.
    """
    keep = keeps_contacts() if keep_contacts is None else keep_contacts
    contacts: list[Contact] = []
    damages: list[str] = []
    n_quarantined = n_no_pages = 0

    def iter_rows() -> Iterator[bytes]:
        nonlocal n_quarantined, n_no_pages
        for interpretation in iter_interpretations(folder.archive / run_id, release, frames):
            contacts.extend(interpretation.contacts)
            reason = interpretation.extraction.reason or ""
            if reason.startswith(DAMAGED):
                damages.append(reason.removeprefix(DAMAGED))
            is_no_page = reason.startswith(NO_PAGE)
            n_no_pages += is_no_page
            n_quarantined += interpretation.extraction.status == "quarantined" and not is_no_page
            yield msgspec.json.encode(interpretation.extraction)
            on_page()
        # Before the Parquet file is in place: a kill in between would leave a run that counts as read without them.
        if keep:
            write_contacts(folder, release, run_id, contacts)

    target = extraction_path(folder, release, run_id) if place is None else place / f"{run_id}.parquet"
    n_rows = write_extraction(iter_rows(), target)
    n_contacts = len(contacts) if keep else 0
    return RunExtraction(n_rows, n_quarantined, n_no_pages, run_id, n_contacts, tuple(damages))


def clear_extraction_leftovers(folder: DataFolder) -> None:
    """Remove what killed readings left in ``extracted/``. For the holder of the lock: nobody else reads now."""
    for parent in (folder.extracted, *iter_release_folders(folder)):
        for path in parent.glob(".*") if parent.is_dir() else ():
            if path.name.startswith((PRIVATE_MARK, STAGING_MARK)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def extract_missing(
    folder: DataFolder, *, scope: Scope = EVERYTHING, watch: Watch = UNWATCHED, keep_contacts: bool | None = None
) -> ExtractionReport:
    """As :func:`extract_whole`, and an error where anything had to be left out.

    Raises:
        DamagedRecordError: records do not hold; all else has been read, and they are left out until they are whole.
    """
    report = extract_whole(folder, scope=scope, watch=watch, keep_contacts=keep_contacts)
    if report.damages:
        raise DamagedRecordError("\n".join(report.damages))
    return report


def extract_whole(
    folder: DataFolder, *, scope: Scope = EVERYTHING, watch: Watch = UNWATCHED, keep_contacts: bool | None = None
) -> ExtractionReport:
    """Read what is whole of every sealed run in ``scope`` that the current release has not read. Under the lock.

    Raises:
        DamagedRecordError: a ledger does not hold, or a file is not there; every other run has been read.
    """
    release = current_release().number
    place = folder.extracted / str(release)
    clear_extraction_leftovers(folder)
    wanted = [
        manifest.run_id
        for manifest in iter_manifests(folder.archive)
        if scope.covers(manifest) and (scope.again or not (place / f"{manifest.run_id}.parquet").exists())
    ]
    done = extract_runs(folder, wanted, place, watch=watch, keep_contacts=keep_contacts)
    return ExtractionReport(release, tuple(done), count_readings(folder))


def extract_unread(folder: DataFolder, run_ids: Iterable[str], *, watch: Watch = UNWATCHED) -> list[str]:
    """Read those of the runs that no release has read: what a publish must not go without. For the holder of the lock.

    Returns the archived records that do not hold, in words; they are left out.

    Raises:
        DamagedRecordError: a ledger does not hold, or a file of the archive is not there.
    """
    clear_extraction_leftovers(folder)
    read = {path.stem for path in iter_readings(folder)}
    wanted = [run_id for run_id in run_ids if run_id not in read]
    place = folder.extracted / str(current_release().number)
    if not wanted and not place.exists():
        return []
    done = extract_runs(folder, wanted, place, watch=watch)
    return [damage for run in done for damage in run.damages]


def extract_runs(
    folder: DataFolder,
    run_ids: Collection[str],
    place: Path,
    *,
    watch: Watch = UNWATCHED,
    keep_contacts: bool | None = None,
) -> list[RunExtraction]:
    """Read the runs by the current release, each to ``place/<run_id>.parquet``, with the frames of their sites.

    So are those whose reading in ``place`` was made with other frames than are known now, or without a record that did
    not hold.

    Raises:
        DamagedRecordError: the ledgers of some runs do not hold, or files are not there; every other run has been read.
    """
    release = current_release().number
    done: list[RunExtraction] = []
    damages: list[str] = []
    frames = Frames.learn(folder.archive, place, anew=run_ids)
    wanted = list(dict.fromkeys([*run_ids, *frames.list_stale()]))
    count = PageCount(folder.archive, wanted, watch)
    for run_id in wanted:
        try:
            one = extract_run(
                folder, run_id, release, frames=frames.choose(run_id), keep_contacts=keep_contacts, place=place,
                on_page=count.add_page,
            )  # fmt: skip
        except DamagedRecordError as error:
            damages.append(str(error))
            continue
        frames.note_reading(run_id, is_whole=not one.damages)
        done.append(one)
        watch.tell(f"read run {one.run_id}: {one.describe()}")
    if damages:
        raise DamagedRecordError("\n".join(damages))
    return done


def count_readings(folder: DataFolder) -> ReadingCounts:
    """Rows of every extraction of the current release, by what they are."""
    counts = count_rows(sorted((folder.extracted / str(current_release().number)).glob("*.parquet")))
    return ReadingCounts(sum(counts.values()), counts.get("quarantined", 0), counts.get("no_page", 0))
