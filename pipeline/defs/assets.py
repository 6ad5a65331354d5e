"""The assets, named after what is on disk when they are done. Each calls one stage and reports what it did.

Belongs here: Dagster's view of the stages. Does not belong here: the work itself, what the graph shows of an asset
(``specs``), what its work came to (``facts``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import dagster as dg

from crawler.imports.folder import ingest_folder
from crawler.site.site import load_sites
from pipeline.cluster import share
from pipeline.cluster.site_crawl import crawl_site
from pipeline.defs import facts, specs
from pipeline.defs.life import beating, uninterrupted
from pipeline.defs.reports import build_report
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import PROJECT_ROOT, find_data_folder, find_sites_folder, hold_lock
from pipeline.ground.printable import Watch
from pipeline.health.causes import find_cause
from pipeline.stages.extract import extract_whole
from pipeline.stages.extract_report import Scope
from pipeline.stages.publish import publish

CAUSE_TAG = "iomdb/cause"
"""Run tag: the family of the findings that say why this run failed."""


@contextmanager
def working(context: dg.AssetExecutionContext) -> Iterator[None]:
    """The step's run is alive while the block runs; where it fails for a known reason, the run bears it as a tag."""
    with beating(context.instance, context.run.run_id):
        try:
            yield
        except Exception as error:
            if cause := find_cause(error):
                note_cause(context, cause)
            raise


def note_cause(context: dg.AssetExecutionContext, cause: str) -> None:
    """Write into the run's tags why it fails."""
    with uninterrupted():
        context.instance.add_run_tags(context.run.run_id, {CAUSE_TAG: cause})


@dg.multi_asset(specs=[specs.SEEDS], name="archived_seeds")
def archived_seeds(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Archive the four seeds."""
    folder, sites = find_data_folder(), load_sites(find_sites_folder())
    with (
        working(context),
        share(folder, "collect"),
        hold_lock(folder.lock, task="archiving the seeds", since=read_clock()),
    ):
        run = ingest_folder(PROJECT_ROOT / "seeds", folder.archive, sites)
    summary = {"run": run.run_id, "pages": run.n_pages, "already archived": "yes" if run.already_present else "no"}
    return dg.MaterializeResult(
        metadata={"summary": facts.make_summary(summary), "dagster/row_count": run.n_pages, "run": run.run_id}
    )


@dg.multi_asset(
    specs=[specs.CRAWL], check_specs=specs.CRAWL_CHECKS, partitions_def=specs.site_partitions, name="archived_site"
)
def archived_site(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Crawl one site."""
    folder, site = find_data_folder(), context.partition_key
    with working(context):
        report = crawl_site(
            folder,
            site,
            sites=find_sites_folder(),
            now=read_clock(),
            on_progress=lambda progress: say(context, " ".join(f"{key}={value}" for key, value in progress.items())),
            on_log=context.log.debug,
        )
    metadata = facts.describe_crawl(site, report)
    if report.failed:
        yield from facts.judge_crawl(report)
        raise dg.Failure(f"nothing of {site} could be seen: {'; '.join(report.notes)}", metadata)
    yield dg.MaterializeResult(asset_key=specs.CRAWL.key, metadata=metadata, check_results=facts.judge_crawl(report))


class ExtractionScope(dg.Config):
    """What to read: nothing set reads what was not read yet; ``again`` reads a site or a period anew, offline."""

    site: str | None = None
    since: str | None = None
    until: str | None = None
    again: bool = False

    def parse(self) -> Scope:
        """The scope; days as ``2026-11-01``, UTC, both ends included."""
        since, until = (date.fromisoformat(day) if day else None for day in (self.since, self.until))
        return Scope(self.site, since, until, self.again)


@dg.multi_asset(specs=[specs.RECORDS], name="extracted_records")
def extracted_records(context: dg.AssetExecutionContext, config: ExtractionScope) -> dg.MaterializeResult[None]:
    """Read what was not read yet."""
    folder = find_data_folder()
    with (
        working(context),
        share(folder, "collect"),
        hold_lock(folder.lock, task="extracting records", since=read_clock()),
    ):
        report = extract_whole(folder, scope=config.parse(), watch=Watch(lambda line: say(context, line)))
    for damage in report.damages:  # publishing leaves it out, publishes the rest, and fails its check
        context.log.error(damage)
    return dg.MaterializeResult(metadata=facts.describe_extraction(report))


@dg.multi_asset(specs=[*specs.PUBLICATION, specs.REPORT], check_specs=[specs.GATE, specs.REPORT_CHECK])
def published(
    context: dg.AssetExecutionContext,
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Judge every run, derive, find duplicates, check and publish in one pass over one private file; then report."""
    folder = find_data_folder()
    with working(context), share(folder, "publish"):
        publication = publish(folder, now=read_clock())
        made = facts.describe_publication(folder, publication)
        verdict = facts.judge_publication(folder, publication)
        specs.add_sites(context.instance, list(sites := facts.describe_sites(folder)))
    if publication.rejected:
        # The check fails this run; what a person needs to know is the gate's own finding.
        note_cause(context, specs.GATE.name)
    for site, metadata in sites.items():
        context.log_event(dg.AssetMaterialization(specs.SITE_RECORD.key, partition=site, metadata=metadata))
    for spec in specs.PUBLICATION:
        checks = [verdict] if spec.key == specs.PUBLISHED.key else []
        yield dg.MaterializeResult(asset_key=spec.key, metadata=made[spec.key], check_results=checks)
    with working(context):
        yield from build_report(folder)


def say(context: dg.AssetExecutionContext, line: str) -> None:
    """One line for the run's log, from the thread that works."""
    with uninterrupted():
        context.log.info(line)


ALL: list[dg.AssetsDefinition | dg.AssetSpec] = [
    archived_seeds,
    archived_site,
    extracted_records,
    published,
    specs.SITE_RECORD,
]
