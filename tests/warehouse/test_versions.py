"""Versions on the site's clock: what makes one, and what never does."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.warehouse.archives import (
    Archive,
    absent,
    at,
    build,
    moved,
    news,
    project,
    unknown,
    unreadable,
)
from tests.warehouse.reading import ask, ask_one, ask_values, kinds, utc

if TYPE_CHECKING:
    pass

PAGE = "https://www.iom.int/project/a-border"
NEWS = "https://www.iom.int/news/a-workshop"


def test_one_sighting_is_one_version_that_was_created(archive: Archive) -> None:
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001", budget_amount="100.00")])
    built = build(archive)
    assert ask(built, "SELECT project_id, version_no, change_kind, changed_fields FROM v1.project_versions") == [
        ("TC.0001", 1, "created", [])
    ]
    assert ask_one(built, "SELECT state, n_versions, budget_amount::VARCHAR FROM v1.projects") == ("live", 1, "100.00")


def test_seeing_the_same_content_again_makes_no_version(archive: Archive) -> None:
    for week, noise in enumerate(["", "a token", "another token", ""]):
        archive.run(f"2026-01-{5 + week:02}", [project(PAGE, projects_id="TC.0001", noise=noise)])
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created"]
    assert ask_one(built, "SELECT first_seen_at, last_seen_at, valid_from FROM v1.projects") == (
        utc("2026-01-05"),
        utc("2026-01-08"),
        utc("2026-01-05"),
    )


def test_an_edit_names_the_fields_and_when_the_old_content_was_last_seen(archive: Archive) -> None:
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001", status="active")])
    archive.run("2026-01-06", [project(PAGE, projects_id="TC.0001", status="active", noise="x")])
    archive.run("2026-01-09", [project(PAGE, projects_id="TC.0001", status="completed", end_date="2026")])
    built = build(archive)
    assert ask(
        built, "SELECT field, old, new, change_kind, changed_after, changed_at FROM v1.changes ORDER BY field"
    ) == [
        ("end_date", None, "2026", "edited", utc("2026-01-06"), utc("2026-01-09")),
        ("status", "active", "completed", "edited", utc("2026-01-06"), utc("2026-01-09")),
    ]
    assert ask_values(built, "SELECT changed_fields FROM v1.project_versions ORDER BY valid_from") == [
        [],
        ["end_date", "status"],
    ]


def test_there_and_back_again_is_three_versions(archive: Archive) -> None:
    for day, body in enumerate(["one", "two", "one"], start=5):
        archive.run(f"2026-01-{day:02}", [news(NEWS, body=body)])
    built = build(archive)
    assert kinds(built, "iom.int/news/a-workshop") == ["created", "edited", "edited"]
    hashes = ask_values(built, "SELECT content_sha256 FROM v1.news_versions ORDER BY valid_from")
    assert hashes[0] == hashes[2] != hashes[1]


@pytest.mark.parametrize(
    "answer",
    [
        unknown(PAGE),
        unknown(PAGE, outcome="blocked"),
        unknown(PAGE, outcome="server_error"),
        unreadable(PAGE),
        absent(PAGE),
        moved(PAGE, "https://www.iom.int/"),
    ],
    ids=lambda answer: answer.outcome or "unreadable",
)
def test_one_answer_that_says_nothing_certain_changes_nothing(archive: Archive, answer: object) -> None:
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001")])
    archive.run("2026-01-06", [answer])  # type: ignore[list-item] # an Answer: parametrize has no type for it
    archive.run("2026-01-07", [project(PAGE, projects_id="TC.0001")])
    assert kinds(build(archive), "TC.0001") == ["created"]


def test_a_rejected_run_leaves_no_trace_in_the_versions_but_stands_in_the_ledger(archive: Archive) -> None:
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001", budget_amount="100.00")])
    reason = {"field": "budget_amount", "before": "1.0", "after": "0.0", "first_url": PAGE, "message": "fell"}
    archive.run("2026-01-06", [project(PAGE, projects_id="TC.0001")], accepted=False, reasons=[reason])
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created"]
    assert ask_values(built, "SELECT budget_amount::VARCHAR FROM v1.projects") == ["100.00"]
    assert ask_values(built, "SELECT count(*) FROM v1.fetches") == [2]
    assert ask(built, "SELECT verdict, reasons[1].after FROM v1.runs ORDER BY started_at") == [
        ("accepted", None),
        ("rejected", "0.0"),
    ]


def test_a_run_without_a_verdict_is_not_derived_from(archive: Archive) -> None:
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001")])
    archive.verdicts.clear()
    built = build(archive)
    assert ask_values(built, "SELECT count(*) FROM v1.projects") == [0]
    assert ask_values(built, "SELECT verdict FROM v1.runs") == [None]


def test_the_same_capture_in_two_runs_is_one_observation(archive: Archive) -> None:
    seen = at(project(PAGE, projects_id="TC.0001"), "2026-01-05T08:00:00Z")
    archive.run("2026-01-05", [seen])
    archive.run("2026-02-05", [seen], name="warc")
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created"]
    assert ask_values(built, "SELECT count(*) FROM v1.captures") == [1]


def test_an_old_capture_imported_late_takes_its_place_in_time(archive: Archive) -> None:
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001", status="completed")])
    late = at(project(PAGE, projects_id="TC.0001", status="active"), "2020-06-01T00:00:00Z")
    archive.run("2026-02-05", [late], name="warc")
    built = build(archive)
    assert ask(built, "SELECT valid_from, change_kind, status FROM v1.project_versions ORDER BY valid_from") == [
        (utc("2020-06-01"), "created", "active"),
        (utc("2026-01-05"), "edited", "completed"),
    ]


def test_a_slug_that_moved_stays_one_document_without_an_edit(archive: Archive) -> None:
    there = "https://www.iom.int/news/a-new-slug"
    archive.run("2026-01-05", [news(NEWS, body="words")])
    archive.run("2026-01-12", [moved(NEWS, there, kind="news"), news(there, body="words")])
    archive.run("2026-01-19", [moved(NEWS, there, kind="news"), news(there, body="other words")])
    built = build(archive)
    assert kinds(built, there) == ["created", "edited"]
    assert ask_one(built, "SELECT news_id, url, urls FROM v1.news") == (
        "iom.int/news/a-workshop",
        there,
        [there, NEWS],
    )
    assert ask_one(built, f"SELECT reason FROM v1.aliases WHERE url = '{NEWS}'") == ("redirect",)


def test_a_crowd_of_redirects_to_one_page_joins_nothing(archive: Archive) -> None:
    pages = [f"https://www.iom.int/news/page-{number}" for number in range(6)]
    hub = "https://www.iom.int/news/where-everything-went"
    archive.run("2026-01-05", [news(url, title=url, body=url) for url in pages])
    archive.run("2026-01-12", [*(moved(url, hub, kind="news") for url in pages), news(hub, title="hub", body="hub")])
    built = build(archive)
    assert ask_values(built, "SELECT count(*) FROM v1.news") == [7]
    assert ask_one(built, "SELECT code FROM v1.data_issues") == ("many-pages-lead-here",)


def test_a_page_that_redirects_once_and_comes_back_does_not_flap(archive: Archive) -> None:
    there = "https://liberia.iom.int/news/a-workshop"
    archive.run("2026-01-05", [news(NEWS, body="ours"), news(there, body="theirs")])
    archive.run("2026-01-12", [moved(NEWS, there, kind="news"), news(there, body="theirs")])
    archive.run("2026-01-19", [news(NEWS, body="ours"), news(there, body="theirs")])
    built = build(archive)
    assert ask_values(built, "SELECT change_kind FROM v1.news_versions") == ["created"]


def test_as_it_was_on_a_date_is_what_was_last_seen_before_it(archive: Archive) -> None:
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001", budget_amount="100.00")])
    archive.run("2026-01-12", [project(PAGE, projects_id="TC.0001", budget_amount="200.00")])
    built = build(archive)
    days = {"2026-01-04": [], "2026-01-05": ["100.00"], "2026-01-11": ["100.00"], "2026-01-12": ["200.00"]}
    for day, expected in days.items():
        assert ask_values(built, f"SELECT budget_amount::VARCHAR FROM v1.projects_asof('{day}')") == expected, day


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_as_of_means_the_same_instant_in_every_session_and_by_every_type(archive: Archive, zone: str) -> None:
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001", budget_amount="100.00")])
    archive.run("2026-01-12", [project(PAGE, projects_id="TC.0001", budget_amount="200.00")])
    sql = "SELECT budget_amount::VARCHAR FROM v1.projects_asof({})"
    aware = timezone(timedelta(hours=5))
    before = datetime(2026, 1, 12, 4, 59, tzinfo=aware)
    with closing(duckdb.connect(str(build(archive)), read_only=True)) as connection:
        connection.execute(f"SET TimeZone = '{zone}'")
        for instants, expected in (
            (["TIMESTAMP '2026-01-11 23:59:00'", "TIMESTAMPTZ '2026-01-11 23:59:00+00'", "'2026-01-11 23:59'",
              "'2026-01-12T04:59:00+05:00'", "DATE '2026-01-11'"], "100.00"),
            (["TIMESTAMP '2026-01-12'", "TIMESTAMPTZ '2026-01-12 00:00:00+00'", "'2026-01-12'", "'infinity'",
              "'2026-01-12T00:00:00Z'", "'2026-01-12T05:00:00+05:00'", "'2026-01-11T19:00:00.000-05'"], "200.00"),
        ):  # fmt: skip
            for instant in instants:
                assert connection.execute(sql.format(instant)).fetchall() == [(expected,)], instant
                known = f"TIMESTAMP '2030-01-01', {instant}"
                assert connection.execute(sql.format(known)).fetchall() == [("200.00",)], known
        for value, expected in (
            (before, "100.00"),
            (before + timedelta(minutes=1), "200.00"),
            (datetime(2026, 1, 11, 23, 59), "100.00"),  # noqa: DTZ001 - naive is UTC
            (datetime(2026, 1, 12), "200.00"),  # noqa: DTZ001
        ):
            assert connection.execute(sql.format("?"), [value]).fetchall() == [(expected,)], value


def test_an_empty_archive_builds_empty_tables(archive: Archive) -> None:
    assert ask_values(archive.build(), "SELECT count(*) FROM v1.projects") == [0]
