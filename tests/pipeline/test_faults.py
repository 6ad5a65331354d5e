"""Disks that fill, folders that cannot be written, clocks that jump, zones: each fails clearly or changes nothing.

Belongs here: faults of the machine, met by the stages themselves on real file systems. Faults of the web and of bytes
have their own tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from contracts.extraction import ExtractorRelease
from crawler.archive.check import check_archive
from crawler.archive.runs import iter_fetches
from crawler.errors import ArchiveError
from crawler.site.site import parse_site
from pipeline.gate.judge import judge_archive
from pipeline.ground.folders import find_holder, hold_lock
from pipeline.history.run_history import (
    RESERVE_BYTES,
    DiskError,
    estimate_crawl,
    estimate_publish,
    read_free_bytes,
    require_room,
)
from pipeline.stages.extract import extract_missing
from pipeline.stages.releases import read_releases
from tests.pipeline.commands import Answer, Caller
from tests.pipeline.houses import SITE, SITE_FILE, House, at_day, build_house, copy_house, news_url
from warehouse.build.database import build_database
from warehouse.build.sources import Sources
from warehouse.errors import BuildError
from warehouse.publish.swap import publish_database

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting and giving away files needs root")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = build_house(tmp_path_factory.mktemp("published") / "house", projects=1, news=3)
    house.crawl(0)
    house.publish(at_day(0.1))
    return house


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real, empty file system of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=False).returncode:
        pytest.skip("this machine does not let tests mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, leave: int = 0) -> Path:
    """Fill the disk to the last byte, or until so many are left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while shutil.disk_usage(folder).free > leave and file.write(bytes(4096)):
                pass
        except OSError:
            return filler
    return filler


def call(house: House, *words: str, **environment: str) -> Answer:
    return Caller(house.folder.root).call(*words, IOMDB_SITES=str(house.sites), **environment)


@needs_root
def test_a_crawl_on_a_full_disk_fails_clearly_and_is_resumed_when_there_is_room(disk: Path) -> None:
    house = build_house(disk / "house", news=40)
    fill(disk, leave=60_000)
    with pytest.raises((ArchiveError, OSError)) as caught:
        house.crawl(0)
    assert "No space left" in str(caught.value)
    (disk / "filler").unlink()
    (left,) = house.folder.archive.iterdir()
    assert left.name.endswith(".open")
    with house.open_crawl(0, urls=[]) as writer:
        done = {fetch.url for fetch in iter_fetches(writer.folder)}
        assert 0 < len(done) < 40
    missing = [url for url in house.pages if url not in done and url not in writer.orphans]
    with house.open_crawl(0, urls=missing) as writer:
        house.seal(writer, 0)
    assert check_archive(house.folder.archive) == []
    assert len(list(iter_fetches(next(house.folder.archive.iterdir())))) == len(done) + len(missing)


@needs_root
@pytest.mark.parametrize("leave", [100_000, 1_000_000, 3_000_000])
def test_a_build_on_a_full_disk_leaves_the_old_file_and_the_next_one_works(
    published: House, disk: Path, leave: int
) -> None:
    house = copy_house(published, disk / "house")
    before = house.folder.published.read_bytes()
    filler = fill(disk, leave=leave)
    with pytest.raises(BuildError, match="No space left on device"):
        build(house)
    assert house.folder.published.read_bytes() == before
    assert [path.name for path in house.folder.root.iterdir() if path.name.startswith(".building")] == []
    filler.unlink()
    assert publish_database(build(house), house.folder.published).rows["news"] == 3


def build(house: House) -> Path:
    releases = [ExtractorRelease(r.number, r.released_on, r.summary) for r in read_releases()]
    sources = Sources(house.folder.archive, house.folder.extracted, releases)
    verdicts = [judgement.as_verdict() for judgement in judge_archive(sources, [])]
    return build_database(sources, verdicts, house.folder.published, threads=1).path


@needs_root
def test_the_lock_holds_on_a_full_disk(disk: Path) -> None:
    fill(disk)
    with hold_lock(disk / "writer.lock", task="making room", since=at_day(0)):
        assert find_holder(disk / "writer.lock") is not None
    assert find_holder(disk / "writer.lock") is None


@needs_root
def test_a_publish_without_room_is_refused_in_one_line(published: House, disk: Path) -> None:
    house = copy_house(published, disk / "house")
    refused = call(house, "publish")
    assert refused.code == 1
    assert "a publish may need" in refused.err
    assert len(refused.err.splitlines()) == 1


@needs_root
def test_an_extraction_on_a_full_disk_leaves_no_half_file(disk: Path) -> None:
    house = build_house(disk / "house", news=4)
    house.crawl(0)
    filler = fill(disk)
    failed = run_extraction(house)
    assert failed.returncode == 1
    assert list(house.folder.extracted.glob("*/*.parquet")) == []
    filler.unlink()
    assert extract_missing(house.folder).held.n_read == 4


def run_extraction(house: House, **environment: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import sys; from pathlib import Path; from pipeline.ground.folders import DataFolder; "
        "from pipeline.stages.extract import extract_missing; extract_missing(DataFolder(Path(sys.argv[1])))"
    )
    words = [sys.executable, "-c", code, str(house.folder.root)]
    return subprocess.run(words, check=False, capture_output=True, text=True, env=os.environ | environment)


