"""Runs that failed, as findings: what a person is told of, and what says itself in another way.

Belongs here: reading the state of runs. Does not belong here: why they failed (``pipeline.health.causes``), telling.
"""

from datetime import datetime, timedelta

import dagster as dg
from dagster import DagsterRunStatus, RunRecord, RunsFilter

from pipeline.defs.assets import CAUSE_TAG
from pipeline.defs.specs import GATE, SITE_TAG
from pipeline.ground.finding import Finding
from pipeline.ground.folders import find_data_folder, find_sites_folder
from pipeline.history.due import find_contact_time, find_unaskable

FINISHED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE]
NEWEST_RUNS = 500
RUN_FAMILY = "run"
STARTER_TAGS = ("dagster/schedule_name", "dagster/sensor_name", "dagster/backfill")
"""One of them is on every run that was not started by a person."""

BY_HAND = timedelta(days=1)
"""Who starts a run by hand sees how it ends; after so long nobody needs to be told of it any more."""


def find_failed_runs(instance: dg.DagsterInstance, *, now: datetime) -> list[Finding]:
    """One finding for each job, and for each site's crawl, whose newest finished run failed.

    Left out is what is told otherwise or of no use any more: a publish that the gate let fail (its rejection is an
    incident), crawls that failed before there was a contact (the doctor reports it once for all), runs started by hand
    that ended more than a day ago.
    """
    newest: dict[str, RunRecord] = {}
    unaskable, askable_since = find_unaskable(find_sites_folder()), find_contact_time(find_sites_folder())
    for record in instance.get_run_records(RunsFilter(statuses=FINISHED), limit=NEWEST_RUNS):
        run, site = record.dagster_run, record.dagster_run.tags.get(SITE_TAG)
        is_excused = site in unaskable or (site and askable_since and record.create_timestamp < askable_since)
        if not is_excused or run.status == DagsterRunStatus.SUCCESS:
            newest.setdefault(":".join(filter(None, [run.job_name, site])), record)
    return [
        _describe(name, record.dagster_run)
        for name, record in sorted(newest.items())
        if record.dagster_run.status == DagsterRunStatus.FAILURE and not _is_settled(record, now)
    ]


def _is_settled(record: RunRecord, now: datetime) -> bool:
    tags = record.dagster_run.tags
    is_by_hand = not any(tag in tags for tag in STARTER_TAGS)
    return tags.get(CAUSE_TAG) == GATE.name or (is_by_hand and now - record.update_timestamp > BY_HAND)


def _find_ui() -> str:
    """Where the UI was last served, or where it is unless somebody says otherwise."""
    port = find_data_folder().ui_port
    return f"http://127.0.0.1:{port.read_text() if port.exists() else 3000}"


def _describe(name: str, run: dg.DagsterRun) -> Finding:
    cause = run.tags.get(CAUSE_TAG)
    return Finding(
        key=f"{RUN_FAMILY}:{name}",
        severity="problem",
        what=f"the newest run of {name} failed",
        where=f"Dagster run {run.run_id}",
        remedy=f"its log: {_find_ui()}/runs/{run.run_id} (iomdb-ui.service; `iomdb dev` where no daemon runs); or wait",
        because=(f"{cause}:",) if cause else (),
    )
