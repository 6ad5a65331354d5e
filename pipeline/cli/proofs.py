"""Commands about proof: verify, cite, prove.

Belongs here: arguments, printing, exit codes. Does not belong here: any work (:mod:`pipeline.proof`).
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from pipeline.cli.format.rows import find_tables, json_option, print_others, release_option
from pipeline.ground.errors import PipelineError, WrongUseError
from pipeline.ground.folders import find_data_folder
from pipeline.ground.printable import encode_object, escape, format_value
from pipeline.ground.target import check_target, write_target
from warehouse.read.documents import strip_address

if TYPE_CHECKING:
    from pipeline.ground.folders import DataFolder
    from pipeline.proof.cite import CitationForm
    from pipeline.proof.verify import Proof, ProvedValue
    from pipeline.proof.watch import Watched

FORMS = ("footnote", "full", "bibtex", "csl", "wikipedia")
"""As :data:`pipeline.proof.cite.FORMS`, which is not imported here: reading pages takes long to load."""

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
def verify(name: str, field: str | None, at: str | None, as_json: bool) -> None:
    r"""Prove published values by the archived bytes, read again.

    The digest is checked, the page read again, and both are compared. ID is a Projects ID, a Prima ID, a page key, a
    URL, or the capture_id of any table or citation. Without FIELD every field is proved. Exit code 1 says that
    something does not agree, or that the archived record does not hold.

    \b
    Examples:
      iomdb verify QU8-805
      iomdb verify QU8-805 budget_amount --json
      iomdb verify QU8-805 status --at 2026-11-21
    """
    folder = find_data_folder()
    proof = _prove(folder, folder.published, name, field, at)
    if as_json:
        click.echo(encode_object({**asdict(proof), "agrees": not proof.faults}))
    else:
        _print_proof(proof)
    if proof.faults:
        sys.exit(1)


def _prove(folder: DataFolder, published: Path, name: str, field: str | None, at: str | None) -> Proof:
    """The proof; other documents that the name is or was a name of are named on stderr."""
    from pipeline.proof.verify import prove

    proof = prove(folder, name, field, at, published=published)
    _print_names(name, proof)
    return proof


def _print_names(name: str, proof: Proof) -> None:
    print_others(proof.document_id, proof.others)
    if "/" in name and strip_address(name) not in (strip_address(proof.url), proof.document_id):
        click.echo(f"note: {escape(name)} is a page of it; the record is read from {escape(proof.url)}", err=True)


def _print_proof(proof: Proof) -> None:
    from pipeline.proof.cite import describe_time, describe_version

    click.echo(f"{proof.kind} {escape(proof.document_id)}: {escape(proof.title)}")
    click.echo(f"{escape(describe_time(proof))} from {escape(proof.url)}")
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
@click.argument("name", metavar="ID", required=False)
@click.argument("field", required=False)
@at_option
@click.option(
    "--format", "form", type=click.Choice(FORMS), default="footnote", show_default=True, help="For where it is written."
)
@click.option("--check", "file", type=click.File("rb"), help="What became of the citations in a text (- is stdin).")
@release_option
@json_option
def cite(
    *,
    name: str | None,
    field: str | None,
    at: str | None,
    form: CitationForm,
    file: BinaryIO | None,
    release: str | None,
    as_json: bool,
) -> None:
    r"""Cite a document or one value of it, or check citations.

    ID is as in `iomdb verify`. Nothing is cited that cannot be proved: the page is read again first, and exit code 1
    says that it disagrees. A footnote has at most 300 characters beside the address; bibtex, csl (JSON for Zotero and
    others) and wikipedia are for programs; full has each digest. All have the command that checks them.

    With --check, FILE is any text with citations of whatever format in it. For each: still so, changed on a day, gone
    since a day, or not found; exit code 1 says that one is no longer so.

    \b
    Examples:
      iomdb cite QU8-805 budget_amount
      iomdb cite QU8-805 budget_amount --at 2026-11-21 --format full
      iomdb cite https://www.iom.int/news/new-project-boosts-migration-management --format bibtex
      iomdb cite --check thesis.tex
    """
    if (file is None) == (name is None) or (file is not None and (field or at)):
        raise WrongUseError("give the ID of what to cite, or --check FILE with citations to look up")
    if file is not None:
        _check_citations(file, find_tables(release), as_json=as_json)
        return
    assert name is not None
    _cite_one(name, field or "title", at, form, release, as_json=as_json)


def _cite_one(name: str, field: str, at: str | None, form: CitationForm, release: str | None, *, as_json: bool) -> None:
    from pipeline.proof.cite import cite as cite_proof
    from warehouse.publish.data_release import find_release_of

    folder = find_data_folder()
    proof = _prove(folder, find_tables(release), name, field, at)
    for fault in proof.faults:
        click.echo(f"{fault.field}: {escape(fault.fault or '')}", err=True)
    if proof.faults:
        sys.exit(1)
    kept = find_release_of(folder.releases, proof.tables_sha256)
    citation = cite_proof(proof, form, kept.id if kept else None)
    click.echo(encode_object({"format": form, "citation": citation, **asdict(proof)}) if as_json else citation)
    if kept is None:
        click.echo("note: these tables are not kept as a data release; `iomdb release` keeps them", err=True)


def _check_citations(file: BinaryIO, published: Path, *, as_json: bool) -> None:
    from pipeline.proof.watch import watch_citations

    found = watch_citations(find_data_folder(), published, file.read().decode("utf-8-sig", "replace"))
    if as_json:
        click.echo(encode_object([asdict(one) for one in found]))
    if not found:
        raise PipelineError("there is no citation in it: each has the words `iomdb verify` and the id of a capture")
    if not as_json:
        for one in found:
            click.echo(_describe_watched(one))
    if any(one.fate != "still so" for one in found):
        sys.exit(1)


def _describe_watched(one: Watched) -> str:
    when = f"{one.since:%Y-%m-%d}" if one.since else ""
    words = {"changed": f"changed on {when}", "gone": f"gone since {when}"}.get(one.fate, one.fate)
    what = f"{one.document_id or one.capture_id} {one.field}"
    what += f" = “{_shorten(one.cited)}”" if one.cited is not None else ""
    now = f"; now {'not stated' if one.now is None else f'“{_shorten(one.now)}”'}" if one.fate == "changed" else ""
    note = f" ({one.note})" if one.note else ""
    return escape(f"line {one.line}: {words}: {what}{now}{note}")


@click.command(name="prove")
@click.argument("name", metavar="ID")
@click.argument("field", default="title")
@at_option
@click.option(
    "--output", "-o", "target", required=True, type=click.Path(path_type=Path), metavar="FILE.zip", help="Where to."
)
@click.option("--force", is_flag=True, help="Replace the file.")
@json_option
def write_proof(*, name: str, field: str, at: str | None, target: Path, force: bool, as_json: bool) -> None:
    r"""Write a proof of one value that checks without iomdb.

    The ZIP file has record.warc.gz (the archived records), citation.json, README.txt and check.py, which needs nothing
    but Python and ends with 0 and the value, or 1 and why not. Without FIELD it is the title. Exit code 1 says that the
    archived page does not state the value, or disagrees; then nothing is written.

    \b
    Examples:
      iomdb prove QU8-805 budget_amount -o proof.zip
      iomdb prove QU8-805 status --at 2026-11-21 -o status.zip
    """
    from pipeline.proof.bundle import write_bundle

    folder = find_data_folder()
    check_target(target, folder, force=force)
    with write_target(target, force=force) as unfinished:
        proof = write_bundle(folder, name, field, at, unfinished)
    _print_names(name, proof)
    if as_json:
        click.echo(encode_object({"path": str(target), **asdict(proof)}))
        return
    (value,) = proof.values
    click.echo(f"{field} of {escape(proof.document_id)} = {_shorten(value.published)}")
    click.echo(f"written to {target}; to check it, unpack it and call: python3 -I -S check.py")
