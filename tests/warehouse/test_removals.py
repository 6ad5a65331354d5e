"""Removal: only 404 or 410, only confirmed, dated at the first of the series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.warehouse.archives import Answer, Archive, absent, at, build, moved, news, project, unknown
from tests.warehouse.reading import ask, ask_one, ask_values, kinds, utc

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "https://www.iom.int/project/a-border"
SEEN = project(PAGE, projects_id="TC.0001")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path)
    archive.run("2026-01-05", [SEEN])
    return archive


def test_two_absent_answers_a_day_apart_are_a_removal_dated_at_the_first(archive: Archive) -> None:
    archive.run("2026-01-12", [absent(PAGE)])
    archive.run("2026-01-13", [absent(PAGE, outcome="gone")])
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created", "removed"]
    assert ask_one(built, "SELECT last_seen_at, gone_from, confirmed_at, restored_at, title FROM v1.removals") == (
        utc("2026-01-05"),
        utc("2026-01-12"),
        utc("2026-01-13"),
        None,
        "A border project",
    )
    assert ask_one(built, "SELECT state, title FROM v1.projects") == ("gone", "A border project")


@pytest.mark.parametrize(
    "answers",
    [
        [absent(PAGE)],
        [at(absent(PAGE), "2026-01-12T00:00:00Z"), at(absent(PAGE), "2026-01-12T21:35:59Z")],
        [absent(PAGE), SEEN, absent(PAGE)],
        [absent(PAGE), moved(PAGE, "https://www.iom.int/"), absent(PAGE)],
        [unknown(PAGE), unknown(PAGE), unknown(PAGE)],
    ],
    ids=["once", "within a day", "seen between", "moved between", "never an answer"],
)
def test_absence_that_the_rule_does_not_confirm_is_no_removal(archive: Archive, answers: list[Answer]) -> None:
    for day, answer in enumerate(answers, start=12):
        archive.run(f"2026-01-{day:02}", [answer])
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created"]
    assert ask(built, "FROM v1.removals") == []


def test_a_timeout_between_two_absent_answers_does_not_break_the_series(archive: Archive) -> None:
    for day, answer in enumerate([absent(PAGE), unknown(PAGE), absent(PAGE)], start=12):
        archive.run(f"2026-01-{day:02}", [answer])
    assert kinds(build(archive), "TC.0001") == ["created", "removed"]


def test_unconfirmed_absence_is_the_state_unknown(archive: Archive) -> None:
    archive.run("2026-01-12", [absent(PAGE)])
    built = build(archive)
    assert ask_one(built, "SELECT state FROM v1.projects") == ("unknown",)
    assert ask_one(built, "SELECT checked, state FROM v1.coverage") == ("absent", "unknown")


def test_a_page_that_returns_is_restored_with_what_changed(archive: Archive) -> None:
    archive.run("2026-01-12", [absent(PAGE)])
    archive.run("2026-01-19", [absent(PAGE)])
    archive.run("2026-01-26", [project(PAGE, projects_id="TC.0001", status="completed")])
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created", "removed", "restored"]
    assert ask_values(built, "SELECT changed_fields FROM v1.project_versions WHERE change_kind = 'restored'") == [
        ["status"]
    ]
    assert ask_one(built, "SELECT restored_at FROM v1.removals") == (utc("2026-01-26"),)
    assert ask_values(built, "SELECT state FROM v1.projects_asof('2026-01-20')") == ["gone"]


def test_removed_twice_is_told_twice(archive: Archive) -> None:
    for day, answer in enumerate([absent(PAGE), absent(PAGE), SEEN, absent(PAGE), absent(PAGE)], start=12):
        archive.run(f"2026-01-{day:02}", [answer])
    assert kinds(build(archive), "TC.0001") == ["created", "removed", "restored", "removed"]


def test_the_site_file_of_the_newest_run_sets_the_rule(archive: Archive) -> None:
    rule = "[removal]\nanswers = 3\nhours_apart = 72\n"
    archive.run("2026-01-12", [absent(PAGE)])
    archive.run("2026-01-13", [absent(PAGE)])
    archive.run("2026-01-14", [absent(PAGE)], site_config=rule)
    archive.extract()
    assert kinds(archive.build(), "TC.0001") == ["created"]
    archive.run("2026-01-15", [absent(PAGE)], site_config=rule)
    archive.extract()
    built = archive.build()
    assert kinds(built, "TC.0001") == ["created", "removed"]
    assert ask_one(built, "SELECT gone_from, confirmed_at FROM v1.removals") == (
        utc("2026-01-12"),
        utc("2026-01-15"),
    )


def test_a_project_is_gone_only_when_all_its_pages_are(archive: Archive) -> None:
    french = "https://www.iom.int/fr/node/77"
    still = project(french, projects_id="TC.0001", title="Une frontière", lang="fr")
    archive.run("2026-01-12", [absent(PAGE), still])
    archive.run("2026-01-19", [absent(PAGE), still])
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created", "relocated"]
    assert ask(built, "FROM v1.removals") == []
    assert ask_one(built, "SELECT state, title, lang FROM v1.projects") == ("live", "Une frontière", "fr")
    archive.run("2026-01-26", [absent(PAGE), absent(french)])
    archive.run("2026-02-02", [absent(PAGE), absent(french)])
    archive.extract()
    built = archive.build()
    assert kinds(built, "TC.0001") == ["created", "relocated", "removed"]
    assert ask_one(built, "SELECT gone_from FROM v1.removals") == (utc("2026-01-26T00:00:01"),)


def test_a_page_that_moved_is_gone_when_the_page_it_moved_to_is(archive: Archive) -> None:
    old, new = "https://www.iom.int/news/old", "https://www.iom.int/news/new"
    archive.run("2026-01-12", [news(old, body="words")])
    archive.run("2026-01-19", [moved(old, new, kind="news"), news(new, body="words")])
    archive.run("2026-01-26", [moved(old, new, kind="news"), absent(new, kind="news")])
    archive.run("2026-02-02", [moved(old, new, kind="news"), absent(new, kind="news")])
    assert kinds(build(archive), "iom.int/news/old") == ["created", "removed"]


def test_what_was_absent_before_it_was_first_read_was_never_removed(archive: Archive) -> None:
    for day in ("2019-01-01", "2019-02-01"):
        archive.run(day, [absent(PAGE)], name="warc")
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created"]
    assert ask(built, "FROM v1.removals") == []


def test_a_removal_and_a_return_say_after_which_sight_they_happened(archive: Archive) -> None:
    for day in ("2026-01-12", "2026-01-19"):
        archive.run(day, [absent(PAGE)])
    archive.run("2026-01-26", [SEEN])
    assert ask(build(archive), "SELECT change_kind, changed_after FROM v1.project_versions ORDER BY valid_from") == [
        ("created", None),
        ("removed", utc("2026-01-05")),
        ("restored", utc("2026-01-19")),
    ]
