"""Starting a job in this process, as a Dagster run that the UI shows afterwards.

Belongs here: executing and the outcome. Does not belong here: what the jobs do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import dagster as dg
from dagster import DagsterEventType

from pipeline.defs import defs
from pipeline.defs.instance import PROCESS_TAG, open_instance
from pipeline.errors import PipelineError
from pipeline.folders import DataFolder
from pipeline.process import identify_process


class RunFailedError(PipelineError):
    """Raised when a Dagster run ended in failure; the text is the failed step's own."""


def run_job(
    name: str,
    folder: DataFolder,
    *,
    now: datetime,
    partition: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> str:
    """Run a job to its end in this process; the run's id.

    Args:
        name: the job's name.
        folder: where its results go.
        now: the present instant, for the lock on the instance.
        partition: the site id, for jobs with sites as partitions.
        tags: further tags of the run.

    Raises:
        RunFailedError: a step failed; everything published before stays as it was.
    """
    with open_instance(folder, now=now) as instance:
        result = defs.resolve_job_def(name).execute_in_process(
            instance=instance,
            partition_key=partition,
            # The run's record keeps every event; the terminal belongs to the caller.
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags={PROCESS_TAG: identify_process(), **(tags or {})},
            raise_on_error=False,
        )
        if not result.success:
            raise RunFailedError(f"run {result.run_id} of job {name} failed: {_describe_failure(result)}")
        return result.run_id


def _describe_failure(result: dg.ExecuteInProcessResult) -> str:
    """What failed, in its own words: the checks that fail a run, else the step's innermost error."""
    checks = [
        event.asset_check_evaluation_data
        for event in result.all_events
        if event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION
    ]
    failed = [check for check in checks if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR]
    if failed:
        return "\n".join(f"check {check.check_name}: {check.description}" for check in failed)
    for event in result.all_events:
        if event.event_type == DagsterEventType.STEP_FAILURE:
            error = event.step_failure_data.error
            while error is not None and error.cause is not None:
                error = error.cause
            return f"{event.step_key}: {error.message.strip() if error else 'no error was recorded'}"
    return "see its log in the UI (iomdb dev)"
