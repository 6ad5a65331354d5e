"""What Dagster's graph shows: every asset and check by name, with what it is, whose it is, how fresh it must be.

Belongs here: specifications (their words are in ``specs.toml``), the partitions. Does not belong here: making an asset
(``assets``), judging a check (``checks``), what one making came to (``facts``).
"""

import tomllib
import warnings
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from pipeline.ground.folders import PROJECT_ROOT, find_sites_folder
from warehouse.tables import PUBLIC_TABLES

SITE_TAG = "iomdb/site"
OWNERS = ["team:iomdb"]

DAILY = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=2), warn_window=timedelta(hours=30))
"""Each site is crawled once a day, and a publish follows. One missed day and its catch-up are no failure."""

site_partitions = dg.DynamicPartitionsDefinition(name="sites")
"""One partition a site file, by name only: a fault in one file fails that site's crawl, not the code location.

They are added when they are met (:func:`add_sites`), so a new site file needs no new code server.
"""


def add_sites(instance: dg.DagsterInstance, sites: Sequence[str]) -> None:
    """Make the sites partitions where they are none yet."""
    name = str(site_partitions.name)
    if new := sorted(set(sites) - set(instance.get_dynamic_partitions(name))):
        instance.add_dynamic_partitions(name, new)


def link_docs(page: str) -> dict[str, Any]:
    """Where the documentation of an asset is, as metadata of its specification."""
    return {"documentation": dg.MetadataValue.path(str(PROJECT_ROOT / "docs" / page))}


def _specify(key: str | list[str], row: Mapping[str, Any], **more: Any) -> dg.AssetSpec:
    """An asset of ours, by its row."""
    metadata = link_docs(row["page"]) | more.pop("metadata", {})
    about, group, kinds = row["about"], row["group"], set(row["kinds"])
    return dg.AssetSpec(key, description=about, group_name=group, kinds=kinds, owners=OWNERS, metadata=metadata, **more)


def _specify_listed(name: str, **more: Any) -> dg.AssetSpec:
    return _specify(name, _LISTED["assets"][name], **more)


def _specify_check(name: str, asset: dg.AssetSpec, **more: Any) -> dg.AssetCheckSpec:
    """A check of an asset, by its row. That a check has partitions is a preview of the Dagster that is locked."""
    row = _LISTED["checks"][name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        metadata = link_docs(row["page"])
        return dg.AssetCheckSpec(name, asset=asset.key, description=row["about"], metadata=metadata, **more)


_LISTED = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_OF_SITES = {
    "partitions_def": site_partitions,
    "metadata": {"site_files": dg.MetadataValue.path(str(find_sites_folder()))},
}
SEEDS = _specify_listed("archived_seeds")
CRAWL = _specify_listed("archived_site", freshness_policy=DAILY, **_OF_SITES)
RECORDS = _specify_listed("extracted_records", deps=[SEEDS.key, CRAWL.key], freshness_policy=DAILY)
VERSIONS = _specify_listed("derived_versions", deps=[RECORDS.key])
CLUSTERS = _specify_listed("document_clusters", deps=[VERSIONS.key])
PUBLISHED = _specify_listed("published_tables", deps=[VERSIONS.key, CLUSTERS.key], freshness_policy=DAILY)
SITE_RECORD = _specify_listed("site_record", deps=[PUBLISHED.key], **_OF_SITES)
_TABLE = {"group": "public_tables", "kinds": ["duckdb"], "page": "tables.md"}
TABLES = [
    _specify(["v1", table.name], {**_TABLE, "about": table.comment}, deps=[PUBLISHED.key]) for table in PUBLIC_TABLES
]
"""Each public table as an asset, with the comment that the file itself carries."""
PUBLICATION = [VERSIONS, CLUSTERS, PUBLISHED, *TABLES]
"""What one publish makes, in its order."""

REPORT = _specify_listed("report", deps=[PUBLISHED.key], skippable=True)
REPORT_CHECK = _specify_check("report_is_built", REPORT)
GATE = _specify_check("gate", PUBLISHED, blocking=True)
CRAWL_CHECKS = [
    _specify_check(name, CRAWL, partitions_def=site_partitions)
    for name in ("pages_are_seen", "sources_are_whole", "hosts_let_us_in")
]