def test_work_that_could_fill_the_disk_is_refused_before_it_begins(published: House) -> None:
    free = read_free_bytes(published.folder.root)
    require_room(published.folder.root, free // 2, "a test")
    with pytest.raises(DiskError, match=r"a test may need .* Nothing was begun") as caught:
        require_room(published.folder.root, free, "a test")
    assert str(published.folder.root) in str(caught.value)
    assert caught.value.exit_code == 1


def test_a_crawl_needs_its_budget_until_it_has_a_past(published: House) -> None:
    site = parse_site(SITE, SITE_FILE + "\n[budget]\nbytes = 123_456_789\nbody_bytes = 1000\n", "x")
    assert estimate_crawl(published.folder.archive, site) < 123_456_789
    other = parse_site("other.org", SITE_FILE.replace(SITE, "other.org"), "x")
    assert estimate_crawl(published.folder.archive, other) == other.file.budget.bytes
    require_room(published.folder.archive, estimate_crawl(published.folder.archive, site), "a crawl")


def test_a_publish_needs_more_than_the_published_file(published: House) -> None:
    assert estimate_publish(published.folder) > 2 * published.folder.published.stat().st_size
    require_room(published.folder.root, estimate_publish(published.folder), "a publish")
    assert RESERVE_BYTES > 0


@pytest.fixture
def read_only(published: House, tmp_path: Path) -> Iterator[House]:
    house = copy_house(published, tmp_path / "house")
    data = str(house.folder.root)
    if subprocess.run(["mount", "--bind", data, data], check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let tests mount a file system")
    subprocess.run(["mount", "-o", "remount,ro,bind", data], check=True)
    yield house
    subprocess.run(["umount", "-l", data], check=True)


@needs_root
def test_a_read_only_folder_can_be_read_and_says_so_when_written(read_only: House) -> None:
    failed = call(read_only, "publish")
    assert failed.code == 1
    assert "Read-only file system" in failed.err
    assert len(failed.err.splitlines()) == 1
    assert call(read_only, "status").code == 0
    assert "3" in call(read_only, "sql", "SELECT count(*) FROM v1.news").out
    decided = call(read_only, "decide", "reject", next(read_only.folder.archive.iterdir()).name, "--why", "x")
    assert decided.code == 1
    assert "Read-only file system" in decided.err


AS_NOBODY = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
import pipeline.cli.operation, pipeline.stages.publish, pipeline.health.diagnosis, pipeline.health.status
import rich.console, encodings.idna, getpass, pwd
from pipeline.cli import main
os.setgroups([]); os.setgid(65534); os.setuid(65534)
main(sys.argv[1:], prog_name="iomdb")
"""


@pytest.fixture
def open_house(published: House) -> Iterator[House]:
    """A house that other users can reach (pytest's own folders are closed to them) and that belongs to root."""
    folder = Path(mkdtemp(prefix="iomdb-owner-"))
    folder.chmod(0o755)
    yield copy_house(published, folder / "house")
    shutil.rmtree(folder)


@needs_root
def test_another_users_folder_is_refused_with_its_owner_and_the_remedy(open_house: House) -> None:
    def call_as_nobody(*words: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"IOMDB_DATA": str(open_house.folder.root), "IOMDB_SITES": str(open_house.sites)}
        command = [sys.executable, "-c", AS_NOBODY, *words]
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)

    published = call_as_nobody("publish")
    assert published.returncode == 1, published
    assert "Permission denied" in published.stderr
    assert "Traceback" not in published.stderr
    looked = json.loads(call_as_nobody("doctor", "--json").stdout)
    (finding,) = [finding for finding in looked["findings"] if finding["key"] == "permission:data"]
    assert "may not write the data folder" in finding["what"]
    assert "run iomdb as root" in finding["remedy"]


def test_a_clock_that_jumps_back_changes_no_result(published: House, tmp_path: Path) -> None:
    """The second crawl is dated before the first: what is derived depends on the observations, not on who came when."""
    digests = []
    for order in ((3, 5), (5, 3)):
        house = build_house(tmp_path / f"house-{order[0]}", news=2)
        for day in order:
            if day == 5:
                house.pages[news_url(0)] = house.pages[news_url(1)]
            else:
                house.pages.update(build_house(tmp_path / f"fresh-{order[0]}", news=2).pages)
            house.crawl(day)
        digests.append(house.publish(at_day(6)).content_sha256)
    assert digests[0] == digests[1]


def test_a_clock_that_stands_still_refuses_a_second_run_rather_than_mixing_two(
    published: House, tmp_path: Path
) -> None:
    house = copy_house(published, tmp_path / "house")
    with pytest.raises(ArchiveError, match="sealed"):
        house.crawl(0)


@pytest.mark.slow
def test_every_zone_and_locale_gives_the_same_tables(published: House, tmp_path: Path) -> None:
    digests = set()
    for number, zone in enumerate(("Asia/Kathmandu", "America/St_Johns")):
        house = copy_house(published, tmp_path / f"house-{number}")
        shutil.rmtree(house.folder.extracted)
        extract = run_extraction(house, TZ=zone)
        assert extract.returncode == 0, extract.stderr
        answer = call(house, "publish", "--json", TZ=zone, LC_ALL="C")
        digests.add(json.loads(answer.out)["content_sha256"])
    assert len(digests) == 1
