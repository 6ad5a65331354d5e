"""The published file is known by its bytes: another one is told, and the true one is silent wherever it lies."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipeline.health.diagnosis import examine
from pipeline.health.status import read_status
from pipeline.history.published_file import note_swap
from tests.pipeline.houses import House, at_day, build_house, copy_house

NOW = at_day(0.2)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = build_house(tmp_path_factory.mktemp("known") / "house", projects=1, news=1)
    house.crawl(0)
    house.publish(at_day(0.1))
    return house


@pytest.fixture
def house(published: House, tmp_path: Path) -> House:
    return copy_house(published, tmp_path / "house")


def find_keys(house: House, *, deep: bool = False) -> set[str]:
    findings = examine(house.folder, house.sites, now=NOW, deep=deep).findings
    return {finding.key for finding in findings if finding.family in {"bytes", "table", "published"}}


def forge(path: Path) -> None:
    """A changed database, its tables readable and its version right."""
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute("UPDATE internal.build SET content_sha256 = repeat('0', 64)")
        connection.execute("CHECKPOINT")


def add_a_byte(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\0")


def lay_a_log_beside(path: Path) -> None:
    path.with_name(path.name + ".wal").write_bytes(b"")


def put_another_there(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")


@pytest.mark.parametrize("change", [forge, add_a_byte, lay_a_log_beside, put_another_there])
def test_what_is_not_as_it_was_published_is_told_by_doctor_and_status(
    house: House, change: Callable[[Path], None]
) -> None:
    assert find_keys(house) == set()
    change(house.folder.published)
    assert "bytes:published" in find_keys(house)
    status = read_status(house.folder, house.sites, now=NOW)
    assert status.changed is not None
    assert status.rows is None or status.changed in status.describe(NOW)
    assert "iomdb doctor" in status.next_step
    house.folder.published.with_name("iomdb.duckdb.wal").unlink(missing_ok=True)
    house.publish(at_day(0.3))
    assert find_keys(house, deep=True) == set()


def test_a_byte_in_the_middle_of_a_large_file_is_told_by_a_deep_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.history.published_file.SAMPLE_BYTES", 512)
    house.publish(at_day(0.2))
    path = house.folder.published
    content = bytearray(path.read_bytes())
    # Between two of the places that a quick look reads.
    place = (len(content) - 512) * 10 // 63 + 600
    content[place] ^= 0xFF
    path.write_bytes(content)
    assert "bytes:published" not in find_keys(house)
    assert find_keys(house, deep=True) & {"table:published", "published:file"}


def test_a_copied_and_moved_folder_and_the_true_file_put_back_are_silent(house: House, tmp_path: Path) -> None:
    aside = tmp_path / "aside.duckdb"
    shutil.copy(house.folder.published, aside)
    forge(house.folder.published)
    shutil.copyfile(aside, house.folder.published)
    os.utime(house.folder.published, (1, 1))
    assert find_keys(house, deep=True) == set()
    moved = copy_house(house, tmp_path / "moved")
    assert find_keys(moved, deep=True) == set()
    assert read_status(moved.folder, moved.sites, now=NOW).changed is None


def test_a_publish_that_is_killed_around_its_swap_leaves_a_file_that_is_known(house: House, tmp_path: Path) -> None:
    built = tmp_path / "built.duckdb"
    shutil.copy(house.folder.published, built)
    forge(built)
    note_swap(house.folder, built)
    assert find_keys(house, deep=True) == set(), "killed before the swap"
    built.replace(house.folder.published)
    assert find_keys(house, deep=True) == set(), "killed behind it"


def test_of_a_file_that_was_published_before_there_were_marks_nothing_is_said(house: House) -> None:
    (house.folder.extracted / "published-file.json").unlink()
    assert find_keys(house) == set()
