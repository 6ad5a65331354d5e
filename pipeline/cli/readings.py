"""Commands about reading: extracting, proving, citing, freezing.

Belongs here: arguments, printing, exit codes. Does not belong here: any work.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.rows import print_others, shared
from pipeline.ground.clock import read_clock
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import find_data_folder
from pipeline.ground.printable import encode_object, escape, format_value
from warehouse.read.documents import strip_address

if TYPE_CHECKING:
    from pipeline.authoring.compare import Comparison
    from pipeline.ground.folders import DataFolder
    from pipeline.proof.verify import Proof, ProvedValue


@click.command()
@click.option(
    "--release", type=click.Choice(["current", "next"]), default="current", show_default=True, help="Whose reading."
)
@click.option("--compare", is_flag=True, help="With --release next: say what this code would change; write nothing.")
@click.option("--contacts/--no-contacts", "contacts", default=None, help="Keep contacts in private/, or nowhere.")
@click.option("--site", metavar="ID", help="Only runs of this site (and runs of many sites).")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Only runs that started on this UTC day (2026-11-01) or later.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Only runs that started on this UTC day or before.",
)
@click.option("--again", is_flag=True, help="Read also what the extractor release has read, and replace it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@shared("collect")
def extract(
    *,
    release: str,
    compare: bool,
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
      iomdb extract --release next --compare
    """
    if (release == "next") != compare:
        raise WrongUseError(
            "--release next and --compare go together: an extractor release is written only under its own number"
        )
    if compare:
        _compare(as_json=as_json)
        return
    from pipeline.ground.lock import hold_lock
    from pipeline.stages.extract import Scope, extract_missing

    if site is not None:
        site = _find_site(site)
    folder, on_progress = find_data_folder(), _tell if sys.stderr.isatty() else None
    scope = Scope(site, since.date() if since else None, until.date() if until else None, again)
    with hold_lock(folder.lock, task="extracting records", since=read_clock()):
        report = extract_missing(folder, scope=scope, on_progress=on_progress, keep_contacts=contacts)
    if as_json:
        counts = asdict(report.held) | {"n_read": report.held.n_read}
        click.echo(encode_object({"release": report.release, "runs": report.runs, **counts}))
        return
    click.echo(report.describe())


def _find_site(name: str) -> str:
    from crawler.archive.runs import iter_manifests
    from pipeline.cli.sites import find_site_id

    return find_site_id(name, (run.site for run in iter_manifests(find_data_folder().archive) if run.site))


def _tell(message: str) -> None:
    click.echo(message, err=True)


def _compare(*, as_json: bool) -> None:
    from pipeline.authoring.compare import compare_readings

    comparison = compare_readings(find_data_folder(), _tell if sys.stderr.isatty() else None)
    if as_json:
        click.echo(encode_object(asdict(comparison)))
        return
    _print_comparison(comparison)


def _print_comparison(comparison: Comparison) -> None:
    click.echo(
        f"{comparison.n_pages} pages read by extractor release {comparison.before_release} and by this code: "
        f"{comparison.n_equal} equal; "
        f"{comparison.n_new} pages no extractor release had read"
    )
    for name, change in sorted(comparison.fields.items()):
        click.echo(f"{escape(name)}: {change.gained} gained, {change.lost} lost, {change.changed} changed")
        for sample in change.samples:
            click.echo(f"  {escape(sample.url)}: {format_value(sample.before)} → {format_value(sample.after)}")


at_option = click.option(
    "--at",
    metavar="T",
    help="The version valid at an instant (2019-07-01, in UTC), or of a number (v2). Default: current.",
)


@click.command()
@click.argument("name", metavar="ID")
@click.argument("field", required=False)
@at_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@shared("prove")
def verify(name: str, field: str | None, at: str | None, as_json: bool) -> None:
    r"""Prove published values by the archived bytes, read again.

    Prove what is published by the archived bytes: check the digest, read the page again, compare.

    ID is a Projects ID, a Prima ID, a page key, a URL, or the capture_id of any table or citation. Without
    FIELD every field is proved. Exit code 1 says that something does not agree, or that the archived record does not
    hold.

    \b
    Examples:
      iomdb verify QU8-805
      iomdb verify QU8-805 budget_amount --json
      iomdb verify QU8-805 status --at 2026-11-21
    """
    folder = find_data_folder()
    proof = _prove(folder, name, field, at)
    if as_json:
        click.echo(encode_object({**asdict(proof), "agrees": not proof.faults}))
    else:
        _print_proof(proof)
    if proof.faults:
        sys.exit(1)


