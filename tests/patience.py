"""Waiting for another process or thread: until it has happened, however busy the machine is.

Belongs here: waiting for a condition. Does not belong here: how long anything may take; a wait ends only so that a
test does.
"""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 60.0


def wait_until(happened: Callable[[], object], what: str) -> None:
    """Look again and again until ``happened``; fail, naming ``what``, when it has not in a minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)
