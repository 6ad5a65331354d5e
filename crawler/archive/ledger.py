"""Reading and writing ``fetches.jsonl``, line by line.

Belongs here: the form of a line. Does not belong here: the shape of a fetch (``contracts.fetch``), deciding an outcome,
the order in which lines and records reach the disk (``writer``).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from contracts.fetch import Fetch
from crawler.errors import DamagedRecordError

LEDGER_NAME = "fetches.jsonl"

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Fetch)


def encode_fetch(fetch: Fetch) -> bytes:
    """The fetch as one line of JSON, its line feed included."""
    return _ENCODER.encode(fetch) + b"\n"


def parse_fetch(line: bytes) -> Fetch:
    """The fetch of one line.

    Raises:
        DamagedRecordError: the line is cut, is no JSON, or does not keep to docs/contracts.md.
    """
    try:
        fetch = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedRecordError(f"a line of {LEDGER_NAME} cannot be read: {error}") from error
    if fetch.effect is not fetch.outcome.effect:
        due = fetch.outcome.effect
        raise DamagedRecordError(
            f"seq {fetch.seq}: the outcome {fetch.outcome} has the effect {due}, not {fetch.effect}"
        )
    return fetch


class Line(NamedTuple):
    """A line of a ledger: the byte at which it begins, and the fetch that it says."""

    offset: int
    fetch: Fetch


def iter_lines(run_folder: Path) -> Iterator[Line]:
    """The lines of a run's ledger in order; a damaged line raises :class:`DamagedRecordError` with its number."""
    path = run_folder / LEDGER_NAME
    offset = 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield Line(offset, parse_fetch(line))
            except DamagedRecordError as error:
                raise DamagedRecordError(f"{run_folder.name}/{LEDGER_NAME} line {number}: {error}") from error
            offset += len(line)


def iter_fetches(run_folder: Path) -> Iterator[Fetch]:
    """What the lines of a run's ledger say, in order; raises as :func:`iter_lines` does."""
    for line in iter_lines(run_folder):
        yield line.fetch


def read_fetch(run_folder: Path, offset: int) -> Fetch:
    """The fetch of the line that begins at this byte.

    Raises:
        DamagedRecordError: no whole line begins there.
    """
    with (run_folder / LEDGER_NAME).open("rb") as lines:
        lines.seek(offset)
        return parse_fetch(lines.readline())
