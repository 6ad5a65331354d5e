"""One writer at a time, and the lock never outlives its holder."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.ground.errors import LockedError
from pipeline.ground.folders import find_holder, hold_lock, keep_lock

SINCE = datetime(2026, 11, 22, tzinfo=UTC)
HOLD = """
import sys, time
from datetime import datetime, UTC
from pathlib import Path
from pipeline.ground.folders import hold_lock
with hold_lock(Path(sys.argv[1]), task="publishing", since=datetime(2026, 11, 22, tzinfo=UTC)):
    print("held", flush=True)
    time.sleep(60)
"""


BECOME = """
import os, sys
from datetime import datetime, UTC
from pathlib import Path
from pipeline.ground.folders import keep_lock
keep_lock(Path(sys.argv[1]), task="being another program", since=datetime(2026, 11, 22, tzinfo=UTC))
os.execv("/bin/cat", ["cat"])
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_is_refused_and_told_who_holds_it(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with (
        pytest.raises(LockedError, match=rf"process {holder.pid} \(publishing, since 2026-11-22"),
        hold_lock(tmp_path / "lock", task="x", since=SINCE, wait_seconds=0.2),
    ):
        pytest.fail("two held the lock")
    assert "publishing" in (find_holder(tmp_path / "lock") or "")


def test_a_killed_holder_leaves_no_lock(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with hold_lock(tmp_path / "lock", task="x", since=SINCE, wait_seconds=0):
        pass
    assert find_holder(tmp_path / "lock") is None


def test_the_second_waits_for_the_first(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    def sleep(_seconds: float) -> None:
        holder.kill()
        holder.wait()

    with hold_lock(tmp_path / "lock", task="x", since=SINCE, wait_seconds=5, monotonic=lambda: 0.0, sleep=sleep):
        assert holder.returncode == -signal.SIGKILL, "two held the lock"


def test_no_lock_file_means_no_holder(tmp_path: Path) -> None:
    assert find_holder(tmp_path / "lock") is None


def test_a_kept_lock_outlives_becoming_another_program_and_ends_with_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", BECOME, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as cat:
        assert cat.stdin is not None
        assert cat.stdout is not None
        cat.stdin.write(b"it is cat now\n")
        cat.stdin.flush()
        assert cat.stdout.readline() == b"it is cat now\n"
        assert "being another program" in (find_holder(lock) or "")
        with pytest.raises(LockedError, match=f"process {cat.pid}"):
            keep_lock(lock, task="x", since=SINCE)
        cat.stdin.close()
    assert find_holder(lock) is None
