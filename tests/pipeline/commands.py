"""Calling ``iomdb`` as a user does: a process of its own, in a data folder of the test's."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

IOMDB = [sys.executable, "-c", "from pipeline.cli import main; main(prog_name='iomdb')"]
"""The command ``iomdb`` of this very Python, whatever stands in PATH."""


@dataclass(frozen=True)
class Answer:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Caller:
    """Calls ``iomdb`` with ``IOMDB_DATA`` set to ``data``."""

    data: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of each call: nothing of the caller's Dagster leaks in."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("DAGSTER", "IOMDB"))}
        return {**inherited, "IOMDB_DATA": str(self.data), "PYTHONWARNINGS": "error"}

    def start_python(self, code: str, *words: str) -> subprocess.Popen[str]:
        """Start a piece of Python in the same environment, with pipes to and from it."""
        return subprocess.Popen(
            [sys.executable, "-c", code, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start the command and come back at once."""
        return subprocess.Popen(
            [*IOMDB, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**self.environment, **environment},
        )

    def call(self, *words: str, **environment: str) -> Answer:
        """Run the command to its end."""
        with self.start(*words, **environment) as process:
            out, err = process.communicate(timeout=240)
            return Answer(process.returncode, out, err)

    def succeed(self, *words: str, **environment: str) -> str:
        """Run the command, which must exit with 0; what it printed."""
        answer = self.call(*words, **environment)
        assert answer.code == 0, f"iomdb {' '.join(words)} exited with {answer.code}: {answer.err}"
        return answer.out
