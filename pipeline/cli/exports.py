"""The command export: the tables, and the archived pages, for other programs.

Belongs here: arguments, printing, exit codes. Does not belong here: any work (:mod:`warehouse.export`,
:mod:`pipeline.proof.wacz`).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from pipeline.cli.format.rows import json_option
from pipeline.ground.clock import read_clock
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import DataFolder, find_data_folder
from pipeline.ground.printable import count, encode_object
from pipeline.ground.target import check_target, mark_folder, write_target
from warehouse.errors import ExportError
from warehouse.export import FORMATS
from warehouse.read.published import parse_instant

OFFERED = (*FORMATS, "iati", "wacz")
_ONLY_FOR = {
    "names": ("--table", FORMATS),
    "bom": ("--bom", ("csv",)),
    "year_dates": ("--year-dates", ("iati",)),
    "ref": ("--ref", ("iati",)),
    "documents": ("--document", ("wacz",)),
    "site": ("--site", ("wacz",)),
    "since": ("--since", ("wacz",)),
}


@dataclass(frozen=True)
class ExportOptions:
    """The options of the command that only some formats take."""

    names: tuple[str, ...]
    bom: bool
    year_dates: bool
    ref: str | None
    documents: tuple[str, ...]
    site: str | None
    since: str | None


@click.command()
@click.option("--format", "form", type=click.Choice(OFFERED), required=True, help="What to write.")
@click.option("--table", "-t", "names", multiple=True, metavar="NAME", help="Tables: only this one (repeatable).")
@click.option(
    "--output", "-o", "target", type=click.Path(path_type=Path), help="Where to; a name is made if none is given."
)
@click.option("--force", is_flag=True, help="Replace what an earlier export left there.")
@click.option("--bom", is_flag=True, help="csv: begin with the mark by which Excel knows UTF-8.")
@click.option("--year-dates", is_flag=True, help="iati: give years their first or last day, and say so there.")
@click.option("--ref", metavar="REF", help="iati: the reporting organisation's ref, instead of one of ours.")
@click.option("--document", "documents", multiple=True, metavar="ID", help="wacz: only this one (repeatable).")
@click.option("--site", metavar="ID", help="wacz: only this site: its id, host or short name.")
@click.option("--since", metavar="T", help="wacz: only what was captured from here on: 2026-11-21, 30d.")
@json_option
def export(
    *, form: str, target: Path | None, force: bool, as_json: bool, **options: bool | str | tuple[str, ...] | None
) -> None:
    r"""Write the tables, or the archived pages, for other programs.

    CSV, JSON lines and Parquet give a folder with a file a table and a datapackage.json that describes them (or one
    file, if one table is named and the output bears the format's ending). xlsx is a workbook with a sheet a table.
    sqlite has keys, full text and the answers of the cookbook, and metadata.yaml beside it, for Datasette. In CSV, a
    text that a spreadsheet would run as a formula gets a leading apostrophe.

    iati is an IATI 2.03 file of the projects, and beside it a CSV file of what was left out and why. wacz is a web
    archive of the pages themselves, for ReplayWeb.page and `iomdb ingest`.

    An export with nothing to write ends with exit code 1 and no file.

    \b
    Examples:
      iomdb export --format csv
      iomdb export --format xlsx --table projects --table news -o iom.xlsx
      iomdb export --format sqlite -o iom.sqlite
      iomdb export --format iati -o iom.xml --year-dates
      iomdb export --format wacz --document QU8-805 -o QU8-805.wacz
    """
    given = ExportOptions(**options)  # type: ignore[arg-type]  # click gives each its own type
    for name, (option, forms) in _ONLY_FOR.items():
        if getattr(given, name) and form not in forms:
            raise WrongUseError(f"{option} is for {' and '.join(forms)}, not for {form}")
    folder = find_data_folder()
    write = {"iati": _write_iati, "wacz": _write_wacz}.get(form, _write_tables)
    written, lines = write(folder, form, target, given, force=force)
    click.echo(encode_object(written) if as_json else "\n".join(lines))


Told = tuple[dict[str, object], list[str]]
"""What was written, for a program and in lines."""


def _write_tables(folder: DataFolder, form: str, target: Path | None, given: ExportOptions, *, force: bool) -> Told:
    from warehouse.export.files import METADATA, ONE_FILE, export_tables

    kind = next(known for known in FORMATS if known == form)
    target = target or Path(f"iomdb.{form}" if form in ONE_FILE else f"iomdb-{form}")
    check_target(target, folder, force=force, is_folder=form not in ONE_FILE)
    if form == "sqlite":
        check_target(target.with_name(METADATA), folder, force=force)
    try:
        rows = export_tables(folder.published, kind, target, given.names, bom=given.bom, releases=folder.releases)
    except ExportError as error:
        raise WrongUseError(str(error)) from error
    if target.is_dir():
        mark_folder(target)
    lines = [f"{n_rows:>10,}  {name}" for name, n_rows in rows.items()]
    return {"path": str(target), "format": form, "rows": rows}, [*lines, f"written to {target}"]


def _write_iati(folder: DataFolder, form: str, target: Path | None, given: ExportOptions, *, force: bool) -> Told:
    from warehouse.export.iati import name_omissions, write_iati

    if given.ref is not None and not re.fullmatch(r"[^/&|?\s]+", given.ref):
        raise WrongUseError(f"{given.ref!r} is no ref of an organisation: it has none of / & | ? and no blank")
    target = target or Path("iomdb.xml")
    beside = name_omissions(target)
    for path in (target, beside):
        check_target(path, folder, force=force)
    with write_target(target, force=force) as unfinished, write_target(beside, force=force) as omitted:
        report = write_iati(folder.published, unfinished, omitted, ref=given.ref, year_dates=given.year_dates)
    lines = [
        f"{count(report.n_activities, 'activity')} written to {target}",
        f"{count(report.n_omitted, 'value')} left out, each with its reason, listed in {beside}",
    ]
    return {"path": str(target), "omitted": str(beside), "format": form, **asdict(report)}, lines


def _write_wacz(folder: DataFolder, form: str, target: Path | None, given: ExportOptions, *, force: bool) -> Told:
    from pipeline.cli.sites import find_site_id
    from pipeline.proof.wacz import list_sites, write_wacz

    target = target or Path("iomdb.wacz")
    check_target(target, folder, force=force)
    since = None if given.since is None else parse_instant(given.since, read_clock())
    site = None if given.site is None else find_site_id(given.site, list_sites(folder))
    with write_target(target, force=force) as unfinished:
        report = write_wacz(folder, unfinished, given.documents, site, since)
    lines = [
        f"{count(report.n_captures, 'capture')} written to {target}, {count(report.n_pages, 'page')} listed",
        *([f"{count(report.n_originals, 'capture')} more that they refer to"] if report.n_originals else []),
    ]
    return {"path": str(target), "format": form, **asdict(report)}, lines
