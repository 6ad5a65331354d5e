"""The machine: free disk, who may read and write what, installed versions, settings, the clock.

Belongs here: what is found without reading any page. Does not belong here: the archive, the sites.
"""

import os
import shlex
import stat
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from pwd import getpwuid

from pipeline.alerts.settings import DEFAULT_FREE_BYTES
from pipeline.ground.bill import LOCK_FILE, read_locked
from pipeline.ground.finding import Finding
from pipeline.ground.folders import PROJECT_ROOT
from pipeline.ground.printable import write_bytes
from pipeline.health.look import Look
from pipeline.history.run_history import read_free_bytes

PACKAGES = ("iomdb", "duckdb", "dagster", "scrapy")
CLOCK_SLACK = timedelta(hours=1)
CALM = 1.1
"""So many times the threshold must be free before a disk incident is over."""


def check_disk(look: Look) -> list[Finding] | None:
    """Too little free disk. A little above the threshold is neither: an incident must not flicker."""
    free = read_free_bytes(look.folder.root)
    least = look.settings.free_bytes if look.settings else DEFAULT_FREE_BYTES
    if free >= least:
        return [] if free >= least * CALM else None
    what = f"{write_bytes(free)} of disk are free, fewer than {write_bytes(least)}"
    remedy = "free some disk; old data releases may be moved away: see docs/operating.md, disk arithmetic"
    return [Finding("disk:data", "problem", what, str(look.folder.root), remedy)]


def check_permissions(look: Look) -> list[Finding]:
    """What this process may not write, what others may read, and files that belong to somebody else."""
    root = look.folder.root
    if not root.exists():
        what = "there is no data folder here: nothing was archived yet, or IOMDB_DATA or the current folder is another"
        return [Finding("permission:folder", "notice", what, str(root), "iomdb run makes it; or set IOMDB_DATA")]
    secrets = _find_open_secrets(look)
    return [*_find_unwritable(root), *_find_open_private(look.folder.private), *secrets, *_find_foreign(root)]


def _find_unwritable(root: Path) -> Iterator[Finding]:
    if os.statvfs(root).f_flag & os.ST_RDONLY:
        what = "the file system is mounted read-only: nothing can be archived or published"
        yield Finding("permission:data", "problem", what, str(root), "look into `dmesg`, then mount it for writing")
    elif not os.access(root, os.W_OK | os.X_OK):
        what = f"this user ({_name_user(os.geteuid())}) may not write the data folder"
        owner, user = root.stat().st_uid, os.geteuid()
        remedy = f"run iomdb as {_name_user(owner)}, or: sudo chown -R {_name_user(user)} {quote(root)}"
        if owner == user:
            remedy = f"chmod -R u+w {quote(root)}"
        yield Finding("permission:data", "problem", what, str(root), remedy)


def _find_open_private(private: Path) -> Iterator[Finding]:
    if not private.is_dir():
        return
    mode = stat.S_IMODE(private.stat().st_mode)
    if mode & 0o077:
        what = f"personal contacts can be reached by other users: mode {mode:04o}, not 0700"
        yield Finding("permission:private", "problem", what, str(private), f"chmod 0700 {quote(private)}")


def _find_open_secrets(look: Look) -> Iterator[Finding]:
    """The settings of alarms where an address stands in them, and the files of tokens and passwords."""
    if look.settings is None:
        return
    own = [look.folder.alert_settings] if look.settings.holds_secret else []
    files = [*own, *look.settings.secret_files]
    for path in dict.fromkeys(path for path in files if path.exists()):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o007:
            what = f"a secret of the alarms can be reached by other users: mode {mode:04o}, not 0600"
            yield Finding(f"permission:{path.name}", "problem", what, str(path), f"chmod 0600 {quote(path)}")


def _find_foreign(root: Path) -> Iterator[Finding]:
    """Entries, two levels deep, that do not belong to the data folder's owner: a later run will fail on them."""
    owner = root.stat().st_uid
    foreign = [path for path in _iter_entries(root) if path.lstat().st_uid != owner]
    if foreign:
        what = f"{len(foreign)} files or folders do not belong to {_name_user(owner)}, the data folder's owner"
        remedy = f"sudo chown -R {_name_user(owner)} {quote(root)}"
        yield Finding("permission:owner", "problem", what, str(foreign[0]), remedy)


def _iter_entries(root: Path) -> Iterator[Path]:
    for path in sorted(root.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink() and os.access(path, os.R_OK | os.X_OK):
            yield from sorted(path.iterdir())


def check_settings(look: Look) -> list[Finding]:
    """Settings that cannot be read, alerts that reach nobody, a Dagster instance with settings of another version."""
    found, path = [], str(look.folder.alert_settings)
    if fault := look.faults.get("settings"):
        found.append(Finding("settings:alerts", "problem", fault, path, "correct the file: docs/operating.md"))
    elif look.settings is not None and (faults := look.settings.find_faults()):
        what = f"a channel cannot deliver: {'; '.join(faults)}"
        found.append(Finding("settings:alerts", "problem", what, path, "correct what it names: docs/operating.md"))
    elif look.settings is not None and not look.settings.channels and look.history.runs:
        what = "no alert reaches anybody: alerts.toml names no channel"
        remedy = "write one: docs/operating.md, alarms"
        found.append(Finding("settings:alerts", "notice", what, path, remedy))
    if fault := look.faults.get("sites"):
        found.append(Finding("settings:sites", "problem", fault, str(look.sites_folder), "correct that site file"))
    ours, copied = PROJECT_ROOT / "dagster.yaml", look.folder.dagster / "dagster.yaml"
    if copied.exists() and ours.exists() and copied.read_bytes() != ours.read_bytes():
        what = "Dagster runs with settings that differ from dagster.yaml of this version"
        remedy = "start `iomdb daemon` (or `iomdb dev`) anew: it copies the file"
        found.append(Finding("settings:dagster", "notice", what, str(copied), remedy))
    return found


def check_versions(_look: Look) -> list[Finding]:
    """Installed packages that are not those the lock names."""
    wrong = [
        f"{name} {found or 'is missing'} (locked {locked})"
        for name, locked in read_locked().items()
        if name in PACKAGES and (found := find_version(name)) != locked
    ]
    if not wrong:
        return []
    what = f"installed packages differ from the lock: {', '.join(wrong)}"
    return [Finding("version:packages", "notice", what, str(LOCK_FILE), "make run")]


def check_clock(look: Look) -> list[Finding]:
    """Runs dated after now: this machine's clock was, or is, wrong."""
    ahead = [run.run_id for run in look.history.runs if run.started_at > look.now + CLOCK_SLACK]
    if not ahead:
        return []
    what = f"{len(ahead)} runs are dated after now ({look.now:%Y-%m-%d %H:%M} UTC): the clock is or was wrong"
    return [Finding("clock:now", "problem", what, ahead[-1], "set the clock: timedatectl set-ntp true")]


def find_version(package: str) -> str | None:
    """The installed version, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def quote(path: Path) -> str:
    """The path as a word of a shell command that can be copied."""
    return shlex.quote(str(path))


def _name_user(uid: int) -> str:
    try:
        return getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
