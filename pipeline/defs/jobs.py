"""The jobs: which assets are made together.

Belongs here: selections. Does not belong here: when they run (schedules).
"""

from __future__ import annotations

import dagster as dg

from pipeline.defs import assets

seeds = dg.define_asset_job(
    "seeds",
    selection=[assets.archived_seeds, assets.extracted_records, assets.published],
    description="The whole way on the four seed pages, offline.",
)
crawl_site = dg.define_asset_job(
    "crawl_site",
    selection=[assets.archived_site],
    description="One polite crawl of one site into the archive.",
)
publish = dg.define_asset_job(
    "publish",
    selection=[assets.extracted_records, assets.published],
    description="Read what the archive has and was not read, judge it, derive the tables and publish them.",
)
ALL = [seeds, crawl_site, publish]
