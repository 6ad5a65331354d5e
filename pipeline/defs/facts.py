"""What one piece of work came to, as Dagster shows it: one table at the top, figures that are plotted, lists folded.

Belongs here: metadata and check results of a crawl, a reading, a publication, whoever did it. Does not belong here: the
work, recording it (``assets`` and ``record``).

A table is shown in full, JSON is folded: so each asset has one table, ``summary``, and what is long is JSON. That keeps
text of the web out of Markdown, too.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg

from contracts.outcomes import OUTCOMES, Effect, Host
from pipeline.defs.samples import read_columns, read_rows, read_site_facts
from pipeline.defs.specs import CLUSTERS, CRAWL, CRAWL_CHECKS, GATE, PUBLISHED, VERSIONS
from pipeline.gate.verdicts import describe_notices
from pipeline.ground.folders import DataFolder, find_sites_folder
from pipeline.health.redesign import compare_structures
from pipeline.stages.crawl import CrawlReport
from pipeline.stages.extract_report import ExtractionReport
from pipeline.stages.publish import Publication, describe_rejection

Metadata = dict[str, Any]

MOST_BLOCKED = 0.1


def describe_crawl(site: str, report: CrawlReport) -> Metadata:
    """One crawl of one site: what was asked and what came of it."""
    by_effect = {
        effect: _count(report, (outcome for outcome in OUTCOMES.values() if outcome.effect is effect))
        for effect in Effect
    }
    summary = {
        "run": report.run_id,
        "fetches": sum(report.counts.values()),
        "seen": by_effect[Effect.SEEN],
        "new content": report.counts.get("fetched", 0),
        "absent": by_effect[Effect.ABSENT],
        "unknown": by_effect[Effect.UNKNOWN],
        "sources read whole": "yes" if report.complete else "no",
    }
    return {
        "summary": make_summary(summary),
        "dagster/row_count": sum(report.counts.values()),
        "run": report.run_id,
        "site_file": dg.MetadataValue.path(str(find_sites_folder() / f"{site}.toml")),
        "fetches": sum(report.counts.values()),
        "answers_seen": by_effect[Effect.SEEN],
        "pages_fetched": report.counts.get("fetched", 0),
        "answers_unknown": by_effect[Effect.UNKNOWN],
        "outcomes": dg.MetadataValue.json(dict(sorted(report.counts.items()))),
        "notes": dg.MetadataValue.json(list(report.notes)),
    }


def judge_crawl(report: CrawlReport) -> list[dg.AssetCheckResult]:
    """The checks of one crawl, in the order of their specifications."""
    refusing = [one for one in OUTCOMES.values() if one.host in {Host.BLOCKED, Host.FAILED}]
    n_refused, n_asked = _count(report, refusing), sum(report.counts.values())
    share = n_refused / n_asked if n_asked else 0.0
    notes = "; ".join(report.notes)
    verdicts: tuple[tuple[bool, dg.AssetCheckSeverity, str, Metadata], ...] = (
        (not report.failed, dg.AssetCheckSeverity.ERROR, notes if report.failed else "", {}),
        (report.complete, dg.AssetCheckSeverity.WARN, "" if report.complete else notes, {}),
        (
            share <= MOST_BLOCKED,
            dg.AssetCheckSeverity.WARN,
            f"{n_refused} of {n_asked} fetches were blocked or not answered",
            {"refused": n_refused, "share": share},
        ),
    )
    return [
        dg.AssetCheckResult(
            check_name=spec.name,
            asset_key=CRAWL.key,
            passed=passed,
            severity=severity,
            description=description or None,
            metadata=metadata,
        )
        for spec, (passed, severity, description, metadata) in zip(CRAWL_CHECKS, verdicts, strict=True)
    ]


def _count(report: CrawlReport, outcomes: Iterable[str]) -> int:
    return sum(report.counts.get(str(outcome), 0) for outcome in outcomes)


def describe_extraction(report: ExtractionReport) -> Metadata:
    """What was read now, and what all readings of the extractor release hold."""
    summary = {
        "extractor release": report.release,
        "runs read now": len(report.runs),
        "records": report.held.n_read,
        "quarantined": report.held.n_quarantined,
        "answers that were no page": report.held.n_no_pages,
    }
    return {
        "summary": make_summary(summary),
        "dagster/row_count": report.held.n_rows,
        "read": report.held.n_read,
        "quarantined": report.held.n_quarantined,
        "runs_read_now": len(report.runs),
        "runs": dg.MetadataValue.json([run.run_id for run in report.runs]),
    }


def describe_publication(folder: DataFolder, publication: Publication) -> dict[dg.AssetKey, Metadata]:
    """What one publish made, asset by asset, each with its own rows."""
    rows = publication.rows
    summary = {
        "projects": rows["projects"],
        "news pages": rows["news"],
        "runs left out by the gate": len(publication.rejected),
    }
    columns = read_columns(folder)
    return {
        VERSIONS.key: {
            "summary": make_table(read_rows(folder, "changes_by_kind")),
            "dagster/row_count": rows["project_versions"] + rows["news_versions"],
        },
        CLUSTERS.key: {
            "summary": make_table(read_rows(folder, "clusters_by_method")),
            "dagster/row_count": rows["clusters"],
        },
        PUBLISHED.key: {
            "summary": make_summary(summary),
            "documents": rows["projects"] + rows["news"],
            "bytes": publication.path.stat().st_size,
            "rejected_runs": len(publication.rejected),
            "database": dg.MetadataValue.path(str(publication.path)),
            "content_sha256": publication.content_sha256,
            "rows": dg.MetadataValue.json(dict(rows)),
            "sample_of_projects": make_list(read_rows(folder, "sample_of_projects")),
            "sample_of_news": make_list(read_rows(folder, "sample_of_news")),
        },
    } | {
        dg.AssetKey(["v1", table]): {
            "dagster/row_count": n,
            "dagster/table_name": f"v1.{table}",
            "dagster/column_schema": dg.TableSchema(
                [dg.TableColumn(row["column"], row["type"], description=row["comment"]) for row in columns[table]]
            ),
        }
        for table, n in rows.items()
    }


def describe_sites(folder: DataFolder) -> dict[str, Metadata]:
    """By site what is published of it: figures that Dagster plots over time."""
    facts = read_site_facts(folder)
    return {
        site: {
            "summary": make_summary({name: value for name, value in figures.items() if not name.startswith("fill_")}),
            "dagster/row_count": figures["pages"],
            "site_file": dg.MetadataValue.path(str(find_sites_folder() / f"{site}.toml")),
            **{name: value for name, value in figures.items() if value is not None},
        }
        for site, figures in facts.items()
    }


def judge_publication(folder: DataFolder, publication: Publication) -> dg.AssetCheckResult:
    """The gate's open rejections as a check: field, before, after and the first page of each."""
    reasons: list[dict[str, Any]] = [
        {"run": verdict.run_id, "site": verdict.site, "kind": verdict.kind, "field": reason.field}
        | {"before": reason.before, "after": reason.after, "first_url": reason.first_url}
        for verdict in publication.rejected
        for reason in verdict.reasons
    ]
    words = [*map(describe_rejection, publication.streaks), *publication.damages]
    words += describe_notices(publication.notices)
    return dg.AssetCheckResult(
        check_name=GATE.name,
        asset_key=PUBLISHED.key,
        passed=not (publication.rejected or publication.damages),
        description="\n".join(words) or "all accepted",
        metadata={"reasons": make_table(reasons), **describe_structures(folder, publication)},
    )


