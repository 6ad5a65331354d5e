"""The data dictionary: complete, in the file, and the same in the docs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.archives import Archive
from warehouse.errors import BuildError
from warehouse.tables import PUBLIC_TABLES, read_comments


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Archive(tmp_path_factory.mktemp("dictionary")).build()


def ask(built: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(duckdb.connect(str(built), read_only=True)) as connection:
        return connection.execute(sql).fetchall()


def test_every_column_of_every_view_has_a_comment_in_the_catalog(built: Path) -> None:
    assert (
        ask(built, "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'v1' AND comment IS NULL")
        == []
    )
    assert ask(built, "SELECT view_name FROM duckdb_views() WHERE schema_name = 'v1' AND comment IS NULL") == []
    assert ask(built, "SELECT function_name FROM duckdb_functions() WHERE schema_name = 'v1' AND comment IS NULL") == []


def test_the_dictionary_has_no_empty_comment_and_misses_no_column(built: Path) -> None:
    assert ask(built, "SELECT relation FROM v1.data_dictionary WHERE trim(comment) = '' OR comment IS NULL") == []
    assert (
        ask(
            built,
            "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'v1' "
            "EXCEPT SELECT relation, column_name FROM v1.data_dictionary",
        )
        == []
    )
    macros = ask(built, "SELECT DISTINCT relation FROM v1.data_dictionary WHERE relation_kind = 'macro' ORDER BY 1")
    assert macros == [("history",), ("history_bitemporal",), ("news_asof",), ("projects_asof",), ("timemap",)]


def test_every_view_is_a_public_table_and_every_public_table_a_view(built: Path) -> None:
    views = {row[0] for row in ask(built, "SELECT view_name FROM duckdb_views() WHERE schema_name = 'v1'")}
    assert views == {table.name for table in PUBLIC_TABLES}


def test_an_order_is_a_position_and_a_release_is_the_extractors(built: Path) -> None:
    columns = "SELECT relation, column_name FROM v1.data_dictionary WHERE relation_kind = 'view' AND column_name"
    assert ask(built, f"{columns} = 'place'") == []
    assert {relation for relation, _ in ask(built, f"{columns} = 'position'")} >= {"evidence", "project_countries"}
    assert ask(built, f"{columns} = 'release'") == [("releases", "release")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"columns": {}}, r"missing .*'projects\.urls'"),
        ({"views": {}}, r"missing .*'projects\."),
    ],
    ids=["no columns", "no views"],
)
def test_a_column_without_a_comment_fails_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], message: str
) -> None:
    comments = dict(read_comments()) | change
    monkeypatch.setattr("warehouse.build.dictionary.read_comments", lambda: comments)
    with pytest.raises(BuildError, match=message):
        Archive(tmp_path).build()


def test_a_comment_of_nothing_fails_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    comments = dict(read_comments())
    comments["columns"] = comments["columns"] | {"no_such_column": "x"}
    monkeypatch.setattr("warehouse.build.dictionary.read_comments", lambda: comments)
    with pytest.raises(BuildError, match=r"of nothing .*'no_such_column'"):
        Archive(tmp_path).build()
