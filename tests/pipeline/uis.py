"""Asking a UI that listens on 127.0.0.1, by whatever headers a program or a browser may send.

Belongs here: a port, requests, waiting until it answers. Does not belong here: starting it, judging an answer.
"""

from __future__ import annotations

import base64
import http.client
import json
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Ui:
    """A UI that listens on 127.0.0.1."""

    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: str | None = None
    ) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": f"127.0.0.1:{self.port}", **(headers or {})}.items():
                for one in value.split("|"):
                    connection.putheader(name, one)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(None if body is None else body.encode())
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()

    def post(self, document: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        status, _, text = self.ask("POST", "/graphql", {**JSON, **(headers or {})}, json.dumps({"query": document}))
        return status, text

    def open_websocket(self, headers: dict[str, str]) -> int:
        """The status with which the upgrade is answered."""
        upgrade = {
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(b"0123456789abcdef").decode(),
            "Sec-WebSocket-Protocol": "graphql-ws",
        }  # fmt: skip
        return self.ask("GET", "/graphql", {**upgrade, **headers})[0]


def find_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(ui: Ui, process: subprocess.Popen[Any], log: Path) -> None:
    deadline = time.monotonic() + 180
    while True:
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        try:
            if ui.ask("GET", "/server_info")[0] == 200:
                return
        except OSError:
            time.sleep(0.5)
