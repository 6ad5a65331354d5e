"""The report after each publish: built by a process of its own, so that nothing that happens to it touches a publish.

Belongs here: starting that process, what it came to, as Dagster shows it. Does not belong here: any page
(``pipeline.report``).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import dagster as dg

from pipeline.defs.facts import make_summary
from pipeline.defs.specs import REPORT, REPORT_CHECK
from pipeline.ground.folders import PROJECT_ROOT, DataFolder

_CALL = "from pipeline.cli import main; main(prog_name='iomdb')"
LONGEST_SECONDS = 3600


def build_report(folder: DataFolder) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Build the report of what is published now; where that fails, a warning and no asset."""
    # This very code comes before whatever else the caller's path names.
    path = os.pathsep.join(filter(None, (str(PROJECT_ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "IOMDB_DATA": str(folder.root), "PYTHONPATH": path}
    command = [sys.executable, "-c", _CALL, "report", "--json"]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        yield _judge(str(error))
        return
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        yield _judge(words[-1])
        return
    made = json.loads(done.stdout)
    counts = {name: made[name] for name in ("documents", "pages", "files", "written")}
    yield dg.MaterializeResult(
        asset_key=REPORT.key,
        metadata={
            "summary": make_summary(counts),
            "dagster/row_count": made["pages"],
            "report": dg.MetadataValue.path(made["index"]),
            "preview": dg.MetadataValue.json(made["latest"]),
            "content_sha256": made["content_sha256"],
        },
        check_results=[_judge(None)],
    )


def _judge(fault: str | None) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=REPORT_CHECK.name,
        asset_key=REPORT.key,
        passed=fault is None,
        severity=dg.AssetCheckSeverity.WARN,
        description=fault or "every page was written, and the folder is in its place",
    )
