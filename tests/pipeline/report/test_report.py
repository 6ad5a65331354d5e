"""The report of the demonstration: what it says, that every link leads somewhere, that it is the same each time."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import signal
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import duckdb
import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.report.build import write_report
from tests.costs import measure_cost
from tests.pipeline.commands import Caller
from tests.pipeline.houses import at_day, build_house, project_url
from tests.pipeline.report.reading import follow, is_own, iter_pages, read_index, read_page
from tests.site.pages import make_project, render_page

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("changes", "week", "project", "news", "country", "type", "removed", "doubts", "coverage", "search", "data")


def ask(demo: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(demo / "iomdb.duckdb"), read_only=True) as tables:
        return tables.execute(sql).fetchall()


def test_the_index_names_every_page_document_and_feed(demo: Path, report: Path) -> None:
    index = read_index(report)
    assert set(index) == {"content_sha256", "documents", "feeds", "pages"}
    assert [(index["content_sha256"],)] == ask(demo, "SELECT content_sha256 FROM internal.build")
    there = {path.relative_to(report).as_posix() for path in report.rglob("*")}
    assert set(index["pages"]) == {name for name in there if name.endswith(".html")}
    assert set(index["feeds"]) == {
        name for name in there if name.startswith("feeds/") and name.endswith((".xml", ".json"))
    }
    known = ask(demo, "SELECT project_id FROM v1.projects UNION ALL SELECT news_id FROM v1.news")
    assert {str(one) for (one,) in known} == set(index["documents"])
    assert set(index["documents"].values()) <= set(index["pages"])
    assert {name.partition("/")[0] for name in index["pages"]} == {"index.html", *KINDS}


def test_every_link_leads_to_a_file_or_out(report: Path) -> None:
    for name, page in iter_pages(report):
        places = {values["id"] for _, values in page.tags if "id" in values}
        for link in page.links:
            if link.startswith("#"):
                assert link[1:] in places, (name, link)
            elif is_own(link):
                assert follow(report, name, link).is_file(), (name, link)
            else:
                assert link.startswith(("https://", "http://")), (name, link)
        for tag, values in page.tags:
            if tag == "a" and not is_own(values.get("href", "")):
                assert values.get("rel") == "noreferrer", (name, values)
            if tag == "a" and is_own(values.get("href", "")):
                assert not values["href"].endswith("/"), (name, values)


def test_no_page_runs_or_loads_anything_but_its_own_files(report: Path) -> None:
    for name, page in iter_pages(report):
        policies = [
            values["content"] for tag, values in page.tags if values.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1
        assert "default-src 'none'" in policies[0]
        assert "unsafe" not in policies[0]
        assert not any(key.startswith("on") or key == "style" for _, values in page.tags for key in values), name
        scripts = [values for tag, values in page.tags if tag == "script"]
        assert all(is_own(one["src"]) if "src" in one else one["type"] == "application/ld+json" for one in scripts)
        frames = [values for tag, values in page.tags if tag == "iframe"]
        assert all(one["sandbox"] == "" and "src" not in one for one in frames)
        for frame in page.frames:
            assert not any(sign in frame.lower() for sign in ("<script", "<img", "href=", "src=", "url("))


def test_headings_are_in_order_and_each_page_says_that_it_is_invented(report: Path) -> None:
    for name, page in iter_pages(report):
        levels = [int(tag[1]) for tag, _ in page.tags if tag in {"h1", "h2", "h3", "h4"}]
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), (name, levels)
        assert "INVENTED" in page.text, name


def test_a_project_page_has_each_value_as_the_tables_hold_it(demo: Path, report: Path) -> None:
    index = read_index(report)["documents"]
    columns = "project_id, title, budget_amount, budget_raw, status_raw, type_raw, start_date, end_date, countries_raw"
    for project_id, *values in ask(demo, f"SELECT {columns} FROM v1.projects"):
        text = read_page(report / index[project_id]).text
        for value in values:
            assert value is None or " ".join(str(value).split()) in text, (project_id, value)


def test_a_project_page_has_each_version_with_its_date_and_capture(demo: Path, report: Path) -> None:
    index = read_index(report)["documents"]
    rows = ask(demo, "SELECT project_id, valid_from, capture_id FROM v1.project_versions WHERE known_to IS NULL")
    for project_id, valid_from, capture_id in rows:
        text = read_page(report / index[project_id]).text
        assert f"{valid_from:%Y-%m-%d}" in text
        assert str(capture_id) in text


def test_the_quoted_words_are_marked_where_the_evidence_says(demo: Path, report: Path) -> None:
    index = read_index(report)["documents"]
    rows = ask(
        demo, "SELECT document_id, raw FROM v1.evidence WHERE field = 'budget_amount' AND start_byte IS NOT NULL"
    )
    assert len(rows) > 40
    for document_id, raw in rows:
        (frame,) = read_page(report / index[document_id]).frames
        assert f"</b>{raw}</mark>" in frame, document_id


def test_every_page_of_a_document_prints_its_citation_in_four_forms_as_the_command_does(
    demo: Path, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOMDB_DATA", str(demo))
    documents = read_index(report)["documents"]
    printed = {
        name: re.findall(r"<pre class=\"cited\"[^>]*>(.*?)</pre>", (report / path).read_text("utf-8"), re.DOTALL)
        for name, path in documents.items()
    }
    assert {len(forms) for forms in printed.values()} == {4}
    # One of each kind and state, and one that was not crawled.
    chosen = ask(
        demo, "SELECT any_value(project_id) FROM v1.projects GROUP BY state, time_basis UNION ALL "
        "SELECT any_value(news_id) FROM v1.news GROUP BY state, time_basis"
    )  # fmt: skip
    for (name,) in chosen:
        for form, shown in zip(("footnote", "bibtex", "csl", "wikipedia"), printed[str(name)], strict=True):
            called = CliRunner().invoke(main, ("cite", str(name), "--format", form))
            assert called.exit_code == 0
            assert html.unescape(shown) == called.stdout.rstrip("\n"), (name, form)


def test_the_state_of_a_document_is_a_sentence(demo: Path, report: Path) -> None:
    index = read_index(report)["documents"]
    gone = ask(demo, "SELECT document_id, gone_from, last_seen_at FROM v1.removals WHERE restored_at IS NULL")
    assert gone
    for document_id, gone_from, last_seen_at in gone:
        text = read_page(report / index[document_id]).text
        assert f"Gone since {gone_from:%-d %B %Y}, last seen {last_seen_at:%-d %B %Y}." in text
    for (document_id,) in ask(demo, "SELECT project_id FROM v1.projects WHERE len(unread_fields) > 0"):
        assert "Could not be read now" in read_page(report / index[document_id]).text


def test_a_long_page_says_at_its_top_what_it_has_and_leads_there(report: Path) -> None:
    for name, words in (
        ("week/2026-W46/index.html", "In this week: Gone 2, Money 1, Dates 1, Text 2, New pages 2, what was looked at"),
        ("removed/index.html", "On this page: Gone now 4, Gone for a time 4"),
    ):
        page = read_page(report / name)
        assert words in page.text
        assert {"#group-1", "#group-2"} <= set(page.links)


def test_money_adds_up_to_the_cent(demo: Path, report: Path) -> None:
    (total,) = ask(demo, "SELECT sum(budget_amount) FROM v1.projects WHERE budget_currency = 'USD'")[0]
    text = read_page(report / "index.html").text
    assert f"{total:,.2f} USD in" in text
    assert text.count(f"Sum {total:,.2f}") >= 1


def test_a_blocked_week_says_so_in_words(report: Path) -> None:
    said = [page.text for name, page in iter_pages(report) if name.startswith("week/")]
    assert any("it refused every request, so nothing is known of this week" in text for text in said)


def test_the_totals_say_how_many_pages_could_not_be_read(demo: Path, report: Path) -> None:
    ((n,),) = ask(demo, "SELECT count(*) FROM v1.quarantine WHERE kind = 'project'")
    assert n
    home = (report / "index.html").read_text(encoding="utf-8")
    assert f"{n} pages of projects could not be read at all" in home


def test_what_no_rule_reads_any_more_is_not_called_not_stated(report: Path) -> None:
    page = (report / "week" / "2026-W48" / "index.html").read_text(encoding="utf-8")
    (of_type,) = re.findall(r"<dt>type before</dt>.*?</dl>", page, re.DOTALL | re.IGNORECASE)
    assert "could not be read" in of_type
    (of_words,) = re.findall(r"<dt>printed type before</dt>.*?</dl>", page, re.DOTALL | re.IGNORECASE)
    assert "words that a rule read" in of_words
    assert "not stated" not in of_type + of_words


def test_what_people_read_is_in_words_and_not_in_the_codes_of_the_tables(demo: Path, report: Path) -> None:
    pages = {name: page.text for name, page in iter_pages(report)}
    assert all("INVENTED for the demonstration of iomdb, not IOM" in text for text in pages.values())
    week = pages["week/2026-W46/index.html"]
    assert "Budget before" not in week
    assert "budget before 336,000.00 USD after 52,000.50 USD" in week
    assert "start date before 2004 after May 2004" in week
    # The code of a type says no more than its name, which went with it.
    assert "type code" not in pages["week/2026-W48/index.html"]
    lists = [pages["doubts/index.html"], pages["doubts/iom.example/index.html"]]
    assert all("Kyrgyzstan and Timor-Leste" in text and "KG TL" not in text for text in lists)
    assert "Technical Cooperation on Migration Management and Capacity Building (TC)" in lists[0]
    for (document_id,) in ask(demo, "SELECT DISTINCT news_id FROM v1.news_countries"):
        text = pages[read_index(report)["documents"][document_id]]
        assert not re.search(r"\((stated|interpreted|inferred)\)", text), document_id


def test_the_head_of_the_data_says_what_the_data_set_is_for_machines(demo: Path, report: Path, tmp_path: Path) -> None:
    def describe(folder: Path) -> dict[str, object]:
        page = (folder / "data/index.html").read_text("utf-8")
        (stated,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
        assert page.index(stated) < page.index("</head>")
        found: dict[str, object] = json.loads(stated)
        return found

    said = describe(report)
    assert said["@type"] == "Dataset"
    assert str(said["description"]).startswith("INVENTED")
    assert {"name", "license", "creator", "isBasedOn", "temporalCoverage", "identifier"} <= set(said)
    files = said["distribution"]
    assert isinstance(files, list)
    assert files
    assert all((report / "data" / one["contentUrl"]).is_file() for one in files)
    earlier = tmp_path / "earlier"
    Caller(demo).succeed("report", "--at", "2026-10-20", "-o", str(earlier))
    # An earlier day has no tables beside it.
    assert "distribution" not in describe(earlier)


def test_the_letter_has_every_doubt_of_a_site(demo: Path, report: Path) -> None:
    rows = ask(demo, "SELECT DISTINCT c.site, i.url FROM v1.data_issues AS i JOIN v1.coverage AS c USING (page_key)")
    assert rows
    for site, url in rows:
        assert str(url) in (report / f"doubts/{site}/letter.txt").read_text("utf-8")
        assert str(url) in read_page(report / f"doubts/{site}/index.html").text.replace(" ", "")


def test_the_first_page_is_light(report: Path) -> None:
    page = (report / "index.html").read_text("utf-8")
    start = page.index('<svg viewBox="0 0 960')
    assert len(page) - (page.index("</svg>", start) - start) < 300_000


@pytest.fixture
def copy(demo: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own with the same tables and archive, and no report."""
    folder = tmp_path / "copy"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("report"))
    return folder


