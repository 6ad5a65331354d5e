"""How the analyst's commands print rows: the options they share, and printing in the chosen format.

Belongs here: choosing a format and a place. Does not belong here: making values safe
(:mod:`pipeline.cli.format.tables`).
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import click

from pipeline.cli.format.tables import find_table_width, find_width, has_colour, iter_csv, iter_json
from pipeline.ground.errors import PipelineError
from pipeline.ground.folders import find_data_folder
from pipeline.ground.printable import encode_object, escape
from pipeline.ground.target import write_target
from warehouse.errors import LimitError, ReleaseError, SchemaVersionError
from warehouse.read.limits import QueryLimits
from warehouse.read.published import QueryResult, RowStream, Tables, open_published

TABLE_ROWS = 500
"""A table on a screen ends here and says so; the other formats always give every row."""

FILE_TABLE_ROWS = 100_000
"""A table in a file is laid out by all its rows, which are held in memory for it; so many further rows are counted."""

json_option = click.option("--json", "as_json", is_flag=True, help="JSON on stdout, for programs.")


release_option = click.option(
    "--release", metavar="ID", help="Ask this kept data release instead of the published file: its id or its name."
)


def format_option(*more: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option ``--format``, with further choices beside table, csv, json and jsonl."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["table", "csv", "json", "jsonl", *more]),
        default="table",
        show_default=True,
        help="How rows are given out.",
    )


def find_tables(release: str | None) -> Path:
    """The published file of the data folder in use, or the tables of a data release that is kept there.

    Raises:
        NotFoundError: there is no such data release.
    """
    folder = find_data_folder()
    if release is None:
        return folder.published
    from warehouse.publish.data_release import get_release

    return get_release(folder.releases, release).tables


@contextmanager
def open_tables(release: str | None = None, limits: QueryLimits | None = None) -> Iterator[Tables]:
    """The tables that :func:`find_tables` finds, read-only, sandboxed and within the limits.

    Raises:
        ReleaseError: the data release is of another internal schema.
    """
    try:
        with leave_pandas_out(), open_published(find_tables(release), limits) as connection:
            yield connection
    except SchemaVersionError as error:
        if release is None:
            raise
        raise ReleaseError(
            f"data release {release} was made by an iomdb of another internal schema: ask its Parquet files, or use "
            "that version of iomdb"
        ) from error


@contextmanager
def leave_pandas_out() -> Iterator[None]:
    """Keep DuckDB from importing pandas while it binds values.

    At the first bound value DuckDB 1.5 imports pandas wherever it is installed, to know its missing values by type:
    1.5 seconds before the first answer. No value of these commands is one of pandas'. A None in ``sys.modules`` is
    Python's own way to say that a module is not to be had.
    """
    if "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # the stubs know modules only; see above
    try:
        yield
    finally:
        sys.modules.pop("pandas", None)


def print_rows(result: QueryResult, form: str, *, what: str = "rows") -> None:
    """Print every row on stdout; a table ends after :data:`TABLE_ROWS` and says so."""
    print_stream(RowStream(result.columns, result.types, iter(result.rows)), form, what=what)


def print_stream(
    stream: RowStream, form: str, *, what: str = "rows", target: Path | None = None, force: bool = False
) -> None:
    """Print every row as it is found, on stdout or into a file; a table on stdout ends after :data:`TABLE_ROWS`.

    A reader that went away (``| head``) has what it wanted: the command ends well.

    Raises:
        LimitError, QueryError: as the stream; what was found before is printed, a file is not made.
        PipelineError: standard output took no more, a full disk mostly.
    """
    if target is not None:
        with write_target(target, force=force) as private, private.open("w", encoding="utf-8", newline="") as file:
            file.writelines(_iter_text(stream, form, what=what, is_screen=False))
        return
    try:
        for text in _iter_text(stream, form, what=what, is_screen=True):
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        raise SystemExit(0) from None
    except OSError as error:
        _drop_output()
        raise PipelineError(f"standard output took no more: {error.strerror or error}; not all was written") from error


def _drop_output() -> None:
    """What is still in the buffer goes nowhere: Python would try once more at its end, and complain once more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def print_record(record: Mapping[str, Any]) -> None:
    """Print one row as names and values, unknown values left out."""
    from pipeline.cli.format.screen import iter_record

    for line in iter_record(list(record), list(record.values()), width=find_width(), colour=has_colour()):
        click.echo(line)


def print_heading(*parts: str | None) -> None:
    """One line that says what follows, bold on a terminal."""
    line = " · ".join(escape(part) for part in parts if part)
    click.echo(f"\x1b[1m{line}\x1b[0m" if has_colour() else line)


def print_others(document_id: str, others: Sequence[str]) -> None:
    """Say on stderr which other documents the name of this one is, or once was, a name of."""
    if others:
        names = ", ".join(escape(other) for other in others)
        click.echo(f"note: {escape(document_id)} is also a name, now or once, of {names}", err=True)


def _iter_text(stream: RowStream, form: str, *, what: str, is_screen: bool) -> Iterator[str]:
    if form == "csv":
        yield from iter_csv(stream.columns, stream.rows)
    elif form == "json":
        yield from iter_json(stream.columns, stream.rows)
    elif form == "jsonl":
        for row in stream.rows:
            yield encode_object(dict(zip(stream.columns, row, strict=True))) + "\n"
    else:
        yield from _iter_table_text(stream, what=what, is_screen=is_screen)


def _iter_table_text(stream: RowStream, *, what: str, is_screen: bool) -> Iterator[str]:
    """A table needs its rows before its first line; what goes wrong behind the rows that are shown comes after them."""
    from pipeline.cli.format.screen import iter_table

    shown: list[Sequence[object]] = []
    trouble: LimitError | None = None
    try:
        shown += islice(stream.rows, TABLE_ROWS if is_screen else FILE_TABLE_ROWS)
        hidden = sum(1 for _ in islice(stream.rows, FILE_TABLE_ROWS))
    except LimitError as error:
        trouble, hidden = error, 0
    if hidden and not is_screen:
        raise LimitError(f"a table of more than {FILE_TABLE_ROWS:,} rows is not laid out: write --format csv")
    colour = is_screen and has_colour()
    for line in iter_table(stream.columns, shown, width=find_table_width() if is_screen else None, colour=colour):
        yield line + "\n"
    if trouble is not None:
        raise trouble
    if hidden:
        more = f"{hidden:,}" if hidden < FILE_TABLE_ROWS else f"{hidden:,} or"
        click.echo(f"{more} more {what} are not shown; --format csv gives all", err=True)
