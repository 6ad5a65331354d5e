"""What must hold of the assets, reported by the run that made them; a blocking check fails its run.

Belongs here: asset checks, but for those that an asset reports itself: the gate, and what a crawl is judged by.
Does not belong here: the rules behind them (``crawler.archive.check``, ``pipeline.gate``).
"""

import dagster as dg

from crawler.archive.check import check_run
from crawler.archive.runs import iter_manifests
from pipeline.defs import specs
from pipeline.ground.folders import find_data_folder
from pipeline.stages.extract import count_readings


@dg.asset_check(asset=specs.SEEDS.key, blocking=True, metadata=specs.link_docs("contracts.md"))
def seeds_read_back() -> dg.AssetCheckResult:
    """Every record of the folders that were archived reads back against its digests, its ledger and its manifest."""
    archive = find_data_folder().archive
    folders = [manifest.run_id for manifest in iter_manifests(archive) if manifest.source == "folder"]
    damages = [damage for run_id in folders for damage in check_run(archive / run_id)]
    return dg.AssetCheckResult(
        passed=not damages,
        description="\n".join(f"{damage.run_id} {damage.file}: {damage.message}" for damage in damages) or None,
        metadata={"runs": len(folders), "damages": len(damages)},
    )


@dg.asset_check(asset=specs.RECORDS.key, metadata=specs.link_docs("reading-pages.md"))
def pages_are_read() -> dg.AssetCheckResult:
    """Nine of ten archived pages match exactly one layout; the others publish nothing and wait for a rule."""
    counts = count_readings(find_data_folder())
    share = counts.n_quarantined / counts.n_pages if counts.n_pages else 0.0
    return dg.AssetCheckResult(
        passed=share <= 0.1,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{counts.n_quarantined} of {counts.n_pages} archived pages are quarantined",
        metadata={"pages": counts.n_pages, "quarantined": counts.n_quarantined, "share": share},
    )


ALL = [seeds_read_back, pages_are_read]
