"""A clock that runs at the pace its file says: for every Python process that has this module's folder in PYTHONPATH.

Belongs here: the file, reading and setting it, putting it in the place of Python's clocks and of SQLite's. Does not
belong here: how fast it may run (``leash``). Nothing is imported but Python's own library: each process installs it
before anything else.

Waits follow: what sleeps, or waits for an event until some time, wakes when this clock says so. Time that processes
spend at work is not shortened; so the clock runs ahead to a limit, and no faster than ``BEYOND`` behind it, until
whoever holds the leash has seen that the work is done.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import math
import mmap
import sqlite3
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any

LAYOUT = struct.Struct("<Qdddd")
"""How often it was set (odd: just now), real seconds then, seconds shown then, pace, the limit of that pace."""

BEYOND = 10.0
"""The pace beyond the limit: never still, for whoever waits for this clock would wait for ever."""

LONGEST_WAIT = 0.05
"""Real seconds after which whoever waits looks at the clock again; no fewer while it runs ahead."""

MACHINE_MONOTONIC, MACHINE_TIME, MACHINE_SLEEP = time.monotonic, time.time, time.sleep
MACHINE_WAIT = threading.Condition.wait
MACHINE_CONNECT = sqlite3.connect


class Clock:
    """The clock of a file that :func:`make_clock` made. All processes of a machine see the same."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), LAYOUT.size)

    def read(self) -> tuple[int, float, float, float, float]:
        """What was set last, whole."""
        while True:
            state: tuple[int, float, float, float, float] = LAYOUT.unpack_from(self._map)
            if state[0] % 2 == 0 and state == LAYOUT.unpack_from(self._map):
                return state

    def now(self) -> float:
        """Seconds since 1970."""
        _, since, shown, pace, limit = self.read()
        elapsed = MACHINE_MONOTONIC() - since
        room = max(0.0, limit - shown)
        return shown + elapsed * pace if elapsed * pace <= room else shown + room + (elapsed - room / pace) * BEYOND

    def set(self, pace: float, limit: float = math.inf) -> None:
        """From now on this pace, up to this limit. It never jumps. One process sets it."""
        number, _, _, *before = self.read()
        if before != [pace, limit]:
            self._write(number, self.now(), pace, limit)

    def _write(self, number: int, shown: float, pace: float, limit: float) -> None:
        struct.pack_into("<Q", self._map, 0, number + 1)
        LAYOUT.pack_into(self._map, 0, number + 1, MACHINE_MONOTONIC(), shown, pace, limit)
        struct.pack_into("<Q", self._map, 0, number + 2)

    def find_wait(self, seconds: float) -> float:
        """How long to wait, by the machine's own clock, before looking at this one again."""
        return LONGEST_WAIT if self.read()[3] > BEYOND else min(LONGEST_WAIT, seconds)


def make_clock(path: Path, start: dt.datetime) -> Clock:
    """A clock that shows ``start`` now and goes as the machine's does."""
    path.write_bytes(LAYOUT.pack(0, MACHINE_MONOTONIC(), start.timestamp(), 1.0, math.inf))
    return Clock(path)


def install() -> None:
    """Put the clock that lies beside this module in the place of this process's own."""
    clock = Clock(Path(__file__).with_name("clock"))

    def show_time() -> float:
        # gRPC gives what it computes of it to a library that knows the machine's clock alone.
        asker = sys._getframe(1).f_globals.get("__name__", "")
        return MACHINE_TIME() if asker.startswith("grpc") else clock.now()

    def sleep(seconds: float) -> None:
        end = clock.now() + seconds
        while (rest := end - clock.now()) > 0:
            MACHINE_SLEEP(clock.find_wait(rest))

    def wait(condition: threading.Condition, timeout: float | None = None) -> bool:
        if timeout is None:
            return MACHINE_WAIT(condition)
        end = clock.now() + timeout
        while (rest := end - clock.now()) > 0:
            if MACHINE_WAIT(condition, clock.find_wait(rest)):
                return True
        return MACHINE_WAIT(condition, 0)

    def connect(*words: Any, **settings: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = MACHINE_CONNECT(*words, **settings)
        connection.create_function("current_timestamp", 0, lambda: f"{dt.datetime.now(dt.UTC):%F %T}")
        return connection

    instead: dict[object, dict[str, object]] = {
        time: {
            "time": show_time,
            "time_ns": lambda: int(clock.now() * 1e9),
            "monotonic": clock.now,
            "monotonic_ns": lambda: int(clock.now() * 1e9),
            "sleep": sleep,
        },
        threading: {"_time": clock.now},
        threading.Condition: {"wait": wait},
        sqlite3: {"connect": connect},
        sqlite3.dbapi2: {"connect": connect},
    }
    for owner, names in instead.items():
        for name, value in names.items():
            setattr(owner, name, value)
    _install_dates(clock)


def _install_dates(clock: Clock) -> None:
    """The type itself is changed, not another put in its place: libraries in C look for exactly this one."""

    def now(kind: type[dt.datetime], tz: dt.tzinfo | None = None) -> dt.datetime:
        return kind.fromtimestamp(clock.now(), tz)

    def utcnow(kind: type[dt.datetime]) -> dt.datetime:
        return kind.fromtimestamp(clock.now(), dt.UTC).replace(tzinfo=None)

    def today(kind: type[dt.datetime]) -> dt.datetime:
        return now(kind)

    (names,) = gc.get_referents(dt.datetime.__dict__)
    names |= {"now": classmethod(now), "utcnow": classmethod(utcnow), "today": classmethod(today)}
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(dt.datetime))
