"""Releases: named by their content, checkable for ever, comparable."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.archives import Archive, news, project
from tests.warehouse.read.eight_weeks import share_eight_weeks
from warehouse.errors import NotFoundError, ReleaseError
from warehouse.publish.comparison import Difference, diff_releases
from warehouse.publish.data_release import DataRelease, find_releases, get_release, verify_release, write_release
from warehouse.publish.swap import publish_database
from warehouse.tables import PUBLIC_TABLES

PAGE = "https://www.iom.int/project/a-border"


def publish(archive: Archive) -> Path:
    archive.extract()
    return publish_database(archive.build(), archive.root / "iomdb.duckdb").path


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("release"))
    archive.run(
        "2026-01-05",
        [
            project(PAGE, projects_id="TC.0001", budget_amount="100.00", countries=["LR"]),
            project(PAGE + "-2", projects_id="TC.0002"),
            news("https://www.iom.int/news/a", body="text"),
        ],
    )
    return archive


@pytest.fixture(scope="module")
def first(archive: Archive) -> DataRelease:
    return write_release(publish(archive), archive.root / "releases")


@pytest.fixture(scope="module")
def second(archive: Archive, first: DataRelease) -> DataRelease:
    archive.run("2026-01-12", [project(PAGE, projects_id="TC.0001", budget_amount="200.00", countries=["LR", "SL"])])
    return write_release(publish(archive), archive.root / "releases")


def test_a_release_holds_every_table_described_and_checksummed(first: DataRelease) -> None:
    description = json.loads((first.path / "datapackage.json").read_text())
    assert [resource["name"] for resource in description["resources"]] == [table.name for table in PUBLIC_TABLES]
    for resource in description["resources"]:
        assert resource["bytes"] == (first.path / resource["path"]).stat().st_size
        assert all(field["description"] for field in resource["schema"]["fields"])
        counted = duckdb.connect().execute(f"SELECT count(*) FROM read_parquet('{first.path / resource['path']}')")
        assert counted.fetchone() == (resource["rowcount"],)
    checked = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=first.path, check=False)
    assert checked.returncode == 0


def test_a_release_loads_with_its_keys_as_constraints_without_iomdb(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    release = write_release(share_eight_weeks(tmp_path_factory), tmp_path).path
    tables = {one["name"]: one for one in json.loads((release / "datapackage.json").read_text())["resources"]}
    with duckdb.connect() as connection:
        waiting = dict(tables)
        while waiting:
            name, table = next(
                (name, table)
                for name, table in waiting.items()
                if not {one["reference"]["resource"] for one in table["schema"].get("foreignKeys", [])} & waiting.keys()
            )
            del waiting[name]
            file = f"read_parquet('{release / table['path']}')"
            columns = [f'"{row[0]}" {row[1]}' for row in connection.execute(f"DESCRIBE FROM {file}").fetchall()]
            connection.execute(f'CREATE TABLE "{name}" ({", ".join(columns + write_constraints(table["schema"]))})')
            connection.execute(f'INSERT INTO "{name}" FROM {file}')
            counted = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()
            assert counted == (table["rowcount"],)
    assert [name for name, table in tables.items() if "primaryKey" not in table["schema"]] == [
        "mentions", "disagreements", "data_issues", "unmapped",
    ]  # fmt: skip


def write_constraints(schema: dict[str, Any]) -> list[str]:
    """The keys of a Table Schema as SQL."""
    keys = [("PRIMARY KEY", schema["primaryKey"])] if "primaryKey" in schema else []
    keys += [("UNIQUE", key) for key in schema.get("uniqueKeys", [])]
    written = [f"{word} ({quote_columns(columns)})" for word, columns in keys]
    for one in schema.get("foreignKeys", []):
        target = one["reference"]
        written.append(
            f'FOREIGN KEY ({quote_columns(one["fields"])}) REFERENCES "{target["resource"]}" '
            f"({quote_columns(target['fields'])})"
        )
    return written


def quote_columns(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def test_the_same_tables_give_the_same_release_on_any_machine(
    archive: Archive, first: DataRelease, tmp_path: Path
) -> None:
    copy = Archive(tmp_path, archive.verdicts[:2], dict(list(archive.answers.items())[:1]))
    (run_id,) = copy.answers
    shutil.copytree(archive.root / "archive" / run_id, tmp_path / "archive" / run_id)
    copy.extract()
    again = write_release(publish_database(copy.build(threads=2), tmp_path / "iomdb.duckdb").path, tmp_path / "r")
    assert again.id == first.id
    # A database file is no two times the same bytes, nor is then the list of checksums that has it.
    names = {path.relative_to(first.path) for path in first.path.rglob("*") if path.is_file()}
    for name in names - {Path("iomdb.duckdb"), Path("SHA256SUMS")}:
        assert (first.path / name).read_bytes() == (again.path / name).read_bytes(), name


def test_writing_an_equal_release_again_leaves_it_alone(archive: Archive, second: DataRelease) -> None:
    before = {path: path.stat().st_mtime_ns for path in second.path.iterdir()}
    assert write_release(archive.root / "iomdb.duckdb", archive.root / "releases") == second
    assert {path: path.stat().st_mtime_ns for path in second.path.iterdir()} == before


def test_releases_are_found_by_the_beginning_of_their_id(
    archive: Archive, first: DataRelease, second: DataRelease
) -> None:
    folder = archive.root / "releases"
    assert {release.id for release in find_releases(folder)} == {first.id, second.id}
    assert get_release(folder, first.id[:6]) == first
    with pytest.raises(NotFoundError, match="no data releases begin with"):
        get_release(folder, "")
    with pytest.raises(NotFoundError, match=f"there are: .*{first.id}"):
        get_release(folder, "nothing")


def test_a_release_whose_writing_was_killed_is_none_and_the_next_one_clears_it(
    archive: Archive, second: DataRelease
) -> None:
    folder = archive.root / "releases"
    left = folder / ".building-release"
    shutil.copytree(second.path, left)
    assert left.name not in {release.id for release in find_releases(folder)}
    assert write_release(archive.root / "iomdb.duckdb", folder) == second
    assert not left.exists()


def test_two_releases_differ_in_exactly_what_was_edited(first: DataRelease, second: DataRelease) -> None:
    found = [
        difference
        for difference in diff_releases(first.path, second.path)
        if difference.table in {"projects", "project_country_money"} and difference.column not in IN_PASSING
    ]
    project_key, first_share = {"project_id": "TC.0001"}, {"project_id": "TC.0001", "position": "1"}
    assert found == [
        Difference("project_country_money", "changed", first_share, "n_countries", "1", "2"),
        Difference("project_country_money", "changed", first_share, "is_estimate", "false", "true"),
        Difference("project_country_money", "changed", first_share, "method", "single_country", "equal_shares"),
        Difference("project_country_money", "added", {"project_id": "TC.0001", "position": "2"}),
        Difference("projects", "changed", project_key, "budget_amount", "100.00", "200.00"),
        Difference("projects", "changed", project_key, "countries", "[LR]", "[LR, SL]"),
    ]


IN_PASSING = {
    "capture_id", "content_capture_id", "content_sha256", "version_no", "n_versions", "valid_from",
    "last_seen_at", "last_checked_at",
}  # fmt: skip
"""Columns that move with every sighting; what the edit itself changed is the rest."""


def test_a_release_does_not_differ_from_itself(first: DataRelease) -> None:
    assert diff_releases(first.path, first.path) == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "projects.parquet").write_bytes(b"x"), "projects.parquet is not what was released"),
        (lambda folder: (folder / "news.parquet").unlink(), "news.parquet is missing"),
        (lambda folder: (folder / "more.csv").write_text("x"), "more.csv is not listed"),
        (lambda folder: (folder / "SHA256SUMS").unlink(), "no readable SHA256SUMS"),
        (lambda folder: folder.rename(folder.with_name("0" * 16)), "belongs to another id"),
    ],
    ids=["changed", "missing", "not listed", "no checksums", "renamed"],
)
def test_a_damaged_release_is_told(first: DataRelease, tmp_path: Path, damage: object, message: str) -> None:
    folder = tmp_path / first.id
    shutil.copytree(first.path, folder)
    assert callable(damage)
    damage(folder)
    (left,) = tmp_path.iterdir()
    with pytest.raises(ReleaseError, match=message):
        verify_release(left)


def test_nothing_published_is_nothing_to_release(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="there is no published file"):
        write_release(tmp_path / "iomdb.duckdb", tmp_path / "releases")


def test_a_release_that_fails_leaves_nothing_beside_the_others(
    archive: Archive, first: DataRelease, tmp_path: Path
) -> None:
    published = tmp_path / "iomdb.duckdb"
    published.write_bytes(b"no database at all" * 1000)
    before = sorted(path.name for path in first.path.parent.iterdir())
    with pytest.raises(ReleaseError, match=str(published)):
        write_release(published, first.path.parent)
    assert sorted(path.name for path in first.path.parent.iterdir()) == before
