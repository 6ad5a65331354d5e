"""Commands of the one who looks after it: how it is, what is wrong, overruling the gate, removing a page.

Belongs here: arguments, printing, exit codes. Does not belong here: any work; what starts it
(:mod:`pipeline.cli.operation`).
"""

from __future__ import annotations

import getpass
import os
import sys
from typing import TYPE_CHECKING

import click

from contracts.run import PAGE_KINDS
from pipeline.ground.clock import read_clock
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import find_data_folder, find_sites_folder
from pipeline.ground.printable import encode_report

LONGEST_WHY = 2_000

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.health.daemon import DaemonLife


@click.command()
@click.option("--alive", is_flag=True, help="Only whether the daemon gives signs of life: exit code 0, or 1.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def status(*, alive: bool, as_json: bool) -> None:
    r"""What there is and how fresh, on one screen.

    Runs, pages, tables, the last crawl of each site. With --alive nothing but the daemon's last sign of life: for
    health checks of containers and the like.

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
    from pipeline.cli.format.tables import find_width
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

    The newest decision on a run wins. It takes effect with the next publish, and a rebuild repeats it.

    \b
    Examples:
      iomdb decide accept 20261121T060000Z-liberia-0a1b2c3d --why "the office really closed these pages"
      iomdb decide reject 20261121T060000Z-liberia-0a1b2c3d --kind news --why "a test site was published by mistake"
    """
    from pipeline.cli.sites import find_site_id
    from pipeline.gate.judgement import decide_run, find_parts

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

    It goes from archive, readings, tables and data releases, and is never asked for again. A tombstone with the digest
    and the reason stays in the archive, the decision in decisions.jsonl. Listings and feeds that quote the page go with
    it; other pages that link to it are named, and stay. Copies of the data folder elsewhere are yours to remove.

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
