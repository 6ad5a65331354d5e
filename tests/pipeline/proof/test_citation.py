"""Values that are no longer current, of pages that changed or went: each is proved and cited, and found again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from contracts.outcomes import Outcome
from pipeline.cli import main
from pipeline.ground.errors import WrongUseError
from pipeline.proof.cite import cite
from pipeline.proof.verify import prove
from tests.pipeline.houses import House, at_day, copy_house, project_url
from tests.site.content import ProjectContent, make_project
from tests.site.pages import Look, drop_field, render_page
from warehouse.errors import NotFoundError, QueryError

PAGE, POOR, FRENCH = project_url(1), project_url(2), "https://example.org/fr/project/grant-1"
SMALL = Look(n_bytes=4_000)
FIRST_DAY, NEXT_DAY = "2026-11-01T12:00", "2026-11-09"


def state(content: ProjectContent, **values: str) -> ProjectContent:
    """The same content with other values in some of its fields."""
    fields = tuple((name, label, (values.get(name, said[0]),)) for name, label, said in content.fields)
    return replace(content, fields=fields)


def make_page(budget: str) -> ProjectContent:
    return state(make_project(1), budget=budget, projects_id="TC.0001", status="Completed")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """One project whose budget rose on day 7 and whose page went on day 14; its French page; one that states little."""
    house = House(tmp_path_factory.mktemp("past"))
    french = state(make_project(1, "fr"), budget="90000.00", projects_id="TC.0001", status="Actif")
    poor = state(drop_field(make_project(2), "budget"), projects_id="TC.0002", countries="Ghana Atlantis")
    house.pages = {
        PAGE: render_page(make_page("90000.00"), SMALL),
        FRENCH: render_page(french, SMALL),
        POOR: render_page(poor, SMALL),
    }
    for number in range(3, 9):
        house.pages[project_url(number)] = render_page(make_project(number), SMALL)
    house.crawl(0)
    house.pages[PAGE] = render_page(make_page("150000.00"), SMALL)
    house.crawl(7)
    gone = {PAGE: Outcome.NOT_FOUND, FRENCH: Outcome.NOT_FOUND}
    house.crawl(14, outcomes=gone)
    house.crawl(16, outcomes=gone)
    house.publish(at_day(17))
    return house


@pytest.fixture
def call(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("IOMDB_DATA", str(house.folder.root))
    return lambda *words: CliRunner().invoke(main, words)


def find_capture(house: House, url: str, day: int) -> str:
    with duckdb.connect(str(house.folder.published), read_only=True) as connection:
        row = connection.execute(
            "SELECT capture_id FROM v1.captures WHERE url = ? AND captured_at::DATE = ?", [url, at_day(day).date()]
        ).fetchone()
    assert row is not None
    return str(row[0])


def test_the_version_of_an_instant_or_a_number_is_proved_by_its_own_capture(house: House) -> None:
    for at in (FIRST_DAY, "v1", "1"):
        proof = prove(house.folder, "TC.0001", "budget_amount", at)
        assert (proof.values[0].published, proof.faults) == ("90000.00", ())
        assert proof.capture_id == find_capture(house, PAGE, 0)
    assert prove(house.folder, "TC.0001", "budget_amount", NEXT_DAY).values[0].published == "150000.00"
    assert prove(house.folder, "TC.0001", at="v1").faults == ()
    with pytest.raises(NotFoundError, match="there are: v1 from 2026-11-01, v2 from 2026-11-08, v3 from 2026-11-15"):
        prove(house.folder, "TC.0001", at="v9")


def test_a_value_that_the_earlier_page_does_not_give_is_a_fault(house: House, tmp_path: Path) -> None:
    damaged = copy_house(house, tmp_path / "house")
    with duckdb.connect(str(damaged.folder.published)) as connection:
        connection.execute("UPDATE internal.project_version SET budget_amount = 1 WHERE version_no = 1")
    assert prove(damaged.folder, "TC.0001", "budget_amount", "v1").faults
    assert prove(damaged.folder, find_capture(house, PAGE, 0), "budget_amount").faults
    assert prove(damaged.folder, "TC.0001", "budget_amount", "v2").faults == ()


def test_what_a_citation_names_finds_the_value_again_after_the_page_changed(
    house: House, call: Callable[..., Result]
) -> None:
    answer = call("cite", "TC.0001", "budget_amount", "--at", FIRST_DAY, "--format", "full")
    assert answer.exit_code == 0, answer.output
    line = answer.stdout
    with duckdb.connect(str(house.folder.published), read_only=True) as connection:
        (content,) = connection.execute(
            "SELECT content_sha256 FROM v1.project_versions WHERE project_id = 'TC.0001' AND version_no = 1"
        ).fetchall()[0]
        (tables,) = connection.execute("SELECT content_sha256 FROM internal.build").fetchall()[0]
    assert f"content sha256:{content}" in line
    assert f"tables sha256:{tables}" in line
    assert "version 1, valid from 2026-11-01T06:00:00Z until 2026-11-08T06:00:00Z" in line
    assert "budget_amount = “90000.00”" in line
    found = re.search(r"to check: iomdb (verify \S+ \S+)\.$", line.strip())
    assert found is not None
    checked = call(*found[1].split())
    assert checked.exit_code == 0
    assert "budget_amount = 90000.00  [agrees]" in checked.output


def test_a_citation_names_the_release_that_keeps_its_tables(call: Callable[..., Result]) -> None:
    assert "`iomdb release` keeps them" in call("cite", "TC.0002").stderr
    release_id = json.loads(call("release", "--json").output)["id"]
    answer = call("cite", "TC.0002", "--format", "full")
    assert f"(data release {release_id})" in answer.stdout
    assert answer.stderr == ""


def test_a_page_that_is_gone_is_cited_as_gone(house: House) -> None:
    line = cite(prove(house.folder, "TC.0001", "budget_amount"), "full")
    assert "version 3, the page gone, as it last was, from 2026-11-15T06:00:01Z" in line
    assert "gone from the site since 2026-11-15T06:00:01Z" in line
    assert "budget_amount = “150000.00”" in line
    assert "gone from the site since" in cite(prove(house.folder, "TC.0001", "budget_amount", "v1"), "full")
    assert "gone" not in cite(prove(house.folder, "TC.0002", "title"), "full")


def test_what_is_not_stated_and_what_is_not_understood_are_cited_as_such(
    house: House, call: Callable[..., Result]
) -> None:
    assert "budget_amount: not stated;" in cite(prove(house.folder, "TC.0002", "budget_amount"), "full")
    assert "countries: not understood, the page says “Ghana Atlantis”;" in cite(
        prove(house.folder, "TC.0002", "countries"), "full"
    )
    assert "budget_amount = (not stated)" in call("verify", "TC.0002", "budget_amount").output
    assert "(not understood: “Ghana Atlantis”)" in call("verify", "TC.0002", "countries").output


def test_the_capture_of_a_page_that_the_record_is_not_read_from_is_proved_by_its_own_reading(house: House) -> None:
    proof = prove(house.folder, find_capture(house, FRENCH, 0), "status")
    assert (proof.document_id, proof.values[0].published, proof.faults) == ("TC.0001", "active", ())
    assert proof.version is None
    assert "no version of the record is based on it" in cite(proof, "full")
    assert prove(house.folder, FRENCH, "status").values[0].published == "completed", "an address names the record"


def test_a_capture_of_a_rejected_run_is_proved_and_not_cited(house: House, tmp_path: Path) -> None:
    rejected = copy_house(house, tmp_path / "house")
    capture_id = find_capture(house, FRENCH, 7)
    with duckdb.connect(str(rejected.folder.published)) as connection:
        connection.execute("UPDATE internal.verdict SET is_accepted = false")
    proof = prove(rejected.folder, capture_id, "status")
    assert not proof.is_accepted
    with pytest.raises(WrongUseError, match="nothing is published from it"):
        cite(proof)


def test_a_capture_has_no_other_instant_and_must_be_there(house: House) -> None:
    with pytest.raises(QueryError, match="has its own instant"):
        prove(house.folder, find_capture(house, PAGE, 0), at="v1")
    with pytest.raises(NotFoundError, match="no capture"):
        prove(house.folder, "00000000-0000-4000-8000-000000000000")


def test_the_address_of_another_page_than_the_record_is_read_from_is_told(call: Callable[..., Result]) -> None:
    answer = call("cite", FRENCH, "status")
    assert answer.exit_code == 0
    assert f"the record is read from {PAGE}" in answer.stderr
    assert call("verify", PAGE, "status").stderr == ""
