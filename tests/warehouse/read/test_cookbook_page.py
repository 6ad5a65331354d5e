"""The cookbook's examples as they run on other tables than the demonstration's; the page itself: tests/demo."""

import contextlib
import io
import re
from pathlib import Path

import duckdb
import pytest

from bench.cookbook_page import PAGE
from tests.warehouse.archives import Archive, project
from warehouse.export.files import export_tables
from warehouse.publish.swap import publish_database
from warehouse.read.published import run_query

PYTHON_EXAMPLES = dict(
    zip(
        ("pandas", "Polars", "CSV"),
        re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL),
        strict=True,
    )
)
"""The page's examples in Python, in their order: another one needs its test."""


def _run_example(name: str, published: Path) -> str:
    """What an example of the page prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(PYTHON_EXAMPLES[name].replace("demo/iomdb.duckdb", str(published)), name, "exec"), {})
    return printed.getvalue()


@pytest.mark.parametrize(("name", "part"), [("pandas", "180000.01"), ("Polars", "budget_amount")])
def test_the_python_examples_of_the_page_run(published: Path, name: str, part: str) -> None:
    assert part in _run_example(name, published)


def test_the_example_of_csv_keeps_namibia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(tmp_path)
    archive.run(
        "2026-01-05",
        [
            project("https://iom.int/project/a", projects_id="TC.0001", budget_amount="10.00", countries=["NA"]),
            project("https://iom.int/project/b", projects_id="TC.0002", budget_amount="20.00"),
        ],
    )
    archive.extract()
    published = publish_database(archive.build(), tmp_path / "iomdb.duckdb").path
    export_tables(published, "csv", tmp_path / "iomdb-csv", ["project_country_money"])
    monkeypatch.chdir(tmp_path)
    shown = _run_example("CSV", published)
    assert "TC.0001" in shown
    assert "TC.0002" not in shown, "a project without a country is none of Namibia's"


def test_pandas_and_polars_read_the_same_money_as_sql(published: Path) -> None:
    sql = "SELECT project_id, budget_amount, countries FROM v1.projects ORDER BY project_id"
    with duckdb.connect(str(published), read_only=True) as tables:
        frame, polars_frame = tables.sql(sql).df(), tables.sql(sql).pl()
    expected = run_query(published, sql).rows
    assert frame["project_id"].tolist() == polars_frame["project_id"].to_list() == [row[0] for row in expected]
    assert polars_frame["budget_amount"].to_list() == [row[1] for row in expected]
    assert [list(codes) for codes in frame["countries"]] == [row[2] for row in expected]
