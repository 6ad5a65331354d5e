"""Good tables are never replaced by what is left when something was forgotten, killed, lost or not mounted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crawler.archive.runs import iter_fetches
from crawler.errors import DamagedRecordError
from pipeline.ground.errors import GateError
from pipeline.ground.printable import Watch
from pipeline.history.published_file import (
    LostRunsError,
    find_published_inputs,
    fingerprint_inputs,
    iter_release_folders,
)
from pipeline.stages.extract import extract_unread, extraction_path
from pipeline.stages.publish import publish, rebuild
from pipeline.stages.releases import current_release
from tests.pipeline.commands import Caller
from tests.pipeline.houses import House, at_day, build_house, copy_house
from warehouse.read.published import run_query

RELEASE = current_release().number


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = build_house(tmp_path_factory.mktemp("published") / "house", projects=3)
    house.crawl(0)
    house.publish(at_day(0.1))
    return house


@pytest.fixture
def house(published: House, tmp_path: Path) -> House:
    return copy_house(published, tmp_path / "house")


def count_projects(house: House) -> int:
    ((n,),) = run_query(house.folder.published, "SELECT count(*) FROM v1.projects").rows
    return int(n)


def test_publishing_reads_what_nobody_has_read_yet(tmp_path: Path) -> None:
    house = build_house(tmp_path, projects=3)
    run_id = house.crawl(0)
    told: list[str] = []
    assert publish(house.folder, now=at_day(1), watch=Watch(told.append)).rows["projects"] == 3
    assert told == [f"read run {run_id}: 3 pages, 0 quarantined"]


def test_a_lost_folder_of_readings_is_read_again(house: House) -> None:
    shutil.rmtree(house.folder.extracted)
    before = run_query(house.folder.published, "SELECT content_sha256 FROM internal.build").rows
    assert [(publish(house.folder, now=at_day(1)).content_sha256,)] == before


def test_a_run_that_an_older_release_has_read_counts_as_read(house: House) -> None:
    (house.folder.extracted / str(RELEASE)).rename(house.folder.extracted / "0")
    extract_unread(house.folder, [path.name for path in house.folder.archive.iterdir()])
    assert [path.name for path in iter_release_folders(house.folder)] == ["0"]


def test_an_archive_that_is_not_mounted_publishes_nothing(house: House) -> None:
    house.folder.archive.rename(house.root / "elsewhere")
    for make in (publish, rebuild):
        with pytest.raises(LostRunsError, match="holds no run"):
            make(house.folder, now=at_day(1))
    assert count_projects(house) == 3


def test_a_run_that_was_read_and_is_gone_stops_the_publish_until_a_person_says_so(house: House) -> None:
    (first,) = (path.name for path in house.folder.archive.iterdir())
    second = house.crawl(1)
    house.publish(at_day(1.1))
    (house.folder.archive / second / "run.json").unlink()
    for make in (publish, rebuild):
        with pytest.raises(LostRunsError, match=rf"1 run .* not in the archive.*{second}"):
            make(house.folder, now=at_day(2))
    assert extraction_path(house.folder, RELEASE, second).exists()
    shutil.rmtree(house.folder.archive / second)
    with pytest.raises(LostRunsError, match=second):
        publish(house.folder, now=at_day(2))
    extraction_path(house.folder, RELEASE, second).unlink()
    assert publish(house.folder, now=at_day(2)).rows["projects"] == 3
    assert [path.name for path in house.folder.archive.iterdir()] == [first]


def test_a_rebuild_leaves_a_damaged_record_out_names_it_and_publishes_the_rest(house: House) -> None:
    (run_id,) = (path.name for path in house.folder.archive.iterdir())
    whole = publish(house.folder, now=at_day(1)).content_sha256
    (volume,) = (house.folder.archive / run_id).glob("*.warc.gz")
    content = volume.read_bytes()
    place = list(iter_fetches(house.folder.archive / run_id))[1].capture
    assert place is not None
    middle = place.offset + place.length // 2
    volume.write_bytes(content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :])
    for make in (rebuild, publish):
        publication = make(house.folder, now=at_day(1))
        assert count_projects(house) == 2
        (damage,) = publication.damages
        assert f"{run_id}/{volume.name} at {place.offset}" in damage
        with pytest.raises(GateError, match=f"left out.* {place.offset}"):
            publication.raise_if_rejected()
    volume.write_bytes(content)
    publication = publish(house.folder, now=at_day(1))
    publication.raise_if_rejected()
    assert (count_projects(house), publication.content_sha256) == (3, whole), "it heals once the archive is whole"


def test_a_rebuild_without_a_file_of_the_archive_keeps_every_reading_there_was(house: House) -> None:
    (run_id,) = (path.name for path in house.folder.archive.iterdir())
    reading = extraction_path(house.folder, RELEASE, run_id)
    before = reading.read_bytes()
    (volume,) = (house.folder.archive / run_id).glob("*.warc.gz")
    volume.unlink()
    with pytest.raises(DamagedRecordError, match=run_id):
        rebuild(house.folder, now=at_day(1))
    assert reading.read_bytes() == before
    assert [path for path in house.folder.extracted.iterdir() if path.name.startswith(".")] == []
    assert count_projects(house) == 3


def test_what_a_killed_rebuild_read_aside_is_removed_by_the_next_reading(house: House) -> None:
    aside = house.folder.extracted / f".building-{RELEASE}"
    aside.mkdir()
    (aside / "half.parquet").write_bytes(b"PAR1")
    staging = house.folder.extracted / str(RELEASE) / ".staging-abc"
    staging.mkdir()
    publish(house.folder, now=at_day(1))
    assert not aside.exists()
    assert not staging.exists()


def test_a_reading_that_changed_makes_a_publish_due(house: House) -> None:
    (reading,) = house.folder.extracted.glob("*/*.parquet")
    before = fingerprint_inputs(house.folder, RELEASE)
    note = find_published_inputs(house.folder)
    assert note is not None
    assert note.inputs_sha256 == before
    content = reading.read_bytes()
    reading.unlink()
    assert fingerprint_inputs(house.folder, RELEASE) != before
    reading.write_bytes(content + b"\0")
    assert fingerprint_inputs(house.folder, RELEASE) != before


def test_the_command_says_what_is_lost_and_exits_with_1(house: House) -> None:
    house.folder.archive.rename(house.root / "elsewhere")
    answer = Caller(house.folder.root).call("publish", IOMDB_SITES=str(house.sites))
    assert answer.code == 1
    assert f"{house.folder.archive} holds no run" in answer.err
    assert "Traceback" not in answer.err
