"""What lies beside the tables of a data release: what standards accept, and what its users must correct."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import frictionless
import pytest
import yaml  # type: ignore[import-untyped]  # comes with Dagster; its stubs are not in the lock
from jsonschema import Draft7Validator

from contracts.extraction import ExtractorRelease
from tests.warehouse.archives import RELEASE_1, Archive, Record, absent, news, project
from tests.warehouse.read.eight_weeks import share_eight_weeks
from warehouse.errors import ReleaseError
from warehouse.publish.comparison import compare_releases
from warehouse.publish.data_release import DataRelease, get_release, read_names, verify_release, write_release
from warehouse.publish.swap import publish_database

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILES = Path(__file__).parent / "profiles"
PAGE = "https://www.iom.int/project/"
FORMULA = '=HYPERLINK("http://bad.example")'


def make_page(name: str, budget: str, **more: Any) -> Any:
    return project(PAGE + name, projects_id=name.upper(), budget_amount=budget, countries=["LR"], **more)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("files"))
    archive.run(
        "2026-01-05", [make_page("tc.0001", "100.00"), make_page("tc.0002", "7.00"), news(PAGE + "n", body="a")]
    )
    return archive


@pytest.fixture(scope="module")
def first(archive: Archive) -> DataRelease:
    archive.extract()
    return write_release(
        publish_database(archive.build(), archive.root / "iomdb.duckdb").path, archive.root / "releases"
    )


@pytest.fixture(scope="module")
def second(archive: Archive, first: DataRelease) -> DataRelease:
    """Two weeks later: a budget edited, a page gone, one new; and a newer reader reads the title of news otherwise."""
    for day in ("2026-01-12", "2026-01-19"):
        archive.run(day, [
            make_page("tc.0001", "200.00", description=FORMULA), absent(PAGE + "tc.0002"), make_page("tc.0003", "1.00"),
            news(PAGE + "n", body="a"),
        ])  # fmt: skip
    archive.extract()

    def read(record: Record) -> Record:
        return {**record, "title": "Read by a newer reader"} if record["kind"] == "news" else record

    archive.extract(2, read)
    built = archive.build([RELEASE_1, ExtractorRelease(2, RELEASE_1.released_on.replace(month=3), "second")])
    return write_release(
        publish_database(built, archive.root / "iomdb.duckdb").path, archive.root / "releases", "spring"
    )


def read_json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def read_changes(release: DataRelease) -> list[dict[str, str]]:
    with (release.path / "changes.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("folder", [".", "csv"])
def test_the_descriptions_keep_to_the_profile_and_to_the_files(second: DataRelease, folder: str) -> None:
    root = second.path / folder
    package = read_json(root / "datapackage.json")
    Draft7Validator(read_json(PROFILES / "datapackage-2.0.json")).validate(package)
    assert package["created"] == "2026-01-19T01:00:00Z"
    for resource in package["resources"]:
        content = root / resource["path"]
        assert resource["bytes"] == content.stat().st_size
        digest = subprocess.run(["sha256sum", content], capture_output=True, text=True, check=True).stdout.split()[0]
        assert resource["hash"] == f"sha256:{digest}"
    names = {resource["name"] for resource in package["resources"]}
    for resource in package["resources"]:
        assert {one["reference"]["resource"] for one in resource["schema"].get("foreignKeys", [])} <= names


def test_the_citation_file_keeps_to_its_schema(second: DataRelease) -> None:
    text = (second.path / "CITATION.cff").read_text(encoding="utf-8")
    cited = yaml.load(text, Loader=yaml.BaseLoader)
    Draft7Validator(read_json(PROFILES / "cff-1.2.0.json")).validate(cited)
    assert {"type": "other", "value": f"iomdb data release {second.id}"}.items() <= cited["identifiers"][0].items()
    assert cited["version"] == read_json(second.path / "datapackage.json")["version"]


@pytest.mark.slow
def test_frictionless_takes_the_csv_twin_with_its_keys(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    release = write_release(share_eight_weeks(tmp_path_factory), tmp_path)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "frictionless", "validate", "datapackage.json", "--json"],
        cwd=release.path / "csv", capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert (done.returncode, report["valid"], report["stats"]["errors"]) == (0, True, 0), done.stdout
    package = frictionless.Package(str(release.path / "csv" / "datapackage.json"))
    projects: Any = package.get_resource("projects")
    rows = projects.read_rows()
    assert {"QU8-805", "PR.0157"} <= {row["project_id"] for row in rows}
    assert next(row["countries"] for row in rows if row["project_id"] == "QU8-805") == ["LR"]


def test_a_first_release_has_nothing_to_correct(first: DataRelease) -> None:
    assert (first.path / "changes.csv").read_text() == "kind,document_id,change,field,old,new\n"
    assert "Nothing: no data release was kept before this one." in (first.path / "README.md").read_text()


def test_changes_are_one_row_a_corrected_field_and_a_removal_says_removed(
    first: DataRelease, second: DataRelease
) -> None:
    (news_id,) = {row["document_id"] for row in read_changes(second) if row["kind"] == "news"}
    assert read_changes(second) == [
        {"kind": kind, "document_id": document_id, "change": change, "field": field, "old": old, "new": new}
        for kind, document_id, change, field, old, new in [
            ("project", "TC.0001", "edited", "budget_amount", "100.00", "200.00"),
            ("project", "TC.0001", "edited", "description", "", "'" + FORMULA),
            ("project", "TC.0002", "removed", "state", "live", "gone"),
            ("project", "TC.0003", "added", "", "", ""),
            ("news", news_id, "reparsed", "title", "A news page", "Read by a newer reader"),
        ]
    ]
    readme = (second.path / "README.md").read_text()
    assert f"Against data release {first.id}: 1 added, 2 edited, 1 removed, 1 reparsed" in readme


def test_the_comparison_begins_with_what_a_user_has_to_correct(first: DataRelease, second: DataRelease) -> None:
    compared = compare_releases(first.path, second.path)
    assert compared.summarise()[0] == "4 documents to correct: 1 added, 1 removed, 2 edited, 1 reparsed"
    assert len(compared.of_content) < 20 < len(compared.differences)
    assert not {one.table for one in compared.of_content} & {"captures", "fetches", "evidence", "project_versions"}
    back = compare_releases(second.path, first.path)
    assert {"restored", "removed"} <= {one.change for one in back.corrections}
    assert compare_releases(first.path, first.path).summarise() == ["they hold the same"]


def test_a_kept_release_answers_every_query_and_macro_as_the_published_file_did(
    archive: Archive, first: DataRelease, second: DataRelease
) -> None:
    asked = ["SELECT count(*) FROM v1.projects", "FROM v1.projects_asof('2026-01-06')", "FROM v1.history('TC.0001')"]
    then = [ask(first.tables, sql) for sql in asked]
    assert then[0] == [(2,)]
    assert [ask(second.tables, sql) for sql in asked] == [ask(archive.root / "iomdb.duckdb", sql) for sql in asked]
    assert ask(second.tables, asked[0]) == [(3,)]


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_release_is_found_by_the_name_that_it_was_given(
    archive: Archive, first: DataRelease, second: DataRelease
) -> None:
    releases = archive.root / "releases"
    assert get_release(releases, "spring") == second
    assert write_release(archive.root / "iomdb.duckdb", releases, "summer") == second
    assert read_names(releases) == {"spring": second.id, "summer": second.id}
    for name in ("", "../x", "a b", second.id, "beef"):
        with pytest.raises(ReleaseError, match="is no name of a data release"):
            write_release(archive.root / "iomdb.duckdb", releases, name)


@pytest.mark.parametrize("damage", [
    lambda folder: (folder / "csv" / "projects.csv").write_text("x"),
    lambda folder: (folder / "iomdb.duckdb").write_bytes(b"x"),
    lambda folder: (folder / "CITATION.cff").unlink(),
    lambda folder: (folder / "csv" / "more.csv").write_text("x"),
], ids=["a twin", "the database", "the citation", "one more"])  # fmt: skip
def test_damage_anywhere_in_a_release_is_told(
    first: DataRelease, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    shutil.copytree(first.path, tmp_path / first.id)
    damage(tmp_path / first.id)
    with pytest.raises(ReleaseError):
        verify_release(tmp_path / first.id)
