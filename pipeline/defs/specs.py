"""What Dagster's graph shows: every asset and check by name, with what it is, whose it is, how fresh it must be.

Belongs here: specifications, the partitions. Does not belong here: making an asset (``assets``), judging a check
(``checks``), what one making came to (``facts``).
"""

import warnings
from collections.abc import Sequence
from datetime import timedelta
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


def _specify(key: str | list[str], group: str, kinds: set[str], page: str, about: str, **more: Any) -> dg.AssetSpec:
    """An asset of ours; ``page`` of the docs has more of it than ``about`` says."""
    metadata = link_docs(page) | more.pop("metadata", {})
    return dg.AssetSpec(key, description=about, group_name=group, kinds=kinds, owners=OWNERS, metadata=metadata, **more)


_OF_SITES = {
    "partitions_def": site_partitions,
    "metadata": {"site_files": dg.MetadataValue.path(str(find_sites_folder()))},
}
SEEDS = _specify(
    "archived_seeds", "archive", {"warc"}, "contracts.md",
    "The four given pages as a sealed run of the archive, byte for byte; archiving them again changes nothing.",
)  # fmt: skip
CRAWL = _specify(
    "archived_site", "archive", {"warc", "scrapy"}, "outcomes.md",
    "One crawl of one site as a sealed run of the archive: one partition a site file. The crawl is a child process "
    "that ends with this run. Pages, outcomes and checks of each site are on its partition.",
    freshness_policy=DAILY, **_OF_SITES,
)  # fmt: skip
RECORDS = _specify(
    "extracted_records", "records", {"parquet"}, "reading-pages.md",
    "One typed, evidenced record an archived page: each run is read once by each release of the extractor.",
    deps=[SEEDS.key, CRAWL.key], freshness_policy=DAILY,
)  # fmt: skip
VERSIONS = _specify(
    "derived_versions", "derivation", {"duckdb"}, "contracts.md",
    "Versions on two clocks, derived from all observations by SQL.", deps=[RECORDS.key],
)  # fmt: skip
CLUSTERS = _specify(
    "document_clusters", "derivation", {"duckdb"}, "contracts.md",
    "Documents that are one work: copies, near-copies, mirrors, translations. Nothing is deleted.", deps=[VERSIONS.key],
)  # fmt: skip
PUBLISHED = _specify(
    "published_tables", "derivation", {"duckdb"}, "tables.md",
    "The file people open: schema v1, checked, swapped in by one rename. Its tables are the assets below.",
    deps=[VERSIONS.key, CLUSTERS.key], freshness_policy=DAILY,
)  # fmt: skip
SITE_RECORD = _specify(
    "site_record", "sites", {"duckdb"}, "operating.md",
    "What is published of one site, after each publish: pages, changes, what could not be read, and how many pages "
    "state each field. Its plots show each of them over time, one partition a site.",
    deps=[PUBLISHED.key], **_OF_SITES,
)  # fmt: skip
TABLES = [
    _specify(["v1", table.name], "public_tables", {"duckdb"}, "tables.md", table.comment, deps=[PUBLISHED.key])
    for table in PUBLIC_TABLES
]
"""Each public table as an asset, with the comment that the file itself carries."""
PUBLICATION = [VERSIONS, CLUSTERS, PUBLISHED, *TABLES]
"""What one publish makes, in its order."""

REPORT = _specify(
    "report", "report", {"html"}, "report.md",
    "The pages for people: weeks, documents, countries, what was watched, feeds, search. Built by a process of its own "
    "after each publish; where that fails, the last report stays and the publish stands.",
    deps=[PUBLISHED.key], skippable=True,
)  # fmt: skip
REPORT_CHECK = dg.AssetCheckSpec(
    "report_is_built",
    asset=REPORT.key,
    description="The pages for people are those of the newest publish; else a warning, for the tables are published.",
    metadata=link_docs("report.md"),
)

GATE = dg.AssetCheckSpec(
    "gate",
    asset=PUBLISHED.key,
    blocking=True,
    description="Every site's newest run was accepted and every record whole; what is not is left out; the run fails.",
    metadata=link_docs("operating.md"),
)


def _specify_crawl_check(name: str, description: str) -> dg.AssetCheckSpec:
    """A check of each crawl, by site. That a check has partitions is a preview of the Dagster that is locked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.AssetCheckSpec(
            name,
            asset=CRAWL.key,
            description=description,
            partitions_def=site_partitions,
            metadata=link_docs("outcomes.md"),
        )


CRAWL_CHECKS = [
    _specify_crawl_check(
        "pages_are_seen", "The crawl learned the content of some page: the site is neither down nor walled."
    ),
    _specify_crawl_check("sources_are_whole", "Every sitemap, listing and feed of the site file was read to its end."),
    _specify_crawl_check("hosts_let_us_in", "At most one answer in ten was a block page, a challenge, or none at all."),
]
