"""The report of the demonstration in a real browser: quiet, readable by all, in both themes and on a phone.

The pictures of each kind of page are kept in ``.pictures/`` at the top of the repository, for eyes.
"""

from __future__ import annotations

import json
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from bench.house import ROOT
from pipeline.report.words_index import N_SHARDS, find_shard, split_terms
from tests.browsers import open_browser, open_page
from tests.pipeline.report.reading import read_index
from tests.pipeline.report.test_words_index import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browsers import Theme

pytestmark = pytest.mark.slow
PICTURES = ROOT / ".pictures"
PHONE = 360
KINDS = {
    "home": "index.html", "changes": "changes/index.html", "week": "week/2026-W46/index.html",
    "project": "project/IB.1001/index.html", "gone": "project/CD.1056/index.html", "news": "news/",
    "countries": "country/index.html", "country": "country/", "types": "type/index.html", "type": "type/IB/index.html",
    "removed": "removed/index.html", "doubts": "doubts/index.html", "letter": "doubts/iom.example/index.html",
    "coverage": "coverage/index.html", "days": "coverage/iom.example/2026/index.html",
    "search": "search/index.html?q=water", "data": "data/index.html",
}  # fmt: skip
"""A page of each kind; where the name ends with a slash the first of that folder."""
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def home(report: Path) -> str:
    return f"{report.as_uri()}/"


def find_page(report: Path, kind: str) -> str:
    name = KINDS[kind]
    if not name.endswith("/"):
        return name
    return str(next(one for one in read_index(report)["pages"] if one.startswith(name) and one.count("/") == 2))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_kind_of_page_is_quiet_fits_a_phone_and_is_open_to_all(
    kind: str, theme: Theme, browser: Browser, report: Path, home: str
) -> None:
    for width in (1280, PHONE):
        with open_page(browser, home, theme=theme, width=width) as (page, told):
            page.goto(home + find_page(report, kind))
            if kind == "search":
                page.wait_for_selector("#results li")
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{kind} is {wide} pixels wider than a screen of {width}"
            assert told.faults == []
            # It would fetch the stylesheets, which the pages' own policy forbids, and say so.
            found = Axe().run(page, options={"preload": False})
            grave = [
                f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
                for one in found.response["violations"]
                if one["impact"] in GRAVE
            ]
            assert not grave, (kind, theme, width, grave)
            page.set_viewport_size({"width": width, "height": min(page.evaluate("document.body.scrollHeight"), 5_000)})
            PICTURES.mkdir(exist_ok=True)
            picture = PICTURES / f"{kind}-{theme}-{'phone' if width == PHONE else 'desk'}.png"
            page.screenshot(path=picture)
            assert picture.stat().st_size > 8_000


def test_over_loopback_it_is_as_quiet_as_from_the_disk(browser: Browser, report: Path) -> None:
    handler = partial(_Silent, directory=str(report))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_address[1]}/"
        for name in ("index.html", "project/IB.1001/index.html", "search/index.html?q=lamp", "data/index.html"):
            with open_page(browser, home) as (page, told):
                page.goto(home + name, wait_until="networkidle")
                assert told.faults == []
        server.shutdown()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives it
        pass


def test_without_scripts_all_but_search_and_sorting_is_there(browser: Browser, report: Path, home: str) -> None:
    with open_page(browser, home, has_scripts=False) as (page, told):
        page.goto(f"{home}index.html")
        page.get_by_role("link", name="Removed", exact=True).click()
        page.locator("main table a").first.click()
        assert "Gone since" in page.locator(".state").inner_text()
        assert page.frame_locator("iframe").locator("mark").count() > 5
        page.goto(f"{home}search/index.html")
        assert "Search needs JavaScript" in page.locator("main").inner_text()
        page.goto(f"{home}data/index.html")
        page.locator("summary").first.click()
        assert page.locator("details[open] table").first.is_visible()
        assert told.faults == []


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("lamps ledgers orsel", "Lamps and ledgers for the border posts of Port Orsel"),
        ("IB.1001", "Lamps and ledgers for the border posts of Port Orsel"),
        ("deuxieme voie azarmou", "Une deuxième voie ouvre à Azarmou"),
        ("PANADEROS sorekan", "Los panaderos de Sorékan toman sus primeros pedidos"),
        ("water upper gann", "Water Reaches the Upper Streets of Upper Gannet"),
    ],
)
def test_search_finds_words_of_every_language_while_one_types(
    words: str, title: str, browser: Browser, report: Path, home: str
) -> None:
    with open_page(browser, home) as (page, told):
        page.goto(f"{home}search/index.html")
        page.locator("#q").press_sequentially(words)
        first = page.locator("#results a").first
        first.wait_for()
        page.wait_for_function("title => document.querySelector('#results a')?.textContent === title", arg=title)
        address = str(first.get_attribute("href"))
        assert address.startswith(home)
        assert (report / address.removeprefix(home)).is_file()
        first.click()
        assert page.locator("h1").inner_text() == title
        assert told.faults == []


