"""The one-screen summary: what there is, how fresh, who writes, and what to type next.

Belongs here: gathering it and its text. Does not belong here: judging what is wrong (``pipeline.health``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.run import source_of
from crawler.archive.runs import OPEN_SUFFIX, is_being_written, iter_open_runs
from crawler.errors import SiteFileError
from crawler.site.site import Site, load_sites
from pipeline.gate.verdicts import find_streaks
from pipeline.ground.errors import PipelineError
from pipeline.ground.finding import one_line
from pipeline.ground.folders import DataFolder, find_holder
from pipeline.ground.printable import count
from pipeline.history.due import is_stale
from pipeline.history.published_file import describe_change, find_published_inputs, fingerprint_inputs
from pipeline.history.run_history import PublishedVerdict, RunHistory, read_run_history, read_verdicts
from pipeline.stages.releases import current_release
from warehouse.errors import WarehouseError
from warehouse.read.published import run_query

TABLE_NOUNS = {
    "projects": "project",
    "news": "news page",
    "project_versions": "project version",
    "news_versions": "news version",
    "quarantine": "unread page",
}
TABLES = tuple(TABLE_NOUNS)
COUNTS = "SELECT " + ", ".join(f"(SELECT count(*) FROM v1.{table})" for table in TABLES)
MOST_SITES = 14


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """One site's newest sealed crawl (None where there is none), what came of it, and its verdicts by kind."""

    site: str
    run_id: str | None
    last_crawl_at: datetime | None
    last_success_at: datetime | None
    outcomes: Mapping[str, int]
    verdicts: Mapping[str, str]
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Status:
    """All of it. ``rows`` is None, and ``fault`` says why, where the published file cannot be read.

    ``changed`` says what is wrong with its bytes where something else than a publish wrote them.
    """

    data: Path
    published: Path
    published_at: datetime | None
    is_current: bool | None
    rows: Mapping[str, int] | None
    fault: str | None
    changed: str | None
    runs: int
    open_runs: Sequence[str]
    running: Sequence[str]
    sites: Sequence[SiteStatus]
    writer: str | None
    next_step: str

    @property
    def stale(self) -> list[str]:
        """The sites that have gone unseen for too long."""
        return [site.site for site in self.sites if site.is_stale]

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return asdict(self) | {"stale": self.stale}

    def describe(self, now: datetime) -> str:
        """The same for a person, on one screen."""
        lines = [
            f"data       {self.data}",
            f"published  {self._describe_published(now)}",
            f"archive    {count(self.runs, 'run')}",
            *(f"           {run_id}: {self._describe_open(run_id)}" for run_id in self.open_runs[:MOST_SITES]),
            f"writer     {one_line(self.writer) if self.writer else 'nobody writes now'}",
        ]
        shown = sorted((site for site in self.sites if site.run_id), key=lambda site: (not site.is_stale, site.site))
        lines += [_describe_site(site, now, is_current=self.is_current) for site in shown[:MOST_SITES]]
        if len(shown) > MOST_SITES:
            lines.append(f"           and {len(shown) - MOST_SITES} more sites: iomdb status --json")
        if len(shown) < len(self.sites):
            lines.append(f"           never crawled: {len(self.sites) - len(shown)} of {len(self.sites)} sites")
        if self.stale:
            lines.append(f"stale      {', '.join(self.stale[:MOST_SITES])}")
        return "\n".join([*lines, f"next       {self.next_step}"])

    def _describe_open(self, run_id: str) -> str:
        if run_id in self.running:
            return "a crawl or import is writing it now"
        return "not finished; the same crawl or import goes on with it"

    def _describe_published(self, now: datetime) -> str:
        if self.rows is None:
            return one_line(self.fault or "nothing yet")
        counts = ", ".join(f"{count(n, TABLE_NOUNS[table])}" for table, n in self.rows.items())
        age = f", {describe_age(now, self.published_at)}" if self.published_at else ""
        stand = {True: "", False: "; there is more in the archive by now", None: ""}[self.is_current]
        changed = f"; {self.changed}" if self.changed else ""
        return f"{self.published.name}: {counts}{age}{stand}{changed}"


