"""Starting jobs in this process, each as a Dagster run that the UI shows afterwards.

Belongs here: executing, the outcome, and the order of the whole job on live sites: one after the other, going on when
one fails, then one publish for all of them. Does not belong here: what the jobs do, crawling sites side by side (the
daemon does that, within its limits).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import dagster as dg
from dagster import DagsterEventType
from dagster._core.errors import DagsterExecutionInterruptedError

from crawler.errors import CrawlerError
from crawler.site.site import load_sites
from pipeline.defs import defs
from pipeline.defs.instance import open_instance
from pipeline.defs.life import PROCESS_TAG, beat, uninterrupted
from pipeline.defs.specs import SITE_TAG, add_sites
from pipeline.ground.errors import PipelineError, WrongUseError, find_exit_code, propose
from pipeline.ground.folders import DataFolder
from pipeline.ground.process import identify_process
from warehouse.errors import WarehouseError


class RunFailedError(PipelineError):
    """Raised when a Dagster run ended in failure; text and exit code are those of the error that failed it."""

    def __init__(self, text: str, *, exit_code: int = 1) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def run_job(
    name: str,
    folder: DataFolder,
    *,
    now: datetime,
    partition: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> str:
    """Run a job to its end in this process; the run's id.

    ``partition`` is the site id, for jobs with sites as partitions; ``tags`` are further tags of the run.

    Raises:
        RunFailedError: a step failed; everything published before stays as it was.
        KeyboardInterrupt: a person stopped it, wherever it was.
    """
    run_id = str(uuid4())
    with open_instance(folder, now=now) as instance, uninterrupted():
        if partition is not None:
            add_sites(instance, [partition])
        beat(instance, run_id)
        try:
            defs.resolve_job_def(name).execute_in_process(
                run_id=run_id,
                instance=instance,
                partition_key=partition,
                # The run's record keeps every event; the terminal belongs to the caller.
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                tags={PROCESS_TAG: identify_process(), **(tags or {})},
            )
        except DagsterExecutionInterruptedError as error:
            raise KeyboardInterrupt from error
        except RuntimeError as error:
            # DuckDB's way to pass on what was raised inside one of its statements.
            if isinstance(error.__cause__, (KeyboardInterrupt, DagsterExecutionInterruptedError)):
                raise KeyboardInterrupt from error
            raise
        except (PipelineError, CrawlerError, WarehouseError, OSError, dg.Failure, dg.DagsterError) as error:
            told = "\n".join(_find_failed_checks(instance, run_id)) or str(error)
            raise RunFailedError(
                f"run {run_id} of job {name} failed: {told}", exit_code=find_exit_code(error)
            ) from error
    return run_id


def _find_failed_checks(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """The checks that failed the run, each in its own words."""
    checks = [
        event.dagster_event.asset_check_evaluation_data
        for event in instance.all_logs(run_id, of_type=DagsterEventType.ASSET_CHECK_EVALUATION)
        if event.dagster_event is not None
    ]
    failed = [check for check in checks if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR]
    return [f"check {check.check_name}: {check.description}" for check in failed]


def run_live(
    folder: DataFolder,
    sites_folder: Path,
    wanted: Sequence[str],
    *,
    now: datetime,
    report: Callable[[str], None],
) -> None:
    """Crawl the wanted sites (all where none is named), then publish what came of it.

    Raises:
        WrongUseError: a wanted site has no site file.
        RunFailedError: a crawl or the publish failed; the other sites were crawled and published all the same.
    """
    sites = load_sites(sites_folder)
    found = {name: sites.find(name) for name in wanted}
    unknown = sorted(name for name, site in found.items() if site is None)
    if unknown:
        near = propose(unknown[0], sites.by_id) or "`iomdb site list` names them"
        raise WrongUseError(f"no site file for {', '.join(unknown)} in {sites_folder}; {near}")
    failures = []
    for site in dict.fromkeys(site.id for site in found.values() if site) or sorted(sites.by_id):
        report(f"crawling {site}")
        try:
            run_job("crawl_site", folder, now=now, partition=site, tags={SITE_TAG: site})
        except RunFailedError as error:
            report(str(error))
            failures.append(str(error))
    report("publishing")
    run_job("publish", folder, now=now)
    if failures:
        raise RunFailedError("\n".join(failures))
