"""Freezing a page: its bytes as a fixture, and a draft of the record that they should give, for a person to review.

Belongs here: the form of golden records and drafting one. Does not belong here: the test that holds the extractor
to them (``tests/extractor/test_golden.py``). A draft says what the code does, not what is right: it fails
until somebody has read the page beside it and signed it.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from contracts.extraction import Extraction, PageInput
from contracts.fields import RECORDS
from contracts.run import Reader
from crawler.site.urls import page_key
from extractor.layouts.read_page import read_page
from extractor.meaning.interpret import interpret_page
from pipeline.authoring.dry_run import SavedPage, find_newest, find_reader
from pipeline.ground.errors import WrongUseError

GOLDEN_PAGES = Path("tests") / "golden" / "pages"

_LEFT_OUT = frozenset(PageInput.__struct_fields__) | {"content_sha256", "evidence"}
_WRITTEN = datetime(2000, 1, 1, tzinfo=UTC)
"""A page's record does not depend on when it was seen; golden records are made and checked at one and the same time."""


@dataclass(frozen=True, slots=True)
class FrozenPage:
    """The two files of one frozen page."""

    fixture: Path
    golden: Path


def read_golden(payload: bytes, *, reader: Reader, url: str, charset: str | None = None) -> dict[str, Any]:
    """What a page gives now, in the form of golden records: meaning only.

    No ids, times, hashes or places in the payload.
    """
    page = PageInput(
        capture_id="frozen",
        run_id="frozen",
        site="frozen",
        url=url,
        page_key=page_key(url),
        observed_at=_WRITTEN,
        time_basis="received",
        release=0,
    )
    return simplify(
        interpret_page(page, read_page(payload, reader=reader, url=url, declared_charset=charset)).extraction
    )


def simplify(row: Extraction) -> dict[str, Any]:
    """A row without what a golden record leaves out: of its record that is what the page does not state."""
    whole: dict[str, Any] = json.loads(msgspec.json.encode(row))
    kept = {name: value for name, value in whole.items() if name not in _LEFT_OUT}
    for kind in RECORDS.keys() & {row.kind}:
        kept[kind] = {name: value for name, value in whole[kind].items() if value not in (None, [])}
    for part in ("countries", "mentions"):
        kept[part] = [
            {key: value for key, value in entry.items() if key not in {"start", "end"}} for entry in kept[part]
        ]
    return kept


def freeze_page(source: str, *, url: str | None, archive: Path, target: Path) -> FrozenPage:
    """Write fixture and draft for a file, or for the newest archived capture of a URL.

    Raises:
        WrongUseError: there is neither, a file was given without its URL, or the page is frozen already.
        DamagedRecordError: the archived record does not hold.
    """
    path = Path(source)
    if path.is_file():
        if url is None:
            raise WrongUseError(
                f"{source} is a file: give the address of its page with --url, for the address is evidence too"
            )
        page = SavedPage(source, path.read_bytes(), url, find_reader(path))
    else:
        _, _, page = find_newest(source, archive)
    name = _name_of(page.url, page.payload)
    frozen = FrozenPage(target / f"{name}.{'txt' if page.reader == 'text' else 'html'}", target / f"{name}.json")
    if frozen.golden.exists():
        raise WrongUseError(f"{frozen.golden} exists: that page is frozen already; remove it to draft it anew")
    target.mkdir(parents=True, exist_ok=True)
    draft = {
        "reviewed": None,
        "url": page.url,
        "reader": page.reader,
        "charset": page.charset,
        "payload_sha256": hashlib.sha256(page.payload).hexdigest(),
        "record": read_golden(page.payload, reader=page.reader, url=page.url, charset=page.charset),
    }
    frozen.fixture.write_bytes(page.payload)
    frozen.golden.write_text(json.dumps(draft, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return frozen


def find_golden_pages(start: Path) -> Path:
    """The folder of golden pages of the checkout that a folder lies in: where the contributor works.

    Never the folder beside this module: that may be an installation.

    Raises:
        WrongUseError: the folder lies in no checkout.
    """
    for folder in (start, *start.parents):
        if (folder / GOLDEN_PAGES).is_dir():
            return folder / GOLDEN_PAGES
    raise WrongUseError(f"{start} lies in no checkout of iomdb (no {GOLDEN_PAGES}): go into one, or say --into FOLDER")


def _name_of(url: str, payload: bytes) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", page_key(url).rpartition("/")[2].lower()).strip("-")
    return f"{slug[:60] or 'page'}-{hashlib.sha256(payload).hexdigest()[:8]}"
