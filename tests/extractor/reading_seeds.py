"""The four seeds, read and interpreted once for all tests. Belongs here: reading. Does not belong here.

Any expectation.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from functools import cache

from contracts.extraction import Interpretation, PageInput
from extractor.layouts.read_page import read_page
from extractor.meaning.interpret import interpret_page
from pipeline.ground.folders import PROJECT_ROOT

SEEDS = PROJECT_ROOT / "seeds"
RECEIVED = datetime(2026, 11, 21, tzinfo=UTC)


def page_input(url: str = "https://www.iom.int/news/x", **changes: object) -> PageInput:
    """A page of the ledger, for tests."""
    stated = {
        "capture_id": "00000000-0000-5000-8000-000000000000",
        "run_id": "20261121T000000Z-seeds-00000000",
        "site": "iom.int",
        "url": url,
        "page_key": url.split("//", 1)[-1].removeprefix("www."),
        "observed_at": RECEIVED,
        "time_basis": "received",
        "release": 1,
    }
    return PageInput(**(stated | changes))  # type: ignore[arg-type]  # a test states any of the fields by name


@cache
def read_seed(file: str) -> Interpretation:
    """The seed of that file name, interpreted as at its address in the manifest."""
    pages = tomllib.loads((SEEDS / "manifest.toml").read_text(encoding="utf-8"))["page"]
    url = next(page["url"] for page in pages if page["file"] == file)
    payload = (SEEDS / file).read_bytes()
    reading = read_page(payload, reader="text", url=url, declared_charset=None)
    return interpret_page(page_input(url), reading)
