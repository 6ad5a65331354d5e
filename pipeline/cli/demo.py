"""The command that makes the demonstration.

Belongs here: arguments, printing, exit codes. Does not belong here: any work (``pipeline.demo``).
"""

import os
import shlex
from pathlib import Path

import click

from pipeline.cli.format.rows import json_option
from pipeline.cli.format.terminal import show_progress
from pipeline.ground.clock import read_clock
from pipeline.ground.printable import encode_object

NEXT_STEPS = (
    "iomdb changes --since 2026-11-16",
    "iomdb sql --query budget_by_country",
    "iomdb history IB.1001",
    "iomdb cite IB.1001 budget_amount",
)


@click.command()
@click.argument("directory", metavar="[DIR]", default="demo", type=click.Path(path_type=Path))
@json_option
def demo(*, directory: Path, as_json: bool) -> None:
    r"""Make an invented archive of eight weeks to try everything on.

    DIR (default: demo) becomes a data folder like any other, published, with its report: offline, in seconds. Nothing
    in it is true, and every page and citation of it says so. A folder that holds anything else is refused.

    \b
    Examples:
      iomdb demo
      iomdb demo /tmp/try
    """
    from pipeline.demo.demo import make_demo
    from pipeline.history.summary import count_documents

    root = Path(os.path.abspath(directory))  # noqa: PTH100 - no link is resolved: it is named as it was given
    with show_progress() as watch:
        made = make_demo(root, now=read_clock(), watch=watch)
    folder = made.folder
    counts = count_documents(folder)
    if as_json:
        paths = {"path": str(root), "database": str(folder.published), "report": str(folder.report / "index.html")}
        click.echo(encode_object({**paths, "is_new": made.is_new, **counts}))
        return
    kinds = f"{counts['projects']} projects, {counts['news']} news pages, {counts['runs']} crawls"
    click.echo(f"{directory} {'holds' if made.is_new else 'held already'} eight invented weeks: {kinds}")
    click.echo("Nothing in it is true; every page and citation says so.\n")
    click.echo(f"report    {folder.report / 'index.html'}")
    click.echo(f"try next  export IOMDB_DATA={shlex.quote(str(directory))}")
    for step in NEXT_STEPS:
        click.echo(f"          {step}")
