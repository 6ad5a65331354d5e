"""Pages, ids and addresses that mean harm, tables at their limits: text stays text, the report stays readable."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import feedparser
import pytest

from pipeline.ground.folders import DataFolder
from pipeline.report.build import write_report
from pipeline.report.edition import DocumentEntry
from pipeline.report.render import Templates
from tests.pipeline.commands import Caller
from tests.pipeline.report.reading import follow, is_own, iter_pages, read_index, read_page
from tests.warehouse.archives import Archive, absent, at, news, project
from warehouse.publish.swap import publish_database

if TYPE_CHECKING:
    from pathlib import Path

    from tests.warehouse.archives import Answer

EVIL = "<script>alert(1)</script>\"'&<img src=x onerror=y>\u202e\x1b[0m</td></table>]]><![CDATA["
SITE = "https://iom.int"


def publish(root: Path, *weeks: list[Answer]) -> DataFolder:
    archive = Archive(root)
    (root / "archive").mkdir(parents=True, exist_ok=True)
    for number, answers in enumerate(weeks):
        archive.run(f"2026-{1 + number // 28:02}-{1 + number % 28:02}", answers)
    archive.extract()
    publish_database(archive.build(), root / "iomdb.duckdb")
    return DataFolder(root)


@pytest.mark.slow
def test_hostile_text_stays_text_on_every_page(tmp_path: Path) -> None:
    issue = {"code": f"code {EVIL}", "field": EVIL, "detail": EVIL}
    unmapped = {"field": EVIL, "label": EVIL, "value": EVIL}
    hostile = project(
        f"{SITE}/project/a", title=EVIL, projects_id=f"X/../{EVIL}", budget_amount="1.00", budget_currency="U<b>",
        countries=["LR"], description=EVIL, status_raw=EVIL, issues=[issue], unmapped=[unmapped], lang='en"><b>',
    )  # fmt: skip
    told = news(f"{SITE}/news/n", title=EVIL, body=EVIL, published_raw=EVIL, dateline_raw=EVIL)
    calm = project(f"{SITE}/project/a", title="calm", projects_id=f"X/../{EVIL}")
    folder = publish(
        tmp_path / "data", [hostile, told], [calm, news(f"{SITE}/news/n", title="calm", body=f"{EVIL} more")]
    )
    report = write_report(folder, folder.report).path
    said = False
    for name, page in iter_pages(report):
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"img", "object"}, name
        assert all(is_own(values.get("src", "x")) for tag, values in page.tags if tag == "script")
        assert not any(key.startswith("on") for _, values in page.tags for key in values)
        raw = (report / name).read_text("utf-8")
        assert "\u202e" not in raw
        assert "\x1b" not in raw
        said = said or "alert(1)" in page.text
    assert said
    assert all(path.resolve().is_relative_to(report.resolve()) for path in report.rglob("*"))
    for feed in read_index(report)["feeds"]:
        assert "\u202e" not in (report / feed).read_text("utf-8")
    json.loads((report / "feeds/all.json").read_text("utf-8"))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "https://iom.int/ok"])
def test_only_web_addresses_are_links(url: str, tmp_path: Path) -> None:
    folder = publish(tmp_path / "data", [project(f"{SITE}/project/a", title="A", projects_id="A.1")])
    with duckdb.connect(str(folder.published)) as tables:
        tables.execute("UPDATE internal.document SET url = ?", [url])
    report = write_report(folder, folder.report).path
    page = read_page(report / "project/A.1/index.html")
    assert (url in page.links) == url.startswith("https")
    assert not any(link.startswith(("javascript", "data", "//")) for link in page.links)


def test_ids_that_differ_in_letter_case_or_by_a_slash_have_pages_of_their_own(tmp_path: Path) -> None:
    names = ["A/1", "A-1", "a-1", "..", "CON", "x" * 300, "übung"]
    answers = [project(f"{SITE}/project/p{n}", title=f"T{n}", projects_id=name) for n, name in enumerate(names)]
    folder = publish(tmp_path / "data", answers)
    documents = read_index(write_report(folder, folder.report).path)["documents"]
    assert len(documents) == len(names)
    assert len({path.lower() for path in documents.values()}) == len(names)
    assert documents["A/1"] == "project/A-1/index.html"


@pytest.mark.slow
def test_a_document_of_two_thousand_versions_has_a_page_that_can_be_read(tmp_path: Path) -> None:
    # As an archive of others hands it over: many captures of one page in one run, a day apart.
    captures = [
        at(project(f"{SITE}/project/a", title="A", projects_id="A.1", description=f"{'one ' * 400}{n} {'two ' * 400}"),
           f"{datetime(2020, 1, 1) + timedelta(days=n):%Y-%m-%dT00:00:00Z}")  # noqa: DTZ001 - written with its zone
        for n in range(2_000)
    ]  # fmt: skip
    archive = Archive(tmp_path)
    archive.run("2026-01-01", captures, source="warc")
    archive.extract()
    folder = DataFolder(tmp_path)
    publish_database(archive.build(), folder.published)
    report = write_report(folder, folder.report).path
    page = report / "project/A.1/index.html"
    assert page.stat().st_size < 1_000_000
    text = read_page(page).text
    assert "2,000 versions" in text
    assert "Differences of the newest 60 versions; the table has all 2,000" in text
    assert len(re.findall("<circle|<path", page.read_text("utf-8"))) < 200
    assert max(path.stat().st_size for path in report.rglob("*.html")) < 1_000_000
    assert max(path.stat().st_size for path in (report / "feeds").rglob("*.*")) < 1_000_000


@pytest.mark.slow
def test_ten_years_of_twenty_daily_sites_have_a_page_a_year_and_none_too_large_to_read(tmp_path: Path) -> None:
    folder = publish(tmp_path / "data", [project(f"{SITE}/project/a", title="A", projects_id="A.1")])
    with duckdb.connect(str(folder.published)) as tables:
        # A site refuses every fourth week.
        tables.execute(
            """
            INSERT INTO internal.ledger
            SELECT l.* REPLACE (
                'office-' || s.n || '.iom.example' AS site, 'office-' || s.n || '.iom.example/' AS page_key,
                l.fetched_at + to_days(d.n::INTEGER) AS fetched_at, md5(s.n || ' ' || d.n) AS capture_id,
                CASE WHEN (d.n // 7 + s.n) % 4 = 0 THEN 'blocked' ELSE l.outcome END AS outcome,
                CASE WHEN (d.n // 7 + s.n) % 4 = 0 THEN 'unknown' ELSE l.effect END AS effect)
            FROM internal.ledger AS l, range(20) AS s(n), range(3652) AS d(n)
            """
        )
    report = write_report(folder, folder.report).path
    sizes = {path.relative_to(report).as_posix(): path.stat().st_size for path in report.rglob("*") if path.is_file()}
    assert max(size for name, size in sizes.items() if name.endswith((".html", ".xml", ".json"))) < 1_000_000
    years = [name for name in sizes if name.startswith("coverage/office-7.")]
    assert sorted(years) == [f"coverage/office-7.iom.example/{2026 + n}/index.html" for n in range(10)]
    pages = {name: read_page(report / name) for name in ("coverage/index.html", *years)}
    for name, page in pages.items():
        assert all(follow(report, name, link).is_file() for link in page.links if is_own(link) and link[0] != "#")
    assert "1 January 2035 to 31 December 2035" in pages["coverage/index.html"].text
    told = [day for name in years for day in re.findall(r"\b\d{4}-\d\d-\d\d (?:unchanged|refused)\b", pages[name].text)]
    assert len(set(told)) == len(told) == 3652


TITLES = {
    "rtl": ("دعم إدارة الحدود في الموانئ الشرقية", "ar"),
    "cdata": ("Ends with ]]> and <![CDATA[ and &amp; \x07\ufffe", "en"),
    "long": ("a title that never ends " * 250, "en"),
    "word": ("x" * 5_000, "en"),
}


def test_titles_of_any_kind_and_length_leave_pages_and_feeds_readable(tmp_path: Path) -> None:
    first = [project(f"{SITE}/project/{name}", title=title, lang=lang, projects_id=name, countries=["JO"])
             for name, (title, lang) in TITLES.items()]  # fmt: skip
    money = {"budget_amount": "5.00", "budget_currency": "USD"}
    later = [project(f"{SITE}/project/{name}", title=f"{title} more", lang=lang, projects_id=name, **money)
             for name, (title, lang) in TITLES.items()]  # fmt: skip
    folder = publish(tmp_path / "data", first, later)
    report = write_report(folder, folder.report).path
    pages = dict(iter_pages(report))
    assert "x" * 5_000 in pages["project/word/index.html"].text
    for name, page in pages.items():
        # A week shows old beside new at length; lists, sentences and headings do not.
        if not name.startswith(("project/", "week/")):
            assert "x" * 400 not in page.text, name
    shown = (report / "project/rtl/index.html").read_text("utf-8")
    assert '<h1 lang="ar" dir="rtl">' in shown
    # A value of ours is no text of the page, and is not written from right to left.
    assert '<dt>budget before</dt><dd><i lang="en" dir="ltr">not stated</i>' in shown
    assert '<dt>title before</dt><dd lang="ar" dir="rtl">' in shown
    for feed in read_index(report)["feeds"]:
        if feed.endswith(".xml"):
            read = feedparser.parse((report / feed).read_bytes())
            assert not read.bozo, (feed, read.get("bozo_exception"))
            assert all(len(entry.title) < 600 for entry in read.entries)


def test_tables_of_removed_pages_alone_make_a_report_and_feeds(tmp_path: Path) -> None:
    here, gone = project(f"{SITE}/project/a", title="A", projects_id="A.1"), absent(f"{SITE}/project/a")
    folder = publish(tmp_path / "data", [here], *[[gone]] * 9)
    made = write_report(folder, folder.report)
    pages = dict(iter_pages(made.path))
    assert "Gone since 2 January 2026, last seen 1 January 2026." in pages["project/A.1/index.html"].text
    assert "Gone 1" in pages["index.html"].text
    (entry,) = feedparser.parse((made.path / "feeds/removals.xml").read_bytes()).entries
    assert entry.title == "The project “A” has been gone since 2 January 2026; it was last seen on 1 January 2026."


def test_an_empty_database_gives_pages_that_say_so(tmp_path: Path) -> None:
    folder = publish(tmp_path / "data")
    made = write_report(folder, folder.report)
    pages = dict(iter_pages(made.path))
    assert "Nothing has been archived yet." in pages["index.html"].text
    assert made.n_documents == 0
    assert {name.partition("/")[0] for name in pages} >= {"changes", "removed", "doubts", "coverage", "search", "data"}


def test_a_page_that_went_and_came_back_is_told_in_its_weeks(tmp_path: Path) -> None:
    here, gone = project(f"{SITE}/project/a", title="A", projects_id="A.1"), absent(f"{SITE}/project/a")
    folder = publish(tmp_path / "data", [here], *[[gone]] * 9, [here])
    pages = dict(iter_pages(write_report(folder, folder.report).path))
    assert (
        "The project “A” has been gone since 2 January 2026; it was last seen on 1 January 2026."
        in pages["week/2026-W01/index.html"].text
    )
    assert "The project “A” has been back since" in "".join(page.text for page in pages.values())
    assert "Gone for a time" in pages["removed/index.html"].text


def test_tables_of_another_schema_are_one_line(tmp_path: Path) -> None:
    folder = publish(tmp_path / "data", [project(f"{SITE}/project/a", title="A", projects_id="A.1")])
    with duckdb.connect(str(folder.published)) as tables:
        tables.execute("UPDATE internal.build SET schema_version = 99")
    answer = Caller(folder.root).call("report")
    assert answer.code == 1
    assert len(answer.err.strip().splitlines()) == 1
    assert "99" in answer.err
    assert not folder.report.exists()


def _list_removals(n: int) -> list[tuple[dict[str, object], DocumentEntry]]:
    day = datetime(2026, 1, 5)  # noqa: DTZ001 - the tables' instants are UTC without a zone
    row: dict[str, object] = {"gone_from": day, "last_seen_at": day, "restored_at": None}
    shown = {"title": "A", "lang": "en", "site": "iom", "budget_amount": None, "budget_currency": None}
    return [(row, DocumentEntry("project", f"A.{one}", f"project/A.{one}", shown)) for one in range(n)]


def test_a_long_list_of_removed_pages_shows_the_newest_and_says_where_the_rest_is() -> None:
    groups = [("Gone now", _list_removals(5)), ("Gone for a time", [])]
    page = Templates().render("removed.html", "removed/index.html", groups=groups, most=3, entries={}).decode()
    assert [f"project/A.{one}/index.html" in page for one in range(5)] == [True, True, True, False, False]
    assert "The newest 3 of 5;" in page
    assert 'href="../search/index.html?state=gone"' in page


def test_a_long_letter_is_whole_as_plain_text_alone() -> None:
    pages = [{"url": f"{SITE}/p{one}", "entry": None, "rows": [{"words": "a country twice"}]} for one in range(5)]
    letter = {"site": "iom", "pages": pages, "n": 5, "most": 3}
    page = Templates().render("letter.html", "doubts/iom/index.html", **letter).decode()
    assert [f'href="{SITE}/p{one}"' in page for one in range(5)] == [True, True, True, False, False]
    assert "the first 3 of 5 pages" in page
    text = Templates().render_text("letter.txt", **letter).decode()
    assert all(f"{SITE}/p{one}\n" in text for one in range(5))
