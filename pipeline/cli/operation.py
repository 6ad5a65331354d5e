"""Commands of the one who runs it and looks after it: the job, the daemon, publishing, the doctor, decisions.

Belongs here: arguments, printing, exit codes. Does not belong here: any work; Dagster is imported on use.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from typing import TYPE_CHECKING

import click

from contracts.fetch import PAGE_KINDS
from pipeline.ground.clock import read_clock
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import find_data_folder, find_sites_folder
from pipeline.ground.printable import encode_report, escape

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.health.daemon import DaemonLife
    from pipeline.stages.publish import Publication


@click.command()
@click.option("--source", type=click.Choice(["seeds", "live"]), default="seeds", show_default=True, help="What to do.")
@click.option("--site", "sites", multiple=True, metavar="ID", help="With live: only this site (may be repeated).")
def run(source: str, sites: tuple[str, ...]) -> None:
    r"""Do the whole job as one Dagster run, from pages to tables.

    Do the whole job as a Dagster run: archive, extract, derive, judge, publish.

    With seeds it is offline and takes seconds. With live it crawls each site in its own run, politely: for hours.

    \b
    Examples:
      iomdb run
      iomdb run --source live --site liberia.iom.int
    """
    if source == "seeds":
        if sites:
            raise click.UsageError("--site goes with --source live; the seeds are four fixed pages")
        _run_seeds()
        return
    _run_live(sites)


def _run_seeds() -> None:
    from pipeline.defs.launch import run_job
    from pipeline.history.summary import summarise

    folder = find_data_folder()
    run_job("seeds", folder, now=read_clock())
    click.echo(summarise(folder))


def _run_live(sites: tuple[str, ...]) -> None:
    from pipeline.defs.launch import run_live
    from pipeline.history.summary import summarise

    folder = find_data_folder()
    run_live(folder, find_sites_folder(), sites, now=read_clock(), report=lambda line: click.echo(line, err=True))
    click.echo(summarise(folder))


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True, help="Port on 127.0.0.1.")
def dev(port: int) -> None:
    r"""Open Dagster's UI on 127.0.0.1; Ctrl-C stops it.

    Open Dagster's UI on 127.0.0.1 to look around; stop it with Ctrl-C.

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

    Run the schedules and sensors, without the UI; stop it with Ctrl-C or SIGTERM.

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

    Read what was not read yet, judge, derive the tables and swap in the new database.

    Exits with 1 when the gate rejected a run, or an archived record is damaged: the others are published, and the
    message says which field fell, or which record. No Dagster run is made, but its UI shows what was published.

    \b
    Examples:
      iomdb publish
      iomdb publish --json | jq .content_sha256
    """
    from pipeline.stages.publish import publish as publish_tables

    _report(publish_tables(find_data_folder(), now=read_clock(), on_progress=_tell), as_json=as_json)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def rebuild(as_json: bool) -> None:
    r"""Make every derived file anew from the archive, hash for hash.

    Make every derived file anew from the archive: extractions of the current extractor release, tables, database.

    The same archive, extractor release and decisions give the same content hash. A damaged record is left out and
    named, and the exit code is 1.

    \b
    Examples:
      iomdb rebuild
      IOMDB_DATA=/srv/copy iomdb rebuild        (a restore, proved)
    """
    from pipeline.stages.rebuild import rebuild as rebuild_all

    _report(rebuild_all(find_data_folder(), now=read_clock(), on_progress=_tell), as_json=as_json)


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


def _tell(line: str) -> None:
    click.echo(line, err=True)


LONGEST_WHY = 2_000


@click.command()
@click.option("--alive", is_flag=True, help="Only whether the daemon gives signs of life: exit code 0, or 1.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def status(*, alive: bool, as_json: bool) -> None:
    r"""What there is and how fresh, on one screen.

    What there is and how fresh: runs, pages, tables, the last crawl of each site. One screen.

    With --alive nothing but the daemon's last sign of life: for health checks of containers and the like.

    \b
    Examples:
      iomdb status
      iomdb status --json | jq .stale
      iomdb status --alive
    """
    from pipeline.health.status import read_status

    now = read_clock()
    if alive:
        life = _read_life(now)
        click.echo(encode_report(life.as_json()) if as_json else life.describe())
        sys.exit(0 if life.is_alive else 1)
    current = read_status(find_data_folder(), find_sites_folder(), now=now)
    click.echo(encode_report(current.as_json()) if as_json else current.describe(now))


def _read_life(now: datetime) -> DaemonLife:
    if os.environ.get("IOMDB_INSTANCE"):
        from pipeline.defs.instance import read_shared_life

        return read_shared_life(find_data_folder(), now)
    from pipeline.health.daemon import read_life

    return read_life(find_data_folder(), now)


@click.command()
@click.option("--deep", is_flag=True, help="Also prove every archived record: reads the whole archive.")
@click.option("--alert", is_flag=True, help="Tell the channels of alerts.toml what opened and what is over.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def doctor(deep: bool, alert: bool, as_json: bool) -> None:
    r"""Look for trouble, and name the command that mends it. Changes nothing.

    Looks at disk, permissions, settings, versions, clock, archive, leftovers, the published file, each site's last
    success and robots.txt, and what waits for a decision. Exits with 1 when a person is needed, or could not be report.

    \b
    Examples:
      iomdb doctor
      iomdb doctor --deep
      */15 * * * *  iomdb doctor --alert >/dev/null      (cron; deploy/ has the same as a systemd timer)
    """
    from pipeline.cli.tables import find_width
    from pipeline.health.diagnosis import examine, send_alerts

    folder = find_data_folder()
    diagnosis = examine(folder, find_sites_folder(), now=read_clock(), deep=deep)
    click.echo(encode_report(diagnosis.as_json()) if as_json else diagnosis.describe(width=find_width()))
    report = send_alerts(diagnosis, folder) if alert else None
    for fault in report.faults if report else ():
        click.echo(f"not delivered: {fault}", err=True)
    if diagnosis.problems or (report and report.faults):
        sys.exit(1)


@click.command()
@click.argument("decision", type=click.Choice(["accept", "reject"]))
@click.argument("run_id", metavar="RUN")
@click.option("--why", required=True, help="The reason, kept for good; no personal data.")
@click.option("--site", metavar="ID", help="Only this site's part of the run.")
@click.option("--kind", type=click.Choice(PAGE_KINDS), help="Only pages of this kind.")
def decide(decision: str, run_id: str, why: str, site: str | None, kind: str | None) -> None:
    r"""Overrule the gate on one run, with a reason that is recorded.

    Overrule the gate on one run, as recorded input; the newest decision on a run wins.

    It takes effect with the next publish, and a rebuild repeats it.

    \b
    Examples:
      iomdb decide accept 20261121T060000Z-liberia-0a1b2c3d --why "the office really closed these pages"
      iomdb decide reject 20261121T060000Z-liberia-0a1b2c3d --kind news --why "a test site was published by mistake"
    """
    from pipeline.cli.sites import find_site_id
    from pipeline.gate.decisions import decide_run, find_parts

    if site is not None:
        site = find_site_id(site, (part for part, _ in find_parts(find_data_folder(), run_id)))
    recorded = decide_run(
        find_data_folder(),
        run_id,
        accept=decision == "accept",
        why=check_why(why),
        who=getpass.getuser(),
        now=read_clock(),
        site=site,
        kind=kind,
    )
    part = " ".join(filter(None, (recorded.site, recorded.kind))) or "all of it"
    click.echo(f"recorded: {recorded.decision} {recorded.run_id} ({part}). It takes effect with `iomdb publish`.")


def check_why(why: str) -> str:
    """The reason on one line.

    Raises:
        WrongUseError: it is empty or too long.
    """
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in why).split())
    if not words or len(words) > LONGEST_WHY:
        raise WrongUseError(f"--why needs a reason of 1 to {LONGEST_WHY} characters: it is kept with the decision")
    return words


@click.command()
@click.argument("url")
@click.option("--why", required=True, help="The reason, kept for good; no personal data.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def purge(url: str, why: str, yes: bool, as_json: bool) -> None:
    r"""Remove a page for good, wherever it is kept.

    Remove a page for good: from archive, readings, tables and data releases. It is never asked for again.

    A tombstone with the digest and the reason stays in the archive, the decision in decisions.jsonl. Listings and
    feeds that quote the page go with it; other pages that link to it are named, and stay. Copies of the data folder
    elsewhere are yours to remove.

    \b
    Example:
      iomdb purge https://liberia.iom.int/news/a-story --why "request of the person named, ticket 12"
    """
    from pipeline.purge.purge import purge as purge_page

    reason = check_why(why)
    if not yes and not sys.stdin.isatty():
        raise WrongUseError(
            "nobody can be asked: standard input is no terminal. Nothing was removed; add --yes to mean it"
        )
    if not yes and not click.confirm(f"Remove {ascii(url)[1:-1]} for good?"):
        raise click.ClickException("nothing was removed")
    done = purge_page(find_data_folder(), find_sites_folder(), url, why=reason, who=getpass.getuser(), now=read_clock())
    click.echo(encode_report(done.as_json()) if as_json else done.describe())