def digest(report: Path) -> dict[str, bytes]:
    return {
        path.relative_to(report).as_posix(): path.read_bytes() for path in sorted(report.rglob("*")) if path.is_file()
    }


@pytest.mark.slow
def test_the_same_tables_give_the_same_bytes_and_a_second_build_writes_nothing(copy: Path, report: Path) -> None:
    iomdb = Caller(copy)
    first = json.loads(iomdb.succeed("report", "--json", PYTHONHASHSEED="1", LC_ALL="C", TZ="Asia/Tokyo"))
    assert first["written"] == first["files"]
    assert digest(copy / "report") == digest(report)
    times = {path: path.stat().st_mtime_ns for path in (copy / "report").rglob("*.html")}
    again = json.loads(iomdb.succeed("report", "--json", PYTHONHASHSEED="2"))
    assert again["written"] == 0
    assert {path: path.stat().st_mtime_ns for path in (copy / "report").rglob("*.html")} == times


@pytest.mark.slow
def test_without_the_archive_a_page_says_why_it_shows_no_words(copy: Path, report: Path) -> None:
    shutil.copytree(report, copy / "report")
    shutil.rmtree(copy / "archive")
    Caller(copy).succeed("report")
    path = read_index(report)["documents"]["IB.1001"]
    assert "the archive is not beside these tables" in read_page(copy / "report" / path).text


