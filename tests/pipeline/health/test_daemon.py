"""A daemon that has fallen silent is a problem, by the heartbeats that it left itself."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.ground.clock import read_clock
from pipeline.health.daemon import NEEDED
from pipeline.health.diagnosis import Diagnosis, examine
from tests.pipeline.commands import Caller
from tests.pipeline.houses import House, at_day, build_house, news_url

# As Dagster 1.13.27 makes it.
TABLE = """
CREATE TABLE daemon_heartbeats (
    id INTEGER NOT NULL, daemon_type VARCHAR(255) NOT NULL, daemon_id VARCHAR(255), timestamp TIMESTAMP NOT NULL,
    body TEXT, PRIMARY KEY (id), UNIQUE (daemon_type))
"""


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path / "house", news=1)


def leave_heartbeats(house: House, at: datetime, late: timedelta = timedelta(0)) -> None:
    """All parts of the daemon were alive at an instant, but one that had fallen silent before."""
    path = house.folder.dagster / "history" / "runs.db"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(TABLE)
        for name in NEEDED:
            instant = at - (late if name == "SENSOR" else timedelta(0))
            row = (name, f"{instant:%Y-%m-%d %H:%M:%S.%f}")
            connection.execute("INSERT INTO daemon_heartbeats (daemon_type, timestamp) VALUES (?, ?)", row)
        connection.commit()


def look(house: House) -> Diagnosis:
    return examine(house.folder, house.sites, now=at_day(1))


def is_silent(house: House) -> bool:
    assert "daemon" in look(house).families
    return any(finding.key == "daemon:heartbeat" for finding in look(house).problems)


@pytest.mark.parametrize(("minutes", "late", "silent"), [(1, 0, False), (29, 0, False), (31, 0, True), (1, 40, True)])
def test_half_an_hour_without_a_heartbeat_of_any_part_is_silence(
    house: House, minutes: int, late: int, silent: bool
) -> None:
    house.crawl(0, urls=[news_url(0)])
    leave_heartbeats(house, at_day(1) - timedelta(minutes=minutes), timedelta(minutes=late))
    assert is_silent(house) is silent


def test_where_nothing_is_crawled_or_no_daemon_ever_ran_silence_is_no_trouble(house: House) -> None:
    assert not is_silent(house)
    leave_heartbeats(house, at_day(0))
    assert not is_silent(house)


def test_a_file_that_cannot_be_read_tells_nothing(house: House) -> None:
    leave_heartbeats(house, at_day(0))
    (house.folder.dagster / "history" / "runs.db").write_bytes(b"no database at all, only some text that is long")
    assert "daemon" not in look(house).families


@pytest.mark.parametrize(("minutes", "code"), [(0, 0), (2, 0), (4, 1), (60 * 24, 1)])
def test_a_health_check_asks_for_the_daemons_last_sign_of_life_alone(house: House, minutes: int, code: int) -> None:
    caller = Caller(house.folder.root)
    assert caller.call("status", "--alive").code == 1, "there was never a daemon"
    leave_heartbeats(house, read_clock() - timedelta(minutes=minutes))
    answer = caller.call("status", "--alive")
    assert (answer.code, answer.err) == (code, "")
    assert json.loads(caller.call("status", "--alive", "--json").out)["is_alive"] is (code == 0)
