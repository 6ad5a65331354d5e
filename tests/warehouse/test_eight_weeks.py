"""Eight simulated weeks of a site that edits, loses, restores, moves and translates: exactly the true versions."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from contracts.extraction import ExtractorRelease
from tests.warehouse.archives import RELEASE_1, Answer, Archive, absent, moved, news, project, unknown, unreadable
from tests.warehouse.reading import ask, ask_values
from warehouse.publish.swap import publish_database

FIRST_WEEK = datetime(2026, 1, 5, tzinfo=UTC)
EACH = 4
"""Documents of each story: what is true of one must be true beside its neighbours."""

Versions = list[tuple[int, str]]
"""(week, change kind): what a document's history must be, and all that it may be."""


def say(url: str, story: str, week: int, answer: str) -> list[Answer]:
    """What ``url`` answers in one week. A letter is a content, W a wall; the rest as in each story."""
    kind = "project" if "/project/" in url else "news"
    match answer:
        case " ":
            return []
        case "-":
            return [absent(url, kind=kind)]
        case "?":
            return [unknown(url, kind=kind, outcome=["timeout", "server_error", "blocked"][week % 3])]
        case "!":
            return [unreadable(url, kind=kind)]
        case "W":
            return [
                Answer(url, record={"kind": "news", "title": "Wait at the gate", "body": "You are counted."}, kind=kind)
            ]
    noise = f"token {week}" if story == "noise" else ""
    if kind == "project":
        return [project(url, projects_id=f"TC.{url.rsplit('-', 1)[1]}", title=story, status=answer, noise=noise)]
    return [news(url, title=url, body=f"{story} {answer}", noise=noise)]


STORIES: dict[str, tuple[str, Versions]] = {
    "quiet": ("AAAAAAAA", [(0, "created")]),
    "noise": ("AAAAAAAA", [(0, "created")]),
    "edited": ("AABBBBBB", [(0, "created"), (2, "edited")]),
    "edited twice": ("AABBBCCC", [(0, "created"), (2, "edited"), (5, "edited")]),
    "there and back": ("AABBAAAA", [(0, "created"), (2, "edited"), (4, "edited")]),
    "discovered late": ("   AAAAA", [(3, "created")]),
    "outage": ("AA??!?AA", [(0, "created")]),
    "edited in an outage": ("AA???BBB", [(0, "created"), (5, "edited")]),
    "removed": ("AAA-----", [(0, "created"), (3, "removed")]),
    "removed in an outage": ("AAA-??--", [(0, "created"), (3, "removed")]),
    "missing once": ("AAA-AAAA", [(0, "created")]),
    "missing to the end": ("AAAAAAA-", [(0, "created")]),
    "resurrected": ("AAA--AAA", [(0, "created"), (3, "removed"), (5, "restored")]),
    "resurrected otherwise": ("AAA--BBC", [(0, "created"), (3, "removed"), (5, "restored"), (7, "edited")]),
    "removed twice": ("A--A--AA", [(0, "created"), (1, "removed"), (3, "restored"), (4, "removed"), (6, "restored")]),
    "never there": ("--------", []),
    "never understood": ("!!!!!!!!", []),
    "walled at first": ("WWAAAAAA", [(2, "created")]),
    "walled for a week": ("AAWAAAAA", [(0, "created")]),
    "edited behind a wall": ("AAWWBBBB", [(0, "created"), (4, "edited")]),
    "walled to the end": ("AAAAAAWW", [(0, "created")]),
    "removed, then unread": ("A--!!!!!", [(0, "created"), (1, "removed")]),
    "removed, then walled": ("A--WWWWW", [(0, "created"), (1, "removed")]),
    "back after it was unread": ("A--!W?AA", [(0, "created"), (1, "removed"), (6, "restored")]),
    "absent around a wall": ("AA-WW-AA", [(0, "created"), (2, "removed"), (6, "restored")]),
}


def single_pages() -> dict[str, tuple[str, str, Versions]]:
    """url → (story, answers, expected versions), for news and for projects."""
    pages = {}
    for number, (story, (answers, versions)) in enumerate(STORIES.items()):
        for copy in range(EACH):
            slug = f"{story.replace(' ', '-')}-{number * EACH + copy:04}"
            pages[f"https://www.iom.int/news/{slug}"] = (story, answers, versions)
            pages[f"https://www.iom.int/project/{slug}"] = (story, answers, versions)
    return pages


def families(week: int) -> list[Answer]:
    """The stories that take several pages."""
    old, new = "https://www.iom.int/news/a-slug", "https://www.iom.int/news/the-slug-it-moved-to"
    answers = [news(old, title="moved", body="A")] if week < 3 else [moved(old, new, kind="news")]
    if week >= 3:
        answers.append(news(new, title="moved", body="A" if week < 6 else "B"))
    english, french = "https://www.iom.int/project/english-9001", "https://www.iom.int/fr/node/9001"
    mirror = "https://developmentfund.iom.int/project/english-9001"
    answers.append(project(english, projects_id="TC.9001", status="active" if week < 5 else "completed"))
    if week >= 2:
        answers.append(project(french, projects_id="TC.9001", title="Une", lang="fr", end_date="2024"))
    if week >= 4:
        answers.append(project(mirror, projects_id="TC.9001", status="active"))
    twin = "https://www.iom.int/project/the-same-title"
    return [
        *answers,
        project(twin, projects_id="TC.9002", title="The same title", status="active"),
        project(twin + "-0", projects_id="QU9-805", title="The same title", status="active"),
        news("https://www.iom.int/news/one-release", title="One release", body="the same words"),
        news("https://liberia.iom.int/news/one-release", title="One release", body="the same words"),
    ]


