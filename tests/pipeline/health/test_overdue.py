"""A site that a living daemon leaves uncrawled for two of its slots is a problem, one that was never crawled too."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.ground.clock import read_clock
from pipeline.ground.folders import PROJECT_ROOT, DataFolder, find_site_ids
from pipeline.health.diagnosis import examine, send_alerts
from tests.pipeline.commands import Caller
from tests.pipeline.health.instances import SCHEDULE, STOPPED, add_state, beat, open_alone
from tests.pipeline.houses import SITE, House, at_day, build_house, news_url

DAY = timedelta(days=1)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Three sites of which one was crawled on the first day; the daemon runs since."""
    house = build_house(tmp_path / "house", news=1)
    for name in ("alpha", "beta"):
        (house.sites / f"{name}.toml").write_text(house.site_file.replace(SITE, f"{name}.{SITE}"))
    house.crawl(0, urls=[news_url(0)])
    with open_alone(house.folder) as instance:
        add_state(instance, SCHEDULE, at_day(0))
    return house


def live_until(house: House, at: datetime) -> None:
    with open_alone(house.folder) as instance:
        beat(instance, at)


def find_stale(house: House, day: float) -> list[str]:
    """Keys of stale problems at that day, told to the channels."""
    diagnosis = examine(house.folder, house.sites, now=at_day(day))
    send_alerts(diagnosis, house.folder)
    return sorted(finding.key for finding in diagnosis.problems if finding.family == "stale")


def test_two_slots_that_went_by_uncrawled_are_a_problem_and_one_is_none(house: House) -> None:
    live_until(house, at_day(1.9))
    assert find_stale(house, 1.9) == []
    live_until(house, at_day(3))
    assert find_stale(house, 3) == ["stale:alpha", "stale:beta", f"stale:{SITE}"]


def test_a_site_that_was_never_crawled_says_so_and_is_mended_by_a_crawl(house: House) -> None:
    live_until(house, at_day(3))
    found = {finding.key: finding for finding in examine(house.folder, house.sites, now=at_day(3)).problems}
    assert "alpha was never crawled, though the daemon lives" in found["stale:alpha"].what
    assert found["stale:alpha"].remedy == "iomdb crawl --site alpha"


def test_no_site_is_overdue_where_no_daemon_lives_or_its_schedule_is_off(house: House) -> None:
    assert "stale:alpha" not in find_stale(house, 3), "no heartbeat"
    live_until(house, at_day(2))
    assert "stale:alpha" not in find_stale(house, 3), "a heartbeat of yesterday"
    live_until(house, at_day(3))
    with open_alone(house.folder) as instance:
        (state,) = instance.all_instigator_state()
        instance.update_instigator_state(state.with_status(STOPPED))
    assert "stale:alpha" not in find_stale(house, 3), "somebody turned it off"


def test_an_overdue_site_is_not_over_because_the_daemon_fell_silent(house: House) -> None:
    live_until(house, at_day(3))
    assert "stale:alpha" in find_stale(house, 3)
    assert "stale:alpha" in find_stale(house, 3.5)
    shutil.rmtree(house.folder.dagster)
    assert "stale:alpha" not in find_stale(house, 3.6), "where there is no daemon for good, nothing is due"


def test_projects_alone_are_overdue_long_before_they_are_stale(house: House) -> None:
    (house.sites / f"{SITE}.toml").write_text(house.site_file.replace('kind = "news"', 'kind = "project"'))
    live_until(house, at_day(3))
    assert f"stale:{SITE}" in find_stale(house, 3)


def test_a_newcomer_without_a_contact_is_notified_once_for_all_seventeen_sites(tmp_path: Path) -> None:
    sites, now, folder = tmp_path / "sites", read_clock(), DataFolder(tmp_path / "data")
    shutil.copytree(PROJECT_ROOT / "crawler" / "sites", sites, ignore=shutil.ignore_patterns("contact.txt"))
    with open_alone(folder) as instance:
        add_state(instance, SCHEDULE, now - 3 * DAY)
        beat(instance, now)
    assert ask_doctor(folder, sites) == ["stale:no-contact"]
    (sites / "contact.txt").write_text("who knows\n")
    assert ask_doctor(folder, sites) == ["stale:no-contact"]
    (sites / "contact.txt").write_text("data@example.org\n")
    assert ask_doctor(folder, sites) == [f"stale:{site}" for site in find_site_ids(sites)]


def ask_doctor(folder: DataFolder, sites: Path) -> list[str]:
    """The keys of all that a person would be notified of."""
    answer = Caller(folder.root).call("doctor", "--json", IOMDB_SITES=str(sites))
    return sorted(f["key"] for f in json.loads(answer.out)["findings"] if f["severity"] == "problem")
