"""In which answer of which page each version was seen, and what a time that is only a hand-over date may say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.warehouse.archives import Archive, absent, at, build, moved, news, project, received, unreadable
from tests.warehouse.reading import ask, ask_one, ask_values, kinds, utc

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "https://www.iom.int/project/a-border"
OLD_HOST = "https://developmentfund.iom.int/project/a-border-1"
HERE, THERE = "https://www.iom.int/news/a-counter", "https://liberia.iom.int/news/a-counter"

SEEN_IN = """
SELECT v.valid_from, c.captured_at, c.page_key, b.captured_at
FROM v1.{versions} AS v JOIN v1.captures AS c USING (capture_id)
JOIN v1.captures AS b ON b.capture_id = v.content_capture_id
WHERE v.known_to IS NULL ORDER BY ALL
"""


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path, shares_bodies=True)


def test_a_page_first_met_with_the_bytes_of_another_keeps_its_own_site_address_and_time(archive: Archive) -> None:
    archive.run("2026-01-05", [news(HERE, body="words")])
    archive.run("2026-02-05", [replace(news(THERE, body="words"), site="liberia")])
    built = build(archive)
    assert ask(built, "SELECT news_id, site FROM v1.news ORDER BY 1") == [
        ("iom.int/news/a-counter", "iom"),
        ("liberia.iom.int/news/a-counter", "liberia"),
    ]
    first, second = utc("2026-01-05"), utc("2026-02-05")
    assert ask(built, SEEN_IN.format(versions="news_versions")) == [
        (first, first, "iom.int/news/a-counter", first),
        (second, second, "liberia.iom.int/news/a-counter", first),
    ]
    assert ask_values(built, "SELECT page_key FROM v1.news_versions WHERE news_id LIKE 'liberia%'") == [
        "liberia.iom.int/news/a-counter"
    ]


def test_a_content_that_returns_is_seen_when_it_returned_not_before_it_went(archive: Archive) -> None:
    for day, status in (("2026-01-05", "active"), ("2026-01-12", "completed"), ("2026-01-19", "active")):
        archive.run(day, [project(PAGE, projects_id="TC.0001", status=status)])
    archive.run("2026-01-26", [project(PAGE, projects_id="TC.0001", status="active")])
    built = build(archive)
    assert [row[:2] for row in ask(built, SEEN_IN.format(versions="project_versions"))] == [
        (utc(day), utc(day)) for day in ("2026-01-05", "2026-01-12", "2026-01-19")
    ]
    changed = "SELECT c.captured_at, b.captured_at FROM v1.changes AS v JOIN v1.captures AS c USING (capture_id) "
    changed += "JOIN v1.captures AS b ON b.capture_id = v.before_capture_id ORDER BY changed_at"
    assert ask(built, changed) == [
        (utc("2026-01-12"), utc("2026-01-05")),
        (utc("2026-01-19"), utc("2026-01-12")),
    ]


@pytest.mark.parametrize("noise", ["", "a token"])
def test_a_removed_page_was_seen_last_before_it_went_and_a_restored_one_when_it_came_back(
    archive: Archive, noise: str
) -> None:
    page = project(PAGE, projects_id="TC.0001")
    archive.run("2026-01-05", [page])
    archive.run("2026-01-12", [page])
    archive.run("2026-01-19", [absent(PAGE)])
    archive.run("2026-01-26", [absent(PAGE)])
    archive.run("2026-02-02", [project(PAGE, projects_id="TC.0001", noise=noise)])
    built = build(archive)
    assert [row[:2] for row in ask(built, SEEN_IN.format(versions="project_versions"))] == [
        (utc("2026-01-05"), utc("2026-01-05")),
        (utc("2026-01-19"), utc("2026-01-12")),
        (utc("2026-02-02"), utc("2026-02-02")),
    ]


def test_a_page_that_answers_unread_after_its_removal_is_not_back(archive: Archive) -> None:
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001")])
    archive.run("2026-01-19", [absent(PAGE)])
    archive.run("2026-01-26", [absent(PAGE)])
    archive.run("2026-02-02", [unreadable(PAGE)])
    built = build(archive)
    assert ask(built, "SELECT change_kind FROM v1.project_versions") == [("created",), ("removed",)]
    assert ask(built, "SELECT reason, since, n_captures FROM v1.quarantine") == [
        ("no known layout", utc("2026-02-02"), 1)
    ]


def test_byte_offsets_are_told_of_the_capture_that_has_the_bytes(archive: Archive) -> None:
    for day, code in (("2026-01-05", "LR"), ("2026-01-12", "SL"), ("2026-01-19", "LR")):
        archive.run(day, [project(PAGE, projects_id="TC.0001", countries=[code])])
    built = build(archive)
    where = "FROM v1.{} JOIN v1.captures USING (capture_id)"
    assert ask(built, "SELECT captured_at, warc_type " + where.format("project_countries")) == [
        (utc("2026-01-05"), "response")
    ]
    assert ask(built, "SELECT captured_at, warc_type " + where.format("projects")) == [(utc("2026-01-19"), "revisit")]


# What was only handed over


def test_a_text_handed_over_after_a_capture_is_no_edit(archive: Archive) -> None:
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001", status="completed", budget_amount="20000.00")])
    older = received(
        project(PAGE, projects_id="TC.0001", status="active", title="An old title"), "2026-11-21T00:00:00Z"
    )
    archive.run("2026-11-21", [older], name="seeds")
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created"]
    assert ask_one(built, "SELECT title, status, time_basis, last_seen_at FROM v1.projects") == (
        "A border project", "completed", "captured", utc("2026-01-05"),
    )  # fmt: skip
    assert ask(built, "FROM v1.changes") == []
    assert ask_values(built, "SELECT time_basis FROM v1.captures ORDER BY captured_at") == ["captured", "received"]
    assert ask_values(built, "SELECT time_basis FROM v1.fetches ORDER BY fetched_at") == ["captured", "received"]


def test_a_text_handed_over_between_two_captures_is_no_edit_and_no_way_back(archive: Archive) -> None:
    page = project(PAGE, projects_id="TC.0001", status="completed")
    archive.run("2026-01-05", [page])
    archive.run("2026-02-05", [received(project(PAGE, projects_id="TC.0001"), "2026-02-05T00:00:00Z")], name="seeds")
    archive.run("2026-03-05", [page])
    assert kinds(build(archive), "TC.0001") == ["created"]


def test_a_text_handed_over_before_any_capture_counts_and_a_crawl_that_differs_is_an_edit(archive: Archive) -> None:
    seed = received(project(PAGE, projects_id="TC.0001", status="active"), "2026-01-05T00:00:00Z")
    archive.run("2026-01-05", [seed], name="seeds")
    alone = build(archive)
    assert ask_one(alone, "SELECT status, time_basis, valid_from FROM v1.projects") == (
        "active", "received", utc("2026-01-05"),
    )  # fmt: skip
    archive.run("2026-02-05", [project(PAGE, projects_id="TC.0001", status="completed")])
    built = build(archive)
    for relation in ("v1.project_versions", "v1.history('TC.0001')"):
        assert ask(built, f"SELECT change_kind, time_basis FROM {relation} ORDER BY valid_from") == [
            ("created", "received"),
            ("edited", "captured"),
        ], relation
    assert ask(built, "SELECT field, old, new, time_basis FROM v1.changes") == [
        ("status", "active", "completed", "captured")
    ]
    assert ask_values(built, "SELECT time_basis FROM v1.projects_asof('2026-01-20')") == ["received"]


def test_an_older_capture_that_arrives_later_takes_the_time_from_a_text_handed_over(archive: Archive) -> None:
    seed = received(project(PAGE, projects_id="TC.0001", status="active"), "2026-01-05T00:00:00Z")
    archive.run("2026-01-05", [seed], name="seeds")
    old = at(project(PAGE, projects_id="TC.0001", status="completed"), "2015-03-01T00:00:00Z")
    archive.run("2026-02-05", [old], name="warc")
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created"]
    assert ask_one(built, "SELECT status, time_basis FROM v1.projects") == ("completed", "captured")


def test_of_two_addresses_of_one_history_the_handed_over_text_is_no_edit_either(archive: Archive) -> None:
    old = at(project(OLD_HOST, projects_id="TC.0001", status="completed"), "2015-03-01T00:00:00Z")
    archive.run("2026-01-05", [old], name="warc")
    archive.run("2026-02-05", [received(project(PAGE, projects_id="TC.0001"), "2026-02-05T00:00:00Z")], name="seeds")
    built = build(archive)
    assert ask(built, "SELECT status, time_basis FROM v1.projects") == [("completed", "captured")]
    assert ask(built, "FROM v1.changes") == []


def test_a_removal_is_dated_by_the_site_even_where_the_text_was_handed_over(archive: Archive) -> None:
    archive.run("2026-01-05", [received(project(PAGE, projects_id="TC.0001"), "2026-01-05T00:00:00Z")], name="seeds")
    archive.run("2026-01-19", [absent(PAGE)])
    archive.run("2026-01-26", [absent(PAGE)])
    built = build(archive)
    assert ask(built, "SELECT change_kind, time_basis FROM v1.history('TC.0001')") == [
        ("created", "received"),
        ("removed", "captured"),
    ]


def test_a_text_handed_over_of_an_address_that_moved_changes_nothing(archive: Archive) -> None:
    archive.run("2026-01-05", [moved(OLD_HOST, PAGE), project(PAGE, projects_id="TC.0001")])
    late = received(project(OLD_HOST, projects_id="TC.0001", title="An old title"), "2026-02-05T00:00:00Z")
    archive.run("2026-02-05", [late], name="seeds")
    built = build(archive)
    assert ask_values(built, "SELECT title FROM v1.projects") == ["A border project"]
    assert kinds(built, "TC.0001") == ["created"]
