"""A run killed at any byte is taken up again: whole records stay, cut ones go, the ledger agrees, nothing is twice."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.check import check_archive
from crawler.archive.reader import iter_captures, read_capture
from crawler.archive.runs import OPEN_SUFFIX, iter_fetches, read_manifest
from crawler.errors import ArchiveError
from crawler.warc.members import iter_records
from tests.crawler.runs import (
    RUN_ID,
    count_open_lines,
    make_exchange,
    make_fetch,
    open_writer,
    page_bytes,
    page_url,
    seal,
    write_pages,
)
from tests.examples import examples
from tests.patience import wait_until

N_PAGES = 6


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An open run of six pages in two files, as a killed process leaves it."""
    archive = tmp_path_factory.mktemp("killed")
    writer = open_writer(archive, max_file_bytes=3000)
    write_pages(writer, range(N_PAGES))
    writer.close()
    assert len(list(writer.folder.glob("*.warc.gz"))) > 1
    return archive


def resume_and_finish(archive: Path) -> tuple[int, int]:
    """Do what a crawl does after a kill: fetch what has no line, judge orphans again. Gives (kept, fetched again)."""
    writer = open_writer(archive, max_file_bytes=3000)
    kept = {fetch.url for fetch in iter_fetches(writer.folder)}
    fetched = 0
    for number in range(N_PAGES):
        exchange = make_exchange(number)
        if exchange.url in kept:
            continue
        orphan = writer.orphans.get(exchange.url)
        if orphan is None:
            fetched += 1
            orphan = writer.write_exchange(exchange)
        writer.write_fetch(make_fetch(exchange, orphan))
    run = seal(writer)
    assert check_archive(archive) == []
    assert [fetch.seq for fetch in iter_fetches(run)] == list(range(N_PAGES))
    assert sorted((c.record.url, c.payload) for c in iter_captures(run)) == [
        (page_url(n), page_bytes(n)) for n in range(N_PAGES)
    ]
    return len(kept), fetched


def test_a_run_that_was_whole_is_resumed_without_fetching_anything(killed: Path, tmp_path: Path) -> None:
    copytree(killed, tmp_path / "a")
    assert resume_and_finish(tmp_path / "a") == (N_PAGES, 0)
    manifest = read_manifest(tmp_path / "a", RUN_ID)
    assert manifest.resumed == 1
    assert manifest.notes == []


@examples(60)
@given(file=st.integers(0, 1), back=st.integers(1, 1500), line_back=st.integers(0, 1200))
def test_a_kill_at_any_byte_loses_no_whole_record(
    killed: Path, tmp_path_factory: pytest.TempPathFactory, file: int, back: int, line_back: int
) -> None:
    archive = tmp_path_factory.mktemp("cut") / "a"
    copytree(killed, archive)
    folder = archive / (RUN_ID + OPEN_SUFFIX)
    volume = sorted(folder.glob("*.warc.gz"))[-1 - file]
    os.truncate(volume, max(0, volume.stat().st_size - back))
    ledger = folder / "fetches.jsonl"
    os.truncate(ledger, max(0, ledger.stat().st_size - line_back))
    kept, fetched = resume_and_finish(archive)
    assert kept + fetched <= N_PAGES


@examples(40)
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_flipped_byte_anywhere_costs_only_the_record_it_hits(
    killed: Path, tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    archive = tmp_path_factory.mktemp("flip") / "a"
    copytree(killed, archive)
    volumes = sorted((archive / (RUN_ID + OPEN_SUFFIX)).glob("*.warc.gz"))
    volume = volumes[place % len(volumes)]
    content = bytearray(volume.read_bytes())
    content[place % len(content)] ^= flip
    volume.write_bytes(content)
    kept, fetched = resume_and_finish(archive)
    assert kept >= N_PAGES - 1
    assert fetched <= 1


def test_a_file_that_is_lost_altogether_costs_its_own_pages_and_no_name_is_used_twice(
    killed: Path, tmp_path: Path
) -> None:
    copytree(killed, tmp_path / "a")
    volumes = sorted((tmp_path / "a" / (RUN_ID + OPEN_SUFFIX)).glob("*.warc.gz"))
    os.truncate(volumes[0], 0)
    kept, fetched = resume_and_finish(tmp_path / "a")
    assert 0 < kept < N_PAGES
    assert kept + fetched == N_PAGES
    names = [file.name for file in read_manifest(tmp_path / "a", RUN_ID).files if file.name.endswith(".gz")]
    assert names == sorted(set(names))
    assert volumes[0].name not in names


def test_rotation_goes_on_after_the_last_file_when_an_earlier_one_was_lost(killed: Path, tmp_path: Path) -> None:
    copytree(killed, tmp_path / "a")
    os.truncate(min((tmp_path / "a" / (RUN_ID + OPEN_SUFFIX)).glob("*.warc.gz")), 0)
    writer = open_writer(tmp_path / "a", max_file_bytes=3000)
    write_pages(writer, range(100, 120))
    seal(writer)
    assert check_archive(tmp_path / "a") == []
    sizes = [file.bytes for file in read_manifest(tmp_path / "a", RUN_ID).files if file.name.endswith(".gz")]
    assert max(sizes) < 4500


def test_a_record_whose_line_was_lost_is_offered_and_not_fetched_again(killed: Path, tmp_path: Path) -> None:
    copytree(killed, tmp_path / "a")
    ledger = tmp_path / "a" / (RUN_ID + OPEN_SUFFIX) / "fetches.jsonl"
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[:-1]) + lines[-1][:40])
    writer = open_writer(tmp_path / "a", max_file_bytes=3000)
    assert set(writer.orphans) == {page_url(N_PAGES - 1)}
    orphan = writer.orphans[page_url(N_PAGES - 1)]
    found = read_capture(tmp_path / "a", RUN_ID + OPEN_SUFFIX, orphan.file, orphan.offset, orphan.length)
    assert found.payload == page_bytes(N_PAGES - 1)
    writer.close()
    assert resume_and_finish(tmp_path / "a") == (N_PAGES - 1, 0)


