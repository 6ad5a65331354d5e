"""The process that runs by itself: Dagster's daemon, its code server, and what ends runs whose process is gone; the UI.

Belongs here: becoming that process, its parts, their end. Does not belong here: what is due (``automation``), who
lives (``life``), the instance (``instance``).

The daemon and its code server are one process: Dagster alone would start another code server every minute. What the
code server tells is what the definitions were at its start; sites are partitions that are added as they come.
"""

import json
import logging
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import NoReturn

import dagster
from dagster import DagsterError, DagsterInstance
from dagster._core.storage import sql
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.utils import FuturesAwareThreadPoolExecutor
from dagster._daemon.cli import run_command
from dagster._grpc.server import DagsterApiServer, DagsterGrpcServer
from sqlalchemy.exc import SQLAlchemyError

from pipeline.cluster.workers import find_code_servers
from pipeline.defs.instance import open_instance, set_environment
from pipeline.defs.life import BEAT_SECONDS, Recovery
from pipeline.ground.folders import DataFolder, find_data_folder, keep_lock
from pipeline.health.look import DAEMON_TASK, UI_TASK

GRACE_SECONDS = 30.0
"""What is under way when the daemon is stopped may take so long; a crawl leaves its run in good order within 20."""

LONGEST_SOCKET = 100
"""Bytes of a socket's path that every system takes."""

log = logging.getLogger("iomdb")


def serve_daemon(folder: DataFolder, *, now: datetime) -> NoReturn:
    """Become the daemon with its code server."""
    _become(folder, [], DAEMON_TASK, {}, now=now)


def serve_ui(folder: DataFolder, *, port: int, now: datetime) -> NoReturn:
    """Become the daemon with its code server and the UI on 127.0.0.1. Here nothing crawls until it is turned on."""
    _become(folder, ["--ui-port", str(port)], UI_TASK, {"DAGSTER_IS_DEV_CLI": "1"}, now=now)


def _become(
    folder: DataFolder, words: Sequence[str], task: str, variables: dict[str, str], *, now: datetime
) -> NoReturn:
    """Replace this process by :func:`main`, which loads the definitions in the environment that is meant.

    Two daemons on one instance would start everything twice: a lock, kept for good, allows one.

    Raises:
        LockedError: a daemon runs on this instance already.
    """
    open_instance(folder, now=now).dispose()
    keep_lock(folder.daemon_lock, task=task, since=now)
    environment = {**os.environ, **set_environment(folder), **variables}
    # Started in its own home, Dagster finds the settings it uses, and does not warn of those in the project's root.
    os.chdir(folder.dagster)
    os.execve(sys.executable, [sys.executable, "-m", __name__, *words], environment)  # noqa: S606 - our own words, no shell


def main(arguments: Sequence[str] | None = None) -> int:
    """``python -m pipeline.defs.service [--ui-port N]``: serve until told to end; 1 where a part of it ended alone."""
    parser = ArgumentParser()
    parser.add_argument("--ui-port", type=int)
    port: int | None = parser.parse_args(arguments).ui_port
    folder = find_data_folder()
    workspace = folder.dagster / "workspace.yaml"
    broken = Event()
    place_migrations()
    with ExitStack() as parts:
        instance = parts.enter_context(DagsterInstance.get())
        recovery = Recovery(instance)
        recovery.end_dead_runs()
        socket = find_socket(folder)
        parts.enter_context(serving_code(socket, broken))
        workspace.write_text(json.dumps({"load_from": list_locations(socket)}), encoding="utf-8")
        parts.enter_context(keeping(recovery))
        if port is not None:
            parts.enter_context(showing(port, broken))
        run_command.main(["--workspace", str(workspace)], standalone_mode=False)
    return 1 if broken.is_set() else 0


def place_migrations() -> None:
    """Let Dagster find its migrations by their path instead of their package's name.

    The code server opens the instance at each tick, and by name each opening leaves handles until the process ends
    (alembic 1.20): over a week a daemon grew by 4 MB a day.
    """
    folder = Path(dagster.__file__).with_name("_core") / "storage" / "alembic"
    sql.ALEMBIC_SCRIPTS_LOCATION = str(folder).replace("%", "%%")
    sql.get_alembic_config.cache_clear()


