"""The assets, named after what is on disk when they are done. Each calls one stage and reports what it did.

Belongs here: Dagster's view of the stages: dependencies, partitions, metadata. Does not belong here: the work itself.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import dagster as dg

from crawler.imports.folder import ingest_folder
from crawler.site.site import load_sites
from pipeline.cluster import share
from pipeline.cluster.site_crawl import crawl_site
from pipeline.defs.instance import mark_process, uninterrupted
from pipeline.gate.verdicts import describe_notices
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import PROJECT_ROOT, find_data_folder, find_site_ids, find_sites_folder
from pipeline.ground.lock import hold_lock
from pipeline.health.redesign import compare_structures
from pipeline.reporting.samples import read_rows
from pipeline.stages.extract import Scope, extract_missing
from pipeline.stages.publish import Publication, describe_rejection, publish

SITE_TAG = "iomdb/site"

site_partitions = dg.StaticPartitionsDefinition(find_site_ids(find_sites_folder()))
"""One partition a site file, by name only: a fault in one file fails that site's crawl, not the code location."""


@dg.asset(group_name="archive", kinds={"warc"})
def archived_seeds(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """The four given pages as a sealed run of the archive, byte for byte; archiving them again changes nothing."""
    mark_process(context.instance, context.run.run_id)
    folder, sites = find_data_folder(), load_sites(find_sites_folder())
    with share(folder, "collect"), hold_lock(folder.lock, task="archiving the seeds", since=read_clock()):
        run = ingest_folder(PROJECT_ROOT / "seeds", folder.archive, sites)
    return dg.MaterializeResult(
        metadata={"dagster/row_count": run.n_pages, "run": run.run_id, "already_archived": run.already_present}
    )


@dg.asset(group_name="archive", kinds={"warc", "scrapy"}, partitions_def=site_partitions)
def archived_site(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """One crawl of one site as a sealed run of the archive. The crawl is a child process that ends with this run."""
    mark_process(context.instance, context.run.run_id)
    folder, site = find_data_folder(), context.partition_key
    report = crawl_site(
        folder,
        site,
        sites=find_sites_folder(),
        now=read_clock(),
        on_progress=lambda progress: say(context, describe_progress(progress)),
        on_log=context.log.debug,
    )
    outcomes = make_table([{"outcome": outcome, "fetches": n} for outcome, n in sorted(report.counts.items())])
    result = dg.MaterializeResult[None](
        metadata={
            "dagster/row_count": sum(report.counts.values()),
            "run": report.run_id,
            "outcomes": outcomes,
            "discovery_complete": report.complete,
            "notes": dg.MetadataValue.md("\n".join(f"- {note}" for note in report.notes) or "none"),
        }
    )
    if report.failed:
        raise dg.Failure(f"nothing of {site} could be seen: {'; '.join(report.notes)}", result.metadata)
    return result


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


@dg.asset(group_name="records", kinds={"parquet"}, deps=[archived_seeds, archived_site])
def extracted_records(context: dg.AssetExecutionContext, config: ExtractionScope) -> dg.MaterializeResult[None]:
    """One typed, evidenced record an archived page: each run is read once by each release of the extractor."""
    mark_process(context.instance, context.run.run_id)
    folder = find_data_folder()
    with share(folder, "collect"), hold_lock(folder.lock, task="extracting records", since=read_clock()):
        report = extract_missing(folder, scope=config.parse(), on_progress=lambda line: say(context, line))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": report.held.n_rows,
            "read": report.held.n_read,
            "quarantined": report.held.n_quarantined,
            "release": report.release,
            "runs_read_now": len(report.runs),
        }
    )


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "derived_versions",
            deps=[extracted_records],
            group_name="tables",
            kinds={"duckdb"},
            description="Versions on two clocks, derived from all observations by SQL.",
        ),
        dg.AssetSpec(
            "document_clusters",
            deps=["derived_versions"],
            group_name="tables",
            kinds={"duckdb"},
            description="Documents that are one work: copies, near-copies, mirrors, translations. Nothing is deleted.",
        ),
        dg.AssetSpec(
            "published_tables",
            deps=["derived_versions", "document_clusters"],
            group_name="tables",
            kinds={"duckdb"},
            description="The file people open: schema v1, checked, swapped in by one rename.",
        ),
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "gate",
            asset="published_tables",
            blocking=True,
            description="Every site's newest run was accepted; a rejected one is left out and the run fails.",
        )
    ],
)
def published(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Judge every run, derive, find duplicates, check and publish, in one pass over one private file."""
    mark_process(context.instance, context.run.run_id)
    folder = find_data_folder()
    with share(folder, "publish"):
        publication = publish(folder, now=read_clock())
    rows = publication.rows
    yield dg.MaterializeResult(
        asset_key="derived_versions",
        metadata={
            "dagster/row_count": rows["project_versions"] + rows["news_versions"],
            "changes": make_table(read_rows(folder, "changes_by_kind")),
        },
    )
    yield dg.MaterializeResult(
        asset_key="document_clusters",
        metadata={
            "dagster/row_count": rows["clusters"],
            "methods": make_table(read_rows(folder, "clusters_by_method")),
        },
    )
    yield dg.MaterializeResult(
        asset_key="published_tables",
        metadata={
            "dagster/row_count": sum(rows.values()),
            "dagster/column_schema": dg.TableSchema(
                [
                    dg.TableColumn(row["column"], row["type"], description=row["comment"])
                    for row in read_rows(folder, "columns")
                ]
            ),
            "database": dg.MetadataValue.path(str(publication.path)),
            "content_sha256": publication.content_sha256,
            "rows": make_table([{"table": table, "rows": n} for table, n in rows.items()]),
            "sample_of_projects": make_table(read_rows(folder, "sample_of_projects")),
            "sample_of_news": make_table(read_rows(folder, "sample_of_news")),
            "rejected_runs": len(publication.rejected),
            **{f"fill_rate_{row['field']}": row["share"] for row in read_rows(folder, "fill_rates")},
        },
        check_results=[judge_publication(publication)],
    )


def judge_publication(publication: Publication) -> dg.AssetCheckResult:
    """The gate's open rejections as a check: field, before, after and the first page of each."""
    reasons: list[dict[str, Any]] = [
        {"run": verdict.run_id, "site": verdict.site, "kind": verdict.kind, "field": reason.field}
        | {"before": reason.before, "after": reason.after, "first_url": reason.first_url}
        for verdict in publication.rejected
        for reason in verdict.reasons
    ]
    words = [*map(describe_rejection, publication.streaks), *describe_notices(publication.notices)]
    return dg.AssetCheckResult(
        check_name="gate",
        asset_key="published_tables",
        passed=not publication.rejected,
        description="\n".join(words) or "all accepted",
        metadata={"reasons": make_table(reasons), **describe_structures(publication)},
    )


def describe_structures(publication: Publication) -> dict[str, dg.MetadataValue[Any]]:
    """For each rejection that names a page: its structure when it was last accepted beside its structure now."""
    shown: dict[str, dg.MetadataValue[Any]] = {}
    for verdict in publication.rejected:
        url = next((reason.first_url for reason in verdict.reasons if reason.first_url), None)
        change = compare_structures(find_data_folder(), verdict.run_id, url) if url else None
        if change is not None:
            text = f"{url}\n\n```text\n{change.describe()}\n```"
            shown[f"structure_{verdict.site}_{verdict.kind}".replace(".", "_")] = dg.MetadataValue.md(text)
    return shown


def make_table(rows: list[dict[str, Any]]) -> dg.MetadataValue[Any]:
    """Rows as Dagster shows them; a note where there are none, since Dagster needs a row to know the columns."""
    if not rows:
        return dg.MetadataValue.text("no rows")
    return dg.MetadataValue.table(
        [dg.TableRecord({key: make_cell(value) for key, value in row.items()}) for row in rows]
    )


def make_cell(value: object) -> str | int | float | bool:
    """One value as a cell; all but numbers and truth values become text."""
    return value if isinstance(value, (bool, int, float)) else "" if value is None else str(value)


def say(context: dg.AssetExecutionContext, line: str) -> None:
    """One line for the run's log, from the thread that works."""
    with uninterrupted():
        context.log.info(line)


def describe_progress(progress: Mapping[str, object]) -> str:
    """One line of a crawl's progress for the run's log."""
    return " ".join(f"{key}={value}" for key, value in progress.items())


ALL = [archived_seeds, archived_site, extracted_records, published]