def read_status(folder: DataFolder, sites_folder: Path, *, now: datetime) -> Status:
    """What there is under ``folder``; nothing is changed and no error is raised for what cannot be read."""
    history = read_run_history(folder.archive)
    rows, verdicts, fault = _read_published(folder)
    note = find_published_inputs(folder)
    try:
        sites = load_sites(sites_folder).by_id
        inputs = fingerprint_inputs(folder, current_release().number)
    except (SiteFileError, PipelineError) as error:
        sites, inputs, fault = {}, None, fault or str(error)
    status = Status(
        data=folder.root,
        published=folder.published,
        published_at=note.published_at if note else _find_time(folder.published),
        is_current=None if note is None or inputs is None else note.inputs_sha256 == inputs,
        rows=rows,
        fault=fault,
        changed=describe_change(folder),
        runs=len(history.runs) + len(history.faults),
        open_runs=list(iter_open_runs(folder.archive)),
        running=[
            run for run in iter_open_runs(folder.archive) if is_being_written(folder.archive / f"{run}{OPEN_SUFFIX}")
        ],
        sites=[_read_site(site, history, verdicts, now) for site in sites.values()],
        writer=find_holder(folder.lock),
        next_step="",
    )
    return replace(status, next_step=_find_next_step(status, verdicts))


def describe_age(now: datetime, then: datetime) -> str:
    """How long ago, in the largest unit that fits.

    >>> describe_age(datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 20, 20, tzinfo=UTC))
    '28 hours ago'
    """
    seconds = int((now - then).total_seconds())
    if seconds < 0:
        return f"dated {then:%Y-%m-%d %H:%M}, which is yet to come"
    for size, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds // size} {noun}s ago"
    return "just now"


def _read_published(folder: DataFolder) -> tuple[dict[str, int] | None, list[PublishedVerdict], str | None]:
    if not folder.published.exists():
        return None, [], None
    try:
        (counts,) = run_query(folder.published, COUNTS).rows
        return dict(zip(TABLES, counts, strict=True)), read_verdicts(folder.published), None
    except WarehouseError as error:
        return None, [], str(error)


def _read_site(site: Site, history: RunHistory, verdicts: Sequence[PublishedVerdict], now: datetime) -> SiteStatus:
    newest, success = history.find_newest_crawl(site.id), history.find_last_success(site.id)
    last_success_at = success.started_at if success else None
    return SiteStatus(
        site=site.id,
        run_id=newest.run_id if newest else None,
        last_crawl_at=newest.started_at if newest else None,
        last_success_at=last_success_at,
        outcomes=newest.counts if newest else {},
        verdicts={
            verdict.kind: verdict.verdict
            for verdict in verdicts
            if newest is not None and verdict.run_id == newest.run_id and verdict.site == site.id
        },
        is_stale=is_stale(site, last_success_at, now),
    )


def _describe_site(site: SiteStatus, now: datetime, *, is_current: bool | None) -> str:
    assert site.last_crawl_at is not None, "only sites that were crawled are described"
    seen = "" if site.last_success_at == site.last_crawl_at else ", saw nothing"
    verdicts = ", ".join(f"{kind} {verdict}" for kind, verdict in sorted(site.verdicts.items())) or (
        "nothing to judge" if is_current else "not judged yet"
    )
    outcomes = sorted(site.outcomes.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = " ".join(f"{outcome} {n:,}" for outcome, n in outcomes[:4]) or "nothing was due"
    age = describe_age(now, site.last_crawl_at)
    return f"site       {site.site}: {age}{seen}{', STALE' if site.is_stale else ''}; {verdicts}; {shown}"


def _find_next_step(status: Status, verdicts: Sequence[PublishedVerdict]) -> str:
    if status.runs == 0:
        return _find_first_step(status)
    if status.fault or status.changed or find_streaks(verdicts):
        return "iomdb doctor                 what is wrong, and the command that mends it"
    if status.rows is None or status.is_current is False:
        return "iomdb extract && iomdb publish"
    if status.stale:
        return "iomdb doctor                 why these sites went unseen"
    return 'iomdb sql "SELECT title, state, last_checked_at FROM v1.projects"'


def _find_first_step(status: Status) -> str:
    if status.running:
        return "iomdb status                 again, when the crawl has ended"
    if status.open_runs:
        return f"iomdb crawl --site {source_of(status.open_runs[0])}    goes on where it was"
    return "iomdb run                    archive, read and publish the four seeds, offline"


def _find_time(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    except OSError:
        return None
