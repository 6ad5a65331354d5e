"""All checks together: what was found, what was looked at, and the facts a person wants beside it.

Belongs here: the order of the checks, the text and the JSON of a diagnosis. Does not belong here: any check.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from platform import python_version
from typing import Any

from pipeline.alerts.incidents import DeliveryReport, read_open_incidents, update_incidents
from pipeline.alerts.settings import AlertSettings
from pipeline.gate.verdicts import find_streaks
from pipeline.ground.finding import Finding, one_line
from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import count, write_bytes
from pipeline.health import archive, daemon, freshness, judgement, machine
from pipeline.health.look import Look, take_look
from pipeline.health.news import find_news
from pipeline.health.redesign import StructureChange, compare_structures
from pipeline.health.status import describe_age
from pipeline.history.run_history import read_free_bytes

Check = Callable[[Look], list[Finding] | None]

MACHINE_CHECKS: dict[str, Check] = {
    "disk": machine.check_disk,
    "permission": machine.check_permissions,
    "settings": machine.check_settings,
    "version": machine.check_versions,
    "decisions": judgement.check_decisions,
    "tick": daemon.check_ticks,
}
"""Family of findings to its check. A check that cannot know returns None: its incidents then stay as they are."""

CHECKS: dict[str, Check] = {
    "clock": machine.check_clock,
    "daemon": daemon.check_daemon,
    "archive": archive.check_sizes,
    "reading": archive.check_readings,
    "orphan": archive.check_orphans,
    "import": archive.check_imports,
    "published": freshness.check_published,
    "bytes": freshness.check_bytes,
    "stale": freshness.check_sites,
    "robots": freshness.check_robots,
    "gate": judgement.check_gate,
    "purge": judgement.check_purged,
}
"""Those that need the archive."""

DEEP_CHECKS: dict[str, Check] = {"record": archive.check_records, "table": freshness.check_tables}
MOST_STRUCTURES = 3


@dataclass(frozen=True, slots=True)
class SiteFact:
    """When a site was last seen, and what its hosts' robots.txt answered then (None: no answer)."""

    site: str
    is_crawled: bool
    last_success_at: datetime | None
    robots: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One look. ``families`` were checked and could know; ``settings`` are those of the alerts, or None."""

    data: Path
    at: datetime
    findings: Sequence[Finding]
    families: frozenset[str]
    versions: Mapping[str, str | None]
    holder: str | None
    free_bytes: int
    n_runs: int
    archive_bytes: int
    sites: Sequence[SiteFact]
    structures: Sequence[StructureChange]
    settings: AlertSettings | None

    @property
    def problems(self) -> list[Finding]:
        """What needs a person."""
        return [finding for finding in self.findings if finding.severity == "problem"]

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        names = ("data", "at", "findings", "versions", "free_bytes", "archive_bytes", "sites", "structures")
        others = {"looked_at": sorted(self.families), "writer": self.holder, "runs": self.n_runs}
        return {name: getattr(self, name) for name in names} | others

    def describe(self, *, width: int = 110) -> str:
        """The same for a person: the facts, then each finding with its remedy, then structures side by side."""
        versions = ", ".join(f"{name} {found or 'missing'}" for name, found in self.versions.items())
        lines = [
            f"data      {self.data}",
            f"versions  {versions}",
            f"writer    {one_line(self.holder) if self.holder else 'nobody writes now'}",
            f"disk      {write_bytes(self.free_bytes)} free",
            f"archive   {count(self.n_runs, 'run')}, {write_bytes(self.archive_bytes)}",
        ]
        lines += [_describe_site(site, self.at) for site in self.sites if site.is_crawled]
        for finding in sorted(self.findings, key=lambda finding: (finding.severity != "problem", finding.key)):
            lines += [
                "",
                f"{finding.severity.upper():8}  {one_line(finding.what)}",
                f"  where   {one_line(finding.where)}",
                f"  mend    {one_line(finding.remedy)}",
            ]
            causes = sorted(
                other.key for other in self.problems if other is not finding and finding.follows_from(other.key)
            )
            lines += [f"  cause   {cause}: nobody is told of both" for cause in causes[:1]]
        for change in self.structures:
            lines += ["", f"structure of {one_line(change.url)}", change.describe(width=width)]
        n_problems = len(self.problems)
        return "\n".join(
            [*lines, "", f"{count(n_problems, 'problem')}, {count(len(self.findings) - n_problems, 'notice')}"]
        )


def examine(
    folder: DataFolder,
    sites_folder: Path,
    *,
    now: datetime,
    deep: bool = False,
    extra_findings: Collection[Finding] = (),
    extra_families: Collection[str] = (),
) -> Diagnosis:
    """Look at everything under ``folder``; nothing is changed.

    A data folder that is not there yet has nothing wrong with it. ``deep`` also proves every archived record, as slow
    as reading the whole archive. ``extra_findings`` were found elsewhere (failed Dagster runs), where
    ``extra_families`` were looked at, whether or not anything was found; they are listed and reported with the rest.
    """
    look = take_look(folder, sites_folder, now=now)
    findings, families = list(extra_findings), set(extra_families)
    checks = MACHINE_CHECKS if "archive" in look.faults else MACHINE_CHECKS | CHECKS | (DEEP_CHECKS if deep else {})
    if fault := look.faults.get("archive"):
        where = str(folder.archive)
        findings.append(Finding("permission:archive", "problem", fault, where, "see who may read it, and the disk"))
    for family, check in checks.items():
        try:
            found = check(look)
        except OSError as error:
            what = f"the check of {family} could not read {error.filename or 'a file'}: {error.strerror}"
            findings.append(Finding(f"permission:{family}", "problem", what, str(folder.root), "see who may read it"))
            continue
        if found is not None:
            families.add(family)
            findings += found
    findings += find_unexamined(folder, findings, families)
    return Diagnosis(
        data=folder.root,
        at=now,
        findings=findings,
        families=frozenset(families),
        versions={"Python": python_version(), **{name: machine.find_version(name) for name in machine.PACKAGES}},
        holder=look.holder,
        free_bytes=read_free_bytes(folder.root),
        n_runs=len(look.history.runs) + len(look.history.faults),
        archive_bytes=sum(run.n_bytes for run in look.history.runs),
        sites=_gather_sites(look),
        structures=_gather_structures(look),
        settings=look.settings,
    )


def find_unexamined(folder: DataFolder, found: Collection[Finding], families: Collection[str]) -> list[Finding]:
    """Open incidents that this look could not see for itself: failed Dagster runs, what only a deep look finds."""
    known = {finding.key for finding in found}
    return [
        finding
        for finding in read_open_incidents(folder.incidents)
        if finding.family not in families and finding.key not in known
    ]


def send_alerts(diagnosis: Diagnosis, folder: DataFolder) -> DeliveryReport:
    """Tell the channels of alerts.toml what opened and what is over since the last look.

    While that file cannot be read nothing is reported, and nothing counts as reported: it is made up for later.

    Raises:
        LockedError: another check has been notifying for too long.
    """
    if diagnosis.settings is None:
        return DeliveryReport(faults=["alerts.toml cannot be read: nobody was notified"])
    settings = diagnosis.settings
    tell = partial(find_news, folder, settings.changes, diagnosis.at) if settings.changes else None
    return update_incidents(
        diagnosis.findings, folder.incidents, settings.channels, diagnosis.at, families=diagnosis.families,
        tell=tell,
    )  # fmt: skip


def _gather_sites(look: Look) -> list[SiteFact]:
    facts = []
    for site in sorted(look.sites or ()):
        success, newest = look.history.find_last_success(site), look.history.find_newest_crawl(site)
        robots = {robots.host: robots.status for robots in newest.robots} if newest else {}
        facts.append(SiteFact(site, newest is not None, success.started_at if success else None, robots))
    return facts


def _gather_structures(look: Look) -> list[StructureChange]:
    """Of the first open rejections that name a page: its structure before and now."""
    changes: list[StructureChange] = []
    for streak in find_streaks(look.verdicts or ()):
        url = next((reason.first_url for reason in streak.newest.reasons if reason.first_url), None)
        change = compare_structures(look.folder, streak.newest.run_id, url) if url else None
        if change is not None and len(changes) < MOST_STRUCTURES:
            changes.append(change)
    return changes


def _describe_site(site: SiteFact, now: datetime) -> str:
    seen = f"seen {describe_age(now, site.last_success_at)}" if site.last_success_at else "never seen"
    answers = ", ".join(f"{host} {status or 'no answer'}" for host, status in sorted(site.robots.items()))
    return f"site      {site.site}: {seen}" + (f"; robots.txt: {answers}" if answers else "")
