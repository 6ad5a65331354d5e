"""verify and cite: from the published value to the archived bytes, and a clear no when they disagree."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from crawler.errors import DamagedRecordError
from crawler.imports.folder import ingest_folder
from crawler.site.site import SHIPPED_SITES, load_sites
from pipeline.cli import main
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import PROJECT_ROOT, DataFolder
from pipeline.proof.cite import cite
from pipeline.proof.verify import Proof, prove
from pipeline.stages.extract import extract_missing
from pipeline.stages.publish import publish
from tests.pipeline.houses import START, House, build_house, copy_house, news_url, project_url
from warehouse.errors import NotFoundError


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = build_house(tmp_path_factory.mktemp("proof"), projects=3, news=3)
    house.crawl()
    house.publish()
    return house


@pytest.fixture
def house(published: House, tmp_path: Path) -> House:
    return copy_house(published, tmp_path / "house")


def prove_in(house: House, name: str, field: str | None = None) -> Proof:
    return prove(house.folder, name, field)


@pytest.mark.parametrize("url", [project_url(1), news_url(0)])
def test_every_published_value_is_proved_by_the_archived_page(published: House, url: str) -> None:
    proof = prove_in(published, url)
    assert proof.faults == ()
    assert {"title", "content_sha256", "mentions"} <= {value.field for value in proof.values}
    assert proof.time_basis == "captured"


def test_each_range_of_bytes_is_where_the_page_states_the_value(published: House) -> None:
    page = published.pages[project_url(1)]
    (value,) = prove_in(published, project_url(1), "projects_id").values
    (evidence,) = value.evidence
    assert evidence.start is not None
    assert page[evidence.start : evidence.end].decode() == value.published


def test_a_project_is_found_by_its_projects_id_too(published: House) -> None:
    by_url = prove_in(published, project_url(1))
    assert prove_in(published, by_url.document_id).document_id == by_url.document_id


def test_a_value_that_the_page_does_not_give_is_a_fault(house: House) -> None:
    with duckdb.connect(str(house.folder.published)) as connection:
        connection.execute("UPDATE internal.project_version SET budget_amount = 1")
    proof = prove_in(house, project_url(1), "budget_amount")
    assert [value.field for value in proof.faults] == ["budget_amount"]
    assert "published 1.00" in (proof.faults[0].fault or "")
    assert prove_in(house, project_url(1), "title").faults == ()


def test_a_flipped_byte_in_the_archive_is_told(house: House) -> None:
    (volume,) = house.folder.archive.glob("*/*.warc.gz")
    content = bytearray(volume.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    volume.write_bytes(bytes(content))
    damaged = 0
    for number in range(3):
        for url in (project_url(number), news_url(number)):
            try:
                prove_in(house, url)
            except DamagedRecordError:
                damaged += 1
    assert damaged >= 1


def test_a_name_that_is_no_documents_and_a_field_that_is_none_are_told(published: House) -> None:
    with pytest.raises(NotFoundError):
        prove_in(published, "ZZ.9999")
    with pytest.raises(WrongUseError, match="is no field"):
        prove_in(published, project_url(1), "colour")


def test_a_citation_is_one_line_with_what_a_reader_needs_to_check_it(published: House) -> None:
    proof = prove_in(published, project_url(1), "budget_amount")
    line = cite(proof, "full")
    assert "\n" not in line
    for part in (proof.title, proof.url, proof.payload_sha256, proof.capture_id, "bytes", "captured 2026-11-01T"):
        assert part in line
    assert cite(prove_in(published, project_url(1), "budget_amount"), "full") == line


@pytest.fixture
def call(seeds: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("IOMDB_DATA", str(seeds))
    return lambda *words: CliRunner().invoke(main, words)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = DataFolder(tmp_path_factory.mktemp("seeds"))
    folder.archive.mkdir()
    sites = load_sites(SHIPPED_SITES)
    ingest_folder(PROJECT_ROOT / "seeds", folder.archive, sites)
    extract_missing(folder)
    publish(folder, now=START, threads=1)
    return folder.root


def test_the_commands_prove_and_cite_the_seed_project(call: Callable[..., Result]) -> None:
    shown = call("verify", "QU8-805", "budget_amount")
    assert shown.exit_code == 0
    assert "budget_amount = 100000.00  [agrees]" in shown.output
    assert "bytes 953-962" in shown.output
    assert "received 2026-11-21T00:00:00Z (capture time not known)" in shown.output
    cited = call("cite", "QU8-805", "budget_amount", "--format", "full")
    assert cited.exit_code == 0
    assert cited.stdout.count("\n") == 1
    assert "d224ae9d21c061761b9492fe1a14dfad530015c1f287bce8d16db7210624a5f5" in cited.stdout


def test_verify_exits_with_1_when_something_disagrees_and_2_on_wrong_use(
    seeds: Path, call: Callable[..., Result]
) -> None:
    assert call("verify", "QU8-805", "colour").exit_code == 2
    assert call("verify", "QU9-805").exit_code == 2
    with duckdb.connect(str(seeds / "iomdb.duckdb")) as connection:
        connection.execute("UPDATE internal.project_version SET end_date = '2009'")
    answer = call("verify", "QU8-805", "end_date")
    assert answer.exit_code == 1
    assert "does not agree" in answer.output
    assert call("cite", "QU8-805", "end_date").exit_code == 1
    answer = call("verify", "QU8-805", "end_date", "--json")
    assert json.loads(answer.output)["agrees"] is False
