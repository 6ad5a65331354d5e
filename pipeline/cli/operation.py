"""Commands of the one who runs it: the whole job, the daemon and the UI, publishing and rebuilding.

Belongs here: arguments, printing, exit codes. Does not belong here: any work; Dagster is imported on use.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pipeline.cli.format.terminal import show_progress
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import find_data_folder, find_sites_folder
from pipeline.ground.printable import escape

if TYPE_CHECKING:
    from pipeline.stages.publish import Publication


@click.command()
@click.option("--source", type=click.Choice(["seeds", "live"]), default="seeds", show_default=True, help="What to do.")
@click.option("--site", "sites", multiple=True, metavar="ID", help="With live: only this site (may be repeated).")
def run(source: str, sites: tuple[str, ...]) -> None:
    r"""Do the whole job as one Dagster run, from pages to tables.

    Archive, extract, derive, judge, publish. With seeds it is offline and takes seconds. With live it crawls each site
    in its own run, politely: for hours.

    \b
    Examples:
      iomdb run
      iomdb run --source live --site liberia.iom.int
    """
    if source == "seeds" and sites:
        raise click.UsageError("--site goes with --source live; the seeds are four fixed pages")
    from pipeline.defs.launch import run_job, run_live
    from pipeline.history.summary import summarise

    folder, now = find_data_folder(), read_clock()
    if source == "seeds":
        run_job("seeds", folder, now=now)
    else:
        run_live(folder, find_sites_folder(), sites, now=now, report=lambda line: click.echo(line, err=True))
    click.echo(summarise(folder))


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="Port on 127.0.0.1.")
def dev(port: int) -> None:
    r"""Open Dagster's UI on 127.0.0.1; Ctrl-C stops it.

    The schedule that crawls sites is off here until it is turned on in the UI; publishing what is new, and the watch,
    are on. The web server has no login: it listens on this machine only, and answers its own pages and programs,
    no page of another site.

    \b
    Examples:
      iomdb dev
      iomdb dev --port 3001
    """
    from pipeline.defs.service import serve_ui

    serve_ui(find_data_folder(), port=port, now=read_clock())


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; others need --name.")
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="Port to listen on.")
@click.option("--name", "names", multiple=True, metavar="HOST[:PORT]", help="Answer under this name too (repeatable).")
@click.option("--read-only", is_flag=True, help="Show everything, change nothing.")
def ui(host: str, port: int, names: tuple[str, ...], read_only: bool) -> None:
    r"""Serve Dagster's UI beside a daemon; Ctrl-C or SIGTERM stops it.

    It has no login: whoever reaches the port may do what it can do. It answers requests for 127.0.0.1 and localhost
    with its port, and for each --name, from its own pages and from programs, and refuses those of other sites' pages.

    \b
    Examples:
      iomdb ui --read-only
      iomdb ui --name ui.example.org            (behind a proxy that asks who it is)
    """
    from pipeline.defs.ui import serve_ui

    serve_ui(find_data_folder(), host=host, port=port, names=names, read_only=read_only)


@click.command()
def daemon() -> None:
    r"""Run the schedules, without the UI; Ctrl-C or SIGTERM stops it.

    \b
    Examples:
      iomdb daemon
      systemctl enable --now iomdb.service      (deploy/systemd has the unit)
    """
    from pipeline.defs.service import serve_daemon

    serve_daemon(find_data_folder(), now=read_clock())


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def publish(as_json: bool) -> None:
    r"""Read, judge and derive what is new, and swap in the new tables.

    Exits with 1 when the gate rejected a run, or an archived record is damaged: the others are published, and the
    message says which field fell, or which record. No Dagster run is made, but its UI shows what was published.

    \b
    Examples:
      iomdb publish
      iomdb publish --json | jq .content_sha256
    """
    from pipeline.stages.publish import publish as publish_tables

    with show_progress() as watch:
        done = publish_tables(find_data_folder(), now=read_clock(), watch=watch)
    _report(done, as_json=as_json)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def rebuild(as_json: bool) -> None:
    r"""Make every derived file anew from the archive, hash for hash.

    Extractions of the current extractor release, tables, database. The same archive, extractor release and decisions
    give the same content hash. A damaged record is left out and named, and the exit code is 1.

    \b
    Examples:
      iomdb rebuild
      IOMDB_DATA=/srv/copy iomdb rebuild        (a restore, proved)
    """
    from pipeline.stages.publish import rebuild as rebuild_all

    with show_progress() as watch:
        done = rebuild_all(find_data_folder(), now=read_clock(), watch=watch)
    _report(done, as_json=as_json)


def _report(publication: Publication, *, as_json: bool) -> None:
    """Print what was published, record it for the UI, and fail where the gate rejected a run."""
    from pipeline.defs.record import record_publication

    click.echo(json.dumps(publication.as_json()) if as_json else publication.describe())
    tell_note(record_publication(find_data_folder(), publication, now=read_clock()))
    publication.raise_if_rejected()


def tell_note(note: str | None) -> None:
    """Something that went wrong beside the work, which is done: it changes no exit code."""
    if note:
        click.echo(f"note: {escape(note)}", err=True)
