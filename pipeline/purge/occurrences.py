"""Finding every occurrence of one page in the archive: its captures, listings that quote it, the same bytes elsewhere.

Belongs here: reading all records of all runs and finding those that hold the page. Does not belong here: removing
anything.
"""

import re
from dataclasses import dataclass, field

from contracts.run import PAGE_KINDS, source_of
from crawler.archive.reader import open_record
from crawler.archive.runs import OPEN_SUFFIX, iter_fetches, iter_open_runs, iter_run_ids
from crawler.archive.tombstones import BODIES, find_removed, iter_whole_records
from crawler.archive.volumes import VOLUME_PATTERN
from crawler.errors import CrawlerError, UrlError
from crawler.site.site import Sites
from crawler.site.urls import normal_url, path_of
from crawler.warc.members import Damage, Record, iter_records
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import DataFolder

QUOTING = frozenset({"listing", "feed"})
"""Kinds of captures that quote titles and teasers of pages, and of which nothing is derived but what the ledger has."""


@dataclass(slots=True)
class Occurrences:
    """What the archive holds of a page.

    ``bodies`` are the captures to remove, by run; ``gone`` were removed before; ``digests`` are of their payloads.
    ``copies`` are other addresses with the very same bytes, ``quoting`` other pages that link to it: both stay, and
    are named for a person to judge.
    """

    bodies: dict[str, set[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    copies: set[str] = field(default_factory=set)
    digests: frozenset[str] = frozenset()
    quoting: set[str] = field(default_factory=set)

    @property
    def capture_ids(self) -> set[str]:
        """All captures of the page, also those that are gone already."""
        return self.gone.union(*self.bodies.values())


@dataclass(slots=True)
class _Search:
    """The page that is looked for: its key, how a link to it looks, and what the ledgers know of its captures.

    ``capture_ids`` grows by what else is found, so that a revisit of it is found too: it comes later in the archive.
    """

    sites: Sites
    key: str
    link: re.Pattern[bytes]
    capture_ids: set[str]
    digests: set[str]
    occurrences: Occurrences = field(default_factory=Occurrences)

    def take(self, run_id: str, record: Record) -> None:
        """Look at one record."""
        address = record.url
        is_page = is_page_at(self.sites, address, self.key)
        if is_page and (removed := find_removed(record)):
            self.occurrences.gone.add(removed)
        if record.warc_type not in BODIES:
            return
        # A revisit of another address whose body is kept only here has no body any more.
        is_revisit = record.warc_type == "revisit"
        if is_page or (is_revisit and record.refers_to in self.capture_ids):
            self._remove(run_id, record)
        elif not is_revisit:
            self._take_other(run_id, record, address)

    def _take_other(self, run_id: str, record: Record, address: str) -> None:
        """A listing or feed that links to the page goes with it; any other page that does is named."""
        if (record.decoded_digest or "").removeprefix("sha256:") in self.digests:
            self.occurrences.copies.add(address)
        if not self.link.search(_read_payload(record)):
            return
        kind = self.sites.kind_of(address)
        if kind in QUOTING:
            self._remove(run_id, record)
        elif kind in PAGE_KINDS:
            self.occurrences.quoting.add(address)

    def _remove(self, run_id: str, record: Record) -> None:
        self.capture_ids.add(record.record_id)
        self.occurrences.bodies.setdefault(run_id, set()).add(record.record_id)


def find_occurrences(folder: DataFolder, sites: Sites, url: str) -> Occurrences:
    """Every capture of the page in sealed runs, by its own address, not the ledger's: also those that no line names.

    Reads the whole archive.

    Raises:
        ArchiveError: a record is damaged, so that what it holds is unknown.
    """
    search = _begin(folder, sites, url)
    for run_id in iter_run_ids(folder.archive):
        for volume in sorted((folder.archive / run_id).glob(VOLUME_PATTERN)):
            for record in iter_whole_records(volume):
                search.take(run_id, record)
    search.occurrences.digests = frozenset(search.digests)
    return search.occurrences


def _begin(folder: DataFolder, sites: Sites, url: str) -> _Search:
    key, path = find_page_key(sites, url), path_of(normal_url(url)).rstrip("/")
    # Every page of a site links to its root: that says nothing.
    link = re.compile(re.escape(path).encode() + rb"(?![\w/-])" if path else rb"(?!)")
    places = [
        fetch.capture
        for run_id in iter_run_ids(folder.archive)
        for fetch in iter_fetches(folder.archive / run_id)
        if fetch.page_key == key and fetch.capture is not None
    ]
    ids, digests = {place.capture_id for place in places}, {place.payload_sha256 for place in places}
    return _Search(sites, key, link, ids, digests)


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
                if any(is_page_at(sites, record.url, key) for record in found):
                    site = source_of(run_id)
                    raise WrongUseError(
                        f"run {run_id} holds the page and is not finished: let it end, or finish it with "
                        f"`iomdb crawl --site {site}`, and call again. Nothing was removed"
                    )
