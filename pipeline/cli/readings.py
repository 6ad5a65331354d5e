"""Commands about reading: extracting, freezing.

Belongs here: arguments, printing, exit codes. Does not belong here: any work.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.format.terminal import show_progress
from pipeline.ground.clock import read_clock
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import find_data_folder
from pipeline.ground.printable import encode_object, escape, format_value

if TYPE_CHECKING:
    from pipeline.authoring.compare import Comparison


_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option(
    "--release", type=click.Choice(["current", "next"]), default="current", show_default=True, help="Whose reading."
)
@click.option("--compare", is_flag=True, help="With --release next: say what this code would change; write nothing.")
@click.option("--markdown", "as_markdown", is_flag=True, help="With --compare: as Markdown, for a pull request.")
@click.option("--contacts/--no-contacts", "contacts", default=None, help="Keep contacts in private/, or nowhere.")
@click.option("--site", metavar="ID", help="Only runs of this site (and runs of many sites).")
@click.option("--since", type=_DAY, metavar="DAY", help="Only runs that started on this UTC day (2026-11-01) or later.")
@click.option("--until", type=_DAY, metavar="DAY", help="Only runs that started on this UTC day or before.")
@click.option("--again", is_flag=True, help="Read also what the extractor release has read, and replace it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def extract(
    *,
    release: str,
    compare: bool,
    as_markdown: bool,
    contacts: bool | None,
    site: str | None,
    since: datetime | None,
    until: datetime | None,
    again: bool,
    as_json: bool,
) -> None:
    r"""Read archived pages into records: runs not read yet.

    With --release next --compare the whole archive is read by the code that is here, beside what the current extractor
    release read: by field what is gained, lost and changed, with samples. Accept it by a new release in
    pipeline/releases.toml.

    \b
    Examples:
      iomdb extract
      iomdb extract --no-contacts
      iomdb extract --site liberia.iom.int --since 2026-11-01 --until 2026-11-07 --again
      iomdb extract --release next --compare --markdown      (make coverage)
    """
    if since and until and until < since:
        raise WrongUseError("--until is before --since")
    _check_comparison(release, compare=compare, as_markdown=as_markdown, as_json=as_json)
    if compare:
        _compare(as_json=as_json, as_markdown=as_markdown)
        return
    from pipeline.cli.operation import tell_note
    from pipeline.defs.record import record_extraction
    from pipeline.ground.folders import hold_lock
    from pipeline.stages.extract import extract_missing
    from pipeline.stages.extract_report import Scope

    if site is not None:
        site = _find_site(site)
    folder = find_data_folder()
    scope = Scope(site, since.date() if since else None, until.date() if until else None, again)
    with hold_lock(folder.lock, task="extracting records", since=read_clock()), show_progress() as watch:
        report = extract_missing(folder, scope=scope, watch=watch, keep_contacts=contacts)
    if as_json:
        counts = asdict(report.held) | {"n_read": report.held.n_read}
        click.echo(encode_object({"release": report.release, "runs": report.runs, **counts}))
    else:
        click.echo(report.describe())
    tell_note(record_extraction(folder, report, now=read_clock()))


def _check_comparison(release: str, *, compare: bool, as_markdown: bool, as_json: bool) -> None:
    if (release == "next") != compare or (as_markdown and not compare):
        raise WrongUseError(
            "--release next and --compare (--markdown) go together: a release is written only under its own number"
        )
    if as_markdown and as_json:
        raise WrongUseError("choose one of --markdown and --json")


def _find_site(name: str) -> str:
    from crawler.archive.runs import iter_manifests
    from pipeline.cli.sites import find_site_id

    return find_site_id(name, (run.site for run in iter_manifests(find_data_folder().archive) if run.site))


def _compare(*, as_json: bool, as_markdown: bool) -> None:
    from pipeline.authoring.compare import compare_readings, write_markdown

    with show_progress() as watch:
        comparison = compare_readings(find_data_folder(), watch)
    if as_json:
        click.echo(encode_object(asdict(comparison)))
    elif as_markdown:
        click.echo(write_markdown(comparison))
    else:
        _print_comparison(comparison)


def _print_comparison(comparison: Comparison) -> None:
    click.echo(comparison.describe())
    for name, change in sorted(comparison.fields.items()):
        click.echo(f"{escape(name)}: {change.gained} gained, {change.lost} lost, {change.changed} changed")
        for sample in change.samples:
            click.echo(f"  {escape(sample.url)}: {format_value(sample.before)} → {format_value(sample.after)}")


@click.command()
@click.argument("source", metavar="URL-OR-FILE")
@click.option("--url", help="The address of the page of a file.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder; by default tests/golden/pages of the checkout you are in.",
)
def freeze(source: str, url: str | None, into: Path | None) -> None:
    r"""Freeze a page as a test, with a draft of its record to review.

    Its bytes, and a draft of its record that fails until a person has reviewed it. Review: read the page beside the
    draft, correct the draft where the page says otherwise, then set "reviewed" to your name and the day. Never freeze a
    page whose text is not yours to pass on.

    \b
    Examples:
      iomdb freeze my-page.html --url https://www.iom.int/project/example
      iomdb freeze https://www.iom.int/project/technical-support-improve-border-management-controls-liberia-0
    """
    from pipeline.authoring.freeze import find_golden_pages, freeze_page

    target = into or find_golden_pages(Path.cwd())
    frozen = freeze_page(source, url=url, archive=find_data_folder().archive, target=target)
    click.echo(
        f'{frozen.fixture}\n{frozen.golden}: review it and sign it under "reviewed"; until then `make test` fails'
    )
