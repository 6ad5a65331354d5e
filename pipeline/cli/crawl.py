"""The command ``crawl``: one site to a sealed run of the archive, in a child process that ends with this one.

Belongs here: arguments, printing, exit codes. Does not belong here: the child (pipeline.stages.crawl), the crawl
(crawler).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click

from pipeline.ground.clock import read_clock
from pipeline.ground.folders import find_data_folder, find_sites_folder
from pipeline.ground.printable import encode_object, escape
from pipeline.stages.crawl import Progress, run_crawl


@click.command()
@click.option("--site", "site_id", required=True, metavar="ID", help="The stem of the site's file in IOMDB_SITES.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object on stdout.")
def crawl(site_id: str, as_json: bool) -> None:
    r"""Fetch what is due of one site into the archive, politely; a crawl killed today is taken up where it was.

    Pages are found by the site's sitemaps, listings, feeds and by what is known of it already; each URL that is asked
    for ends as one row with one outcome (docs/outcomes.md). Nothing is read or published: `iomdb run` does all of it.
    Exit code 1 says that no run was sealed, or that nothing of the site could be seen.

    \b
    Examples:
      iomdb crawl --site liberia
      IOMDB_SITES=my-sites IOMDB_DATA=/srv/iomdb iomdb crawl --site liberia --json
    """
    report = run_crawl(
        site_id,
        sites=find_sites_folder(),
        archive=find_data_folder().archive,
        now=read_clock(),
        on_progress=_show_progress if sys.stderr.isatty() else _ignore,
        on_log=lambda line: click.echo(escape(line), err=True),
    )
    if as_json:
        fields = {"run_id": report.run_id, "complete": report.is_complete, "failed": report.has_failed}
        click.echo(encode_object({**fields, "counts": dict(report.counts), "notes": list(report.notes)}))
    else:
        click.echo(f"run {report.run_id}: {describe_counts(report.counts)}")
        for note in report.notes:
            click.echo(f"  {escape(note)}")
        if not report.is_complete:
            click.echo("  discovery was not whole: pages that were not met may still be there")
    if report.has_failed:
        raise SystemExit(1)


def describe_counts(counts: Mapping[str, int]) -> str:
    """Outcomes and how often, the most frequent first.

    >>> describe_counts({"timeout": 1, "fetched": 40})
    '40 fetched, 1 timeout'
    >>> describe_counts({})
    'nothing was due'
    """
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{n} {outcome}" for outcome, n in ordered) or "nothing was due"


def _show_progress(progress: Progress) -> None:
    match progress["event"]:
        case "started":
            words = f"run {progress['run_id']}" + (f", resumed: {progress['rows']} rows" if progress["rows"] else "")
        case "discovered":
            words = f"{progress['kind']}: {progress['found']} pages found, {progress['due']} due"
        case "progress":
            words = f"{progress['rows']} URLs, at {progress['url']}"
        case _:
            return
    click.echo(escape(words), err=True)


def _ignore(progress: Progress) -> None:
    """Progress is for terminals; a log would only fill with it."""
