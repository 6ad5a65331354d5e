"""The quick clock itself: every way to ask a Python process what time it is gives the same, and whoever waits wakes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.week.clock import Clock
from tests.week.life import lay_clock

BEGIN = datetime(2031, 5, 1, tzinfo=UTC)
ASK = """
import json, sqlite3, threading, time
from datetime import date, datetime, UTC

def ask():
    (row,) = sqlite3.connect(":memory:").execute("SELECT CURRENT_TIMESTAMP").fetchone()
    stored = sqlite3.connect(":memory:")
    stored.execute("CREATE TABLE t (n, at DATETIME DEFAULT CURRENT_TIMESTAMP)")
    stored.execute("INSERT INTO t (n) VALUES (1)")
    said = [row, stored.execute("SELECT at FROM t").fetchone()[0]]
    moments = [datetime.fromisoformat(each).replace(tzinfo=UTC).timestamp() for each in said]
    naive = datetime.utcnow().replace(tzinfo=UTC).timestamp()
    aware = [datetime.now(UTC).timestamp(), datetime.now().timestamp()]
    return [time.time(), time.time_ns() / 1e9, *aware, naive, *moments]

shown, day = ask(), str(date.today())
begin = time.monotonic()
time.sleep(600)
slept = time.monotonic() - begin
event = threading.Event()
begin = time.monotonic()
is_set = event.wait(600)
waited = time.monotonic() - begin
threading.Timer(600, event.set).start()
print(json.dumps([shown, day, slept, waited, is_set, event.wait(86400 * 365), type(datetime.now()) is datetime]))
"""


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return lay_clock(tmp_path, BEGIN)


def ask(folder: Path) -> list[object]:
    """What a process on the clock in the folder says."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    told = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True)
    assert told.stderr == ""
    answer: list[object] = json.loads(told.stdout)
    return answer


def test_all_clocks_of_a_process_show_the_same_and_whoever_waits_wakes_in_time(tmp_path: Path, clock: Clock) -> None:
    clock.set(3000.0)
    shown, day, slept, waited, is_set, is_set_later, is_the_type = ask(tmp_path)
    assert isinstance(shown, list)
    assert BEGIN.timestamp() - 1 <= min(shown) <= max(shown) <= clock.now()
    assert day in {f"{BEGIN + timedelta(days=number):%F}" for number in range(2)}
    assert isinstance(slept, float)
    assert isinstance(waited, float)
    assert min(slept, waited) >= 600
    assert (is_set, is_set_later, is_the_type) == (False, True, True)


def test_the_clock_keeps_its_pace_to_its_limit_and_never_stands_or_jumps(clock: Clock) -> None:
    begin = BEGIN.timestamp()
    clock.set(1e6, begin + 3600)
    seen = [clock.now() for _ in range(20_000)]
    assert seen == sorted(seen)
    assert begin + 3600 <= seen[-1] < begin + 10_000, "a million seconds would have passed without a limit"
    clock.set(1.0)
    assert seen[-1] <= clock.now() < begin + 10_000
