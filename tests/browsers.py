"""A real headless Chromium for tests of pages: Debian's, driven by Playwright, without a network beyond loopback.

Belongs here: finding and starting it, and a page that tells what went wrong in it. Does not belong here: any page.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import ConsoleMessage, Request

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NONE = "no Chromium is on this machine (apt-get install chromium): the report was not tried in a browser"
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
Theme = Literal["light", "dark"]


@contextmanager
def open_browser() -> Iterator[Browser]:
    """The browser; a test that asks for it where there is none is skipped, and says why."""
    if CHROMIUM is None:
        pytest.skip(NONE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Told:
    """What a page said that it should not have: lines of the console, errors, requests for what is not its own."""

    home: str
    faults: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        self.faults.append(f"console: {message.type}: {message.text}")

    def see(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "about"} and not request.url.startswith(self.home):
            self.faults.append(f"request: {request.url}")


@contextmanager
def open_page(
    browser: Browser, home: str, *, theme: Theme = "light", width: int = 1280, has_scripts: bool = True
) -> Iterator[tuple[Page, Told]]:
    """A page in a window of its own; ``home`` is the address under which everything it asks for must lie."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=has_scripts
    )
    page, told = context.new_page(), Told(home)
    page.on("console", told.hear)
    page.on("pageerror", lambda error: told.faults.append(f"error: {error}"))
    page.on("request", told.see)
    try:
        yield page, told
    finally:
        context.close()
