"""The Dagster instance on this machine: its settings and variables, made once and alone.

Belongs here: DAGSTER_HOME, first use. Does not belong here: assets, jobs, schedules, whether runs live (``life``), the
daemon and the UI (``service``).
"""

import os
import re
import sys
from datetime import UTC, datetime

from dagster import DagsterInstance

from crawler.disk import write_durably
from pipeline.defs.life import uninterrupted
from pipeline.ground.folders import PROJECT_ROOT, DataFolder, hold_lock
from pipeline.health.daemon import NEEDED, DaemonLife, judge_life

INSTANCE_VARIABLE = "IOMDB_INSTANCE"
"""Names a PostgreSQL that holds Dagster's instance for several machines: postgresql://user:password@host/database."""

POSTGRES_SETTINGS = b"""
# Of several machines, in PostgreSQL (docs/cluster.md).
storage:
  postgres:
    postgres_url: {env: IOMDB_INSTANCE}
"""


def set_environment(folder: DataFolder) -> dict[str, str]:
    """The variables every process of ours that loads Dagster needs; also set in this one."""
    environment = {
        "DAGSTER_HOME": str(folder.dagster),
        "IOMDB_DATA": str(folder.root),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        # dg finds programs by PATH; ours are beside this Python.
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)]),  # noqa: PTH120 - the venv's own folder, links not followed
    }
    if address := os.environ.get(INSTANCE_VARIABLE):
        environment[INSTANCE_VARIABLE] = name_driver(address)
    os.environ.update(environment)
    return environment


def name_driver(address: str) -> str:
    """The address with the driver that dagster-postgres brings: SQLAlchemy takes another for the plain scheme.

    >>> name_driver("postgresql://iomdb@localhost/iomdb")
    'postgresql+psycopg2://iomdb@localhost/iomdb'
    """
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", address)


def open_instance(folder: DataFolder, *, now: datetime) -> DagsterInstance:
    """Open the instance under ``folder``, made where missing. Whoever opens it changes nothing of its runs.

    The first use of a SQLite instance races (two first runs at once: one dies), so it happens under a lock.
    """
    set_environment(folder)
    folder.dagster.mkdir(parents=True, exist_ok=True)
    # Sockets and state in it are this user's alone, whatever the umask: who reaches them may start anything.
    folder.dagster.chmod(0o700)
    task = "preparing the Dagster instance"
    with hold_lock(folder.dagster / "setup.lock", task=task, since=now, wait_seconds=120), uninterrupted():
        _copy_settings(folder)
        instance = DagsterInstance.get()
        instance.get_runs_count()
        instance.all_instigator_state()
        instance.get_asset_keys()
    return instance


def read_shared_life(folder: DataFolder, now: datetime) -> DaemonLife:
    """Whether a daemon of the instance is alive, in whatever store that is: the quick look reads SQLite alone.

    Parts of it that never gave a sign are no sign of life.
    """
    with open_instance(folder, now=now) as instance:
        beats = instance.get_daemon_heartbeats()
    times = [datetime.fromtimestamp(beats[part].timestamp, UTC) for part in NEEDED if part in beats]
    return judge_life(min(times) if len(times) == len(NEEDED) else None, now)


def _copy_settings(folder: DataFolder) -> None:
    wanted, target = (PROJECT_ROOT / "dagster.yaml").read_bytes(), folder.dagster / "dagster.yaml"
    if os.environ.get(INSTANCE_VARIABLE):
        wanted += POSTGRES_SETTINGS
    if not target.exists() or target.read_bytes() != wanted:
        write_durably(target, wanted)
