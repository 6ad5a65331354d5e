"""What a build reads: which folders count, and how a broken source is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.run import RemovalRule
from tests.warehouse.archives import Archive, project
from tests.warehouse.reading import ask_values
from warehouse.build.sources import find_extractions, find_runs, parse_removal_rule, read_manifest
from warehouse.errors import BuildError, SourceError

PAGE = "https://www.iom.int/project/a-border"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path)
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001")])
    archive.extract()
    return archive


def test_open_and_unsealed_folders_are_not_in_the_archive(archive: Archive) -> None:
    (archive.root / "archive" / "20260106T000000Z-iom-00000000.open").mkdir()
    (archive.root / "archive" / "20260107T000000Z-iom-00000000").mkdir()
    assert [run.name for run in find_runs(archive.root / "archive")] == list(archive.answers)
    assert ask_values(archive.build(), "SELECT count(DISTINCT run_id) FROM v1.runs") == [1]


def test_a_missing_archive_has_no_runs(tmp_path: Path) -> None:
    assert find_runs(tmp_path / "nothing") == []


def test_extractions_of_runs_that_are_not_in_the_archive_are_left_alone(archive: Archive) -> None:
    (run_id,) = archive.answers
    extracted = archive.root / "extracted"
    (extracted / "1" / "20200101T000000Z-iom-00000000.parquet").write_bytes(b"of a run that was purged")
    (extracted / "notes").mkdir()
    (extracted / "notes" / f"{run_id}.parquet").write_bytes(b"not of a release")
    assert find_extractions(extracted, [run_id]) == [extracted / "1" / f"{run_id}.parquet"]


def test_a_manifest_that_is_no_json_or_of_another_run_is_named(archive: Archive) -> None:
    (run,) = find_runs(archive.root / "archive")
    manifest = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text("{")
    with pytest.raises(SourceError, match=r"is not JSON .* run `iomdb fsck`"):
        read_manifest(run)
    (run / "run.json").write_text(json.dumps(manifest | {"run_id": "another"}))
    with pytest.raises(SourceError, match="says it is run 'another'"):
        archive.build()


def test_a_broken_ledger_line_fails_the_build_and_names_the_step(archive: Archive) -> None:
    (run,) = find_runs(archive.root / "archive")
    with (run / "fetches.jsonl").open("a") as ledger:
        ledger.write('{"seq": 1, "fetched_at": "yesterday"}\n')
    with pytest.raises(BuildError, match="step 10_load of the build failed"):
        archive.build()


def test_a_manifest_that_is_not_as_the_contract_has_it_is_named_with_what_is_wrong(archive: Archive) -> None:
    (run,) = find_runs(archive.root / "archive")
    manifest = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(manifest | {"sealed_at": "yesterday"}))
    with pytest.raises(SourceError, match=r"is no manifest of a run: .*sealed_at.* run `iomdb fsck`"):
        archive.build()


def test_two_verdicts_on_one_thing_are_refused(archive: Archive) -> None:
    archive.verdicts.append(archive.verdicts[0] | {"verdict": "rejected"})
    with pytest.raises(SourceError, match="two verdicts are given"):
        archive.build()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (None, RemovalRule(2, 24.0)),
        ("", RemovalRule(2, 24.0)),
        ("[removal]\nanswers = 3\nhours_apart = 72", RemovalRule(3, 72.0)),
        ("[removal]\nhours_apart = 0.5", RemovalRule(2, 0.5)),
    ],
)
def test_the_removal_rule_is_read_from_the_site_file(text: str | None, rule: RemovalRule) -> None:
    assert parse_removal_rule(text, "run r") == rule


@pytest.mark.parametrize("text", ["[removal", "removal = 3", "[removal]\nanswers = 'many'"])
def test_a_removal_rule_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="the site configuration in run r gives no removal rule"):
        parse_removal_rule(text, "run r")