def test_filters_alone_list_documents_and_nothing_found_says_so(browser: Browser, home: str) -> None:
    with open_page(browser, home) as (page, told):
        page.goto(f"{home}search/index.html")
        page.locator("select[name=state]").select_option("gone")
        page.wait_for_function("() => document.getElementById('found').textContent !== ''")
        assert "✕ gone" in page.locator("#results li").first.inner_text()
        page.locator("#q").fill("nowordlikethis")
        page.wait_for_function("() => document.getElementById('found').textContent.startsWith('Nothing')")
        page.goto(f"{home}search/index.html?state=gone&unknown=1")
        page.wait_for_selector("#results li")
        assert {one.split(" · ")[-1] for one in page.locator("#results .kicker").all_inner_texts()} == {"✕ gone"}
        assert told.faults == []


def test_the_script_folds_and_divides_words_as_the_index_does(browser: Browser, home: str) -> None:
    with open_page(browser, home) as (page, _):
        page.goto(f"{home}search/index.html")
        for text in TEXTS:
            asked = page.evaluate("text => iomdb.splitTerms(text)", text)
            assert set(asked) <= set(split_terms(text)), text
            shards = page.evaluate(f"terms => terms.map((term) => iomdb.findShard(term, {N_SHARDS}))", asked)
            assert shards == [find_shard(term) for term in asked]


def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser: Browser, home: str) -> None:
    with open_page(browser, home) as (page, told):
        page.goto(f"{home}index.html")
        n = page.evaluate(
            "document.querySelectorAll('a[href], button, input, select, summary, [tabindex=\"0\"]').length"
        )
        met = set()
        for step in range(n + 2):
            page.keyboard.press("Tab")
            if step == 0:
                assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
            here = page.evaluate(
                "(() => { const one = document.activeElement; const all = [...document.querySelectorAll('*')];"
                " const style = getComputedStyle(one);"
                " return [all.indexOf(one), one.tagName, style.outlineStyle, style.outlineWidth]; })()"
            )
            met.add(here[0])
            assert here[1] == "BODY" or here[2] != "none", here
        assert len(met) >= n
        page.goto(f"{home}country/index.html")
        button = page.get_by_role("button", name="Stated")
        button.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        amounts = [float(text.replace(",", "")) for text in page.locator("tbody td:nth-child(5)").all_inner_texts()]
        assert amounts == sorted(amounts, reverse=True)
        assert told.faults == []


def test_a_citation_is_copied_by_its_button(browser: Browser, home: str) -> None:
    with open_page(browser, home) as (page, told):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"{home}project/IB.1001/index.html")
        page.locator("summary", has_text="BibTeX").click()
        page.get_by_role("button", name="Copy: BibTeX").click()
        page.get_by_text("Copied.").wait_for()
        assert page.evaluate("navigator.clipboard.readText()").startswith("@misc{iom-IB-1001-")
        assert told.faults == []


def test_a_table_is_read_in_the_browser_from_this_folder(browser: Browser, report: Path, home: str) -> None:
    with open_page(browser, home) as (page, told):
        page.goto(f"{home}data/index.html")
        page.get_by_role("button", name="Show").click()
        page.locator("#parquet-rows tbody tr").first.wait_for()
        n = len([one for one in read_index(report)["documents"].values() if one.startswith("project/")])
        assert page.locator("#parquet-state").inner_text().startswith(f"projects: {n} of {n} rows")
        page.locator("#filter").fill("IB.1001")
        assert page.locator("#parquet-rows tbody tr").count() == 1
        page.locator("#own").set_input_files(report / "data" / "removals.parquet")
        page.wait_for_function(
            "() => document.getElementById('parquet-state').textContent.startsWith('removals.parquet')"
        )
        described = json.loads(page.locator('script[type="application/ld+json"]').inner_text())
        assert described["@type"] == "Dataset"
        assert told.faults == []
