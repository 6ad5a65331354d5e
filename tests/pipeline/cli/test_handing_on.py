"""Exports and releases as they are called: the files that come of it, and none where there is nothing to write."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.warehouse.archives import Archive, project
from warehouse.publish.swap import publish_database

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipeline.cli.conftest import Iomdb


def publish_years(root: Path) -> Path:
    """A data folder with one project that states years alone."""
    archive = Archive(root)
    years = {"status": "active", "start_date": "2006", "end_date": "2007"}
    archive.run("2026-01-05", [project("https://iom.int/project/a", projects_id="TC.0001", **years)])
    archive.extract()
    publish_database(archive.build(), root / "iomdb.duckdb")
    return root


def publish_nothing(root: Path) -> Path:
    """A data folder in which no page was ever read."""
    archive = Archive(root)
    archive.extract()
    publish_database(archive.build(), root / "iomdb.duckdb")
    return root


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "sqlite", "xlsx", "iati", "wacz"])
def test_of_empty_tables_nothing_is_written_and_one_sentence_says_so(iomdb: Iomdb, tmp_path: Path, form: str) -> None:
    data = publish_nothing(tmp_path / "data")
    answer = iomdb("export", "--format", form, "-o", "out", data=data)
    assert (answer.exit_code, answer.output.count("\n")) == (1, 1), answer.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_iati_writes_its_sidecar_and_without_an_activity_neither(iomdb: Iomdb, tmp_path: Path) -> None:
    data = publish_years(tmp_path / "data")
    answer = iomdb("export", "--format", "iati", "-o", "iom.xml", data=data)
    assert (answer.exit_code, answer.output.count("\n")) == (1, 1)
    assert "--year-dates" in answer.output
    assert not (tmp_path / "iom.xml").exists()
    assert not (tmp_path / "iom.omitted.csv").exists()
    answer = iomdb("export", "--format", "iati", "-o", "iom.xml", "--year-dates", "--ref", "XX-ME", "--json", data=data)
    told = json.loads(answer.output)
    assert (told["n_activities"], told["omitted"]) == (1, "iom.omitted.csv")
    assert "XX-ME-TC.0001" in (tmp_path / "iom.xml").read_text()
    for name in ("iom.xml", "iom.omitted.csv"):
        (tmp_path / name).write_text("mine")
        assert iomdb("export", "--format", "iati", "-o", "iom.xml", "--year-dates", data=data).exit_code == 2
        assert (tmp_path / name).read_text() == "mine"
        (tmp_path / name).unlink()


def test_the_metadata_beside_a_sqlite_file_is_never_replaced_unasked(iomdb: Iomdb, tmp_path: Path) -> None:
    (tmp_path / "metadata.yaml").write_text("mine: true\n")
    assert iomdb("export", "--format", "sqlite", "-o", "iom.sqlite").exit_code == 2
    assert (tmp_path / "metadata.yaml").read_text() == "mine: true\n"
    assert iomdb("export", "--format", "sqlite", "-o", "iom.sqlite", "--force").exit_code == 0
    assert "databases" in (tmp_path / "metadata.yaml").read_text()


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "csv", "--year-dates"),
        ("--format", "xlsx", "--bom"),
        ("--format", "iati", "--table", "projects"),
        ("--format", "wacz", "--ref", "XX"),
        ("--format", "iati", "--since", "7d"),
    ],
)
def test_an_option_of_another_format_is_wrong_use(iomdb: Iomdb, tmp_path: Path, words: tuple[str, ...]) -> None:
    answer = iomdb("export", *words)
    assert answer.exit_code == 2
    assert "is for" in answer.output
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def data(weeks: Path, tmp_path: Path) -> Path:
    """The eight weeks in a folder of the test's own, where a data release may be kept."""
    shutil.copytree(weeks, tmp_path / "data")
    return tmp_path / "data"


def test_a_release_is_asked_by_its_id_or_its_name(iomdb: Iomdb, data: Path) -> None:
    made = json.loads(iomdb("release", "--as", "weeks", "--json", data=data).output)
    assert made["names"] == ["weeks"]
    sql = "SELECT count(*) AS n FROM v1.projects_asof('2026-01-20')"
    expected = json.loads(iomdb("sql", sql, "--json", data=data).output)
    (data / "iomdb.duckdb").unlink()
    for name in ("weeks", made["id"], made["id"][:6]):
        assert json.loads(iomdb("sql", sql, "--json", "--release", name, data=data).output) == expected
    assert iomdb("sql", "--query", "budget_total", "--release", "weeks", data=data).exit_code == 0
    assert (
        iomdb(
            "sql", "FROM v1.news", "--format", "parquet", "-o", "n.parquet", "--release", "weeks", data=data
        ).exit_code
        == 0
    )
    told = json.loads(iomdb("diff", "PR.0157", "1", "2", "--release", "weeks", "--json", data=data).output)
    assert told["differences"]
    answer = iomdb("sql", sql, "--release", "winter", data=data)
    assert answer.exit_code == 2
    assert made["id"] in answer.output


def test_what_differs_between_two_releases_begins_with_what_must_be_corrected(iomdb: Iomdb, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "data")
    for day, budget, name in (("2026-01-05", "10.00", "first"), ("2026-01-12", "20.00", "second")):
        page = project("https://iom.int/project/a", projects_id="TC.0001", budget_amount=budget, countries=["LR"])
        archive.run(day, [page])
        archive.extract()
        publish_database(archive.build(), archive.root / "iomdb.duckdb")
        assert iomdb("release", "--as", name, data=archive.root).exit_code == 0
    lines = iomdb("diff", "first", "second", data=archive.root).output.splitlines()
    assert lines[1] == "1 document to correct: 1 edited"
    assert "budget_amount" in "".join(lines)
    assert "captures.parquet" not in "".join(lines)
    short = json.loads(iomdb("diff", "first", "second", "--json", data=archive.root).output)
    long = json.loads(iomdb("diff", "first", "second", "--all", "--json", data=archive.root).output)
    assert {"projects", "project_country_money"} == {one["table"] for one in short}
    assert len(short) < len(long)
    assert "captures" in iomdb("diff", "first", "second", "--all", data=archive.root).output
