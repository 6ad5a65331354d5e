"""A real daemon whose clock is short: a copy of the code in which only the literals of schedule and sensors differ.

Belongs here: the copy, starting and stopping the daemon in it, reading what it did. Does not belong here: what it
should have done.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dagster import DagsterInstance
from dagster._core.scheduler.instigation import InstigatorTick

from pipeline.defs.instance import open_instance
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import PROJECT_ROOT, DataFolder
from tests.patience import PATIENCE_SECONDS
from tests.pipeline.commands import IOMDB

PACKAGES = ("contracts", "crawler", "extractor", "pipeline", "warehouse")
COPIED = (*PACKAGES, "seeds", "requirements", "dagster.yaml", "pyproject.toml")


@dataclass(frozen=True)
class Copy:
    """The code at ``code``, with everything that runs make at ``data``, for the site files at ``sites``."""

    code: Path
    data: Path
    sites: Path

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.data)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("DAGSTER", "IOMDB"))}
        ours = {"IOMDB_DATA": str(self.data), "IOMDB_SITES": str(self.sites), "PYTHONPATH": str(self.code)}
        return inherited | ours

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The command of the copy, run to its end."""
        return subprocess.run(
            [*IOMDB, *words], cwd=self.code, env=self.environment, capture_output=True, text=True, check=False
        )

    @contextmanager
    def run_daemon(self) -> Iterator[subprocess.Popen[bytes]]:
        """``iomdb daemon``, for as long as the block lasts; its log is ``daemon.log`` beside the code."""
        with (self.code / "daemon.log").open("ab") as log:
            daemon = subprocess.Popen(
                [*IOMDB, "daemon"],
                cwd=self.code,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                yield daemon
                assert daemon.poll() is None, f"the daemon died: {self.read_log()[-3000:]}"
            finally:
                daemon.send_signal(signal.SIGTERM)
                try:
                    daemon.wait(2 * PATIENCE_SECONDS)  # it ends what is under way first
                finally:
                    kill_group(daemon.pid)

    def read_log(self) -> str:
        return (self.code / "daemon.log").read_text(errors="replace")

    def wait_until(self, is_so: Callable[[], bool], seconds: float, what: str) -> None:
        patience = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < patience, f"not within {seconds:.0f} s: {what}\n{self.read_log()[-3000:]}"
            time.sleep(1)

    @contextmanager
    def open_instance(self) -> Iterator[DagsterInstance]:
        """What the daemon wrote down; the caller's environment is as it was afterwards."""
        before = dict(os.environ)
        try:
            with open_instance(self.folder, now=read_clock()) as instance:
                yield instance
        finally:
            os.environ.clear()
            os.environ.update(before)


def list_processes(copy: Copy) -> list[tuple[int, str]]:
    """Every process that works on the copy's data folder, by its environment: id and words."""
    found = []
    for path in Path("/proc").iterdir():
        try:
            if path.name.isdecimal() and f"IOMDB_DATA={copy.data}".encode() in (path / "environ").read_bytes():
                words = (path / "cmdline").read_bytes().decode().replace("\0", " ")
                # Python's tracker of shared memory ends by itself, some time after whoever it served.
                is_tracker = "multiprocessing.resource_tracker" in words
                if not is_tracker and (path / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                    found.append((int(path.name), words))
        except OSError:
            continue
    return found


def kill_group(pid: int) -> None:
    """End what the daemon left of its own process group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def shorten(interval: re.Match[str]) -> str:
    """A sixth of a sensor's interval."""
    return f"minimum_interval_seconds={int(interval[1]) // 6}"


def copy_code(root: Path, sites: Path) -> Copy:
    """The code under ``root``, its schedule due each minute, its sensors six times as often."""
    code = root / "code"
    code.mkdir(parents=True)
    for name in COPIED:
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, code / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, code / name)
    n_changed = 0
    for path in (code / "pipeline").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        quick = re.sub(r'cron_schedule="[^"]+"', 'cron_schedule="* * * * *"', text)
        quick = re.sub(r"minimum_interval_seconds=(\d+)", shorten, quick)
        if quick != text:
            path.write_text(quick, encoding="utf-8")
            n_changed += 1
    assert n_changed, "no schedule is a literal any more"
    return Copy(code, root / "data", sites)


def count_runs(instance: DagsterInstance) -> Counter[tuple[str, str]]:
    """Runs by job and status."""
    return Counter((run.job_name, run.status.value) for run in instance.get_runs())


def have_all_ended(instance: DagsterInstance) -> bool:
    """Whether no run is queued or under way: a publish swaps its file in a moment before its run ends."""
    return all(run.is_finished for run in instance.get_runs())


def find_ticks(instance: DagsterInstance, name: str) -> list[InstigatorTick]:
    """The ticks of a schedule or sensor, newest first."""
    return [
        tick
        for state in instance.all_instigator_state()
        if state.instigator_name == name
        for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id)
    ]
