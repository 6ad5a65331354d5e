"""The first draft of a site file for a host: what is usual on iom.int hosts, each unproven line marked as such.

Belongs here: the text that ``iomdb site add`` writes. Does not belong here: fetching; a draft is proved by a crawl.
"""

import re
from pathlib import Path

from crawler.errors import SiteFileError, UrlError
from crawler.site.site import parse_site
from crawler.site.urls import host_of

_DRAFT = Path(__file__).with_name("draft.toml").read_text(encoding="utf-8")


def draft_site(host: str) -> tuple[str, str]:
    """Site id and text of a draft for a host; the id is the host without ``www.``, as for hosts without a file.

    >>> draft_site("chad.iom.int")[0]
    'chad.iom.int'

    Raises:
        SiteFileError: the host is no host name.
    """
    try:
        plain = host_of(f"https://{host.strip().lower()}/")
    except UrlError as error:
        raise SiteFileError(f"{host!r} is no host name: give it as in chad.iom.int") from error
    if plain != host.strip().lower():
        raise SiteFileError(f"{host!r} is no bare host name: give it as in {plain}")
    site_id = re.sub(r"[^a-z0-9.-]", "-", plain.removeprefix("www."))
    text = _DRAFT.format(host=plain, name=f"IOM: {plain}", scheme="https")
    return parse_site(site_id, text, f"the draft for {plain}").id, text