@pytest.mark.slow
def test_an_earlier_day_shows_what_the_sites_had_then(copy: Path) -> None:
    iomdb = Caller(copy)
    target = copy.parent / "october"
    iomdb.succeed("report", "--at", "2026-10-20", "-o", str(target))
    then, index = digest(target), read_index(target)
    assert not any(name.startswith("week/2026-W4") and name[11:13] > "43" for name in index["pages"])
    rows = ask(copy, "SELECT project_id, budget_amount FROM v1.projects_asof('2026-10-20')")
    assert {str(one) for one, _ in rows} <= set(index["documents"])
    for project_id, amount in rows:
        text = read_page(target / index["documents"][project_id]).text
        assert amount is None or f"{amount:,.2f}" in text
    late = [
        (name, text)
        for name, page in iter_pages(target)
        for text in [page.text]
        if "November 2026" in text and not name.startswith("data/")
    ]
    assert not late, [name for name, _ in late]
    shutil.rmtree(target)
    iomdb.succeed("report", "--at", "2026-10-20", "-o", str(target))
    assert digest(target) == then


@pytest.mark.slow
def test_a_folder_with_other_files_is_not_emptied(copy: Path, tmp_path: Path) -> None:
    iomdb = Caller(copy)
    (copy / "report").mkdir()
    (copy / "report" / "thesis.txt").write_text("mine")
    answer = iomdb.call("report")
    assert answer.code == 2
    assert "holds other files" in answer.err
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    assert iomdb.call("report", "-o", str(other)).code == 2
    assert iomdb.call("report", "-o", str(other), "--force").code == 2
    assert (other / "thesis.txt").read_text() == "mine"
    assert (copy / "report" / "thesis.txt").read_text() == "mine"


