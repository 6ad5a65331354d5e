"""The second clock: what a new release of the extractor does to the record, and what it never does."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from contracts.extraction import ExtractorRelease
from tests.warehouse.archives import Archive, Record, absent, project
from tests.warehouse.reading import ask, ask_values, kinds, utc
from warehouse.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "https://www.iom.int/project/a-border"
FIRST = ExtractorRelease(1, date(2026, 1, 1), "first")
SECOND = ExtractorRelease(2, date(2026, 3, 1), "reads the region")
THIRD = ExtractorRelease(3, date(2026, 4, 1), "reads the type")


def reads_region(record: Record) -> Record:
    """The second release: it sees a region that the first one missed."""
    return record | {"idf_region": "Africa"}


def reads_year_of_the_new(record: Record) -> Record:
    """A release that reads one more field, on completed projects alone."""
    return record | ({"funding_year": 2006} if record.get("status") == "completed" else {})


def version_rows(built: Path) -> list[tuple[Any, ...]]:
    return ask(
        built,
        "SELECT version_no, valid_from::DATE::VARCHAR, valid_to::DATE::VARCHAR, known_from::DATE::VARCHAR, "
        "known_to::DATE::VARCHAR, change_kind, status, idf_region FROM v1.project_versions_bitemporal "
        "ORDER BY known_from, valid_from",
    )


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """One project: active on 5 January, completed on 12 January, read by release 1."""
    archive = Archive(tmp_path)
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001", status="active")])
    archive.run("2026-01-12", [project(PAGE, projects_id="TC.0001", status="completed")])
    archive.extract(1)
    return archive


def test_a_better_reader_is_reparsed_and_never_an_edit(archive: Archive) -> None:
    archive.extract(2, reads_region)
    built = archive.build([FIRST, SECOND])
    assert version_rows(built) == [
        (1, "2026-01-05", "2026-01-12", "2026-01-01", "2026-03-01", "created", "active", None),
        (2, "2026-01-12", None, "2026-01-01", "2026-03-01", "edited", "completed", None),
        (1, "2026-01-05", "2026-01-12", "2026-03-01", None, "reparsed", "active", "Africa"),
        (2, "2026-01-12", None, "2026-03-01", None, "reparsed", "completed", "Africa"),
    ]
    assert ask_values(built, "SELECT changed_fields FROM v1.project_versions_bitemporal WHERE known_to IS NULL") == [
        ["idf_region"],
        ["idf_region"],
    ]
    believed = "SELECT change_kind, changed_fields, idf_region FROM v1.project_versions ORDER BY valid_from"
    assert ask(built, believed) == [("created", [], "Africa"), ("edited", ["status"], "Africa")]
    assert ask(built, "SELECT field, old, new, change_kind FROM v1.changes") == [
        ("status", "active", "completed", "edited")
    ], "naive SQL counts the edit once"
    everything = "SELECT field, change_kind, count(*) FROM v1.changes_bitemporal GROUP BY ALL ORDER BY ALL"
    assert ask(built, everything) == [("idf_region", "reparsed", 2), ("status", "edited", 2)]


def test_a_release_that_reads_the_same_changes_nothing(archive: Archive) -> None:
    archive.extract(2)
    built = archive.build([FIRST, SECOND])
    assert kinds(built, "TC.0001") == ["created", "edited"]
    assert ask_values(built, "SELECT count(*) FROM v1.project_versions") == [2]


def test_only_the_versions_that_read_differently_are_superseded(archive: Archive) -> None:
    archive.extract(2, reads_year_of_the_new)
    assert [(row[0], row[3], row[4], row[5]) for row in version_rows(archive.build([FIRST, SECOND]))] == [
        (1, "2026-01-01", None, "created"),
        (2, "2026-01-01", "2026-03-01", "edited"),
        (2, "2026-03-01", None, "reparsed"),
    ]


def test_a_page_read_by_the_new_release_alone_is_compared_within_that_release(archive: Archive) -> None:
    archive.run("2026-03-09", [project(PAGE, projects_id="TC.0001", status="completed", noise="x")])
    archive.run("2026-03-16", [project(PAGE, projects_id="TC.0001", status="suspended")])
    runs = list(archive.answers)
    archive.extract(2, reads_region, runs)
    built = archive.build([FIRST, SECOND])
    assert [(row[0], row[1], row[3], row[4], row[5]) for row in version_rows(built)] == [
        (1, "2026-01-05", "2026-01-01", "2026-03-01", "created"),
        (2, "2026-01-12", "2026-01-01", "2026-03-01", "edited"),
        (3, "2026-03-16", "2026-01-01", None, "edited"),
        (1, "2026-01-05", "2026-03-01", None, "reparsed"),
        (2, "2026-01-12", "2026-03-01", None, "reparsed"),
    ]


def test_captures_never_read_by_one_release_differ_as_reparsed_not_as_edited(archive: Archive) -> None:
    archive.run("2026-03-09", [project(PAGE, projects_id="TC.0001", status="completed", noise="x")])
    (newest,) = list(archive.answers)[-1:]
    archive.extract(2, reads_region, [newest])
    built = archive.build([FIRST, SECOND])
    assert kinds(built, "TC.0001") == ["created", "edited", "reparsed"]
    assert ask_values(built, "SELECT count(*) FROM v1.changes WHERE change_kind = 'edited'") == [1]


def test_as_known_on_a_date_is_what_the_release_of_that_day_believed(archive: Archive) -> None:
    archive.extract(2, reads_region)
    built = archive.build([FIRST, SECOND])
    for known, region in {"'2026-02-01'": None, "'2026-03-01'": "Africa", "NULL": "Africa"}.items():
        sql = f"SELECT idf_region FROM v1.projects_asof('2026-01-20', {known})"
        assert ask_values(built, sql) == [region], known
    assert ask(built, "FROM v1.projects_asof('2026-01-20', '2025-12-31')") == []


def test_a_release_that_cannot_read_a_page_keeps_what_the_older_one_read(archive: Archive) -> None:
    archive.extract(2, lambda _: None)
    built = archive.build([FIRST, SECOND])
    assert kinds(built, "TC.0001") == ["created", "edited"]
    assert ask_values(built, "SELECT extractor FROM v1.projects") == [1]


def test_reading_back_to_the_old_content_ends_the_new_belief(archive: Archive) -> None:
    archive.extract(2, reads_region)
    archive.extract(3)
    built = archive.build([FIRST, SECOND, THIRD])
    rows = ask(
        built,
        "SELECT known_from::DATE::VARCHAR, known_to::DATE::VARCHAR, idf_region FROM v1.project_versions_bitemporal "
        "WHERE version_no = 2 ORDER BY known_from",
    )
    assert rows == [
        ("2026-01-01", "2026-03-01", None),
        ("2026-03-01", "2026-04-01", "Africa"),
        ("2026-04-01", None, None),
    ]


def test_a_removal_is_the_same_removal_after_a_new_release(archive: Archive) -> None:
    archive.run("2026-01-19", [absent(PAGE)])
    archive.run("2026-01-26", [absent(PAGE)])
    archive.extract(1)
    archive.extract(2, reads_region)
    built = archive.build([FIRST, SECOND])
    assert ask(built, "SELECT gone_from FROM v1.removals") == [(utc("2026-01-19"),)]
    assert kinds(built, "TC.0001") == ["created", "edited", "removed"]


def test_two_releases_of_one_day_are_one_belief(archive: Archive) -> None:
    archive.extract(2, reads_region)
    built = archive.build([FIRST, ExtractorRelease(2, date(2026, 1, 1))])
    assert kinds(built, "TC.0001") == ["created", "edited"]
    assert ask_values(built, "SELECT DISTINCT idf_region FROM v1.project_versions") == ["Africa"]


@pytest.mark.parametrize(
    ("releases", "message"),
    [
        ([], "no extractor release"),
        ([FIRST, ExtractorRelease(2, date(2025, 1, 1))], "dated before release 1"),
        ([FIRST, FIRST], "is twice"),
        ([SECOND], "extractor release 1, which releases.toml does not name"),
    ],
    ids=["none", "falling dates", "one number twice", "an unknown release"],
)
def test_releases_that_make_no_clock_are_refused(
    archive: Archive, releases: list[ExtractorRelease], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        archive.build(releases)
