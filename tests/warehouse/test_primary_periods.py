"""From which page a record is read, when it passes to another, and that a change of page is never told as an edit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.warehouse.archives import Answer, Archive, absent, moved, project, unknown
from tests.warehouse.reading import ask, ask_one, ask_values, kinds, utc
from warehouse.publish.swap import publish_database

if TYPE_CHECKING:
    from pathlib import Path

NODE = "https://www.iom.int/node/55"
SLUG = "https://www.iom.int/project/a-harbour"
MIRROR = "https://developmentfund.iom.int/project/a-harbour"
FRENCH = "https://www.iom.int/fr/node/55"
SPANISH = "https://www.iom.int/es/node/55"
ONE = "SELECT url, budget_amount::VARCHAR, state FROM v1.projects"


def build(archive: Archive) -> Path:
    """Build and publish: the laws are asked too."""
    archive.extract()
    return publish_database(archive.build(), archive.root / "iomdb.duckdb").path


def say(url: str, budget: str = "10000.00") -> Answer:
    """A page of the one project, in the language of its address."""
    lang = next((code for code in ("fr", "es") if f"/{code}/" in url), "en")
    return project(url, projects_id="TC.0001", title=f"A harbour, {lang}", lang=lang, budget_amount=budget)


def story(built: Path) -> list[tuple[str, str, str]]:
    """(day, change, budget) of each version believed now."""
    sql = """SELECT valid_from::DATE::VARCHAR, change_kind, budget_amount::VARCHAR FROM v1.project_versions
             WHERE known_to IS NULL ORDER BY valid_from"""
    return ask(built, sql)


@pytest.mark.parametrize("order", [(NODE, SLUG), (SLUG, NODE)], ids=["node first", "slug first"])
@pytest.mark.parametrize("days_later", [0, 1])
def test_a_page_that_begins_to_redirect_hands_the_record_to_the_page_it_leads_to(
    archive: Archive, order: tuple[str, str], days_later: int
) -> None:
    """Also where the edit was met in the same run as the redirect, before or after it."""
    archive.run("2026-01-05", [say(url) for url in order])
    for day in range(6, 8 + days_later):
        budget = "99000.00" if day >= 6 + days_later else "10000.00"
        archive.run(f"2026-01-0{day}", [moved(NODE, SLUG) if url == NODE else say(SLUG, budget) for url in order])
    built = build(archive)
    edited_on = f"2026-01-0{6 + days_later}"
    assert story(built) == [("2026-01-05", "created", "10000.00"), (edited_on, "edited", "99000.00")]
    assert ask_one(built, ONE) == (SLUG, "99000.00", "live")
    assert ask(built, "SELECT field, old, new, change_kind FROM v1.changes") == [
        ("budget_amount", "10000.00", "99000.00", "edited")
    ]
    assert ask(built, "FROM v1.disagreements") == []


def test_a_redirect_without_an_edit_makes_no_version_but_another_address(archive: Archive) -> None:
    archive.run("2026-01-05", [say(NODE), say(SLUG)])
    archive.run("2026-01-06", [moved(NODE, SLUG), say(SLUG)])
    built = build(archive)
    assert story(built) == [("2026-01-05", "created", "10000.00")]
    assert ask_one(built, "SELECT url, last_seen_at FROM v1.projects") == (SLUG, utc("2026-01-06T00:00:01"))


def test_pages_that_stood_side_by_side_and_differed_are_not_told_as_edited_when_one_redirects(archive: Archive) -> None:
    for day in (5, 6):
        archive.run(f"2026-01-0{day}", [say(NODE), say(SLUG, "20000.00")])
    archive.run("2026-01-07", [moved(NODE, SLUG), say(SLUG, "20000.00")])
    archive.run("2026-01-08", [moved(NODE, SLUG), say(SLUG, "30000.00")])
    assert story(build(archive)) == [
        ("2026-01-05", "created", "10000.00"),
        ("2026-01-07", "relocated", "20000.00"),
        ("2026-01-08", "edited", "30000.00"),
    ]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["redirect first", "target first"])
def test_a_slug_that_moves_and_is_edited_at_once_was_edited(archive: Archive, order: tuple[int, int]) -> None:
    archive.run("2026-01-05", [say(NODE)])
    answers = [moved(NODE, SLUG), say(SLUG, "20000.00")]
    archive.run("2026-01-12", [answers[place] for place in order])
    built = build(archive)
    assert story(built) == [("2026-01-05", "created", "10000.00"), ("2026-01-12", "edited", "20000.00")]
    assert ask(built, "FROM v1.disagreements") == []


def test_a_redirect_that_is_undone_changes_nothing(archive: Archive) -> None:
    archive.run("2026-01-05", [say(NODE), say(SLUG, "20000.00")])
    archive.run("2026-01-06", [moved(NODE, SLUG), say(SLUG, "20000.00")])
    archive.run("2026-01-07", [say(NODE), say(SLUG, "30000.00")])
    built = build(archive)
    assert story(built) == [("2026-01-05", "created", "10000.00")]
    assert ask_one(built, ONE) == (NODE, "10000.00", "live")


def test_a_redirect_out_of_the_document_hands_over_nothing(archive: Archive) -> None:
    archive.run("2026-01-05", [say(NODE), say(SLUG, "20000.00")])
    archive.run("2026-01-06", [moved(NODE, "https://www.iom.int/projects"), say(SLUG, "20000.00")])
    built = build(archive)
    assert story(built) == [("2026-01-05", "created", "10000.00")]
    assert ask(built, "FROM v1.disagreements") == [], "the old page no longer says anything"


def test_when_no_page_of_its_language_is_left_the_record_relocates_and_later_edits_are_edits(archive: Archive) -> None:
    archive.run("2026-01-05", [say(SLUG), say(FRENCH, "20000.00")])
    archive.run("2026-01-12", [absent(SLUG), say(FRENCH, "20000.00")])
    archive.run("2026-01-19", [absent(SLUG), say(FRENCH, "20000.00")])
    archive.run("2026-01-26", [absent(SLUG), say(FRENCH, "40000.00")])
    built = build(archive)
    assert story(built) == [
        ("2026-01-05", "created", "10000.00"),
        ("2026-01-12", "relocated", "20000.00"),
        ("2026-01-26", "edited", "40000.00"),
    ]
    assert ask_one(built, ONE) == (FRENCH, "40000.00", "live")
    assert ask(built, "SELECT field, old, new FROM v1.changes WHERE change_kind = 'edited'") == [
        ("budget_amount", "20000.00", "40000.00")
    ]
    assert ask(built, "FROM v1.removals") == []
    assert ask(built, "FROM v1.disagreements") == []
    assert ask_values(built, "SELECT page_key FROM v1.project_versions WHERE change_kind = 'relocated'") == [
        "iom.int/fr/node/55"
    ]


def test_a_page_whose_mirror_agreed_with_it_goes_on_in_the_mirror_with_edits(archive: Archive) -> None:
    archive.run("2026-01-05", [say(SLUG), say(MIRROR)])
    archive.run("2026-01-12", [absent(SLUG)])
    archive.run("2026-01-19", [absent(SLUG), say(MIRROR, "30000.00")])
    assert story(build(archive)) == [("2026-01-05", "created", "10000.00"), ("2026-01-19", "edited", "30000.00")]


def test_a_budget_keeps_its_shares_when_the_record_passes_to_an_answer_that_was_archived_before(
    archive: Archive,
) -> None:
    archive.run("2026-01-05", [say(SLUG), say(FRENCH, "20000.00")])
    for day in ("2026-01-12", "2026-01-19"):
        archive.run(day, [absent(SLUG), say(FRENCH, "20000.00")])
    built = build(archive)
    assert ask(built, "SELECT share_amount::VARCHAR, method FROM v1.project_country_money") == [
        ("20000.00", "no_country")
    ]


def test_a_mirror_that_always_said_otherwise_relocates_and_is_not_told_as_edited(archive: Archive) -> None:
    archive.run("2026-01-05", [say(SLUG), say(MIRROR, "30000.00")])
    archive.run("2026-01-12", [absent(SLUG), say(MIRROR, "30000.00")])
    archive.run("2026-01-19", [absent(SLUG), say(MIRROR, "30000.00")])
    built = build(archive)
    assert story(built) == [("2026-01-05", "created", "10000.00"), ("2026-01-12", "relocated", "30000.00")]
    assert ask_values(built, "SELECT n_edits FROM internal.document") == [0]


@pytest.mark.parametrize(("days", "is_left"), [(89, False), (90, True)])
@pytest.mark.parametrize("silence", [None, unknown(SLUG), absent(SLUG)], ids=["not asked", "time-outs", "one 404"])
def test_a_page_not_read_for_90_days_while_its_mirror_is_hands_the_record_over(
    archive: Archive, days: int, is_left: bool, silence: Answer | None
) -> None:
    archive.run("2026-01-05", [say(SLUG), say(MIRROR)])
    later = date(2026, 1, 5) + timedelta(days=days)
    archive.run(later.isoformat(), [silence or unknown(SLUG), say(MIRROR, "30000.00")])
    built = build(archive)
    created = ("2026-01-05", "created", "10000.00")
    assert story(built) == ([created, (later.isoformat(), "edited", "30000.00")] if is_left else [created])
    assert ask_one(built, ONE)[0] == (MIRROR if is_left else SLUG)
    disagreeing = 1 if silence is None or silence.effect == "unknown" else 0
    assert len(ask(built, "FROM v1.disagreements")) == (0 if is_left else disagreeing)


def test_the_times_of_a_record_are_those_of_the_page_it_is_read_from(archive: Archive) -> None:
    archive.run("2026-01-05", [say(SLUG), say(MIRROR)])
    archive.run("2026-01-12", [absent(SLUG), say(MIRROR)])
    assert ask_one(build(archive), "SELECT url, state, last_seen_at, last_checked_at FROM v1.projects") == (
        SLUG,
        "live",
        utc("2026-01-05"),
        utc("2026-01-12"),
    )


def test_a_record_passes_on_as_often_as_its_page_is_left(archive: Archive) -> None:
    archive.run("2026-01-05", [say(NODE), say(SLUG), say(FRENCH, "20000.00"), say(SPANISH, "50000.00")])
    archive.run("2026-01-06", [moved(NODE, SLUG), say(SLUG), say(FRENCH, "20000.00"), say(SPANISH, "50000.00")])
    rest = [say(FRENCH, "20000.00"), say(SPANISH, "50000.00")]
    for day in (12, 13):
        archive.run(f"2026-01-{day}", [moved(NODE, SLUG), absent(SLUG), *rest])
    for day in (19, 20):
        archive.run(f"2026-01-{day}", [moved(NODE, SLUG), absent(SLUG), absent(FRENCH), rest[1]])
    for day in (26, 27):
        archive.run(f"2026-01-{day}", [moved(NODE, SLUG), absent(SLUG), absent(FRENCH), absent(SPANISH)])
    built = build(archive)
    assert [(change, budget) for _, change, budget in story(built)] == [
        ("created", "10000.00"),
        ("relocated", "20000.00"),
        ("relocated", "50000.00"),
        ("removed", "50000.00"),
    ]


def test_a_gone_page_hands_over_to_one_that_was_seen_since_and_what_that_said_before_counts_from_then(
    archive: Archive,
) -> None:
    archive.run("2026-01-05", [say(FRENCH, "20000.00"), say(SLUG)])
    archive.run("2026-01-12", [absent(SLUG), unknown(FRENCH)])
    archive.run("2026-01-19", [absent(SLUG), unknown(FRENCH)])
    built = build(archive)
    assert story(built) == [("2026-01-05", "created", "10000.00")], "nobody knows whether the other page still stands"
    archive.run("2026-01-26", [say(FRENCH, "20000.00")])
    built = build(archive)
    assert story(built)[-1] == ("2026-01-12", "relocated", "20000.00")
    assert ask_one(built, "SELECT url, last_seen_at FROM v1.projects") == (FRENCH, utc("2026-01-26"))


@pytest.mark.parametrize("order", [1, -1], ids=["English first", "French first"])
def test_pages_that_vanish_in_one_crawl_hand_nothing_on(archive: Archive, order: int) -> None:
    archive.run("2026-01-05", [say(FRENCH, "20000.00"), say(SLUG)][::order])
    for day in (12, 19):
        archive.run(f"2026-01-{day}", [absent(SLUG), absent(FRENCH)][::order])
    built = build(archive)
    assert [(change, budget) for _, change, budget in story(built)] == [
        ("created", "10000.00"),
        ("removed", "10000.00"),
    ]


def test_a_gone_page_beside_one_that_was_left_long_ago_is_the_state_unknown(archive: Archive) -> None:
    archive.run("2025-01-05", [say(SLUG), say(MIRROR)])
    archive.run("2026-01-05", [say(MIRROR)])
    archive.run("2026-01-12", [absent(MIRROR)])
    archive.run("2026-01-19", [absent(MIRROR)])
    built = build(archive)
    assert ask_one(built, "SELECT url, state FROM v1.projects") == (MIRROR, "unknown")
    assert ask(built, "FROM v1.removals") == [], "nobody has looked whether the other page is still there"


def test_a_project_that_left_its_old_host_is_gone_when_its_new_page_is(archive: Archive) -> None:
    archive.run("2015-03-01", [say(MIRROR)], name="warc")
    for day, answer in ((5, say(SLUG)), (12, absent(SLUG)), (19, absent(SLUG))):
        archive.run(f"2026-01-{day:02}", [answer])
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created", "removed"]
    assert ask_one(built, "SELECT state FROM v1.projects") == ("gone",)


HISTORY = [
    [say(NODE), say(SLUG), say(FRENCH, "20000.00")],
    [moved(NODE, SLUG), say(SLUG, "11000.00"), say(FRENCH, "20000.00")],
    [moved(NODE, SLUG), absent(SLUG), say(FRENCH, "21000.00"), say(MIRROR, "12000.00")],
    [moved(NODE, SLUG), absent(SLUG), absent(FRENCH), say(MIRROR, "13000.00")],
    [moved(NODE, SLUG), absent(SLUG), absent(FRENCH), absent(MIRROR)],
    [moved(NODE, SLUG), absent(SLUG), absent(FRENCH), absent(MIRROR)],
    [moved(NODE, SLUG), absent(SLUG), say(FRENCH, "22000.00"), absent(MIRROR)],
]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5, 6), (5, 3, 6, 1, 0, 2, 4), (2, 4, 0, 6, 5, 3, 1)])
def test_the_order_in_which_runs_arrive_does_not_matter(archive: Archive, order: tuple[int, ...]) -> None:
    """Runs are named by their arrival; each answer keeps the time at which it was given."""
    for arrival, place in enumerate(order):
        when = date(2026, 1, 5) + timedelta(weeks=place)
        answers = [replace(answer, at=f"{when}T00:00:0{seq}Z") for seq, answer in enumerate(HISTORY[place])]
        archive.run(f"2026-06-0{arrival + 1}", answers, name="warc")
    built = build(archive)
    assert story(built) == [
        ("2026-01-05", "created", "10000.00"),
        ("2026-01-12", "edited", "11000.00"),
        ("2026-01-19", "relocated", "12000.00"),
        ("2026-01-26", "edited", "13000.00"),
        ("2026-02-02", "removed", "13000.00"),
        ("2026-02-16", "restored", "22000.00"),
    ]
    assert ask_one(built, ONE) == (FRENCH, "22000.00", "live")


@pytest.mark.parametrize("end", ["moved", "gone", "silent", "absent"])
def test_only_pages_that_say_something_now_disagree_or_are_doubtful(archive: Archive, end: str) -> None:
    doubts: dict[str, Any] = {
        "issues": [{"code": "ends-before-start", "field": "end_date", "detail": "2012 to 2010"}],
        "unmapped": [{"field": "type", "label": "Project Type", "value": "Space Travel"}],
    }
    old = project(SLUG, projects_id="TC.0001", title="A harbour, en", budget_amount="0.00", **doubts)
    archive.run("2026-01-05", [old, say(MIRROR)])
    built = build(archive)
    counts = "SELECT count(*) FROM v1.{}"
    assert [ask_values(built, counts.format(view))[0] for view in ("disagreements", "data_issues", "unmapped")] == [
        1,
        2,
        1,
    ]
    ends = {"moved": moved(SLUG, MIRROR), "silent": unknown(SLUG)}
    answer = ends.get(end, absent(SLUG))
    for day in {"moved": ("2026-01-12",), "silent": ("2026-06-01",), "absent": ("2026-01-12",)}.get(
        end, ("2026-01-12", "2026-01-19")
    ):
        archive.run(day, [answer, say(MIRROR)])
    built = build(archive)
    for view in ("disagreements", "data_issues", "unmapped"):
        assert ask(built, f"FROM v1.{view}") == [], view
