"""Random histories against a plain model, in any order of runs, with any number of threads."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.warehouse.archives import Answer, Archive, absent, moved, news, unknown, unreadable
from tests.warehouse.reading import ask
from warehouse.publish.swap import publish_database

FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
PAGES = 40

Happening = str
"""A page's answer on one day: a letter is its content; ``-`` 404, ``?`` timeout, ``!`` unreadable, ``>`` sent home."""


@dataclass(frozen=True)
class Expected:
    """One version the model expects: the day it began, what happened, the content."""

    day: int
    change: str
    content: str


def expect_versions(days: str, *, answers: int = 2) -> list[Expected]:
    """The model: read one page's days in order. A blank is a day on which nobody asked."""
    versions: list[Expected] = []
    series: list[int] = []
    content, gone = "", False
    for day, happening in enumerate(days):
        if happening == "-":
            series.append(day)
            if content and not gone and len(series) >= answers and day - series[0] >= 1:
                versions.append(Expected(series[0], "removed", content))
                gone = True
        elif happening == ">" or happening.isalpha():
            if gone:
                versions.append(Expected(day, "restored", happening if happening.isalpha() else content))
                content = versions[-1].content
                gone = False
            elif happening.isalpha() and happening != content:
                versions.append(Expected(day, "edited" if versions else "created", happening))
            series = []
        if happening.isalpha():
            content = happening
    return versions


def answer(page: int, happening: Happening) -> Answer | None:
    url = f"https://www.iom.int/news/page-{page}"
    match happening:
        case " ":
            return None
        case "-":
            return absent(url, kind="news")
        case "?":
            return unknown(url, kind="news")
        case "!":
            return unreadable(url, kind="news")
        case ">":
            return moved(url, "https://www.iom.int/", kind="news")
    return news(url, title=f"page {page}", body=happening)


def write_archive(archive: Archive, histories: list[str]) -> None:
    """One run a day for all pages, each page at the same second of every day."""
    for day in range(max(map(len, histories))):
        asked = [answer(page, history[day]) if day < len(history) else None for page, history in enumerate(histories)]
        when = FIRST_DAY + timedelta(days=day)
        answers = [
            Answer(**{**vars(one), "at": (when + timedelta(seconds=page)).strftime("%Y-%m-%dT%H:%M:%SZ")})
            for page, one in enumerate(asked)
            if one is not None
        ]
        if answers:
            archive.run(f"{when:%Y-%m-%d}", answers)
    archive.extract()


def found_versions(built: Path) -> dict[str, list[Expected]]:
    found: dict[str, list[Expected]] = {}
    for news_id, valid_from, change, body in ask(
        built, "SELECT news_id, valid_from, change_kind, body FROM v1.news_versions ORDER BY news_id, valid_from"
    ):
        day = (valid_from.replace(tzinfo=UTC) - FIRST_DAY).days
        found.setdefault(news_id, []).append(Expected(day, change, body))
    return found


def expected_by_page(histories: list[str]) -> dict[str, list[Expected]]:
    expected = {f"iom.int/news/page-{page}": expect_versions(history) for page, history in enumerate(histories)}
    # A page that was never read is no document, whatever else it answered.
    return {page: versions for page, versions in expected.items() if versions}


@pytest.mark.slow
@examples(8)
@given(st.lists(st.text("AABBC--?! >", min_size=1, max_size=12), min_size=PAGES, max_size=PAGES))
def test_versions_are_what_the_model_says_on_every_page(histories: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        write_archive(archive, histories)
        assert found_versions(archive.build()) == expected_by_page(histories)


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("histories"))
    write_archive(archive, ["AAB-?-A", "A?AAAA-", "ABABAB", "A--B--A", "!!A>A", "--A-A-", " A B A"])
    return archive


def content_hash(archive: Archive, threads: int) -> str:
    target = archive.root / "iomdb.duckdb"
    return publish_database(archive.build(threads=threads), target).content_sha256


def test_a_rebuild_with_one_thread_or_two_gives_the_same_content(histories: Archive) -> None:
    first = content_hash(histories, 1)
    assert [content_hash(histories, threads) for threads in (1, 2, 2)] == [first] * 3


@pytest.mark.parametrize("shuffle", [(4, 2, 0, 6, 1, 3, 5), (6, 5, 4, 3, 2, 1, 0)])
def test_runs_that_arrive_in_any_order_give_the_same_versions(
    histories: Archive, tmp_path: Path, shuffle: tuple[int, ...]
) -> None:
    """The names of runs sort by arrival, as for archives imported late; their observations keep their times."""
    shuffled = Archive(tmp_path)
    runs = list(histories.answers.values())
    for arrival, place in enumerate(shuffle):
        answers = [Answer(**{**vars(one), "at": line["fetched_at"]}) for line, one in runs[place]]
        shuffled.run(f"2026-05-{arrival + 1:02}", answers, name="warc")
    shuffled.extract()
    here, there = histories.build(), shuffled.build()
    # Which of two captures with the same bytes holds the body depends on which came first; nothing else does.
    for relation in ("(SELECT * EXCLUDE (content_capture_id) FROM v1.news_versions)", "v1.changes", "v1.removals"):
        sql = f"FROM {relation} ORDER BY ALL"
        assert ask(there, sql) == ask(here, sql), relation


def test_building_twice_adds_nothing(histories: Archive) -> None:
    once = ask(histories.build(), "SELECT count(*), max(version_no) FROM v1.news_versions")
    assert ask(histories.build(), "SELECT count(*), max(version_no) FROM v1.news_versions") == once


def test_every_derived_file_can_be_deleted_and_comes_back(histories: Archive, tmp_path: Path) -> None:
    copy = Archive(tmp_path, histories.verdicts, histories.answers)
    shutil.copytree(histories.root / "archive", tmp_path / "archive")
    copy.extract()
    assert content_hash(copy, 2) == content_hash(histories, 1)