def describe_structures(folder: DataFolder, publication: Publication) -> dict[str, dg.MetadataValue[Any]]:
    """For each rejection that names a page: its structure when it was last accepted beside its structure now."""
    shown: dict[str, dg.MetadataValue[Any]] = {}
    for verdict in publication.rejected:
        url = next((reason.first_url for reason in verdict.reasons if reason.first_url), None)
        change = compare_structures(folder, verdict.run_id, url) if url else None
        if change is not None:
            text = f"{url}\n\n```text\n{change.describe()}\n```"
            shown[f"structure_{verdict.site}_{verdict.kind}".replace(".", "_")] = dg.MetadataValue.md(text)
    return shown


def make_summary(facts: Mapping[str, Any]) -> dg.MetadataValue[Any]:
    """The one table of an asset's page: a row a fact."""
    return make_table([{"what": name.replace("_", " "), "value": str(value)} for name, value in facts.items()])


def make_table(rows: list[dict[str, Any]]) -> dg.MetadataValue[Any]:
    """Rows as Dagster shows them; a note where there are none, since Dagster needs a row to know the columns."""
    if not rows:
        return dg.MetadataValue.text("no rows")
    return dg.MetadataValue.table(
        [dg.TableRecord({key: make_cell(value) for key, value in row.items()}) for row in rows]
    )


def make_list(rows: list[dict[str, Any]]) -> dg.MetadataValue[Any]:
    """Rows that are folded until somebody opens them."""
    return dg.MetadataValue.json([{key: make_cell(value) for key, value in row.items()} for row in rows])


def make_cell(value: object) -> str | int | float | bool:
    """One value as a cell; all but numbers and truth values become text."""
    return value if isinstance(value, (bool, int, float)) else "" if value is None else str(value)
