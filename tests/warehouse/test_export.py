"""Exports: every format says what the tables say, nothing runs as a formula, and a failed export leaves the old one."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import openpyxl
import pytest

from tests.warehouse.archives import Archive, news, project
from warehouse.errors import ExportError, QueryError
from warehouse.export import FORMATS, Format
from warehouse.export.excel import MAX_TEXT
from warehouse.export.files import ONE_FILE, export_tables
from warehouse.export.query_rows import write_query_parquet
from warehouse.publish.swap import publish_database
from warehouse.read.limits import make_limits
from warehouse.read.published import run_query
from warehouse.tables import PUBLIC_TABLES

if TYPE_CHECKING:
    from pathlib import Path

FORMULA = '=HYPERLINK("http://bad.example","click")'
LONG = "long text " * 4000


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("export")
    archive = Archive(root)
    archive.run(
        "2026-01-05",
        [
            project(
                "https://iom.int/project/a", title=FORMULA, projects_id="TC.0001", countries=["LR", "GH"],
                budget_amount="183813.10", budget_currency="USD", description=LONG, start_year=2006,
            ),
            news("https://iom.int/news/n", title='Quoted "title", with\r\nlines', body="@SUM(A1)\x1b[31m"),
        ],
    )  # fmt: skip
    archive.extract()
    return publish_database(archive.build(), root / "iomdb.duckdb").path


def _export(published: Path, target: Path, form: Format, *names: str) -> dict[str, int]:
    rows = export_tables(published, form, target, names)
    beside = ["metadata.yaml"] if form == "sqlite" else []
    assert sorted(path.name for path in target.parent.iterdir()) == sorted([target.name, *beside])
    return rows


def test_every_format_writes_every_table(published: Path, tmp_path: Path) -> None:
    for form in FORMATS:
        folder = tmp_path / form
        folder.mkdir()
        rows = _export(published, folder / "out", form)
        assert list(rows) == [table.name for table in PUBLIC_TABLES]
        assert rows["projects"] == 1
        if form not in ONE_FILE:
            names = [f"{table.name}.{form}" for table in PUBLIC_TABLES]
            assert sorted(path.name for path in (folder / "out").iterdir()) == sorted([*names, "datapackage.json"])


def test_csv_neutralises_formulas_and_the_warehouse_keeps_them(published: Path, tmp_path: Path) -> None:
    _export(published, tmp_path / "out", "csv")
    with (tmp_path / "out" / "projects.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["title"] == "'" + FORMULA
    assert (row["budget_amount"], row["countries"]) == ("183813.10", '["LR","GH"]')
    with (tmp_path / "out" / "news.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["body"].startswith("'@SUM")
    assert row["title"] == 'Quoted "title", with\r\nlines'
    assert run_query(published, "SELECT title FROM v1.projects").rows == [(FORMULA,)]


def test_one_table_can_be_one_file(published: Path, tmp_path: Path) -> None:
    _export(published, tmp_path / "projects.csv", "csv", "v1.projects")
    assert (tmp_path / "projects.csv").read_text().startswith("project_id,")


def test_json_lines_and_parquet_say_the_same(published: Path, tmp_path: Path) -> None:
    _export(published, tmp_path / "p.jsonl", "jsonl", "projects")
    (row,) = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text().splitlines()]
    (tmp_path / "p.jsonl").unlink()
    _export(published, tmp_path / "p.parquet", "parquet", "projects")
    with closing(duckdb.connect()) as connection:
        found = connection.execute(
            "SELECT title, countries, budget_amount, description FROM read_parquet(?)", [str(tmp_path / "p.parquet")]
        ).fetchall()
    assert found == [(FORMULA, ["LR", "GH"], Decimal("183813.10"), LONG)]
    assert (row["title"], row["countries"], row["description"]) == (FORMULA, ["LR", "GH"], LONG)


def test_sqlite_holds_true_text_keys_and_money(published: Path, tmp_path: Path) -> None:
    _export(published, tmp_path / "out.sqlite", "sqlite")
    with closing(sqlite3.connect(tmp_path / "out.sqlite")) as file:
        assert file.execute("SELECT title, budget_amount, countries FROM projects").fetchall() == [
            (FORMULA, 183813.1, '["LR", "GH"]')
        ]
        assert file.execute("SELECT sum(share_amount) FROM project_country_money").fetchone() == (183813.1,)
        with pytest.raises(sqlite3.IntegrityError):
            file.execute("INSERT INTO projects (project_id) VALUES ('TC.0001')")
        assert file.execute("SELECT first_seen_at FROM projects").fetchone() == ("2026-01-05T00:00:00",)
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_excel_has_texts_and_no_formula_and_says_where_it_cut(published: Path, tmp_path: Path) -> None:
    _export(published, tmp_path / "out.xlsx", "xlsx", "projects", "news")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["About", "projects", "news"]
    head, row = book["projects"].iter_rows()
    cells = {str(name.value): cell for name, cell in zip(head, row, strict=True)}
    assert (cells["title"].value, cells["title"].data_type) == (FORMULA, "s")
    assert cells["title"].quotePrefix
    assert cells["budget_amount"].value == 183813.1
    assert len(str(cells["description"].value)) == MAX_TEXT
    assert str(cells["description"].value).endswith(f"… [cut: the whole text has {len(LONG):,} characters]")
    assert all(cell.data_type != "f" for sheet in book for line in sheet.iter_rows() for cell in line)


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx", "sqlite"])
def test_the_same_tables_give_the_same_bytes(published: Path, tmp_path: Path, form: Format) -> None:
    contents = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        export_tables(published, form, folder / f"out.{form}", ["projects"])
        contents.append((folder / f"out.{form}").read_bytes())
    assert contents[0] == contents[1]


def test_a_second_export_replaces_the_first_and_never_a_folder_of_other_files(published: Path, tmp_path: Path) -> None:
    export_tables(published, "csv", tmp_path / "out")
    export_tables(published, "jsonl", tmp_path / "out", ["projects"])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["datapackage.json", "projects.jsonl"]
    (tmp_path / "out" / "thesis.docx").write_text("years of work")
    with pytest.raises(ExportError, match="holds other files"):
        export_tables(published, "csv", tmp_path / "out")
    with pytest.raises(ExportError, match="holds other files"):
        export_tables(published, "sqlite", tmp_path / "out")
    assert (tmp_path / "out" / "thesis.docx").exists()


def test_what_cannot_be_written_is_refused_before_anything_is(published: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no public table is named nothing; there are projects"):
        export_tables(published, "csv", tmp_path / "out", ["nothing"])
    with pytest.raises(ExportError, match="can hold one table"):
        export_tables(published, "csv", tmp_path / "out.csv")
    with pytest.raises(QueryError, match="iomdb run"):
        export_tables(tmp_path / "missing.duckdb", "csv", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_leaves_the_old_one(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_tables(published, "sqlite", tmp_path / "out.sqlite", ["projects"])
    before = (tmp_path / "out.sqlite").read_bytes()

    def fill_the_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("warehouse.export.files.write_sqlite", fill_the_disk)
    with pytest.raises(OSError, match="No space"):
        export_tables(published, "sqlite", tmp_path / "out.sqlite")
    assert (tmp_path / "out.sqlite").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["metadata.yaml", "out.sqlite"]


def test_the_rows_of_a_query_become_parquet_with_their_types(published: Path, tmp_path: Path) -> None:
    sql = "SELECT title, countries, budget_amount FROM v1.projects WHERE start_year = $year"
    assert write_query_parquet(published, sql, {"year": 2006}, tmp_path / "q.parquet", make_limits()) == 1
    with closing(duckdb.connect()) as connection:
        found = connection.execute("FROM read_parquet(?)", [str(tmp_path / "q.parquet")])
        assert [str(column[1]) for column in found.description or []] == ["VARCHAR", "VARCHAR[]", "DECIMAL(14,2)"]
        assert found.fetchall() == [(FORMULA, ["LR", "GH"], Decimal("183813.10"))]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY v1.projects TO 'escaped.csv'",
        "SELECT 1; SELECT 2",
        "SELECT 1) TO 'escaped.csv' --",
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/*')",
        "CREATE TABLE t AS SELECT 1",
        "SET enable_external_access = true",
        "ATTACH ':memory:' AS other",
        "INSTALL httpfs",
        "SELECT nonsense FROM v1.projects",
        "",
    ],
)
def test_a_query_for_parquet_reaches_nothing_else(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "q.parquet").write_text("the one before")
    with pytest.raises(QueryError):
        write_query_parquet(published, sql, {}, tmp_path / "q.parquet", make_limits())
    assert (tmp_path / "q.parquet").read_text() == "the one before"
    assert [path.name for path in tmp_path.iterdir()] == ["q.parquet"]


def test_a_file_of_another_kind_is_never_replaced(published: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "README.md"
    foreign.write_text("# Mine")
    for form in ("xlsx", "sqlite"):
        with pytest.raises(ExportError, match="it is not replaced"):
            export_tables(published, form, foreign)
    assert foreign.read_text() == "# Mine"
