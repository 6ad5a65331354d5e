"""Commands that keep and show the tables: release, report.

Belongs here: arguments, printing, exit codes. Does not belong here: any work; each command imports its stage when it
is called.
"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.rows import json_option, read_instant
from pipeline.ground.clock import read_clock
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import find_data_folder
from pipeline.ground.printable import encode_object
from pipeline.ground.target import check_target


@click.command()
@click.option("--list", "list_all", is_flag=True, help="List the data releases that are kept.")
@click.option("--as", "name", metavar="NAME", help="A name by which it can be asked for, beside its id.")
@click.option("--verify", "verify_id", metavar="ID", help="Check every file of a data release against its checksum.")
@json_option
def release(*, list_all: bool, name: str | None, verify_id: str | None, as_json: bool) -> None:
    r"""Keep the published tables as a data release that can be cited.

    Keep the published tables as a data release, named by its hash: the database, Parquet, CSV, a description of each
    column, README.md, CITATION.cff, checksums, and changes.csv, which says what to correct since the release before.

    Equal tables give the same id on any machine; releasing twice adds nothing. A data release is never changed. `iomdb
    sql`, `cite`, `diff` and `report` take it by --release, by its id (or how that begins) or a name that was given.

    \b
    Examples:
      iomdb release
      iomdb release --as 2026-11
      iomdb release --list
      iomdb release --verify 3f2a9c41d07be866
    """
    from warehouse.publish.data_release import find_releases, get_release, read_names, verify_release, write_release

    folder = find_data_folder()
    if name is not None and (list_all or verify_id is not None):
        raise WrongUseError("--as names a data release that is made now: give it without --list and --verify")
    if list_all:
        kept = find_releases(folder.releases)
    elif verify_id is not None:
        kept = [get_release(folder.releases, verify_id)]
        verify_release(kept[0].path)
    else:
        kept = [write_release(folder.published, folder.releases, name)]
    names: dict[str, list[str]] = {}
    for given, release_id in sorted(read_names(folder.releases).items()):
        names.setdefault(release_id, []).append(given)
    if as_json:
        found = [{"id": one.id, "path": str(one.path), "names": names.get(one.id, [])} for one in kept]
        click.echo(encode_object(found if list_all else found[0]))
        return
    for one in kept:
        words = [one.id, str(one.path), *names.get(one.id, []), *(["every file is as released"] if verify_id else [])]
        click.echo("  ".join(words))
    if list_all and not kept:
        click.echo("no data release is kept yet; make one with `iomdb release`", err=True)


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
