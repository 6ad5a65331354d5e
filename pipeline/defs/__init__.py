"""Dagster's definitions: the only package that imports Dagster. Loaded whole by every Dagster process, so kept light.

Belongs here: assets, checks, jobs, schedules, sensors, the instance.
Does not belong here: the work; each asset calls a stage.
"""

import dagster as dg

from pipeline.defs import assets, automation, checks

defs = dg.Definitions(
    assets=assets.ALL,
    asset_checks=checks.ALL,
    jobs=automation.JOBS,
    schedules=automation.SCHEDULES,
    sensors=automation.SENSORS,
    executor=dg.in_process_executor,
)
"""The code location ``iomdb``."""
