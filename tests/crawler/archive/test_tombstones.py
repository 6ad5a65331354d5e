"""Captures taken out of a sealed run: a tombstone in their place, every other byte as it was, at any kill."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from contracts.outcomes import Effect, Outcome
from contracts.run import Fetch
from crawler.archive.check import check_run
from crawler.archive.reader import iter_captures
from crawler.archive.runs import iter_fetches, read_manifest
from crawler.archive.tombstones import CaptureRemoval, finish_removals, remove_captures
from crawler.errors import ArchiveError
from tests.crawler.runs import NOON, RUN_ID, open_writer, page_bytes, page_url, seal, write_pages

N_PAGES = 12


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """One run of twelve pages in several small volumes."""
    archive = tmp_path / "archive"
    with open_writer(archive, max_file_bytes=3_000) as writer:
        write_pages(writer, range(N_PAGES))
        seal(writer)
    return archive


def ids_of(archive: Path, numbers: Sequence[int]) -> set[str]:
    urls = {page_url(number) for number in numbers}
    return {fetch.capture.capture_id for fetch in read_lines(archive) if fetch.capture and fetch.url in urls}


def read_lines(archive: Path) -> list[Fetch]:
    return list(iter_fetches(archive / RUN_ID))


def remove(archive: Path, numbers: Sequence[int]) -> int:
    removal = CaptureRemoval(ids_of(archive, numbers), NOON, "ticket 12")
    return remove_captures(archive, RUN_ID, removal, archive.parent / ".purging")


def digest_volumes(archive: Path) -> dict[str, str]:
    volumes = sorted((archive / RUN_ID).glob("*.warc.gz"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in volumes}


def test_every_other_capture_reads_back_and_the_run_is_whole(archive: Path) -> None:
    assert remove(archive, [4]) == 1
    assert list(check_run(archive / RUN_ID)) == []
    assert [capture.payload for capture in iter_captures(archive / RUN_ID)] == [
        page_bytes(number) for number in range(N_PAGES) if number != 4
    ]


def test_the_line_stays_without_its_capture_and_the_manifest_says_what_was_done(archive: Path) -> None:
    before = read_manifest(archive, RUN_ID)
    remove(archive, [4])
    line = read_lines(archive)[4]
    assert (line.outcome, line.effect, line.capture, line.etag) == (Outcome.PURGED, Effect.UNKNOWN, None, None)
    after = read_manifest(archive, RUN_ID)
    assert after.counts == {"fetched": N_PAGES - 1, "purged": 1}
    assert after.notes == ["1 records removed 2026-11-22T12:00:00Z: ticket 12"]
    assert [file.records for file in after.files] == [file.records for file in before.files]
    assert (after.started_at, after.sealed_at) == (before.started_at, before.sealed_at)


def test_volumes_that_held_nothing_of_it_keep_their_bytes(archive: Path) -> None:
    before = digest_volumes(archive)
    remove(archive, [4])
    after = digest_volumes(archive)
    assert len(before) >= 3
    assert sum(before[name] != after[name] for name in before) == 1


def test_other_software_reads_the_tombstone_and_no_byte_of_the_page(archive: Path) -> None:
    remove(archive, [4])
    found = []
    for path in sorted((archive / RUN_ID).glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                content = record.content_stream().read()
                assert page_bytes(4)[40:80] not in content
                if record.rec_type == "metadata":
                    found.append((record.rec_headers.get_header("WARC-Target-URI"), content.decode()))
    ((url, text),) = found
    assert url == page_url(4)
    assert f"payload-digest: sha256:{hashlib.sha256(page_bytes(4)).hexdigest()}" in text
    assert "reason: ticket 12" in text


def test_a_run_that_holds_none_of_them_is_not_touched(archive: Path) -> None:
    before = (archive / RUN_ID).stat().st_ino
    removal = CaptureRemoval({"another"}, NOON, "ticket 12")
    assert remove_captures(archive, RUN_ID, removal, archive.parent / ".purging") == 0
    assert (archive / RUN_ID).stat().st_ino == before


def test_a_damaged_run_is_refused_and_left_as_it_is(archive: Path) -> None:
    volume = archive / RUN_ID / "pages-00001.warc.gz"
    content = bytearray(volume.read_bytes())
    content[len(content) // 2] ^= 0xFF
    volume.write_bytes(content)
    with pytest.raises(ArchiveError, match="damaged"):
        remove(archive, [0])
    assert read_lines(archive)[0].outcome is Outcome.FETCHED


@pytest.mark.parametrize("n_renames", [0, 1])
def test_a_kill_between_the_renames_is_finished_later(archive: Path, n_renames: int) -> None:
    """The run is ready beside; the old one is still in its place, or out of it already."""
    staging = archive.parent / ".purging"
    remove(archive, [4])
    staging.mkdir()
    (archive / RUN_ID).rename(staging / f"{RUN_ID}.ready")
    if n_renames == 0:
        with open_writer(archive, max_file_bytes=3_000) as writer:
            write_pages(writer, range(N_PAGES))
            seal(writer)
    finish_removals(archive, staging)
    assert read_lines(archive)[4].outcome is Outcome.PURGED
    assert [path.name for path in archive.iterdir()] == [RUN_ID]
    assert not staging.exists()
