"""Commands about one document: show, history, diff.

Belongs here: arguments, printing, exit codes. Does not belong here: any question's SQL (:mod:`warehouse.analysis`).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.rows import json_option, open_tables, print_heading, print_record, print_rows, read_instant
from pipeline.cli.tables import iter_text_differences, paint_difference
from pipeline.folders import find_data_folder
from pipeline.printable import encode_object, escape, format_value
from pipeline.summary import count
from warehouse.analysis.answers import as_objects, select_columns
from warehouse.analysis.captures import Memento, find_closest
from warehouse.analysis.naming import Named, find_documents
from warehouse.analysis.versions import compare_versions, find_version, get_version, read_history
from warehouse.comparison import diff_releases
from warehouse.errors import NotFoundError
from warehouse.query import QueryResult
from warehouse.release import DESCRIPTION, find_releases, get_release

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.analysis.answers import Tables


@click.command()
@click.argument("name", metavar="URL-OR-ID")
@click.option(
    "--at", "at", metavar="T", help="An instant, in UTC unless it says otherwise: 2026-11-21, 2026-11-21T09:00Z."
)
@json_option
def show(*, name: str, at: str | None, as_json: bool) -> None:
    r"""Show what the site said: the record as of the capture closest to an instant, and where its bytes are.

    The capture is the nearest one, before or after, as RFC 7089 (Memento) chooses. Without --at it is the newest.

    \b
    Examples:
      iomdb show QU8-805
      iomdb show https://www.iom.int/news/new-project-boosts-migration-management --at 2026-11-21
    """
    instant = None if at is None else read_instant(at)
    with open_tables() as connection:
        shown = [_read_shown(connection, name, named, instant) for named in _find_named(connection, name)]
    if as_json:
        click.echo(encode_object(shown if len(shown) > 1 else shown[0]))
        return
    for one in shown:
        _print_shown(one)


@click.command()
@click.argument("name", metavar="URL-OR-ID")
@click.option("--all-beliefs", is_flag=True, help="Also what earlier extractor releases believed.")
@json_option
def history(*, name: str, all_beliefs: bool, as_json: bool) -> None:
    r"""List the versions of a document: when each began, what kind of change it was, which fields changed.

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
    columns = ("version_no", "valid_from", "valid_to", "change_kind", "changed_fields", "title")
    beliefs = ("known_from", "known_to") if all_beliefs else ()
    for named, versions in found:
        print_heading(named.kind, named.document_id)
        print_rows(select_columns(versions, (*columns[:3], *beliefs, *columns[3:])), "table", what="versions")


@click.command()
@click.argument("name", metavar="URL-OR-ID|RELEASE")
@click.argument("before", metavar="A", required=False)
@click.argument("after", metavar="B", required=False)
@json_option
def diff(*, name: str, before: str | None, after: str | None, as_json: bool) -> None:
    r"""Compare two versions of a document field by field, or two releases row by row.

    A and B are version numbers, or instants at which the version was valid; without them the last two versions are
    compared. Two releases are named by the beginnings of their ids, or by their folders.

    \b
    Examples:
      iomdb diff QU8-805 1 2
      iomdb diff QU8-805 2026-01-01 2026-11-21 --json
      iomdb diff 3f2a9c41 81be0427
    """
    releases = _find_release_pair(name, before) if after is None else None
    if releases is not None:
        _print_release_differences(*releases, as_json=as_json)
        return
    with open_tables() as connection:
        named, *others = find_documents(connection, name)
        if others:
            raise click.UsageError(f"{name} names {len(others) + 1} documents; give one address instead")
        first, second = _choose_versions(connection, named, before, after)
        differences = compare_versions(first, second)
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
    """The folders of two releases, or None where the first name is that of no release."""
    if before is None:
        return None
    kept = find_data_folder().releases
    if _is_release(Path(name)):
        first = Path(name)
    elif any(release.id.startswith(name) for release in find_releases(kept)):
        first = get_release(kept, name).path
    else:
        return None
    return first, Path(before) if _is_release(Path(before)) else get_release(kept, before).path


def _is_release(folder: Path) -> bool:
    return (folder / DESCRIPTION).is_file()


def _print_release_differences(older: Path, newer: Path, *, as_json: bool) -> None:
    differences = diff_releases(older, newer)
    if as_json:
        click.echo(encode_object([asdict(difference) for difference in differences]))
        return
    rows = [
        (one.table, one.change, " ".join(value or "" for value in one.key.values()), one.column, one.old, one.new)
        for one in differences
    ]
    columns = ("table", "change", "key", "column", "old", "new")
    print_heading("releases", f"{older.name} → {newer.name}", f"{len(rows):,} differences")
    if rows:
        print_rows(QueryResult(columns, ("VARCHAR",) * len(columns), rows), "table", what="differences")


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


def _find_named(connection: Tables, name: str) -> list[Named | None]:
    """The documents of a name, or one None where the address was captured but is no document (a broken page)."""
    try:
        return list(find_documents(connection, name))
    except NotFoundError:
        try:
            find_closest(connection, name, None)
        except NotFoundError:
            pass
        else:
            return [None]
        raise


def _read_shown(connection: Tables, name: str, named: Named | None, instant: datetime | None) -> dict[str, Any]:
    """The memento and the record as of it: an address has its own captures, an id those of all its addresses."""
    try:
        memento = find_closest(connection, name, instant)
    except NotFoundError:
        # The name is an id that captures do not bear themselves: a Projects ID in another case, a Prima ID.
        assert named is not None
        memento = find_closest(connection, named.document_id, instant)
    record = None if named is None else find_version(connection, named, memento.captured_at)
    return {
        "kind": named and named.kind,
        "document_id": named and named.document_id,
        "asked_for": instant,
        "memento": asdict(memento),
        "record": record,
    }


def _print_shown(shown: dict[str, Any]) -> None:
    memento = Memento(**shown["memento"])
    print_heading(shown["kind"] or "no document", shown["document_id"] or memento.url)
    click.echo(_describe_memento(memento, shown["asked_for"]))
    click.echo("")
    if shown["record"] is None:
        click.echo("Nothing was read from this capture; `iomdb sql` on v1.fetches tells why.")
        return
    print_record(shown["record"])


def _describe_memento(memento: Memento, asked_for: datetime | None) -> str:
    """Two lines: which capture, and where it stands among the others."""
    word = "captured" if memento.time_basis == "captured" else "handed over (when it was captured is not known)"
    first = f"{escape(memento.url)} {word} {format_value(memento.captured_at)}"
    if asked_for is not None:
        first += f", closest to {format_value(asked_for)}"
    around = [f"before: {format_value(memento.before)}"] if memento.before else []
    around += [f"after: {format_value(memento.after)}"] if memento.after else []
    there = f"{escape(memento.archive_file)} at byte {memento.archive_offset}"
    return "\n".join([first, ", ".join([count(memento.n_captures, "capture"), *around, there])])
