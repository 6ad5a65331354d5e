"""Commands that write the tables out: release, export, report.

Belongs here: arguments, printing, exit codes. Does not belong here: any work; each command imports its stage when it
is called.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.rows import json_option, read_instant
from pipeline.ground.clock import read_clock
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import find_data_folder
from pipeline.ground.printable import encode_object
from pipeline.ground.target import check_target, mark_folder
from warehouse.errors import ExportError

if TYPE_CHECKING:
    from warehouse.export.files import Format

FORMATS = ("csv", "jsonl", "parquet", "sqlite", "xlsx")
"""As :data:`warehouse.export.files.FORMATS`, which is not imported here: writing Excel takes long to load."""


@click.command()
@click.option("--list", "list_all", is_flag=True, help="List the data releases that are kept.")
@click.option("--verify", "verify_id", metavar="ID", help="Check every file of a data release against its checksum.")
@json_option
def release(*, list_all: bool, verify_id: str | None, as_json: bool) -> None:
    r"""Keep the published tables as a data release that can be cited.

    Keep the published tables as a data release: Parquet, datapackage.json and checksums, named by their hash.

    Equal tables give the same id on any machine; releasing twice adds nothing. A data release is never changed.

    \b
    Examples:
      iomdb release
      iomdb release --list
      iomdb release --verify 3f2a9c41d07be866
    """
    from warehouse.publish.data_release import find_releases, get_release, verify_release, write_release

    folder = find_data_folder()
    if list_all:
        kept = find_releases(folder.releases)
    elif verify_id is not None:
        kept = [get_release(folder.releases, verify_id)]
        verify_release(kept[0].path)
    else:
        kept = [write_release(folder.published, folder.releases)]
    if as_json:
        found = [{"id": one.id, "path": str(one.path)} for one in kept]
        click.echo(encode_object(found if list_all else found[0]))
        return
    for one in kept:
        click.echo(f"{one.id}  {one.path}" + ("  every file is as released" if verify_id else ""))
    if list_all and not kept:
        click.echo("no data release is kept yet; make one with `iomdb release`", err=True)


@click.command()
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="What to write.")
@click.option("--table", "-t", "names", multiple=True, metavar="NAME", help="Only this table (repeatable).")
@click.option(
    "--output", "-o", "target", type=click.Path(path_type=Path), help="Where to; a name is made if none is given."
)
@click.option("--force", is_flag=True, help="Replace what an earlier export left there.")
@json_option
def export(*, form: Format, names: tuple[str, ...], target: Path | None, force: bool, as_json: bool) -> None:
    r"""Write the public tables for other programs.

    Write the public tables for other programs: CSV, JSON lines, Parquet, SQLite or Excel.

    CSV, JSON lines and Parquet give a folder with a file a table (or one file, if one table is named and the output
    bears the format's ending); SQLite and Excel give one file. In CSV, a text that a spreadsheet would run as a
    formula gets a leading apostrophe.

    \b
    Examples:
      iomdb export --format csv
      iomdb export --format csv --table projects --output projects.csv
      iomdb export --format xlsx --table projects --table news -o iom.xlsx
    """
    from warehouse.export.files import ONE_FILE, export_tables

    target = target or Path(f"iomdb.{form}" if form in ONE_FILE else f"iomdb-{form}")
    folder = find_data_folder()
    check_target(target, folder, force=force, is_folder=form not in ONE_FILE)
    try:
        rows = export_tables(folder.published, form, target, names)
    except ExportError as error:
        raise WrongUseError(str(error)) from error
    if target.is_dir():
        mark_folder(target)
    if as_json:
        click.echo(encode_object({"path": str(target), "format": form, "rows": rows}))
        return
    for name, count in rows.items():
        click.echo(f"{count:>10,}  {name}")
    click.echo(f"written to {target}")


@click.command()
@click.option(
    "--since", metavar="T", default="30d", show_default=True, help="What changed from here on: 2026-01-01, 30d."
)
@click.option(
    "--output", "-o", "target", type=click.Path(path_type=Path), help="Write here instead of the data folder."
)
@click.option("--force", is_flag=True, help="Replace the output file.")
@json_option
def report(*, since: str, target: Path | None, force: bool, as_json: bool) -> None:
    r"""Write the report for people.

    A page for people: what there is, what changed, what is covered, what is doubtful.

    One self-contained HTML file, report/index.html in the data folder; it asks nothing of the network.

    \b
    Examples:
      iomdb report
      iomdb report --since 2026-01-01 --output january.html
    """
    from pipeline.reporting.page import write_report

    folder = find_data_folder()
    if target is not None:
        check_target(target, folder, force=force)
    path = target or folder.report / "index.html"
    now = read_clock()
    write_report(folder.published, path, since=read_instant(since, now))
    click.echo(encode_object({"path": str(path)}) if as_json else f"written to {path}")
