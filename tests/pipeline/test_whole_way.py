"""The whole way as a user goes it: seeds to SQL, again, rebuilt, killed, and read while it publishes."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.pipeline.commands import Caller

ANSWER = "SELECT projects_id, budget_amount, countries FROM v1.projects"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Caller:
    """A data folder in which the seeds have been run once. Tests that change it work on a copy."""
    caller = Caller(tmp_path_factory.mktemp("finished") / "data")
    caller.succeed("run")
    return caller


@pytest.fixture
def copied(finished: Caller, tmp_path: Path) -> Caller:
    shutil.copytree(finished.data, tmp_path / "data")
    return Caller(tmp_path / "data")


def ask(caller: Caller, sql: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(caller.succeed("sql", "--format", "json", sql))
    return rows


def rebuild(caller: Caller) -> str:
    return str(json.loads(caller.succeed("rebuild", "--json"))["content_sha256"])


@pytest.mark.slow
def test_a_run_ends_in_a_summary_of_the_four_documents(finished: Caller) -> None:
    summary = finished.succeed("run")
    assert "4 documents (1 project, 3 news pages) from 4 captures in 1 run" in summary
    assert "QU8-805  Technical Support to Improve Border Management Controls in Liberia" in summary
    assert "100000.00 USD · LR · 2006 to 2007 · completed" in summary
    assert "dateline Niger · no publication date stated · funder JP · participant ML NE MR BF TD" in summary
    assert "no dateline · no publication date stated · funder CA · mention DO · primary HT" in summary
    assert "dateline Monrovia · no publication date stated · mention MA · primary LR" in summary
    assert "iomdb.duckdb" in summary
    assert 'iomdb sql "SELECT' in summary


def test_sql_answers(finished: Caller) -> None:
    assert ask(finished, ANSWER) == [{"projects_id": "QU8-805", "budget_amount": "100000.00", "countries": ["LR"]}]


@pytest.mark.slow
def test_running_twice_adds_no_version_and_no_capture(copied: Caller) -> None:
    counts = (
        "SELECT (SELECT count(*) FROM v1.project_versions) + (SELECT count(*) FROM v1.news_versions) AS versions, "
        "(SELECT count(*) FROM v1.captures) AS captures, (SELECT count(*) FROM v1.fetches) AS fetches"
    )
    before = ask(copied, counts)
    copied.succeed("run")
    assert ask(copied, counts) == before == [{"versions": 4, "captures": 4, "fetches": 4}]


@pytest.mark.slow
def test_all_that_is_derived_comes_back_hash_for_hash(copied: Caller) -> None:
    first = rebuild(copied)
    shutil.rmtree(copied.data / "extracted")
    (copied.data / "iomdb.duckdb").unlink()
    assert rebuild(copied) == first


@pytest.mark.slow
def test_a_run_killed_at_any_moment_and_started_again_ends_in_the_same_state(
    finished: Caller, copied: Caller, tmp_path: Path
) -> None:
    expected = rebuild(copied)
    seeded = random.Random(20261122)
    for attempt in range(6):
        killed = Caller(tmp_path / f"killed-{attempt}")
        with killed.start("run") as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(seeded.uniform(1.0, 8.0))
            process.send_signal(signal.SIGKILL)
            process.communicate()
        killed.succeed("run")
        assert ask(killed, ANSWER) == ask(finished, ANSWER)
        assert rebuild(killed) == expected
        killed.succeed("fsck")


@pytest.mark.slow
def test_sql_always_answers_while_a_run_publishes(copied: Caller) -> None:
    with copied.start("run") as run:
        answers = 0
        while run.poll() is None:
            assert ask(copied, ANSWER)[0]["projects_id"] == "QU8-805"
            answers += 1
        run.communicate()
        assert run.returncode == 0
    assert answers > 2
