"""Dagster's own services, started with our environment: the UI with its daemon, or the daemon alone.

Belongs here: their command lines and the workspace file. Does not belong here: what they run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from pipeline.defs.instance import open_instance, set_environment
from pipeline.folders import DataFolder


def serve_ui(folder: DataFolder, *, port: int, now: datetime) -> int:
    """Run web server, daemon and code server until they end; the exit code."""
    return _serve(folder, [_find_program("dg"), "dev", "--host", "127.0.0.1", "--port", str(port)], now=now)


def serve_daemon(folder: DataFolder, *, now: datetime) -> int:
    """Run the daemon and its code server until they end; the exit code."""
    return _serve(folder, [_find_program("dagster-daemon"), "run"], now=now)


def _serve(folder: DataFolder, command: list[str], *, now: datetime) -> int:
    open_instance(folder, now=now).dispose()
    workspace = folder.dagster / "workspace.yaml"
    location = {"module_name": "pipeline.defs", "location_name": "iomdb"}
    workspace.write_text(json.dumps({"load_from": [{"python_module": location}]}), encoding="utf-8")
    # Started in its own home, Dagster finds the settings it uses, and does not warn of those in the project's root.
    environment = {**os.environ, **set_environment(folder), "PWD": str(folder.dagster)}
    try:
        return subprocess.run(
            [*command, "--workspace", str(workspace)], cwd=folder.dagster, env=environment, check=False
        ).returncode
    except KeyboardInterrupt:
        return 130


def _find_program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
