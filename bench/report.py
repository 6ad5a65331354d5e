"""What the report costs: the first build, and the one after a day on which one page in a hundred was edited.

Belongs here: an invented site of real records, and the two builds, each in a process of its own. Does not belong here:
any page of the report (``pipeline.report``), reading and publishing, which other stages measure.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.sizes import Size
from tests.pipeline.houses import House, at_day, build_house, project_url
from tests.site.pages import Look, make_project, render_page

DOCUMENTS = {Size.FULL: 10_000, Size.QUICK: 1_000, Size.TINY: 100}
BUILD = """
import json, resource, sys
from pathlib import Path
from bench.memory import read_peak
from pipeline.ground.folders import DataFolder
from pipeline.report.build import write_report
folder = DataFolder(Path(sys.argv[1]))
made = write_report(folder, folder.report)
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"documents": made.n_documents, "files": made.n_files, "written": made.n_written,
                  "cpu": used.ru_utime + used.ru_stime, "memory": read_peak()}))
"""


def measure(size: Size = Size.FULL) -> list[dict[str, Any]]:
    """Rows of the benchmark's table."""
    n = DOCUMENTS[size]
    with tempfile.TemporaryDirectory() as folder:
        house = build_house(Path(folder), projects=n // 2, news=n // 2)
        house.crawl(0)
        assert not house.publish(at_day(1)).rejected
        rows = _measure_build(house, "first build")
        for number in range(0, n // 2, 50):
            project = make_project(number)
            edited = replace(project, title=f"{project.title}, continued")
            house.pages[project_url(number)] = render_page(edited, Look(theme="drupal9", n_bytes=4_000))
        house.crawl(1)
        assert not house.publish(at_day(2)).rejected
        return rows + _measure_build(house, "after a day with 1 % edited")


def _measure_build(house: House, what: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-c", BUILD, str(house.folder.root)]
    took = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    # The bounds are those of 10,000 documents.
    share = took["documents"] / 10_000
    return [
        _row(f"{what}: {took['documents']:,} documents", took["cpu"], "s", 60 * share, is_bound=share > 0.5),
        _row("  peak memory", took["memory"], "MB", 2_000, is_bound=True),
        _row(f"  of {took['files']:,} files written", took["written"], ""),
    ]


def _row(
    measure: str, value: float, unit: str, target: float | None = None, *, is_bound: bool = False
) -> dict[str, Any]:
    row: dict[str, Any] = {"stage": "report", "measure": measure, "value": value, "unit": unit}
    return row | {"target": target, "met": value < target} if target is not None and is_bound else row