def list_locations(socket: Path) -> list[dict[str, dict[str, str | int]]]:
    """The code servers that this daemon starts runs on: its own, and those of other machines, by their hosts' names."""
    own: dict[str, str | int] = {"socket": str(socket), "location_name": "iomdb"}
    others: list[dict[str, str | int]] = [
        {"host": server.host, "port": server.port, "location_name": f"iomdb-{server.host}"}
        for server in find_code_servers()
    ]
    return [{"grpc_server": location} for location in (own, *others)]


def find_socket(folder: DataFolder) -> Path:
    """Where the code server listens: in a folder that is this user's alone, under the data folder where that fits.

    Whoever reaches it may start anything; so it is never a port.
    """
    home = folder.dagster / "code-server"
    if len(os.fsencode(home / "socket")) > LONGEST_SOCKET:
        home = Path(tempfile.mkdtemp(prefix="iomdb-"))
    home.mkdir(mode=0o700, exist_ok=True)
    (home / "socket").unlink(missing_ok=True)
    return home / "socket"


@contextmanager
def serving_code(socket: Path, broken: Event) -> Iterator[None]:
    """The definitions, served in this process; each run is a process of its own. At the end they are asked to end."""
    is_over, threads = Event(), FuturesAwareThreadPoolExecutor()
    origin = LoadableTargetOrigin(executable_path=sys.executable, module_name="pipeline.defs")
    code = DagsterApiServer(is_over, log, threads, origin, location_name="iomdb")
    server = DagsterGrpcServer(is_over, code, log, threads, socket=str(socket))

    def serve() -> None:
        server.serve()  # type: ignore[no-untyped-call]  # Dagster types it nowhere
        if not is_over.is_set():
            end_because("the code server ended", broken)

    listener = Thread(target=serve, name="code-server", daemon=True)
    listener.start()
    try:
        yield
    finally:
        end_runs()
        is_over.set()
        listener.join(GRACE_SECONDS)
        threads.shutdown(wait=False, cancel_futures=True)
        socket.unlink(missing_ok=True)


def end_runs() -> None:
    """Ask the processes of runs under way to end, then kill what is left of them."""
    runs = multiprocessing.active_children()
    for run in runs:
        run.terminate()
    for run in runs:
        run.join(GRACE_SECONDS)
        if run.is_alive():
            run.kill()


@contextmanager
def keeping(recovery: Recovery) -> Iterator[None]:
    """While the block runs, a thread ends what died: the one place that ever does."""
    is_over = Event()

    def keep() -> None:
        while not is_over.wait(BEAT_SECONDS):
            try:
                for run_id in recovery.end_dead_runs():
                    log.warning("run %s was marked failed: its process is gone", run_id)
            except (DagsterError, SQLAlchemyError, sqlite3.Error, OSError) as error:
                log.warning("looking for dead runs failed, and is tried again: %s", error)

    keeper = Thread(target=keep, name="recovery", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        is_over.set()
        keeper.join(GRACE_SECONDS)


@contextmanager
def showing(port: int, broken: Event) -> Iterator[None]:
    """The UI as a child process, which ends with this one; where it ends by itself, so does this one."""
    web = subprocess.Popen([sys.executable, "-m", "pipeline.defs.ui", "--port", str(port)])
    is_over = Event()

    def follow() -> None:
        web.wait()
        if not is_over.is_set():
            end_because(f"the web server ended with exit code {web.returncode}", broken)

    follower = Thread(target=follow, name="ui", daemon=True)
    follower.start()
    try:
        yield
    finally:
        is_over.set()
        web.terminate()
        follower.join(GRACE_SECONDS)


def end_because(reason: str, broken: Event) -> None:
    """End this process in good order from one of its threads, as a failure."""
    log.error("%s, so the daemon ends too", reason)
    broken.set()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
