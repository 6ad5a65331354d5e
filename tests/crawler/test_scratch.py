"""Scratch tables: on the disk, without a name, gone with their process; a failing disk is told in words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crawler.disk import Scratch
from crawler.errors import ArchiveError
from tests.crawler.disks import full_disk

COUNTING = """
import os, resource, sys
from pathlib import Path
from crawler.disk import Scratch
with Scratch(Path(sys.argv[1])) as scratch:
    scratch.write("CREATE TABLE met (url TEXT)")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(200_000):
        scratch.write("INSERT INTO met VALUES (?)", [f"https://example.org/news/{number:0100}"])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, os.listdir(sys.argv[1]), flush=True)
    os.kill(os.getpid(), 9)
"""


def test_twenty_megabytes_of_rows_stand_on_the_disk_and_a_kill_leaves_nothing(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", COUNTING, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    kib, _, names = ended.stdout.strip().partition(" ")
    assert (ended.returncode, names) == (-9, "[]"), ended.stderr
    assert int(kib) < 10_000
    assert list(tmp_path.iterdir()) == []


def test_what_a_kill_left_in_its_first_moment_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "scratch.sqlite").write_bytes(b"no database")
    with Scratch(tmp_path) as scratch:
        scratch.write("CREATE TABLE met (url TEXT)")
        assert scratch.find("SELECT count(*) FROM met") == (0,)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_in_words_with_the_next_step(tmp_path: Path) -> None:
    told: list[ArchiveError] = []
    with Scratch(tmp_path) as scratch:
        scratch.tell = told.append
        scratch.write("CREATE TABLE met (url TEXT)")

        def fill() -> None:
            for number in range(100_000):
                scratch.write("INSERT INTO met VALUES (?)", [f"{number:0100}"])

        with (
            full_disk(1_000_000),
            pytest.raises(ArchiveError, match="free the disk and call again to resume") as caught,
        ):
            fill()
    assert told == [caught.value]
    assert str(tmp_path) in str(caught.value)


def test_a_folder_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"scratch tables in .*nowhere cannot be kept"):
        Scratch(tmp_path / "nowhere")
