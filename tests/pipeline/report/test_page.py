"""The report: one page that holds everything, runs nothing and says only what the tables say."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from pipeline.reporting.page import load_templates, write_report

from tests.warehouse.archives import Archive, news, project
from tests.warehouse.read.eight_weeks import share_eight_weeks
from warehouse.publish.swap import publish_database

if TYPE_CHECKING:
    from pathlib import Path

from datetime import datetime

JANUARY = datetime(2026, 1, 6)  # noqa: DTZ001 - the tables' instants are UTC without a zone
VOID = {"meta", "br"}


class _Reader(HTMLParser):
    """Collects tags, attributes and text, and checks that elements close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action"}]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="session")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return share_eight_weeks(tmp_path_factory)


def test_the_page_tells_what_changed_what_is_covered_and_what_is_doubtful(weeks: Path, tmp_path: Path) -> None:
    write_report(weeks, tmp_path / "report" / "index.html", since=JANUARY)
    text = _read((tmp_path / "report" / "index.html").read_text("utf-8")).text
    assert "2 edited, 2 removed, 1 restored" in text
    assert "150000.01 → 160000.01" in text
    assert "350,000.01 USD in 3 projects" in text
    assert "Liberia" in text
    assert "ends-before-start" in text
    assert "Space Travel" in text
    assert "en: 2014, fr: 2015" in text
    assert "rejected" in text
    assert "4projects on the sites" in text
    assert "not 1 that are gone" in text


def test_the_page_is_self_contained_and_runs_nothing(weeks: Path, tmp_path: Path) -> None:
    write_report(weeks, tmp_path / "index.html", since=JANUARY)
    page = (tmp_path / "index.html").read_text("utf-8")
    reader = _read(page)
    assert not reader.tags & {"script", "img", "iframe", "link", "form", "object", "embed", "base"}
    assert "default-src 'none'" in page
    assert all(address.startswith(("#", "https://", "http://")) for address in reader.addresses)


def test_the_same_tables_give_the_same_page(weeks: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_report(weeks, tmp_path / name, since=JANUARY)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\"'&<img src=x onerror=y>\u202e\x1b[0m</td></table>"
    archive = Archive(tmp_path)
    issue = {"code": f"code {evil}", "field": evil, "detail": evil}
    archive.run(
        "2026-01-05",
        [
            project(
                "https://iom.int/project/a", title=evil, projects_id="TC.0001", budget_amount="1.00",
                budget_currency="USD", countries=["LR"], issues=[issue],
                unmapped=[{"field": evil, "label": evil, "value": evil}],
            ),
            news("https://iom.int/news/n", title=evil, body=evil),
        ],
    )  # fmt: skip
    archive.run("2026-01-12", [project("https://iom.int/project/a", title="calm", projects_id="TC.0001")])
    archive.extract()
    published = publish_database(archive.build(), tmp_path / "iomdb.duckdb").path
    write_report(published, tmp_path / "index.html", since=JANUARY)
    page = (tmp_path / "index.html").read_text("utf-8")
    reader = _read(page)
    assert not reader.tags & {"script", "img"}
    assert "alert(1)" in reader.text
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_an_empty_database_gives_a_page_that_says_so(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    (tmp_path / "archive").mkdir()
    published = publish_database(archive.build(), tmp_path / "iomdb.duckdb").path
    write_report(published, tmp_path / "index.html", since=JANUARY)
    text = _read((tmp_path / "index.html").read_text("utf-8")).text
    assert "Nothing has been archived yet." in text
    assert "Nothing changed" in text


@pytest.fixture
def macros() -> Any:
    return load_templates().get_template("macros.html").module


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "", None])
def test_only_web_addresses_become_links(url: str | None, macros: Any) -> None:
    assert macros.link(url, "text") == "text"


def test_elements_escape_everything_that_is_not_markup(macros: Any) -> None:
    assert macros.link('https://iom.int/?a=1&b="', "<b>") == (
        '<a href="https://iom.int/?a=1&amp;b=&#34;" rel="noreferrer">&lt;b&gt;</a>'
    )
    assert macros.table(["a"], [["x" * 400]]).count("x") == 300
    assert "width:50.00%" in macros.bars([("a", 2.0, "2"), ("b", 1.0, "1")])
    assert macros.stack([("changed", 0), ("gone", 3)]).count("<i") == 1
