"""What every check looks at, read once: manifests, verdicts, decisions, site files, alert settings.

Belongs here: reading. Does not belong here: judging. What cannot be read is None, with its fault in words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from contracts.verdict import Decision
from crawler.errors import CrawlerError
from crawler.site.site import Site, load_sites
from pipeline.alerts.settings import AlertSettings, read_alert_settings
from pipeline.gate.judgement import read_decisions
from pipeline.ground.errors import PipelineError
from pipeline.ground.folders import DataFolder, find_holder
from pipeline.history.run_history import PublishedVerdict, RunHistory, read_run_history, read_verdicts
from warehouse.errors import SchemaVersionError, WarehouseError

T = TypeVar("T")

DAEMON_TASK = "the daemon"
UI_TASK = "the daemon of `iomdb dev`"
"""What the daemon's lock says of its holder: that of the UI does not crawl."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look. ``sites``, ``decisions``, ``settings`` and ``verdicts`` are None where they cannot be read.

    ``faults`` says why, by the names ``sites``, ``decisions``, ``settings``, ``published`` and ``archive``.
    ``verdicts`` is also None, without a fault, before the first publish. Without ``archive``, ``history`` is empty.
    """

    folder: DataFolder
    sites_folder: Path
    now: datetime
    history: RunHistory
    sites: Mapping[str, Site] | None
    decisions: Sequence[Decision] | None
    settings: AlertSettings | None
    verdicts: Sequence[PublishedVerdict] | None
    holder: str | None
    faults: Mapping[str, str]
    needs_rebuild: bool


def take_look(folder: DataFolder, sites_folder: Path, *, now: datetime) -> Look:
    """Read everything that the checks look at; nothing is changed, and nothing that cannot be read is an error."""
    faults: dict[str, str] = {}

    def attempt(name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except (CrawlerError, PipelineError, WarehouseError, OSError) as error:
            faults[name] = str(error)
            return None

    needs_rebuild = False
    verdicts: list[PublishedVerdict] | None = None
    if folder.published.exists():
        try:
            verdicts = read_verdicts(folder.published)
        except SchemaVersionError as error:
            needs_rebuild, faults["published"] = True, str(error)
        except (WarehouseError, OSError) as error:
            faults["published"] = str(error)
    return Look(
        folder=folder,
        sites_folder=sites_folder,
        now=now,
        history=attempt("archive", lambda: read_run_history(folder.archive)) or RunHistory((), {}),
        sites=attempt("sites", lambda: load_sites(sites_folder).by_id),
        decisions=attempt("decisions", lambda: read_decisions(folder.decisions)),
        settings=attempt("settings", lambda: read_alert_settings(folder.alert_settings)),
        verdicts=verdicts,
        holder=attempt("lock", lambda: find_holder(folder.lock)),
        faults=faults,
        needs_rebuild=needs_rebuild,
    )


def find_daemon_start(folder: DataFolder) -> datetime | None:
    """Since when the daemon that crawls runs on this machine, UTC; None where none does. That of the UI does not crawl.

    It writes its name into its lock when it starts, and nobody does later.
    """
    path = folder.daemon_lock
    if f"({DAEMON_TASK}, " not in (find_holder(path) or ""):
        return None
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
