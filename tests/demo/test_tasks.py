"""docs/tasks.md, run: each of the 36 tasks is one command on the demonstration, with the answer that the page names."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.demo.archive import SITES
from tests.pipeline.commands import IOMDB, Caller
from tests.warehouse.reading import ask_one

PAGE = Path(__file__).parents[2] / "docs" / "tasks.md"
TEXT = PAGE.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Task:
    """One row of the page."""

    name: str
    commands: tuple[str, ...]
    expected: str
    writes: bool


def read_tasks() -> list[Task]:
    (project,) = re.findall(r"`PROJECT` is\s+`([^`]+)`", TEXT)
    rows = re.findall(r"^\| ([a-ex]\d?) \| (.*?) \| (.*?) \| `(.*?)` \|$", TEXT, re.MULTILINE)
    return [
        Task(name, tuple(re.findall(r"`([^`]+)`", told.replace("PROJECT", project))), expected, "*copy*" in task)
        for name, task, told, expected in rows
    ]


TASKS = {task.name: task for task in read_tasks()}


def call(command: str, data: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one line as a user would, in a folder; site files are those of the folder where it has some."""
    words = shlex.split(command)
    assert words[0] == "iomdb", command
    sites = folder / "sites" if "site add" in command or "site check" in command else SITES
    sites.mkdir(exist_ok=True)
    environment = {**Caller(data).environment, "IOMDB_SITES": str(sites)}
    return subprocess.run(
        [*IOMDB, *words[1:]], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_page_has_the_36_tasks() -> None:
    counts = {letter: sum(name.startswith(letter) for name in TASKS) for letter in "abcdex"}
    assert counts == {"a": 7, "b": 7, "c": 7, "d": 8, "e": 6, "x": 1}


SIMPLE = [name for name, task in TASKS.items() if not task.writes and name != "d6"]


@pytest.mark.parametrize("name", SIMPLE)
def test_the_task_is_done_by_its_command(demo: Path, tmp_path: Path, name: str) -> None:
    task = TASKS[name]
    for command in task.commands:
        answer = call(command, demo, tmp_path)
        assert answer.returncode == 0, answer.stderr
    # A long value is wrapped on a screen.
    assert task.expected in " ".join((answer.stdout + answer.stderr).split())


def test_d6_the_doctor_names_the_blocked_week_and_exits_with_1(demo: Path, tmp_path: Path) -> None:
    answer = call(TASKS["d6"].commands[0], demo, tmp_path)
    assert answer.returncode == 1
    assert TASKS["d6"].expected in answer.stdout
    assert "haiti.iom.example" in answer.stdout


@pytest.fixture
def copy(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration, to be written to."""
    return Path(shutil.copytree(demo, tmp_path / "copy"))


@pytest.mark.slow
def test_a4_a_kept_release_gives_the_same_rows(copy: Path, tmp_path: Path) -> None:
    before = call("iomdb sql --query budget_total", copy, tmp_path).stdout
    keep, asking = TASKS["a4"].commands
    assert call(keep, copy, tmp_path).returncode == 0
    answer = call(asking, copy, tmp_path)
    assert answer.stdout == before
    assert TASKS["a4"].expected in answer.stdout


@pytest.mark.slow
def test_d2_a_killed_rebuild_is_called_again_and_nothing_is_lost(copy: Path, tmp_path: Path) -> None:
    (digest,) = ask_one(copy / "iomdb.duckdb", "SELECT content_sha256 FROM internal.build")
    environment = {**Caller(copy).environment, "IOMDB_SITES": str(SITES)}
    child = subprocess.Popen([*IOMDB, "rebuild"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(2)
    child.kill()
    child.communicate()
    answer = call(TASKS["d2"].commands[0], copy, tmp_path)
    assert f"{TASKS['d2'].expected} {digest}" in answer.stdout
    assert call("iomdb fsck", copy, tmp_path).returncode == 0


@pytest.mark.slow
def test_d4_one_site_and_month_is_read_again_from_the_archive(copy: Path, tmp_path: Path) -> None:
    answer = call(TASKS["d4"].commands[0], copy, tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert TASKS["d4"].expected in answer.stdout + answer.stderr


@pytest.mark.slow
def test_d7_questions_are_answered_while_a_publish_runs(copy: Path, tmp_path: Path) -> None:
    environment = {**Caller(copy).environment, "IOMDB_SITES": str(SITES)}
    child = subprocess.Popen([*IOMDB, "publish"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    answers = []
    while child.poll() is None:
        answers.append(call(TASKS["d7"].commands[0], copy, tmp_path))
    child.communicate()
    assert answers, "the publish was over at once"
    assert {(one.returncode, one.stdout) for one in answers} == {(0, f"n\n{TASKS['d7'].expected}\n")}


@pytest.mark.slow
def test_d8_what_is_derived_is_made_anew_with_the_same_hash(copy: Path, tmp_path: Path) -> None:
    (digest,) = ask_one(copy / "iomdb.duckdb", "SELECT content_sha256 FROM internal.build")
    shutil.rmtree(copy / "extracted")
    (copy / "iomdb.duckdb").unlink()
    answer = call(TASKS["d8"].commands[0], copy, tmp_path)
    assert json.loads(answer.stdout)["content_sha256"] == digest
