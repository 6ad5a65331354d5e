"""Finding every trace of one page in the archive: its captures, listings that quote it, the same bytes elsewhere.

Belongs here: reading all records of all runs and telling which hold the page. Does not belong here: removing anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.archive.members import Damage, Record, iter_records
from crawler.archive.reader import open_record
from crawler.archive.records import DECODED_DIGEST, parse_record_id
from crawler.archive.runs import OPEN_SUFFIX, iter_open_runs, iter_run_ids
from crawler.archive.tombstones import BODIES, find_removed, iter_whole_records
from crawler.archive.volumes import VOLUME_PATTERN
from crawler.errors import CrawlerError, UrlError
from crawler.site import Sites
from crawler.urls import normal_url, path_of
from pipeline.errors import WrongUseError
from pipeline.folders import DataFolder

QUOTING = frozenset({"listing", "feed"})
"""Kinds of captures that quote titles and teasers of pages, and of which nothing is derived but what the ledger has."""


@dataclass(slots=True)
class Traces:
    """What the archive holds of a page.

    ``bodies`` are the captures to remove, by run; ``gone`` were removed before. ``copies`` are other addresses with the
    very same bytes, ``quoting`` other pages that link to it: both stay, and are named for a person to judge.
    """

    bodies: dict[str, set[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    copies: dict[str, set[str]] = field(default_factory=dict)
    quoting: set[str] = field(default_factory=set)
    referring: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def capture_ids(self) -> set[str]:
        """All captures of the page, also those that are gone already."""
        return self.gone.union(*self.bodies.values())


def find_traces(folder: DataFolder, sites: Sites, url: str) -> Traces:
    """Every capture of the page in sealed runs, by its own address, not the ledger's: also those that no line names.

    Raises:
        ArchiveError: a record is damaged, so that what it holds cannot be told.
    """
    traces, sought = Traces(), _Sought.of(sites, url)
    for run_id in iter_run_ids(folder.archive):
        for volume in sorted((folder.archive / run_id).glob(VOLUME_PATTERN)):
            for record in iter_whole_records(volume):
                _trace(traces, record, run_id, sought)
    # A revisit of another address whose body was kept only here has no body any more.
    for run_id, capture_id, refers_to in traces.referring:
        if refers_to in traces.capture_ids:
            traces.bodies.setdefault(run_id, set()).add(capture_id)
    return traces


@dataclass(frozen=True, slots=True)
class _Sought:
    """The page that is looked for: its key, and how a link to it looks in the bytes of another page."""

    sites: Sites
    key: str
    link: re.Pattern[bytes]

    @classmethod
    def of(cls, sites: Sites, url: str) -> _Sought:
        path = path_of(normal_url(url)).rstrip("/")
        return cls(sites, find_page_key(sites, url), re.compile(re.escape(path).encode() + rb"(?![\w/-])"))


def _trace(traces: Traces, record: Record, run_id: str, sought: _Sought) -> None:
    address = record.headers.get("warc-target-uri", "")
    is_page = is_page_at(sought.sites, address, sought.key)
    if is_page and (removed := find_removed(record)):
        traces.gone.add(removed)
    if record.warc_type not in BODIES:
        return
    capture_id = parse_record_id(record.headers.get("warc-record-id", ""))
    digest = record.headers.get(DECODED_DIGEST.lower(), "")
    if is_page:
        traces.bodies.setdefault(run_id, set()).add(capture_id)
        traces.digests.add(digest)
    elif record.warc_type == "revisit":
        traces.referring.append((run_id, capture_id, parse_record_id(record.headers.get("warc-refers-to", ""))))
    else:
        traces.copies.setdefault(digest, set()).add(address)
        _trace_link(traces, record, run_id, sought)


def _trace_link(traces: Traces, record: Record, run_id: str, sought: _Sought) -> None:
    """A listing or feed that links to the page goes with it; any other page that does is named."""
    if not sought.link.search(_read_payload(record)):
        return
    address = record.headers.get("warc-target-uri", "")
    if sought.sites.kind_of(address) in QUOTING:
        capture_id = parse_record_id(record.headers.get("warc-record-id", ""))
        traces.bodies.setdefault(run_id, set()).add(capture_id)
    elif sought.sites.kind_of(address) in {"project", "news", "other"}:
        traces.quoting.add(address)


def _read_payload(record: Record) -> bytes:
    try:
        return open_record(record).payload
    except CrawlerError:
        return record.block or b""


def find_page_key(sites: Sites, url: str) -> str:
    """The page that an address is of.

    Raises:
        WrongUseError: it is no address.
    """
    try:
        return sites.page_key(url)
    except UrlError as error:
        raise WrongUseError(str(error)) from error


def is_page_at(sites: Sites, address: str, key: str) -> bool:
    """Whether the address is one of the page's."""
    try:
        return sites.page_key(address) == key
    except UrlError:
        return False


def refuse_open_runs(folder: DataFolder, sites: Sites, key: str) -> None:
    """Refuse where a run that is not sealed holds the page: it cannot be written anew, and the page would stay.

    Raises:
        WrongUseError: names the run, and how it is finished.
    """
    for run_id in iter_open_runs(folder.archive):
        for volume in sorted((folder.archive / (run_id + OPEN_SUFFIX)).glob(VOLUME_PATTERN)):
            with volume.open("rb") as file:
                found = (record for record in iter_records(file) if not isinstance(record, Damage))
                if any(is_page_at(sites, record.headers.get("warc-target-uri", ""), key) for record in found):
                    site = run_id[17:-9]
                    raise WrongUseError(
                        f"run {run_id} holds the page and is not finished: let it end, or finish it with "
                        f"`iomdb crawl --site {site}`, and call again. Nothing was removed"
                    )
