"""What only a person at a terminal gets: long answers through the pager, a bar on long work; a pipe gets neither."""

from __future__ import annotations

import os
import pty
import shutil
import struct
import subprocess
import termios
from fcntl import ioctl
from pathlib import Path

import pytest

from tests.pipeline.commands import IOMDB, Caller
from tests.pipeline.houses import House, at_day, build_house

LONG = "SELECT i FROM range(60) AS t(i)"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = build_house(tmp_path_factory.mktemp("terminal") / "house", projects=2, news=1)
    house.crawl(0)
    house.publish(at_day(0.1))
    return house


def look(house: House, *words: str, **environment: str) -> tuple[int, str]:
    """Run a command on a terminal of 24 lines and 80 columns: how it ended, and all that the terminal was given."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    env = {**Caller(house.folder.root).environment, "TERM": "xterm", **environment}
    env.pop("COLUMNS", None)
    child = subprocess.Popen([*IOMDB, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # how a terminal of Linux says that nobody holds its other end any more
        pass
    os.close(ours)
    return child.wait(timeout=60), shown.decode()


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A pager that says that it was there, and how LESS was set."""
    script = tmp_path / "pager.sh"
    script.write_text('#!/bin/sh\necho "PAGER $1 LESS=$LESS"\ncat\n')
    script.chmod(0o755)
    return f"{script} -x"


def test_an_answer_longer_than_the_terminal_goes_through_the_pager(house: House, pager: str) -> None:
    code, shown = look(house, "sql", LONG, PAGER=pager)
    assert code == 0
    assert shown.startswith("PAGER -x LESS=FRX")
    assert "59" in shown.splitlines()[-1]


def test_a_short_answer_and_one_without_pager_go_to_the_terminal(house: House, pager: str) -> None:
    assert "PAGER" not in look(house, "sql", "SELECT 1", PAGER=pager)[1]
    for shown in (
        look(house, "sql", LONG, "--no-pager", PAGER=pager)[1],
        look(house, "sql", LONG, PAGER="no-such-program-here")[1],
        look(house, "sql", LONG, PAGER=pager, TERM="dumb")[1],
    ):
        assert "PAGER" not in shown
        assert "59" in shown.splitlines()[-1]


def test_a_pipe_has_no_pager(house: House, pager: str) -> None:
    assert Caller(house.folder.root).succeed("sql", LONG, "--format", "csv", PAGER=pager).startswith("i\n0\n1\n")


def test_who_leaves_the_pager_has_what_was_wanted(house: House) -> None:
    for words in (
        ("sql", "SELECT i FROM range(100000) AS t(i)", "--format", "csv"),
        ("changes", "--since", "2000-01-01"),
    ):
        code, shown = look(house, *words, PAGER="head -1", LINES="3")
        assert (code, "Traceback" in shown) == (0, False), shown


def test_notes_beside_a_long_answer_stand_at_its_end(house: House, pager: str) -> None:
    _, shown = look(house, "sql", "SELECT i FROM range(600) AS t(i)", PAGER=pager)
    assert shown.startswith("PAGER")
    assert "100 more rows are not shown" in shown.splitlines()[-1]


def test_long_work_says_how_far_it_is_on_a_terminal_alone(house: House, tmp_path: Path) -> None:
    shutil.copytree(house.folder.root, tmp_path / "data")
    for words, works in (
        (("rebuild",), ("reading pages", "deriving tables")),
        (("extract", "--again"), ("reading pages",)),
        (("extract", "--release", "next", "--compare"), ("reading pages",)),
        (("publish",), ("deriving tables",)),
        (("report",), ("writing pages",)),
    ):
        _, shown = look(house, *words, IOMDB_DATA=str(tmp_path / "data"))
        for work in works:
            assert work in shown, words
        assert "0:00:0" in shown, f"{words}: no time left"
        assert Caller(tmp_path / "data").call(*words).err == "", words
