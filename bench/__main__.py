"""``make bench``: measures each stage beside its peers in one run, prints one table and keeps the rows as JSON.

Belongs here: which stages there are, and printing. Does not belong here: measuring; each stage's module does that, in
a process of its own so that peak memory is that stage's. Absolute figures drift with the machine; read the ratios.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bench.sizes import Size
from bench.truth.folder import REAL_PAGES

RESULTS = Path(__file__).parent / "results"

STAGES: Mapping[str, str] = {
    "archive": "bench.archive",
    "crawl": "bench.crawl",
    "reading": "bench.pages",
    "derive": "bench.derive",
    "search": "bench.search",
    "duplicates": "bench.near_duplicates",
    "report": "bench.report",
    "truth": "bench.truth.stage",
}
"""Stage name to the module whose ``measure(size)`` gives its rows. The last one needs a folder of labelled pages: it
runs where the environment names one (``REAL_PAGES``), or when it is asked for."""

MEASURE = """
import importlib, json, sys
from bench.sizes import Size
print(json.dumps(importlib.import_module(sys.argv[1]).measure(Size(sys.argv[2]))))
"""


@click.command()
@click.option(
    "--stage", "stages", multiple=True, type=click.Choice(list(STAGES)), help="Only this one (may be repeated)."
)
@click.option("--quick", is_flag=True, help="A tenth of the size: to see that it works, not to quote.")
@click.option("--tiny", is_flag=True, help="A few seconds a stage, as the tests run it: no figure means anything.")
def main(stages: tuple[str, ...], quick: bool, tiny: bool) -> None:
    """Measure the stages, in a process each, one after the other."""
    size = Size.TINY if tiny else Size.QUICK if quick else Size.FULL
    rows: list[dict[str, Any]] = []
    for stage in stages or [name for name in STAGES if name != "truth" or REAL_PAGES in os.environ]:
        click.echo(f"measuring {stage} …", err=True)
        rows += measure_apart(STAGES[stage], size)
    click.echo(format_table(rows))
    if size is Size.FULL:
        click.echo(f"\nkept in {keep(rows).relative_to(Path.cwd())}")


def measure_apart(module: str, size: Size) -> list[dict[str, Any]]:
    """The rows of one stage, measured in a process of its own.

    Raises:
        ClickException: the stage failed; what it printed stands above.
    """
    ended = subprocess.run(
        [sys.executable, "-c", MEASURE, module, size], stdout=subprocess.PIPE, text=True, check=False
    )
    if ended.returncode != 0:
        raise click.ClickException(
            f"{module} ended with {ended.returncode}, see above; the peers come with `make .venv/ready-bench`"
        )
    rows: list[dict[str, Any]] = json.loads(ended.stdout.splitlines()[-1])
    return rows


def format_table(rows: list[dict[str, Any]]) -> str:
    """Stage, what was measured, the figure, and beside it the peer or the target and how they compare."""
    header = ("stage", "measure", "value", "unit", "beside", "its value", "ratio", "target", "met")
    cells = [tuple(_format_cell(row.get(key)) for key in _KEYS) for row in rows]
    widths = [max(len(line[i]) for line in (header, *cells)) for i in range(len(header))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in (header, *cells)
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def keep(rows: list[dict[str, Any]]) -> Path:
    """Write the rows into the day's file, in place of older rows of the same stages; nothing names the machine."""
    RESULTS.mkdir(exist_ok=True)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    target = RESULTS / f"{day}.json"
    measured = {row["stage"] for row in rows}
    earlier = json.loads(target.read_text())["rows"] if target.exists() else []
    rows = [row for row in earlier if row["stage"] not in measured] + rows
    rows.sort(key=lambda row: list(STAGES).index(row["stage"]))
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    target.write_text(json.dumps({"measured_on": day, "machine": machine, "rows": rows}, indent=1) + "\n")
    return target


_KEYS = ("stage", "measure", "value", "unit", "peer", "peer_value", "ratio", "target", "met")


def _format_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    main()