@pytest.mark.slow
def test_a_killed_build_leaves_the_last_report_whole_and_the_next_one_clears_up(copy: Path) -> None:
    iomdb = Caller(copy)
    iomdb.succeed("report")
    before = digest(copy / "report")
    with iomdb.start("report", "--at", "2026-11-01") as process:
        while not list(copy.glob(".building-report*/week")) and process.poll() is None:
            os.sched_yield()
        process.kill()
        process.wait()
    assert list(copy.glob(".building-report*"))
    assert digest(copy / "report") == before
    iomdb.succeed("report")
    assert digest(copy / "report") == before
    assert not list(copy.glob(".building-report*"))


def test_wrong_addresses_and_missing_tables_are_one_line(copy: Path, tmp_path: Path) -> None:
    iomdb = Caller(copy)
    assert iomdb.call("report", "--base-url", "javascript:alert(1)").code == 2
    assert iomdb.call("report", "--at", "last year").code == 2
    answer = Caller(tmp_path / "nowhere").call("report")
    assert answer.code == 1
    assert len(answer.err.strip().splitlines()) == 1


@pytest.mark.slow
def test_after_a_day_with_one_edit_only_what_it_touches_is_written(tmp_path: Path) -> None:
    house = build_house(tmp_path, projects=30)
    house.crawl(0)
    house.publish(at_day(1))
    write_report(house.folder, house.folder.report)
    before = {path: path.stat().st_ino for path in house.folder.report.rglob("*.*")}
    project = make_project(3)
    house.pages[project_url(3)] = render_page(replace(project, title=f"{project.title} again"))
    house.crawl(1)
    house.publish(at_day(2))
    write_report(house.folder, house.folder.report)
    after = {path: path.stat().st_ino for path in house.folder.report.rglob("*.*")}
    written = {path.relative_to(house.folder.report).as_posix() for path in after if before.get(path) != after[path]}
    assert len({name for name in written if name.startswith("project/") and name.endswith("index.html")}) == 1
    assert len({name for name in written if name.startswith("feeds/project/")}) == 2
    assert len({name for name in written if name.startswith("search/words-")}) <= 2
    assert "index.html" in written
    # What was not made again is what would have been made.
    write_report(house.folder, tmp_path / "anew")
    assert digest(house.folder.report) == digest(tmp_path / "anew")


