"""The one-screen summary says what there is, how fresh, and what to type next."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.outcomes import Outcome
from pipeline.ground.folders import hold_lock
from pipeline.health.status import Status, read_status
from tests.pipeline.houses import House, at_day, build_house, copy_house, news_url


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = build_house(tmp_path_factory.mktemp("published") / "house", projects=1, news=2)
    house.crawl(0)
    house.publish(at_day(0.1))
    return house


@pytest.fixture
def house(published: House, tmp_path: Path) -> House:
    return copy_house(published, tmp_path / "house")


def read(house: House, day: float = 0.2) -> Status:
    return read_status(house.folder, house.sites, now=at_day(day))


def test_before_anything_it_says_how_to_begin(tmp_path: Path) -> None:
    status = read(House(tmp_path / "house"))
    assert status.rows is None
    assert status.fault is None
    assert status.next_step.startswith("iomdb run")
    assert not status.data.exists(), "looking makes nothing"


def test_it_counts_what_is_published_and_names_the_last_crawl(house: House) -> None:
    status = read(house)
    assert status.rows == {"projects": 1, "news": 2, "project_versions": 1, "news_versions": 2, "quarantine": 0}
    assert status.is_current is True
    (site,) = status.sites
    assert (site.outcomes, site.verdicts) == ({"fetched": 3}, {"news": "accepted", "project": "accepted"})
    text = status.describe(at_day(0.2))
    assert "1 project, 2 news pages, 1 project version, 2 news versions, 0 unread pages, 2 hours ago" in text
    assert "example.org: 4 hours ago; news accepted, project accepted; fetched 3" in text
    assert len(text.splitlines()) <= 24


def test_a_crawl_under_way_and_one_that_was_killed_are_told_apart(
    tmp_path: Path,
) -> None:
    house = build_house(tmp_path / "house", news=1)
    with house.open_crawl(0) as writer:
        status = read(house)
        assert status.running == status.open_runs == [writer.run_id]
        assert "is writing it now" in status.describe(at_day(0.2))
        assert status.next_step.startswith("iomdb status")
    status = read(house)
    assert (status.running, status.open_runs) == ([], [writer.run_id])
    assert "goes on with it" in status.describe(at_day(0.2))
    assert status.next_step.startswith("iomdb crawl --site example.org")


def test_a_crawl_in_which_nothing_was_due_waits_for_no_verdict(house: House) -> None:
    house.crawl(1, urls=[])
    house.publish(at_day(1.1))
    assert "example.org: 3 hours ago, saw nothing; nothing to judge; nothing was due" in read(house, 1.125).describe(
        at_day(1.125)
    )


def test_what_is_new_stale_or_broken_changes_the_next_step(house: House) -> None:
    assert read(house).next_step.startswith("iomdb sql")
    assert read(house, 3).stale == ["example.org"]
    assert read(house, 3).next_step.startswith("iomdb doctor")
    house.crawl(1, outcomes={news_url(0): Outcome.TIMEOUT})
    assert read(house, 1.1).is_current is False
    assert read(house, 1.1).next_step == "iomdb extract && iomdb publish"
    house.folder.published.write_bytes(b"no database")
    assert read(house, 1.1).fault is not None
    assert read(house, 1.1).next_step.startswith("iomdb doctor")


def test_it_names_who_writes(house: House) -> None:
    since = datetime(2026, 11, 22, tzinfo=UTC)
    with hold_lock(house.folder.lock, task="publishing", since=since):
        assert "publishing" in (read(house).writer or "")
    assert read(house).as_json()["writer"] is None


def test_a_damaged_manifest_or_site_file_does_not_stop_it(house: House) -> None:
    (run,) = house.folder.archive.iterdir()
    (run / "run.json").write_text("{")
    (house.sites / "broken.toml").write_text("hosts = 3")
    status = read(house)
    assert status.runs == 1
    assert "broken.toml" in (status.fault or "")
