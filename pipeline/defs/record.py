"""What was done on the command line, written into the instance after the work, as if a run of Dagster had done it.

Belongs here: the events of a crawl, a reading, a publication. Does not belong here: the work, which is done by then and
whose exit code nothing here changes; what the events say (``facts``).
"""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

import dagster as dg
from dagster import DagsterError
from sqlalchemy.exc import SQLAlchemyError

from pipeline.defs import facts, specs
from pipeline.defs.instance import open_instance
from pipeline.defs.life import uninterrupted
from pipeline.ground.errors import PipelineError
from pipeline.ground.folders import DataFolder
from pipeline.stages.crawl import CrawlReport
from pipeline.stages.extract_report import ExtractionReport
from pipeline.stages.publish import Publication
from warehouse.errors import WarehouseError

Event = dg.AssetMaterialization | dg.AssetCheckEvaluation


def record_crawl(folder: DataFolder, site: str, report: CrawlReport, *, now: datetime) -> str | None:
    """Record one crawl on its site's partition; None, or in words why it could not be recorded."""

    def make_events(instance: dg.DagsterInstance) -> Iterable[Event]:
        specs.add_sites(instance, [site])
        if not report.failed:
            yield dg.AssetMaterialization(specs.CRAWL.key, partition=site, metadata=facts.describe_crawl(site, report))
        yield from (make_evaluation(result, partition=site) for result in facts.judge_crawl(report))

    return _record(folder, make_events, now=now)


def record_extraction(folder: DataFolder, report: ExtractionReport, *, now: datetime) -> str | None:
    """Record one reading; None, or in words why it could not be recorded."""
    event = dg.AssetMaterialization(specs.RECORDS.key, metadata=facts.describe_extraction(report))
    return _record(folder, lambda _: [event], now=now)


def record_publication(folder: DataFolder, publication: Publication, *, now: datetime) -> str | None:
    """Record one publication, table by table and site by site; None, or in words why it could not be recorded."""

    def make_events(instance: dg.DagsterInstance) -> Iterable[Event]:
        sites = facts.describe_sites(folder)
        specs.add_sites(instance, list(sites))
        made = facts.describe_publication(folder, publication)
        yield from (dg.AssetMaterialization(key, metadata=metadata) for key, metadata in made.items())
        yield make_evaluation(facts.judge_publication(folder, publication))
        for site, metadata in sites.items():
            yield dg.AssetMaterialization(specs.SITE_RECORD.key, partition=site, metadata=metadata)

    return _record(folder, make_events, now=now)


def make_evaluation(result: dg.AssetCheckResult, partition: str | None = None) -> dg.AssetCheckEvaluation:
    """The result of a check that no run made."""
    assert result.asset_key is not None
    assert result.check_name is not None
    return dg.AssetCheckEvaluation(
        asset_key=result.asset_key,
        check_name=result.check_name,
        passed=result.passed,
        metadata=result.metadata,
        severity=result.severity,
        description=result.description,
        partition=partition,
    )


def _record(
    folder: DataFolder, make_events: Callable[[dg.DagsterInstance], Iterable[Event]], *, now: datetime
) -> str | None:
    try:
        with open_instance(folder, now=now) as instance:
            for event in make_events(instance):
                with uninterrupted():
                    instance.report_runless_asset_event(event)
    except KeyboardInterrupt:
        return "done, but not recorded whole for Dagster's UI: interrupted"
    except (DagsterError, SQLAlchemyError, sqlite3.Error, PipelineError, WarehouseError, OSError) as error:
        first = ""
        with suppress(IndexError):
            first = str(error).splitlines()[0]
        return f"done, but not recorded for Dagster's UI: {first or type(error).__name__}"
    return None
