"""Each crawl is held to the site file that it has recorded: what is expected from now on says nothing of the past."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.gate.judge import find_expectations
from pipeline.gate.judgement import decide_run
from tests.pipeline.houses import House, at_day, build_house, project_url
from warehouse.read.published import run_query

VERSIONS = "SELECT project_id, valid_from FROM v1.project_versions ORDER BY ALL"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A site of six pages, of which the first crawl was told of four."""
    house = build_house(tmp_path / "house", projects=6)
    house.crawl(0, urls=[project_url(number) for number in range(4)], listed={"project": 4})
    house.crawl(1, listed={"project": 6})
    house.publish(at_day(1.1))
    return house


def test_raising_an_expectation_leaves_the_accepted_past_as_it_is(house: House) -> None:
    before = run_query(house.folder.published, VERSIONS).rows
    house.write_site_file("[expect.project]\npages_min = 6\n")
    publication = house.publish(at_day(1.2))
    assert all(verdict.is_accepted for verdict in publication.verdicts)
    assert publication.notices == []
    assert run_query(house.folder.published, VERSIONS).rows == before


def test_a_raised_expectation_holds_for_the_crawls_that_record_it(house: House) -> None:
    house.write_site_file("[expect.project]\npages_min = 6\n")
    low = house.crawl(2, listed={"project": 5})
    (verdict,) = house.publish(at_day(2.1)).rejected
    assert (verdict.run_id, [reason.rule for reason in verdict.rejecting]) == (low, ["minimum_pages"])


def test_lowering_an_expectation_does_not_forgive_a_past_run_but_a_decision_does(house: House) -> None:
    house.write_site_file("[expect.project]\npages_min = 6\n")
    low = house.crawl(2, listed={"project": 5})
    house.publish(at_day(2.1))
    house.site_file = house.site_file.replace("pages_min = 6", "pages_min = 5")
    house.write_site_file()
    assert [verdict.run_id for verdict in house.publish(at_day(2.2)).rejected] == [low]
    decide_run(house.folder, low, accept=True, why="five is right", who="me", now=at_day(2.3))
    assert house.publish(at_day(2.4)).rejected == []


def test_expectations_that_cannot_be_read_expect_nothing_and_are_told(house: House) -> None:
    house.write_site_file("[expect.project]\npages_least = 900\n")
    run_id = house.crawl(2, listed={"project": 6})
    publication = house.publish(at_day(2.1))
    (verdict,) = [verdict for verdict in publication.verdicts if verdict.run_id == run_id]
    assert verdict.is_accepted
    (reason,) = verdict.warnings
    assert reason.rule == "expectations"
    assert reason.after.endswith("pages_least: unknown key")


def test_keys_that_are_no_expectation_do_not_matter(house: House) -> None:
    text = "renamed_since = 1\n[expect.news]\npages_min = 7\n"
    assert find_expectations(text, "news").minimum_pages == 7
    assert find_expectations(text, "project").minimum_pages == 0
    assert find_expectations(None, "news").fault is None
    assert "not TOML" in str(find_expectations("= 1", "news").fault)


def test_a_run_that_left_the_archive_is_told(house: House) -> None:
    (first, *_) = sorted(house.folder.archive.iterdir())
    first.rename(house.root / first.name)
    for reading in house.folder.extracted.glob(f"*/{first.name}.parquet"):  # as docs/operating.md says: gone for good
        reading.unlink()
    (told,) = house.publish(at_day(2)).notices
    assert told.describe() == f"{first.name}, example.org project: accepted by the gate → no longer in the archive"
