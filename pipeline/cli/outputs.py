"""Commands that keep and show the tables: release, report.

Belongs here: arguments, printing, exit codes. Does not belong here: any work; each command imports its stage when it
is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.format.rows import find_tables, json_option, leave_pandas_out, release_option
from pipeline.cli.format.terminal import show_progress
from pipeline.ground.bill import ENDING, write_bill
from pipeline.ground.clock import read_clock
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import find_data_folder
from pipeline.ground.printable import count, encode_object
from pipeline.ground.target import check_target
from warehouse.read.published import parse_instant

if TYPE_CHECKING:
    from pipeline.report.build import Report


@click.command()
@click.option("--list", "list_all", is_flag=True, help="List the data releases that are kept.")
@click.option("--as", "name", metavar="NAME", help="A name by which it can be asked for, beside its id.")
@click.option("--verify", "verify_id", metavar="ID", help="Check every file of a data release against its checksum.")
@json_option
def release(*, list_all: bool, name: str | None, verify_id: str | None, as_json: bool) -> None:
    r"""Keep the published tables as a data release that can be cited.

    Named by its hash: the database, Parquet, CSV, a description of each column, README.md, CITATION.cff, checksums, and
    changes.csv, which says what to correct since the release before. Equal tables give the same id on any machine;
    releasing twice adds nothing. A data release is never changed. `iomdb sql`, `cite`, `diff` and `report` take it by
    --release, by its id (or how that begins) or a name that was given.

    Beside its folder <ID>.cdx.json lists the software that made it (CycloneDX); it is no part of the release.

    \b
    Examples:
      iomdb release
      iomdb release --as 2026-11
      iomdb release --list
      iomdb release --verify 3f2a9c41d07be866
    """
    from warehouse.publish.data_release import (
        find_releases,
        get_release,
        is_name,
        read_names,
        verify_release,
        write_release,
    )

    folder = find_data_folder()
    if name is not None and (list_all or verify_id is not None):
        raise WrongUseError("--as names a data release that is made now: give it without --list and --verify")
    if name is not None and not is_name(name):
        raise WrongUseError(f"{name!r} is no name of a data release: letters, digits, dots and hyphens, and no id")
    if list_all:
        kept = find_releases(folder.releases)
    elif verify_id is not None:
        kept = [get_release(folder.releases, verify_id)]
        verify_release(kept[0].path)
    else:
        kept = [write_release(folder.published, folder.releases, name)]
        write_bill(folder.releases / f"{kept[0].id}{ENDING}")
    names = _turn(read_names(folder.releases))
    if as_json:
        found = [{"id": one.id, "path": str(one.path), "names": names.get(one.id, [])} for one in kept]
        click.echo(encode_object(found if list_all else found[0]))
        return
    for one in kept:
        words = [one.id, str(one.path), *names.get(one.id, []), *(["every file is as released"] if verify_id else [])]
        click.echo("  ".join(words))
    if list_all and not kept:
        click.echo("no data release is kept yet; make one with `iomdb release`", err=True)


def _turn(names: Mapping[str, str]) -> dict[str, list[str]]:
    """Release id to its names, from name to release id."""
    turned: dict[str, list[str]] = {}
    for given, release_id in sorted(names.items()):
        turned.setdefault(release_id, []).append(given)
    return turned


@click.command()
@click.option(
    "--output",
    "-o",
    "target",
    type=click.Path(path_type=Path),
    help="Write into this new folder instead of report/ in the data folder.",
)
@click.option("--at", metavar="T", help="Show the tables as they were: 2026-11-21, 2026-11-21T09:00Z, 30d.")
@release_option
@click.option("--base-url", "base", metavar="URL", help="The address it will lie under, for the links of its feeds.")
@click.option("--open", "opens", is_flag=True, help="Then show it in the browser, over 127.0.0.1, until Ctrl-C.")
@click.option("--force", is_flag=True, help="Replace an earlier report in the output folder.")
@json_option
def report(
    *,
    target: Path | None,
    at: str | None,
    release: str | None,
    base: str | None,
    opens: bool,
    force: bool,
    as_json: bool,
) -> None:
    r"""Write the report for people: pages, figures, feeds, search.

    A folder of static pages: what changed week by week, what vanished, a page a project and news page with its versions
    and its words marked in the archived page, money by country and type, what was watched, what is doubtful; feeds,
    a search, and the tables to look into. It works from the disk, without JavaScript, and asks nothing of the network.

    Only what is other than before is written anew, and the folder is replaced when all of it is there.

    \b
    Examples:
      iomdb report --open
      iomdb report --at 2026-01-01 --output january
      iomdb report --base-url https://data.example.org/iom/
    """
    from pipeline.report.addresses import is_web_address
    from pipeline.report.build import write_report

    folder = find_data_folder()
    # The folder's own report is replaced unasked, but never what else somebody put there.
    if target is not None or folder.report.exists():
        check_target(target or folder.report, folder, force=force or target is None, is_folder=True)
    if base is not None and not is_web_address(base):
        raise WrongUseError(f"--base-url {base!r} is no address: write it with https://")
    instant = None if at is None else parse_instant(at, read_clock())
    with leave_pandas_out(), show_progress() as watch:
        made = write_report(
            folder, target or folder.report, published=find_tables(release), at=instant, base=base,
            watch=watch,
        )  # fmt: skip
    if as_json:
        click.echo(encode_object(_summarise(made)))
    else:
        click.echo(f"{count(made.n_pages, 'page')} about {count(made.n_documents, 'document')}, "
                   f"{count(made.n_written, 'file')} of {made.n_files:,} written anew")  # fmt: skip
        click.echo(f"open {made.path / 'index.html'}")
    if opens:
        from pipeline.report.server import serve_report

        with suppress(KeyboardInterrupt):
            serve_report(made.path, lambda address: click.echo(f"shown at {address} until Ctrl-C", err=True))


def _summarise(made: Report) -> dict[str, object]:
    return {
        "path": str(made.path),
        "index": str(made.path / "index.html"),
        "content_sha256": made.content_sha256,
        "documents": made.n_documents,
        "pages": made.n_pages,
        "files": made.n_files,
        "written": made.n_written,
        "latest": made.latest,
    }