def _prove(folder: DataFolder, name: str, field: str | None, at: str | None) -> Proof:
    """The proof; other documents that the name is or was a name of are named on stderr."""
    from pipeline.proof.verify import prove

    proof = prove(folder, name, field, at)
    print_others(proof.document_id, proof.others)
    if "/" in name and strip_address(name) not in (strip_address(proof.url), proof.document_id):
        click.echo(f"note: {escape(name)} is a page of it; the record is read from {escape(proof.url)}", err=True)
    return proof


def _print_proof(proof: Proof) -> None:
    from pipeline.proof.cite import describe_time, describe_version

    click.echo(f"{proof.kind} {escape(proof.document_id)}: {escape(proof.title)}")
    click.echo(f"{describe_time(proof)} from {escape(proof.url)}")
    click.echo(describe_version(proof))
    click.echo(f"{proof.archive_file} at {proof.archive_offset}, capture {proof.capture_id}")
    click.echo(f"payload sha256:{proof.payload_sha256} holds; read again by extractor release {proof.reread_release}")
    for value in proof.values:
        _print_value(value)
    n_faults = len(proof.faults)
    click.echo(f"{len(proof.values) - n_faults} of {len(proof.values)} values agree with the archived page")


def _print_value(value: ProvedValue) -> None:
    mark = "does not agree" if value.fault else "unread, as last read" if value.is_unread else "agrees"
    click.echo(f"{value.field} = {_show_published(value)}  [{mark}]")
    if value.fault:
        click.echo(f"  {escape(value.fault)}")
    for one in value.evidence:
        place = f"bytes {one.start}-{one.end}" if one.start is not None else "stated by the listing, not by the page"
        click.echo(f"  “{_shorten(one.raw)}”, {place}, rule {one.rule}, {one.certainty}")


def _show_published(value: ProvedValue) -> str:
    if value.published is not None:
        return _shorten(value.published)
    if value.is_unread:
        return "(unread: the page states it in a way that no rule reads)"
    return f"(not understood: “{_shorten(value.raw)}”)" if value.raw else "(not stated)"


def _shorten(value: str | None) -> str:
    shown = format_value(value)
    return shown if len(shown) <= 100 else shown[:99] + "…"


@click.command()
@click.argument("name", metavar="ID")
@click.argument("field", required=False)
@at_option
@shared("prove")
def cite(name: str, field: str | None, at: str | None) -> None:
    r"""Cite a document, or one value of it.

    Cite a document, or one value of it, in one line that can be checked: source, time, version, bytes, digests.

    ID is as in `iomdb verify`. Nothing is cited that cannot be proved: the page is read again first, and exit code 1
    says that it disagrees. Where the same tables are kept as a data release, its id is in the line.

    \b
    Examples:
      iomdb cite QU8-805 budget_amount
      iomdb cite QU8-805 budget_amount --at 2026-11-21
      iomdb cite https://www.iom.int/news/new-project-boosts-migration-management
    """
    from pipeline.proof.cite import cite as cite_proof
    from warehouse.publish.data_release import find_release_of

    folder = find_data_folder()
    proof = _prove(folder, name, field or "title", at)
    for fault in proof.faults:
        click.echo(f"{fault.field}: {escape(fault.fault or '')}", err=True)
    if proof.faults:
        sys.exit(1)
    release = find_release_of(folder.releases, proof.tables_sha256)
    click.echo(escape(cite_proof(proof, release.id if release else None)))
    if release is None:
        click.echo("note: these tables are not kept as a data release; `iomdb release` keeps them", err=True)


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

    Freeze a page as a test: its bytes, and a draft of its record that fails until a person has reviewed it.

    Review: read the page beside the draft, correct the draft where the page says otherwise, then set "reviewed" to your
    name and the day. Never freeze a page whose text is not yours to pass on.

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