FAMILIES: dict[str, Versions] = {
    "iom.int/news/a-slug": [(0, "created"), (6, "edited")],
    "TC.9001": [(0, "created"), (5, "edited")],
    "TC.9002": [(0, "created")],
    "QU9-805": [(0, "created")],
    "iom.int/news/one-release": [(0, "created")],
    "liberia.iom.int/news/one-release": [(0, "created")],
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("weeks"))
    for week in range(8):
        answers = families(week)
        for url, (story, said, _) in single_pages().items():
            answers += say(url, story, week, said[week])
        archive.run(f"{FIRST_WEEK + timedelta(weeks=week):%Y-%m-%d}", answers)
    broken = [project(url, title="Access denied") for url in single_pages() if "/project/" in url]
    archive.run("2026-03-04", broken, accepted=False)
    archive.extract()
    return archive


@pytest.fixture(scope="module")
def built(archive: Archive) -> Path:
    return publish_database(archive.build(), archive.root / "iomdb.duckdb").path


def expected() -> dict[str, Versions]:
    singles = {
        (f"TC.{url.rsplit('-', 1)[1]}" if "/project/" in url else url.removeprefix("https://www.")): versions
        for url, (_, _, versions) in single_pages().items()
        if versions
    }
    return singles | FAMILIES


def test_every_document_has_exactly_its_true_versions_and_there_are_no_others(built: Path) -> None:
    found: dict[str, Versions] = {}
    for table, key in (("project_versions", "project_id"), ("news_versions", "news_id")):
        rows = ask(built, f"SELECT {key}, valid_from, change_kind FROM v1.{table} ORDER BY {key}, valid_from")
        for document_id, valid_from, change_kind in rows:
            week = (valid_from.replace(tzinfo=UTC) - FIRST_WEEK).days // 7
            found.setdefault(document_id, []).append((week, change_kind))
    assert found == expected()


def test_every_removal_is_told_once_with_the_week_it_was_last_seen(built: Path) -> None:
    removed = sum(kind == "removed" for versions in expected().values() for _, kind in versions)
    assert ask_values(built, "SELECT count(*) FROM v1.removals") == [removed]
    assert ask_values(built, "SELECT count(*) FROM v1.removals WHERE last_seen_at >= gone_from") == [0]
    assert ask_values(built, "SELECT count(*) FROM v1.removals WHERE confirmed_at - gone_from < INTERVAL 1 DAY") == [0]


def test_every_edit_names_the_one_field_that_was_edited(built: Path) -> None:
    assert ask(
        built,
        "SELECT DISTINCT kind, field FROM v1.changes WHERE change_kind IN ('edited', 'restored') ORDER BY ALL",
    ) == [("news", "body"), ("project", "status")]


def test_the_french_page_disagrees_and_the_mirror_too(built: Path) -> None:
    assert ask(built, "SELECT project_id, field, published_value FROM v1.disagreements ORDER BY ALL") == [
        ("TC.9001", "status", "completed")
    ]


def test_the_state_of_each_document_follows_its_last_certain_answer(built: Path) -> None:
    states = dict(ask(built, "SELECT news_id, state FROM v1.news"))
    assert {
        story: {state for news_id, state in states.items() if f"/{story}-0" in news_id}
        for story in ("quiet", "removed", "missing-to-the-end", "resurrected")
    } == {
        "quiet": {"live"},
        "removed": {"gone"},
        "missing-to-the-end": {"unknown"},
        "resurrected": {"live"},
    }


def test_one_thread_or_two_give_the_same_tables_by_hash(archive: Archive, built: Path, tmp_path: Path) -> None:
    two = publish_database(archive.build(threads=2), tmp_path / "two.duckdb").content_sha256
    assert ask_values(built, "SELECT content_sha256 FROM internal.build") == [two]


@pytest.mark.slow
def test_a_release_that_reads_every_page_otherwise_adds_no_edit_and_hides_none(
    archive: Archive, built: Path, tmp_path: Path
) -> None:
    shutil.copytree(archive.root / "archive", tmp_path / "archive")
    shutil.copytree(archive.root / "extracted", tmp_path / "extracted")
    again = Archive(tmp_path, archive.verdicts, archive.answers)
    again.extract(2, lambda record: record | {"idf_region": "Africa", "event_place": "Here"})
    later = again.build([RELEASE_1, ExtractorRelease(2, date(2026, 6, 1))])
    publish_database(later, tmp_path / "iomdb.duckdb")  # the laws hold
    counted = "SELECT change_kind, count(*) FROM v1.{} WHERE change_kind <> 'reparsed' GROUP BY ALL ORDER BY ALL"
    believed = "SELECT {}, version_no, change_kind, changed_fields FROM v1.{} ORDER BY ALL"
    for table, key in (("project_versions", "project_id"), ("news_versions", "news_id")):
        published = tmp_path / "iomdb.duckdb"
        assert ask(published, counted.format(table)) == ask(built, counted.format(table))
        assert ask(published, believed.format(key, table)) == ask(built, believed.format(key, table))
