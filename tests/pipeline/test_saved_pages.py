"""``iomdb site try --jsonl``: many saved pages in one process, a line in and a line out."""

from __future__ import annotations

import gzip
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contracts.fields import catalogue
from crawler.site.site import Sites
from extractor.blocks.prose_shape import share_unexplained
from pipeline.authoring import saved_pages
from pipeline.authoring.dry_run import DryRun, SavedPage, dry_run_saved
from tests.pipeline.commands import IOMDB, Answer, Caller
from tests.site.pages import make_news, make_project, render_page, render_text

KEYS = (
    *("file", "url", "status", "reason", "kind", "layout", "lang", "title", "body", "published_date"),
    *("published_source", "fields", "countries", "dateline_place", "dateline_country", "unread_fields", "issues"),
    *("unexplained_prose", "seconds"),
)
NEWS, PROJECT = make_news(4), make_project(5)
NEWS_URL, PROJECT_URL = "https://www.iom.int/news/lamps", "https://www.iom.int/project/lamps"

Row = dict[str, Any]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Saved pages: news as markup and packed, a project as markup and as text."""
    (tmp_path / "news.html").write_bytes(render_page(NEWS))
    (tmp_path / "news.html.gz").write_bytes(gzip.compress(render_page(NEWS)))
    (tmp_path / "project.html").write_bytes(render_page(PROJECT))
    (tmp_path / "project.txt").write_bytes(render_text(PROJECT))
    (tmp_path / "project.txt.gz").write_bytes(gzip.compress(render_text(PROJECT)))
    return tmp_path


def call(folder: Path, *words: str) -> Answer:
    return Caller(folder / "data").call("site", "try", *words)


def try_lines(folder: Path, *lines: Row | str) -> list[Row]:
    """The rows for these lines; file names are of the folder."""
    named = [
        line if isinstance(line, str) else json.dumps(line | {"file": str(folder / line["file"])}) for line in lines
    ]
    (folder / "in.jsonl").write_text("\n".join(named) + "\n")
    answer = call(folder, "--jsonl", str(folder / "in.jsonl"))
    assert (answer.code, answer.err) == (0, "")
    return [json.loads(line) for line in answer.out.splitlines()]


def without_time(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in {"seconds", "file"}}


def test_a_news_page_says_title_text_day_and_place_under_the_keys_of_the_contract(pages: Path) -> None:
    (row,) = try_lines(pages, {"file": "news.html", "url": NEWS_URL})
    assert tuple(row) == KEYS
    assert (row["file"], row["url"]) == (str(pages / "news.html"), NEWS_URL)
    assert (row["status"], row["reason"], row["kind"], row["lang"]) == ("read", None, "news", "en")
    assert row["title"] == NEWS.title
    assert row["body"] == "\n\n".join(NEWS.paragraphs)
    assert row["published_source"] in {"metadata", "dateline"}
    assert len(row["published_date"]) == 10
    assert row["dateline_place"] == "Shelbyville"
    assert (row["fields"], row["unread_fields"], row["unexplained_prose"]) == (None, [], 0.0)
    assert 0 < row["seconds"] < 10


def test_a_project_page_says_its_fields_as_the_tables_name_them_with_the_words_they_were_read_from(pages: Path) -> None:
    (row,) = try_lines(pages, {"file": "project.html", "url": PROJECT_URL})
    assert tuple(row["fields"]) == tuple(catalogue("project"))
    assert row["kind"] == "project"
    assert row["body"] == row["fields"]["description"] == "\n\n".join(PROJECT.description)
    stated = {name: " ".join(values) for name, _, values in PROJECT.fields}
    assert row["fields"]["projects_id"] == stated["projects_id"]
    assert row["fields"]["budget_raw"] == stated["budget"]
    assert row["published_date"] is None
    assert [one["country_code"] for one in row["countries"] if one["role"] == "benefiting"] == row["fields"][
        "countries"
    ]


def test_the_reader_is_told_by_the_ending_or_by_the_line_and_gz_is_unpacked(pages: Path) -> None:
    (pages / "saved").write_bytes(render_text(PROJECT))
    rows = try_lines(
        pages,
        {"file": "project.txt", "url": PROJECT_URL},
        {"file": "project.txt.gz", "url": PROJECT_URL},
        {"file": "saved", "url": PROJECT_URL, "reader": "text"},
        {"file": "news.html", "url": NEWS_URL},
        {"file": "news.html.gz", "url": NEWS_URL, "reader": "html", "charset": None, "note": "let pass"},
    )
    assert [row["status"] for row in rows] == ["read"] * 5
    text, packed, named, plain, packed_news = map(without_time, rows)
    assert text == packed == named
    assert plain == packed_news


def test_the_declared_charset_is_a_witness(pages: Path) -> None:
    page = "<html><body><main><h1>Наведено міст</h1><p>{}</p></main></body></html>".format(
        "Міст через річку відкрили знову, і діти першими перейшли на той берег. " * 5
    )
    (pages / "bridge.html").write_bytes(page.encode("cp1251"))
    (row,) = try_lines(pages, {"file": "bridge.html", "url": NEWS_URL, "charset": "windows-1251"})
    assert row["title"] == "Наведено міст"


def test_what_cannot_be_read_is_a_line_in_its_place_and_the_others_are_read(pages: Path) -> None:
    (pages / "cut.html.gz").write_bytes(gzip.compress(render_page(NEWS))[:-200])
    (pages / "broken.html.gz").write_bytes(b"not packed at all")
    (pages / "folder").mkdir()
    (pages / "empty.html").write_bytes(b"")
    rows = try_lines(
        pages,
        {"file": "news.html", "url": NEWS_URL},
        "{not json",
        '["a", "list"]',
        '{"url": "https://www.iom.int/news/x"}',
        '{"file": 7, "url": "https://www.iom.int/news/x"}',
        '{"file": "a\\u0000b", "url": "https://www.iom.int/news/x"}',
        '{"file": "\\ud800", "url": "https://www.iom.int/news/x"}',
        {"file": "news.html", "url": NEWS_URL, "reader": "pdf"},
        {"file": "absent.html", "url": NEWS_URL},
        {"file": "folder", "url": NEWS_URL},
        {"file": "cut.html.gz", "url": NEWS_URL},
        {"file": "broken.html.gz", "url": NEWS_URL},
        {"file": "empty.html", "url": NEWS_URL},
        "",
        {"file": "project.html", "url": PROJECT_URL},
    )
    assert [row["status"] for row in rows] == ["read", *["quarantined"] * 12, "read"]
    assert all(tuple(row) == KEYS for row in rows)
    assert all(row["reason"] and row["title"] is None for row in rows[1:-1])
    assert rows[1]["reason"].startswith("line 2: ")
    assert "absent.html" in rows[8]["reason"]
    assert rows[8]["url"] == NEWS_URL


def test_a_page_larger_than_any_is_named_without_being_unpacked_whole(pages: Path) -> None:
    (pages / "bomb.html.gz").write_bytes(gzip.compress(b" " * 50_000_000))
    (row,) = try_lines(pages, {"file": "bomb.html.gz", "url": NEWS_URL})
    assert "that is no page" in row["reason"]


def test_an_address_that_is_none_tells_nothing_and_the_page_is_read(pages: Path) -> None:
    rows = try_lines(pages, {"file": "news.html"}, {"file": "news.html", "url": "saved::lamps"})
    assert [(row["status"], row["title"]) for row in rows] == [("read", NEWS.title)] * 2
    assert [row["url"] for row in rows] == [None, "saved::lamps"]


def test_no_page_of_the_batch_is_evidence_for_another(pages: Path) -> None:
    news, project = {"file": "news.html", "url": NEWS_URL}, {"file": "project.html", "url": PROJECT_URL}
    alone = [without_time(try_lines(pages, line)[0]) for line in (news, project)]
    assert [without_time(row) for row in try_lines(pages, news, news, project, news)] == [
        alone[i] for i in (0, 0, 1, 0)
    ]


def test_a_line_is_answered_before_the_next_one_is_given(pages: Path) -> None:
    caller = Caller(pages / "data")
    process = subprocess.Popen(
        [*IOMDB, "site", "try", "--jsonl", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=caller.environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        for name in ("news.html", "absent.html", "news.html"):
            process.stdin.write(json.dumps({"file": str(pages / name), "url": NEWS_URL}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["file"] == str(pages / name)
        process.stdin.close()
    assert process.returncode == 0


def test_one_page_or_many_is_asked_for_not_both_nor_none(pages: Path) -> None:
    (pages / "in.jsonl").write_text("")
    for words in ([], ["x.html", "--jsonl", str(pages / "in.jsonl")], ["--jsonl", str(pages / "absent.jsonl")]):
        assert call(pages, *words).code == 2
    nothing = call(pages, "--jsonl", str(pages / "in.jsonl"))
    assert (nothing.code, nothing.out) == (0, "")


def test_a_fault_of_the_reader_costs_its_own_page_alone(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_on_the_project(saved: SavedPage, **others: Any) -> DryRun:
        if saved.source.endswith("project.html"):
            raise RecursionError("too deep")
        return dry_run_saved(saved, **others)

    monkeypatch.setattr(saved_pages, "dry_run_saved", fail_on_the_project)
    lines = [json.dumps({"file": str(pages / name)}).encode() for name in ("project.html", "news.html")]
    rows = list(saved_pages.iter_rows(lines, sites=Sites({}), release=1, now=datetime(2026, 11, 29, tzinfo=UTC)))
    assert [(row["status"], row["reason"]) for row in rows] == [
        ("quarantined", "the reader failed: RecursionError: too deep"),
        ("read", None),
    ]


def test_running_text_that_no_rule_explains_is_a_share_of_all_running_text() -> None:
    prose = "The lamps were carried up the hill before the evening, and nobody had to walk home in the dark."
    assert share_unexplained([prose, "Menu"], prose) == 0.5
    assert share_unexplained([], prose) == 0.0
    assert share_unexplained([prose], None) == 1.0
    assert share_unexplained([], None) == 0.0
