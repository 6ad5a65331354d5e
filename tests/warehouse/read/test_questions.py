"""Names, captures, versions and changes over the eight weeks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.warehouse.read.eight_weeks import TWIN_TITLE
from warehouse.errors import NotFoundError, QueryError
from warehouse.read.claims import CHANGE_KINDS, read_changes
from warehouse.read.documents import Named, compare_versions, find_documents, find_version, get_version, read_history
from warehouse.read.published import as_objects, parse_instant, select_columns

if TYPE_CHECKING:
    import duckdb

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TWIN = Named("project", "PR.0157")


@pytest.mark.parametrize(
    "name",
    [
        "PR.0157",
        "pr.0157",
        "https://www.iom.int/project/guards",
        "http://iom.int/project/guards/",
        "iom.int/project/guards",
        "https://www.IOM.int/project/guards?page=2#top",
        "  PR.0157 ",
    ],
)
def test_a_document_is_found_by_any_of_its_names(tables: duckdb.DuckDBPyConnection, name: str) -> None:
    assert find_documents(tables, name) == [TWIN]


def test_the_ending_that_tells_two_grants_apart_is_never_lost(tables: duckdb.DuckDBPyConnection) -> None:
    assert find_documents(tables, "https://www.iom.int/project/guards-0") == [Named("project", "QU8-805")]


def test_a_language_version_names_the_project_of_its_id(tables: duckdb.DuckDBPyConnection) -> None:
    assert find_documents(tables, "https://www.iom.int/fr/node/44") == [Named("project", "CD.0200")]


def test_an_unknown_name_proposes_near_ones(tables: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(NotFoundError, match=r"did you mean .*PR\.0157"):
        find_documents(tables, "PR.0158")
    with pytest.raises(NotFoundError, match="iomdb search WORDS"):
        find_documents(tables, "nothing at all like it")


@pytest.mark.parametrize("name", ["'; DROP TABLE x; --", "%", "\x00", "a" * 10_000, ""])
def test_hostile_names_are_only_names(tables: duckdb.DuckDBPyConnection, name: str) -> None:
    with pytest.raises(NotFoundError):
        find_documents(tables, name)


def _find(tables: duckdb.DuckDBPyConnection, day: str, named: Named = TWIN) -> dict[str, Any] | None:
    return find_version(tables, named, parse_instant(day))


def test_a_version_is_what_the_site_said_at_an_instant(tables: duckdb.DuckDBPyConnection) -> None:
    before, during, after = _find(tables, "2026-01-18"), _find(tables, "2026-01-20"), _find(tables, "2026-02-10")
    assert before is not None
    assert during is not None
    assert after is not None
    assert (before["status"], during["status"], after["status"]) == ("active", "completed", "completed")
    assert (str(during["budget_amount"]), str(after["budget_amount"])) == ("150000.01", "160000.01")
    assert _find(tables, "2026-01-01") is None


def test_history_tells_current_belief_and_on_request_every_belief(tables: duckdb.DuckDBPyConnection) -> None:
    now = as_objects(read_history(tables, TWIN))
    assert [row["version_no"] for row in now] == [1, 2, 3]
    assert {row["change_kind"] for row in now} == {"reparsed"}
    assert [(row["site_change"], row["site_changed_fields"]) for row in now] == [
        ("created", []),
        ("edited", ["end_date", "status"]),
        ("edited", ["budget_amount"]),
    ]
    assert [row["changed_fields"] for row in now] == [["coverage"]] * 3
    every = as_objects(read_history(tables, TWIN, all_beliefs=True))
    assert [row["change_kind"] for row in every if row["known_to"]] == ["created", "edited", "edited"]


def test_versions_are_named_by_number_or_by_a_day(tables: duckdb.DuckDBPyConnection) -> None:
    assert get_version(tables, TWIN, "v2")["version_no"] == get_version(tables, TWIN, "2026-01-20")["version_no"] == 2
    with pytest.raises(NotFoundError, match="v1 from 2026-01-05, v2 from 2026-01-19"):
        get_version(tables, TWIN, "4")
    with pytest.raises(QueryError, match="no instant"):
        get_version(tables, TWIN, "yesterday")


def test_two_versions_differ_in_content_alone(tables: duckdb.DuckDBPyConnection) -> None:
    differences = compare_versions(get_version(tables, TWIN, "1"), get_version(tables, TWIN, "2"))
    assert [row[0] for row in differences.rows] == ["end_date", "end_year", "status"]
    assert compare_versions(get_version(tables, TWIN, "2"), get_version(tables, TWIN, "2")).rows == []


def test_changes_are_those_of_the_site_even_where_a_newer_release_reads_otherwise(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    rows = as_objects(read_changes(tables, parse_instant("2026-01-06")))
    assert [(row["change"], row["document_id"], row["field"], row["old"], row["new"]) for row in rows] == [
        ("restored", "CE.0100", None, None, None),
        ("removed", "CT.0300", None, None, None),
        ("removed", "CE.0100", None, None, None),
        ("edited", "PR.0157", "budget_amount", "150000.01", "160000.01"),
        ("edited", "PR.0157", "end_date", None, "2016"),
        ("edited", "PR.0157", "status", "active", "completed"),
    ]


def test_changes_can_be_narrowed(tables: duckdb.DuckDBPyConnection) -> None:
    start = parse_instant("2026-01-01")
    assert len(read_changes(tables, start, kind="news", changes=("created",)).rows) == 5
    assert read_changes(tables, start, site="nowhere").rows == []
    january = read_changes(tables, parse_instant("2026-01-06"), parse_instant("2026-02-02T00:00:01"))
    assert {row[1] for row in january.rows} == {"edited"}
    reparsed = as_objects(read_changes(tables, parse_instant("2026-03-01"), changes=CHANGE_KINDS[4:]))
    assert {(row["document_id"], row["field"]) for row in reparsed} == {
        ("PR.0157", "coverage"),
        ("QU8-805", "coverage"),
    }


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-21", "2026-11-21 00:00:00"),
        ("2026-11-21T10:00:00+02:00", "2026-11-21 08:00:00"),
        ("2026-11-21T10:00Z", "2026-11-21 10:00:00"),
        ("7d", "2026-02-22 12:00:00"),
        ("36h", "2026-02-28 00:00:00"),
        ("2w", "2026-02-15 12:00:00"),
    ],
)
def test_instants_as_people_write_them(text: str, instant: str) -> None:
    assert str(parse_instant(text, NOW)) == instant


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "7x", "-7d", "9999999999d", "٧d", "21.11.2026"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        parse_instant(text, NOW)


def test_columns_are_chosen_by_name(tables: duckdb.DuckDBPyConnection) -> None:
    chosen = select_columns(read_history(tables, TWIN), ("title", "version_no"))
    assert (chosen.columns, chosen.rows[0]) == (("title", "version_no"), (TWIN_TITLE, 1))