def test_a_record_that_stands_in_the_body_of_a_cut_one_is_no_record(killed: Path, tmp_path: Path) -> None:
    """A hostile server may send bytes that are a WARC record of another page; a kill may cut the record around them."""
    copytree(killed, tmp_path / "a")
    victim = make_exchange(77)
    with open_writer(tmp_path / "planted") as planted:
        planted.write_exchange(victim)
    (volume,) = (tmp_path / "planted").glob("*/*.warc.gz")
    # Behind its warcinfo: the request and the response, as members of their own.
    members = volume.read_bytes()
    with volume.open("rb") as file:
        offsets = [found.offset for found in iter_records(file)]
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    evil = replace(make_exchange(66), response_head=head, body=members[offsets[1] :] + bytes(range(256)) * 20)
    writer = open_writer(tmp_path / "a", max_file_bytes=1_000_000)
    writer.write_exchange(evil)
    writer.close()
    folder = tmp_path / "a" / (RUN_ID + OPEN_SUFFIX)
    newest = max(folder.glob("*.warc.gz"))
    os.truncate(newest, newest.stat().st_size - 100)
    with open_writer(tmp_path / "a", max_file_bytes=1_000_000) as writer:
        assert writer.orphans == {}
        assert any("no line of the ledger names" in note for note in writer.state.notes)
        assert writer.n_fetches == N_PAGES


def test_a_seal_that_was_killed_before_its_rename_can_be_done_again(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write_pages(writer, range(N_PAGES))
    run = seal(writer)
    run.rename(run.with_name(RUN_ID + OPEN_SUFFIX))
    assert resume_and_finish(tmp_path) == (N_PAGES, 0)
    assert read_manifest(tmp_path, RUN_ID).site_config == "name = 'Example'\n"


def test_a_state_that_is_no_state_is_refused_and_nothing_is_thrown_away(killed: Path, tmp_path: Path) -> None:
    copytree(killed, tmp_path / "a")
    folder = tmp_path / "a" / (RUN_ID + OPEN_SUFFIX)
    (folder / "state.json").write_bytes(b"{")
    before = sorted((path.name, path.stat().st_size) for path in folder.iterdir())
    with pytest.raises(ArchiveError, match="state is damaged"):
        open_writer(tmp_path / "a")
    assert sorted((path.name, path.stat().st_size) for path in folder.iterdir()) == before


CHILD = """
import sys
from pathlib import Path
from tests.crawler.runs import make_exchange, make_fetch, open_writer
writer = open_writer(Path(sys.argv[1]), max_file_bytes=100_000)
number = writer.n_fetches
print("begun", flush=True)
while True:
    exchange = make_exchange(number)
    writer.write_fetch(make_fetch(exchange, writer.orphans.get(exchange.url) or writer.write_exchange(exchange)))
    number += 1
"""


def _has_more_lines(archive: Path, n_lines: int) -> bool:
    return count_open_lines(archive) > n_lines


def test_a_process_killed_while_it_writes_loses_no_line_and_no_record(tmp_path: Path) -> None:
    n_lines = 0
    for pause in (0.02, 0.05, 0.11):
        with subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"begun\n"
            wait_until(partial(_has_more_lines, tmp_path, n_lines), "another line")
            time.sleep(pause)
            child.send_signal(signal.SIGKILL)
        writer = open_writer(tmp_path, max_file_bytes=100_000)
        assert writer.n_fetches > n_lines
        assert len(writer.orphans) <= 1
        n_lines = writer.n_fetches
        writer.close()
    run = seal(open_writer(tmp_path, max_file_bytes=100_000))
    assert [c.payload for c in iter_captures(run)] == [page_bytes(number) for number in range(n_lines)]
    assert check_archive(tmp_path) == []
