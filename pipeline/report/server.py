"""Showing the report to the person at this machine: over 127.0.0.1, until they stop it.

Belongs here: that server. Does not belong here: publishing a report, which any web server does with the folder.
"""

import webbrowser
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOOPBACK = "127.0.0.1"


class _QuietHandler(SimpleHTTPRequestHandler):
    """Serves files, writes nothing about it, and answers only who asks for this very machine."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the standard library gives it
        """Nothing: the terminal belongs to the person."""

    def send_head(self):  # type: ignore[no-untyped-def]
        """Refuse a name that another site has led to this address."""
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        if host not in {LOOPBACK, "localhost"}:
            self.send_error(403, "only 127.0.0.1 is served")
            return None
        return super().send_head()


def serve_report(folder: Path, on_ready: Callable[[str], object]) -> None:
    """Serve a folder on a free port of 127.0.0.1 and open its first page, until the process is interrupted.

    ``on_ready`` is given the address.
    """
    with ThreadingHTTPServer((LOOPBACK, 0), partial(_QuietHandler, directory=str(folder))) as server:
        address = f"http://{LOOPBACK}:{server.server_address[1]}/"
        on_ready(address)
        webbrowser.open(address)
        server.serve_forever()
