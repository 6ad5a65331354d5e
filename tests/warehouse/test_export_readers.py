"""The demonstration exported, and opened by the programs that each format is meant for, with equal counts."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pytest
import yaml  # type: ignore[import-untyped]  # comes with Dagster; its stubs are not in the lock
from datasette.app import Datasette  # type: ignore[import-untyped]  # it has no types

from tests.demo.demonstration import share_demo
from warehouse.errors import EmptyExportError
from warehouse.export import Format
from warehouse.export.files import export_tables
from warehouse.publish.data_release import write_release
from warehouse.read.cookbook import read_questions
from warehouse.tables import PUBLIC_TABLES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return share_demo(tmp_path_factory) / "iomdb.duckdb"


@pytest.fixture(scope="module")
def exported(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every format once, of tables that a data release keeps."""
    folder = tmp_path_factory.mktemp("exported")
    write_release(published, folder / "releases")
    forms: tuple[Format, ...] = ("csv", "jsonl", "parquet", "sqlite", "xlsx")
    for form in forms:
        export_tables(published, form, folder / f"iom.{form}" if form in {"sqlite", "xlsx"} else folder / form,
                      releases=folder / "releases")  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def release_id(exported: Path) -> str:
    (found,) = (path.name for path in (exported / "releases").iterdir())
    return found


def ask(published: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(published), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def counts(published: Path) -> dict[str, int]:
    return {table.name: ask(published, f"SELECT count(*) FROM v1.{table.name}")[0][0] for table in PUBLIC_TABLES}


@pytest.mark.parametrize("name", [table.name for table in PUBLIC_TABLES])
def test_each_reader_finds_as_many_rows_under_the_view_s_name(
    exported: Path, counts: dict[str, int], name: str
) -> None:
    read = pd.read_csv(exported / "csv" / f"{name}.csv", keep_default_na=False, dtype=str)
    assert len(read) == counts[name]
    assert len(pl.read_parquet(exported / "parquet" / f"{name}.parquet")) == counts[name]
    assert len((exported / "jsonl" / f"{name}.jsonl").read_bytes().splitlines()) == counts[name]
    with closing(sqlite3.connect(exported / "iom.sqlite")) as file:
        assert file.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (counts[name],)


def test_the_workbook_has_an_about_sheet_filters_frozen_heads_and_widths(
    exported: Path, counts: dict[str, int], release_id: str
) -> None:
    book = openpyxl.load_workbook(exported / "iom.xlsx")
    assert book.sheetnames == ["About", *(table.name for table in PUBLIC_TABLES)]
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert about["data release"] == release_id
    assert {"source", "licence", "content sha256", "date", "to cite"} <= about.keys()
    assert str(about["note"]).startswith("INVENTED")
    for name, n_rows in counts.items():
        sheet = book[name]
        assert sheet.max_row == n_rows + 1
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
    widths = [one.width for one in book["projects"].column_dimensions.values()]
    assert 8 <= min(widths) < max(widths) <= 62


def test_sqlite_declares_keys_finds_words_and_shows_the_answers_of_the_cookbook(
    exported: Path, published: Path, release_id: str
) -> None:
    with closing(sqlite3.connect(exported / "iom.sqlite")) as file:
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert file.execute("PRAGMA foreign_key_list(project_countries)").fetchall()
        found = file.execute("SELECT count(*) FROM projects_fts WHERE projects_fts MATCH 'border'").fetchone()
        assert found[0] > 0
        told = dict(file.execute("SELECT name, value FROM about").fetchall())
        assert told["data release"] == release_id
        views = {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()}
        tables = {table.name for table in PUBLIC_TABLES}
        assert views == {question.name for question in read_questions()} - tables
        for question in read_questions():
            with duckdb.connect(str(published), read_only=True) as connection:
                expected = len(connection.execute(question.sql, question.defaults).fetchall())
            name = f"answer_{question.name}" if question.name in tables else question.name
            assert file.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (expected,), name


def test_datasette_serves_tables_search_and_meanings(exported: Path, counts: dict[str, int]) -> None:
    metadata = yaml.safe_load((exported / "metadata.yaml").read_text(encoding="utf-8"))

    async def visit() -> None:
        site = Datasette([str(exported / "iom.sqlite")], metadata=metadata, settings={"num_sql_threads": 1})
        await site.invoke_startup()
        page = await site.client.get("/iom/projects.json?_size=1&_search=border")
        assert page.status_code == 200
        assert page.json()["filtered_table_rows_count"] > 0
        total = (await site.client.get("/iom/news.json?_size=0")).json()["filtered_table_rows_count"]
        assert total == counts["news"]
        html = (await site.client.get("/iom/projects")).text
        assert "One row a project" in html
        home = (await site.client.get("/")).text
        assert "INVENTED" in home
        assert "https://www.iom.int" in home
        view = await site.client.get("/iom/budget_by_country")
        assert view.status_code == 200

    asyncio.run(visit())


def test_the_metadata_says_title_source_licence_and_what_each_column_means(exported: Path, published: Path) -> None:
    told = yaml.safe_load((exported / "metadata.yaml").read_text(encoding="utf-8"))
    assert {"title", "source", "license", "description"} <= told.keys()
    tables = told["databases"]["iom"]["tables"]
    for table in PUBLIC_TABLES:
        assert tables[table.name]["description"]
        columns = {row[0] for row in ask(published, f"DESCRIBE v1.{table.name}")}
        assert tables[table.name]["columns"].keys() == columns
        assert all(tables[table.name]["columns"].values())


def test_frictionless_takes_the_folder_of_csv(exported: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "frictionless", "validate", "datapackage.json", "--json"],
        cwd=exported / "csv", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert json.loads(done.stdout)["stats"]["errors"] == 0, done.stdout[:2000]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_folder_says_which_release_it_is(exported: Path, release_id: str, form: str) -> None:
    package = json.loads((exported / form / "datapackage.json").read_bytes())
    assert package["data_release"] == release_id
    assert len(package["resources"]) == len(PUBLIC_TABLES)


def test_a_parquet_file_alone_says_where_it_comes_from(exported: Path, release_id: str) -> None:
    path = exported / "parquet" / "projects.parquet"
    told = dict(duckdb.connect().execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(path)]).fetchall())
    assert told[b"data_release"].decode() == release_id


def test_excel_knows_utf_8_by_its_mark_and_other_readers_are_told_of_it(published: Path, tmp_path: Path) -> None:
    export_tables(published, "csv", tmp_path / "out", bom=True)
    path = tmp_path / "out" / "projects.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfproject_id,")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_bytes())
    (encoding,) = {resource["encoding"] for resource in package["resources"]}
    with path.open(encoding=encoding, newline="") as file:
        assert "project_id" in next(csv.DictReader(file))


def test_instants_in_csv_are_iso_with_a_z(exported: Path) -> None:
    with (exported / "csv" / "projects.csv").open(newline="", encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    assert row["first_seen_at"].endswith("Z")
    assert "T" in row["first_seen_at"]


def test_a_table_without_rows_is_not_written(published: Path, tmp_path: Path) -> None:
    empty = next((table.name for table in PUBLIC_TABLES if not ask(published, f"FROM v1.{table.name} LIMIT 1")), None)
    if empty is None:
        pytest.skip("the demonstration fills every table")
    with pytest.raises(EmptyExportError, match=f"{empty} has no row"):
        export_tables(published, "xlsx", tmp_path / "out.xlsx", [empty])
    assert list(tmp_path.iterdir()) == []
