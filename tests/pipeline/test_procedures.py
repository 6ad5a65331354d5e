"""The procedures of the page for operators, word by word: upgrade, back up, restore, move, on a folder with a daemon.

Every line of the page's shell blocks is run as it stands; only its places are others. Programs that need a whole
machine (systemctl, sudo, git, make, chown, rsync) are stood in for by small ones that do the same here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.ground.folders import PROJECT_ROOT
from tests.pipeline.commands import Caller

PAGE = (PROJECT_ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
STAND_INS = {
    "systemctl": """
        case "$*" in
        *stop*|*disable*)
            if [ -e "$TRIAL/pid" ]; then
                kill "$(cat "$TRIAL/pid")"; tail --pid="$(cat "$TRIAL/pid")" -f /dev/null; rm "$TRIAL/pid"
            fi ;;
        *start*|*enable*)
            IOMDB_DATA="$TRIAL_DATA" setsid "$PYTHON" -c "$MAIN" daemon >"$TRIAL/log" 2>&1 &
            echo $! >"$TRIAL/pid" ;;
        esac
    """,
    "sudo": 'shift 2; exec env "$@"',
    "git": '[ "$1" = pull ]',
    "make": 'IOMDB_DATA="$TRIAL/proof" exec "$PYTHON" -c "$MAIN" run',
    "chown": '[ "$1" = -R ] && [ "$2" = iomdb: ] && [ -d "$3" ]',
    "rsync": 'exec "$PYTHON" "$TRIAL/rsync.py" "$@"',
}
RSYNC = """
import fnmatch, shutil, sys
from pathlib import Path
options, words = [], []
rest = iter(sys.argv[1:])
for word in rest:
    if word == "--exclude":
        options.append(next(rest))
    elif word.startswith("-"):
        assert word in {"-a", "--ignore-existing", "--ignore-missing-args"}, word
        options.append(word)
    else:
        words.append(word)
*sources, target = words
target = Path(NEW if target.startswith("new-machine:") else target)
for source in sources:
    inside = target if source.endswith("/") else target / Path(source).name
    if not Path(source).exists():
        assert "--ignore-missing-args" in options, source
    elif Path(source).is_file():
        inside.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, inside)
    else:
        shutil.copytree(source, inside, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*options, "socket"))
"""
MAIN = "from pipeline.cli import main; main(prog_name='iomdb')"


@dataclass
class Trial:
    """A machine for one procedure: the data folder at ``data``, another machine's at ``new``, a backup disk."""

    root: Path
    data: Path

    @property
    def new(self) -> Path:
        return self.root / "new" / "iomdb"

    def run(self, heading: str, *, data: Path | None = None, block: int = 0) -> str:
        """The shell block of a section, line by line; ends at the first line that fails."""
        section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        script = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[block]
        data = data or self.data
        for place, here in (
            ("/opt/iomdb/.venv/bin/iomdb", self.root / "bin" / "iomdb"),
            (".venv/bin/iomdb", self.root / "bin" / "iomdb"),
            ("/opt/iomdb", PROJECT_ROOT),
            ("/var/lib/iomdb", data),
            ("/mnt/backup", self.root / "backup"),
        ):
            script = script.replace(place, str(here))
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("DAGSTER", "IOMDB"))}
        ours = {
            "TRIAL": str(self.root), "TRIAL_DATA": str(data), "PYTHON": sys.executable, "MAIN": MAIN,
            "IOMDB_SITES": str(self.root / "sites"), "PYTHONPATH": str(PROJECT_ROOT),
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
        }  # fmt: skip
        done = subprocess.run(
            ["sh", "-euxc", script], env=inherited | ours, cwd=self.root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def wait_for_life(self, data: Path) -> None:
        patience = time.monotonic() + 180
        while Caller(data).call("status", "--alive").code:
            assert time.monotonic() < patience, (self.root / "log").read_text()
            time.sleep(1)


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """A machine on which the seeds are published, with the programs that the procedures call."""
    trial = Trial(tmp_path, tmp_path / "old" / "iomdb")
    for name in ("bin", "sites", "backup", "old", "new"):
        (tmp_path / name).mkdir()
    (tmp_path / "rsync.py").write_text(f"NEW = {str(trial.new)!r}\n{RSYNC}")
    for name, script in (STAND_INS | {"iomdb": 'exec "$PYTHON" -c "$MAIN" "$@"'}).items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\nset -eu\n{script}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    Caller(trial.data).succeed("run")
    yield trial
    if (tmp_path / "pid").exists():
        subprocess.run(["kill", (tmp_path / "pid").read_text().strip()], check=False)


def read_hash(data: Path) -> str:
    content: str = json.loads(Caller(data).succeed("publish", "--json"))["content_sha256"]
    return content


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_upgrade_stops_proves_looks_and_starts(trial: Trial) -> None:
    before = read_hash(trial.data)
    assert "0 problems" in trial.run("Upgrade")
    trial.wait_for_life(trial.data)
    assert (trial.root / "proof" / "iomdb.duckdb").exists()
    assert read_hash(trial.data) == before


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_backup_made_twice_restores_a_lost_machine_with_the_same_content_hash(trial: Trial) -> None:
    before = read_hash(trial.data)
    (trial.data / "archive" / "20261129T000000Z-x-00000000.open").mkdir()
    trial.run("Back up")
    trial.run("Back up")
    assert not list((trial.root / "backup" / "archive").glob("*.open"))
    shutil.rmtree(trial.data)
    said = trial.run("Restore")
    assert f"content sha256 {before}" in said
    assert "0 problems" in said
    trial.wait_for_life(trial.data)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_folder_that_moves_to_another_machine_is_whole_there_and_lives_on(trial: Trial) -> None:
    before = read_hash(trial.data)
    trial.run("Move to another machine")
    assert "0 problems" in trial.run("Move to another machine", data=trial.new, block=1)
    trial.wait_for_life(trial.new)
    assert read_hash(trial.new) == before
