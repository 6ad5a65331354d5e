"""The README is executed: each command in it runs, and prints what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pipeline.cli import COMMANDS
from tests.pipeline.commands import Caller

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"^```console\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Caller:
    caller = Caller(tmp_path_factory.mktemp("readme") / "data")
    caller.succeed("run")
    return caller


@pytest.mark.slow
@pytest.mark.parametrize("block", CONSOLE)
def test_each_command_prints_what_the_readme_shows(caller: Caller, block: str) -> None:
    command, _, shown = block.partition("\n")
    words = shlex.split(command.removeprefix("$ "))
    if words == ["make", "run"]:
        words = ["iomdb", "run"]
    assert words[0] == "iomdb"
    assert shown.strip() in caller.succeed(*words[1:])


def test_the_summary_in_the_readme_is_the_real_one(caller: Caller) -> None:
    (shown,) = re.findall(r"^```text\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    assert caller.succeed("run").startswith(shown.strip())


def test_every_command_stands_in_the_readme() -> None:
    (table,) = re.findall(r"^## Who uses which command\n(.*?)^## ", README, flags=re.MULTILINE | re.DOTALL)
    assert set(COMMANDS) - set(re.findall(r"[a-z]+", table)) == set()
