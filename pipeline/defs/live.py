"""The whole job on live sites, one after the other: a Dagster run a site, then one publish for all of them.

Belongs here: the order, and going on when one site fails. Does not belong here: crawling sites side by side (the daemon
does that, within its limits), Dagster itself (``pipeline.defs``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from crawler.site.site import load_sites
from pipeline.defs.assets import SITE_TAG
from pipeline.defs.launch import RunFailedError, run_job
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import DataFolder


def run_live(
    folder: DataFolder,
    sites_folder: Path,
    wanted: Sequence[str],
    *,
    now: datetime,
    report: Callable[[str], None],
) -> None:
    """Crawl the wanted sites (all where none is named), then publish what came of it.

    Raises:
        WrongUseError: a wanted site has no site file.
        RunFailedError: a crawl or the publish failed; the other sites were crawled and published all the same.
    """
    sites = load_sites(sites_folder)
    found = {name: sites.find(name) for name in wanted}
    unknown = sorted(name for name, site in found.items() if site is None)
    if unknown:
        raise WrongUseError(f"no site file for {', '.join(unknown)} in {sites_folder}; `iomdb site list` names them")
    failures = []
    for site in dict.fromkeys(site.id for site in found.values() if site) or sorted(sites.by_id):
        report(f"crawling {site}")
        try:
            run_job("crawl_site", folder, now=now, partition=site, tags={SITE_TAG: site})
        except RunFailedError as error:
            report(str(error))
            failures.append(str(error))
    report("publishing")
    run_job("publish", folder, now=now)
    if failures:
        raise RunFailedError("\n".join(failures))
