"""Commands about the versions of one document: history, diff.

Belongs here: arguments, printing, exit codes. Does not belong here: any question's SQL (:mod:`warehouse.read`).
"""

from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

import click

from pipeline.cli.format.rows import json_option, open_tables, print_heading, print_others, print_rows, release_option
from pipeline.cli.format.tables import paint_difference
from pipeline.ground.folders import find_data_folder
from pipeline.ground.printable import encode_object, format_value
from pipeline.report.differences import iter_text_differences, narrow_difference
from warehouse.publish.comparison import compare_releases
from warehouse.publish.data_release import find_releases, get_release, read_names
from warehouse.publish.package import DESCRIPTION
from warehouse.read.documents import Named, compare_versions, find_documents, get_document, get_version, read_history
from warehouse.read.published import QueryResult, Tables, as_objects, select_columns


@click.command()
@click.argument("name", metavar="URL-OR-ID")
@click.option("--all-beliefs", is_flag=True, help="Also what earlier extractor releases believed.")
@json_option
def history(*, name: str, all_beliefs: bool, as_json: bool) -> None:
    r"""List the versions of a document and what changed in each.

    When each began, what the site changed, and what is read otherwise since. A version that a newer extractor release
    reads otherwise keeps the site's change beside that.

    \b
    Examples:
      iomdb history QU8-805
      iomdb history https://liberia.iom.int/news/gol-and-un-move-roll-out-global-compact-migration --json
    """
    with open_tables() as connection:
        found = [
            (named, read_history(connection, named, all_beliefs=all_beliefs))
            for named in find_documents(connection, name)
        ]
    if as_json:
        click.echo(encode_object([{**asdict(named), "versions": as_objects(versions)} for named, versions in found]))
        return
    columns = ["version_no", "valid_from", "valid_to", "site_change", "site_changed_fields"]
    if all_beliefs:
        columns[3:3] = ["known_from", "known_to"]
    for named, versions in found:
        is_reparsed = any(row["change_kind"] != row["site_change"] for row in as_objects(versions))
        reading = ["change_kind", "changed_fields"] if is_reparsed else []
        print_heading(named.kind, named.document_id)
        print_rows(select_columns(versions, [*columns, *reading, "title"]), "table", what="versions")


@click.command()
@click.argument("name", metavar="URL-OR-ID|RELEASE")
@click.argument("before", metavar="A", required=False)
@click.argument("after", metavar="B", required=False)
@click.option("--all", "everything", is_flag=True, help="Of data releases: each row and column that differs.")
@release_option
@json_option
def diff(
    *, name: str, before: str | None, after: str | None, everything: bool, release: str | None, as_json: bool
) -> None:
    r"""Compare two versions of a document, or two data releases.

    Versions are compared field by field, data releases row by row. A and B are version numbers, or instants at which
    the version was valid; without them the last two versions are compared. Two data releases are named by their names,
    the beginnings of their ids, or their folders: first a summary, and what to correct if you used A. What only keeps
    the books (captures, digests, when something was last seen) is left out without --all.

    \b
    Examples:
      iomdb diff QU8-805 1 2
      iomdb diff QU8-805 2026-01-01 2026-11-21 --json
      iomdb diff 3f2a9c41 81be0427
      iomdb diff QU8-805 1 2 --release 3f2a9c41
    """
    releases = _find_release_pair(name, before) if after is None and release is None else None
    if releases is not None:
        _print_release_differences(*releases, everything=everything, as_json=as_json)
        return
    with open_tables(release) as connection:
        named, others = get_document(connection, name)
        first, second = _choose_versions(connection, named, before, after)
        differences = compare_versions(first, second)
    print_others(named.document_id, [one.document_id for one in others])
    if as_json:
        span = {"before": first["version_no"], "after": second["version_no"]}
        click.echo(encode_object({**asdict(named), **span, "differences": as_objects(differences)}))
        return
    print_heading(named.kind, named.document_id, f"v{first['version_no']} → v{second['version_no']}")
    for field, old, new in differences.rows:
        print_heading(field)
        for line in iter_text_differences(_as_text(old), _as_text(new)):
            click.echo(paint_difference(line))
    if not differences.rows:
        click.echo("no field differs")


def _find_release_pair(name: str, before: str | None) -> tuple[Path, Path] | None:
    """The folders of two data releases, or None where the first name is that of none."""
    if before is None:
        return None
    kept = find_data_folder().releases
    if _is_release(Path(name)):
        first = Path(name)
    elif name in read_names(kept) or any(release.id.startswith(name) for release in find_releases(kept)):
        first = get_release(kept, name).path
    else:
        return None
    return first, Path(before) if _is_release(Path(before)) else get_release(kept, before).path


def _is_release(folder: Path) -> bool:
    return (folder / DESCRIPTION).is_file()


def _print_release_differences(older: Path, newer: Path, *, everything: bool, as_json: bool) -> None:
    compared = compare_releases(older, newer)
    shown = compared.differences if everything else compared.of_content
    if as_json:
        click.echo(encode_object([asdict(difference) for difference in shown]))
        return
    print_heading("data releases", f"{older.name} → {newer.name}")
    for line in compared.summarise():
        click.echo(line)
    if compared.corrections:
        columns = ("kind", "document_id", "change", "field", "old", "new")
        rows: list[tuple[Any, ...]] = [astuple(one) for one in compared.corrections]
        rows = [(*row[:4], *narrow_difference(row[4], row[5])) for row in rows]
        print_heading("to correct, if you used the first")
        print_rows(QueryResult(columns, ("VARCHAR",) * len(columns), rows), "table", what="corrections")
    if everything:
        differing: list[tuple[Any, ...]] = [
            (one.table, one.change, " ".join(value or "" for value in one.key.values()), one.column, one.old, one.new)
            for one in shown
        ]
        heads = ("table", "change", "key", "column", "old", "new")
        print_heading("every difference")
        print_rows(QueryResult(heads, ("VARCHAR",) * len(heads), differing), "table", what="differences")


def _as_text(value: object) -> str:
    """A text as it is, with its lines; any other value as it is shown."""
    return value if isinstance(value, str) else format_value(value)


def _choose_versions(
    connection: Tables, named: Named, before: str | None, after: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two versions to compare: as asked for, else the last two, else the asked one and the current one."""
    numbers = [str(row["version_no"]) for row in as_objects(read_history(connection, named))]
    if before is None and len(numbers) < 2:
        raise click.UsageError(f"{named.document_id} has one version only: there is nothing to compare")
    first = before if before is not None else numbers[-2]
    second = after if after is not None else numbers[-1]
    return get_version(connection, named, first), get_version(connection, named, second)
