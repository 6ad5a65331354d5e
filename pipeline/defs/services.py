"""Dagster's own services, started with our environment: the UI with its daemon, or the daemon alone.

Belongs here: their command lines and the workspace file. Does not belong here: what they run.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from pipeline.defs.instance import open_instance, set_environment
from pipeline.ground.folders import DataFolder
from pipeline.ground.lock import keep_lock


def serve_ui(folder: DataFolder, *, port: int, now: datetime) -> NoReturn:
    """Become web server, daemon and code server; see :func:`_become`."""
    _become(folder, "dg", ["dev", "--host", "127.0.0.1", "--port", str(port)], now=now)


def serve_daemon(folder: DataFolder, *, now: datetime) -> NoReturn:
    """Become the daemon with its code server; see :func:`_become`."""
    _become(folder, "dagster-daemon", ["run"], now=now)


def _become(folder: DataFolder, program: str, words: list[str], *, now: datetime) -> NoReturn:
    """Replace this process by one of Dagster's programs, so that signals and exit codes are its own.

    Two daemons on one instance would start everything twice: a lock, kept by the program, allows one.

    Raises:
        LockedError: a daemon runs on this instance already.
    """
    open_instance(folder, now=now).dispose()
    keep_lock(folder.dagster / "daemon.lock", task=f"Dagster's daemon, by {program}", since=now)
    workspace = folder.dagster / "workspace.yaml"
    location = {"module_name": "pipeline.defs", "location_name": "iomdb"}
    workspace.write_text(json.dumps({"load_from": [{"python_module": location}]}), encoding="utf-8")
    # Started in its own home, Dagster finds the settings it uses, and does not warn of those in the project's root.
    os.chdir(folder.dagster)
    path = _find_program(program)
    os.execve(path, [path, *words, "--workspace", str(workspace)], {**os.environ, **set_environment(folder)})  # noqa: S606 - our own words, no shell


def _find_program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
