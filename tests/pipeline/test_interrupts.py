"""Ctrl-C, wherever it comes, ends the whole command in one line and with 130; nothing goes on behind it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.archive.runs import iter_open_runs
from pipeline.cli import InterruptedCommandError
from pipeline.ground.folders import DataFolder
from tests.pipeline.commands import Answer, Caller
from tests.pipeline.houses import at_day, build_house
from tests.site.routes import iom_like, site_file
from tests.site.server import WebServer

LISTENING = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born deaf to it
from pipeline.cli import main
main(prog_name="iomdb")
"""
LONG = "SELECT count(*) FROM range(100000000000) AS a(i) WHERE i % 7 = 3"


IN_A_WRITE = """
from sqlalchemy import event
from sqlalchemy.pool import Pool
waits = [{number}]

@event.listens_for(Pool, "reset")
def press(*_):
    waits[0] -= 1
    if waits[0] == 0:
        signal.raise_signal(signal.SIGINT)
"""
"""Ctrl-C while Dagster's record of runs is written: as the connection of that many writes is given back."""


def interrupt(caller: Caller, *words: str, when: Callable[[int], bool], **environment: str) -> Answer:
    """Start the command; once ``when(process)`` is true press Ctrl-C as a terminal does: its whole group gets it."""
    child = subprocess.Popen(
        [sys.executable, "-c", LISTENING, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**caller.environment, **environment},
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not when(child.pid) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGINT)
    try:
        out, err = child.communicate(timeout=60)
    finally:
        child.kill()
    return Answer(child.returncode, out, err)


def has_open(path: Path, process: int) -> bool:
    """Whether the process has the file open."""
    try:
        return any(link.exists() and link.samefile(path) for link in Path(f"/proc/{process}/fd").iterdir())
    except OSError:
        return False


@pytest.mark.slow
def test_a_statement_that_runs_for_long_ends_at_once(tmp_path: Path) -> None:
    house = build_house(tmp_path, news=1)
    house.crawl(0)
    house.publish(at_day(0.1))
    answer = interrupt(
        Caller(house.folder.root), "sql", LONG, when=lambda process: has_open(house.folder.published, process)
    )
    assert (answer.code, answer.out) == (130, "")
    assert answer.err.strip().startswith("interrupted: ")
    assert answer.err.strip().count("\n") == 0


@pytest.mark.slow
@pytest.mark.parametrize("command", [("crawl", "--site", "one"), ("run", "--source", "live")])
def test_a_crawl_stops_stays_open_and_no_other_site_is_begun(tmp_path: Path, command: tuple[str, ...]) -> None:
    folder = DataFolder(tmp_path / "data")
    (tmp_path / "sites").mkdir()
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        text = site_file(server.host).replace("delay_seconds = 0", "delay_seconds = 1")
        (tmp_path / "sites" / "one.toml").write_text(text)
        (tmp_path / "sites" / "two.toml").write_text(text.replace(server.host, "localhost:1"))
        answer = interrupt(
            Caller(folder.root),
            *command,
            when=lambda _process: any(iter_open_runs(folder.archive)),
            IOMDB_SITES=str(tmp_path / "sites"),
        )
    assert answer.code == 130, answer.err
    assert "Traceback" not in answer.err
    assert answer.err.strip().splitlines()[-1].startswith("interrupted: ")
    assert "crawling two" not in answer.err
    assert [run_id[17:-9] for run_id in iter_open_runs(folder.archive)] == ["one"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 10, 30, 60, 100])
def test_a_ctrl_c_in_the_middle_of_a_write_waits_for_its_end(tmp_path: Path, number: int) -> None:
    caller = Caller(tmp_path / "data")
    setting, begin = LISTENING.split("from pipeline")
    done = subprocess.run(
        [sys.executable, "-c", f"{setting}{IN_A_WRITE.format(number=number)}from pipeline{begin}", "run"],
        capture_output=True,
        text=True,
        env=caller.environment,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (130, InterruptedCommandError().message)
    caller.succeed("run")


def test_a_purge_that_can_ask_nobody_is_wrong_use(tmp_path: Path) -> None:
    house = build_house(tmp_path, news=1)
    house.crawl(0)
    (url,) = house.pages
    caller = Caller(house.folder.root)
    with caller.start("purge", url, "--why", "a test", IOMDB_SITES=str(house.sites)) as child:
        _, said = child.communicate(timeout=60)
    assert child.returncode == 2
    assert "--yes" in said
    assert not house.folder.decisions.exists()
    caller.succeed("purge", url, "--why", "a test", "--yes", IOMDB_SITES=str(house.sites))
