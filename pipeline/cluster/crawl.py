"""A crawl by one of several machines: alone with the site's hosts, its open run kept safe, sealed for all.

Belongs here: leases of hosts, what a dead machine left of an open run. Does not belong here: the crawl
(:mod:`pipeline.stages.crawl`), the form of a journal.

Politeness holds over machines because a host has one lease: no two machines ask it at one time, and one that was lost
is taken over two minutes after its last sign of life, longer than any delay between two requests.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from contracts.run import source_of
from crawler.archive.runs import OPEN_SUFFIX, iter_open_runs
from crawler.site.site import Site
from pipeline.cluster.journal import Journal, find_generations, forget_journal, restore_run
from pipeline.cluster.lease import Heartbeat, hold_leases
from pipeline.cluster.machine import Cluster, find_cluster
from pipeline.cluster.shared import fetch_decisions, fetch_published, fetch_runs, list_sealed, send_runs
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import DataFolder
from pipeline.stages.crawl import CrawlReport, Progress

Crawl = Callable[[Callable[[Progress], None], Callable[[Callable[[], None]], None]], CrawlReport]
"""The crawl itself: it is given who wants its progress, and who wants to be able to end it."""


@dataclass
class _Beat:
    """What is done with each beat of the leases: the open run's journal is sent."""

    cluster: Cluster
    journal: Journal | None = None

    def begin(self, progress: Progress) -> None:
        """Begin the journal when the crawl says which run it writes."""
        if progress["event"] == "started" and self.journal is None:
            cluster = self.cluster
            self.journal = Journal.begin(
                cluster.derived, cluster.folder.archive, str(progress["run_id"]), cluster.worker
            )

    def __call__(self) -> None:
        """Send what was added."""
        if self.journal is not None:
            self.journal.send()


def crawl_shared(folder: DataFolder, site: Site, on_progress: Callable[[Progress], None], crawl: Crawl) -> CrawlReport:
    """Crawl a site to a run that is sealed in the store; one that another machine left open today is gone on with.

    Raises:
        LockedError: another machine crawls one of the site's hosts.
        StoreError: the store is away; a run that is sealed here is sent by the next call.
        WrongUseError, CrawlError: as :func:`pipeline.stages.crawl.run_crawl`.
    """
    cluster = find_cluster(folder)
    beat = _Beat(cluster)
    with hold_leases(
        cluster.derived,
        ["host-" + re.sub(r"[^a-z0-9.-]", "_", host.lower()) for host in site.file.hosts],
        holder=cluster.worker,
        task=f"the crawl of {site.id}",
        clock=read_clock,
        locks=cluster.locks,
        on_beat=beat,
    ) as heartbeat:
        send_runs(cluster)
        fetch_runs(cluster, with_volumes=False)
        fetch_decisions(cluster)
        fetch_published(cluster)
        settle_open_runs(cluster, site.id)
        report = crawl(lambda progress: _tell(progress, beat, on_progress), lambda end: _obey(heartbeat, end))
        send_runs(cluster)
        forget_journal(cluster.derived, report.run_id)
    return report


def settle_open_runs(cluster: Cluster, site_id: str) -> None:
    """Bring here the open runs of a site as the machine that wrote last left them; what is sealed is open no more."""
    archive = cluster.folder.archive
    sealed = list_sealed(cluster.archive.list_objects())
    journals = {one.key.split("/")[1] for one in cluster.derived.list_objects("open")}
    for run_id in sorted({*journals, *iter_open_runs(archive)}):
        if source_of(run_id) != site_id:
            continue
        here = archive / (run_id + OPEN_SUFFIX)
        if run_id in sealed:
            shutil.rmtree(here, ignore_errors=True)
            forget_journal(cluster.derived, run_id)
            continue
        generations = find_generations(cluster.derived, run_id)
        if generations and (generations[-1].worker != cluster.worker or not here.exists()):
            shutil.rmtree(here, ignore_errors=True)
            restore_run(cluster.derived, generations[-1], here)


def _tell(progress: Progress, beat: _Beat, on_progress: Callable[[Progress], None]) -> None:
    beat.begin(progress)
    on_progress(progress)


def _obey(heartbeat: Heartbeat, end: Callable[[], None]) -> None:
    heartbeat.on_lost = end
