"""Dagster's UI behind the guard of origins: a process of its own beside the daemon.

Belongs here: serving. Does not belong here: which requests are answered (:mod:`pipeline.ground.origin`), the daemon
(:mod:`pipeline.defs.service`).
"""

import json
import os
import socket
import sys
import warnings
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import uvicorn
from dagster import DagsterInstance
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__

from pipeline.defs.instance import set_environment
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import DataFolder, find_data_folder
from pipeline.ground.origin import OriginGuard, name_hosts

DATABASE_TIMEOUT_MS, POOL_RECYCLE_SECONDS, POOL_OVERFLOW, POLL_MS = 15_000, 3_600, 20, 2_000
"""As Dagster's own web server has them where nothing is given."""


def serve_ui(
    folder: DataFolder, *, host: str = "127.0.0.1", port: int, names: Sequence[str] = (), read_only: bool = False
) -> None:
    """Serve the UI until a signal ends it.

    ``names`` are further hosts under which a browser may ask for it; with ``read_only`` it shows and changes nothing.

    Raises:
        WrongUseError: the port is not free, or no daemon ever ran on this data folder.
    """
    workspace = folder.dagster / "workspace.yaml"
    if not workspace.exists():
        raise WrongUseError(f"{workspace} is not there: the daemon makes it, start it first with `iomdb daemon`")
    if not _is_code_served(workspace):
        sys.stderr.write(
            "note: no daemon runs here: the UI shows runs, but no graph; start `iomdb daemon`, then this\n"
        )
        # Dagster's own page of code locations says the same, with its stack trace.
        warnings.filterwarnings("ignore", "Error loading repository location", UserWarning)
    set_environment(folder)
    with ExitStack() as stack:
        listening = stack.enter_context(_listen(host, port))
        with suppress(OSError):  # a full disk: the UI is served all the same, messages name its usual port
            folder.ui_port.write_text(str(port))
        os.chdir(folder.dagster)
        instance = stack.enter_context(DagsterInstance.get())
        instance.optimize_for_webserver(DATABASE_TIMEOUT_MS, POOL_RECYCLE_SECONDS, POOL_OVERFLOW)
        target = WorkspaceFileTarget(paths=[str(workspace)])
        context = stack.enter_context(
            WorkspaceProcessContext(instance, target, version=__version__, read_only=read_only)
        )
        app = OriginGuard(create_app_from_workspace_process_context(context, "", POLL_MS), name_hosts(port, names))
        sys.stderr.write(f"Dagster's UI: http://localhost:{port}\n")
        config = uvicorn.Config(app, log_level="warning", proxy_headers=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listening])


def _is_code_served(workspace: Path) -> bool:
    """Whether the daemon's code server, of which the UI has its definitions, answers at its socket."""
    own = json.loads(workspace.read_text(encoding="utf-8"))["load_from"][0]["grpc_server"]
    with socket.socket(socket.AF_UNIX) as asking:
        return asking.connect_ex(own["socket"]) == 0


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    """The socket, bound before anything is loaded, so that a port that is taken is told at once."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            raise WrongUseError(
                f"port {port} of {host} is not to be had ({error.strerror}): give another by --port"
            ) from error
        yield listening


def main(arguments: Sequence[str] | None = None) -> int:
    """``python -m pipeline.defs.ui --port N``: as the daemon starts it beside itself."""
    parser = ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    try:
        serve_ui(find_data_folder(), port=parser.parse_args(arguments).port)
    except WrongUseError as error:
        sys.stderr.write(f"Error: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
