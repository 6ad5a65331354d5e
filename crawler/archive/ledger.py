"""One line of ``fetches.jsonl``: the row's type, and reading and writing it.

Belongs here: the shape of a fetch (docs/contracts.md, section 2). Does not belong here: deciding an outcome, or
the order in which lines and records reach the disk (``writer``).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from crawler.errors import DamagedRecordError
from crawler.outcomes import Effect, Outcome

LEDGER_NAME = "fetches.jsonl"

Kind = Literal["project", "news", "listing", "sitemap", "feed", "robots", "other"]
Reader = Literal["text", "html"]
TimeBasis = Literal["captured", "received"]
DiscoveredBy = Literal["sitemap", "listing", "feed", "known", "start", "folder", "warc"]
WarcType = Literal["response", "revisit", "conversion", "resource"]
READER_OF: dict[str, Reader] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}
"""The page reader that takes a media type; none takes another."""

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Instant = Annotated[datetime, Meta(tz=True)]


class CaptureRef(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the bytes of a fetch stand. ``file``, ``offset`` and ``length`` are of the compressed record in its run.

    ``payload_sha256`` is of the decoded payload; of a revisit it is the original's. ``media_type`` is the bare type in
    lower case, or None where none was declared. ``reader`` is None where no page reader takes it (a sitemap, a PDF).
    ``content_capture_id`` names the capture whose body this one has: itself, or the one a revisit refers to.
    """

    capture_id: str
    warc_type: WarcType
    file: str
    offset: Annotated[int, Meta(ge=0)]
    length: Annotated[int, Meta(gt=0)]
    payload_sha256: Sha256
    media_type: str | None
    reader: Reader | None
    content_capture_id: str


class Fetch(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One scheduled URL and its one outcome. Every instant is UTC. The writer numbers ``seq``.

    ``effect`` may be left out: it is the outcome's own. ``attempts`` counts requests sent (0: never sent);
    ``bytes_received`` is of bodies as on the wire.
    """

    seq: Annotated[int, Meta(ge=0)] = 0
    site: str
    url: str
    page_key: str
    kind: Kind
    outcome: Outcome
    effect: Effect = Effect.UNKNOWN
    fetched_at: Instant
    time_basis: TimeBasis = "captured"
    http_status: int | None = None
    final_url: str | None = None
    capture: CaptureRef | None = None
    listing_date: str | None = None
    discovered_by: DiscoveredBy
    etag: str | None = None
    last_modified: str | None = None
    attempts: Annotated[int, Meta(ge=0)] = 1
    bytes_received: Annotated[int, Meta(ge=0)] = 0
    detail: str | None = None

    def numbered(self, seq: int) -> "Fetch":
        """This fetch as the writer stores it: numbered, with the effect of its outcome, its time in UTC."""
        return msgspec.structs.replace(
            self, seq=seq, effect=self.outcome.effect, fetched_at=self.fetched_at.astimezone(UTC)
        )


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
