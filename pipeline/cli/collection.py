"""Commands of the one who collects: crawling a site, taking in pages and archives, proving the archive.

Belongs here: arguments, printing, exit codes. Does not belong here: any work, the child process of a crawl
(pipeline.stages.crawl).
"""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click
import msgspec

from crawler.archive.check import check_archive
from crawler.errors import FolderError, ImportedWarcError
from crawler.imports.folder import IngestedRun, ingest_folder
from crawler.imports.warc import ingest_archive
from crawler.site.site import load_sites
from extractor.values.contacts import withhold_contacts
from pipeline.cli.sites import find_site_id
from pipeline.cluster.site_crawl import crawl_site
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import find_data_folder, find_sites_folder
from pipeline.ground.printable import count, encode_object, escape
from pipeline.stages.crawl import Progress


@click.command()
@click.option("--site", "site_id", required=True, metavar="ID", help="The stem of the site's file in IOMDB_SITES.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object on stdout.")
def crawl(site_id: str, as_json: bool) -> None:
    r"""Fetch what is due of one site, politely, into the archive.

    A crawl that was killed today is taken up where it was. Pages are found by the site's sitemaps, listings, feeds and
    by what is known of it already; each URL that is asked for ends as one row with one outcome (docs/outcomes.md).
    Nothing is read or published: `iomdb run` does all of it. Exit code 1 says that no run was sealed, or that nothing
    of the site could be seen.

    \b
    Examples:
      iomdb crawl --site liberia
      IOMDB_SITES=my-sites IOMDB_DATA=/srv/iomdb iomdb crawl --site liberia --json
    """
    from pipeline.cli.operation import tell_note
    from pipeline.defs.record import record_crawl

    site_id = find_site_id(site_id)
    report = crawl_site(
        find_data_folder(),
        site_id,
        sites=find_sites_folder(),
        now=read_clock(),
        on_progress=_show_crawl if sys.stderr.isatty() else lambda _: None,  # a log would only fill with it
        on_log=lambda line: click.echo(escape(line), err=True),
    )
    if as_json:
        click.echo(encode_object(msgspec.structs.asdict(report)))
    else:
        click.echo(f"run {report.run_id}: {describe_counts(report.counts)}")
        for note in report.notes:
            click.echo(f"  {escape(note)}")
        if not report.complete:
            click.echo("  discovery was not whole: pages that were not met may still be there")
    tell_note(record_crawl(find_data_folder(), site_id, report, now=read_clock()))
    if report.failed:
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


def _show_crawl(progress: Progress) -> None:
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


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a path on stdout.")
def ingest(paths: tuple[Path, ...], as_json: bool) -> None:
    r"""Take pages that others fetched into the archive.

    A folder with a manifest.toml, a WARC or a WACZ file. Each becomes a run of its own, at its own capture times. What
    the archive has already is not taken again, so the same input again changes nothing. A folder is taken whole or not
    at all: what is not as it must be is named with its file and key. Of a damaged WARC or WACZ what is whole is taken,
    each place that could not be read is named, and the exit code is 1; `iomdb doctor` names such runs.

    \b
    Examples:
      iomdb ingest seeds
      iomdb ingest crawl-2024.warc.gz collection.wacz
    """
    for path in paths:
        if not (path.is_file() or path.is_dir()):
            raise click.UsageError(f"{path} is neither a file nor a folder: a WARC is read several times")
    sites = load_sites(find_sites_folder())
    archive = find_data_folder().archive
    # Clocks of other machines run ahead a little; what is dated later than a day from now is not believed.
    latest = read_clock() + timedelta(days=1)
    failed = n_damaged = 0
    for path in paths:
        try:
            if path.is_dir():
                done = ingest_folder(path, archive, sites, latest, withhold_contacts)
            else:
                done = ingest_archive(path, archive, sites, latest, _show_progress if sys.stderr.isatty() else None)
        except (ImportedWarcError, FolderError) as error:
            if len(paths) == 1:
                raise
            failed += 1
            click.echo(f"Error: {escape(str(error), keep_lines=True)}", err=True)
            continue
        n_damaged += bool(done.damages)
        _print_ingested(path, done, as_json=as_json)
    if failed:
        click.echo(f"{failed} of {len(paths)} could not be taken; the others are in the archive", err=True)
    if n_damaged:
        words = "what is whole of them is in the archive; ingest whole copies where there are any"
        click.echo(f"{count(n_damaged, 'file')} damaged: {words}", err=True)
    if failed or n_damaged:
        sys.exit(1)


def _print_ingested(path: Path, done: IngestedRun, *, as_json: bool) -> None:
    if as_json:
        click.echo(encode_object({"path": str(path), **asdict(done)}))
        return
    words = "was in the archive already" if done.already_present else "is in the archive"
    click.echo(f"{escape(str(path))}: {done.n_pages} pages, run {done.run_id} {words}")
    for note in dict.fromkeys((*done.notes, *done.damages)):
        click.echo(f"  {escape(note)}")


def _show_progress(words: str) -> None:
    click.echo(escape(words), err=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each damage on stdout.")
def fsck(as_json: bool) -> None:
    r"""Check every archived record against its digests and its manifest.

    Read every archived record back against its digests, its ledger and its manifest; exit 1 when any does not hold.

    \b
    Examples:
      iomdb fsck
      iomdb fsck --json | jq .message
    """
    archive = find_data_folder().archive
    damages = check_archive(archive, _show_progress if sys.stderr.isatty() else None)
    for damage in damages:
        fields = {name: getattr(damage, name) for name in damage.__struct_fields__}
        place = ":".join(str(part) for part in (damage.run_id, damage.file, damage.offset) if part is not None)
        click.echo(encode_object(fields) if as_json else f"{escape(place)}: {escape(damage.message)} [{damage.code}]")
    unfinished = [damage for damage in damages if damage.code == "left_open"]
    if len(unfinished) < len(damages):
        advice = "restore those runs from a copy; a run of a folder or a WARC may be removed and ingested again"
        click.echo(f"{count(len(damages) - len(unfinished), 'fault')} in {archive}: {advice}", err=True)
        sys.exit(1)
    if not as_json:
        also = f"; {count(len(unfinished), 'run')} not finished, which is no damage" if unfinished else ""
        click.echo(f"every record in {archive} holds{also}")
