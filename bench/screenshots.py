"""The pictures of the README and the docs, taken of the demonstration's report: ``make screenshots``.

Belongs here: which pages, how large, where to. Does not belong here: the pages (``pipeline.report``), the pictures that
the tests keep of every kind of page.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from bench.house import ROOT
from pipeline.demo.demo import make_demo
from tests.browsers import open_browser, open_page

TARGET: Final = ROOT / "docs" / "pictures"
DESK, PHONE = 1280, 390
QUALITY: Final = 82
PICTURES: Final = (
    ("week", "week/2026-W46/index.html", "light", DESK, 900, "h1"),
    ("project", "project/IB.1001/index.html", "dark", DESK, 900, "#archived"),
    ("home-phone", "index.html", "light", PHONE, 844, "h1"),
    ("project-phone", "project/IB.1001/index.html", "dark", PHONE, 844, "#versions"),
    ("money", "index.html", "light", DESK, 1000, "main > section:first-of-type h2"),
)
"""Name, page, theme, width and height of the window, and what stands at its top."""


def main() -> None:
    """Make the demonstration anew and take every picture as WebP."""
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        report = make_demo(Path(folder) / "demo", now=datetime.now(UTC)).folder.report
        for name, page_name, theme, width, height, top in PICTURES:
            with open_page(browser, report.as_uri(), theme=theme, width=width) as (page, told):  # type: ignore[arg-type]
                page.set_viewport_size({"width": width, "height": height})
                page.goto(f"{report.as_uri()}/{page_name}")
                page.locator(top).first.evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 24)")
                if top == "h1":
                    page.evaluate("scrollTo(0, 0)")
                page.wait_for_timeout(300)
                assert not told.faults, told.faults
                sys.stdout.write(keep_picture(page, TARGET / f"{name}.webp") + "\n")


def keep_picture(page: Page, target: Path) -> str:
    """Keep what the window shows as WebP; the file's name and size, to be told."""
    # Of the formats that Playwright offers none is WebP; the browser itself writes it.
    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    target.write_bytes(base64.b64decode(taken["data"]))
    return f"{target.name} {target.stat().st_size // 1000} kB"


if __name__ == "__main__":
    main()
