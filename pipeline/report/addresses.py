"""Where each page of the report lies: file names that are stable, safe on every file system, and never made by a page.

Belongs here: ids to paths, links between pages, which addresses of others may be links.
Does not belong here: writing files (``folder``).
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from posixpath import relpath
from urllib.parse import urlsplit

LONGEST_NAME = 100
_STRANGE = re.compile(r"[^A-Za-z0-9._~-]+")


def make_name(stated: str) -> str:
    """An id as a file name: ``/`` becomes ``-``; of what else cannot stand in one a digest is added.

    >>> make_name("QU8-805"), make_name("iom.int/project/a-b"), make_name("../x y")
    ('QU8-805', 'iom.int-project-a-b', 'x-y-46c740c6')
    """
    name = stated.replace("/", "-")
    clean = _STRANGE.sub("-", name).strip(".-")[:LONGEST_NAME]
    if clean == name and clean:
        return clean
    return f"{clean or 'page'}-{_digest(stated)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def name_documents(documents: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """The folder of each document, given as (kind, id, site) in the order they were first seen.

    A project's is its id, a news page's its site and the last word of its address. Of several that would share one
    (in whatever letter case) the first seen keeps it, for good; the others bear a digest of their id.

    >>> name_documents([("news", "iom.int/news/a", "iom"), ("news", "iom.int/fr/news/a", "iom")])
    {('news', 'iom.int/news/a'): 'news/iom-a', ('news', 'iom.int/fr/news/a'): 'news/iom-a-4e8e2b23'}
    """
    folders: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for kind, document_id, site in documents:
        stated = document_id if kind == "project" else f"{site}-{document_id.rstrip('/').rpartition('/')[2]}"
        name = f"{kind}/{make_name(stated)}"
        if name.lower() in taken:
            name = f"{name[:LONGEST_NAME]}-{_digest(document_id)}"
        taken.add(name.lower())
        folders[kind, document_id] = name
    return folders


def name_week(instant: datetime) -> str:
    """The ISO week of an instant.

    >>> name_week(datetime(2026, 11, 29))
    '2026-W48'
    """
    year, week, _ = instant.isocalendar()
    return f"{year}-W{week:02}"


def link(source: str, target: str) -> str:
    """The relative address of a file of the report from the folder ``source`` of another (``""`` is the top).

    >>> link("week/2026-W48", "project/a/index.html"), link("", "style.css")
    ('../../project/a/index.html', 'style.css')
    """
    path, sign, mark = target.partition("#")
    return relpath(path, source or ".") + sign + mark


def is_web_address(url: object) -> bool:
    """Whether an address of somebody else's may be a link: http and https with a host, nothing that runs.

    >>> [is_web_address(one) for one in ("https://iom.int/a", "javascript:alert(1)", "//iom.int", None)]
    [True, False, False, False]
    """
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        return parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
