"""The jobs, and what starts by itself: crawls of sites whose hour has come, one publish after new captures, the watch.

Belongs here: which assets are made together, schedules and sensors. Does not belong here: when something is due
(``pipeline.history.due``), what it does (``assets``), which runs failed (``failures``).
"""

import os
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster import DagsterRunStatus, RunsFilter

from crawler.archive.runs import iter_run_ids
from pipeline.cluster import share
from pipeline.cluster.workers import find_share, may_take_over
from pipeline.defs import assets
from pipeline.defs.failures import RUN_FAMILY, find_failed_runs
from pipeline.defs.specs import SITE_TAG, add_sites
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import find_data_folder, find_site_ids, find_sites_folder
from pipeline.ground.printable import count
from pipeline.health.diagnosis import examine, send_alerts
from pipeline.history.due import find_contact_time, find_last_crawl, find_slot, judge_crawl_due, judge_publish_due
from pipeline.history.published_file import find_published_inputs, fingerprint_inputs
from pipeline.history.run_history import read_run_history
from pipeline.stages.releases import current_release

seeds_job = dg.define_asset_job(
    "seeds",
    selection=[assets.archived_seeds, assets.extracted_records, assets.published],
    description="The whole way on the four seed pages, offline.",
)
crawl_site_job = dg.define_asset_job(
    "crawl_site",
    selection=[assets.archived_site],
    description="One polite crawl of one site into the archive.",
)
publish_job = dg.define_asset_job(
    "publish",
    selection=[assets.extracted_records, assets.published],
    description="Read what the archive has and was not read, judge it, derive the tables and publish them.",
)
JOBS = [seeds_job, crawl_site_job, publish_job]
INPUTS_TAG = "iomdb/inputs"

ACTIVE = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]

WORKING_SINCE = read_clock()
"""When this code server began."""

# Opening the UI to look around must not start crawling IOM's sites: there the schedule is turned on by hand.
CRAWLING = (
    dg.DefaultScheduleStatus.STOPPED if os.environ.get("DAGSTER_IS_DEV_CLI") else dg.DefaultScheduleStatus.RUNNING
)


@dg.schedule(
    job=crawl_site_job,
    cron_schedule="*/15 * * * *",
    execution_timezone="UTC",
    default_status=CRAWLING,
    description="Crawls each site once a day from its own hour on; a missed day makes one catch-up.",
)
def crawl_due_sites(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
    """Crawl each site once a day from its own hour on; a missed day makes one catch-up, a running crawl is let be."""
    instance, now = context.instance, context.scheduled_execution_time.astimezone(UTC)
    with share(find_data_folder(), "look"):
        pass  # what other machines crawled is here now
    sites = find_site_ids(find_sites_folder())
    add_sites(instance, sites)
    # What failed for want of a contact is no attempt: once it is there, the sites are asked at the next tick.
    attempts_since = max(midnight(now), find_contact_time(find_sites_folder()) or midnight(now))
    run_ids = list(iter_run_ids(find_data_folder().archive))
    requests, reasons, workers = [], [], find_share()
    for site in sites:
        last_started_at = find_last_crawl(site, run_ids)
        if not workers.covers(site, sites) and not may_take_over(
            find_slot(site, now), last_started_at, now=now, working_since=WORKING_SINCE
        ):
            reasons.append(f"{site}: another worker's")
            continue
        due = judge_crawl_due(
            site,
            now=now,
            last_started_at=last_started_at,
            n_active=count_runs(instance, {SITE_TAG: site}, ACTIVE),
            n_failed_today=count_runs(instance, {SITE_TAG: site}, [DagsterRunStatus.FAILURE], since=attempts_since),
        )
        reasons.append(due.reason)
        if due.is_due:
            # A key of the day would swallow the day's second and third attempt.
            requests.append(dg.RunRequest(f"{site} {now.isoformat()}", partition_key=site, tags={SITE_TAG: site}))
    context.log.info("; ".join(reasons) or "there is no site file")
    return requests or dg.SkipReason("; ".join(reasons) or "there is no site file")


@dg.sensor(
    job=publish_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Publishes once after new captures, decisions or site files, when no crawl is under way any more.",
)
def publish_new_captures(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Publish once after new captures, decisions or site files, when no crawl is under way any more."""
    instance, folder = context.instance, find_data_folder()
    if not find_share().publishes:
        return dg.SkipReason("another worker publishes: IOMDB_SHARE")
    with share(folder, "look"):
        pass  # what other machines sealed, read and decided is here now
    if not any(iter_run_ids(folder.archive)):
        return dg.SkipReason("the archive holds no run")
    inputs = fingerprint_inputs(folder, current_release().number)
    tags = {INPUTS_TAG: inputs[:40]}
    published = find_published_inputs(folder)
    due = judge_publish_due(
        inputs,
        published,
        now=read_clock(),
        waiting_since=read_run_history(folder.archive).find_waiting_since(
            published.published_at if published else None
        ),
        n_crawls_active=count_job_runs(instance, crawl_site_job.name),
        n_publishes_active=count_job_runs(instance, publish_job.name),
        n_attempts=count_runs(instance, tags, [DagsterRunStatus.FAILURE]),
    )
    return dg.RunRequest(tags=tags) if due.is_due else dg.SkipReason(due.reason)


@dg.sensor(
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Examines everything as `iomdb doctor` does, and tells of each incident as it opens and ends.",
)
def watch(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Examine everything as `iomdb doctor` does, failed runs too; report each incident as it opens and ends."""
    folder = find_data_folder()
    diagnosis = examine(
        folder,
        find_sites_folder(),
        now=read_clock(),
        extra_findings=find_failed_runs(context.instance, now=read_clock()),
        extra_families={RUN_FAMILY},
    )
    report = send_alerts(diagnosis, folder)
    for fault in report.faults:
        context.log.error(fault)
    return dg.SkipReason(
        f"{count(report.n_open, 'open incident')}; {count(len(report.delivered), 'message')} delivered now"
    )


def count_runs(
    instance: dg.DagsterInstance,
    tags: dict[str, str],
    statuses: list[DagsterRunStatus],
    *,
    since: datetime | None = None,
) -> int:
    """How many runs bear these tags and are in one of these states."""
    return instance.get_runs_count(RunsFilter(tags=tags, statuses=statuses, created_after=since))


def count_job_runs(instance: dg.DagsterInstance, job: str) -> int:
    """How many runs of a job are queued or running."""
    return instance.get_runs_count(RunsFilter(job_name=job, statuses=ACTIVE))


def midnight(now: datetime) -> datetime:
    """The start of the UTC day."""
    return now - timedelta(hours=now.hour, minutes=now.minute, seconds=now.second, microseconds=now.microsecond)


SCHEDULES = [crawl_due_sites]
SENSORS = [publish_new_captures, watch]
