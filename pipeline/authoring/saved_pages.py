"""Many saved pages read in one process: one JSON object a line in, one row a line out (``iomdb site try --jsonl``).

Belongs here: what a line may hold, loading its page, the row. Does not belong here: how a page is read (``dry_run``).
"""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import msgspec
from msgspec import Struct

from contracts.run import Reader
from crawler.errors import UrlError
from crawler.imports.folder import LARGEST_PAGE
from crawler.site.site import Sites
from crawler.site.urls import normal_url
from extractor.blocks.prose_shape import share_unexplained
from pipeline.authoring.dry_run import DryRun, SavedPage, dry_run_saved, find_reader, unknown_url
from pipeline.ground.errors import WrongUseError


class PageLine(Struct, frozen=True):
    """One line of the input; other keys are let pass. ``reader`` is told by the file's ending where it is not given.

    A ``url`` that is no web address tells nothing of the page, as does none.
    """

    file: str
    url: str | None = None
    reader: Reader | None = None
    charset: str | None = None


_KEYS = (
    "file", "url", "status", "reason", "kind", "layout", "lang", "title", "body", "published_date", "published_source",
    "fields", "countries", "dateline_place", "dateline_country", "unread_fields", "issues", "unexplained_prose",
    "seconds",
)  # fmt: skip
EMPTY: dict[str, Any] = dict.fromkeys(_KEYS) | {
    "status": "quarantined", "countries": [], "unread_fields": [], "issues": [], "seconds": 0.0
}  # fmt: skip
"""The keys of a row in their order, as they are for a page that cannot be loaded."""


def iter_rows(lines: Iterable[bytes], *, sites: Sites, release: int, now: datetime) -> Iterator[dict[str, Any]]:
    """A row for each line that is not blank, as soon as it is read; none is evidence for another."""
    read = partial(dry_run_saved, sites=sites, release=release, now=now)
    is_warm = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = msgspec.json.decode(line, type=PageLine)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            yield EMPTY | {"reason": f"line {number}: {error}"}
            continue
        named = EMPTY | {"file": asked.file, "url": asked.url}
        try:
            saved = load_page(asked)
        except (OSError, EOFError, zlib.error, ValueError, WrongUseError) as error:
            yield named | {"reason": str(error)}
            continue
        if not is_warm:  # the first page that is read loads the codebooks: that is start, not reading
            is_warm = _try_page(saved, read).get("status") == "read"
        yield named | _try_page(saved, read)


def _try_page(saved: SavedPage, read: Callable[[SavedPage], DryRun]) -> dict[str, Any]:
    start = process_time()
    try:
        dry_run = read(saved)
    except Exception as error:  # noqa: BLE001 - a fault of the reader on one page may not cost the pages after it
        return {"reason": f"the reader failed: {type(error).__name__}: {error}", "seconds": process_time() - start}
    seconds = process_time() - start
    return describe(dry_run) | {"seconds": round(seconds, 6)}


def load_page(asked: PageLine) -> SavedPage:
    """The page of a line, unpacked.

    Raises:
        OSError, EOFError, zlib.error: the file cannot be read or unpacked.
        ValueError: its name is none.
        WrongUseError: it is larger than any page.
    """
    path = Path(asked.file)
    is_packed = path.suffix == ".gz"
    with gzip.open(path) if is_packed else path.open("rb") as file:
        payload = file.read(LARGEST_PAGE + 1)
    if len(payload) > LARGEST_PAGE:
        raise WrongUseError(f"{path} has more than {LARGEST_PAGE} bytes: that is no page")
    reader = asked.reader or find_reader(path.with_suffix("") if is_packed else path)
    return SavedPage(asked.file, payload, _find_web_url(asked.url) or unknown_url(path), reader, asked.charset)


def _find_web_url(url: str | None) -> str | None:
    try:
        return url if url and normal_url(url) else None
    except UrlError:
        return None


def describe(dry_run: DryRun) -> dict[str, Any]:
    """What the page says, under the keys of a row."""
    found = dry_run.extraction
    told = {key: getattr(found, key) for key in ("status", "reason", "kind", "layout", "lang", "title")}
    told |= {"unread_fields": list(found.unread_fields), "issues": msgspec.to_builtins(found.issues)}
    told["countries"] = [{"country_code": one.country_code, "role": one.role} for one in found.countries]
    if found.news is not None:
        dated = ("published_date", "published_source", "dateline_place", "dateline_country")
        told |= {key: getattr(found.news, key) for key in ("body", *dated)}
        told["unexplained_prose"] = share_unexplained(dry_run.unexplained, found.news.body)
    if found.project is not None:
        told |= {"body": found.project.description, "fields": msgspec.structs.asdict(found.project)}
        told["unexplained_prose"] = share_unexplained(dry_run.unexplained, found.project.description)
    return told
