"""The command show: one capture, what it says, and beside it the version that was valid.

Belongs here: arguments, printing, exit codes. Does not belong here: choosing captures, any question's SQL
(:mod:`warehouse.read`).
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from pipeline.cli.format.rows import json_option, open_tables, print_heading, print_record
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import DataFolder, find_data_folder
from pipeline.ground.printable import count, encode_object, escape, format_value
from pipeline.ground.target import check_target, write_target
from warehouse.read.captures import Capture, Memento, find_capture, find_mementos, stand_alone
from warehouse.read.claims import Said, read_said
from warehouse.read.documents import Named, find_version, get_current
from warehouse.read.published import Tables, parse_instant

_BESIDE_CONTENT = frozenset({"content_sha256", "layout", "extractor", "country_roles", "mentions"})
"""Of a reading: what no version has a column for, or what says how it was read."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A capture, what it says, and the version of its document that was valid at ``instant`` (now, where None)."""

    memento: Memento
    said: Said
    instant: datetime | None
    version: dict[str, Any] | None

    @property
    def differing(self) -> list[str]:
        """Fields that the capture states otherwise than the version."""
        if self.said.values is None or self.version is None:
            return []
        values, version = self.said.values, self.version
        names = [name for name in values if name in version and name not in _BESIDE_CONTENT]
        differing = [name for name in names if values[name] != version[name]]
        # Words beside a value that both pages give are another spelling or language, no other content.
        return [name for name in differing if values.get(name.removesuffix("_raw")) is None or name[-4:] != "_raw"]


@click.command()
@click.argument("name", metavar="URL-OR-ID")
@click.option(
    "--at", "at", metavar="T", help="An instant, in UTC unless it says otherwise: 2026-11-21, 2026-11-21T09:00Z."
)
@click.option("--save", "target", type=click.Path(path_type=Path), metavar="FILE", help="Write its bytes to this file.")
@click.option("--force", is_flag=True, help="Replace the file.")
@json_option
def show(*, name: str, at: str | None, target: Path | None, force: bool, as_json: bool) -> None:
    r"""Show what a page said at a time, and where its bytes are.

    One capture: what it says, where its bytes are, and which version was valid then. The capture is the nearest one
    that was read, before or after the instant, as RFC 7089 (Memento) chooses; without --at the newest. Of an address it
    is a capture of that very page, of an id one of the page that the record is read from, of a capture_id that capture,
    whatever became of its run.

    \b
    Examples:
      iomdb show QU8-805
      iomdb show https://www.iom.int/news/new-project-boosts-migration-management --at 2026-11-21
      iomdb show QU8-805 --at 2026-11-21 --save page.html
    """
    instant = None if at is None else parse_instant(at)
    folder = find_data_folder()
    extracted = folder.extracted
    if target is not None:
        check_target(target, folder, force=force)
    with open_tables() as connection:
        capture = find_capture(connection, name)
        if capture is None:
            mementos = find_mementos(connection, extracted, name, instant)
        elif instant is None:
            mementos, instant = [stand_alone(capture)], capture.captured_at
        else:
            raise WrongUseError("a capture has its own instant: give its id alone, or an address and --at")
        shown = [_read_shown(connection, extracted, memento, instant) for memento in mementos]
    if target is not None:
        _save_page(folder, [one.memento.capture for one in shown], target, force=force)
    if as_json:
        told = [_as_object(one) for one in shown]
        click.echo(encode_object(told if len(told) > 1 else told[0]))
        return
    for one in shown:
        _print_shown(one)


def _save_page(folder: DataFolder, captures: list[Capture], target: Path, *, force: bool) -> None:
    """Write the page as it was archived, the codings of HTTP undone; of a capture that says "as before", that page."""
    from pipeline.proof.verify import read_archived

    if len(captures) > 1:
        names = ", ".join(str(one.document_id) for one in captures)
        raise WrongUseError(f"that is a name of several documents ({names}): one page is written, so give one of them")
    payload = read_archived(folder.archive, captures[0])[1].payload
    with write_target(target, force=force) as unfinished:
        unfinished.write_bytes(payload)
    click.echo(f"{count(len(payload), 'byte')} of capture {captures[0].capture_id} written to {target}", err=True)


def _read_shown(connection: Tables, extracted: Path, memento: Memento, instant: datetime | None) -> Shown:
    capture = memento.capture
    said = read_said(connection, extracted, capture)
    if capture.kind is None or capture.document_id is None:
        return Shown(memento, said, instant, None)
    named = Named(capture.kind, capture.document_id)
    version = get_current(connection, named) if instant is None else find_version(connection, named, instant)
    return Shown(memento, said, instant, version)


def _as_object(shown: Shown) -> dict[str, Any]:
    memento = asdict(shown.memento)
    capture = memento.pop("capture")
    return {
        "kind": capture["kind"],
        "document_id": capture["document_id"],
        "asked_for": shown.instant,
        "memento": {**capture, **memento},
        "record": shown.said.values,
        "reason": None if shown.said.values else shown.said.reason,
        "version": shown.version,
        "differing": shown.differing,
    }


def _print_shown(shown: Shown) -> None:
    capture = shown.memento.capture
    document = (capture.kind, capture.document_id) if capture.document_id else ("no document", capture.url)
    print_heading(*document)
    click.echo(_describe_memento(shown.memento, shown.instant))
    if not capture.is_accepted:
        click.echo("Its run was rejected or not judged, or it is no page's content: nothing is published from it.")
    click.echo("")
    if shown.said.values is None:
        click.echo(f"Nothing was read from this capture: {escape(shown.said.reason or '')}")
    else:
        print_record(shown.said.values)
    if capture.document_id is not None:
        click.echo("")
        click.echo(_describe_version(shown, capture.document_id))


def _describe_memento(memento: Memento, asked_for: datetime | None) -> str:
    """Two lines: which capture, and its position among the others."""
    capture = memento.capture
    word = "captured" if capture.time_basis == "captured" else "handed over (when it was captured is not known)"
    first = f"{escape(capture.url)} {word} {format_value(capture.captured_at)}"
    if asked_for is not None and asked_for != capture.captured_at:
        first += f", closest to {format_value(asked_for)}"
    around = [f"before: {format_value(memento.before)}"] if memento.before else []
    around += [f"after: {format_value(memento.after)}"] if memento.after else []
    there = f"{escape(capture.archive_file)} at byte {capture.archive_offset}, capture {capture.capture_id}"
    return "\n".join([first, ", ".join([count(memento.n_captures, "capture"), *around, there])])


def _describe_version(shown: Shown, document_id: str) -> str:
    """Which version of the record was valid at the instant, and whether this capture says the same."""
    when = "now" if shown.instant is None else f"at {format_value(shown.instant)}"
    version = shown.version
    if version is None:
        return f"{escape(document_id)} {when}: no version yet"
    until = f" to {format_value(version['valid_to'])}" if version["valid_to"] else ""
    state = "gone" if version["is_gone"] else "on the site"
    span = f"version {version['version_no']} from {format_value(version['valid_from'])}{until}"
    line = f"{escape(document_id)} {when}: {state}, {span}"
    if version["page_key"] != shown.memento.capture.page_key:
        line += f", read from {escape(version['page_key'])}"
    if not shown.differing:
        return f"{line}; as this capture says" if shown.said.values else line
    return f"{line}; this capture differs in {', '.join(shown.differing)}"
