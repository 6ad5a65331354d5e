"""Which sites no crawl can ask because nobody says who asks, and since when that is settled.

Belongs here: what follows from ``contact.txt`` for all sites together. Does not belong here: its form
(``crawler.session.politeness``), refusing a crawl (the crawler).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from crawler.errors import SiteFileError
from crawler.session.politeness import CONTACT_FILE, find_contact
from crawler.site.site import load_sites


def find_unaskable(sites_folder: Path) -> frozenset[str]:
    """The public sites, while there is no contact; none where the site files cannot be read."""
    if has_contact(sites_folder):
        return frozenset()
    try:
        return frozenset(site.id for site in load_sites(sites_folder).by_id.values() if not site.is_private)
    except SiteFileError:
        return frozenset()


def has_contact(sites_folder: Path) -> bool:
    """Whether the operator's address is there, in its form."""
    try:
        return find_contact(sites_folder) is not None
    except SiteFileError:
        return False


def find_contact_time(sites_folder: Path) -> datetime | None:
    """When the operator's address was last written, UTC; None where there is none.

    A crawl that failed before may have failed for want of it, and says nothing of the site.
    """
    try:
        return datetime.fromtimestamp((sites_folder / CONTACT_FILE).stat().st_mtime, UTC)
    except OSError:
        return None
