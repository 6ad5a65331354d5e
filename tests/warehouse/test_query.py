"""A reader's SQL: what it gets, and the ways out that are closed to it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.warehouse.archives import Archive, project
from tests.warehouse.reading import utc
from warehouse.errors import QueryError
from warehouse.publish.swap import publish_database
from warehouse.read.published import run_query


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = Archive(tmp_path_factory.mktemp("query"))
    (archive.root / "secret.csv").write_text("secret\n42\n")
    page = "https://www.iom.int/project/a-border"
    archive.run("2026-01-05", [project(page, projects_id="TC.0001", budget_amount="100.00", countries=["LR", "SL"])])
    archive.extract()
    return publish_database(archive.build(), archive.root / "iomdb.duckdb").path


def test_a_query_gives_columns_types_and_rows(published: Path) -> None:
    result = run_query(published, "SELECT projects_id, budget_amount, countries, valid_from FROM v1.projects")
    assert result.columns == ("projects_id", "budget_amount", "countries", "valid_from")
    assert result.types == ("VARCHAR", "DECIMAL(14,2)", "VARCHAR[]", "TIMESTAMP")
    assert result.rows == [("TC.0001", Decimal("100.00"), ["LR", "SL"], utc("2026-01-05"))]


def test_values_are_bound_and_never_read_as_sql(published: Path) -> None:
    hostile = "' OR true --"
    assert run_query(published, "SELECT count(*) FROM v1.projects WHERE title = ?", [hostile]).rows == [(0,)]
    assert run_query(published, "SELECT $words", {"words": hostile}).rows == [(hostile,)]


def test_a_mistake_is_told_in_the_words_of_the_database(published: Path) -> None:
    with pytest.raises(QueryError, match="budget_amout"):
        run_query(published, "SELECT budget_amout FROM v1.projects")


ESCAPES = {
    "read a csv": "FROM read_csv('{folder}/secret.csv')",
    "read a file by name": "FROM '{folder}/secret.csv'",
    "sniff a csv": "FROM sniff_csv('{folder}/secret.csv')",
    "read text": "FROM read_text('{folder}/secret.csv')",
    "read bytes": "FROM read_blob('{folder}/secret.csv')",
    "list files": "FROM glob('{folder}/*')",
    "write a file": "COPY (SELECT 1) TO '{folder}/out.csv'",
    "attach another file": "ATTACH '{folder}/other.duckdb' AS other",
    "install an extension": "INSTALL httpfs",
    "load an extension": "LOAD '{folder}/evil.duckdb_extension'",
    "export the database": "EXPORT DATABASE '{folder}/export'",
    "read parquet metadata": "FROM parquet_metadata('{folder}/secret.csv')",
    "unlock the settings": "SET enable_external_access = true",
    "write a row": "INSERT INTO internal.release VALUES (9, DATE '2026-01-01', 'x')",
    "keep a secret": "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
    "reach the network": "FROM read_csv('http://127.0.0.1:9/x.csv')",
    "unlock the lock": "SET lock_configuration = false",
    "reset a setting": "RESET enable_external_access",
    "create a table": "CREATE TABLE main.t (x INTEGER)",
    "load by pragma": "PRAGMA enable_logging",
}


@pytest.mark.parametrize("sql", ESCAPES.values(), ids=ESCAPES.keys())
def test_no_way_leads_out_of_the_published_file(published: Path, sql: str) -> None:
    before = sorted(path.name for path in published.parent.iterdir())
    with pytest.raises(QueryError):
        run_query(published, sql.format(folder=published.parent))
    assert sorted(path.name for path in published.parent.iterdir()) == before
