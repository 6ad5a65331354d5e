"""Crawling one site, alone or as one of several machines: the one door for the command and for Dagster.

Belongs here: which of the two it is. Does not belong here: either.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from crawler.site.site import load_sites
from pipeline.ground.folders import DataFolder, is_shared
from pipeline.stages.crawl import CrawlReport, Progress, run_crawl


def crawl_site(
    folder: DataFolder,
    site_id: str,
    *,
    sites: Path,
    now: datetime,
    on_progress: Callable[[Progress], None],
    on_log: Callable[[str], None],
) -> CrawlReport:
    """Crawl one site to a sealed run, as :func:`pipeline.stages.crawl.run_crawl` does, alone or as one of several.

    Raises:
        LockedError: another machine crawls one of the site's hosts.
        StoreError: the store is away.
        WrongUseError, CrawlError: as ``run_crawl``.
    """
    crawl = partial(run_crawl, site_id, sites=sites, folder=folder, now=now, on_log=on_log)
    site = load_sites(sites).find(site_id) if is_shared() else None
    if site is None:
        return crawl(on_progress=on_progress)
    from pipeline.cluster.crawl import crawl_shared

    return crawl_shared(folder, site, on_progress, lambda tell, on_start: crawl(on_progress=tell, on_start=on_start))