@pytest.mark.slow
def test_a_second_build_makes_no_page_of_a_document_that_is_what_it_was(tmp_path: Path) -> None:
    house = build_house(tmp_path, projects=150, news=150)
    house.crawl(0)
    house.publish(at_day(1))
    first = measure_cost(lambda: write_report(house.folder, house.folder.report))
    made = digest(house.folder.report)
    again = measure_cost(lambda: write_report(house.folder, house.folder.report))
    assert digest(house.folder.report) == made
    assert again < 0.75 * first


@pytest.mark.slow
def test_a_page_that_somebody_changed_or_that_lost_its_record_is_made_again(copy: Path, report: Path) -> None:
    """A page is kept for what it was made of, never for its name."""
    pages = read_index(report)["documents"]
    shutil.copytree(report, copy / "report")
    (copy / "report" / pages["IB.1001"]).write_text("forged", encoding="utf-8")
    (copy / "report" / pages["CD.1002"]).unlink()
    (copy / "report" / pages["CD.1056"]).with_name("record.json").write_text("{}", encoding="utf-8")
    Caller(copy).succeed("report")
    assert digest(copy / "report") == digest(report)
    (copy / "report" / ".iomdb-inputs.json").write_text("[no proofs", encoding="utf-8")
    Caller(copy).succeed("report")
    assert digest(copy / "report") == digest(report)
    for volume in (copy / "archive").rglob("*.warc.gz"):
        volume.write_bytes(volume.read_bytes()[:100])
    Caller(copy).succeed("report")
    text = read_page(copy / "report" / pages["IB.1001"]).text
    assert "the archived record does not hold; iomdb fsck says why" in text


def test_the_courtesy_receipt_is_what_the_ledger_says(report: Path) -> None:
    text = read_page(report / "coverage/index.html").text
    assert text.count("Smallest gap between two 1.0 s") == 5
    assert "7 of 7 pages said nothing: 7 blocked" in text


@pytest.mark.slow
def test_open_serves_the_report_to_this_machine_until_it_is_interrupted(copy: Path) -> None:
    with Caller(copy).start("report", "--open", BROWSER="true") as process:
        assert process.stderr is not None
        found = (re.search(r"http://127\.0\.0\.1:\d+/", line) for line in process.stderr)
        address = next(one[0] for one in found if one)
        with urlopen(address, timeout=10) as page:
            assert b"INVENTED" in page.read()
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(address, headers={"Host": "evil.example"}), timeout=10)
        assert refused.value.code == 403
        refused.value.close()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode in (0, 130)
