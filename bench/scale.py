"""What one document costs as they become many: processor time, memory and disk of the build, the publish, the index.

Belongs here: the same generated archive at several sizes, each stage in a process of its own. Does not belong here: the
model that is drawn from it (``docs/scale.md``), peers (``bench.derive``).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from bench.derive import RUN_ID, write_archive

STAGES = {
    "build": """
from datetime import date
from contracts.extraction import ExtractorRelease
from contracts.verdict import Verdict
from warehouse.build.database import build_database
from warehouse.build.sources import Sources
sources = Sources(root / "archive", root / "extracted", [ExtractorRelease(1, date(2026, 1, 1))])
verdicts = [
    Verdict(run_id=run_id, site="bench", kind=kind, verdict="accepted", by="gate") for kind in ("project", "news")
]
made = build_database(sources, verdicts, root / "iomdb.duckdb").path
made.rename(root / "built")
""",
    "check, hash and swap": """
from warehouse.publish.swap import publish_database
made = publish_database(root / "built", root / "iomdb.duckdb").path
""",
    "search index": """
from warehouse.read.search import build_index
made = build_index(root / "iomdb.duckdb")
""",
}
VERSIONS = """
from bench.derive import measure_derivation
for row in measure_derivation(root / "spill", int(sys.argv[3]), int(sys.argv[4])):
    print(json.dumps({"measure": row["measure"].strip(), "value": round(row["value"], 2), "unit": row["unit"]}))
"""
"""What of the publish grows with the ledger and not with the documents: identity, and versions from observations."""

PROGRAM = """
import json, resource, sys
from pathlib import Path
from bench.memory import read_peak
root, run_id = Path(sys.argv[1]), sys.argv[2]
{stage}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({{"cpu": used.ru_utime + used.ru_stime, "memory_mb": read_peak()}}))
"""


def measure_scale(documents: int) -> list[dict[str, Any]]:
    """One row a stage: ``documents``, ``stage``, ``cpu_ms`` a document, ``memory_mb``, ``disk_kb`` a document."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_archive(root, documents)
        for stage, code in STAGES.items():
            command = [sys.executable, "-c", PROGRAM.format(stage=code), str(root), RUN_ID]
            took = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
            made = root / {"build": "built", "search index": "iomdb.search"}.get(stage, "iomdb.duckdb")
            size = made.stat().st_size
            rows.append(
                {"documents": documents, "stage": stage, "cpu_ms": round(took["cpu"] * 1000 / documents, 3)}
                | {"memory_mb": round(took["memory_mb"]), "disk_kb": round(size / 1024 / documents, 2)}
            )
    return rows


def measure_versions(documents: int, weeks: int) -> str:
    """The derivation alone, of ``documents`` pages that were asked for in each of ``weeks``: one JSON object a line."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["-c", PROGRAM.format(stage=VERSIONS), folder, RUN_ID, str(documents), str(weeks)]
        return subprocess.run([sys.executable, *words], stdout=subprocess.PIPE, text=True, check=True).stdout


@click.command()
@click.argument("sizes", nargs=-1, type=int, required=True, metavar="DOCUMENTS...")
@click.option("--weeks", type=int, help="Only derive versions, from so many ledger lines a document.")
def main(sizes: tuple[int, ...], weeks: int | None) -> None:
    """Measure the stages that hold all documents at these sizes, one JSON object a line."""
    for documents in sizes:
        if weeks is not None:
            click.echo(measure_versions(documents, weeks), nl=False)
            continue
        for row in measure_scale(documents):
            click.echo(json.dumps(row))


if __name__ == "__main__":
    main()
